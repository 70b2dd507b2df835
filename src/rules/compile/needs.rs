//! What words an article must have for a rule to hit it, whatever else the rule asks: a coarse form of the rule, which a
//! sieve can try without analysing the article.

use std::rc::Rc;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::names::{Names, table_of};
use crate::rules::engine::fuzzy::tolerance;
use crate::rules::parse::ast::{Entity, EntityKind, Expr, ExprKind, Likeness, Part, Term};
use crate::rules::parse::{list_term, parse};
use crate::rules::source::RuleSource;
use crate::text;
use crate::text::gazetteer::{self, FormKind};

/// What must be there; a rule that hits an article never finds it missing.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) enum Need {
    /// Nothing that words could tell.
    Nothing,
    /// Any of these forms.
    Forms(Rc<Vec<Form>>),
    /// The same, in a title.
    FormsInTitle(Rc<Vec<Form>>),
    All(Vec<Need>),
    Any(Vec<Need>),
    Several {
        at_least: usize,
        parts: Vec<Need>,
    },
    /// The language of the article is one of these.
    Lang(Vec<String>),
}

/// One way in which something is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::rules) enum Form {
    /// Words in a row.
    Words(Vec<WordForm>),
    /// A match of a regular expression in a paragraph.
    Regex(String),
}

/// A word in normal form, and what may stand for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::rules) struct WordForm {
    pub fold: Box<str>,
    pub likeness: WordLikeness,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::rules) enum WordLikeness {
    /// The same word, or one of the same stem.
    Stem,
    /// What begins so.
    Prefix,
    /// So many letters are wrong at most.
    Fuzzy(u8),
}

/// The needs of a watch; `None` when there is no such watch or it has mistakes.
pub(in crate::rules) fn needs(source: &RuleSource, watch: &str) -> Option<Need> {
    let watch = source.watches.iter().find(|known| known.name == watch)?;
    let expr = parse(&watch.expression).ok()?;
    let mut errors = Vec::new();
    let names = Names::new(source, &mut errors);
    let mut reading = Reading {
        names,
        lists: FxHashMap::default(),
    };
    errors.is_empty().then(|| reading.need(&expr, false))
}

/// The terms of the lists that a rule asks for, and of the rule itself, as explanations write them.
pub(in crate::rules) fn terms(source: &RuleSource, watch: &str) -> Vec<(Option<String>, String)> {
    let found = source.watches.iter().find(|known| known.name == watch);
    let Some(expr) = found.and_then(|watch| parse(&watch.expression).ok()) else {
        return Vec::new();
    };
    let mut names = Names::new(source, &mut Vec::new());
    let mut terms = Vec::new();
    asked_terms(&expr, &mut names, &mut terms);
    terms.sort();
    terms.dedup();
    terms
}

fn asked_terms(expr: &Expr, names: &mut Names, found: &mut Vec<(Option<String>, String)>) {
    match &expr.kind {
        ExprKind::Term(term) => found.push((None, term.to_string())),
        ExprKind::List(list) | ExprKind::Score { list, .. } => {
            let Some(terms) = names.list(list) else {
                return;
            };
            let raising = terms.terms.iter().filter(|(_, weight)| *weight > 0.0);
            found.extend(raising.map(|(term, _)| (Some(list.clone()), term.to_string())));
        }
        ExprKind::All(parts) | ExprKind::Any(parts) | ExprKind::Several { parts, .. } => {
            parts
                .iter()
                .for_each(|part| asked_terms(part, names, found));
        }
        ExprKind::Related { left, right, .. } => {
            asked_terms(left, names, found);
            asked_terms(right, names, found);
        }
        ExprKind::Within { inner, .. }
        | ExprKind::Count { inner, .. }
        | ExprKind::Distinct { inner, .. } => asked_terms(inner, names, found),
        // What is excluded shall not fire.
        ExprKind::Not(_) | ExprKind::Entity(_) | ExprKind::Fact(_) => {}
    }
}

struct Reading {
    names: Names,
    /// Forms of lists that were read.
    lists: FxHashMap<String, Rc<Vec<Form>>>,
}

impl Reading {
    fn need(&mut self, expr: &Expr, in_title: bool) -> Need {
        let forms = |forms: Rc<Vec<Form>>| match (forms.is_empty(), in_title) {
            (true, _) => Need::Nothing,
            (_, true) => Need::FormsInTitle(forms),
            (_, false) => Need::Forms(forms),
        };
        match &expr.kind {
            ExprKind::Term(term) => forms(Rc::new(form_of(term).into_iter().collect())),
            ExprKind::List(list) => forms(self.list(list)),
            ExprKind::Score { list, at_least } if *at_least > 0.0 => forms(self.list(list)),
            ExprKind::Entity(entity) => forms(Rc::new(self.entity(entity))),
            ExprKind::All(parts) => self.all(parts, in_title),
            ExprKind::Any(parts) => self.several(1, parts, in_title),
            ExprKind::Several { at_least, parts } => {
                self.several(*at_least as usize, parts, in_title)
            }
            ExprKind::Related { left, right, .. } => {
                let sides = [left, right].map(|side| self.need(side, in_title));
                all_of(sides.into())
            }
            ExprKind::Within { part, inner } => self.need(inner, in_title || *part == Part::Title),
            ExprKind::Count { inner, at_least } | ExprKind::Distinct { inner, at_least } => {
                match at_least {
                    0 => Need::Nothing,
                    _ => self.need(inner, in_title),
                }
            }
            ExprKind::Fact(test) => match test.langs() {
                Some(langs) => Need::Lang(langs.to_vec()),
                None => Need::Nothing,
            },
            ExprKind::Score { .. } | ExprKind::Not(_) => Need::Nothing,
        }
    }

    fn all(&mut self, parts: &[Expr], in_title: bool) -> Need {
        let parts = parts.iter().map(|part| self.need(part, in_title)).collect();
        all_of(parts)
    }

    fn several(&mut self, at_least: usize, parts: &[Expr], in_title: bool) -> Need {
        let parts: Vec<Need> = parts.iter().map(|part| self.need(part, in_title)).collect();
        let free = parts.iter().filter(|part| **part == Need::Nothing).count();
        let at_least = at_least.saturating_sub(free);
        let parts: Vec<Need> = parts
            .into_iter()
            .filter(|part| *part != Need::Nothing)
            .collect();
        match at_least {
            0 => Need::Nothing,
            1 => Need::Any(parts),
            at_least => Need::Several { at_least, parts },
        }
    }

    fn list(&mut self, name: &str) -> Rc<Vec<Form>> {
        if let Some(forms) = self.lists.get(name) {
            return Rc::clone(forms);
        }
        let list = self.names.list(name);
        let terms = list.iter().flat_map(|list| &list.terms);
        let raising = terms.filter(|(_, weight)| *weight > 0.0);
        let forms: Rc<Vec<Form>> = Rc::new(raising.filter_map(|(term, _)| form_of(term)).collect());
        self.lists.insert(name.to_owned(), Rc::clone(&forms));
        forms
    }

    fn entity(&mut self, entity: &Entity) -> Vec<Form> {
        let name = entity.name.as_str();
        match entity.kind {
            EntityKind::Country | EntityKind::Capital => place(name, entity.kind, None),
            EntityKind::Gov => place(name, entity.kind, self.names.day),
            EntityKind::Region | EntityKind::Group => self.group(entity),
            EntityKind::Person | EntityKind::Org if entity.listed => {
                let list = self.names.list(name);
                let colon = format!("{}:", entity.kind.sign());
                let terms = list.iter().flat_map(|list| &list.terms);
                let names = terms.map(|(term, _)| {
                    term.text
                        .strip_prefix(&colon)
                        .unwrap_or(&term.text)
                        .to_owned()
                });
                let names: Vec<String> = names.collect();
                names
                    .iter()
                    .flat_map(|name| self.named(entity.kind, name))
                    .collect()
            }
            EntityKind::Person | EntityKind::Org => self.named(entity.kind, name),
        }
    }

    fn named(&self, kind: EntityKind, name: &str) -> Vec<Form> {
        let named = self.names.named(table_of(kind), name);
        let names = named.iter().flat_map(|named| &named.names);
        names.filter_map(form_of).collect()
    }

    fn group(&self, entity: &Entity) -> Vec<Form> {
        let Some(group) = gazetteer::group(&entity.name) else {
            return Vec::new();
        };
        let members = group.members(self.names.day);
        let mut forms: Vec<Form> = members
            .iter()
            .flat_map(|code| place(code, EntityKind::Country, None))
            .collect();
        if entity.kind == EntityKind::Group {
            let own = group.code.as_deref();
            forms.extend(
                own.into_iter()
                    .flat_map(|code| place(code, EntityKind::Country, None)),
            );
            let names = group.names.iter().filter_map(|name| list_term(name).ok());
            forms.extend(names.filter_map(|name| form_of(&name)));
        }
        forms
    }
}

fn all_of(mut parts: Vec<Need>) -> Need {
    parts.retain(|part| *part != Need::Nothing);
    match parts.len() {
        0 => Need::Nothing,
        1 => parts.remove(0),
        _ => Need::All(parts),
    }
}

/// How a term is written; `None` where it has no words, so that it is never found.
fn form_of(term: &Term) -> Option<Form> {
    if term.likeness == Likeness::Regex {
        return Some(Form::Regex(term.text.clone()));
    }
    let tokens = text::analyse(&term.text, None).tokens;
    let last = tokens.len().checked_sub(1)?;
    let words = tokens.into_iter().enumerate().map(|(at, token)| {
        let likeness = match term.likeness {
            Likeness::Prefix if at == last => WordLikeness::Prefix,
            Likeness::Fuzzy(most) => WordLikeness::Fuzzy(tolerance(&token.fold, most)),
            // What is exact or cased is the same word, too. No `_` here: a new likeness must be thought about.
            Likeness::Prefix
            | Likeness::Stem
            | Likeness::Exact
            | Likeness::Cased
            | Likeness::Regex => WordLikeness::Stem,
        };
        WordForm {
            fold: (*token.fold).into(),
            likeness,
        }
    });
    Some(Form::Words(words.collect()))
}

/// The forms of a state, each once; the leaders of its government on a day.
fn place(code: &str, kind: EntityKind, day: Option<Date>) -> Vec<Form> {
    let counts = |of: FormKind| match kind {
        EntityKind::Capital => of == FormKind::Capital,
        EntityKind::Gov => !matches!(of, FormKind::Name | FormKind::Adjective),
        EntityKind::Country
        | EntityKind::Region
        | EntityKind::Group
        | EntityKind::Person
        | EntityKind::Org => true,
    };
    let mut forms = gazetteer::forms(code);
    if kind == EntityKind::Gov {
        forms.extend(gazetteer::government(code, day));
    }
    let mut found: Vec<Form> = forms
        .into_iter()
        .filter(|form| counts(form.kind))
        .map(|form| {
            let tokens = text::analyse(&form.text, Some(&form.lang)).tokens;
            let words = tokens.into_iter().map(|token| WordForm {
                fold: (*token.fold).into(),
                likeness: WordLikeness::Stem,
            });
            Form::Words(words.collect())
        })
        .filter(|form| !matches!(form, Form::Words(words) if words.is_empty()))
        .collect();
    found.sort_by_key(|form| format!("{form:?}"));
    found.dedup();
    found
}
