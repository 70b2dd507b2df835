//! The real program against a site of the test's own: signals, reload, single passes, refusals.

#[path = "../common/chance.rs"]
mod chance;
#[path = "../common/parts.rs"]
mod parts;
#[path = "../common/program.rs"]
mod program;
#[path = "../common/stand_in.rs"]
mod stand_in;

mod bed;
mod bursts;
mod handling;
mod held;
mod life;
mod logs;
mod manager;
mod metrics;
mod noise;
mod once;
mod outbox;
mod refusals;
mod signals;
mod status;
mod week;
