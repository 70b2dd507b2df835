//! `wirewatch doctor`: what it finds wrong, what it says to do, and that it tells nobody anything.

#[path = "../common/mod.rs"]
mod common;
#[path = "../smtp/mail_server.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod mail_server;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;
#[path = "../common/stand_in.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod stand_in;
#[path = "../common/tls_server.rs"]
mod tls_server;

mod bed;
mod channels;
mod config;
mod database;
mod network;
mod system;
