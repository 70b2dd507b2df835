//! `wirewatch extract`: pages in, articles out.

use std::io;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::{Value, json};

use super::FilterArgs;
use crate::extract::{Page, extract};

/// Options of `wirewatch extract`.
#[derive(Debug, Clone, clap::Args)]
pub struct ExtractArgs {
    /// What all filters share.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// Reads pages named on standard input, writes their articles to standard output.
///
/// # Errors
/// When the input is not JSON Lines, or reading or writing fails.
pub fn run(args: &ExtractArgs) -> anyhow::Result<ExitCode> {
    let work = |line: &Value| answer(line, &args.filter);
    // The lock of `io::stdin` stays on its thread; the filter reads on another.
    let input = io::BufReader::new(io::stdin());
    super::run(input, io::stdout().lock(), args.filter.threads(), work)?;
    Ok(ExitCode::SUCCESS)
}

fn answer(line: &Value, args: &FilterArgs) -> Value {
    let bytes = match super::read_file(line, &args.root) {
        Ok(bytes) => bytes,
        Err(why) => return super::error_line(line, &why),
    };
    let content_type = super::text(line, "http_content_type");
    let page = Page {
        url: super::text(line, "url"),
        content_type: (!content_type.is_empty()).then_some(content_type),
    };
    let started = Instant::now();
    let extracted = extract(&bytes, &page);
    let ms = started.elapsed().as_secs_f64() * 1_000.0;
    let article = extracted.article;
    json!({
        "id": line["id"],
        "title": article.title,
        "body": article.body,
        "parts": article.parts,
        "published": article.published.map(|date| date.written),
        "published_from": article.published_from,
        "modified": article.modified.map(|date| date.written),
        "modified_from": article.modified_from,
        "authors": article.authors,
        "lang": article.lang,
        "canonical_url": article.canonical_url,
        "image": article.image,
        "site_name": article.site_name,
        "section": article.section,
        "tags": article.tags,
        "paid": article.paid,
        "live": article.live,
        "amp_url": article.amp_url,
        "next_url": article.next_url,
        "print_url": article.print_url,
        "confident": extracted.confident,
        "failure": extracted.failure,
        "notes": article.notes,
        "ms": ms,
    })
}
