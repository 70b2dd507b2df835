//! Cuts a `match` expression into tokens and recognises what was written for another search language.

use std::ops::Range;

use super::ast::{Likeness, Term};
use crate::rules::error::Mistake;

/// A token with the bytes it stands in.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) struct Lexeme {
    pub at: Range<usize>,
    pub token: Token,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) enum Token {
    Open,
    Close,
    Comma,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `==`
    Equal,
    /// `[`
    OpenList,
    /// `]`
    CloseList,
    And,
    Or,
    Not,
    /// As written: a star at its end is looked at where a term may stand.
    Term(Term),
    /// `$name`, without the sign.
    List(String),
    Number(f64),
    /// Any other word: a function, a relation, an entity.
    Word(String),
}

/// Signs that some programs type for `"`.
pub(super) const TYPOGRAPHIC_QUOTES: &[char] = &[
    '“', '”', '„', '‟', '«', '»', '‘', '’', '‚', '「', '」', '＂',
];

/// Letters of a long word that may be wrong in `~"word"`.
const FUZZY_MAX: u8 = 2;

/// Cuts `text` into tokens.
pub(in crate::rules) fn lex(text: &str) -> Result<Vec<Lexeme>, Mistake> {
    let mut lexer = Lexer { text, at: 0 };
    let mut lexemes = Vec::new();
    while let Some(first) = lexer.skip_space() {
        let start = lexer.at;
        let token = lexer.token(first)?;
        lexemes.push(Lexeme {
            at: start..lexer.at,
            token,
        });
    }
    Ok(lexemes)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) -> Option<char> {
        let trimmed = self.rest().trim_start();
        self.at = self.text.len() - trimmed.len();
        self.rest().chars().next()
    }

    fn take(&mut self, bytes: usize) -> Range<usize> {
        let start = self.at;
        self.at += bytes;
        start..self.at
    }

    fn token(&mut self, first: char) -> Result<Token, Mistake> {
        match first {
            '(' => Ok(self.sign(Token::Open)),
            ')' => Ok(self.sign(Token::Close)),
            ',' => Ok(self.sign(Token::Comma)),
            '[' => Ok(self.sign(Token::OpenList)),
            ']' => Ok(self.sign(Token::CloseList)),
            '"' => self.string(Likeness::Stem),
            '=' if self.rest().starts_with("==") => {
                self.take(1);
                Ok(self.sign(Token::Equal))
            }
            '=' => self.exact(),
            '~' => self.fuzzy(),
            '/' => self.regex(),
            '$' => self.list(),
            '>' | '<' => self.comparison(),
            '&' | '|' | '!' => Err(self.borrowed_operator(first)),
            '\'' => Err(
                Mistake::new(self.at..self.at + 1, "terms stand in double quotes")
                    .help("write \"...\""),
            ),
            _ if TYPOGRAPHIC_QUOTES.contains(&first) => Err(self.typographic_quote(first)),
            _ if is_word(first) => self.word(),
            _ => Err(Mistake::new(
                self.at..self.at + first.len_utf8(),
                format!("`{first}` has no meaning here"),
            )
            .help("words to look for stand in double quotes: \"...\"")),
        }
    }

    fn sign(&mut self, token: Token) -> Token {
        self.take(1);
        token
    }

    /// A string with `\"` and `\\` as its only escapes.
    fn string(&mut self, likeness: Likeness) -> Result<Token, Mistake> {
        let start = self.at;
        self.take(1);
        let mut text = String::new();
        let mut escaped = false;
        let mut end = None;
        for (index, letter) in self.rest().char_indices() {
            match letter {
                '"' | '\\' if escaped => text.push(letter),
                '\\' if !escaped => {
                    escaped = true;
                    continue;
                }
                '"' => {
                    end = Some(index + 1);
                    break;
                }
                _ if escaped => text.extend(['\\', letter]),
                _ => text.push(letter),
            }
            escaped = false;
        }
        let Some(end) = end else {
            return Err(
                Mistake::new(start..self.text.len(), "this term has no closing quote")
                    .help("add `\"` where the term ends"),
            );
        };
        self.take(end);
        let at = start..self.at;
        if text.trim().is_empty() {
            return Err(Mistake::new(at, "an empty term is in every text")
                .help("write a word between the quotes, or take the term out"));
        }
        if !text.chars().any(char::is_alphanumeric) {
            return Err(
                Mistake::new(at, format!("\"{text}\" has neither a letter nor a digit"))
                    .help("only words are looked for, not punctuation"),
            );
        }
        Ok(Token::Term(Term { text, likeness }))
    }

    fn exact(&mut self) -> Result<Token, Mistake> {
        let start = self.at;
        let (sign, likeness) = if self.rest().starts_with("=Aa") {
            ("=Aa", Likeness::Cased)
        } else {
            ("=", Likeness::Exact)
        };
        self.take(sign.len());
        if self.rest().starts_with('"') {
            return self.string(likeness);
        }
        Err(
            Mistake::new(start..self.at, format!("`{sign}` belongs before a term"))
                .help("=\"word\" matches without stemming, =Aa\"Word\" letter by letter"),
        )
    }

    fn fuzzy(&mut self) -> Result<Token, Mistake> {
        let at = self.take(1);
        if self.rest().starts_with('"') {
            return self.string(Likeness::Fuzzy(FUZZY_MAX));
        }
        Err(Mistake::new(at, "`~` belongs before a term")
            .help("~\"Zelensky\" finds the word with up to two letters wrong"))
    }

    /// An expression between slashes; `\/` is a slash in it.
    fn regex(&mut self) -> Result<Token, Mistake> {
        let start = self.at;
        self.take(1);
        let mut text = String::new();
        let mut escaped = false;
        let mut end = None;
        for (index, letter) in self.rest().char_indices() {
            match letter {
                '/' if escaped => text.push('/'),
                _ if escaped => text.extend(['\\', letter]),
                '\\' => {
                    escaped = true;
                    continue;
                }
                '/' => {
                    end = Some(index + 1);
                    break;
                }
                _ => text.push(letter),
            }
            escaped = false;
        }
        let Some(end) = end else {
            return Err(Mistake::new(
                start..self.text.len(),
                "this regular expression has no closing `/`",
            )
            .help("write /CVE-\\d+/; a slash within it is written \\/"));
        };
        self.take(end);
        let likeness = Likeness::Regex;
        Ok(Token::Term(Term { text, likeness }))
    }

    fn list(&mut self) -> Result<Token, Mistake> {
        let start = self.at;
        self.take(1);
        let name: String = self
            .rest()
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
            .collect();
        self.take(name.len());
        if name.is_empty() {
            return Err(
                Mistake::new(start..self.at, "`$` without the name of a list")
                    .help("write $name for the terms of [list.name]"),
            );
        }
        Ok(Token::List(name))
    }

    fn comparison(&mut self) -> Result<Token, Mistake> {
        if self.rest().starts_with(">=") {
            self.take(2);
            return Ok(Token::AtLeast);
        }
        if self.rest().starts_with('<') && !self.rest().starts_with("<=") {
            return Ok(self.sign(Token::Less));
        }
        let sign = self.rest().chars().take_while(|c| "<>=".contains(*c));
        let length = sign.count();
        let at = self.take(length);
        Err(not_at_least(at))
    }

    fn borrowed_operator(&self, first: char) -> Mistake {
        let doubled = self.rest()[1..].starts_with(first);
        let at = self.at..self.at + 1 + usize::from(doubled);
        let word = match first {
            '&' => "and",
            '|' => "or",
            _ => "not",
        };
        Mistake::new(
            at.clone(),
            format!("`{}` is not an operator", &self.text[at]),
        )
        .help(format!("write `{word}`"))
    }

    fn typographic_quote(&self, first: char) -> Mistake {
        Mistake::new(
            self.at..self.at + first.len_utf8(),
            format!("`{first}` is a typographic quote"),
        )
        .help("terms stand in straight quotes: \"...\"")
    }

    fn word(&mut self) -> Result<Token, Mistake> {
        let length: usize = self
            .rest()
            .chars()
            .take_while(|c| is_word(*c))
            .map(char::len_utf8)
            .sum();
        let at = self.take(length);
        let word = &self.text[at.clone()];
        if let Ok(number) = word.parse::<f64>()
            && number.is_finite()
            && !word.contains(|c: char| c.is_ascii_alphabetic())
        {
            return Ok(Token::Number(number));
        }
        match word {
            "and" => Ok(Token::And),
            "or" => Ok(Token::Or),
            "not" => Ok(Token::Not),
            _ if ["AND", "OR", "NOT"].contains(&word) => {
                Err(Mistake::new(at, format!("`{word}` is written small here"))
                    .help(format!("write `{}`", word.to_lowercase())))
            }
            _ => Ok(Token::Word(word.to_owned())),
        }
    }
}

/// What to say of any other comparison of a number.
pub(in crate::rules) fn not_at_least(at: Range<usize>) -> Mistake {
    Mistake::new(at, "the comparison of numbers is `>=`").help(
        "write `>= 3` for \"more than 2\"; for \"less than 3\" write `not count(...) >= 3`, `words < 3`",
    )
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '/' | ':' | '.')
}
