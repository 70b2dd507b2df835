//! A watch with one part more.

use crate::rules::document::Document;
use crate::rules::error::RulePlace;
use crate::rules::parse::ast::{Expr, ExprKind};
use crate::rules::parse::parse;
use crate::rules::rule_set::RuleSet;
use crate::rules::source::{ListSource, ListTerm, RuleSource, WatchSource};
use crate::rules::{lists, source::NamedSource};

/// A change of a watch.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Variant {
    /// `and` with this part, which begins with `not`.
    Exclude(String),
    /// A term, as rules write it, for a list.
    Add { list: String, term: String },
}

impl Variant {
    /// Leaves out what has a word, in the title or (with an empty `place`) anywhere.
    pub fn exclusion(place: &str, word: &str) -> Self {
        let term = quoted(word);
        Self::Exclude(match place {
            "" => format!("not {term}"),
            place => format!("not {place}({term})"),
        })
    }

    pub fn addition(list: &str, word: &str) -> Self {
        Self::Add {
            list: list.to_owned(),
            term: word.to_owned(),
        }
    }

    /// What is added, as rules write it.
    pub fn part(&self) -> String {
        match self {
            Self::Exclude(part) => part.clone(),
            Self::Add { term, .. } => quoted(term),
        }
    }
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Makes variants of one watch.
pub(super) struct Variants<'a> {
    watch: &'a WatchSource,
    source: &'a RuleSource,
    /// Lists of which a term may be missing.
    lists: Vec<String>,
}

impl<'a> Variants<'a> {
    pub fn new(source: &'a RuleSource, watch: &str) -> Option<Self> {
        let watch = source.watches.iter().find(|known| known.name == watch)?;
        let mut lists = Vec::new();
        asked(&parse(&watch.expression).ok()?, &mut lists);
        lists.sort();
        lists.dedup();
        Some(Self {
            watch,
            source,
            lists,
        })
    }

    pub fn name(&self) -> &str {
        &self.watch.name
    }

    pub fn lists(&self) -> &[String] {
        &self.lists
    }

    pub fn hits(&self, rules: &RuleSet, document: &Document) -> bool {
        let hits = rules.judge(document).hits;
        hits.iter().any(|hit| hit.watch == self.watch.name)
    }

    pub fn unchanged(&self) -> Option<RuleSet> {
        self.compiled(self.watch.expression.clone(), self.source.lists.clone())
    }

    /// The watch with the change; `None` when it is no rule then.
    pub fn compile(&self, variant: &Variant) -> Option<RuleSet> {
        let expression = self.watch.expression.clone();
        match variant {
            Variant::Exclude(part) => {
                self.compiled(with(&expression, part), self.source.lists.clone())
            }
            Variant::Add { list, term } => {
                let mut lists = self.source.lists.clone();
                let term = ListTerm {
                    text: term.clone(),
                    weight: 1.0,
                };
                match lists.iter_mut().find(|known| known.name == *list) {
                    Some(known) => known.terms.push(term),
                    None => lists.push(ListSource {
                        name: list.clone(),
                        terms: vec![term],
                        includes: vec![format!("builtin:{list}")],
                    }),
                }
                self.compiled(expression, lists)
            }
        }
    }

    /// All the changes as watches of one set, named [`Variants::name_of`]; those that are no rule are left out. A
    /// term for a list stands in a list of its own that includes it.
    pub fn compile_all(&self, variants: &[Variant]) -> Option<RuleSet> {
        let mut left: Vec<usize> = (0..variants.len()).collect();
        // Every round leaves out what was wrong; what is wrong with lists shows first.
        for _ in 0..4 {
            let errors = match RuleSet::compile(&self.source_of(variants, &left)) {
                Ok(rules) => return Some(rules),
                Err(errors) => errors,
            };
            let wrong: Vec<String> = errors
                .into_iter()
                .filter_map(|error| match error.place {
                    RulePlace::Watch(name) | RulePlace::List { name, .. } => Some(name),
                    _ => None,
                })
                .collect();
            left.retain(|number| !wrong.contains(&Self::name_of(*number)));
        }
        None
    }

    /// What a variant is called in a set of many.
    pub fn name_of(number: usize) -> String {
        format!("wirewatch-suggested-{number}")
    }

    fn source_of(&self, variants: &[Variant], left: &[usize]) -> RuleSource {
        let mut source = RuleSource {
            watches: Vec::new(),
            ..self.source.clone()
        };
        for number in left {
            let name = Self::name_of(*number);
            let expression = match &variants[*number] {
                Variant::Exclude(part) => with(&self.watch.expression, part),
                Variant::Add { list, term } => {
                    source.lists.push(ListSource {
                        name: name.clone(),
                        terms: vec![ListTerm {
                            text: term.clone(),
                            weight: 1.0,
                        }],
                        includes: vec![list.clone()],
                    });
                    asking_for(&self.watch.expression, list, &name)
                }
            };
            source.watches.push(WatchSource {
                name,
                expression,
                tests: Vec::new(),
                ..self.watch.clone()
            });
        }
        source
    }

    fn compiled(&self, expression: String, lists: Vec<ListSource>) -> Option<RuleSet> {
        let named: Vec<NamedSource> = self.source.named.clone();
        let source = RuleSource {
            watches: vec![WatchSource {
                expression,
                tests: Vec::new(),
                ..self.watch.clone()
            }],
            lists,
            named,
            day: self.source.day,
        };
        RuleSet::compile(&source).ok()
    }

    /// TOML to paste.
    pub fn toml(&self, variant: &Variant) -> String {
        match variant {
            Variant::Exclude(part) => {
                let name = &self.watch.name;
                let expression = with(&self.watch.expression, part);
                format!("[watch.{name}]\nmatch = '''{expression}'''\n")
            }
            Variant::Add { list, term } => {
                let term = toml::Value::from(term.as_str());
                let is_own = self.source.lists.iter().any(|known| known.name == *list);
                let include = match is_own || lists::list(list).is_none() {
                    true => String::new(),
                    false => format!("include = [\"builtin:{list}\"]\n"),
                };
                format!("[list.{list}]\n{include}any = [{term}]\n")
            }
        }
    }
}

/// A rule with one part more. A row of `and` takes it as it is.
fn with(expression: &str, part: &str) -> String {
    let plain = expression.trim();
    let row = format!("{plain} and {part}");
    let is_row = |expr: &Expr| matches!(&expr.kind, ExprKind::All(parts) if parts.len() > 1 && !plain.starts_with("all("));
    let kept = match (parse(plain), parse(&row)) {
        (Ok(before), Ok(after)) => match (&before.kind, &after.kind) {
            (ExprKind::All(old), ExprKind::All(new)) => is_row(&before) && new.len() > old.len(),
            (ExprKind::Any(_), _) => false,
            (_, ExprKind::All(_)) => true,
            _ => false,
        },
        _ => false,
    };
    match kept {
        true => row,
        false => format!("({plain}) and {part}"),
    }
}

/// A rule that asks for another list instead.
fn asking_for(expression: &str, list: &str, other: &str) -> String {
    let sign = format!("${list}");
    let mut out = String::new();
    let mut rest = expression;
    while let Some(at) = rest.find(&sign) {
        let (before, after) = (&rest[..at], &rest[at + sign.len()..]);
        let ends = !after.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
        // `person:$list` names persons.
        let is_list = ends && !before.ends_with(':');
        out.push_str(before);
        match is_list {
            true => out.push_str(&format!("${other}")),
            false => out.push_str(&sign),
        }
        rest = after;
    }
    out + rest
}

/// The lists of which a rule asks that something is there.
fn asked(expr: &Expr, lists: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::List(list) | ExprKind::Score { list, .. } => lists.push(list.clone()),
        ExprKind::All(parts) | ExprKind::Any(parts) | ExprKind::Several { parts, .. } => {
            parts.iter().for_each(|part| asked(part, lists));
        }
        ExprKind::Related { left, right, .. } => {
            asked(left, lists);
            asked(right, lists);
        }
        ExprKind::Within { inner, .. }
        | ExprKind::Count { inner, .. }
        | ExprKind::Distinct { inner, .. } => asked(inner, lists),
        ExprKind::Not(_) | ExprKind::Term(_) | ExprKind::Entity(_) | ExprKind::Fact(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_added_with_brackets_where_they_are_needed() {
        for (rule, expected) in [
            ("\"a\"", "\"a\" and not \"x\""),
            ("\"a\" and \"b\"", "\"a\" and \"b\" and not \"x\""),
            ("\"a\" or \"b\"", "(\"a\" or \"b\") and not \"x\""),
            ("all(\"a\", \"b\")", "(all(\"a\", \"b\")) and not \"x\""),
            ("\"a\" near/3 \"b\"", "\"a\" near/3 \"b\" and not \"x\""),
        ] {
            assert_eq!(with(rule, "not \"x\""), expected);
            assert!(parse(&with(rule, "not \"x\"")).is_ok(), "{rule}");
        }
    }

    #[test]
    fn another_list_is_asked_for() {
        assert_eq!(
            asking_for("$a and score($a) >= 2 and $ab or person:$a", "a", "x"),
            "$x and score($x) >= 2 and $ab or person:$a"
        );
    }

    #[test]
    fn a_term_goes_to_lists_that_are_asked_for() {
        let watch = WatchSource {
            name: "w".to_owned(),
            expression: "$diplomacy and any($own, \"b\") and not title($sport)".to_owned(),
            ..WatchSource::default()
        };
        let own = ListSource {
            name: "own".to_owned(),
            terms: vec![ListTerm {
                text: "a".to_owned(),
                weight: 1.0,
            }],
            includes: Vec::new(),
        };
        let source = RuleSource {
            watches: vec![watch],
            lists: vec![own],
            ..RuleSource::default()
        };
        let variants = Variants::new(&source, "w").unwrap();
        assert_eq!(variants.lists(), ["diplomacy", "own"]);
        assert!(variants.unchanged().is_some());
        for (list, toml) in [
            (
                "diplomacy",
                "[list.diplomacy]\ninclude = [\"builtin:diplomacy\"]\nany = [\"bertemu\"]\n",
            ),
            ("own", "[list.own]\nany = [\"bertemu\"]\n"),
        ] {
            let variant = Variant::addition(list, "bertemu");
            assert_eq!(variants.toml(&variant), toml);
            assert!(variants.compile(&variant).is_some(), "{list}");
        }
        let all = [
            Variant::addition("own", "bertemu"),
            Variant::addition("own", "..."),
            Variant::exclusion("title", "US"),
            Variant::exclusion("title", "friendly"),
        ];
        let rules = variants.compile_all(&all).unwrap();
        let names: Vec<&str> = rules
            .watches()
            .iter()
            .map(|watch| watch.name.as_str())
            .collect();
        assert_eq!(
            names,
            [Variants::name_of(0), Variants::name_of(3)],
            "two are no rules"
        );
    }
}
