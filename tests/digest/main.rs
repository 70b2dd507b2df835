//! Digests from their making to the reader: five forms with the same facts, a page without faults, a mail that
//! reads well, and windows that close once.

#[path = "../daemon/bed.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod bed;
#[path = "../common/chance.rs"]
mod chance;
mod equality;
mod facts;
mod forms;
mod made;
mod mail;
mod page;
#[path = "../common/parts.rs"]
mod parts;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod program;
#[path = "../common/stand_in.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod stand_in;
mod windows;
