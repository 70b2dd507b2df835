//! The text of a `match` expression to a syntax tree. The tree knows names only.

pub(in crate::rules) mod ast;
mod call;
mod display;
mod fact;
mod lexer;
mod parser;
mod repair;
mod term;
mod vocabulary;
mod words;

pub(in crate::rules) use parser::parse;
pub(in crate::rules) use term::{folded_abbreviation, list_term, parse_name};
pub(in crate::rules) use vocabulary::check_placed;
pub(in crate::rules) use words::in_words;
