//! `wirewatch extract`: pages in, articles out.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::FilterArgs;
use super::memory_file::MemoryFile;
use crate::cli::{Global, open};
use crate::config::Sites;
use crate::extract::{Aids, Extracted, Page, Reading, SiteRule, extract_with};

/// Options of `wirewatch extract`.
#[derive(Debug, Clone, clap::Args)]
pub struct ExtractArgs {
    /// What all filters share.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// File with [[site]] tables, or folder of ftr-site-config files; --config FILE takes those of a config
    #[arg(long, value_name = "FILE|DIR")]
    pub site_rules: Option<PathBuf>,
    /// Learn what recurs on the pages of a host, and leave it out: read from FILE and written back to it. Pages are
    /// then read one after the other; a second run over the same pages applies what the first learnt to all of them
    #[arg(long, value_name = "FILE")]
    pub host_memory: Option<PathBuf>,
    /// Add the body as small, safe HTML (`html`): subheadings, lists, links, no pictures
    #[arg(long)]
    pub html: bool,
}

/// Reads pages named on standard input, writes their articles to standard output.
///
/// # Errors
/// When the rules for sites are refused, the input is not JSON Lines, or reading or writing fails.
pub(in crate::cli) fn run(global: &Global, args: &ExtractArgs) -> anyhow::Result<ExitCode> {
    let sites = match (&args.site_rules, &global.config) {
        (Some(path), _) => open::sites(path)?,
        (None, Some(path)) => open::load(path)?.sites,
        (None, None) => Sites::default(),
    };
    // The lock of `io::stdin` stays on its thread; the filter reads on another.
    let (input, output) = (io::BufReader::new(io::stdin()), io::stdout().lock());
    let read_file = |line: &Value| super::read_file(line, &args.filter.root);
    let threads = args.filter.threads();
    if let Some(path) = &args.host_memory {
        let mut memories = MemoryFile::open(path)?;
        // What a page is told depends on the pages before it, so only the files are read by several threads.
        super::run_in_turn(input, output, threads, read_file, |line, bytes| {
            let answer = || {
                answer(line, bytes, args.html, |bytes, page| {
                    let rule = rule_for(&sites, page);
                    let extracted = memories.extract(bytes, page, aids(rule.as_deref()));
                    (extracted, rule)
                })
            };
            catch_unwind(AssertUnwindSafe(answer))
                .unwrap_or_else(|_| super::error_line(line, super::PANICKED))
        })?;
        memories.save()?;
    } else {
        super::run(input, output, threads, |line| {
            answer(line, read_file(line), args.html, |bytes, page| {
                let rule = rule_for(&sites, page);
                let extracted = extract_with(bytes, page, aids(rule.as_deref()));
                (extracted, rule)
            })
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The rule for the site of a page.
fn rule_for(sites: &Sites, page: &Page<'_>) -> Option<Arc<SiteRule>> {
    if sites.is_empty() {
        return None;
    }
    sites.rule_for_text(page.url)
}

fn aids(rule: Option<&SiteRule>) -> Aids<'_> {
    Aids {
        rule,
        ..Aids::default()
    }
}

/// The answer to a line whose file is `bytes`, or could not be read.
fn answer(
    line: &Value,
    bytes: Result<Vec<u8>, String>,
    with_html: bool,
    extract: impl FnOnce(&[u8], &Page<'_>) -> (Extracted, Option<Arc<SiteRule>>),
) -> Value {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(why) => return super::error_line(line, &why),
    };
    let content_type = super::text(line, "http_content_type");
    let page = Page {
        url: super::text(line, "url"),
        content_type: (!content_type.is_empty()).then_some(content_type),
    };
    let started = Instant::now();
    let (extracted, rule) = extract(&bytes, &page);
    let ms = started.elapsed().as_secs_f64() * 1_000.0;
    let article = extracted.article;
    let html = with_html.then(|| {
        let mut reading = Reading::new(&article.body, &article.parts, article.lang.as_deref());
        reading.add_page(&bytes, &page, rule.as_deref());
        reading.html()
    });
    let mut answer = json!({
        "id": line["id"],
        "title": article.title,
        "body": article.body,
        "parts": article.parts,
        "origin": article.origin,
        "published": article.published.map(|date| date.written),
        "published_from": article.published_from,
        "modified": article.modified.map(|date| date.written),
        "modified_from": article.modified_from,
        "authors": article.authors,
        "lang": article.lang,
        "declared_lang": extracted.declared_lang,
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
        "confidence": extracted.confidence,
        "failure": extracted.failure,
        "notes": article.notes,
        "next_page": extracted.next_page,
        "other_version": extracted.other_version,
        "ms": ms,
    });
    if let Some(html) = html {
        answer["html"] = html.into();
    }
    answer
}
