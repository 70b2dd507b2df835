//! Which story an article joins: the same text again, or another report of the same happening.
//!
//! Takes a text and the fingerprints of articles that share a look-up key, gives a
//! [`StoryChoice`](crate::model::StoryChoice). Two notions with two thresholds: *same text* (shingles
//! contained in one another) and *same story* (words and names within a language; names, numbers and
//! countries across languages and scripts, names by the consonants of their romanised forms). Pure: no
//! clock, no store. It never looks at
//! watches (but is told which reports one watch hit, [`is_near`]), and it keeps no statistics of the corpus: with only the
//! hits of a watch stored, all candidates are about one topic and a global word frequency would say
//! nothing.

mod bytes;
mod choose;
mod countries;
mod feature_table;
mod features;
mod fingerprint;
mod hash;
mod holders;
mod index;
mod likeness;
mod names;
mod near;
mod part;
mod romanise;
mod shingles;
mod skeleton;

#[cfg(test)]
mod visit_tests;

pub use bytes::FingerprintError;
pub use choose::{Candidate, Chosen, Joining, StoryOptions, choose};
pub use fingerprint::{Fingerprint, StoryText};
pub use index::{Added, CANDIDATES_MAX, HOLDERS_MAX, Index};
pub use near::{is_near, same_happening};
