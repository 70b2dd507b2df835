//! Is this worth telling, now, again? What a digest says and when it falls due; which feeds are in trouble.
//!
//! Takes what the store knows of an alert and what a judged article brings, gives the change that
//! `judge` commits; takes the material of a window, gives the digest. Pure: no clock, no store, no
//! channel; it never decides *how* something is said (that is `channel::render`).

mod burst;
mod correction;
mod decide;
mod digest;
mod health;
mod policy;
mod quiet;
mod retraction;
mod route;
mod schedule;
mod zone;

pub use burst::has_burst;
pub use correction::find_correction;
pub use decide::{Decision, KnownFacts, SOURCE_MARKS, WatchFacts, decide};
pub use digest::{DIGEST_CUT, DigestHead, NEAR_MISSES_MAX, make_digest};
pub use health::{
    ChannelNews, DAMPING, HISTORY, HISTORY_NEWS_MIN, HealthOptions, make_notice, may_be_silent,
    troubles, usual_silence,
};
pub use policy::{Bucket, Pace, SendPolicy};
pub use quiet::{QuietError, QuietHours};
pub use retraction::says_retracted;
pub use route::{Route, RouteFacts, Routed, route};
pub use schedule::{DigestTime, ScheduleError};
pub use zone::{ZoneError, zone};
