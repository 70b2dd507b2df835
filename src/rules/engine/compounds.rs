//! Names of countries that are more than one token, so that they may hold another country's name.

use std::sync::LazyLock;

use crate::text::{self, gazetteer};

/// Stands in no word.
const BETWEEN: &str = "\u{1f}";

/// A name of several tokens.
#[derive(Debug)]
pub(in crate::rules) struct Compound {
    pub code: &'static str,
    pub lang: String,
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
        let mut found: Vec<Compound> = gazetteer::codes()
            .flat_map(|code| gazetteer::forms(code).into_iter().map(move |f| (code, f)))
            .filter(|(_, form)| !form.cased && may_be_several(&form.text))
            .filter_map(|(code, form)| {
                let analysis = text::analyse(&form.text, Some(&form.lang));
                let folds: Vec<&str> = analysis.tokens.iter().map(|token| &*token.fold).collect();
                (folds.len() > 1).then(|| Compound {
                    code,
                    lang: form.lang,
                    folds: folds.join(BETWEEN).into(),
                })
            })
            .collect();
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
