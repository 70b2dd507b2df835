//! Watch rules: what a person asks for, compiled once and asked of every article.
//!
//! Takes [`RuleSource`] (the plain form of `[watch.*]` and `[list.*]`) and [`Document`] (an article,
//! analysed), gives a [`Verdict`]: hits with their evidence, and near misses. Pure: no I/O, no clock;
//! knows nothing of feeds, stories and alerts. `docs/rules.md` describes the language.
//!
//! The way of a rule: `parse/` (text to a tree) → `compile/` (names looked up) → `engine/`.
//! The way of an article: `document` → `engine/` (one pass finds all terms, then the watches that need
//! one of them are evaluated) → hits with their evidence.

mod asked;
mod compile;
mod document;
mod engine;
mod error;
mod explain;
mod facts;
mod file;
mod import;
mod lint;
mod lists;
mod nearest_hit;
mod parse;
mod quote;
mod rule_set;
mod sieve;
mod source;
mod suggest;
mod testing;
mod trial;

pub use asked::{AskedFacts, asked_facts};
pub use document::{Document, DocumentInput};
pub use engine::states::{names_states, prepare_states};
pub use error::{NamedPart, RuleError, RulePlace, folded_abbreviation};
pub use explain::ExplainedPart;
pub use facts::{Facts, country_of_host};
pub use file::{BurstToml, ListToml, NamedToml, RuleFile, RuleFileError, WatchToml};
pub use import::{Imported, ImportedWatch, LeftOut, Peer, import};
pub use lint::{Finding, FindingKind, lint};
pub use nearest_hit::{Edit, Proposal, example};
pub use quote::{Quotation, quote};
pub use rule_set::{RuleSet, Verdict, Watch, Watches};
pub use sieve::{Sieve, SievedText};
pub use source::{
    Expectation, ListSource, ListTerm, NamedKind, NamedSource, RuleSource, WatchSource, WatchTest,
};
pub use suggest::{Found, Judged, MARKS_MIN, Suggestion, SuggestionKind, Suggestions, suggest};
pub use testing::{TestFailure, marked_body, run_tests, run_tests_of};
pub use trial::{RuleTerm, Trial, rule_terms};
