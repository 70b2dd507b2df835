//! Terms: what their signs mean, and which of them could match nothing or nearly everything.

use std::ops::Range;

use super::ast::{ExprKind, Likeness, Term};
use super::parser::parse;
use crate::rules::engine::fuzzy::tolerance;
use crate::rules::engine::regex_parts::required_literals;
use crate::rules::error::Mistake;
use crate::text::{self, gazetteer};

/// Letters before the star: fewer begin too many words.
const PREFIX_LETTERS_MIN: usize = 3;

/// A term as the lexer found it, with the sense of its signs.
pub(super) fn finished(term: Term, at: Range<usize>) -> Result<Term, Mistake> {
    if matches!(term.likeness, Likeness::Stem | Likeness::Exact) && is_word_in_capitals(&term.text)
    {
        return Err(capitals(&term.text, at));
    }
    match term.likeness {
        Likeness::Stem | Likeness::Prefix => starred(term, at),
        Likeness::Exact | Likeness::Cased => match term.text.ends_with('*') {
            true => {
                let plain = term.text.trim_end_matches('*').to_owned();
                Err(Mistake::new(
                    at,
                    "`=` asks for the whole word, the star for its beginning",
                )
                .help(format!("write \"{plain}*\" or =\"{plain}\"")))
            }
            false => Ok(term),
        },
        Likeness::Fuzzy(most) => {
            let tokens = text::analyse(&term.text, None).tokens;
            let bends = tokens
                .iter()
                .any(|token| !token.spaceless && tolerance(&token.fold, most) > 0);
            if bends {
                return Ok(term);
            }
            Err(Mistake::new(
                at,
                format!(
                    "~\"{}\" has no word of 4 letters, so none of them may be wrong",
                    term.text
                ),
            )
            .help(format!("write \"{}\"", term.text)))
        }
        Likeness::Regex => match required_literals(&term.text) {
            Ok(_) => Ok(term),
            Err(why) => Err(Mistake::new(at, why.message).help(why.help)),
        },
    }
}

/// Whether it is an abbreviation that in small letters is one of the commonest words (US and us, WHO and who).
fn is_word_in_capitals(text: &str) -> bool {
    let in_capitals = text.chars().count() > 1 && text.chars().all(char::is_uppercase);
    in_capitals && text::is_function_word(&text::fold(text))
}

fn capitals(text: &str, at: Range<usize>) -> Mistake {
    let small = text.to_lowercase();
    let country = gazetteer::codes().find(|code| {
        let forms = gazetteer::forms(code);
        forms.iter().any(|form| form.cased && form.text == *text)
    });
    let country = country.map_or_else(String::new, |code| format!(" or country:{code}"));
    Mistake::new(
        at,
        format!("\"{text}\" finds the word \"{small}\" too: capitals do not count"),
    )
    .help(format!("write =Aa\"{text}\"{country}"))
}

/// The abbreviation and the word in small letters that a message of [`capitals`] is about.
pub(in crate::rules) fn folded_abbreviation(message: &str) -> Option<(&str, &str)> {
    let mut quoted = message.split('"').skip(1).step_by(2);
    let pair = (quoted.next()?, quoted.next()?);
    let told = capitals(pair.0, 0..0).message;
    (told == message).then_some(pair)
}

/// `"pre*"`: the star stands behind the last word.
fn starred(term: Term, at: Range<usize>) -> Result<Term, Mistake> {
    let Some(text) = term.text.strip_suffix('*') else {
        let inner = term.text.match_indices('*').find(|(index, star)| {
            let before = term.text[..*index].chars().next_back();
            let after = term.text[index + star.len()..].chars().next();
            let touches = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
            touches(before) || touches(after)
        });
        return match inner {
            Some(_) => Err(Mistake::new(at, "a star stands only behind the last word of a term")
                .help("\"minist*\" finds what begins so; for other endings or beginnings list the words: any(\"...\", \"...\")")),
            None => Ok(term),
        };
    };
    let analysis = text::analyse(text, None);
    let Some(last) = analysis.tokens.last() else {
        return Err(Mistake::new(at, "a star without a word finds every word")
            .help("write at least 3 letters before it: \"min*\""));
    };
    let touches = last.end as usize == text.len();
    if last.spaceless {
        return Err(
            Mistake::new(at, "in a script without spaces every term may go on").help(format!(
                "write \"{text}\": it finds what begins so, without a star"
            )),
        );
    }
    let letters = last.fold.chars().count();
    if !touches || letters < PREFIX_LETTERS_MIN {
        return Err(Mistake::new(
            at,
            format!("{letters} letters before a star begin too many words"),
        )
        .help("write at least 3 letters before it, or list the words: any(\"...\", \"...\")"));
    }
    Ok(Term {
        text: text.to_owned(),
        likeness: Likeness::Prefix,
    })
}

/// A term as lists hold it: bare words, or a term with its signs.
pub(in crate::rules) fn list_term(text: &str) -> Result<Term, Mistake> {
    let trimmed = text.trim();
    let is_regex = trimmed.len() > 2 && trimmed.starts_with('/') && trimmed.ends_with('/');
    if trimmed.starts_with(['=', '~']) || is_regex {
        return match parse(text)?.kind {
            ExprKind::Term(term) => Ok(term),
            _ => Err(
                Mistake::new(0..text.len(), "a list holds terms, not conditions").help(
                    "write a word, a phrase, =\"exact\", =Aa\"Cased\", pre*, ~\"fuzzy\" or /regex/",
                ),
            ),
        };
    }
    let plain = Term {
        text: text.to_owned(),
        likeness: Likeness::Stem,
    };
    let term = finished(plain, 0..text.len())?;
    if text::analyse(&term.text, None).tokens.is_empty() {
        return Err(
            Mistake::new(0..text.len(), "this term has no word to look for")
                .help("write a word or a phrase, or take it out"),
        );
    }
    Ok(term)
}

/// A name of a person or an organisation; `misspellings` letters of each word may be wrong.
pub(in crate::rules) fn parse_name(text: &str, misspellings: u8) -> Result<Vec<Term>, Mistake> {
    let term = list_term(text)?;
    let mut terms = vec![term.clone()];
    if misspellings > 0 && term.likeness == Likeness::Stem {
        let likeness = Likeness::Fuzzy(misspellings);
        // Names too short to be bent are looked for as they are.
        terms.extend(finished(Term { likeness, ..term }, 0..text.len()).ok());
    }
    Ok(terms)
}
