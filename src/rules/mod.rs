//! Watch rules: what a person asks for, compiled once and asked of every article.
//!
//! Takes [`RuleSource`] (the plain form of `[watch.*]` and `[list.*]`) and [`Document`] (an article,
//! analysed), gives a [`Verdict`]: hits with their evidence, and near misses. Pure: no I/O, no clock;
//! knows nothing of feeds, stories and alerts. `docs/rules.md` describes the language.
//!
//! The way of a rule: `lexer` → `parser` → `ast` → `condition`, its terms into the `term_index`.
//! The way of an article: `document` → `term_index` → `findings` → `evaluate` → `evidence`.

mod ast;
mod compounds;
mod condition;
mod document;
mod error;
mod evaluate;
mod evidence;
mod findings;
mod lexer;
mod near_miss;
mod parser;
mod pattern;
mod rule_set;
mod scan;
mod source;
mod stem_table;
mod term_index;
mod testing;
mod vocabulary;

pub use document::{Document, DocumentInput};
pub use error::{RuleError, RulePlace};
pub use rule_set::{RuleSet, Verdict, Watch};
pub use source::{
    Expectation, ListSource, ListTerm, ListToml, RuleFile, RuleFileError, RuleSource, WatchSource,
    WatchTest, WatchToml,
};
pub use testing::{TestFailure, marked_body, run_tests};
