//! `wirewatch feed list`: one line for each feed.

use std::collections::HashSet;
use std::process::ExitCode;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use crate::cli::{Global, open, print};
use crate::model::{FeedHealth, FeedId, FeedSpec, FeedView, TroubleKind, TroubleView};
use crate::store::Queries;
use crate::world::World;

#[derive(Debug, Args)]
#[command(after_help = "\
States: new (never polled), ok, failing (the last polls failed), empty, silent, missing (404), gone (410),
thin (its articles' texts have become short), moved, lost (entries may have come and gone between two polls),
duplicate (polled under another address of the config), removed. docs/health.md says what each one means.
It exits 0 whatever it lists, unless --exit-code is given.")]
pub(in crate::cli) struct ListArgs {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Only feeds that are not well: whose last poll failed, or that are in trouble
    #[arg(long)]
    bad: bool,
    /// With --bad: exit 1 when there is one
    #[arg(long, requires = "bad")]
    exit_code: bool,
}

pub(super) fn run(global: &Global, args: &ListArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let mut feeds = if config.store.path.exists() {
        let store = open::store_to_read(&config)?;
        open::block_on(async { Ok(store.feeds().await?) })?
    } else {
        Vec::new()
    };
    let stored: HashSet<String> = feeds.iter().map(|feed| feed.url.clone()).collect();
    let fresh = config.feeds.into_iter().map(|feed| feed.spec);
    feeds.extend(fresh.filter(|spec| !stored.contains(&spec.url)).map(view));
    if args.bad {
        feeds.retain(is_bad);
    }
    let code = ExitCode::from(u8::from(args.exit_code && !feeds.is_empty()));
    if args.json {
        print::json_lines(&feeds)?;
        return Ok(code);
    }
    let now = World::real().clock.now();
    let rows: Vec<Vec<String>> = feeds.iter().map(|feed| row(feed, now)).collect();
    print::text(&print::table(
        &[
            "STATE",
            "LAST SUCCESS",
            "LAST NEW",
            "RHYTHM",
            "NEXT POLL",
            "ENTRIES",
            "FEED",
        ],
        &rows,
    ))?;
    Ok(code)
}

/// True for a feed that somebody should look at. A possible loss is told, but needs nobody.
fn is_bad(feed: &FeedView) -> bool {
    match feed.health {
        FeedHealth::Failing | FeedHealth::Empty | FeedHealth::Silent | FeedHealth::Gone => true,
        FeedHealth::New | FeedHealth::Ok => first_trouble(feed).is_some(),
        FeedHealth::Duplicate | FeedHealth::Removed => false,
    }
}

/// The gravest trouble that is worth telling.
fn first_trouble(feed: &FeedView) -> Option<TroubleKind> {
    let mut kinds = feed.troubles.iter().map(|trouble| trouble.kind);
    kinds.find(|kind| kind.is_told())
}

/// A feed that is in the config, but not in the store before the next run.
fn view(spec: FeedSpec) -> FeedView {
    FeedView {
        // The ids of the store begin at 1.
        id: FeedId(0),
        url: spec.url,
        title: None,
        tags: spec.tags,
        lang: spec.lang,
        health: FeedHealth::New,
        failures: 0,
        last_error: None,
        failure: None,
        moved_to: None,
        duplicate_of: None,
        usual_gap_s: None,
        last_poll: None,
        last_success: None,
        last_new: None,
        next_poll: None,
        entries: 0,
        troubles: Vec::new(),
    }
}

fn row(feed: &FeedView, now: Timestamp) -> Vec<String> {
    let when = |at: Option<Timestamp>| at.map_or("-".to_owned(), |at| print::ago(at, now));
    let mut name = feed.url.clone();
    if let Some(why) = why(feed) {
        name.push_str(&format!(": {}", print::safe(&why)));
    }
    vec![
        state(feed),
        when(feed.last_success),
        when(feed.last_new),
        rhythm(feed),
        match feed.next_poll {
            Some(at) if at <= now => "due".to_owned(),
            at => when(at),
        },
        feed.entries.to_string(),
        name,
    ]
}

/// The state in one word, with the number of failures.
pub(super) fn state(feed: &FeedView) -> String {
    let trouble = || match feed.troubles.first() {
        Some(trouble) => trouble.kind.name(),
        None => "ok",
    };
    let graver = feed
        .troubles
        .iter()
        .find(|trouble| trouble.kind == TroubleKind::Missing);
    match feed.health {
        FeedHealth::New => "new".to_owned(),
        FeedHealth::Ok => trouble().to_owned(),
        FeedHealth::Failing => {
            let word = graver.map_or("failing", |_| "missing");
            format!("{word} ({})", feed.failures)
        }
        FeedHealth::Empty => "empty".to_owned(),
        FeedHealth::Silent => "silent".to_owned(),
        FeedHealth::Gone => "gone".to_owned(),
        FeedHealth::Duplicate => "duplicate".to_owned(),
        FeedHealth::Removed => "removed".to_owned(),
    }
}

/// What is wrong, in words that begin with the one word for it.
pub(super) fn why(feed: &FeedView) -> Option<String> {
    let error = last_error(feed);
    if feed.health == FeedHealth::Failing && error.is_some() {
        return error;
    }
    if let Some(other) = &feed.duplicate_of {
        return Some(format!("polled as {other}"));
    }
    feed.troubles
        .first()
        .map(|trouble| why_still(feed, trouble))
}

/// The last error, after the one word for it; `None` when the last poll succeeded.
fn last_error(feed: &FeedView) -> Option<String> {
    let error = feed.last_error.as_ref()?;
    Some(match feed.failure {
        Some(kind) => format!("{}: {error}", kind.name()),
        None => error.clone(),
    })
}

/// What is wrong: the words of a trouble's beginning, and the last error when that is another by now.
pub(super) fn why_still(feed: &FeedView, trouble: &TroubleView) -> String {
    let is_of_polls = matches!(
        trouble.kind,
        TroubleKind::Gone | TroubleKind::Missing | TroubleKind::Failing
    );
    let is_told = |error: &String| trouble.why.contains(error.as_str());
    match (last_error(feed), &feed.last_error) {
        (Some(now), Some(error)) if is_of_polls && !is_told(error) => {
            format!("{}; last error: {now}", trouble.why)
        }
        _ => trouble.why.clone(),
    }
}

/// How often it usually has something new.
pub(super) fn rhythm(feed: &FeedView) -> String {
    let gap = feed.usual_gap_s.and_then(|s| i64::try_from(s).ok());
    gap.map_or("-".to_owned(), |seconds| {
        format!(
            "every {}",
            print::length(SignedDuration::from_secs(seconds))
        )
    })
}
