//! The compiled form of all watches, and how it is asked of a document.

pub(in crate::rules) mod candidates;
mod compounds;
pub(in crate::rules) mod condition;
pub(in crate::rules) mod evaluate;
pub(in crate::rules) mod evidence;
pub(in crate::rules) mod findings;
pub(in crate::rules) mod fuzzy;
pub(in crate::rules) mod layer;
mod locate;
mod namesakes;
pub(in crate::rules) mod near_miss;
mod pairs;
pub(in crate::rules) mod pattern;
mod places;
mod prefix;
mod regex;
pub(in crate::rules) mod regex_parts;
pub(in crate::rules) mod rows;
mod scan;
pub(in crate::rules) mod states;
mod stem_table;
pub(in crate::rules) mod term_index;
mod word_places;
pub(in crate::rules) mod word_table;
