//! Pages are kept, read again and shown: by the real program, over a site on this machine.

mod bed;
mod corrections;
mod html;
mod keep;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;
mod reread;
#[path = "../common/stand_in.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod stand_in;
mod story_edits;
