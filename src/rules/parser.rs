//! Tokens to a syntax tree. `docs/rules.md` has the grammar.

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use super::ast::{Expr, ExprKind, Part};
use super::error::Mistake;
use super::lexer::{Lexeme, Token, lex};
use super::vocabulary::{check_placed, entity, relation_of, unknown_function};

/// Brackets within brackets; more than any person writes, few enough for any stack.
const DEPTH_MAX: u32 = 64;

/// Parses a `match` expression.
pub(super) fn parse(text: &str) -> Result<Expr, Mistake> {
    let lexemes = lex(text)?;
    if lexemes.is_empty() {
        return Err(Mistake::new(0..text.len(), "the rule is empty")
            .help("write what to look for, e.g. \"strike\" in-sentence country:FR"));
    }
    let mut parser = Parser {
        text,
        lexemes: lexemes.into_iter().peekable(),
        depth: 0,
        end: 0,
    };
    let expr = parser.expression()?;
    match parser.lexemes.next() {
        None => Ok(expr),
        Some(rest) => Err(parser.leftover(&rest)),
    }
}

struct Parser<'a> {
    text: &'a str,
    lexemes: Peekable<IntoIter<Lexeme>>,
    depth: u32,
    /// End of the last token taken.
    end: usize,
}

/// `and` or `or`, and where it stands.
type Operator = (Token, Range<usize>);

impl Parser<'_> {
    fn peek(&mut self) -> Option<&Token> {
        self.lexemes.peek().map(|lexeme| &lexeme.token)
    }

    fn next(&mut self) -> Option<Lexeme> {
        let lexeme = self.lexemes.next()?;
        self.end = lexeme.at.end;
        Some(lexeme)
    }

    fn take_if(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        if found {
            self.next();
        }
        found
    }

    /// Operands joined by one kind of operator.
    fn expression(&mut self) -> Result<Expr, Mistake> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(too_deep(self.end..self.end));
        }
        let mut operands = vec![self.negation()?];
        let mut operators: Vec<Operator> = Vec::new();
        while matches!(self.peek(), Some(Token::And | Token::Or)) {
            if let Some(lexeme) = self.next() {
                operators.push((lexeme.token, lexeme.at));
            }
            operands.push(self.negation()?);
        }
        self.depth -= 1;
        let Some((first, _)) = operators.first().cloned() else {
            return Ok(operands.remove(0));
        };
        if let Some((_, at)) = operators.iter().find(|(operator, _)| *operator != first) {
            return Err(self.mixed(at.clone(), &operands, &operators));
        }
        let at = operands[0].at.start..self.end;
        let kind = match first {
            Token::And => ExprKind::All(operands),
            _ => ExprKind::Any(operands),
        };
        Ok(Expr { at, kind })
    }

    fn negation(&mut self) -> Result<Expr, Mistake> {
        let mut signs = Vec::new();
        while self.peek() == Some(&Token::Not) {
            signs.extend(self.next().map(|lexeme| lexeme.at.start));
        }
        if signs.len() > 1 {
            return Err(
                Mistake::new(signs[0]..self.end, "two `not` after each other")
                    .help("one `not` is enough; two take each other back"),
            );
        }
        let mut expr = self.relation()?;
        if let [start] = signs[..] {
            expr = Expr {
                at: start..expr.at.end,
                kind: ExprKind::Not(Box::new(expr)),
            };
        }
        Ok(expr)
    }

    fn relation(&mut self) -> Result<Expr, Mistake> {
        let mut left = self.atom()?;
        let mut chained = 0;
        while let Some(Token::Word(word)) = self.peek() {
            let word = word.clone();
            let Some(Lexeme { at, .. }) = self.next() else {
                break;
            };
            let relation = relation_of(&word, at.clone())?;
            if self.peek() == Some(&Token::Not) {
                return Err(Mistake::new(
                    at,
                    format!("`{relation}` cannot relate to what is absent"),
                )
                .help(format!("write `not (a {relation} b)`")));
            }
            let right = self.atom()?;
            check_placed(&left, &format!("`{relation}`"))?;
            check_placed(&right, &format!("`{relation}`"))?;
            chained += 1;
            if chained > DEPTH_MAX {
                return Err(too_deep(right.at));
            }
            left = Expr {
                at: left.at.start..right.at.end,
                kind: ExprKind::Related {
                    relation,
                    left: Box::new(left),
                    right: Box::new(right),
                },
            };
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<Expr, Mistake> {
        let before = self.end;
        let Some(Lexeme { at, token }) = self.next() else {
            return Err(Mistake::new(before..before, "the rule ends too early")
                .help("a term, a list or an entity must follow"));
        };
        let kind = match token {
            Token::Open => {
                let mut inner = self.expression()?;
                self.close(&at)?;
                inner.at = at.start..self.end;
                return Ok(inner);
            }
            Token::Term(term) => ExprKind::Term(term),
            Token::List(name) => ExprKind::List(name),
            Token::Word(word) if self.take_if(&Token::Open) => self.call(&word, &at)?,
            Token::Word(word) => entity(&word, at.clone())?,
            Token::Number(_) => {
                return Err(Mistake::new(at.clone(), "a number is no term")
                    .help(format!("to look for it write \"{}\"", &self.text[at])));
            }
            Token::Close => {
                return Err(Mistake::new(at, "nothing stands between the brackets")
                    .help("a term, a list or an entity must stand before `)`"));
            }
            Token::And | Token::Or | Token::Not | Token::Comma | Token::AtLeast => {
                return Err(Mistake::new(
                    at.clone(),
                    format!("`{}` where a term should stand", &self.text[at]),
                )
                .help("an operator stands between two terms: \"a\" and \"b\""));
            }
        };
        Ok(Expr {
            at: at.start..self.end,
            kind,
        })
    }

    fn close(&mut self, open: &Range<usize>) -> Result<(), Mistake> {
        match self.lexemes.peek() {
            Some(Lexeme {
                token: Token::Close,
                ..
            }) => {
                self.next();
                Ok(())
            }
            Some(Lexeme {
                token: Token::Comma | Token::AtLeast,
                at,
            }) => Err(Mistake::new(
                at.clone(),
                format!("`{}` does not belong here", &self.text[at.clone()]),
            )
            .help("several terms stand in any(...) or all(...)")),
            Some(lexeme) => {
                let lexeme = lexeme.clone();
                Err(self.leftover(&lexeme))
            }
            None => Err(Mistake::new(open.clone(), "this bracket is never closed").help("add `)`")),
        }
    }

    /// What a function makes of its arguments; its name and `(` are taken.
    fn call(&mut self, name: &str, at: &Range<usize>) -> Result<ExprKind, Mistake> {
        let open = self.end - 1..self.end;
        let part = match name {
            "any" => return Ok(ExprKind::Any(self.arguments(name, &open)?)),
            "all" => return Ok(ExprKind::All(self.arguments(name, &open)?)),
            "count" => return self.count(&open),
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

    fn count(&mut self, open: &Range<usize>) -> Result<ExprKind, Mistake> {
        let inner = self.expression()?;
        self.close(open)?;
        check_placed(&inner, "count(...)")?;
        self.at_least("count(...)")?;
        let at_least = self.whole_number("count(...) >=", "a whole number from 1")?;
        let inner = Box::new(inner);
        Ok(ExprKind::Count { inner, at_least })
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

    /// Both readings of an expression that mixes `and` with `or`.
    fn mixed(&self, at: Range<usize>, operands: &[Expr], operators: &[Operator]) -> Mistake {
        let reading = |tight: &Token| {
            let mut groups = vec![vec![self.written(&operands[0])]];
            for ((operator, _), operand) in operators.iter().zip(&operands[1..]) {
                let operand = self.written(operand);
                match groups.last_mut() {
                    Some(group) if operator == tight => group.push(operand),
                    _ => groups.push(vec![operand]),
                }
            }
            let (inner, outer) = match tight {
                Token::And => (" and ", " or "),
                _ => (" or ", " and "),
            };
            let groups: Vec<String> = groups
                .into_iter()
                .map(|group| match &group[..] {
                    [single] => single.clone(),
                    _ => format!("({})", group.join(inner)),
                })
                .collect();
            groups.join(outer)
        };
        Mistake::new(at, "`and` and `or` are mixed without brackets").help(format!(
            "write either `{}` or `{}`",
            reading(&Token::And),
            reading(&Token::Or)
        ))
    }

    fn written(&self, expr: &Expr) -> String {
        let text = &self.text[expr.at.clone()];
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A token that cannot follow a complete expression.
    fn leftover(&self, rest: &Lexeme) -> Mistake {
        let written = &self.text[rest.at.clone()];
        let at = rest.at.clone();
        match &rest.token {
            Token::Close => Mistake::new(at, "this bracket was never opened").help("take it out"),
            Token::Comma => Mistake::new(at, "`,` stands only within any(...) and all(...)")
                .help("write `and` or `or`"),
            Token::AtLeast => Mistake::new(at, "`>=` follows count(...) and score(...) only")
                .help("write count(\"a\") >= 3"),
            Token::Not => Mistake::new(at, "`not` needs `and` before it").help("write `and not`"),
            _ => Mistake::new(at, format!("an operator is missing before {written}"))
                .help("put `and`, `or`, `near/5`, `in-sentence` or `in-paragraph` between the two"),
        }
    }
}

fn too_deep(at: Range<usize>) -> Mistake {
    Mistake::new(
        at,
        format!("more than {DEPTH_MAX} brackets or relations within each other"),
    )
    .help("move a part into a list")
}
