//! What a later rule set is compared with: the watches that were compiled together, and what they were compiled from.

use jiff::civil::Date;

use super::Compiled;
use super::digest::Digest;
use super::names::Names;
use super::version::Meaning;
use crate::rules::engine::layer::Layer;
use crate::rules::engine::rows::{NumberSet, Rows};
use crate::rules::engine::word_table::WordTable;
use crate::rules::rule_set::{Watch, by_name};
use crate::rules::source::{ListSource, NamedSource, RuleSource};

/// Watches that were compiled together, and what they were compiled from.
#[derive(Debug, Default)]
pub(in crate::rules) struct Base {
    pub layer: Layer,
    /// Indices of the watches, by name.
    pub by_name: Vec<u32>,
    pub digest: Digest,
    /// Names of the watches; their numbers are the indices.
    numbers: WordTable,
    /// What each watch names.
    pub(super) named_by: Rows<u32>,
    pub(super) named: Vec<Meaning>,
    pub(super) tables: Tables,
    pub(super) names: Names,
}

/// The part of a source that watches name.
#[derive(Debug, Default)]
pub(super) struct Tables {
    lists: Vec<ListSource>,
    named: Vec<NamedSource>,
    day: Option<Date>,
}

impl Tables {
    fn of(source: &RuleSource) -> Self {
        Self {
            lists: source.lists.clone(),
            named: source.named.clone(),
            day: source.day,
        }
    }

    pub fn are_of(&self, source: &RuleSource) -> bool {
        self.day == source.day && self.lists == source.lists && self.named == source.named
    }
}

impl Base {
    pub(super) fn new(source: &RuleSource, names: Names, compiled: Compiled) -> Self {
        let Compiled {
            layer,
            named_by,
            named,
        } = compiled;
        let watches = layer.watches();
        let mut numbers = WordTable::default();
        for watch in watches {
            numbers.add(&watch.name);
        }
        numbers.finish();
        let pairs = (0..).zip(&named_by);
        let pairs = pairs.flat_map(|(watch, names)| names.iter().map(move |name| (watch, *name)));
        Self {
            by_name: by_name(watches),
            digest: Digest::default().with(watches),
            named_by: Rows::new(watches.len(), pairs),
            layer,
            numbers,
            named,
            tables: Tables::of(source),
            names,
        }
    }

    /// The index of a watch.
    pub fn number_of(&self, name: &str) -> Option<u32> {
        self.numbers.get(name)
    }

    /// The watches with these indices.
    pub fn replaced<'a>(&'a self, numbers: &'a NumberSet) -> impl Iterator<Item = &'a Watch> {
        let numbers = numbers.iter();
        numbers.map(|number| &self.layer.watches()[number as usize])
    }
}
