//! What a run did, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds.
    pub fn add(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    /// Reads.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

macro_rules! stats {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counters of a run.
        #[derive(Debug, Default)]
        pub struct Stats { $($(#[$doc])* pub $name: Counter,)* }

        /// The counters at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
        pub struct Snapshot { $($(#[$doc])* pub $name: u64,)* }

        impl Stats {
            /// The counters now.
            #[must_use]
            pub fn snapshot(&self) -> Snapshot {
                Snapshot { $($name: self.$name.get(),)* }
            }
        }
    };
}

stats! {
    /// Polls, whatever came of them.
    polls,
    /// Polls answered with 304.
    not_modified,
    /// Polls that brought the same bytes again.
    unchanged,
    /// Polls that failed.
    polls_failed,
    /// Documents that feed-rs read otherwise than our own reader.
    discrepancies,
    /// Pushes of WebSub hubs that were accepted.
    pushes,
    /// Entries that were not known.
    new_entries,
    /// Entries that say something else than before.
    changed_entries,
    /// Articles that became wanted.
    wanted,
    /// Articles read from their page.
    read,
    /// Articles made of their entry because the page could not be had.
    read_from_entry,
    /// Tries to read that are to be repeated.
    read_retries,
    /// Articles judged.
    judged,
    /// Hits.
    hits,
    /// Alerts that were told (new, update, correction).
    alerts,
    /// Deliveries accepted by their channel.
    sent,
    /// Tries that a channel did not accept.
    send_failures,
    /// Deliveries given up.
    dead,
    /// Digests closed with something in them.
    digests,
}
