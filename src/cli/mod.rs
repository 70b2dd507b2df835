//! The commands.

pub mod filter;
