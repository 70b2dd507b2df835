//! The commands that look at the past and at what people said of it, with the real program.

#[path = "../daemon/bed.rs"]
#[expect(dead_code, reason = "other tests use the rest of it")]
mod bed;
#[path = "../common/chance.rs"]
mod chance;
#[path = "../common/program.rs"]
#[expect(dead_code, reason = "other tests use the rest of it")]
mod program;
#[path = "../common/stand_in.rs"]
mod stand_in;

mod backtests;
mod evaluator;
mod library;
mod marks;
mod pins;
mod suggestions;
