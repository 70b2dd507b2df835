//! `wirewatch watch explain`: why a watch hits an article or does not.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{input, print, unknown_watch};
use crate::cli::stored;
use crate::config::Config;
use crate::rules::{Document, DocumentInput, ExplainedPart};

#[derive(Debug, Args)]
#[command(after_help = "\
ARTICLE is the address of a stored article, or a file as `watch test` takes it.
Of a watch that does not hit, what would make it hit is told: words that are missing, a distance that is too short, a score
that is not reached. Each was tried on a copy of the article or of the rule (`would fire`), but for what only says what is asked.
Example:
  wirewatch watch explain china-russia https://news.example/1
Exit code 1 when the watch does not hit.")]
pub(in crate::cli) struct ExplainArgs {
    /// NAME of the watch
    name: String,
    /// Address of a stored article, or a text or an .html page; `-` is standard input
    article: String,
    /// Language of the text, if it shall not be guessed
    #[arg(long)]
    lang: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Config, args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let name = args.article.as_str();
    let input = match name == "-" || Path::new(name).exists() {
        true => input::read(config, name)?,
        false => stored::article(config, &args.article)?,
    };
    let title = input.title.clone();
    let input = DocumentInput {
        lang: args.lang.clone().or(input.lang),
        ..input
    };
    let document = Document::new(input.clone());
    let Some(explained) = config.rule_set.explain(&args.name, &document) else {
        return Err(unknown_watch(config, &args.name));
    };
    let verdict = config.rule_set.judge(&document);
    let misses = verdict.near_misses.iter();
    let miss = misses
        .filter(|miss| miss.watch == args.name)
        .map(|miss| &miss.why)
        .next();
    let proposals = match explained.holds {
        true => Vec::new(),
        false => config.rule_set.proposals(&config.rules, &args.name, &input),
    };
    if args.json {
        print::json(&json!({
            "watch": args.name, "title": title, "lang": document.lang(), "hit": explained.holds,
            "near_miss": miss, "explained": explained, "proposals": proposals,
        }))?;
    } else {
        let lang = document.lang().unwrap_or("language unknown");
        let mut out = format!("{} ({lang})\n", print::safe(&title));
        told(&explained, 0, &mut out);
        if let Some(why) = miss {
            out.push_str(&format!("near miss: {}\n", print::safe(why)));
        }
        for proposal in &proposals {
            out.push_str(&format!("nearest hit: {}\n", print::safe(&proposal.says)));
        }
        print::text(&out)?;
    }
    Ok(ExitCode::from(u8::from(!explained.holds)))
}

/// One line a part, what it is made of below it.
fn told(part: &ExplainedPart, depth: usize, out: &mut String) {
    const CHARS_MAX: usize = 100;
    let indent = "  ".repeat(depth);
    let mark = if part.holds { "✓" } else { "✗" };
    let written: String = part.part.chars().take(CHARS_MAX).collect();
    let cut = if written.len() < part.part.len() {
        "…"
    } else {
        ""
    };
    let says = part.says.as_deref().map(print::safe);
    let says = says.map_or_else(String::new, |says| format!(" (it is {says})"));
    let written = print::safe(&written);
    out.push_str(&format!("{indent}{mark} {written}{cut}{says}\n"));
    for span in &part.spans {
        let text = print::safe(&span.text);
        out.push_str(&format!(
            "{indent}    {}: {text} = {}\n",
            span.field.name(),
            span.why
        ));
    }
    for inner in &part.parts {
        told(inner, depth + 1, out);
    }
}
