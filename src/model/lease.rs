//! The right to work on a row until a time (a lease), and how a late commit is told so.

use jiff::{SignedDuration, Timestamp};

/// Who claims, from when, for how long.
#[derive(Debug, Clone)]
pub struct Lessee {
    /// Name of the claiming process, for people who look into the database (`host:pid`).
    pub name: String,
    /// The time of the claim; rows due at or before it are given.
    pub now: Timestamp,
    /// How long the claim holds; after that another may claim the row.
    pub hold: SignedDuration,
}

impl Lessee {
    /// The time at which the lease ends.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.now.saturating_add(self.hold).unwrap_or(Timestamp::MAX)
    }
}

/// A row that this process may work on.
///
/// `lease_no` grows by one with every claim of the row. A commit names it; when the row has been
/// claimed again in the meantime the numbers differ, nothing is written, and the commit answers
/// [`Committed::Stale`].
#[derive(Debug, Clone)]
pub struct Claim<T> {
    /// What was claimed.
    pub item: T,
    /// The fence.
    pub lease_no: i64,
    /// How many times the row has been claimed without a commit, this claim included.
    pub attempt: u32,
}

/// The answer to a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed<T = ()> {
    /// Written, durably as far as the commit promises.
    Done(T),
    /// Nothing was written: the lease was lost, or what the work was based on has changed.
    Stale,
    /// Nothing was written, and the work is still in hand: what is stored has changed since it was looked at. Look again.
    Outdated,
}

impl<T> Committed<T> {
    /// True when the commit was written.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}
