//! What every store promises, whatever it is made of. `bed.rs` is the only file that names a backend.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod alert_life;
mod bed;
mod claimers;
mod cost;
mod digests;
mod health;
mod holding;
mod hosts;
mod judging;
mod kept;
mod leases;
mod marks;
mod past;
mod polling;
mod questions;
mod sending;
mod settling;
mod subscriptions;
mod watches;
