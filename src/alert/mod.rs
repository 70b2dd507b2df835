//! Is this worth telling, now, again? What a digest says and when it falls due; which feeds are in trouble.
//!
//! Takes what the store knows of an alert and what a judged article brings, gives the change that
//! `judge` commits; takes the material of a window, gives the digest. Pure: no clock, no store, no
//! channel; it never decides *how* something is said (that is `channel::render`).

mod baseline;
mod burst;
mod correction;
mod decide;
#[cfg(test)]
mod decide_tests;
mod digest;
mod health;
mod life;
mod policy;
mod quiet;
mod retraction;
mod route;
mod schedule;
mod trend;
mod zone;

pub use baseline::{BURST_DAYS, BURST_TEXTS_MIN, burst_note};
pub use burst::has_burst;
pub use correction::find_correction;
pub use decide::{Decision, KnownFacts, SOURCE_MARKS, WatchFacts, decide};
pub use digest::{
    DIGEST_CUT, DigestHead, DigestOptions, NEAR_MISSES_MAX, ThresholdOf, digest_ask,
    is_heartbeat_due, make_digest, make_heartbeat,
};
pub use health::{
    ChannelNews, DAMPING, HISTORY, HISTORY_NEWS_MIN, HealthOptions, make_notice, may_be_silent,
    troubles, usual_silence, without_gathering,
};
pub use life::{
    LifeOptions, Standing, Step, end_at, gathered, has_new_language, severity, step, used_up,
};
pub use policy::{Bucket, Pace, SendPolicy};
pub use quiet::{QuietError, QuietHours};
pub use retraction::says_retracted;
pub use route::{Route, RouteFacts, Routed, route};
pub use schedule::{DigestTime, ScheduleError};
pub use trend::{TREND_DAYS, day_bounds};
pub use zone::{ZoneError, zone};
