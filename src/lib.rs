//! wirewatch watches news feeds in every language and raises one alert per story.
//!
//! The rooms in reading order; a room imports only rooms above it in this list that lie on a lower
//! layer (`tests/architecture.rs` checks it, `docs/architecture.md` walks through it).

// layer 0: the nouns
pub mod model;
// layer 1: time, network and chance; text; logs
pub mod telemetry;
pub mod text;
pub mod world;
// layer 2: pure functions
pub mod alert;
pub mod extract;
pub mod feed;
pub mod rules;
pub mod schedule;
pub mod story;
pub mod websub;
// layer 3: the network out, and the store
pub mod channel;
pub mod fetch;
pub mod store;
// layer 4: the config file
pub mod config;
// layer 5: the stages
pub mod pipeline;
// layer 6: the built-in news site
pub mod demo;
// layer 7: puts it together
pub mod daemon;
// layer 8: the commands
pub mod cli;
