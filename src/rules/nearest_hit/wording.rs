//! Words that would be found for a part of a rule, those of the article's language first.

use crate::rules::compile::{Names, table_of};
use crate::rules::parse::ast::{Entity, EntityKind, Expr, ExprKind, Likeness, Term};
use crate::rules::source::{NamedKind, RuleSource};
use crate::text::gazetteer::{self, FormKind};
use crate::text::{Script, detect_language};

/// Finds words for the parts of a rule.
pub(super) struct Wording {
    names: Names,
    lang: Option<String>,
}

impl Wording {
    pub fn new(source: &RuleSource, lang: Option<&str>) -> Self {
        // What is wrong with the source was told when it was compiled.
        let names = Names::new(source, &mut Vec::new());
        Self {
            names,
            lang: lang.map(str::to_owned),
        }
    }

    /// Words for a part that is made of terms.
    pub fn words(&mut self, expr: &Expr) -> Vec<String> {
        match &expr.kind {
            ExprKind::Term(term) => word(term).into_iter().collect(),
            ExprKind::List(name) => {
                let words = self.weighted(name).into_iter();
                words.map(|(word, _)| word).collect()
            }
            ExprKind::Entity(entity) => self.of_entity(entity),
            ExprKind::Any(parts) => {
                let first = |part: &Expr| self.words(part).into_iter().next();
                parts.iter().filter_map(first).collect()
            }
            ExprKind::Within { inner, .. } => self.words(inner),
            _ => Vec::new(),
        }
    }

    /// Words of a list with their weights, above 0 only.
    pub fn weighted(&mut self, list: &str) -> Vec<(String, f64)> {
        let Some(list) = self.names.list(list) else {
            return Vec::new();
        };
        let terms = list.terms.iter().filter(|(_, weight)| *weight > 0.0);
        let mut words: Vec<(String, f64)> = terms
            .filter_map(|(term, weight)| Some((word(term)?, *weight)))
            .collect();
        words.sort_by_key(|(word, _)| self.strangeness(word));
        words
    }

    fn of_entity(&self, entity: &Entity) -> Vec<String> {
        let name = entity.name.as_str();
        match entity.kind {
            EntityKind::Country => self.of_country(name, None),
            EntityKind::Capital | EntityKind::Gov => self.of_country(name, Some(FormKind::Capital)),
            EntityKind::Region | EntityKind::Group => {
                let group = gazetteer::group(name);
                let members = group.map_or_else(Vec::new, |group| group.members(self.names.day));
                let first = |code: &&str| self.of_country(code, None).into_iter().next();
                members.iter().filter_map(first).take(3).collect()
            }
            EntityKind::Person | EntityKind::Org => self.of_named(table_of(entity.kind), name),
        }
    }

    fn of_country(&self, code: &str, kind: Option<FormKind>) -> Vec<String> {
        let wanted = kind.unwrap_or(FormKind::Name);
        let mut forms = gazetteer::forms(code);
        forms.retain(|form| form.kind == wanted);
        let lang = self.lang.as_deref().unwrap_or("en");
        forms.sort_by_key(|form| (form.lang != lang, form.lang != "en", form.cased));
        forms.into_iter().map(|form| form.text).take(1).collect()
    }

    fn of_named(&self, kind: NamedKind, name: &str) -> Vec<String> {
        let Some(named) = self.names.named(kind, name) else {
            return Vec::new();
        };
        let mut words: Vec<String> = named.names.iter().filter_map(word).collect();
        words.sort_by_key(|word| self.strangeness(word));
        words.truncate(1);
        words
    }

    /// How little a word fits the article: another language, another script.
    fn strangeness(&self, word: &str) -> (bool, bool) {
        let Some(lang) = self.lang.as_deref() else {
            return (false, false);
        };
        let own = match lang {
            "ru" | "uk" | "bg" | "sr" | "mk" | "be" | "kk" => Script::Cyrillic,
            "ar" | "fa" | "ur" => Script::Arabic,
            "zh" | "ja" => Script::of('中'),
            "ko" => Script::of('한'),
            "th" => Script::of('ก'),
            "el" => Script::Greek,
            "he" => Script::Hebrew,
            "hi" | "mr" | "ne" => Script::of('अ'),
            _ => Script::Latin,
        };
        let script = word.chars().find(|c| c.is_alphabetic()).map(Script::of);
        let other = script.is_some_and(|script| script != own);
        (
            other,
            detect_language(word, "", None).as_deref() != Some(lang),
        )
    }
}

/// How a term may be written; a regular expression may be anything.
fn word(term: &Term) -> Option<String> {
    (term.likeness != Likeness::Regex).then(|| term.text.clone())
}
