//! What can be seen of a regular expression before it is compiled: what must stand in whatever it matches, how large it
//! becomes, and why it is refused.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::text;

/// Letters that must stand in a row in whatever matches; a character of a script without spaces says as
/// much as two.
const LITERAL_LETTERS_MIN: usize = 3;
/// Size of an expression, in ranges of characters: `\w` has some 770.
const SIZE_MAX: usize = 20_000;
/// Characters that the repetitions with a bound (`.{0,200}`) of an expression stand for: each is a state that searching
/// may have to carry along.
const GAP_MAX: usize = 1_000;
/// Literals of one expression; more say as little as none.
const LITERALS_MAX: usize = 64;

/// Why a regular expression is refused.
#[derive(Debug)]
pub(in crate::rules) struct Refusal {
    pub message: String,
    pub help: String,
}

/// The literals, in small letters, of which one must stand in whatever an expression matches.
///
/// # Errors
/// When it is no regular expression, too large, or has no such literal.
pub(in crate::rules) fn required_literals(written: &str) -> Result<Vec<String>, Refusal> {
    let parsed = regex_syntax::parse(written).map_err(|error| {
        let why = match &error {
            regex_syntax::Error::Parse(error) => error.kind().to_string(),
            regex_syntax::Error::Translate(error) => error.kind().to_string(),
            _ => error.to_string(),
        };
        Refusal {
            message: format!("this is no regular expression: {why}"),
            help: "the syntax is that of the Rust crate regex; a sign that stands for itself is written \\( or \\.".to_owned(),
        }
    })?;
    if size(&parsed) > SIZE_MAX || gap(&parsed) > GAP_MAX {
        return Err(Refusal {
            message: "this regular expression is too large".to_owned(),
            help: "lower the numbers in {...}, or write what it stands for as a list of terms"
                .to_owned(),
        });
    }
    let best = required(&parsed).filter(|set| weight(set) >= LITERAL_LETTERS_MIN);
    best.ok_or_else(|| Refusal {
        message: "nothing in this regular expression must be there: it would be tried on every word".to_owned(),
        help: "at least 3 letters in a row must stand in whatever it matches: /CVE-\\d+/, not /\\w+-\\d+/".to_owned(),
    })
}

/// How many characters the repetitions with a bound in an expression stand for.
pub(super) fn gap_of(written: &str) -> usize {
    regex_syntax::parse(written).map_or(0, |parsed| gap(&parsed))
}

fn gap(part: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().map(gap).fold(0, usize::saturating_add);
    match part.kind() {
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(repeated.min) as usize;
            match times {
                0 | 1 => gap(&repeated.sub),
                _ => times.saturating_mul(gap(&repeated.sub).max(1)),
            }
        }
        HirKind::Capture(capture) => gap(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => 0,
    }
}

/// How large an expression becomes.
fn size(part: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().map(size).fold(0, usize::saturating_add);
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(repeated.min.saturating_add(1));
            size(&repeated.sub).saturating_mul(times.max(1) as usize)
        }
        HirKind::Capture(capture) => size(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
    }
}

/// Letters of the shortest of these.
fn weight(set: &[String]) -> usize {
    let letters = |literal: &String| -> usize {
        let counted = literal.chars().filter(|c| c.is_alphanumeric());
        counted
            .map(|c| 1 + usize::from(text::is_spaceless(c)))
            .sum()
    };
    set.iter().map(letters).min().unwrap_or(0)
}

fn required(part: &Hir) -> Option<Vec<String>> {
    if let Some(literal) = exact(part) {
        return Some(vec![literal]);
    }
    match part.kind() {
        HirKind::Repetition(repeated) if repeated.min >= 1 => required(&repeated.sub),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Concat(parts) => in_a_row(parts),
        HirKind::Alternation(parts) => {
            let sets: Option<Vec<_>> = parts.iter().map(required).collect();
            sets.map(|sets| sets.concat())
                .filter(|set| set.len() <= LITERALS_MAX)
        }
        _ => None,
    }
}

/// The best of what stands one after the other; what is exact is joined.
fn in_a_row(parts: &[Hir]) -> Option<Vec<String>> {
    let mut sets = Vec::new();
    let mut run = String::new();
    for part in parts {
        match exact(part) {
            Some(literal) => run.push_str(&literal),
            None => {
                sets.push(vec![std::mem::take(&mut run)]);
                sets.extend(required(part));
            }
        }
    }
    sets.push(vec![run]);
    sets.into_iter().max_by_key(|set| weight(set))
}

/// What a part matches, in small letters, if it is one text only.
fn exact(part: &Hir) -> Option<String> {
    match part.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(lowered),
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(exact).collect(),
        HirKind::Class(Class::Unicode(class)) => {
            /// A letter has no more forms than that.
            const FORMS_MAX: usize = 4;
            let letters = class
                .ranges()
                .iter()
                .flat_map(|range| range.start()..=range.end());
            let mut forms: Vec<char> = letters.take(FORMS_MAX + 1).collect();
            let is_letter = forms.len() <= FORMS_MAX;
            forms.iter_mut().for_each(|form| *form = small(*form));
            forms.dedup();
            match forms[..] {
                [letter] if is_letter => Some(letter.to_string()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Adds a text in small letters.
pub(super) fn lower_into(text: &str, lower: &mut String) {
    if text.is_ascii() {
        let begun = lower.len();
        lower.push_str(text);
        lower[begun..].make_ascii_lowercase();
        return;
    }
    // Most letters are small already, and copied in one go.
    let mut copied = 0;
    for (at, letter) in text.char_indices() {
        let small = small(letter);
        if small != letter {
            lower.push_str(&text[copied..at]);
            lower.push(small);
            copied = at + letter.len_utf8();
        }
    }
    lower.push_str(&text[copied..]);
}

/// Small letters, one by one, so that a part of a text is a part of the text.
fn lowered(text: &str) -> String {
    text.chars().map(small).collect()
}

fn small(letter: char) -> char {
    match letter {
        '\0'..='\u{7f}' => letter.to_ascii_lowercase(),
        // What has no capitals, or is none: most letters of the news, and the table is slow.
        '\u{df}'..='\u{ff}' | '\u{430}'..='\u{45f}' | '\u{5d0}'..='\u{109f}' => letter,
        '\u{3000}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}' => letter,
        'ſ' => 's',
        'ς' => 'σ',
        _ => {
            let mut lower = letter.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => letter,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn letters_without_capitals_stay() {
        for letter in '\0'..=char::MAX {
            let lower: Vec<char> = letter.to_lowercase().collect();
            let expected = match (letter, &lower[..]) {
                ('ſ', _) => 's',
                ('ς', _) => 'σ',
                (_, [one]) => *one,
                _ => letter,
            };
            assert_eq!(small(letter), expected);
        }
    }

    #[test]
    fn literals_that_must_be_there() {
        for (written, expected) in [
            (r"CVE-\d{4}-\d+", Some("cve-")),
            (r"(?i)cve[- ]\d+", Some("cve")),
            (r"\d+ (million|billion) dollars?", Some("million|billion")),
            (r"\d+(?:bn|million)", None),
            (r"(Boeing|Airbus) \d+", Some("boeing|airbus")),
            (r"(abc)?def", Some("def")),
            (r"(abc)+", Some("abc")),
            (r"俄罗\w", Some("俄罗")),
            (r"\w+", None),
            (r"ab\d", None),
            (r"abc*", None),
            ("[Ss]anksi", Some("sanksi")),
        ] {
            let found = required_literals(written).ok().map(|set| set.join("|"));
            assert_eq!(found.as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn what_is_not_too_large_compiles() {
        for written in [
            r"abc\w{25}",
            r"abc[^a]{900}",
            r"(?i)abc(\pL|\d){20}",
            r"abc.{1000}",
        ] {
            assert!(required_literals(written).is_ok(), "{written}");
            assert!(Regex::new(written).is_ok(), "{written}");
        }
    }

    #[test]
    fn what_is_refused_is_told() {
        for (written, message) in [
            ("abc(", "no regular expression"),
            (r"abc\w{900}", "too large"),
            (r"abc.{1001}", "too large"),
            (r"(\w+)\1abc", "no regular expression"),
            (r".*", "must be there"),
            (r"abc(\w{20}){20}", "too large"),
        ] {
            let refusal = required_literals(written).expect_err(written);
            assert!(refusal.message.contains(message), "{refusal:?}");
        }
    }
}
