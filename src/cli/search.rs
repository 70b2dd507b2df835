//! `wirewatch search`: full text over title and body of the stored articles, or whatever a rule finds in them.

mod by_rule;

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Global, open, print};
use crate::config::Period;
use crate::model::rfc3339;
use crate::store::{Queries, SearchHit};
use crate::text;
use crate::world::World;

/// Characters of a body that are shown around the first word found.
const SNIPPET: usize = 160;

#[derive(Debug, Args)]
#[command(after_help = "\
An article is found when it holds all the words, in any order. Case and accents do not matter; Chinese,
Japanese and Thai need no spaces. With --match the argument is a rule as in [watch.NAME] match (docs/rules.md);
it may name the lists and persons of the config, and is asked of the articles first seen in --since, newest first.

Examples:
  wirewatch search lavrov beijing
  wirewatch search --match 'country:CN in-sentence country:RU and not title($sport)' --since 7d
Exit codes: 0 something was found, 1 nothing was.")]
pub(super) struct SearchArgs {
    /// Words
    #[arg(required_unless_present = "rule")]
    words: Vec<String>,
    /// A rule, instead of words
    #[arg(long = "match", value_name = "RULE", conflicts_with = "words")]
    rule: Option<String>,
    /// With --match: articles first seen in this period
    #[arg(long, value_name = "PERIOD", default_value = "30d", requires = "rule")]
    since: Period,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

pub(super) fn run(global: &Global, args: &SearchArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    if let Some(rule) = &args.rule {
        return by_rule::run(&config, rule, args);
    }
    let store = open::store_to_read(&config)?;
    let query = args.words.join(" ");
    let words = text::search_words(&query, None);
    if words.trim().is_empty() {
        anyhow::bail!("`{query}` holds no word to search for");
    }
    let hits = open::block_on(async { Ok(store.search(&words, args.limit).await?) })?;
    if args.json {
        let rows: Vec<_> = hits.iter().map(|hit| object(hit, &words)).collect();
        print::json_lines(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = World::real().clock.now();
    for hit in &hits {
        let lang = hit.lang.as_deref().unwrap_or("?");
        let out = format!(
            "{}\n  {lang}, {}, {}\n  {}\n",
            print::safe(&hit.title),
            print::ago(hit.at, now),
            hit.url,
            print::safe(&snippet(&hit.body, &words)),
        );
        print::text(&out)?;
    }
    if hits.is_empty() {
        eprintln!("nothing found");
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}

fn object(hit: &SearchHit, words: &str) -> serde_json::Value {
    json!({
        "url": hit.url,
        "title": hit.title,
        "lang": hit.lang,
        "at": rfc3339(hit.at),
        "snippet": snippet(&hit.body, words),
    })
}

/// The neighbourhood of the first word that stands in the body; its beginning when none does.
fn snippet(body: &str, words: &str) -> String {
    let analysis = text::analyse(body, None);
    let wanted: Vec<&str> = words.split(' ').collect();
    let found = analysis
        .tokens
        .iter()
        .find(|token| wanted.iter().any(|word| word.starts_with(&*token.fold)));
    let start = found.map_or(0, |token| token.start as usize);
    let before: usize = body[..start]
        .chars()
        .rev()
        .take(SNIPPET / 4)
        .map(char::len_utf8)
        .sum();
    let cut: String = body[start - before..].chars().take(SNIPPET).collect();
    let one_line = cut.split_whitespace().collect::<Vec<_>>().join(" ");
    let (head, tail) = (start > before, start - before + cut.len() < body.len());
    format!(
        "{}{one_line}{}",
        if head { "…" } else { "" },
        if tail { "…" } else { "" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_shows_the_word_in_its_surroundings() {
        let body = format!(
            "{} Lavrov arrived. {}",
            "word ".repeat(80),
            "end ".repeat(80)
        );
        let cut = snippet(&body, "lavrov");
        assert!(cut.starts_with('…') && cut.ends_with('…'), "{cut}");
        assert!(cut.contains("Lavrov arrived"), "{cut}");
        assert_eq!(snippet("короткий текст", "нет"), "короткий текст");
    }
}
