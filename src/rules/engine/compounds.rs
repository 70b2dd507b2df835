//! Names of countries that hold another country's name: "Belarus" in Chinese holds "Russia".
//!
//! All of them are looked for whichever countries the rules name, so that what one rule finds does not hang on
//! the others.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::text::{self, gazetteer};

/// Stands in no word.
const BETWEEN: &str = "\u{1f}";

/// A name of several tokens.
#[derive(Debug)]
pub(in crate::rules) struct Compound {
    pub code: &'static str,
    pub lang: String,
    /// As written, where that counts.
    pub cased: Option<Box<str>>,
    /// The normal forms of its tokens, with `BETWEEN` between: whole analyses of all names would take ten times the room.
    folds: Box<str>,
}

impl Compound {
    /// The normal forms of its tokens.
    pub fn folds(&self) -> impl Iterator<Item = &str> {
        self.folds.split(BETWEEN)
    }
}

/// All such names of all countries. Made once, when the first rule names a country.
pub(in crate::rules) fn all() -> &'static [Compound] {
    static COMPOUNDS: LazyLock<Vec<Compound>> = LazyLock::new(|| {
        let forms = || {
            gazetteer::codes()
                .flat_map(|code| gazetteer::forms(code).into_iter().map(move |f| (code, f)))
        };
        let compounds: Vec<Compound> = forms()
            .filter(|(_, form)| may_be_several(&form.text))
            .filter_map(|(code, form)| {
                let analysis = text::analyse(&form.text, Some(&form.lang));
                let folds: Vec<&str> = analysis.tokens.iter().map(|token| &*token.fold).collect();
                (folds.len() > 1).then(|| Compound {
                    code,
                    cased: form.cased.then(|| form.text.as_str().into()),
                    lang: form.lang,
                    folds: folds.join(BETWEEN).into(),
                })
            })
            .collect();
        let plain = forms().filter(|(_, form)| !may_be_several(&form.text));
        let words: FxHashSet<String> = plain.map(|(_, form)| text::fold(&form.text)).collect();
        let mut rows: FxHashMap<&str, Vec<&Compound>> = FxHashMap::default();
        for compound in &compounds {
            let first = compound.folds().next().unwrap_or_default();
            rows.entry(first).or_default().push(compound);
        }
        let holds: Vec<bool> = compounds
            .iter()
            .map(|c| holds_a_name(c, &words, &rows))
            .collect();
        let mut holds = holds.into_iter();
        let mut found = compounds;
        found.retain(|_| holds.next().unwrap_or(false));
        found.shrink_to_fit();
        found
    });
    &COMPOUNDS
}

/// Spares the analysis of plain words, which most forms are.
fn may_be_several(text: &str) -> bool {
    text.chars()
        .any(|c| !c.is_alphanumeric() || text::is_spaceless(c))
}

/// Whether a form of a country may stand within this name and is shorter than it: a plain word of `words`, or a
/// row of words with its first one in `rows`.
fn holds_a_name(
    compound: &Compound,
    words: &FxHashSet<String>,
    rows: &FxHashMap<&str, Vec<&Compound>>,
) -> bool {
    let stemmer = text::Stemmer::new(&compound.lang);
    let folds: Vec<&str> = compound.folds().collect();
    folds.iter().enumerate().any(|(at, fold)| {
        let rest = &folds[at..];
        let is_part = |row: &&Compound| {
            let mut length = 0;
            let begins = row.folds().all(|fold| {
                length += 1;
                rest.get(length - 1) == Some(&fold)
            });
            begins && length < folds.len()
        };
        words.contains(*fold)
            || words.contains(&*stemmer.stem(fold))
            || rows
                .get(fold)
                .is_some_and(|rows| rows.iter().copied().any(|row| is_part(&row)))
    })
}
