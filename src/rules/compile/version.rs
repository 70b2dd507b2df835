//! What a watch means, as a number that changes when the meaning does.

use std::collections::BTreeMap;
use std::fmt;

use rustc_hash::FxHashMap;

use super::names::{Names, table_of};
use crate::rules::engine::pattern::number;
use crate::rules::parse::ast::{Entity, EntityKind, Expr, ExprKind};
use crate::text::gazetteer;

const HEX_DIGITS: usize = 12;

/// Something that watches name, and whose meaning is given elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Named {
    List(String),
    Entity(Entity),
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(name) => write!(f, "${name}"),
            Self::Entity(entity) => write!(f, "{entity}"),
        }
    }
}

/// What a watch means.
pub(super) struct Version {
    /// Changes when the meaning does.
    pub hex: String,
    /// What it names, by index.
    pub names: Vec<u32>,
}

/// Finds out what expressions mean; remembers what much of it costs.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// Hashes by what was hashed.
    lists: FxHashMap<String, String>,
    countries: FxHashMap<String, String>,
    /// Everything that watches name, by index.
    named: Vec<Meaning>,
    indices: FxHashMap<String, u32>,
}

/// What is named, and what it meant.
#[derive(Debug)]
pub(super) struct Meaning {
    pub named: Named,
    pub meaning: String,
}

/// Meanings by how rules write what has them.
type Meanings = BTreeMap<String, (Named, String)>;

impl Versions {
    /// The version of a watch: of its expression, and of all that it names.
    pub fn of(&mut self, expr: &Expr, names: &mut Names) -> Version {
        let mut meanings = Meanings::new();
        self.gather(expr, names, &mut meanings);
        let mut hasher = blake3::Hasher::new();
        hasher.update(expr.to_string().as_bytes());
        for (label, (_, meaning)) in &meanings {
            hasher.update(format!("\n{label}\n{meaning}").as_bytes());
        }
        Version {
            hex: hasher.finalize().to_hex()[..HEX_DIGITS].to_owned(),
            names: meanings
                .into_iter()
                .map(|(label, (named, meaning))| self.index(label, named, meaning))
                .collect(),
        }
    }

    fn index(&mut self, label: String, named: Named, meaning: String) -> u32 {
        if let Some(index) = self.indices.get(&label) {
            return *index;
        }
        let index = number(self.named.len());
        self.named.push(Meaning { named, meaning });
        self.indices.insert(label, index);
        index
    }

    /// Everything that the watches name, by index.
    pub fn into_named(self) -> Vec<Meaning> {
        self.named
    }

    /// What a name means now; empty if it means nothing.
    pub fn meaning(&mut self, named: &Named, names: &mut Names) -> String {
        let mut meanings = Meanings::new();
        match named {
            Named::List(name) => self.list(name, names, &mut meanings),
            Named::Entity(entity) => self.entity(entity, names, &mut meanings),
        }
        let meaning = meanings.remove(&named.to_string());
        meaning.map_or_else(String::new, |(_, meaning)| meaning)
    }

    fn gather(&mut self, expr: &Expr, names: &mut Names, meanings: &mut Meanings) {
        let mut found = Vec::new();
        expr.walk(&mut |part| found.push(part));
        for part in found {
            match &part.kind {
                ExprKind::List(name) | ExprKind::Score { list: name, .. } => {
                    self.list(name, names, meanings);
                }
                ExprKind::Entity(entity) => self.entity(entity, names, meanings),
                _ => {}
            }
        }
    }

    fn list(&mut self, name: &str, names: &mut Names, meanings: &mut Meanings) {
        let hash = self.lists.entry(name.to_owned()).or_insert_with(|| {
            let list = names.list(name);
            hash(&list.map_or_else(String::new, |list| list.text()))
        });
        let named = Named::List(name.to_owned());
        meanings.insert(named.to_string(), (named, hash.clone()));
    }

    fn entity(&mut self, entity: &Entity, names: &mut Names, meanings: &mut Meanings) {
        let label = entity.to_string();
        if meanings.contains_key(&label) {
            return;
        }
        let named_as = Named::Entity(entity.clone());
        let meaning = match entity.kind {
            EntityKind::Country | EntityKind::Capital => self.country(&entity.name),
            EntityKind::Gov => {
                let government = gazetteer::digest_of_government(&entity.name, names.day);
                format!("{} {}", self.country(&entity.name), hash(&government))
            }
            EntityKind::Region | EntityKind::Group => self.group(&entity.name, names),
            EntityKind::Person | EntityKind::Org if entity.listed => {
                let list = names.list(&entity.name).unwrap_or_default();
                for (term, _) in &list.terms {
                    let sign = format!("{}:", entity.kind.sign());
                    let name = term.text.strip_prefix(&sign).unwrap_or(&term.text);
                    let one = Entity {
                        kind: entity.kind,
                        name: name.to_owned(),
                        listed: false,
                    };
                    self.entity(&one, names, meanings);
                }
                list.text()
            }
            EntityKind::Person | EntityKind::Org => {
                let Some(named) = names.named(table_of(entity.kind), &entity.name) else {
                    return;
                };
                meanings.insert(label.clone(), (named_as, named.text()));
                if let Some(context) = &named.context {
                    self.gather(context, names, meanings);
                }
                return;
            }
        };
        meanings.insert(label, (named_as, meaning));
    }

    fn country(&mut self, code: &str) -> String {
        let known = self.countries.entry(code.to_owned());
        known
            .or_insert_with(|| hash(gazetteer::digest_of(code)))
            .clone()
    }

    fn group(&mut self, name: &str, names: &Names) -> String {
        let Some(group) = gazetteer::group(name) else {
            return String::new();
        };
        let members = group
            .members(names.day)
            .into_iter()
            .chain(group.code.as_deref());
        let members: Vec<String> = members
            .map(|code| format!("{code} {}", self.country(code)))
            .collect();
        format!("{}\n{}", members.join("\n"), group.names.join("\n"))
    }
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..HEX_DIGITS].to_owned()
}
