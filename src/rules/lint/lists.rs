//! Terms of a list that are said twice, or that a term with a star covers.

use super::{Finding, FindingKind};
use crate::rules::error::RulePlace;
use crate::rules::parse::ast::{Likeness, Term};
use crate::rules::parse::list_term;
use crate::rules::source::{ListSource, RuleSource};
use crate::text;

/// A term with what it is compared by.
struct Read {
    index: usize,
    term: Term,
    folds: Vec<String>,
    /// Stems in the language that it seems to be of.
    stems: Option<(String, Vec<String>)>,
}

impl Read {
    fn new(index: usize, written: &str) -> Option<Self> {
        let term = list_term(written).ok()?;
        let analysis = text::analyse(&term.text, None);
        let folds = analysis
            .tokens
            .iter()
            .map(|token| token.fold.to_string())
            .collect();
        let lang = text::detect_language(&term.text, "", None);
        let stems = lang.map(|lang| {
            let tokens = text::analyse(&term.text, Some(&lang)).tokens;
            (
                lang,
                tokens.iter().map(|token| token.stem.to_string()).collect(),
            )
        });
        Some(Self {
            index,
            term,
            folds,
            stems,
        })
    }
}

pub(super) fn terms(source: &RuleSource) -> Vec<Finding> {
    source.lists.iter().flat_map(of_list).collect()
}

fn of_list(list: &ListSource) -> Vec<Finding> {
    let terms: Vec<Read> = list
        .terms
        .iter()
        .enumerate()
        .filter_map(|(index, term)| Read::new(index, &term.text))
        .collect();
    let mut found = Vec::new();
    for (number, one) in terms.iter().enumerate() {
        let finding = |kind, other: &Read, why: &str| {
            let name = list.name.clone();
            let (own, by) = (&list.terms[one.index], &list.terms[other.index]);
            let weights = match own.weight.total_cmp(&by.weight) {
                std::cmp::Ordering::Equal => String::new(),
                _ => format!("; it weighs {}, that one {}", own.weight, by.weight),
            };
            Finding {
                kind,
                place: RulePlace::List {
                    name,
                    term: one.index,
                },
                message: format!(
                    "{} {why} {} in list.{}{weights}",
                    one.term, other.term, list.name
                ),
                help: "take it out; in score(...) both count".to_owned(),
                other: None,
            }
        };
        if let Some(other) = terms[..number].iter().find(|other| is_same(one, other)) {
            found.push(finding(FindingKind::RepeatedTerm, other, "is found by"));
        } else if let Some(other) = terms.iter().find(|other| covers(other, one)) {
            found.push(finding(FindingKind::CoveredTerm, other, "is covered by"));
        }
    }
    found
}

/// Whether the earlier term finds all that this one does: the same normal form, or the same stem in one language.
fn is_same(one: &Read, earlier: &Read) -> bool {
    let (a, b) = (one.term.likeness, earlier.term.likeness);
    let finds_form = b == Likeness::Stem && matches!(a, Likeness::Stem | Likeness::Exact);
    if one.folds == earlier.folds && !one.folds.is_empty() {
        return (a == b && a != Likeness::Cased && a != Likeness::Regex)
            || finds_form
            || one.term == earlier.term;
    }
    a == Likeness::Stem && b == Likeness::Stem && one.stems.is_some() && one.stems == earlier.stems
}

/// Whether a term with a star finds all that the other one does, apart from its other stems.
fn covers(wide: &Read, one: &Read) -> bool {
    if wide.term.likeness != Likeness::Prefix || wide.index == one.index {
        return false;
    }
    let is_word = matches!(
        one.term.likeness,
        Likeness::Stem | Likeness::Exact | Likeness::Cased
    ) || (one.term.likeness == Likeness::Prefix && one.folds != wide.folds);
    let (Some((last, before)), Some((own_last, own_before))) =
        (wide.folds.split_last(), one.folds.split_last())
    else {
        return false;
    };
    is_word && before == own_before && own_last.starts_with(last.as_str())
}
