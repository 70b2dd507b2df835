//! What every store promises, whatever it is made of. `bed.rs` is the only file that names a backend.

mod bed;
mod digests;
mod judging;
mod leases;
mod polling;
mod questions;
mod sending;
