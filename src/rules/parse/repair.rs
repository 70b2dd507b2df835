//! A rule in the spelling of another search language, put into the one of this: for the help of a mistake.
//!
//! Only spellings are changed (`AND`, `&&`, `w/5`, typographic quotes, words without quotes). What comes out is
//! offered only where it parses.

use super::lexer::TYPOGRAPHIC_QUOTES;
use super::vocabulary::{FACTS, FUNCTIONS, distance};

/// The rule in this spelling; `None` when nothing in it is foreign.
pub(super) fn repaired(text: &str) -> Option<String> {
    let mut repair = Repair {
        text,
        at: 0,
        out: String::new(),
        is_behind_operand: false,
    };
    while let Some(first) = text[repair.at..].chars().next() {
        repair.step(first)?;
    }
    (repair.out != text).then_some(repair.out)
}

struct Repair<'a> {
    text: &'a str,
    at: usize,
    out: String,
    /// A term, a closing bracket or the like stands before.
    is_behind_operand: bool,
}

impl Repair<'_> {
    /// Takes what begins here; `None` when it has no end.
    fn step(&mut self, first: char) -> Option<()> {
        match first {
            '"' => self.quoted(|c| c == '"')?,
            '\'' => self.quoted(|c| c == '\'')?,
            '/' => self.regex()?,
            _ if TYPOGRAPHIC_QUOTES.contains(&first) => {
                self.quoted(|c| c == '"' || TYPOGRAPHIC_QUOTES.contains(&c))?;
            }
            '&' | '|' | '!' => {
                let doubled = self.text[self.at + 1..].starts_with(first);
                self.at += 1 + usize::from(doubled);
                self.operator(match first {
                    '&' => "and",
                    '|' => "or",
                    _ => "not",
                });
            }
            _ if is_word(first) => self.word(),
            _ => {
                if !first.is_whitespace() {
                    self.is_behind_operand = matches!(first, ')' | ']');
                }
                self.out.push(first);
                self.at += first.len_utf8();
            }
        }
        Some(())
    }

    /// A term in whatever quotes.
    fn quoted(&mut self, is_end: impl Fn(char) -> bool) -> Option<()> {
        let rest = &self.text[self.at..];
        let opening = rest.chars().next().map_or(0, char::len_utf8);
        let (end, closing) = end_of(&rest[opening..], is_end)?;
        let term = &rest[opening..opening + end];
        self.out.push_str(&format!("\"{term}\""));
        self.at += opening + end + closing;
        self.is_behind_operand = true;
        Some(())
    }

    /// A regular expression stays as it is.
    fn regex(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        let (end, closing) = end_of(&rest[1..], |c| c == '/')?;
        self.out.push_str(&rest[..1 + end + closing]);
        self.at += 1 + end + closing;
        self.is_behind_operand = true;
        Some(())
    }

    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let length: usize = rest
            .chars()
            .take_while(|c| is_word(*c))
            .map(char::len_utf8)
            .sum();
        let word = &rest[..length];
        self.at += length;
        let small = word.to_lowercase();
        match small.as_str() {
            "and" | "or" | "not" => self.operator(&small),
            "andnot" => self.operator("not"),
            _ => match distance(&small) {
                Some((sign, words)) => self.operator(&format!("{sign}/{words}")),
                None => self.operand(word),
            },
        }
    }

    /// A word that is no operator: one to look for where it is nothing else.
    fn operand(&mut self, word: &str) {
        let next = self.text[self.at..].trim_start().chars().next();
        let before = self.out.trim_end();
        let is_value = before.ends_with(['[', ',', '<', '=', '$']);
        let is_own = word.contains([':', '/', '.'])
            || next == Some('(')
            || is_value
            || word.starts_with(['=', '~', '$'])
            || FACTS.contains(&word)
            || FUNCTIONS.contains(&word)
            || ["in", "of", "in-sentence", "in-paragraph"].contains(&word)
            || word.starts_with(|c: char| c.is_ascii_digit());
        if is_own {
            self.out.push_str(word);
        } else {
            self.out.push_str(&format!("\"{word}\""));
        }
        let relates = ["in-sentence", "in-paragraph"].contains(&word);
        self.is_behind_operand = next != Some('(') && !relates;
    }

    fn operator(&mut self, word: &str) {
        let spaced = self.out.is_empty() || self.out.ends_with([' ', '\n', '\t', '(']);
        if !spaced {
            self.out.push(' ');
        }
        if word == "not" && self.is_behind_operand {
            self.out.push_str("and ");
        }
        self.out.push_str(word);
        if !self.text[self.at..].starts_with(char::is_whitespace) {
            self.out.push(' ');
        }
        self.is_behind_operand = false;
    }
}

/// Where what was opened ends: bytes before the closing sign, and those of the sign.
fn end_of(text: &str, is_end: impl Fn(char) -> bool) -> Option<(usize, usize)> {
    let mut escaped = false;
    let (end, closing) = text.char_indices().find(|(_, c)| {
        let ends = is_end(*c) && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    })?;
    Some((end, closing.len_utf8()))
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '/' | ':' | '.' | '$' | '=' | '~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_spellings_become_ours() {
        for (foreign, ours) in [
            (r#""a" AND "b""#, Some(r#""a" and "b""#)),
            (r#""a"&&!"b""#, Some(r#""a" and not "b""#)),
            (r#""a" NOT "b""#, Some(r#""a" and not "b""#)),
            (
                r#""a" ANDNOT ("b" || "c")"#,
                Some(r#""a" and not ("b" or "c")"#),
            ),
            (
                r#""a" w/5 "b" NEAR/7 "c""#,
                Some(r#""a" near/5 "b" near/7 "c""#),
            ),
            (
                r#""a" PRE/3 "b" adj4 "c""#,
                Some(r#""a" before/3 "b" near/4 "c""#),
            ),
            ("“a b” and ‘c’", Some(r#""a b" and "c""#)),
            (
                "strike AND title(France)",
                Some(r#""strike" and title("France")"#),
            ),
            (r#"/ab\d+/ and "b"#, None),
            ("~Zelensky and =Aa", None),
            (r#""a" and lang in [id] and words >= 3"#, None),
            (
                r#"country:CN in-sentence =Aa"US" and 2 of ($a, "b", ~"fuzzy")"#,
                None,
            ),
        ] {
            assert_eq!(repaired(foreign).as_deref(), ours, "{foreign}");
        }
    }
}
