//! The 30 rules of polling, against a server on a real socket, with a clock that is moved by hand.
//!
//! One test per rule at least, named `rule_NN_...`; `docs/polling.md` lists all 30 and where the tests of the
//! others stand (`src/fetch/tests/`). Nothing here sleeps: a month of polls takes as long as its requests.

#[path = "../common/stand_in.rs"]
mod stand_in;

mod bed;
mod clock;
mod duplicates;
mod failing;
mod gaps;
mod log;
mod moving;
mod replay;
mod times;
mod upgrade;
mod validators;
mod wire;
