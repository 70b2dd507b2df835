//! Text as matching and clustering need it: language, normal form, tokens with byte offsets,
//! sentences, paragraphs, stems, country names.
//!
//! Takes strings, gives strings and offsets into them. Pure: no I/O, no clock, no knowledge of feeds or rules.

mod analysis;

pub use analysis::{Analysis, Token};
