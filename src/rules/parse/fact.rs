//! What is asked of the article as a whole: `lang in [id, ms]`, `words >= 200`.

use std::ops::Range;

use super::lexer::{Lexeme, Token};
use super::parser::Parser;
use super::vocabulary::fact_example;
use crate::rules::error::Mistake;
use crate::rules::facts::{Bound, FactTest, period};
use crate::text::{self, gazetteer};

/// Codes that are taken for those of a language, and what is meant.
const MEANT: &[(&str, &str)] = &[
    ("arabic", "ar"),
    ("chinese", "zh"),
    ("cn", "zh"),
    ("cz", "cs"),
    ("dk", "da"),
    ("english", "en"),
    ("french", "fr"),
    ("german", "de"),
    ("gr", "el"),
    ("indonesian", "id"),
    ("japanese", "ja"),
    ("jp", "ja"),
    ("kp", "ko"),
    ("malay", "ms"),
    ("portuguese", "pt"),
    ("russian", "ru"),
    ("spanish", "es"),
    ("ua", "uk"),
    ("us", "en"),
    ("vn", "vi"),
];

/// A value with its place.
type Value = (String, Range<usize>);

impl Parser<'_> {
    /// The question that a word begins; `None` where it begins none. The word is taken.
    pub(super) fn fact(&mut self, word: &str) -> Result<Option<FactTest>, Mistake> {
        let next = self.peek();
        let in_list = next == Some(&Token::Word("in".to_owned())) || next == Some(&Token::Equal);
        let bound = matches!(next, Some(Token::AtLeast | Token::Less));
        let quoted = matches!(next, Some(Token::Term(_)));
        Ok(Some(match word {
            "lang" if in_list => FactTest::Lang(self.checked(word, language)?),
            "feed-country" if in_list => FactTest::FeedCountry(self.checked(word, country)?),
            "feed" if in_list => FactTest::Feed(self.checked(word, |(value, _)| Ok(value))?),
            "words" if bound => {
                let bound = self.bound();
                FactTest::Words(bound, self.number_of_words()?)
            }
            "age" if bound => FactTest::Age(self.bound(), self.length_of_time()?),
            "tag:" if quoted => FactTest::Tag(self.quoted()),
            "author:" if quoted => FactTest::Author(self.quoted()),
            "url:" if quoted => FactTest::Url(self.quoted()),
            _ => return Ok(None),
        }))
    }

    fn bound(&mut self) -> Bound {
        match self.next().map(|lexeme| lexeme.token) {
            Some(Token::Less) => Bound::Below,
            _ => Bound::AtLeast,
        }
    }

    fn quoted(&mut self) -> String {
        match self.next().map(|lexeme| lexeme.token) {
            Some(Token::Term(term)) => term.text,
            _ => String::new(),
        }
    }

    /// The values behind `in` or `==`, each checked.
    fn checked<T: Ord>(
        &mut self,
        word: &str,
        check: impl Fn(Value) -> Result<T, Mistake>,
    ) -> Result<Vec<T>, Mistake> {
        let values = self.values(word)?;
        let checked: Result<Vec<T>, Mistake> = values.into_iter().map(check).collect();
        let mut checked = checked?;
        checked.sort_unstable();
        checked.dedup();
        Ok(checked)
    }

    fn values(&mut self, word: &str) -> Result<Vec<Value>, Mistake> {
        let needs = |at: Range<usize>| {
            Mistake::new(at, format!("`{word}` needs a value here"))
                .help(format!("write {}", fact_example(word)))
        };
        let is_single = self.next().is_some_and(|next| next.token == Token::Equal);
        if is_single {
            let value = self.value();
            return value
                .map(|value| vec![value])
                .ok_or(needs(self.end..self.end));
        }
        if !self.take_if(&Token::OpenList) {
            return Err(
                Mistake::new(self.end..self.end, "`in` needs a list in square brackets")
                    .help(format!("write {}", fact_example(word))),
            );
        }
        let open = self.end - 1..self.end;
        let mut values = Vec::new();
        loop {
            if self.take_if(&Token::CloseList) {
                break;
            }
            match self.value() {
                Some(value) => values.push(value),
                None if self.peek().is_none() => {
                    return Err(Mistake::new(open, "this bracket is never closed").help("add `]`"));
                }
                None => return Err(needs(self.end..self.end)),
            }
            self.take_if(&Token::Comma);
        }
        if values.is_empty() {
            return Err(needs(open.start..self.end));
        }
        Ok(values)
    }

    fn value(&mut self) -> Option<Value> {
        if !matches!(
            self.peek(),
            Some(Token::Word(_) | Token::Term(_) | Token::Not | Token::Or)
        ) {
            return None;
        }
        let Lexeme { at, token } = self.next()?;
        Some(match token {
            Token::Term(term) => (term.text, at),
            // `or` is Odia.
            _ => (self.text[at.clone()].to_owned(), at),
        })
    }

    fn number_of_words(&mut self) -> Result<u32, Mistake> {
        let before = self.end;
        match self.next().map(|lexeme| lexeme.token) {
            Some(Token::Number(number))
                if number >= 1.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0 =>
            {
                Ok(number as u32)
            }
            _ => Err(
                Mistake::new(before..self.end, "`words` needs a whole number from 1")
                    .help("write words >= 200"),
            ),
        }
    }

    fn length_of_time(&mut self) -> Result<i64, Mistake> {
        let before = self.end;
        let written = self.next().map(|lexeme| self.text[lexeme.at].to_owned());
        written.as_deref().and_then(period).ok_or_else(|| {
            Mistake::new(before..self.end, "`age` needs a number and a unit")
                .help("write age < 2d; units are m, h, d and w")
        })
    }
}

fn language((written, at): Value) -> Result<String, Mistake> {
    let tag = text::shortest_tag(&written);
    if let Some(tag) = tag.filter(|tag| text::is_language(tag)) {
        return Ok(tag);
    }
    let small = written.to_lowercase();
    let meant = MEANT.iter().find(|(code, _)| *code == small);
    let help = match meant {
        Some((_, meant)) => format!("write {meant}; codes are those of ISO 639"),
        None => "codes are those of ISO 639: id, ms, zh, ru".to_owned(),
    };
    Err(Mistake::new(at, format!("`{written}` is not the code of a language")).help(help))
}

fn country((written, at): Value) -> Result<String, Mistake> {
    let upper = written.to_uppercase();
    if gazetteer::codes().any(|code| code == upper) {
        return Ok(upper);
    }
    let help = match gazetteer::code_of(&written) {
        Some(meant) => format!("{written} is \"{meant}\""),
        None => "codes are those of ISO 3166: \"CN\", \"ID\"".to_owned(),
    };
    Err(Mistake::new(at, format!("`{written}` is not the code of a country")).help(help))
}
