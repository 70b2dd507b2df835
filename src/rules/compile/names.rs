//! What the watches may name: lists with what they include, persons, organisations.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::rules::error::{Mistake, NamedPart, RuleError, RulePlace, nearest};
use crate::rules::lists;
use crate::rules::parse::ast::{EntityKind, Expr, Likeness, Term};
use crate::rules::parse::{check_placed, list_term, parse, parse_name};
use crate::rules::source::{ListSource, NamedKind, NamedSource, RuleSource};
use crate::text;

/// Stands before the name of a list that is the built-in one, whatever the user has.
const BUILT_IN: &str = "builtin:";

/// A list with the terms of all it includes, each once.
#[derive(Debug, Default)]
pub(in crate::rules) struct List {
    pub terms: Vec<(Term, f64)>,
}

/// A person or an organisation.
#[derive(Debug)]
pub(in crate::rules) struct Named {
    pub names: Vec<Term>,
    pub context: Option<Expr>,
    pub within: u32,
    misspellings: u8,
}

/// Everything that has a name.
#[derive(Debug, Default, Clone)]
pub(in crate::rules) struct Names {
    /// By name; built-in lists that stand behind one of the user's by `builtin:NAME`.
    lists: FxHashMap<String, Arc<List>>,
    named: BTreeMap<(NamedKind, String), Arc<Named>>,
    /// The day for which groups are taken apart.
    pub day: Option<Date>,
}

impl List {
    /// What it says, in one spelling; the order of terms means nothing.
    pub fn text(&self) -> String {
        let terms = self.terms.iter();
        let mut lines: Vec<String> = terms
            .map(|(term, weight)| format!("{term} {weight}"))
            .collect();
        lines.sort_unstable();
        lines.join("\n")
    }
}

impl Named {
    /// What it says, in one spelling.
    pub fn text(&self) -> String {
        let mut lines: Vec<String> = self.names.iter().map(Term::to_string).collect();
        lines.sort_unstable();
        if let Some(context) = &self.context {
            lines.push(format!("within {} of {context}", self.within));
        }
        format!("{}\nmisspellings {}", lines.join("\n"), self.misspellings)
    }
}

impl Names {
    /// Reads all lists, persons and organisations of the user; what is wrong with them goes to `errors`.
    pub fn new(source: &RuleSource, errors: &mut Vec<RuleError>) -> Self {
        let mut names = Self {
            day: source.day,
            ..Self::default()
        };
        let mut users: BTreeMap<&str, &ListSource> = BTreeMap::new();
        for list in &source.lists {
            if users.insert(&list.name, list).is_some() {
                let (name, term) = (list.name.clone(), 0);
                errors.push(given_twice(RulePlace::List { name, term }, &list.name));
            }
        }
        let mut reading = Reading {
            users: &users,
            names: &mut names,
            errors,
            chain: Vec::new(),
        };
        for list in &source.lists {
            reading.list(&list.name);
        }
        for named in &source.named {
            names.add_named(named, errors);
        }
        names
    }

    /// A list, the user's or a built-in one.
    pub fn list(&mut self, name: &str) -> Option<Arc<List>> {
        if let Some(list) = self.lists.get(name) {
            return Some(Arc::clone(list));
        }
        let built_in = name.strip_prefix(BUILT_IN).unwrap_or(name);
        lists::list(built_in)?;
        let mut errors = Vec::new();
        let mut reading = Reading {
            users: &BTreeMap::new(),
            names: self,
            errors: &mut errors,
            chain: Vec::new(),
        };
        reading.list(&format!("{BUILT_IN}{built_in}"))
    }

    /// The name of a list that was probably meant.
    pub fn nearest_list(&self, name: &str) -> Option<String> {
        let users = self.lists.keys().map(String::as_str);
        let users = users.filter(|list| !list.starts_with(BUILT_IN));
        nearest(name, users.chain(lists::names())).map(str::to_owned)
    }

    /// A person or an organisation.
    pub fn named(&self, kind: NamedKind, name: &str) -> Option<Arc<Named>> {
        let key = (kind, name.to_owned());
        self.named.get(&key).map(Arc::clone)
    }

    /// The name of a person or an organisation that was probably meant.
    pub fn nearest_named(&self, kind: NamedKind, name: &str) -> Option<&str> {
        let known = self.named.keys().filter(|(of, _)| *of == kind);
        nearest(name, known.map(|(_, name)| name.as_str()))
    }

    fn add_named(&mut self, source: &NamedSource, errors: &mut Vec<RuleError>) {
        let place = |part| RulePlace::Named {
            kind: source.kind,
            name: source.name.clone(),
            part,
        };
        if source.names.is_empty() {
            let said = Mistake::new(
                0..0,
                format!("{}.{} has no names", source.kind, source.name),
            )
            .help("write names = [\"...\"], in every script that counts");
            errors.push(said.in_place(place(NamedPart::Names)));
        }
        let mut names = Vec::new();
        for (index, name) in source.names.iter().enumerate() {
            match parse_name(name, source.misspellings) {
                Ok(terms) => {
                    names.extend(terms.iter().flat_map(in_cases));
                    names.extend(terms);
                }
                Err(mistake) => errors.push(mistake.in_place(place(NamedPart::Name(index)))),
            }
        }
        let context = source.context.as_ref().and_then(|context| {
            let parsed = parse(context).and_then(|expr| {
                check_placed(&expr, "`context`")?;
                Ok(expr)
            });
            let failed =
                |mistake: Mistake| errors.push(mistake.in_place(place(NamedPart::Context)));
            parsed.map_err(failed).ok()
        });
        let named = Arc::new(Named {
            names,
            context,
            within: source.within.into(),
            misspellings: source.misspellings,
        });
        let key = (source.kind, source.name.clone());
        if self.named.insert(key, named).is_some() {
            errors.push(given_twice(place(NamedPart::Names), &source.name));
        }
    }
}

/// Reads lists, each after those it includes.
struct Reading<'a> {
    users: &'a BTreeMap<&'a str, &'a ListSource>,
    names: &'a mut Names,
    errors: &'a mut Vec<RuleError>,
    /// The lists that are being read.
    chain: Vec<String>,
}

impl Reading<'_> {
    /// Reads a list by its name; `None` where there is none. What is wrong with a list is told once.
    fn list(&mut self, name: &str) -> Option<Arc<List>> {
        if let Some(known) = self.names.lists.get(name) {
            return Some(Arc::clone(known));
        }
        let built_in = name.strip_prefix(BUILT_IN);
        let source: &ListSource = match (self.users.get(name), built_in) {
            (Some(list), _) => list,
            (None, built_in) => lists::list(built_in.unwrap_or(name))?,
        };
        self.chain.push(name.to_owned());
        let list = Arc::new(self.read(source));
        self.chain.pop();
        self.names.lists.insert(name.to_owned(), Arc::clone(&list));
        Some(list)
    }

    fn read(&mut self, source: &ListSource) -> List {
        let mut weights = Weights::default();
        for (index, included) in source.includes.iter().enumerate() {
            match self.included(included) {
                Ok(list) => weights.include(&list.terms),
                Err(mistake) => {
                    let list = source.name.clone();
                    let place = RulePlace::Include { list, index };
                    self.errors.push(mistake.in_place(place));
                }
            }
        }
        for (index, term) in source.terms.iter().enumerate() {
            match list_term(&term.text) {
                Ok(read) => weights.set(read, term.weight),
                Err(mistake) => self.errors.push(mistake.in_place(RulePlace::List {
                    name: source.name.clone(),
                    term: index,
                })),
            }
        }
        List {
            terms: weights.terms,
        }
    }

    fn included(&mut self, name: &str) -> Result<Arc<List>, Mistake> {
        let whole = 0..name.len();
        if let Some(begin) = self.chain.iter().position(|known| known == name) {
            let mut chain = self.chain[begin..].to_vec();
            chain.push(name.to_owned());
            let built_in = lists::list(name)
                .map(|_| format!(", or write \"{BUILT_IN}{name}\" for the built-in list"));
            return Err(Mistake::new(
                whole,
                format!("the list `{name}` includes itself: {}", chain.join(" → ")),
            )
            .help(format!(
                "take one of these out{}",
                built_in.unwrap_or_default()
            )));
        }
        self.list(name).ok_or_else(|| {
            let plain = name.strip_prefix(BUILT_IN).unwrap_or(name);
            let known = self.users.keys().copied().chain(lists::names());
            let help = match nearest(plain, known) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("add [list.{plain}] with any = [\"...\"]"),
            };
            Mistake::new(whole, format!("there is no list `{name}` to include")).help(help)
        })
    }
}

/// Terms with their weights. Those of the list itself stand over included ones, the later over the earlier;
/// of included ones that counts which is further from 0.
#[derive(Default)]
struct Weights {
    terms: Vec<(Term, f64)>,
    places: FxHashMap<Term, usize>,
}

impl Weights {
    fn include(&mut self, terms: &[(Term, f64)]) {
        for (term, weight) in terms {
            let known = self.places.get(term).map(|place| self.terms[*place].1);
            if known.is_none_or(|known| known.abs() < weight.abs()) {
                self.set(term.clone(), *weight);
            }
        }
    }

    fn set(&mut self, term: Term, weight: f64) {
        match self.places.get(&term) {
            Some(place) => self.terms[*place].1 = weight,
            None => {
                self.places.insert(term.clone(), self.terms.len());
                self.terms.push((term, weight));
            }
        }
    }
}

/// A name in its cases, where stems would not find them.
fn in_cases(name: &Term) -> Vec<Term> {
    if name.likeness != Likeness::Stem {
        return Vec::new();
    }
    let exact = |text| Term {
        text,
        likeness: Likeness::Exact,
    };
    text::cases(&name.text).into_iter().map(exact).collect()
}

/// The table that an entity is named by.
pub(in crate::rules) fn table_of(kind: EntityKind) -> NamedKind {
    match kind {
        EntityKind::Org => NamedKind::Org,
        _ => NamedKind::Person,
    }
}

/// What to say of a name that is given twice.
pub(super) fn given_twice(place: RulePlace, name: &str) -> RuleError {
    Mistake::new(0..0, format!("the name `{name}` is given twice"))
        .help("rename one of the two")
        .in_place(place)
}
