//! Names of countries that are more than one token, so that they may hold another country's name.

use std::sync::LazyLock;

use crate::text::{self, Analysis, gazetteer};

/// A name of several tokens.
#[derive(Debug)]
pub(super) struct Compound {
    pub code: &'static str,
    pub lang: String,
    pub analysis: Analysis,
}

/// All such names of all countries. Made once, when the first rule names a country.
pub(super) fn all() -> &'static [Compound] {
    static COMPOUNDS: LazyLock<Vec<Compound>> = LazyLock::new(|| {
        gazetteer::codes()
            .flat_map(|code| gazetteer::forms(code).into_iter().map(move |f| (code, f)))
            .filter(|(_, form)| !form.cased && may_be_several(&form.text))
            .filter_map(|(code, form)| {
                let analysis = text::analyse(&form.text, Some(&form.lang));
                (analysis.tokens.len() > 1).then_some(Compound {
                    code,
                    lang: form.lang,
                    analysis,
                })
            })
            .collect()
    });
    &COMPOUNDS
}

/// Spares the analysis of plain words, which most forms are.
fn may_be_several(text: &str) -> bool {
    text.chars()
        .any(|c| !c.is_alphanumeric() || text::is_spaceless(c))
}
