//! The nouns of wirewatch, their ids, and the outcomes that the stages commit.
//!
//! Takes nothing, gives plain values. Never does I/O, never reads a clock, knows no other room:
//! every other room may import this one.

mod alert;
mod article;
mod delivery;
mod digest;
mod failure;
mod feed;
mod handling;
mod health;
mod hit;
mod host;
mod http_time;
mod ids;
mod kept;
mod lease;
mod life;
mod mark;
mod outcome;
mod parsed;
mod period;
mod poll_state;
mod sending;
mod story;
mod subscription;
pub(crate) mod time;

pub use alert::{
    AlertArticle, AlertEvidence, AlertKind, AlertState, AlertView, Burst, Report, Severity,
};
pub use article::{Article, DateSource, Dated, Origin, ReadArticle, WantedAgain, WantedArticle};
pub use delivery::{Attempt, Correction, Delivery, DeliveryState, Message};
pub use digest::{
    ClosedDigest, Digest, DigestAsk, DigestBackground, DigestCounts, DigestHealth, DigestItem,
    DigestMaterial, DigestOutcome, DigestSlot, ItemChange, ItemNews, LastAlert, MaterialAlert,
    NearMissView, ToldBefore, Trend, WatchDays,
};
pub use failure::FailureKind;
pub use feed::{Feed, FeedHealth, FeedKind, FeedSpec, FeedView, Validators};
pub use handling::{AlertOrder, AuditView, Deed, Mute, MuteTarget, Said, Unmuted};
pub use health::{
    EntryLine, FeedFacts, FeedHistory, FeedInTrouble, HealthChanges, HealthNotice, HealthOutcome,
    OpenTrouble, PollRecord, Trouble, TroubleGroup, TroubleKind, TroubleView, UntoldTrouble,
};
pub use hit::{EvidenceSentence, Field, Hit, NearMiss, PartNumber, SentenceSpan, Span};
pub use host::{LearntHost, StoredHost};
pub use http_time::{RetryAfter, http_date};
pub use ids::{
    AlertId, ArticleId, DeliveryId, DigestId, EntryId, FeedId, MuteId, StoryId, SubscriptionId,
};
pub use kept::{KeptArticle, KeptPage, PROGRAM, PackedPage, RereadOutcome, Seen};
pub use lease::{Claim, Committed, Lessee};
pub use life::{BurstFacts, BurstOutcome, LifeChange, LifeFacts, Told};
pub use mark::{Mark, MarkVerdict};
pub use outcome::{
    AlertChange, EntryDate, Judgement, PollOutcome, PollResult, PolledEntry, ReadOutcome,
    StoryChoice,
};
pub use parsed::{Cut, Discrepancy, EntryText, FeedFormat, ParsedEntry, ParsedFeed};
pub use period::{Keep, Kept, Period, PeriodError};
pub use poll_state::{Discrepancies, FeedLinks, Moving, OpenGap, PollState, Rhythm, Syndication};
pub use sending::{
    AlertCorrection, AttemptView, Cap, ChannelState, DeliveryView, Held, SendPlan, Together,
};
pub use story::{Editor, StoryArticle, StoryEdit, StoryEdited, StoryHead, StoryView};
pub use subscription::{
    HeldSubscription, HubFeed, NewSubscription, Subscription, SubscriptionAnswer,
    SubscriptionChanges, SubscriptionOutcome, SubscriptionState, SubscriptionView,
};
pub use time::rfc3339;
