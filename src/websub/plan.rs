//! Which subscriptions there should be, beside those there are.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use url::{Host, Url};

use super::discovery::{hub_of, topic_of};
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
    /// Its hub.
    pub hub: Url,
    /// `hub.topic`.
    pub topic: String,
    /// May be begun now; one that is there already goes on in any case.
    pub healthy: bool,
}

/// What a feed's links ask for; `None` when it names no hub.
#[must_use]
pub fn wanted(feed: &HubFeed) -> Option<Wanted> {
    Some(Wanted {
        feed: feed.feed,
        hub: hub_of(&feed.links)?,
        topic: topic_of(&feed.links, &feed.polled_url),
        healthy: feed.healthy,
    })
}

/// What is to be begun and ended so that there is what is wanted. A subscription with another hub, topic
/// or callback is another subscription. `unguessable` gives texts that nobody can foresee, fit for the
/// path of an address.
#[must_use]
pub fn plan(
    wanted: &[Wanted],
    held: &[HeldSubscription],
    callback: &Callback,
    mut unguessable: impl FnMut() -> String,
) -> SubscriptionChanges {
    let by_feed: HashMap<FeedId, &Wanted> = wanted.iter().map(|want| (want.feed, want)).collect();
    let mut kept: HashSet<FeedId> = HashSet::new();
    let mut changes = SubscriptionChanges::default();
    let going_on = |row: &&HeldSubscription| row.state != SubscriptionState::Ending;
    for row in held.iter().filter(going_on) {
        let is_same = by_feed.get(&row.feed).is_some_and(|want| {
            want.hub.as_str() == row.hub
                && want.topic == row.topic
                && row.callback.starts_with(callback.0.as_str())
        });
        if is_same {
            kept.insert(row.feed);
        } else {
            changes.end.push(row.id);
        }
    }
    for want in wanted {
        if want.healthy && !kept.contains(&want.feed) {
            let token = unguessable();
            changes.begin.push(NewSubscription {
                feed: want.feed,
                hub: want.hub.to_string(),
                topic: want.topic.clone(),
                callback: callback.with_token(&token),
                token,
                secret: may_have_secret(&want.hub).then(|| unguessable().into()),
            });
        }
    }
    changes
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
            hub: Url::parse(hub).unwrap(),
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
