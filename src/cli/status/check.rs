//! `status --check`: one line as monitoring systems (Nagios, Icinga, Naemon) read it, and an exit code.

use std::process::ExitCode;

use jiff::Timestamp;

use super::verdict::Level;
use super::{Facts, percentiles};
use crate::cli::print;
use crate::model::FeedHealth;

/// It could not be found out.
const UNKNOWN: u8 = 3;

/// Prints the line for what was found.
pub(super) fn tell(
    reasons: &[(Level, String)],
    facts: &Facts,
    now: Timestamp,
) -> anyhow::Result<ExitCode> {
    let (word, code) = match reasons.first() {
        None => ("OK", 0),
        Some((Level::Warning, _)) => ("WARNING", 1),
        Some((Level::Critical, _)) => ("CRITICAL", 2),
    };
    let words: Vec<&str> = reasons.iter().map(|(_, why)| why.as_str()).collect();
    let words = match words.is_empty() {
        true => format!(
            "{} feeds, {} open alerts",
            facts.totals.feeds, facts.totals.alerts_open
        ),
        false => words.join("; "),
    };
    line(word, &words, &figures(facts, now))?;
    Ok(ExitCode::from(code))
}

/// Prints the line for a question that could not be asked.
pub(super) fn unknown(why: &str) -> anyhow::Result<ExitCode> {
    line("UNKNOWN", why, "")?;
    Ok(ExitCode::from(UNKNOWN))
}

/// The bar stands between words and figures, so the words have none.
fn line(word: &str, words: &str, figures: &str) -> anyhow::Result<()> {
    let words = print::safe(words).replace('|', "/");
    let bar = if figures.is_empty() { "" } else { " | " };
    print::text(&format!("WIREWATCH {word} - {words}{bar}{figures}\n"))
}

fn figures(facts: &Facts, now: Timestamp) -> String {
    let totals = &facts.totals;
    let age = facts
        .oldest_waiting_at
        .map_or(0, |at| now.duration_since(at).as_secs().max(0));
    let mut figures = vec![
        format!("feeds={};;", totals.feeds),
        format!("feeds_failing={};;", facts.count(FeedHealth::Failing)),
        format!("feeds_silent={};;", facts.count(FeedHealth::Silent)),
        format!(
            "articles_waiting={};;",
            totals.articles_wanted + totals.articles_unjudged
        ),
        format!("alerts_open={};;", totals.alerts_open),
        format!("deliveries_waiting={};;", totals.deliveries_pending),
        format!("deliveries_dead={};;", totals.deliveries_dead),
        format!("oldest_delivery={age}s;;"),
        format!("database={}B;;", totals.database_bytes),
    ];
    figures.extend(
        facts
            .disk_free_bytes
            .map(|bytes| format!("disk_free={bytes}B;;")),
    );
    figures.extend(
        percentiles(&facts.lags).map(|(_, most)| format!("lag_p95={:.3}s;;", most.as_secs_f64())),
    );
    figures.join(" ")
}
