//! What one row of tokens in a text means.

use crate::rules::parse::ast::{Likeness, Term};
use crate::text::Analysis;
use crate::text::gazetteer::FormKind;

/// Number of a term, or of a country, in the index.
pub(in crate::rules) type TermId = u32;
/// Number of a pattern.
pub(in crate::rules) type PatternId = u32;
/// Number of a normal form that stands in a pattern.
pub(in crate::rules) type Symbol = u32;

/// A row of symbols.
#[derive(Debug)]
pub(in crate::rules) struct Pattern {
    pub symbols: Box<[Symbol]>,
    /// The tokens as written, when the text must repeat them letter by letter.
    pub written: Option<Box<[Box<str>]>>,
    pub stems: StemUse,
    /// `None` for a longer name that only takes the place of a country's name within it.
    pub term: Option<TermId>,
    pub meaning: Meaning,
}

/// In which languages a pattern matches by stem too.
#[derive(Debug)]
pub(in crate::rules) enum StemUse {
    Never,
    Always,
    In(Vec<String>),
}

/// What a pattern says in an explanation.
#[derive(Debug)]
pub(in crate::rules) enum Meaning {
    Term(Term),
    /// A form of a state.
    Place {
        /// The entity, as rules write it.
        label: String,
        forms: Vec<(String, FormKind)>,
    },
    /// A name of a person or an organisation.
    Name {
        /// The entity, as rules write it.
        label: String,
        name: Term,
    },
}

impl Pattern {
    /// Whether it is a form of a state.
    pub fn is_place(&self) -> bool {
        matches!(self.meaning, Meaning::Place { .. })
    }

    /// Notes that the same words are a form in one more language.
    pub fn also(&mut self, (lang, kind): (String, FormKind), cased: bool) {
        if !cased && lang != "*" {
            match &mut self.stems {
                StemUse::In(langs) => langs.push(lang.clone()),
                stems => *stems = StemUse::In(vec![lang.clone()]),
            }
        }
        if let Meaning::Place { forms, .. } = &mut self.meaning {
            forms.push((lang, kind));
        }
    }

    /// How a match came about, for people: by stem or not, in an article of this language.
    pub fn why(&self, stemmed: bool, lang: Option<&str>) -> String {
        match &self.meaning {
            Meaning::Term(term) if stemmed => format!("{term} (stem)"),
            Meaning::Term(term) => term.to_string(),
            Meaning::Name { label, name } => match name.likeness {
                Likeness::Fuzzy(_) => format!("{label} (like {})", name.text),
                _ if stemmed => format!("{label} ({}, stem)", name.text),
                _ => format!("{label} ({})", name.text),
            },
            Meaning::Place { label, forms } => {
                let form = forms
                    .iter()
                    .find(|(of, _)| Some(of.as_str()) == lang)
                    .or(forms.first());
                match form {
                    Some((of, kind)) => format!("{label} ({of} {})", kind_name(*kind)),
                    None => label.clone(),
                }
            }
        }
    }
}

impl StemUse {
    /// Whether stems count in an article of this language.
    pub fn in_language(&self, lang: &str) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::In(langs) => langs.iter().any(|known| known == lang),
        }
    }
}

/// The tokens of a text as they stand in it.
pub(in crate::rules) fn written(text: &str, analysis: &Analysis) -> Box<[Box<str>]> {
    let tokens = analysis.tokens.iter();
    tokens
        .map(|token| text[token.start as usize..token.end as usize].into())
        .collect()
}

fn kind_name(kind: FormKind) -> &'static str {
    match kind {
        FormKind::Name => "name",
        FormKind::Adjective => "adjective",
        FormKind::Capital => "capital",
        FormKind::Metonym => "metonym",
    }
}

/// An index as it is stored.
pub(in crate::rules) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 4 billion terms and tokens: they fit into memory")
}
