//! channel

pub mod render;
