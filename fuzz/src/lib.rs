//! The rooms that read what strangers send, built alone: with coverage counted the whole program takes long to build.

#[path = "../../src/extract/mod.rs"]
pub mod extract;
#[path = "../../src/feed/mod.rs"]
pub mod feed;
#[path = "../../src/model/mod.rs"]
pub mod model;
#[path = "../../src/rules/mod.rs"]
pub mod rules;
#[path = "../../src/telemetry/mod.rs"]
pub mod telemetry;
#[path = "../../src/text/mod.rs"]
pub mod text;
