//! Feeds in trouble on a page: one block for each group, the words of all its feeds.

use jiff::SignedDuration;
use serde::Serialize;

use crate::model::{FeedInTrouble, HealthNotice, TroubleGroup, TroubleKind};

use super::page::{Limits, address, count};
use super::plain::{plain, shorten};
use super::when::When;

/// Groups shown before "and N more".
const GROUPS_SHOWN: usize = 30;
/// Characters of a reason.
const WHY_CHARS: usize = 300;

/// Feeds with the same trouble.
#[derive(Debug, Serialize)]
pub(super) struct TroubleBlock {
    /// `FAILING`, `WELL AGAIN`.
    pub label: &'static str,
    /// `12 feeds of example.org fail`.
    pub title: String,
    /// `Since Sun 22 Nov 07:30 UTC`.
    pub since: String,
    /// What all of them have in common; empty when each has its own reason.
    pub why: String,
    pub feeds: Vec<TroubleLine>,
    /// `and 3 more feeds: wirewatch feed list --bad`, or empty.
    pub more: String,
    pub advice: String,
}

/// One feed of a group.
#[derive(Debug, Serialize)]
pub(super) struct TroubleLine {
    pub url: String,
    /// Its own reason, or empty.
    pub why: String,
}

/// The blocks of a message, and how many groups are not shown.
pub(super) fn blocks(notice: &HealthNotice, limits: Limits) -> (Vec<TroubleBlock>, usize) {
    let begun = notice.begun.iter().map(|group| (group, false));
    let all = begun.chain(notice.over.iter().map(|group| (group, true)));
    let blocks: Vec<TroubleBlock> = all
        .take(GROUPS_SHOWN)
        .map(|(group, is_over)| block(group, is_over, limits))
        .collect();
    let groups = notice.begun.len() + notice.over.len();
    let hidden = groups - blocks.len();
    (blocks, hidden)
}

/// `5 feeds in trouble, 2 well again`.
pub(super) fn heading(notice: &HealthNotice) -> String {
    let channels = |groups: &[TroubleGroup]| {
        let of_channels = groups
            .iter()
            .filter(|group| group.kind == TroubleKind::Channel);
        of_channels.count() as u64
    };
    let feeds = |groups: &[TroubleGroup]| {
        let groups = groups
            .iter()
            .filter(|group| group.kind != TroubleKind::Channel);
        let feeds: std::collections::BTreeSet<&str> = groups
            .flat_map(|group| &group.feeds)
            .map(|feed| feed.url.as_str())
            .collect();
        feeds.len() as u64
    };
    let named = |groups: &[TroubleGroup]| {
        let parts = [(channels(groups), "channel"), (feeds(groups), "feed")];
        let parts = parts.into_iter().filter(|(number, _)| *number > 0);
        let parts: Vec<String> = parts.map(|(number, one)| count(number, one)).collect();
        parts.join(" and ")
    };
    let (begun, over) = (named(&notice.begun), named(&notice.over));
    match (begun.is_empty(), over.is_empty()) {
        (_, true) => format!("{begun} in trouble"),
        (true, false) => format!("{over} well again"),
        // The noun stands once when both are of feeds.
        (false, false) if channels(&notice.begun) + channels(&notice.over) == 0 => {
            format!("{begun} in trouble, {} well again", feeds(&notice.over))
        }
        (false, false) => format!("{begun} in trouble, {over} well again"),
    }
}

/// The subject of a message: the one thing that happened, or how many.
pub(super) fn subject(notice: &HealthNotice) -> String {
    match (notice.begun.as_slice(), notice.over.as_slice()) {
        ([only], []) => title(only, false),
        ([], [only]) => title(only, true),
        _ => heading(notice),
    }
}

fn block(group: &TroubleGroup, is_over: bool, limits: Limits) -> TroubleBlock {
    let zone = When::utc();
    let common = common_why(&group.feeds).filter(|_| !is_over);
    let feeds = group.feeds.iter().take(limits.articles).map(|feed| {
        let why = match is_over {
            true => lasted(feed),
            false if common.is_some() => String::new(),
            false => reason(&feed.why),
        };
        TroubleLine {
            url: address(&feed.url),
            why,
        }
    });
    let feeds: Vec<TroubleLine> = feeds.collect();
    let hidden = group.feeds.len() - feeds.len();
    TroubleBlock {
        label: label(group.kind, is_over),
        title: title(group, is_over),
        since: format!("Since {}", zone.short(group.since)),
        why: common.unwrap_or_default(),
        more: match hidden {
            0 => String::new(),
            _ => format!("and {} more: wirewatch feed list", hidden),
        },
        feeds,
        advice: plain(&group.advice),
    }
}

fn reason(why: &str) -> String {
    shorten(&plain(why), WHY_CHARS)
}

/// The reason, when it is the same for all.
fn common_why(feeds: &[FeedInTrouble]) -> Option<String> {
    let first = feeds.first()?;
    let same = feeds.iter().all(|feed| feed.why == first.why);
    same.then(|| sentence(&reason(&first.why)))
}

/// The words as a sentence of their own.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    let stop = if words.ends_with(['.', '…']) {
        ""
    } else {
        "."
    };
    format!("{}{}{stop}", first.unwrap_or_default(), letters.as_str())
}

/// `over after 26 h`.
fn lasted(feed: &FeedInTrouble) -> String {
    let Some(until) = feed.until else {
        return String::new();
    };
    let lasted: SignedDuration = until.duration_since(feed.since);
    let hours = lasted.as_hours();
    match hours {
        ..2 => format!("over after {} min", lasted.as_mins()),
        2..48 => format!("over after {hours} h"),
        _ => format!("over after {} d", hours / 24),
    }
}

/// `12 feeds of example.org fail`.
fn title(group: &TroubleGroup, is_over: bool) -> String {
    let (one, many) = words(group.kind, is_over);
    if let [only] = group.feeds.as_slice() {
        let title = only.title.as_deref().map(plain).unwrap_or_default();
        let name = match title.as_str() {
            "" => plain(&only.url),
            title => title.to_owned(),
        };
        return format!("{} {one}", shorten(&name, 120));
    }
    let feeds = count(group.feeds.len() as u64, "feed");
    let of = match group.hosts.as_slice() {
        [host] => plain(host),
        hosts => count(hosts.len() as u64, "host"),
    };
    format!("{feeds} of {of} {many}")
}

/// What one feed does, and what many do.
fn words(kind: TroubleKind, is_over: bool) -> (&'static str, &'static str) {
    match (kind, is_over) {
        (TroubleKind::Channel, false) => ("does not work", "do not work"),
        (TroubleKind::Channel, true) => ("works again", "work again"),
        (TroubleKind::Gone, false) => ("is gone for good", "are gone for good"),
        (TroubleKind::Gone, true) => ("is there again", "are there again"),
        (TroubleKind::Missing, false) => ("is not found", "are not found"),
        (TroubleKind::Missing, true) => ("is found again", "are found again"),
        (TroubleKind::Failing, false) => ("fails", "fail"),
        (TroubleKind::Failing, true) => ("answers again", "answer again"),
        (TroubleKind::Empty, false) => ("lists nothing any more", "list nothing any more"),
        (TroubleKind::Empty, true) => ("lists entries again", "list entries again"),
        (TroubleKind::Silent, false) => ("is silent", "are silent"),
        (TroubleKind::Silent, true) => ("has news again", "have news again"),
        (TroubleKind::Thin, false) => ("brings short texts only", "bring short texts only"),
        (TroubleKind::Thin, true) => ("brings full texts again", "bring full texts again"),
        (TroubleKind::Moved, false) => ("has moved", "have moved"),
        (TroubleKind::Moved, true) => ("is back at its address", "are back at their addresses"),
        (TroubleKind::Lost, _) => ("may have lost entries", "may have lost entries"),
    }
}

fn label(kind: TroubleKind, is_over: bool) -> &'static str {
    match kind {
        _ if is_over => "WELL AGAIN",
        TroubleKind::Channel => "CHANNEL",
        TroubleKind::Gone => "GONE",
        TroubleKind::Missing => "MISSING",
        TroubleKind::Failing => "FAILING",
        TroubleKind::Empty => "EMPTY",
        TroubleKind::Silent => "SILENT",
        TroubleKind::Thin => "THIN",
        TroubleKind::Moved => "MOVED",
        TroubleKind::Lost => "LOST",
    }
}
