//! Names of months, weekdays and halves of the day in every language of Unicode CLDR.
//!
//! `names.tsv` is written by `build.py` from CLDR; `supplement.tsv` is ours: what newspapers write and CLDR
//! lacks, and the months of the Persian calendar (kinds `j1` to `j12`). A name may mean different months in
//! different languages, and a month in one and a weekday in another: all its [`Senses`] are told, each with how
//! well its language fits, and whoever reads a date decides by what else stands in it.

mod senses;
mod table;

pub use senses::{Leading, Months, Senses, Weekdays, leading, month};
