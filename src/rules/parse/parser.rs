//! Tokens to a syntax tree. `docs/rules.md` has the grammar.

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use super::ast::{Entity, EntityKind, Expr, ExprKind};
use super::lexer::{Lexeme, Token, lex};
use super::repair::repaired;
use super::term::finished;
use super::vocabulary::{check_placed, entity, relation_of};
use crate::rules::error::Mistake;

/// Brackets within brackets; more than any person writes, few enough for any stack.
const DEPTH_MAX: u32 = 64;

/// Parses a `match` expression. The help of a mistake has the whole rule put right, where only its spelling is
/// that of another search language.
pub(in crate::rules) fn parse(text: &str) -> Result<Expr, Mistake> {
    parse_as_written(text).map_err(|mistake| {
        let Some(ours) = repaired(text).filter(|ours| parse_as_written(ours).is_ok()) else {
            return mistake;
        };
        let help = match &mistake.help {
            Some(help) => format!("{help}; the whole rule: {}", one_line(&ours)),
            None => format!("write {}", one_line(&ours)),
        };
        mistake.help(help)
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn parse_as_written(text: &str) -> Result<Expr, Mistake> {
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

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    lexemes: Peekable<IntoIter<Lexeme>>,
    depth: u32,
    /// End of the last token taken.
    pub(super) end: usize,
}

/// `and` or `or`, and where it stands.
type Operator = (Token, Range<usize>);

impl Parser<'_> {
    pub(super) fn peek(&mut self) -> Option<&Token> {
        self.lexemes.peek().map(|lexeme| &lexeme.token)
    }

    pub(super) fn next(&mut self) -> Option<Lexeme> {
        let lexeme = self.lexemes.next()?;
        self.end = lexeme.at.end;
        Some(lexeme)
    }

    pub(super) fn take_if(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        if found {
            self.next();
        }
        found
    }

    /// Operands joined by one kind of operator.
    pub(super) fn expression(&mut self) -> Result<Expr, Mistake> {
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
            Token::Term(term) => ExprKind::Term(finished(term, at.clone())?),
            Token::List(name) => ExprKind::List(name),
            Token::Word(word) if self.take_if(&Token::Open) => self.call(&word, &at)?,
            Token::Word(word) => self.word(&word, &at)?,
            Token::Number(number) if self.take_if(&Token::Word("of".to_owned())) => {
                self.several(number, &at)?
            }
            Token::Number(_) => {
                return Err(Mistake::new(at.clone(), "a number is no term")
                    .help(format!("to look for it write \"{}\"", &self.text[at])));
            }
            Token::Close => {
                return Err(Mistake::new(at, "nothing stands between the brackets")
                    .help("a term, a list or an entity must stand before `)`"));
            }
            Token::And
            | Token::Or
            | Token::Not
            | Token::Comma
            | Token::AtLeast
            | Token::Less
            | Token::Equal
            | Token::OpenList
            | Token::CloseList => {
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

    /// A word that is no operator and no function: what is asked of the article, or an entity.
    fn word(&mut self, word: &str, at: &Range<usize>) -> Result<ExprKind, Mistake> {
        if let Some(test) = self.fact(word)? {
            return Ok(ExprKind::Fact(test));
        }
        let kind = word.strip_suffix(':').and_then(EntityKind::of_sign);
        if let (Some(kind), Some(Token::List(name))) = (kind, self.peek())
            && kind.is_named_by_user()
        {
            let entity = Entity {
                kind,
                name: name.clone(),
                listed: true,
            };
            self.next();
            return Ok(ExprKind::Entity(entity));
        }
        entity(word, at.clone())
    }

    pub(super) fn close(&mut self, open: &Range<usize>) -> Result<(), Mistake> {
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
            Token::Less | Token::Equal => Mistake::new(
                at,
                format!("`{written}` does not belong here"),
            )
            .help("it follows what is asked of the article: words < 200, age < 2d, feed-country == \"ID\""),
            Token::Not => Mistake::new(at, "`not` needs `and` before it").help("write `and not`"),
            _ => Mistake::new(at, format!("an operator is missing before {written}"))
                .help("put `and`, `or`, `near/5`, `before/5`, `in-sentence` or `in-paragraph` between the two"),
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
