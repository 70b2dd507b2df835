//! Names of countries that hold another country's name: "Belarus" in Chinese holds "Russia".
//!
//! All of them are looked for whichever countries the rules name, so that what one rule finds does not hang on
//! the others.

use std::sync::LazyLock;

use crate::text;
use crate::text::gazetteer::{self, Form};

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

/// Which forms of countries are such names: of all forms in their order, how many others stand between one and the next
/// (LEB128). To find them out takes a tenth of a second, which every start would have to wait; a test says whether they
/// are right and, with `UPDATE=1`, writes them.
static WHICH: &[u8] = include_bytes!("compounds.bin");

/// All such names of all countries. Made once, when the first rule names a country.
pub(in crate::rules) fn all() -> &'static [Compound] {
    static COMPOUNDS: LazyLock<Vec<Compound>> = LazyLock::new(|| {
        let mut which = gaps(WHICH);
        let mut left = which.next();
        let mut found = Vec::new();
        for (code, form) in forms() {
            match left {
                Some(0) => {
                    found.extend(compound(code, form));
                    left = which.next();
                }
                Some(more) => left = Some(more - 1),
                None => break,
            }
        }
        found.shrink_to_fit();
        found
    });
    &COMPOUNDS
}

fn forms() -> impl Iterator<Item = (&'static str, Form)> {
    gazetteer::codes_of_forms()
        .flat_map(|code| gazetteer::forms(code).into_iter().map(move |f| (code, f)))
}

/// Numbers in LEB128 (DWARF 5, 7.6).
fn gaps(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let mut bytes = bytes.iter();
    std::iter::from_fn(move || {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = *bytes.next()?;
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
    })
}

/// A form as a name of several tokens; `None` when it is one.
fn compound(code: &'static str, form: Form) -> Option<Compound> {
    let analysis = text::analyse(&form.text, Some(&form.lang));
    let folds: Vec<&str> = analysis.tokens.iter().map(|token| &*token.fold).collect();
    (folds.len() > 1).then(|| Compound {
        code,
        cased: form.cased.then(|| form.text.as_str().into()),
        lang: form.lang,
        folds: folds.join(BETWEEN).into(),
    })
}

#[cfg(test)]
mod tests {
    use rustc_hash::{FxHashMap, FxHashSet};

    use super::*;

    /// Which forms hold another country's name, found out one by one.
    fn which() -> Vec<usize> {
        let several = || {
            (0..)
                .zip(forms())
                .filter(|(_, (_, form))| may_be_several(&form.text))
        };
        let compounds: Vec<(usize, Compound)> = several()
            .filter_map(|(at, (code, form))| Some((at, compound(code, form)?)))
            .collect();
        let plain = forms().filter(|(_, form)| !may_be_several(&form.text));
        let words: FxHashSet<String> = plain.map(|(_, form)| text::fold(&form.text)).collect();
        let mut rows: FxHashMap<&str, Vec<&Compound>> = FxHashMap::default();
        for (_, compound) in &compounds {
            let first = compound.folds().next().unwrap_or_default();
            rows.entry(first).or_default().push(compound);
        }
        let holding = compounds
            .iter()
            .filter(|(_, compound)| holds_a_name(compound, &words, &rows));
        holding.map(|(at, _)| *at).collect()
    }

    /// A plain word is no name of several tokens: most forms are plain words.
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

    fn packed(which: &[usize]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut next = 0;
        for at in which {
            let mut gap = at - next;
            next = at + 1;
            while gap >= 0x80 {
                bytes.push((gap & 0x7f) as u8 | 0x80);
                gap >>= 7;
            }
            bytes.push(gap as u8);
        }
        bytes
    }

    #[test]
    fn the_names_that_hold_others_are_those_that_were_found() {
        let found = packed(&which());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write("src/rules/engine/compounds.bin", &found).unwrap();
            return;
        }
        assert!(
            found == WHICH,
            "the gazetteer has changed: UPDATE=1 cargo test --lib compounds"
        );
        assert!(
            all()
                .iter()
                .any(|name| name.code == "BY" && name.lang == "zh")
        );
    }
}
