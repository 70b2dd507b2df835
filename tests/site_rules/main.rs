//! Rules for sites, from the config to the article: what is taken and why, and pages that are followed.

mod bed;
mod explained;
mod followed;
mod hostile;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;
#[path = "../common/stand_in.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod stand_in;
