//! Entities: states, regions, groups, persons, organisations.

use std::ops::Range;

use super::lower::{Lowering, any_of};
use super::names::table_of;
use crate::rules::document::Scope;
use crate::rules::engine::condition::Condition;
use crate::rules::engine::pattern::TermId;
use crate::rules::engine::states::Aspect;
use crate::rules::error::{Mistake, nearest};
use crate::rules::parse::ast::{Entity, EntityKind};
use crate::rules::parse::list_term;
use crate::text::gazetteer;

impl Lowering {
    /// The condition that an entity stands for.
    pub(super) fn entity(
        &mut self,
        entity: &Entity,
        at: Range<usize>,
    ) -> Result<Condition, Mistake> {
        let name = entity.name.as_str();
        let aspect = match entity.kind {
            EntityKind::Country => Aspect::Country,
            EntityKind::Capital => Aspect::Capital,
            EntityKind::Gov => Aspect::Gov,
            EntityKind::Region | EntityKind::Group => return self.group(entity, at),
            EntityKind::Person | EntityKind::Org if entity.listed => {
                return self.listed(entity, at);
            }
            EntityKind::Person | EntityKind::Org => return self.named(entity, at),
        };
        check_country(entity.kind, name, at.clone())?;
        match self.index.add_place(aspect, name, self.names.day) {
            Some(term) => Ok(Condition::Terms([term].into())),
            None => Err(Mistake::new(at, format!("no form of `{entity}` is known"))
                .help(format!("write country:{name}, or the words themselves"))),
        }
    }

    /// Any member of a region or a group; of a group its own name, too.
    fn group(&mut self, entity: &Entity, at: Range<usize>) -> Result<Condition, Mistake> {
        let name = entity.name.as_str();
        let Some(group) = gazetteer::group(name) else {
            return Err(no_group(entity, at));
        };
        let members = group.members(self.names.day);
        if members.is_empty() {
            let day = self
                .names
                .day
                .map_or_else(String::new, |day| format!(" on {day}"));
            return Err(Mistake::new(at, format!("`{name}` has no members{day}"))
                .help("rules are compiled for a day: take this part out, or name the countries"));
        }
        let mut terms: Vec<TermId> = members
            .iter()
            .filter_map(|code| self.index.add_place(Aspect::Country, code, None))
            .collect();
        if entity.kind == EntityKind::Group {
            let own = group.code.as_deref();
            terms.extend(own.and_then(|code| self.index.add_place(Aspect::Country, code, None)));
            let names: Vec<_> = group
                .names
                .iter()
                .filter_map(|name| list_term(name).ok())
                .collect();
            terms.push(self.index.add_name(&entity.to_string(), &names));
        }
        terms.sort_unstable();
        terms.dedup();
        Ok(Condition::Terms(terms.into()))
    }

    /// A person or an organisation.
    fn named(&mut self, entity: &Entity, at: Range<usize>) -> Result<Condition, Mistake> {
        let (sign, name) = (entity.kind.sign(), entity.name.as_str());
        let table = table_of(entity.kind);
        let Some(named) = self.names.named(table, name) else {
            let help = match self.names.nearest_named(table, name) {
                Some(near) => format!("did you mean `{sign}:{near}`?"),
                None => format!("add [{sign}.{name}] with names = [\"...\"]"),
            };
            return Err(Mistake::new(at, format!("there is no {sign} `{name}`")).help(help));
        };
        let label = entity.to_string();
        let term = self.index.add_name(&label, &named.names);
        let inner = Condition::Terms([term].into());
        let Some(context) = &named.context else {
            return Ok(inner);
        };
        if self.contexts.contains(&label) {
            let chain = self.contexts.join(" → ");
            return Err(Mistake::new(
                at,
                format!("the context of `{label}` asks for itself: {chain} → {label}"),
            )
            .help("name words in one of these contexts instead"));
        }
        self.contexts.push(label.clone());
        let context = self.lower(context, Scope::ALL);
        self.contexts.pop();
        let context = context.map_err(|mistake| {
            let message = format!("in the context of `{label}`: {}", mistake.message);
            Mistake {
                at,
                message,
                ..mistake
            }
        })?;
        Ok(Condition::Anchored {
            inner: Box::new(inner),
            context: Box::new(context),
            words: named.within,
        })
    }

    /// Any of the persons that a list names.
    fn listed(&mut self, entity: &Entity, at: Range<usize>) -> Result<Condition, Mistake> {
        let (sign, list) = (entity.kind.sign(), entity.name.as_str());
        let Some(names) = self.names.list(list) else {
            return Err(self.no_list(list, at));
        };
        let mut parts = Vec::new();
        for (term, _) in names.terms.iter().filter(|(_, weight)| *weight > 0.0) {
            let colon = format!("{sign}:");
            let name = term.text.strip_prefix(&colon).unwrap_or(&term.text);
            let one = Entity {
                kind: entity.kind,
                name: name.to_owned(),
                listed: false,
            };
            let part = self.named(&one, at.clone());
            parts.push(part.map_err(|mistake| Mistake {
                message: format!("in the list `{list}`: {}", mistake.message),
                ..mistake
            })?);
        }
        if parts.is_empty() {
            return Err(Mistake::new(at, format!("the list `{list}` names nobody"))
                .help(format!("add any = [\"NAME\"] to it, for [{sign}.NAME]")));
        }
        Ok(any_of(parts))
    }
}

fn check_country(kind: EntityKind, code: &str, at: Range<usize>) -> Result<(), Mistake> {
    let sign = kind.sign();
    if gazetteer::codes().any(|known| known == code) {
        return Ok(());
    }
    let upper = code.to_uppercase();
    if gazetteer::codes().any(|known| known == upper) {
        return Err(
            Mistake::new(at, "codes of countries are written in capitals")
                .help(format!("write `{sign}:{upper}`")),
        );
    }
    let help = if gazetteer::group(code).is_some() {
        format!("`{code}` is a group: write `group:{code}`")
    } else {
        match gazetteer::code_of(&code.replace(['-', '_'], " ")) {
            Some(meant) => format!("{code} is `{sign}:{meant}`"),
            None => format!("codes are those of ISO 3166: {sign}:CN, {sign}:RU"),
        }
    };
    let message = format!("`{code}` is not the code of a country");
    Err(Mistake::new(at, message).help(help))
}

fn no_group(entity: &Entity, at: Range<usize>) -> Mistake {
    let (sign, name) = (entity.kind.sign(), entity.name.as_str());
    let small = name.to_lowercase();
    let same = gazetteer::groups().find(|known| known.to_lowercase() == small);
    let help = if let Some(near) = same.or_else(|| nearest(name, gazetteer::groups())) {
        format!("did you mean `{sign}:{near}`?")
    } else if gazetteer::codes().any(|code| code == name) {
        format!("write `country:{name}`")
    } else {
        let known: Vec<&str> = gazetteer::groups().collect();
        format!("known: {}", known.join(", "))
    };
    Mistake::new(at, format!("there is no {sign} `{name}`")).help(help)
}
