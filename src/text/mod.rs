//! Text as matching and clustering need it: language, normal form, tokens with byte offsets,
//! sentences, paragraphs, stems, names of countries, months and weekdays; and how much of a page is safe to parse.
//!
//! Takes strings, gives strings and offsets into them. Pure: no I/O, no clock, no knowledge of feeds or rules.

mod analysis;
mod cases;
mod css;
mod fold;
mod fold_table;
mod language;
mod scripts;
mod search;
mod segment;
mod stem;
mod tokens;

pub mod calendar;
pub mod gazetteer;
pub mod safe_html;

pub use analysis::{Analysis, Token, WordForms, analyse, analyse_lead};
pub use cases::cases;
pub use css::{CssSelector, SelectorError};
pub use fold::{as_read, fold};
pub use language::{detect_language, is_function_word, is_language, shortest_tag};
pub use scripts::{Script, is_spaceless};
pub use search::search_words;
pub use stem::{Stemmer, stem};
pub use tokens::leaves_endings_out;
