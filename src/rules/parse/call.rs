//! Functions: what stands before and between brackets.

use std::ops::Range;

use super::ast::{Expr, ExprKind, Part};
use super::lexer::{Lexeme, Token, not_at_least};
use super::parser::Parser;
use super::vocabulary::{check_placed, unknown_function};
use crate::rules::error::Mistake;

impl Parser<'_> {
    /// What a function makes of its arguments; its name and `(` are taken.
    pub(super) fn call(&mut self, name: &str, at: &Range<usize>) -> Result<ExprKind, Mistake> {
        let open = self.end - 1..self.end;
        let part = match name {
            "any" => return Ok(ExprKind::Any(self.arguments(name, &open)?)),
            "all" => return Ok(ExprKind::All(self.arguments(name, &open)?)),
            "count" | "distinct" => return self.count(name, &open),
            "score" => return self.score(&open),
            "title" => Part::Title,
            "lead" => Part::Lead,
            "body" => Part::Body,
            "main" => Part::Main,
            "later" => Part::Later,
            "first" => {
                let words = self.whole_number("first(n, ...)", "a number of words")?;
                if !self.take_if(&Token::Comma) {
                    return Err(Mistake::new(
                        self.end..self.end,
                        "first(n, ...) needs a comma after n",
                    )
                    .help("write first(60, \"a\")"));
                }
                Part::First(words)
            }
            _ => return Err(unknown_function(name, at.clone())),
        };
        let inner = Box::new(self.expression()?);
        self.close(&open)?;
        Ok(ExprKind::Within { part, inner })
    }

    fn arguments(&mut self, name: &str, open: &Range<usize>) -> Result<Vec<Expr>, Mistake> {
        if self.peek() == Some(&Token::Close) {
            return Err(
                Mistake::new(open.start..self.end, format!("{name}() without terms"))
                    .help(format!("write {name}(\"a\", \"b\")")),
            );
        }
        let mut arguments = vec![self.expression()?];
        while self.take_if(&Token::Comma) {
            // A comma after the last term is how long lists are kept tidy.
            if self.peek() == Some(&Token::Close) {
                break;
            }
            arguments.push(self.expression()?);
        }
        self.close(open)?;
        Ok(arguments)
    }

    fn count(&mut self, name: &str, open: &Range<usize>) -> Result<ExprKind, Mistake> {
        let inner = Box::new(self.expression()?);
        self.close(open)?;
        let call = format!("{name}(...)");
        check_placed(&inner, &call)?;
        self.at_least(&call)?;
        let at_least = self.whole_number(&format!("{call} >="), "a whole number from 1")?;
        Ok(match name {
            "count" => ExprKind::Count { inner, at_least },
            _ => ExprKind::Distinct { inner, at_least },
        })
    }

    /// `2 of (a, b, c)`: number and `of` are taken.
    pub(super) fn several(&mut self, number: f64, at: &Range<usize>) -> Result<ExprKind, Mistake> {
        let written = &self.text[at.clone()];
        if !self.take_if(&Token::Open) {
            let end = self.end..self.end;
            return Err(
                Mistake::new(end, format!("`{written} of` needs a list of conditions"))
                    .help(format!("write {written} of (\"a\", \"b\", \"c\")")),
            );
        }
        let open = self.end - 1..self.end;
        let parts = self.arguments(&format!("{written} of "), &open)?;
        let whole = at.start..self.end;
        if number.fract() != 0.0 || number < 1.0 {
            return Err(
                Mistake::new(at.clone(), format!("{written} is no number of conditions"))
                    .help("write 2 of (\"a\", \"b\", \"c\")"),
            );
        }
        let most = parts.len();
        if number > most as f64 {
            return Err(
                Mistake::new(whole, format!("{written} of {most} can never be true"))
                    .help("lower the number, or add conditions between the brackets"),
            );
        }
        if number == most as f64 || most == 1 {
            let all = if most == 1 {
                "the condition alone"
            } else {
                "all(...)"
            };
            return Err(
                Mistake::new(whole, format!("{written} of {most} asks for all of them"))
                    .help(format!("write {all}")),
            );
        }
        if number == 1.0 {
            return Err(
                Mistake::new(whole, format!("1 of {most} asks for any of them"))
                    .help("write any(...)"),
            );
        }
        let at_least = number as u32;
        Ok(ExprKind::Several { at_least, parts })
    }

    fn score(&mut self, open: &Range<usize>) -> Result<ExprKind, Mistake> {
        let Some(Lexeme {
            token: Token::List(list),
            ..
        }) = self.next()
        else {
            return Err(
                Mistake::new(open.start..self.end, "score(...) takes a list")
                    .help("write score($name) >= 3"),
            );
        };
        self.close(open)?;
        self.at_least("score(...)")?;
        match self.next() {
            Some(Lexeme {
                token: Token::Number(at_least),
                ..
            }) if at_least > 0.0 => Ok(ExprKind::Score { list, at_least }),
            _ => Err(
                Mistake::new(open.start..self.end, "score(...) >= needs a number above 0")
                    .help("write score($name) >= 3"),
            ),
        }
    }

    fn at_least(&mut self, what: &str) -> Result<(), Mistake> {
        if self.take_if(&Token::AtLeast) {
            return Ok(());
        }
        if let Some(Lexeme {
            token: Token::Less | Token::Equal,
            at,
        }) = self.next_if_comparison()
        {
            return Err(not_at_least(at));
        }
        Err(Mistake::new(
            self.end..self.end,
            format!("{what} is a number, not yet a condition"),
        )
        .help(format!("write {what} >= 3")))
    }

    fn whole_number(&mut self, place: &str, what: &str) -> Result<u32, Mistake> {
        let before = self.end;
        match self.next() {
            Some(Lexeme {
                token: Token::Number(number),
                ..
            }) if number >= 1.0 && number <= f64::from(u16::MAX) && number.fract() == 0.0 => {
                Ok(number as u32)
            }
            _ => Err(
                Mistake::new(before..self.end, format!("{place} needs {what} here"))
                    .help(format!("from 1 to {}", u16::MAX)),
            ),
        }
    }

    fn next_if_comparison(&mut self) -> Option<Lexeme> {
        matches!(self.peek(), Some(Token::Less | Token::Equal))
            .then(|| self.next())
            .flatten()
    }
}
