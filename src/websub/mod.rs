//! WebSub as a subscriber speaks it (W3C Recommendation of 2018-01-23): hubs push what is new, so that
//! it is known within seconds and the feed is polled more rarely.
//!
//! Takes what feeds say of hubs and what hubs say to the callback, gives the fields of requests, the
//! answer to a verification, whether a signature is right, and when to ask again. Pure: it neither
//! sends nor listens (`pipeline::websub` and `daemon` do), stores nothing, reads no clock.

mod discovery;
mod intent;
mod lease;
mod plan;
mod request;
mod signature;

pub use discovery::{hubs_of, prefer_headers, topic_of};
pub use intent::{Intent, Verdict, verdict};
pub use lease::{TRIES_TO_END, deny_pause, granted_until, renew_at, retry_at};
pub use plan::{Callback, Wanted, may_have_secret, plan, wanted};
pub use request::{LEASE_WISHED, Mode, fields};
pub use signature::signed_by;
