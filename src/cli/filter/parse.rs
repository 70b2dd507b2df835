//! `wirewatch parse`: feed documents to entries.

use std::io;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{FilterArgs, error_line, read_file, run as run_lines, text};
use crate::feed::{self, Hints};
use crate::model::{FeedFormat, FeedKind, ParsedEntry, ParsedFeed};

/// Reads feed documents: `{"id","file","http_content_type","base_url"}` a line
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Example:
  curl -so feed.xml https://www.example.org/rss.xml
  echo '{\"file\": \"feed.xml\", \"base_url\": \"https://www.example.org/\"}' | wirewatch parse")]
pub struct ParseArgs {
    /// Shared options
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// Reads the lines of standard input and writes what each document says.
///
/// # Errors
/// When the input is not JSON Lines, or reading or writing fails.
pub fn run(args: &ParseArgs) -> anyhow::Result<ExitCode> {
    let input = io::BufReader::new(io::stdin());
    let output = io::BufWriter::new(io::stdout().lock());
    run_lines(input, output, args.filter.threads(), |line| {
        answer(line, &args.filter.root)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn answer(line: &Value, root: &std::path::Path) -> Value {
    let bytes = match read_file(line, root) {
        Ok(bytes) => bytes,
        Err(why) => return error_line(line, &why),
    };
    match feed::parse(&bytes, &hints(line)) {
        Ok(feed) => document(line, &feed),
        Err(error) => error_line(line, &error.to_string()),
    }
}

fn hints(line: &Value) -> Hints {
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let header = |name: &str| {
        let headers = line["http_headers"].as_object()?;
        let (_, value) = headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        said(value.as_str()?)
    };
    Hints {
        content_type: said(text(line, "http_content_type")).or_else(|| header("content-type")),
        base_url: said(text(line, "base_url")),
        content_location: header("content-location"),
        lang: header("content-language"),
        kind: match text(line, "kind") {
            "sitemap" => FeedKind::Sitemap,
            _ => FeedKind::Feed,
        },
        compare: true,
    }
}

fn document(line: &Value, feed: &ParsedFeed) -> Value {
    json!({
        "id": line["id"],
        "kind": feed.format.map(kind),
        "title": feed.title,
        "link": feed.link,
        "language": feed.language,
        "description_text": feed.description,
        "updated": seconds(feed.updated),
        "entries": feed.entries.iter().map(entry).collect::<Vec<_>>(),
        "notes": feed.notes,
        "discrepancy": feed.discrepancy.as_ref().map(ToString::to_string),
        "syndication": feed.syndication,
        "links": feed.links,
    })
}

fn entry(entry: &ParsedEntry) -> Value {
    json!({
        "id": entry.id,
        "key": entry.key,
        "title": entry.title,
        "link": entry.link,
        "links": entry.links,
        "published": seconds(entry.published),
        "updated": seconds(entry.updated),
        "author": entry.authors.first(),
        "authors": entry.authors,
        "categories": entry.categories,
        "enclosures": entry.enclosures,
        "summary_text": entry.summary,
        "content_text": entry.content,
    })
}

fn kind(format: FeedFormat) -> &'static str {
    match format {
        FeedFormat::Rss => "rss",
        FeedFormat::Rdf => "rdf",
        FeedFormat::Atom => "atom",
        FeedFormat::Json => "json",
        FeedFormat::Cdf => "cdf",
        FeedFormat::Sitemap => "sitemap",
        FeedFormat::Page => "page",
    }
}

/// RFC 3339 in UTC, to the second.
fn seconds(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
