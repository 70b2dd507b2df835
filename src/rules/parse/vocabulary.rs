//! The words of the rule language that are not punctuation: relations, entities, functions,
//! and what they may be applied to.

use std::ops::Range;

use super::ast::{Entity, EntityKind, Expr, ExprKind, Relation};
use crate::rules::error::{Mistake, nearest};

/// What may stand before `(`.
pub(super) const FUNCTIONS: &[&str] = &[
    "all", "any", "body", "count", "distinct", "first", "later", "lead", "main", "score", "title",
];

/// What is asked of the article as a whole.
pub(super) const FACTS: &[&str] = &[
    "age",
    "author",
    "feed",
    "feed-country",
    "lang",
    "tag",
    "url",
    "words",
];

/// The relation that a word names.
pub(super) fn relation_of(word: &str, at: Range<usize>) -> Result<Relation, Mistake> {
    match word {
        "in-sentence" => return Ok(Relation::InSentence),
        "in-paragraph" => return Ok(Relation::InParagraph),
        _ => {}
    }
    let small = word.to_lowercase();
    if let Some((is_ordered, number)) = foreign_distance(&small) {
        return within_words(word, number, is_ordered, at);
    }
    if small == "near" || small == "before" {
        return Err(
            Mistake::new(at, format!("`{small}` needs a number of words"))
                .help(format!("write {small}/5")),
        );
    }
    let known = [
        "near/5",
        "before/5",
        "in-sentence",
        "in-paragraph",
        "and",
        "or",
    ];
    let help = match nearest(&small, known.into_iter()) {
        Some(near) => {
            format!("did you mean `{near}`? A word to look for stands in quotes: \"{word}\"")
        }
        None => format!("a word to look for stands in quotes: \"{word}\""),
    };
    Err(Mistake::new(at, format!("`{word}` is not an operator")).help(help))
}

/// What this and other languages write before a number of words, and whether the order counts.
const DISTANCES: &[(&str, bool)] = &[
    ("near", false),
    ("before", true),
    ("onear", true),
    ("pre", true),
    ("adj", false),
    ("w", false),
];

/// Whether the order counts, and what stands where the number of words does, of a word in small letters.
fn foreign_distance(small: &str) -> Option<(bool, &str)> {
    let digits = |rest: &&str| rest.starts_with(|c: char| c.is_ascii_digit());
    DISTANCES.iter().find_map(|(sign, is_ordered)| {
        let rest = small.strip_prefix(sign)?;
        let number = rest.strip_prefix('/').or(Some(rest).filter(digits))?;
        Some((*is_ordered, number))
    })
}

/// `near` or `before`, and the number of words, of a distance in whatever language.
pub(super) fn distance(small: &str) -> Option<(&'static str, u16)> {
    let (is_ordered, number) = foreign_distance(small)?;
    let words = number.parse().ok().filter(|words| *words > 0)?;
    Some((sign(is_ordered), words))
}

fn sign(is_ordered: bool) -> &'static str {
    match is_ordered {
        true => "before",
        false => "near",
    }
}

fn within_words(
    word: &str,
    number: &str,
    is_ordered: bool,
    at: Range<usize>,
) -> Result<Relation, Mistake> {
    let sign = sign(is_ordered);
    match number.parse::<u16>() {
        Ok(0) => Err(
            Mistake::new(at, format!("{sign}/0 can never be true")).help(format!(
                "{sign}/1 means side by side; a phrase is written as one term: \"foreign minister\""
            )),
        ),
        Ok(words) if word == format!("{sign}/{words}") => Ok(match is_ordered {
            true => Relation::Before(words.into()),
            false => Relation::Near(words.into()),
        }),
        Ok(words) => Err(Mistake::new(at, format!("`{word}` is not an operator"))
            .help(format!("write {sign}/{words}"))),
        Err(_) => Err(
            Mistake::new(at, format!("`{word}` needs a number of words"))
                .help(format!("write {sign}/5; the most is {}", u16::MAX)),
        ),
    }
}

/// The entity that a word names.
pub(in crate::rules) fn entity(word: &str, at: Range<usize>) -> Result<ExprKind, Mistake> {
    if let Some((sign, name)) = word.split_once(':') {
        return named_entity(sign, name, at);
    }
    if FUNCTIONS.contains(&word) {
        return Err(
            Mistake::new(at, format!("`{word}` is a function")).help(format!(
                "write {word}(...); to look for the word write \"{word}\""
            )),
        );
    }
    if FACTS.contains(&word) {
        return Err(
            Mistake::new(at, format!("`{word}` needs something to be compared with")).help(
                format!(
                    "write {}; to look for the word write \"{word}\"",
                    fact_example(word)
                ),
            ),
        );
    }
    if relation_of(word, at.clone()).is_ok() {
        return Err(
            Mistake::new(at, format!("`{word}` where a term should stand"))
                .help(format!("it stands between two terms: \"a\" {word} \"b\"")),
        );
    }
    Err(
        Mistake::new(at, format!("`{word}` stands without quotes")).help(format!(
            "write \"{word}\" to look for it, ${word} for the list"
        )),
    )
}

fn named_entity(sign: &str, name: &str, at: Range<usize>) -> Result<ExprKind, Mistake> {
    if let Some(kind) = EntityKind::of_sign(sign) {
        if name.is_empty() {
            return Err(Mistake::new(at, format!("`{sign}:` without a name"))
                .help(format!("write {}, without a space", entity_example(kind))));
        }
        let (name, listed) = (name.to_owned(), false);
        return Ok(ExprKind::Entity(Entity { kind, name, listed }));
    }
    if FACTS.contains(&sign) {
        return Err(
            Mistake::new(at, format!("`{sign}:` needs a text in quotes"))
                .help(format!("write {}", fact_example(sign))),
        );
    }
    let signs = EntityKind::ALL.map(EntityKind::sign);
    let meant = nearest(sign, signs.into_iter());
    let meant = meant.map_or_else(String::new, |near| format!("did you mean `{near}:`? "));
    let known = signs.map(|sign| format!("{sign}:")).join(", ");
    Err(
        Mistake::new(at, format!("`{sign}:` is not a kind of entity"))
            .help(format!("{meant}known: {known}")),
    )
}

fn entity_example(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Country => "country:CN",
        EntityKind::Capital => "capital:CN",
        EntityKind::Gov => "gov:CN",
        EntityKind::Region => "region:ASEAN",
        EntityKind::Group => "group:EU",
        EntityKind::Person => "person:NAME for [person.NAME]",
        EntityKind::Org => "org:NAME for [org.NAME]",
    }
}

/// How what is asked of the article as a whole is written.
pub(super) fn fact_example(word: &str) -> &'static str {
    match word {
        "age" => "age < 2d",
        "author" => "author:\"Jane Doe\"",
        "feed" => "feed in [\"antaranews.com\"]",
        "feed-country" => "feed-country == \"ID\"",
        "lang" => "lang in [id, ms]",
        "tag" => "tag:\"asia\"",
        "url" => "url:\"*.go.id/*\"",
        _ => "words >= 200",
    }
}

/// What to say of a function that there is not.
pub(in crate::rules) fn unknown_function(name: &str, at: Range<usize>) -> Mistake {
    let known = FUNCTIONS.join(", ");
    let nearest = nearest(name, FUNCTIONS.iter().copied());
    let meant = nearest.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    Mistake::new(at, format!("`{name}` is not a function")).help(format!("{meant}known: {known}"))
}

/// An operand of a relation or of `count` must be a thing that stands somewhere.
pub(in crate::rules) fn check_placed(expr: &Expr, place: &str) -> Result<(), Mistake> {
    let fault = match &expr.kind {
        ExprKind::All(_) | ExprKind::Several { .. } => "several things at once",
        ExprKind::Not(_) => "what is absent",
        ExprKind::Count { .. } | ExprKind::Distinct { .. } | ExprKind::Score { .. } => "a number",
        ExprKind::Fact(_) => "what is no word of the text",
        ExprKind::Within { inner, .. } => return check_placed(inner, place),
        ExprKind::Any(parts) => return parts.iter().try_for_each(|part| check_placed(part, place)),
        ExprKind::Term(_) | ExprKind::List(_) | ExprKind::Entity(_) | ExprKind::Related { .. } => {
            return Ok(());
        }
    };
    Err(
        Mistake::new(expr.at.clone(), format!("{place} cannot take {fault}")).help(
            "it takes terms, lists, entities, any(...) and relations; for three things chain them: \"a\" in-sentence \"b\" in-sentence \"c\"",
        ),
    )
}
