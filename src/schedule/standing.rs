//! How a feed stands after a poll: failing, missing, gone, moved away and back.

use jiff::{SignedDuration, Timestamp};

use crate::model::{FailureKind, PollState};

/// A 410 is asked once more after this, before it is believed.
const CONFIRM_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// Notes a failure. Gives the time of the next poll where the failure itself names one: a 410 is confirmed
/// after an hour, and an address that a redirect led to and that leads nowhere now is left for the
/// configured one.
///
/// Nothing but a success ends what began with a failure: a time-out between two 410 proves nothing.
pub fn failed(state: &mut PollState, kind: FailureKind, now: Timestamp) -> Option<Timestamp> {
    state.failing_since.get_or_insert(now);
    state.failure = Some(kind);
    if state.poll_url.is_some() && leads_nowhere(kind) {
        state.poll_url = None;
        state.moving = None;
        return None;
    }
    match kind {
        FailureKind::NotFound => {
            state.missing_since.get_or_insert(now);
            None
        }
        FailureKind::Gone => gone(state, now),
        _ => None,
    }
}

fn leads_nowhere(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::NotFound
            | FailureKind::Gone
            | FailureKind::BlockedAddress
            | FailureKind::BadRedirect
    )
}

/// RFC 9110, 15.5.11: "likely to be permanent". Likely is asked twice.
fn gone(state: &mut PollState, now: Timestamp) -> Option<Timestamp> {
    let confirm_at = now.checked_add(CONFIRM_AFTER).unwrap_or(Timestamp::MAX);
    let seen = state.gone_seen_at.filter(|&seen| seen <= now);
    match seen {
        _ if state.gone_at.is_some() => None,
        None => {
            state.gone_seen_at = Some(now);
            Some(confirm_at)
        }
        Some(seen) if now.duration_since(seen) >= CONFIRM_AFTER => {
            state.gone_at = Some(now);
            None
        }
        // Polled by hand before its hour has come.
        Some(seen) => seen.checked_add(CONFIRM_AFTER).ok(),
    }
}

/// Notes a success: whatever was wrong is over.
pub fn succeeded(state: &mut PollState) {
    state.failing_since = None;
    state.failure = None;
    state.missing_since = None;
    state.gone_seen_at = None;
    state.gone_at = None;
}
