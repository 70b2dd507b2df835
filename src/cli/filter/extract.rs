//! `wirewatch extract`: pages in, articles out.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::{Value, json};

use super::FilterArgs;
use crate::cli::{Global, open};
use crate::config::Sites;
use crate::extract::{Aids, Page, extract_with};

/// Options of `wirewatch extract`.
#[derive(Debug, Clone, clap::Args)]
pub struct ExtractArgs {
    /// What all filters share.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// File with [[site]] tables, or folder of ftr-site-config files; --config FILE takes those of a config
    #[arg(long, value_name = "FILE|DIR")]
    pub site_rules: Option<PathBuf>,
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
    let work = |line: &Value| answer(line, &args.filter, &sites);
    // The lock of `io::stdin` stays on its thread; the filter reads on another.
    let input = io::BufReader::new(io::stdin());
    super::run(input, io::stdout().lock(), args.filter.threads(), work)?;
    Ok(ExitCode::SUCCESS)
}

fn answer(line: &Value, args: &FilterArgs, sites: &Sites) -> Value {
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
    let rule = if sites.is_empty() {
        None
    } else {
        sites.rule_for_text(page.url)
    };
    let extracted = extract_with(&bytes, &page, Aids { rule: rule.as_deref(), now: None });
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
        "next_page": extracted.next_page,
        "other_version": extracted.other_version,
        "ms": ms,
    })
}
