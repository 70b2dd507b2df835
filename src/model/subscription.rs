//! WebSub subscriptions (W3C Recommendation of 2018-01-23): which hub is to push which feed.

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{FeedId, FeedKind, FeedLinks, SubscriptionId};

/// How far a subscription has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscriptionState {
    /// The hub is or will be asked, and has not verified it yet.
    Pending,
    /// The hub has verified it: it pushes until its lease ends.
    Verified,
    /// The hub has said no.
    Denied,
    /// The hub cannot be reached or does not verify; it is asked again, ever more rarely.
    Failed,
    /// No longer wanted; the row goes when the hub has verified that, or after a few tries.
    Ending,
}

/// A subscription as the stages work with it.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Row id.
    pub id: SubscriptionId,
    /// The feed.
    pub feed: FeedId,
    /// Configured address of the feed.
    pub feed_url: String,
    /// Configured kind of the feed's address.
    pub kind: FeedKind,
    /// Configured language of the feed.
    pub lang: Option<String>,
    /// Address of the hub.
    pub hub: String,
    /// `hub.topic`, exactly as the hub was asked for it.
    pub topic: String,
    /// `hub.callback`: the whole address, token included.
    pub callback: String,
    /// Key of the hub's signatures; `None` when the hub was given none.
    pub secret: Option<SecretString>,
    /// State.
    pub state: SubscriptionState,
    /// Requests since the hub last verified one.
    pub tries: u32,
}

/// An active feed with what it says of its hubs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFeed {
    /// The feed.
    pub feed: FeedId,
    /// Configured address.
    pub url: String,
    /// The address that is polled.
    pub polled_url: String,
    /// True when its last poll succeeded: only then a new subscription is begun.
    pub healthy: bool,
    /// The links of the last document that was read.
    pub links: FeedLinks,
}

/// A subscription that there is, as far as planning needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSubscription {
    /// Row id.
    pub id: SubscriptionId,
    /// The feed.
    pub feed: FeedId,
    /// Address of the hub.
    pub hub: String,
    /// `hub.topic`.
    pub topic: String,
    /// `hub.callback`.
    pub callback: String,
    /// State.
    pub state: SubscriptionState,
    /// Requests since the hub last verified one.
    pub tries: u32,
}

/// A subscription to be begun.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// The feed.
    pub feed: FeedId,
    /// Address of the hub.
    pub hub: String,
    /// `hub.topic`.
    pub topic: String,
    /// `hub.callback`.
    pub callback: String,
    /// The last segment of the callback's path.
    pub token: String,
    /// Key of the signatures, if the hub may be given one.
    pub secret: Option<SecretString>,
}

/// What brings the subscriptions in line with feeds and config.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionChanges {
    /// To be begun. What is to end is written first: a feed has one subscription that does not end.
    pub begin: Vec<NewSubscription>,
    /// To be ended.
    pub end: Vec<SubscriptionId>,
}

/// What asking a hub came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionOutcome {
    /// When.
    pub at: Timestamp,
    /// Why the hub did not take the request; `None` when it did and verification is awaited.
    pub failed: Option<String>,
    /// When to ask again, unless the hub verifies before.
    pub due_at: Timestamp,
    /// True when this was the last try to end it.
    pub forget: bool,
}

/// What a hub said to the callback, of its own accord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionAnswer {
    /// It was shown that the subscription is wanted.
    Verified {
        /// End of the lease it grants.
        granted_until: Timestamp,
        /// When to renew it.
        due_at: Timestamp,
    },
    /// It says no.
    Denied {
        /// Its reason, as it gave it.
        reason: String,
        /// When to ask again all the same.
        due_at: Timestamp,
    },
    /// It was shown that the end of the subscription is wanted.
    Ended,
}

/// A subscription as `feed show` tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionView {
    /// Address of the hub.
    pub hub: String,
    /// What was subscribed to.
    pub topic: String,
    /// State.
    pub state: SubscriptionState,
    /// Until when the hub has promised to push.
    #[serde(with = "super::time::option")]
    pub granted_until: Option<Timestamp>,
    /// When the hub is asked next: to renew, or to try again.
    #[serde(with = "super::time")]
    pub next_request: Timestamp,
    /// Requests since the hub last verified one.
    pub tries: u32,
    /// Last error in words.
    pub last_error: Option<String>,
    /// Last push that was accepted.
    #[serde(with = "super::time::option")]
    pub last_push: Option<Timestamp>,
    /// Pushes that were accepted.
    pub pushes: u64,
    /// Pushes that were ignored for a wrong or missing signature.
    pub rejected: u64,
}
