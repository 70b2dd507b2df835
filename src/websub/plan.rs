//! Which subscriptions there should be, beside those there are.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use url::{Host, Url};

use super::discovery::{hubs_of, topic_of};
use crate::model::{
    FeedId, HeldSubscription, HubFeed, NewSubscription, SubscriptionChanges, SubscriptionState,
};

/// Where hubs reach wirewatch: the `callback` of `[websub]`, an address that ends with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback(pub Url);

impl Callback {
    /// The callback of one subscription.
    #[must_use]
    pub fn with_token(&self, token: &str) -> String {
        format!("{}{token}", self.0)
    }
}

/// A subscription that there should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The feed.
    pub feed: FeedId,
    /// Its hubs, in the order in which they are tried; one at least.
    pub hubs: Vec<Url>,
    /// `hub.topic`.
    pub topic: String,
    /// May be begun now; one that is there already goes on in any case.
    pub healthy: bool,
}

/// What a feed's links ask for; `None` when it names no hub.
#[must_use]
pub fn wanted(feed: &HubFeed) -> Option<Wanted> {
    let hubs = hubs_of(&feed.links);
    (!hubs.is_empty()).then(|| Wanted {
        feed: feed.feed,
        hubs,
        topic: topic_of(&feed.links, &feed.polled_url),
        healthy: feed.healthy,
    })
}

/// After so many requests in a row that a hub did not verify the next one is tried.
const TRIES_OF_A_HUB: u32 = 3;

/// What is to be begun and ended so that there is what is wanted. A subscription with another hub, topic
/// or callback is another subscription. A feed whose hub refuses goes on to its next one, and stays with the
/// last. `unguessable` gives texts that nobody can foresee, fit for the path of an address.
#[must_use]
pub fn plan(
    wanted: &[Wanted],
    held: &[HeldSubscription],
    callback: &Callback,
    mut unguessable: impl FnMut() -> String,
) -> SubscriptionChanges {
    let by_feed: HashMap<FeedId, &Wanted> = wanted.iter().map(|want| (want.feed, want)).collect();
    let mut kept: HashSet<FeedId> = HashSet::new();
    let mut next: HashMap<FeedId, &Url> = HashMap::new();
    let mut changes = SubscriptionChanges::default();
    let going_on = |row: &&HeldSubscription| row.state != SubscriptionState::Ending;
    for row in held.iter().filter(going_on) {
        let want = by_feed.get(&row.feed).copied();
        let place = want.and_then(|want| place_of(row, want, callback));
        let other = want.zip(place).and_then(|(want, place)| {
            let hub = want.hubs.get(place + 1);
            hub.filter(|_| want.healthy && refuses(row))
        });
        if let Some(hub) = other {
            next.insert(row.feed, hub);
        }
        if place.is_some() && other.is_none() {
            kept.insert(row.feed);
        } else {
            changes.end.push(row.id);
        }
    }
    for want in wanted.iter().filter(|want| want.healthy) {
        let hub = next.get(&want.feed).copied().or(want.hubs.first());
        let Some(hub) = hub.filter(|_| !kept.contains(&want.feed)) else {
            continue;
        };
        let token = unguessable();
        changes.begin.push(NewSubscription {
            feed: want.feed,
            hub: hub.to_string(),
            topic: want.topic.clone(),
            callback: callback.with_token(&token),
            token,
            secret: may_have_secret(hub).then(|| unguessable().into()),
        });
    }
    changes
}

/// Which of the wanted hubs a subscription is with; `None` when it is with none of them, or is not what is wanted.
fn place_of(row: &HeldSubscription, want: &Wanted, callback: &Callback) -> Option<usize> {
    let is_same = want.topic == row.topic && row.callback.starts_with(callback.0.as_str());
    let mut hubs = want.hubs.iter();
    hubs.position(|hub| is_same && hub.as_str() == row.hub)
}

/// True when the hub has said no, or does not do what it is asked.
fn refuses(row: &HeldSubscription) -> bool {
    match row.state {
        SubscriptionState::Denied => true,
        SubscriptionState::Pending | SubscriptionState::Failed => row.tries >= TRIES_OF_A_HUB,
        SubscriptionState::Verified | SubscriptionState::Ending => false,
    }
}

/// A secret is told only where nobody can listen: over TLS, or inside this machine (WebSub, 5.1).
#[must_use]
pub fn may_have_secret(hub: &Url) -> bool {
    let is_loopback = match hub.host() {
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    };
    hub.scheme() == "https" || is_loopback
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SubscriptionId;

    const CALLBACK: &str = "https://monitor.example/websub/";

    fn want(feed: i64, hub: &str) -> Wanted {
        Wanted {
            feed: FeedId(feed),
            hubs: hub.split(' ').map(|hub| Url::parse(hub).unwrap()).collect(),
            topic: format!("https://news.example/{feed}"),
            healthy: true,
        }
    }

    fn held(feed: i64, hub: &str, callback: &str) -> HeldSubscription {
        HeldSubscription {
            id: SubscriptionId(100 + feed),
            feed: FeedId(feed),
            hub: hub.to_owned(),
            topic: format!("https://news.example/{feed}"),
            callback: format!("{callback}token"),
            state: SubscriptionState::Verified,
            tries: 0,
        }
    }

    fn planned(wanted: &[Wanted], held: &[HeldSubscription]) -> (Vec<i64>, Vec<i64>) {
        let callback = Callback(Url::parse(CALLBACK).unwrap());
        let mut number = 0;
        let changes = plan(wanted, held, &callback, || {
            number += 1;
            format!("u{number}")
        });
        (
            changes.begin.iter().map(|new| new.feed.0).collect(),
            changes.end.iter().map(|id| id.0).collect(),
        )
    }

    const HUB: &str = "https://hub.example/";

    #[test]
    fn what_is_there_and_wanted_stays() {
        let row = held(1, HUB, CALLBACK);
        assert_eq!(
            planned(&[want(1, HUB)], std::slice::from_ref(&row)),
            (vec![], vec![])
        );
        assert_eq!(planned(&[], &[row]), (vec![], vec![101]));
        assert_eq!(planned(&[want(1, HUB)], &[]), (vec![1], vec![]));
    }

    #[test]
    fn another_hub_topic_or_callback_is_another_subscription() {
        let moved = [want(1, "https://new.example/")];
        assert_eq!(
            planned(&moved, &[held(1, HUB, CALLBACK)]),
            (vec![1], vec![101])
        );
        let rows = [held(1, HUB, "https://old.example/")];
        assert_eq!(planned(&[want(1, HUB)], &rows), (vec![1], vec![101]));
        let other_topic = Wanted {
            topic: "https://news.example/else".to_owned(),
            ..want(1, HUB)
        };
        assert_eq!(
            planned(&[other_topic], &[held(1, HUB, CALLBACK)]),
            (vec![1], vec![101])
        );
    }

    #[test]
    fn a_hub_that_refuses_gives_way_to_the_next_and_the_last_stays() {
        const NEXT: &str = "https://next.example/";
        let both = [want(1, &format!("{HUB} {NEXT}"))];
        let row = |hub: &str, state, tries| HeldSubscription {
            state,
            tries,
            ..held(1, hub, CALLBACK)
        };
        use SubscriptionState::{Denied, Failed, Pending, Verified};
        for (state, tries, goes_on) in [
            (Verified, 9, false),
            (Pending, 2, false),
            (Pending, 3, true),
            (Failed, 2, false),
            (Failed, 3, true),
            (Denied, 0, true),
        ] {
            let callback = Callback(Url::parse(CALLBACK).unwrap());
            let changes = plan(&both, &[row(HUB, state, tries)], &callback, String::new);
            let begun: Vec<&str> = changes.begin.iter().map(|new| new.hub.as_str()).collect();
            let expected: &[&str] = if goes_on { &[NEXT] } else { &[] };
            assert_eq!(
                (begun.as_slice(), changes.end.len()),
                (expected, expected.len())
            );
            let stays = plan(&both, &[row(NEXT, state, tries)], &callback, String::new);
            assert!(stays.begin.is_empty() && stays.end.is_empty(), "{state:?}");
        }
        let failing = [Wanted {
            healthy: false,
            ..both[0].clone()
        }];
        assert_eq!(planned(&failing, &[row(HUB, Denied, 0)]), (vec![], vec![]));
    }

    #[test]
    fn a_failing_feed_keeps_what_it_has_and_begins_nothing() {
        let failing = Wanted {
            healthy: false,
            ..want(1, HUB)
        };
        assert_eq!(
            planned(std::slice::from_ref(&failing), &[]),
            (vec![], vec![])
        );
        assert_eq!(
            planned(&[failing], &[held(1, HUB, CALLBACK)]),
            (vec![], vec![])
        );
    }

    #[test]
    fn an_ending_subscription_is_neither_kept_nor_ended_twice() {
        let ending = HeldSubscription {
            state: SubscriptionState::Ending,
            ..held(1, HUB, CALLBACK)
        };
        assert_eq!(
            planned(&[want(1, HUB)], std::slice::from_ref(&ending)),
            (vec![1], vec![])
        );
        assert_eq!(planned(&[], &[ending]), (vec![], vec![]));
    }

    #[test]
    fn a_secret_is_told_in_private_only() {
        for (hub, may) in [
            ("https://hub.example/", true),
            ("http://hub.example/", false),
            ("http://127.0.0.1:9/", true),
            ("http://[::1]:9/", true),
            ("http://localhost/", true),
            ("http://localhost.evil.example/", false),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(may_have_secret(&Url::parse(hub).unwrap()), may, "{hub}");
        }
    }
}
