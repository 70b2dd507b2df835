//! Which countries a text names, in its own language.

use std::sync::{Arc, LazyLock, OnceLock};

use rustc_hash::FxHashMap;

use super::hash;
use crate::text::{self, Token, gazetteer};

/// The forms of a language.
#[derive(Default)]
struct Table {
    /// By the stem of their first token, longest first.
    forms: FxHashMap<Arc<str>, Vec<Entry>>,
    begins: Begins,
}

/// Tells of nearly every word that no form begins with it, without a look into a large table.
#[derive(Default)]
struct Begins(Vec<u64>);

impl Begins {
    /// 8 kB; a language has at most some thousand forms.
    const WORDS: usize = 1 << 10;

    fn place(stem: &str) -> (usize, u64) {
        // The lower bits are as well mixed as any.
        let hash = hash::of_str(stem) as usize;
        (hash / 64 % Self::WORDS, 1 << (hash % 64))
    }

    fn add(&mut self, stem: &str) {
        self.0.resize(Self::WORDS, 0);
        let (word, bit) = Self::place(stem);
        self.0[word] |= bit;
    }

    fn may_hold(&self, (word, bit): (usize, u64)) -> bool {
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }
}

struct Entry {
    /// Stems of the tokens behind the first.
    rest: Vec<Arc<str>>,
    /// The text must be written like this.
    cased: Option<String>,
    code: &'static str,
}

/// A table for each language, made when a text of that language first comes by: all of them would take
/// more memory than the rest of the program.
static LANGUAGES: LazyLock<FxHashMap<&'static str, OnceLock<Table>>> = LazyLock::new(|| {
    gazetteer::languages()
        .map(|lang| (lang, OnceLock::new()))
        .collect()
});

fn table_of(lang: &str) -> Option<&'static Table> {
    let table = LANGUAGES.get(lang)?;
    Some(table.get_or_init(|| made(lang)))
}

fn made(lang: &str) -> Table {
    let mut table = Table::default();
    for (code, form) in gazetteer::forms_in(lang) {
        let lang = Some(lang).filter(|lang| *lang != "*");
        let mut stems = text::analyse(&form.text, lang)
            .tokens
            .into_iter()
            .map(|token| token.stem);
        let Some(first) = stems.next() else { continue };
        table.begins.add(&first);
        table.forms.entry(first).or_default().push(Entry {
            rest: stems.collect(),
            cased: form.cased.then_some(form.text),
            code,
        });
    }
    for entries in table.forms.values_mut() {
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.rest.len()));
    }
    table
}

/// Codes of the countries that `tokens` of `text` name, once per mention. The longest form wins, so
/// that Guinea-Bissau is not Guinea, nor 白俄罗斯 (Belarus) Russia.
pub(super) fn find(tokens: &[Token], text: &str, lang: Option<&str>) -> Vec<&'static str> {
    let tables: Vec<&Table> = lang.into_iter().chain(["*"]).filter_map(table_of).collect();
    let mut codes = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let place = Begins::place(&tokens[at].stem);
        let matching = tables
            .iter()
            .filter(|table| table.begins.may_hold(place))
            .filter_map(|table| longest(table, &tokens[at..], text));
        match matching.max_by_key(|entry| entry.rest.len()) {
            Some(entry) => {
                codes.push(entry.code);
                at += 1 + entry.rest.len();
            }
            None => at += 1,
        }
    }
    codes
}

fn longest<'t>(table: &'t Table, tokens: &[Token], text: &str) -> Option<&'t Entry> {
    let (first, behind) = tokens.split_first()?;
    table.forms.get(&first.stem)?.iter().find(|entry| {
        let follows = behind.len() >= entry.rest.len()
            && entry.rest.iter().zip(behind).all(|(a, b)| *a == b.stem);
        let end = match entry.rest.len() {
            0 => first.end,
            more => behind.get(more - 1).map_or(first.end, |last| last.end),
        };
        let written = || text.get(first.start as usize..end as usize);
        follows
            && entry
                .cased
                .as_deref()
                .is_none_or(|cased| written() == Some(cased))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_found_in_their_languages_longest_form_first() {
        for (text, lang, codes) in [
            ("Menlu Tiongkok tiba di Rusia.", "id", &["CN", "RU"][..]),
            ("白俄罗斯总统访问中国", "zh", &["BY", "CN"]),
            ("Guinea-Bissau votes", "en", &["GW"]),
            ("Nothing of the kind", "en", &[]),
        ] {
            let analysis = text::analyse(text, Some(lang));
            assert_eq!(find(&analysis.tokens, text, Some(lang)), codes, "{text}");
        }
    }
}
