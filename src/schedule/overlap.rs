//! Whether a document joins the one before, or entries may have passed unseen between the two.

use jiff::{SignedDuration, Timestamp};

use crate::model::PollState;

/// For how long polls are closer together after entries may have been lost.
const CAPPED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What is known of a document and the poll before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// Entries of the document.
    pub entries: usize,
    /// Those of them that were known.
    pub known: usize,
    /// The oldest date in it.
    pub oldest: Option<Timestamp>,
    /// When the poll before succeeded; `None` on the first one.
    pub last_success_at: Option<Timestamp>,
}

/// True when the document shares nothing with what is known, so that entries may be missing between.
///
/// Not on the first poll; not for a document of one entry, which shows its newest only; and not when it
/// reaches back before the last poll: then the feed has renamed its entries, and nothing lies between.
#[must_use]
pub fn is_rolled_over(overlap: &Overlap) -> bool {
    let Some(last) = overlap.last_success_at else {
        return false;
    };
    let reaches_back = overlap.oldest.is_some_and(|oldest| oldest <= last);
    overlap.known == 0 && overlap.entries > 1 && !reaches_back
}

/// Notes that a document rolled over: for a day, polls are no further apart than half of the wait before.
/// True when this is worth a line in the log, once per such time.
pub fn overlap(state: &mut PollState, last_poll: Timestamp, now: Timestamp) -> bool {
    let is_news = cap(state, now).is_none();
    let half = now.duration_since(last_poll).as_secs() / 2;
    state.capped_s = Some(u64::try_from(half).unwrap_or(0));
    state.rolled_over_at = Some(now);
    is_news
}

/// No longer than this between polls, for a feed that has rolled over of late.
pub(super) fn cap(state: &PollState, now: Timestamp) -> Option<SignedDuration> {
    let since = now.duration_since(state.rolled_over_at?);
    if since.is_negative() || since > CAPPED_FOR {
        return None;
    }
    let seconds = i64::try_from(state.capped_s?).ok()?;
    Some(SignedDuration::from_secs(seconds))
}
