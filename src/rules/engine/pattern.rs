//! What one row of tokens in a text means.

use std::sync::Arc;

use super::fuzzy::Phrase;
use crate::rules::parse::ast::{Likeness, Term};
use crate::text::gazetteer::{self, FormKind, Languages, Namesakes};
use crate::text::{Analysis, as_read};

/// Number of a term, or of a country, in the index.
pub(in crate::rules) type TermId = u32;
/// Number of a pattern.
pub(in crate::rules) type PatternId = u32;
/// Number of a normal form that stands in a pattern.
pub(in crate::rules) type Symbol = u32;

/// What the scan reads of a pattern; a few bytes, since it reads many.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Row {
    /// Where its symbols begin among those of all patterns.
    pub start: u32,
    /// How many symbols it has: all of its tokens, or those before the beginning of a word.
    pub length: u32,
    /// The term that it is a pattern of; `NO_TERM` for a longer name that only takes the place of a
    /// country's name within it.
    pub term: TermId,
    /// It is a form of a state.
    pub is_place: bool,
    /// It matches by stem too, in some languages at least.
    pub has_stems: bool,
}

/// Stands for the term of a pattern that has none.
pub(in crate::rules) const NO_TERM: TermId = TermId::MAX;

/// What else there is to know of a pattern.
#[derive(Debug)]
pub(in crate::rules) struct Detail {
    pub form: Form,
    pub stems: StemUse,
    pub meaning: Meaning,
}

/// How the tokens of a text must be.
#[derive(Debug)]
pub(in crate::rules) enum Form {
    /// A row of symbols.
    Row,
    /// The same, and the text must repeat these tokens letter by letter.
    Cased(Box<[Box<str>]>),
    /// A row of symbols, and a word that begins so.
    Prefix(Box<str>),
    /// Words that may be misspelt.
    Fuzzy(Box<Phrase>),
    /// The regular expression with this index.
    Regex(u32),
}

/// In which languages a pattern matches by stem too.
#[derive(Debug, Clone)]
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
    Place(Box<PlaceForms>),
    /// A name of a person or an organisation.
    Name(Box<NameForm>),
}

/// A form of a state, in one or more languages.
#[derive(Debug)]
pub(in crate::rules) struct PlaceForms {
    /// The entity, as rules write it.
    pub label: Arc<str>,
    pub forms: Vec<(String, FormKind)>,
    /// Articles in which it counts: in others it may be another word.
    pub articles: Languages,
    /// Who else bears the name.
    pub namesakes: Option<&'static Namesakes>,
}

/// A name of a person or an organisation.
#[derive(Debug)]
pub(in crate::rules) struct NameForm {
    /// The entity, as rules write it.
    pub label: Arc<str>,
    pub name: Term,
}

impl PlaceForms {
    /// A form in one language.
    pub fn new(label: Arc<str>, form: &gazetteer::Form) -> Self {
        let mut place = Self {
            label,
            forms: vec![(form.lang.clone(), form.kind)],
            articles: Languages::ALL,
            namesakes: gazetteer::namesakes(&form.text),
        };
        place.articles = place.articles_of(form);
        place
    }

    /// The articles in which its form in one language counts.
    fn articles_of(&self, form: &gazetteer::Form) -> Languages {
        match self.is_another_word() {
            true => Languages::of_table(&form.lang),
            false => Languages::of_form(&form.text, &form.lang),
        }
    }

    /// Whether it is only of the government: it neither takes the place of names within it, nor gives way to longer ones.
    pub fn is_of_government(&self) -> bool {
        let kind = self.forms.first().map(|(_, kind)| *kind);
        matches!(kind, Some(FormKind::Leader | FormKind::Office))
    }

    fn is_another_word(&self) -> bool {
        self.namesakes.is_some_and(|namesakes| namesakes.is_word)
    }

    /// A name that only takes the place of another within it, in any language.
    pub fn mask() -> Self {
        Self {
            label: "".into(),
            forms: Vec::new(),
            articles: Languages::ALL,
            namesakes: None,
        }
    }
}

impl Detail {
    /// Whether it is a form of a state.
    pub fn is_place(&self) -> bool {
        matches!(self.meaning, Meaning::Place(_))
    }

    /// Notes that the same words are a form in one more language.
    pub fn also(&mut self, form: &gazetteer::Form) {
        let (lang, kind) = (form.lang.clone(), form.kind);
        if !form.cased && lang != "*" {
            match &mut self.stems {
                StemUse::In(langs) => langs.push(lang.clone()),
                stems => *stems = StemUse::In(vec![lang.clone()]),
            }
        }
        if let Meaning::Place(place) = &mut self.meaning {
            place.articles = place.articles.or(place.articles_of(form));
            place.forms.push((lang, kind));
            if !place.is_another_word() && Languages::is_shared(&form.text, place.forms.len()) {
                place.articles = Languages::ALL;
            }
        }
    }

    /// How a match came about, for people: by stem or not, in an article of this language.
    pub fn why(&self, stemmed: bool, lang: Option<&str>) -> String {
        match &self.meaning {
            Meaning::Term(term) if stemmed => format!("{term} (stem)"),
            Meaning::Term(term) => term.to_string(),
            Meaning::Name(form) => {
                let NameForm { label, name } = &**form;
                match name.likeness {
                    Likeness::Fuzzy(_) => format!("{label} (like {})", name.text),
                    _ if stemmed => format!("{label} ({}, stem)", name.text),
                    _ => format!("{label} ({})", name.text),
                }
            }
            Meaning::Place(place) => {
                let of_lang = place.forms.iter().find(|(of, _)| Some(of.as_str()) == lang);
                match of_lang.or(place.forms.first()) {
                    Some((of, kind)) => format!("{} ({of} {})", place.label, kind_name(*kind)),
                    None => place.label.to_string(),
                }
            }
        }
    }
}

impl Meaning {
    /// What it is known by: terms before names before states, those that must match most closely first. Tells
    /// terms apart without regard to what else is compiled.
    pub fn rank(&self) -> (u8, Option<Likeness>, &str) {
        match self {
            Self::Term(term) => (0, Some(term.likeness), &term.text),
            Self::Name(form) => (1, None, &form.label),
            Self::Place(place) => (2, None, &place.label),
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

/// The tokens of a text as they are read in it.
pub(in crate::rules) fn written(text: &str, analysis: &Analysis) -> Box<[Box<str>]> {
    let tokens = analysis.tokens.iter();
    tokens
        .map(|token| as_read(&text[token.start as usize..token.end as usize]).into())
        .collect()
}

fn kind_name(kind: FormKind) -> &'static str {
    match kind {
        FormKind::Name => "name",
        FormKind::Adjective => "adjective",
        FormKind::Capital => "capital",
        FormKind::Metonym => "metonym",
        FormKind::Leader => "leader",
        FormKind::Office => "office",
    }
}

/// An index as it is stored.
pub(in crate::rules) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 4 billion terms and tokens: they fit into memory")
}
