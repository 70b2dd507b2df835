//! An expression in words, for people who read what a watch found and never saw its rule.

use super::ast::{Entity, EntityKind, Expr, ExprKind, Likeness, Part, Relation, Term};
use crate::rules::facts::{Bound, FactTest};
use crate::text::gazetteer;

/// Alternatives that are named; the others are counted.
const ALTERNATIVES: usize = 3;

/// What the expression asks for, as a part of a sentence: `China and Russia in one paragraph`.
pub(in crate::rules) fn in_words(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Term(term) => of_term(term),
        ExprKind::List(name) => format!("a word of the list {name}"),
        ExprKind::Entity(entity) => of_entity(entity),
        ExprKind::All(parts) => joined(parts, " and ", usize::MAX),
        ExprKind::Any(parts) => joined(parts, " or ", ALTERNATIVES),
        ExprKind::Several { at_least, parts } => {
            format!("{at_least} of {}", joined(parts, ", ", usize::MAX))
        }
        ExprKind::Not(inner) => format!("no {}", nested(inner)),
        ExprKind::Related {
            relation,
            left,
            right,
        } => related(*relation, &nested(left), &nested(right)),
        ExprKind::Within { part, inner } => format!("{} {}", nested(inner), place(*part)),
        ExprKind::Count { inner, at_least } => {
            format!("{} at least {at_least} times", nested(inner))
        }
        ExprKind::Distinct { inner, at_least } => {
            format!("at least {at_least} different ones of {}", nested(inner))
        }
        ExprKind::Score { list, at_least } => {
            format!("a score of {at_least} in the list {list}")
        }
        ExprKind::Fact(test) => of_fact(test),
    }
}

/// A part of a longer phrase; what is joined itself stands in brackets.
fn nested(expr: &Expr) -> String {
    let words = in_words(expr);
    match &expr.kind {
        ExprKind::All(parts) | ExprKind::Any(parts) if parts.len() > 1 => format!("({words})"),
        ExprKind::Several { .. } | ExprKind::Related { .. } => format!("({words})"),
        _ => words,
    }
}

fn joined(parts: &[Expr], with: &str, most: usize) -> String {
    let named: Vec<String> = parts.iter().take(most).map(nested).collect();
    let named = named.join(with);
    match parts.len().saturating_sub(most) {
        0 => named,
        1 => format!("{named}{with}1 other"),
        more => format!("{named}{with}{more} others"),
    }
}

fn of_term(term: &Term) -> String {
    let text = &term.text;
    match term.likeness {
        Likeness::Stem | Likeness::Exact | Likeness::Cased => format!("\"{text}\""),
        Likeness::Prefix => format!("\"{text}…\""),
        Likeness::Fuzzy(_) => format!("\"{text}\" or nearly so"),
        Likeness::Regex => format!("what is like /{text}/"),
    }
}

fn of_entity(entity: &Entity) -> String {
    let name = entity.name.as_str();
    match entity.kind {
        EntityKind::Country => country(name),
        EntityKind::Capital => format!("the capital of {}", country(name)),
        EntityKind::Gov => format!("the government of {}", country(name)),
        EntityKind::Region => format!("a country of the region {name}"),
        EntityKind::Group => format!("{name} or a country of it"),
        EntityKind::Person if entity.listed => format!("a person of the list {name}"),
        EntityKind::Org if entity.listed => format!("an organisation of the list {name}"),
        EntityKind::Person | EntityKind::Org => name.to_owned(),
    }
}

/// A country's English name; its code where none is known.
fn country(code: &str) -> String {
    gazetteer::english_name(code).unwrap_or(code).to_owned()
}

fn related(relation: Relation, left: &str, right: &str) -> String {
    match relation {
        Relation::Near(1) => format!("{left} beside {right}"),
        Relation::Near(words) => format!("{left} within {words} words of {right}"),
        Relation::Before(words) => format!("{left} at most {words} words before {right}"),
        Relation::InSentence => format!("{left} and {right} in one sentence"),
        Relation::InParagraph => format!("{left} and {right} in one paragraph"),
    }
}

fn place(part: Part) -> String {
    match part {
        Part::Title => "in the title".to_owned(),
        Part::Lead => "in the lead".to_owned(),
        Part::Body => "in the body".to_owned(),
        Part::First(words) => format!("in the title or the first {words} words"),
        Part::Main => "in the main story".to_owned(),
        Part::Later => "in a later story of the page".to_owned(),
    }
}

fn of_fact(test: &FactTest) -> String {
    match test {
        FactTest::Lang(langs) => format!("the language {}", langs.join(" or ")),
        FactTest::Feed(feeds) => format!("the feed {}", feeds.join(" or ")),
        FactTest::FeedCountry(codes) => {
            let names: Vec<String> = codes.iter().map(|code| country(code)).collect();
            format!("a feed of {}", names.join(" or "))
        }
        FactTest::Tag(tag) => format!("the tag {tag}"),
        FactTest::Author(name) => format!("the author {name}"),
        FactTest::Url(pattern) => format!("an address like {pattern}"),
        FactTest::Words(Bound::AtLeast, words) => format!("at least {words} words"),
        FactTest::Words(Bound::Below, words) => format!("fewer than {words} words"),
        FactTest::Age(..) => {
            let age = test.to_string();
            age.replace(">=", "at least").replace('<', "below")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use crate::rules::parse::parse;

    #[test]
    fn every_form_of_a_rule_has_words() {
        for (rule, expected) in [
            (
                "\"a b\" and =\"c\" and =Aa\"D\"",
                "\"a b\" and \"c\" and \"D\"",
            ),
            (
                "\"minist*\" or ~\"Zelensky\"",
                "\"minist…\" or \"Zelensky\" or nearly so",
            ),
            (
                "country:CN in-paragraph country:RU",
                "China and Russia in one paragraph",
            ),
            (
                "gov:RU near/5 $talks",
                "the government of Russia within 5 words of a word of the list talks",
            ),
            ("\"a\" near/1 \"b\"", "\"a\" beside \"b\""),
            (
                "\"a\" before/3 any(\"b\", \"c\")",
                "\"a\" at most 3 words before (\"b\" or \"c\")",
            ),
            (
                "not title(any(\"a\", \"b\", \"c\", \"d\", \"e\"))",
                "no (\"a\" or \"b\" or \"c\" or 2 others) in the title",
            ),
            (
                "first(120, person:$staff) and 2 of (\"x\", \"y\", \"z\")",
                "a person of the list staff in the title or the first 120 words and (2 of \"x\", \"y\", \"z\")",
            ),
            (
                "count(\"a\") >= 3 and distinct(region:EU) >= 2",
                "\"a\" at least 3 times and at least 2 different ones of a country of the region EU",
            ),
            (
                "score($talks) >= 2.5 and \"a\" in-sentence capital:ID",
                "a score of 2.5 in the list talks and (\"a\" and the capital of Indonesia in one sentence)",
            ),
            (
                "\"a\" and words >= 200 and age < 2d and lang in [id, zh]",
                "\"a\" and at least 200 words and age below 2d and the language id or zh",
            ),
        ] {
            let expr = parse(rule).unwrap_or_else(|error| panic!("{rule}: {error:?}"));
            assert_eq!(in_words(&expr), expected, "{rule}");
        }
    }
}
