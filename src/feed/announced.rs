//! What a feed says of itself: when it publishes, and where it is, goes on and is pushed from.

use url::Url;

use crate::model::{FeedLinks, Syndication};

use super::field;
use super::fields::Fields;
use super::names::Names;
use super::namespace::Vocabulary::{Core, Syndication as Sy};
use super::tree::NodeId;

/// Hubs that are kept.
const HUBS_MAX: usize = 8;

const DAY_S: u64 = 24 * 60 * 60;

/// Days as RSS 2.0 writes them, Monday first; three letters are enough.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Fields<'_, '_> {
    /// `skipHours` and `skipDays` of RSS 2.0 and the syndication module of RSS 1.0.
    pub(super) fn syndication(&self, feed: NodeId) -> Syndication {
        const BASE: Names = &[(Sy, "updatebase")];
        // RSS 2.0 counts 0 to 23, its forerunner 1 to 24.
        let hour = |text: &str| {
            text.parse()
                .ok()
                .filter(|&hour| hour <= 24)
                .map(|hour: u8| hour % 24)
        };
        let day = |text: &str| {
            let name = text.get(..3)?.to_ascii_lowercase();
            let at = DAYS.iter().position(|&day| day == name)?;
            u8::try_from(at).ok()
        };
        Syndication {
            skip_hours: self.skipped(feed, "skiphours", "hour", &hour),
            skip_days: self.skipped(feed, "skipdays", "day", &day),
            period_s: self.period_s(feed),
            base: self.date(feed, BASE),
        }
    }

    /// The numbers in a list of skipped hours or days, ascending.
    fn skipped(
        &self,
        feed: NodeId,
        list: &'static str,
        part: &'static str,
        number: &dyn Fn(&str) -> Option<u8>,
    ) -> Vec<u8> {
        let lists = self.named(feed, Core, list);
        let parts = lists.into_iter().flat_map(|id| self.named(id, Core, part));
        let words = parts.filter_map(|id| field::word(self.tree, id));
        let mut found: Vec<u8> = words.filter_map(|word| number(&word)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// `sy:updatePeriod` (daily when it is missing) divided by `sy:updateFrequency` (once).
    fn period_s(&self, feed: NodeId) -> Option<u64> {
        let said = |local| {
            let found = *self.named(feed, Sy, local).first()?;
            field::word(self.tree, found).map(|word| word.to_ascii_lowercase())
        };
        let (period, times) = (said("updateperiod"), said("updatefrequency"));
        let seconds = match (period.as_deref(), &times) {
            (None, None) => return None,
            (Some("hourly"), _) => 60 * 60,
            (Some("daily") | None, _) => DAY_S,
            (Some("weekly"), _) => 7 * DAY_S,
            (Some("monthly"), _) => 30 * DAY_S,
            (Some("yearly"), _) => 365 * DAY_S,
            (Some(_), _) => return None,
        };
        let times = times.and_then(|times| times.parse().ok()).unwrap_or(1_u64);
        Some((seconds / times.max(1)).max(1))
    }

    /// `atom:link` with a relation that tells of the feed itself (RFC 4287, 4.2.7; RFC 5005; WebSub, 4).
    pub(super) fn feed_links(&self, feed: NodeId) -> FeedLinks {
        let mut links = FeedLinks::default();
        for link in self.named(feed, Core, "link") {
            let Some((address, relations)) = self.target(link) else {
                continue;
            };
            for relation in relations.split_whitespace() {
                note_link(&mut links, relation, &address);
            }
        }
        links
    }
}

/// Keeps an absolute address under its relation, the first of each but for hubs.
pub(super) fn note_link(links: &mut FeedLinks, relation: &str, address: &str) {
    // Without a base an address may still be relative; nobody can go there.
    if Url::parse(address).is_err() {
        return;
    }
    let place = match relation {
        "self" => &mut links.itself,
        "next" => &mut links.next,
        "prev-archive" => &mut links.prev_archive,
        "hub" => {
            let known = links.hubs.iter().any(|hub| hub == address);
            if !known && links.hubs.len() < HUBS_MAX {
                links.hubs.push(address.to_owned());
            }
            return;
        }
        _ => return,
    };
    place.get_or_insert_with(|| address.to_owned());
}
