//! `wirewatch article test`: a page line by line, taken or left out and why, so that a rule for its site can be
//! written in a minute.

mod html;
mod show;

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::cli::fetched::{FetchedPage, fetch_page};
use crate::cli::{Global, environment, open, print};
use crate::config::{Config, Sites};
use crate::extract::{self, Explained, Extracted, Page, SiteRule};
use crate::fetch::{parse_url, strip_credentials};

#[derive(Debug, Args)]
#[command(after_help = "\
Lines with + are taken; lines with - are left out, with the reason behind them.
Examples:
  wirewatch article test https://news.example/1
  wirewatch article test https://news.example/1 --html /tmp/page.html
  wirewatch article test page.html --url https://news.example/1 --site-rules sites.toml")]
pub(in crate::cli) struct TestArgs {
    /// Address of the page, or a file that holds it; - is standard input
    #[arg(value_name = "URL|FILE")]
    page: String,
    /// Where the page of a file comes from [default: what the page itself says]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// File with [[site]] tables, or folder of ftr-site-config files, instead of the config's
    #[arg(long, value_name = "FILE|DIR")]
    site_rules: Option<PathBuf>,
    /// Write the page and the article side by side into a file, too
    #[arg(long, value_name = "OUT.html")]
    html: Option<PathBuf>,
    /// One JSON object
    #[arg(long, conflicts_with = "color")]
    json: bool,
    /// Colours: auto is on a terminal unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// All that is shown.
struct Verdict {
    url: String,
    rule: Option<Arc<SiteRule>>,
    explained: Explained,
}

pub(in crate::cli) fn run(global: &Global, args: &TestArgs) -> anyhow::Result<ExitCode> {
    let config = config_if_any(global)?;
    let sites = match (&args.site_rules, &config) {
        (Some(path), _) => open::sites(path)?,
        (None, Some(config)) => config.sites.clone(),
        (None, None) => Sites::default(),
    };
    let tried = match args.page.contains("://") {
        true => fetch_page(config.as_ref(), &args.page)?,
        false => read(&args.page, args.url.as_deref())?,
    };
    let verdict = Verdict::of(tried, &sites);
    if let Some(path) = &args.html {
        let page = html::page(&verdict);
        fs::write(path, page).with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    if args.json {
        print::json(&show::object(&verdict))?;
    } else {
        let colour = match args.color {
            When::Auto => io::stdout().is_terminal() && environment("NO_COLOR").is_none(),
            When::Always => true,
            When::Never => false,
        };
        print::text(&show::text(&verdict, colour))?;
    }
    let found = !verdict.explained.extracted.article.body.trim().is_empty();
    Ok(ExitCode::from(u8::from(!found)))
}

/// The config; none when nobody named one and there is none where one could be.
fn config_if_any(global: &Global) -> anyhow::Result<Option<Config>> {
    match open::config_path(global) {
        Ok(path) => Ok(Some(open::load(&path)?)),
        Err(_) => Ok(None),
    }
}

fn read(name: &str, url: Option<&str>) -> anyhow::Result<FetchedPage> {
    let bytes = if name == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        bytes
    } else {
        fs::read(Path::new(name)).with_context(|| format!("{name}: cannot be read"))?
    };
    let url = match url {
        Some(url) => {
            let mut url = parse_url(url)?;
            strip_credentials(&mut url);
            url.into()
        }
        None => {
            let page = Page {
                url: "",
                content_type: None,
            };
            extract::extract(&bytes, &page)
                .article
                .canonical_url
                .unwrap_or_default()
        }
    };
    Ok(FetchedPage {
        bytes,
        url,
        content_type: None,
    })
}

impl Verdict {
    fn of(tried: FetchedPage, sites: &Sites) -> Self {
        let rule = sites.rule_for_text(&tried.url);
        let page = Page {
            url: &tried.url,
            content_type: tried.content_type.as_deref(),
        };
        let explained = extract::explain(&tried.bytes, &page, rule.as_deref());
        Self {
            url: tried.url,
            rule,
            explained,
        }
    }

    /// Lines that are taken, and all of them.
    fn counts(&self) -> (usize, usize) {
        let lines = &self.explained.lines;
        (
            lines.iter().filter(|line| line.fate.is_kept()).count(),
            lines.len(),
        )
    }

    /// What is known of the article besides its text: name and value, in the order in which it is shown.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let extracted = &self.explained.extracted;
        let (taken, all) = self.counts();
        let chars = extracted.article.body.chars().count();
        let rule = self.rule.as_ref().map(|rule| rule.name.clone());
        let mut facts = vec![
            ("url", self.url.clone()),
            ("rule", rule.unwrap_or_else(|| "none".to_owned())),
        ];
        facts.extend(self.metadata());
        facts.extend([
            (
                "taken",
                format!("{taken} of {all} lines, {chars} characters"),
            ),
            ("confidence", confidence(extracted)),
            (
                "failure",
                extracted.failure.map_or("", |kind| kind.name()).to_owned(),
            ),
            (
                "read instead",
                extracted.other_version.clone().unwrap_or_default(),
            ),
            ("next page", extracted.next_page.clone().unwrap_or_default()),
        ]);
        let notes = extracted.article.notes.iter();
        facts.extend(notes.map(|note| ("note", note.clone())));
        let rule = self.rule.iter();
        let lines = rule.clone().flat_map(|rule| &rule.not_understood);
        facts.extend(lines.map(|line| ("not understood", line.clone())));
        facts.extend(
            rule.flat_map(|rule| &rule.test_urls)
                .map(|url| ("try also", url.clone())),
        );
        facts.retain(|(_, value)| !value.is_empty());
        facts
    }

    /// Title, authors, dates and language, each with what told it.
    fn metadata(&self) -> [(&'static str, String); 5] {
        let (extracted, told) = (&self.explained.extracted, self.explained.told);
        let article = &extracted.article;
        let site = |told: bool| told.then_some("[[site]]");
        let written =
            |date: &Option<crate::model::Dated>| date.as_ref().map(|date| date.written.clone());
        let date = |found: &Option<crate::model::Dated>, source: &Option<String>| {
            by(&written(found).unwrap_or_default(), source.as_deref())
        };
        let declared = extracted.declared_lang.as_deref();
        let declared = declared.map(|lang| format!("the page says {lang}"));
        [
            ("title", by(&article.title, site(told.title))),
            (
                "authors",
                by(&article.authors.join(", "), site(told.authors)),
            ),
            (
                "published",
                date(&article.published, &self.explained.published_by),
            ),
            (
                "modified",
                date(&article.modified, &self.explained.modified_by),
            ),
            (
                "language",
                by(
                    article.lang.as_deref().unwrap_or_default(),
                    declared.as_deref(),
                ),
            ),
        ]
    }
}

/// A value with what told it.
fn by(value: &str, source: Option<&str>) -> String {
    match source {
        Some(source) if !value.is_empty() => format!("{value} ({source})"),
        _ => value.to_owned(),
    }
}

/// How likely the text is right, and what speaks for it.
fn confidence(extracted: &Extracted) -> String {
    let evidence = &extracted.evidence;
    let shares = [
        ("its lines are likely by", evidence.lines),
        ("has of the headline", evidence.title),
        ("of the description", evidence.description),
        ("agrees with the JSON-LD's text by", evidence.json_ld),
        ("has of the feed's text", evidence.feed),
    ];
    let said = shares
        .iter()
        .filter_map(|(what, share)| Some(format!("{what} {:.0} %", share.as_ref()? * 100.0)));
    let said: Vec<String> = said.collect();
    let share = extracted.confidence * 100.0;
    match said.is_empty() {
        true => format!("{share:.0} %"),
        false => format!("{share:.0} % ({})", said.join(", ")),
    }
}
