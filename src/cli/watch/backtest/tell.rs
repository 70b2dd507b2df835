//! A backtest for people, and its days for spreadsheets.

use std::collections::BTreeMap;
use std::path::Path;

use super::chart::chart;
use super::report::{Report, Sample, Share};
use crate::cli::{csv, print};

/// Samples of what was gained and lost.
const SAMPLES: usize = 5;
/// Languages and feeds that are named.
const SHARES: usize = 10;
/// Terms of a list that are named.
const TERMS: usize = 12;

pub(super) fn text(report: &Report, against: Option<&Path>) -> String {
    let mut out = head(report);
    if report.articles.tried > 0 {
        out.push('\n');
        out.push_str(&chart(&report.days));
    }
    out.push_str(&shares("by language", &report.languages));
    out.push_str(&shares("by feed", &report.feeds));
    let than = match against {
        Some(path) => format!("the watch in {}", path.display()),
        None => "the stored hits".to_owned(),
    };
    out.push_str(&format!(
        "\nagainst {than}: {} gained, {} lost\n",
        report.gained.len(),
        report.lost.len()
    ));
    out.push_str(&samples("gained", &report.gained));
    out.push_str(&samples("lost", &report.lost));
    if !report.nearest_hits.is_empty() {
        out.push_str("\nhits nearest the bound (by how much it was passed):\n");
        report
            .nearest_hits
            .iter()
            .for_each(|sample| out.push_str(&near(sample)));
    }
    if !report.nearest_misses.is_empty() {
        let (shown, all) = (report.nearest_misses.len(), report.near_misses);
        out.push_str(&format!("\nnear misses ({shown} of {all}):\n"));
        report
            .nearest_misses
            .iter()
            .for_each(|sample| out.push_str(&near(sample)));
    }
    out.push_str(&unfired(report));
    out
}

/// The numbers, and what could not be tried.
fn head(report: &Report) -> String {
    let articles = &report.articles;
    let mut out = format!(
        "{}: {} hits in {} articles since {}\n",
        report.watch,
        report.hits,
        articles.tried,
        &report.since[..10]
    );
    out.push_str(&match (report.sieved, report.asked_for_all) {
        (true, _) => format!(
            "{} were analysed, the others lack words that the rule needs\n",
            articles.analysed
        ),
        (false, true) => "all were analysed\n".to_owned(),
        (false, false) => {
            "all were analysed: the rule needs no word by which articles could be held back\n"
                .to_owned()
        }
    });
    if articles.without_body > 0 {
        out.push_str(&format!(
            "{} articles could not be tried: their bodies were dropped ([keep] bodies); hits among them are not counted\n",
            articles.without_body
        ));
    }
    if articles.failed > 0 {
        out.push_str(&format!(
            "{} articles could not be judged: see the log above\n",
            articles.failed
        ));
    }
    match &articles.oldest {
        None => out.push_str("there is no stored article to try in this period\n"),
        Some(oldest) if oldest[..10] > report.since[..10] => {
            out.push_str(&format!(
                "the first article tried is of {}\n",
                &oldest[..10]
            ));
        }
        Some(_) => {}
    }
    out
}

fn shares(title: &str, shares: &[Share]) -> String {
    if shares.is_empty() {
        return String::new();
    }
    let named = shares.iter().take(SHARES);
    let named: Vec<String> = named
        .map(|share| format!("{} {}", print::safe(&share.name), share.hits))
        .collect();
    let more = match shares.len().saturating_sub(SHARES) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{title}: {}{more}\n", named.join(", "))
}

fn samples(title: &str, all: &[Sample]) -> String {
    let mut out = String::new();
    for sample in all.iter().take(SAMPLES) {
        out.push_str(&format!("  {title}: {}\n", line(sample)));
    }
    if all.len() > SAMPLES {
        out.push_str(&format!(
            "  ... {} more, --json has all\n",
            all.len() - SAMPLES
        ));
    }
    out
}

fn line(sample: &Sample) -> String {
    let lang = sample.lang.as_deref().unwrap_or("?");
    let title = print::safe(&sample.title);
    format!(
        "{} {lang} {title}  {}",
        &sample.first_seen[..10],
        print::safe(&sample.url)
    )
}

fn near(sample: &Sample) -> String {
    const CHARS_MAX: usize = 160;
    let margin = sample
        .margin
        .map_or_else(String::new, |margin| format!("{margin:+} "));
    let mut why: String = print::safe(&sample.why).chars().take(CHARS_MAX).collect();
    if why.len() < sample.why.len() {
        why.push('…');
    }
    format!("  {margin}{}\n      {why}\n", line(sample))
}

/// The terms that stand in no hit, by list.
fn unfired(report: &Report) -> String {
    if report.hits == 0 || report.unfired.is_empty() {
        return String::new();
    }
    let mut by_list: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for term in &report.unfired {
        let terms = by_list.entry(term.list.as_deref()).or_default();
        terms.push(&term.term);
    }
    let mut out = format!(
        "\n{} of {} terms stand in no hit:\n",
        report.unfired.len(),
        report.terms
    );
    for (list, terms) in by_list {
        let named = terms
            .iter()
            .take(TERMS)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        let more = match terms.len().saturating_sub(TERMS) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let list = list.map_or_else(|| "the rule".to_owned(), |list| format!("${list}"));
        out.push_str(&format!("  {list}: {}{more}\n", print::safe(&named)));
    }
    out
}

/// One row a day.
pub(super) fn csv(report: &Report) -> String {
    let days = report.days.iter();
    let rows: Vec<Vec<String>> = days
        .map(|day| {
            let numbers = [day.articles, day.hits, day.gained, day.lost];
            let mut row = vec![day.day.to_string()];
            row.extend(numbers.iter().map(u64::to_string));
            row
        })
        .collect();
    csv::csv(&["day", "articles", "hits", "gained", "lost"], &rows)
}
