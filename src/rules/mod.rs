//! Watch rules: what a person asks for, compiled once and asked of every article.
//!
//! Takes [`RuleSource`] (the plain form of `[watch.*]` and `[list.*]`) and [`Document`] (an article,
//! analysed), gives a [`Verdict`]: hits with their evidence, and near misses. Pure: no I/O, no clock;
//! knows nothing of feeds, stories and alerts. `docs/rules.md` describes the language.
//!
//! The way of a rule: `parse/` (text to a tree) → `compile/` (names looked up) → `engine/`.
//! The way of an article: `document` → `engine/` (one pass finds all terms, then the watches that need
//! one of them are evaluated) → hits with their evidence.

mod compile;
mod document;
mod engine;
mod error;
mod explain;
mod facts;
mod file;
mod lists;
mod parse;
mod rule_set;
mod source;
mod testing;

pub use document::{Document, DocumentInput};
pub use error::{NamedPart, RuleError, RulePlace};
pub use explain::ExplainedPart;
pub use facts::{Facts, country_of_host};
pub use file::{ListToml, NamedToml, RuleFile, RuleFileError, WatchToml};
pub use rule_set::{RuleSet, Verdict, Watch, Watches};
pub use source::{
    Expectation, ListSource, ListTerm, NamedKind, NamedSource, RuleSource, WatchSource, WatchTest,
};
pub use testing::{TestFailure, marked_body, run_tests};
