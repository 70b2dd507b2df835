//! What goes wrong around the daemon: its disk, its database in the hands of others, the clock, names, the network.
//!
//! Two of them need the real program (`disk.rs`, `locked.rs`); the others run the daemon's own pipeline on a clock that is moved by
//! hand and a network that is switched off. A disk that becomes full is in `tests/daemon/refusals.rs`, jumps of the clock as the
//! schedule of one feed sees them in `tests/polling/clock.rs`. The soak is `benches/soak.py`.

#[path = "../common/parts.rs"]
mod parts;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;
#[path = "../daemon/bed.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program_bed;
#[path = "../common/stand_in.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod stand_in;

mod bed;
mod clock;
mod disk;
mod locked;
mod network;
