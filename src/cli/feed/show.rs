//! `wirewatch feed show`: the history of one feed.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::list;
use crate::cli::{Global, open, print};
use crate::model::{FeedHistory, FeedView, PollRecord, Rhythm, TroubleView, Validators, rfc3339};
use crate::store::Queries;
use crate::world::World;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  wirewatch feed show https://www.example.org/rss.xml
  wirewatch feed show https://www.example.org/rss.xml --json | jq .polls")]
pub(in crate::cli) struct ShowArgs {
    /// Address of the feed, in any spelling
    url: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let store = open::store_to_read(&config)?;
    let url = match config.feed(&args.url) {
        Some(feed) => &feed.spec.url,
        None => &args.url,
    };
    let history = open::block_on(async { Ok(store.feed_history(url).await?) })?;
    let Some(history) = history else {
        if config.feeds.iter().any(|feed| feed.spec.url == *url) {
            anyhow::bail!("{url} was never polled; `wirewatch run --once` polls it");
        }
        anyhow::bail!("{url} is not known; `wirewatch feed list` shows what is polled");
    };
    if args.json {
        print::json(&object(&history))?;
    } else {
        print::text(&screen(&history, World::real().clock.now()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The list's object, with the history in further keys.
fn object(history: &FeedHistory) -> Value {
    let mut object = json!(history.view);
    let (etag, last_modified) = validators(&history.validators);
    let more = [
        ("host", json!(history.host)),
        ("format", json!(history.format)),
        ("first_success", json!(history.first_success.map(rfc3339))),
        (
            "interval_s",
            json!(history.interval.map(|interval| interval.as_secs())),
        ),
        ("etag", json!(etag)),
        ("last_modified", json!(last_modified)),
        ("state", json!(history.state)),
        ("body_chars", json!(history.body_chars)),
        ("polls", json!(history.polls)),
        ("history", json!(history.troubles)),
        ("newest", json!(history.entries)),
        ("duplicates", json!(history.duplicates)),
    ];
    for (key, value) in more {
        object[key] = value;
    }
    object
}

/// Entity tag and date, as far as they are text.
fn validators(validators: &Validators) -> (Option<String>, Option<String>) {
    let text = |bytes: &Option<Vec<u8>>| {
        let bytes = bytes.as_deref()?;
        Some(print::safe(&String::from_utf8_lossy(bytes)))
    };
    (text(&validators.etag), text(&validators.last_modified))
}

fn screen(history: &FeedHistory, now: Timestamp) -> String {
    let mut out = format!("{}\n", print::safe(&history.view.url));
    for (name, value) in facts(history, now) {
        if !value.is_empty() {
            line(&mut out, &format!("{name:14} {}", print::safe(&value)));
        }
    }
    out.push_str(&chart(&history.state.rhythm));
    let troubles = history.troubles.iter();
    let troubles = troubles.map(|one| trouble(&history.view, one));
    section(&mut out, "Troubles", troubles);
    section(&mut out, "Polls", history.polls.iter().map(poll));
    let entries = history.entries.iter().map(|entry| {
        let link = entry.link.as_deref().unwrap_or_default();
        format!("{}  {}  {link}", print::time(entry.first_seen), entry.title)
    });
    section(&mut out, "Newest entries", entries);
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str("  ");
    out.push_str(text.trim_end());
    out.push('\n');
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    out.push_str(title);
    out.push('\n');
    for text in lines {
        line(out, &print::safe(&text));
    }
}

/// Names and values; those without a value are not shown.
fn facts(history: &FeedHistory, now: Timestamp) -> Vec<(&'static str, String)> {
    let view = &history.view;
    let state = &history.state;
    let when = |at: Option<Timestamp>| match at {
        Some(at) => format!("{} ({})", print::time(at), print::ago(at, now)),
        None => String::new(),
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (etag, last_modified) = validators(&history.validators);
    let mut facts = vec![("state", list::state(view))];
    facts.extend(list::why(view).map(|why| ("why", why)));
    facts.extend([
        ("title", text(&view.title)),
        ("language", text(&view.lang)),
        ("tags", view.tags.join(", ")),
        (
            "format",
            json!(history.format)
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        ),
        ("polled at", text(&state.poll_url)),
        ("host", history.host.clone()),
        ("interval", interval(history)),
        ("rhythm", rhythm(history)),
        ("first success", when(history.first_success)),
        ("last success", when(view.last_success)),
        ("last new entry", when(view.last_new)),
        ("last poll", when(view.last_poll)),
        ("next poll", when(view.next_poll)),
        ("entries", view.entries.to_string()),
        ("etag", etag.unwrap_or_default()),
        ("last-modified", last_modified.unwrap_or_default()),
        ("skips", skips(history)),
        ("redirect", redirect(history)),
        ("rolled over", when(state.rolled_over_at)),
        ("gap", gap(history)),
        ("readers differ", readers(history)),
        ("bodies", bodies(&history.body_chars)),
        ("duplicate of", text(&state.duplicate_of)),
        ("duplicates", history.duplicates.join(" ")),
        ("hubs", state.links.hubs.join(" ")),
        ("calls itself", text(&state.links.itself)),
    ]);
    facts
}

fn interval(history: &FeedHistory) -> String {
    match history.interval {
        Some(interval) => format!("every {} (fixed by the config)", print::length(interval)),
        None => "learnt".to_owned(),
    }
}

fn rhythm(history: &FeedHistory) -> String {
    let gaps = history.state.rhythm.gaps;
    match list::rhythm(&history.view).as_str() {
        "-" => String::new(),
        every => format!("something new {every} (median of {gaps} gaps)"),
    }
}

/// When the feed says that it has no news.
fn skips(history: &FeedHistory) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let said = &history.state.syndication;
    let days = said
        .skip_days
        .iter()
        .filter_map(|day| DAYS.get(usize::from(*day)));
    let mut parts: Vec<String> = days.map(|day| (*day).to_owned()).collect();
    parts.extend(said.skip_hours.iter().map(|hour| format!("{hour} h")));
    match parts.is_empty() {
        true => String::new(),
        false => format!("{} (UTC)", parts.join(", ")),
    }
}

fn redirect(history: &FeedHistory) -> String {
    match &history.state.moving {
        Some(moving) => format!(
            "says that it has moved to {}; seen on {} days",
            moving.to, moving.days
        ),
        None => String::new(),
    }
}

/// What may be missing and is still looked for.
fn gap(history: &FeedHistory) -> String {
    match &history.state.gap {
        Some(gap) => format!(
            "since {}; the older page {} could not be read ({} of 3 tries)",
            print::time(gap.found_at),
            gap.page,
            gap.tries
        ),
        None => String::new(),
    }
}

/// How often the second reader made something else of its documents.
fn readers(history: &FeedHistory) -> String {
    match &history.state.discrepancies {
        Some(found) => format!(
            "over {} documents, last {}: {}",
            found.documents,
            print::time(found.last_at),
            found.last
        ),
        None => String::new(),
    }
}

/// How long the bodies of its articles are.
fn bodies(chars: &[u32]) -> String {
    let mut sorted = chars.to_vec();
    sorted.sort_unstable();
    match sorted.get(sorted.len() / 2) {
        Some(median) => format!(
            "{median} characters (median of the newest {})",
            sorted.len()
        ),
        None => String::new(),
    }
}

fn trouble(feed: &FeedView, trouble: &TroubleView) -> String {
    let (until, why) = match trouble.ended {
        Some(ended) => (format!("until {}", print::time(ended)), trouble.why.clone()),
        None => ("until now".to_owned(), list::why_still(feed, trouble)),
    };
    let told = match trouble.told {
        Some(_) => "",
        None => " (not told)",
    };
    let (kind, since) = (trouble.kind.name(), print::time(trouble.since));
    format!("{kind:8} since {since} {until}{told}: {why}")
}

fn poll(record: &PollRecord) -> String {
    let mut text = format!("{}  ", print::time(record.at));
    let written = match record.result.as_str() {
        "fetched" => write!(text, "{} new entries", record.new_entries),
        "answered" => write!(text, "answers again, nothing new"),
        _ => {
            let kind = record.failure.map_or("failed", |kind| kind.name());
            let why = record.why.as_deref().unwrap_or_default();
            write!(text, "{kind}: {why}")
        }
    };
    written.expect("a string takes all");
    if record.polls > 1 {
        let last = print::time(record.last);
        write!(text, " ({} times, last {last})", record.polls).expect("a string takes all");
    }
    text
}

/// When new entries come: a row for each day, a letter for each hour; empty until it is learnt.
fn chart(rhythm: &Rhythm) -> String {
    /// Nothing, then ever more.
    const STEPS: [char; 6] = [' ', '.', ':', '+', '#', '@'];
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let most = rhythm.hours.iter().copied().fold(0.0, f32::max);
    if rhythm.hours.len() != 24 * DAYS.len() || most <= 0.0 {
        return String::new();
    }
    let mut out = "Busy hours (UTC)\n".to_owned();
    line(&mut out, "     0     6     12    18");
    for (name, hours) in DAYS.iter().zip(rhythm.hours.chunks(24)) {
        let steps = hours.iter().map(|weight| {
            let step = (weight / most * 5.0).ceil().clamp(0.0, 5.0);
            STEPS[step as usize]
        });
        let row: String = steps.collect();
        line(&mut out, &format!("{name} |{row}|"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_has_a_row_for_each_day_and_nothing_without_a_rhythm() {
        let mut rhythm = Rhythm::default();
        assert_eq!(chart(&rhythm), "");
        rhythm.hours = vec![0.0; 168];
        assert_eq!(chart(&rhythm), "");
        rhythm.hours[9] = 4.0;
        rhythm.hours[10] = 1.0;
        rhythm.hours[24 * 4 + 23] = 2.0;
        let shown = chart(&rhythm);
        let rows: Vec<&str> = shown.lines().collect();
        assert_eq!(rows.len(), 9);
        assert_eq!(rows[2], "  Mon |         @:             |");
        assert_eq!(rows[6], "  Fri |                       +|");
        assert_eq!(rows[8], "  Sun |                        |");
    }
}
