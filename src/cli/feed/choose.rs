//! Which of several feeds are meant: shown with what is in them, chosen by number.

use std::io::{self, BufRead, IsTerminal, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::find::{Candidate, FoundBy};
use crate::cli::print;
use crate::model::{FeedFormat, rfc3339};

/// Columns of a title that are shown.
const TITLE_CHARS_MAX: usize = 90;

/// A feed as a program sees it, one line each.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    /// Number for `--choose`, from 1.
    number: usize,
    url: &'a str,
    title: Option<&'a str>,
    format: Option<FeedFormat>,
    entries: usize,
    newest: Option<String>,
    titles: &'a [String],
    found_by: FoundBy,
    /// It stands in the config already.
    known: bool,
    /// It was added now.
    added: bool,
}

/// What can be chosen from.
pub(super) struct Offer<'a> {
    pub(super) candidates: &'a [Candidate],
    /// Which of them the config has already.
    pub(super) known: Vec<bool>,
}

impl Offer<'_> {
    /// Rows for programs; `added` are the places of those that were added.
    pub(super) fn rows(&self, added: &[usize]) -> Vec<Row<'_>> {
        let candidates = self.candidates.iter().zip(&self.known).enumerate();
        let rows = candidates.map(|(at, (candidate, &known))| Row {
            number: at + 1,
            url: candidate.url.as_str(),
            title: candidate.title.as_deref(),
            format: candidate.format,
            entries: candidate.entries,
            newest: candidate.newest.map(rfc3339),
            titles: &candidate.titles,
            found_by: candidate.found_by,
            known,
            added: added.contains(&at),
        });
        rows.collect()
    }

    /// The list for people.
    pub(super) fn list(&self, now: Timestamp) -> String {
        let mut out = String::new();
        for (at, (candidate, &known)) in self.candidates.iter().zip(&self.known).enumerate() {
            let mark = if known { ", in the config already" } else { "" };
            let number = at + 1;
            let lines = [
                format!("{number:>3}  {}", candidate.url),
                format!(
                    "     {} ({}{mark})",
                    about(candidate, now),
                    candidate.found_by.words()
                ),
            ];
            let titles = candidate
                .titles
                .iter()
                .map(|title| format!("       · {}", short(title)));
            for line in lines.into_iter().chain(titles) {
                out.push_str(&line);
                out.push('\n');
            }
        }
        out
    }

    /// The best that is not in the config yet.
    pub(super) fn best(&self) -> Option<usize> {
        self.known.iter().position(|&known| !known)
    }

    /// Asks on the terminal; an empty choice is a person who wants none.
    pub(super) fn ask(&self) -> anyhow::Result<Vec<usize>> {
        let default = self.best().map_or(1, |best| best + 1);
        loop {
            eprint!("Add which? Numbers (1,3), all, none [{default}]: ");
            io::stderr().flush()?;
            let mut answer = String::new();
            if io::stdin().lock().read_line(&mut answer)? == 0 {
                eprintln!();
                return Ok(Vec::new());
            }
            match numbers(&answer, self.candidates.len(), default) {
                Ok(chosen) => return Ok(chosen),
                Err(why) => eprintln!("{why}"),
            }
        }
    }
}

/// One line about a feed: title, format, size, age.
pub(super) fn about(candidate: &Candidate, now: Timestamp) -> String {
    let title = candidate
        .title
        .as_deref()
        .map(|title| format!("“{}”, ", short(title)));
    let newest = match candidate.newest {
        Some(at) => format!(", newest {}", print::ago(at, now)),
        None => String::new(),
    };
    format!(
        "{}{}, {} entries{newest}",
        title.unwrap_or_default(),
        candidate.format.map_or("feed", format_name),
        candidate.entries
    )
}

fn format_name(format: FeedFormat) -> &'static str {
    match format {
        FeedFormat::Rss => "RSS",
        FeedFormat::Rdf => "RSS 1.0",
        FeedFormat::Atom => "Atom",
        FeedFormat::Json => "JSON Feed",
        FeedFormat::Cdf => "CDF",
        FeedFormat::Sitemap => "sitemap",
        FeedFormat::Page => "page",
    }
}

fn short(title: &str) -> String {
    let title = print::safe(title);
    match title.char_indices().nth(TITLE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", title[..end].trim_end()),
        None => title,
    }
}

/// Both a person to ask and a terminal to ask on.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks yes or no on the terminal; Enter and the end of input are yes and no.
pub(in crate::cli) fn confirm(question: &str) -> anyhow::Result<bool> {
    eprint!("{question} [Y/n]: ");
    io::stderr().flush()?;
    let mut answer = String::new();
    if io::stdin().lock().read_line(&mut answer)? == 0 {
        eprintln!();
        return Ok(false);
    }
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "" | "y" | "yes"
    ))
}

/// The places that an answer names, from 0: `1,3`, `2 4`, `all`, `none`, or nothing for the default.
fn numbers(answer: &str, count: usize, default: usize) -> Result<Vec<usize>, String> {
    let answer = answer.trim().to_lowercase();
    match answer.as_str() {
        "" => return Ok(vec![default - 1]),
        "a" | "all" | "*" => return Ok((0..count).collect()),
        "n" | "no" | "none" | "q" | "quit" | "0" => return Ok(Vec::new()),
        _ => {}
    }
    let words = answer.split(|c: char| c == ',' || c.is_whitespace());
    let mut chosen = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let number = word
            .parse::<usize>()
            .ok()
            .filter(|number| (1..=count).contains(number));
        let Some(number) = number else {
            return Err(format!("`{word}` is none of the numbers 1 to {count}"));
        };
        if !chosen.contains(&(number - 1)) {
            chosen.push(number - 1);
        }
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn answers_are_numbers_or_words() {
        for (answer, expected) in [
            ("\n", Ok(vec![1])),
            ("1,3\n", Ok(vec![0, 2])),
            (" 3  1 3 ", Ok(vec![2, 0])),
            ("ALL\n", Ok(vec![0, 1, 2])),
            ("none", Ok(vec![])),
            ("4", Err("`4` is none of the numbers 1 to 3".to_owned())),
            ("1,x", Err("`x` is none of the numbers 1 to 3".to_owned())),
            ("-1", Err("`-1` is none of the numbers 1 to 3".to_owned())),
        ] {
            assert_eq!(numbers(answer, 3, 2), expected, "{answer}");
        }
    }
}
