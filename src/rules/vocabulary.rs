//! The words of the rule language that are not punctuation: relations, entities, functions,
//! and what they may be applied to.

use std::ops::Range;

use super::ast::{Expr, ExprKind, Relation};
use super::error::{Mistake, nearest};

/// What may stand before `(`.
const FUNCTIONS: &[&str] = &[
    "all", "any", "body", "count", "first", "later", "lead", "main", "score", "title",
];

/// The relation that a word names.
pub(super) fn relation_of(word: &str, at: Range<usize>) -> Result<Relation, Mistake> {
    match word {
        "in-sentence" => return Ok(Relation::InSentence),
        "in-paragraph" => return Ok(Relation::InParagraph),
        _ => {}
    }
    let small = word.to_lowercase();
    let distance = small.strip_prefix("near").or(small.strip_prefix('w'));
    if let Some(distance) = distance
        && let Some(number) = distance.strip_prefix('/')
    {
        return near(word, number, at);
    }
    if small == "near" {
        return Err(Mistake::new(at, "`near` needs a number of words").help("write near/5"));
    }
    let known = ["near/5", "in-sentence", "in-paragraph", "and", "or"];
    let help = match nearest(&small, known.into_iter()) {
        Some(near) => {
            format!("did you mean `{near}`? A word to look for stands in quotes: \"{word}\"")
        }
        None => format!("a word to look for stands in quotes: \"{word}\""),
    };
    Err(Mistake::new(at, format!("`{word}` is not an operator")).help(help))
}

fn near(word: &str, number: &str, at: Range<usize>) -> Result<Relation, Mistake> {
    match number.parse::<u16>() {
        Ok(0) => Err(Mistake::new(at, "near/0 can never be true").help(
            "near/1 means side by side; a phrase is written as one term: \"foreign minister\"",
        )),
        Ok(words) if word.starts_with("near/") => Ok(Relation::Near(words.into())),
        Ok(words) => Err(Mistake::new(at, format!("`{word}` is not an operator"))
            .help(format!("write near/{words}"))),
        Err(_) => Err(
            Mistake::new(at, format!("`{word}` needs a number of words"))
                .help(format!("write near/5; the most is {}", u16::MAX)),
        ),
    }
}

/// The entity that a word names.
pub(super) fn entity(word: &str, at: Range<usize>) -> Result<ExprKind, Mistake> {
    match word.split_once(':') {
        Some(("country", code)) => return Ok(ExprKind::Country(code.to_owned())),
        Some((kind, _)) => {
            return Err(
                Mistake::new(at, format!("`{kind}:` is not a kind of entity"))
                    .help("known: country:"),
            );
        }
        None => {}
    }
    if FUNCTIONS.contains(&word) {
        return Err(
            Mistake::new(at, format!("`{word}` is a function")).help(format!(
                "write {word}(...); to look for the word write \"{word}\""
            )),
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

/// What to say of a function that there is not.
pub(super) fn unknown_function(name: &str, at: Range<usize>) -> Mistake {
    let known = FUNCTIONS.join(", ");
    let nearest = nearest(name, FUNCTIONS.iter().copied());
    let meant = nearest.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    Mistake::new(at, format!("`{name}` is not a function")).help(format!("{meant}known: {known}"))
}

/// An operand of a relation or of `count` must be a thing that stands somewhere.
pub(super) fn check_placed(expr: &Expr, place: &str) -> Result<(), Mistake> {
    let fault = match &expr.kind {
        ExprKind::All(_) => "several things at once",
        ExprKind::Not(_) => "what is absent",
        ExprKind::Count { .. } | ExprKind::Score { .. } => "a number",
        ExprKind::Within { inner, .. } => return check_placed(inner, place),
        ExprKind::Any(parts) => return parts.iter().try_for_each(|part| check_placed(part, place)),
        ExprKind::Term(_) | ExprKind::List(_) | ExprKind::Country(_) | ExprKind::Related { .. } => {
            return Ok(());
        }
    };
    Err(
        Mistake::new(expr.at.clone(), format!("{place} cannot take {fault}")).help(
            "it takes terms, lists, entities, any(...) and relations; for three things chain them: \"a\" in-sentence \"b\" in-sentence \"c\"",
        ),
    )
}
