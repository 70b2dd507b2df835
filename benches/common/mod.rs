//! What the benches of the extraction share, also those of the package in `rivals/`.

pub mod clock;
pub mod pages;
