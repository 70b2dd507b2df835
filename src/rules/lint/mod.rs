//! What in a set of watches and lists is superfluous: said twice, covered by something else, used by nobody.
//!
//! Looks at the rules alone; what stored articles say to them the command adds.

mod implies;
mod lists;

use std::collections::BTreeSet;

use self::implies::Meaning;
use super::compile::Names;
use super::error::{NamedPart, RulePlace};
use super::parse::ast::{EntityKind, Expr, ExprKind};
use super::parse::parse;
use super::source::{NamedKind, RuleSource};

/// What is superfluous, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which kind.
    pub kind: FindingKind,
    /// Where it stands.
    pub place: RulePlace,
    /// In words.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The other watch that it is about.
    pub other: Option<String>,
}

/// Kinds of what is superfluous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// Never hits.
    Dead,
    /// Two watches mean the same.
    Duplicate,
    /// Another watch hits whenever this one does.
    Shadowed,
    /// A list, person or organisation that nothing names.
    Unused,
    /// A term of a list that is said twice.
    RepeatedTerm,
    /// A term of a list that a shorter one with a star finds, too.
    CoveredTerm,
}

impl FindingKind {
    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Duplicate => "duplicate",
            Self::Shadowed => "shadowed",
            Self::Unused => "unused",
            Self::RepeatedTerm => "repeated-term",
            Self::CoveredTerm => "covered-term",
        }
    }
}

/// Looks through rules that compile.
#[must_use]
pub fn lint(source: &RuleSource) -> Vec<Finding> {
    let mut found = watches(source);
    found.extend(unused(source));
    found.extend(lists::terms(source));
    found
}

/// Duplicates and shadows.
fn watches(source: &RuleSource) -> Vec<Finding> {
    // What is wrong with the source was told when it was compiled.
    let mut meaning = Meaning::new(Names::new(source, &mut Vec::new()));
    let mut watches: Vec<(&str, Expr, String)> = source
        .watches
        .iter()
        .filter_map(|watch| {
            let expr = parse(&watch.expression).ok()?;
            let normal = meaning.normal(&expr);
            Some((watch.name.as_str(), expr, normal))
        })
        .collect();
    watches.sort_by(|a, b| a.0.cmp(b.0));
    let mut found = Vec::new();
    for (index, (name, expr, normal)) in watches.iter().enumerate() {
        let twin = watches[..index]
            .iter()
            .find(|(_, _, other)| other == normal);
        if let Some((other, _, _)) = twin {
            found.push(Finding {
                kind: FindingKind::Duplicate,
                place: RulePlace::Watch((*name).to_owned()),
                message: format!("watch.{name} means the same as watch.{other}"),
                help: "take one of the two out; channels and labels of both can stand at the other"
                    .to_owned(),
                other: Some((*other).to_owned()),
            });
            continue;
        }
        let wider = watches.iter().find(|(other, wide, wide_normal)| {
            other != name && wide_normal != normal && meaning.implies(expr, wide)
        });
        if let Some((other, _, _)) = wider {
            found.push(Finding {
                kind: FindingKind::Shadowed,
                place: RulePlace::Watch((*name).to_owned()),
                message: format!("whenever watch.{name} hits, watch.{other} does: it asks for less"),
                help: format!(
                    "take it out, or exclude it there: ... and not ...; keep it if it goes to other channels than {other}"
                ),
                other: Some((*other).to_owned()),
            });
        }
    }
    found
}

/// Lists, persons and organisations that nothing names.
fn unused(source: &RuleSource) -> Vec<Finding> {
    let mut lists: BTreeSet<String> = BTreeSet::new();
    let mut named: BTreeSet<(NamedKind, String)> = BTreeSet::new();
    let mut people_lists: Vec<(NamedKind, String)> = Vec::new();
    let contexts = source
        .named
        .iter()
        .filter_map(|named| named.context.as_deref());
    let expressions = source.watches.iter().map(|watch| watch.expression.as_str());
    for expr in expressions
        .chain(contexts)
        .filter_map(|text| parse(text).ok())
    {
        expr.walk(&mut |part| match &part.kind {
            ExprKind::List(name) | ExprKind::Score { list: name, .. } => {
                lists.insert(name.clone());
            }
            ExprKind::Entity(entity) if entity.kind.is_named_by_user() => {
                let kind = match entity.kind {
                    EntityKind::Org => NamedKind::Org,
                    _ => NamedKind::Person,
                };
                if entity.listed {
                    lists.insert(entity.name.clone());
                    people_lists.push((kind, entity.name.clone()));
                } else {
                    named.insert((kind, entity.name.clone()));
                }
            }
            _ => {}
        });
    }
    // What a list that is used includes is used.
    let mut open: Vec<String> = lists.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for list in source.lists.iter().filter(|list| list.name == name) {
            for include in &list.includes {
                if lists.insert(include.clone()) {
                    open.push(include.clone());
                }
            }
        }
    }
    for (kind, name) in people_lists {
        for list in source.lists.iter().filter(|list| list.name == name) {
            for term in &list.terms {
                let plain = term
                    .text
                    .split_once(':')
                    .map_or(term.text.as_str(), |(_, name)| name);
                named.insert((kind, plain.to_owned()));
            }
        }
    }
    let free_lists = source
        .lists
        .iter()
        .filter(|list| !lists.contains(&list.name))
        .map(|list| {
            let (name, term) = (list.name.clone(), 0);
            unused_finding(&format!("list.{name}"), RulePlace::List { name, term })
        });
    let free_names = source
        .named
        .iter()
        .filter(|one| !named.contains(&(one.kind, one.name.clone())))
        .map(|one| {
            let place = RulePlace::Named {
                kind: one.kind,
                name: one.name.clone(),
                part: NamedPart::Names,
            };
            unused_finding(&format!("{}.{}", one.kind, one.name), place)
        });
    free_lists.chain(free_names).collect()
}

fn unused_finding(what: &str, place: RulePlace) -> Finding {
    Finding {
        kind: FindingKind::Unused,
        place,
        message: format!("nothing names {what}"),
        help: "take it out, or name it in a watch".to_owned(),
        other: None,
    }
}
