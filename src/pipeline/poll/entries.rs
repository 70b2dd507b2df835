//! What a poll decides about an entry.

use jiff::{SignedDuration, Timestamp};

use crate::feed;
use crate::fetch;
use crate::model::{EntryDate, Feed, ParsedEntry, PolledEntry};
use crate::pipeline::Setup;

/// An entry of a later poll that was published longer ago than this is marked late.
const LATE_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// A date further ahead than this is a mistake; zones and clocks go wrong by less.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// When an entry says it was published, if that can be.
pub(super) fn believed(published: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    published.filter(|at| at.duration_since(now) <= AHEAD_MAX)
}

/// The entries of a document, with what is decided about each.
pub(super) fn polled(
    setup: &Setup,
    feed: &Feed,
    entries: Vec<ParsedEntry>,
    now: Timestamp,
) -> Vec<PolledEntry> {
    let first = feed.first_success_at.is_none();
    let max_age = setup.config.max_age;
    let entries = entries.into_iter();
    entries
        .map(|entry| polled_entry(entry, first, max_age, now))
        .collect()
}

/// One entry; `first` is true on the first poll of its feed.
pub(in crate::pipeline) fn polled_entry(
    mut entry: ParsedEntry,
    first: bool,
    max_age: SignedDuration,
    now: Timestamp,
) -> PolledEntry {
    // Of the entry as sent: the hash must not change with the time of the poll.
    let hash = feed::entry_hash(&entry);
    let sent = entry.published.or(entry.updated);
    let date = believed(sent, now);
    let note = match (sent, date) {
        (None, _) => EntryDate::Missing,
        (Some(_), None) => EntryDate::Future,
        _ => EntryDate::Sent,
    };
    entry.published = believed(entry.published, now);
    let older_than = |age: SignedDuration| date.is_some_and(|date| now.duration_since(date) > age);
    let article_url = entry
        .link
        .as_deref()
        .and_then(feed::normal_url)
        .unwrap_or_default();
    let article_host = fetch::parse_url(&article_url)
        .map(|url| fetch::host_key(&url))
        .unwrap_or_default();
    PolledEntry {
        hash,
        backlog: first && (date.is_none() || older_than(max_age)),
        late: !first && older_than(LATE_AFTER),
        article_url,
        article_host,
        date: note,
        entry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_AGE: SignedDuration = SignedDuration::from_hours(72);

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn entry(published: Option<Timestamp>, first: bool) -> PolledEntry {
        let entry = ParsedEntry {
            key: "k".to_owned(),
            link: Some("https://news.example/a".to_owned()),
            published,
            ..ParsedEntry::default()
        };
        polled_entry(entry, first, MAX_AGE, now())
    }

    #[test]
    fn old_and_undated_entries_are_backlog_on_the_first_poll_only() {
        let old = now() - SignedDuration::from_hours(100);
        assert!(entry(Some(old), true).backlog);
        assert!(entry(None, true).backlog);
        assert!(!entry(Some(now()), true).backlog);
        let later = entry(Some(old), false);
        assert!(!later.backlog);
        assert!(later.late);
        let undated = entry(None, false);
        assert!(!undated.backlog && !undated.late);
    }

    #[test]
    fn a_date_that_cannot_be_is_left_out_and_flagged() {
        for (hours_ahead, kept, note) in [
            (-100, true, EntryDate::Sent),
            (24, true, EntryDate::Sent),
            (25, false, EntryDate::Future),
            (24 * 3650, false, EntryDate::Future),
        ] {
            let at = now() + SignedDuration::from_hours(hours_ahead);
            let polled = entry(Some(at), false);
            assert_eq!(polled.entry.published.is_some(), kept, "{hours_ahead}");
            assert_eq!(polled.date, note, "{hours_ahead}");
        }
        assert_eq!(entry(None, false).date, EntryDate::Missing);
        let future = entry(Some(now() + SignedDuration::from_hours(48)), true);
        assert!(future.backlog, "as one without a date");
    }
}
