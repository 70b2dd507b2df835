//! The commands.

pub mod diagnostic;
pub mod filter;
