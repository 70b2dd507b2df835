//! Text to [`Expr`]: the abbreviated syntax of XPath 1.0 that rules for sites are written in.

use super::{Axis, Expr, Function, Operator, Path, Start, Step, Test, XPathError};

/// Longest expression; real ones have a few hundred bytes.
const BYTES_MAX: usize = 8 * 1024;
/// Brackets inside of brackets.
const DEPTH_MAX: usize = 32;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Slash,
    DoubleSlash,
    Open,
    Close,
    OpenPredicate,
    ClosePredicate,
    At,
    Comma,
    Dot,
    DoubleDot,
    Star,
    DoubleColon,
    Operator(Operator),
    Text(String),
    Number(f64),
    Name(String),
}

/// Reads one expression.
pub fn parse(text: &str) -> Result<Expr, XPathError> {
    if text.len() > BYTES_MAX {
        return Err(XPathError("it is too long".to_owned()));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
    };
    let expr = parser.expression(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(expr),
        Some(token) => Err(XPathError(format!(
            "{} is not expected there",
            shown(token)
        ))),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Name(name) => format!("`{name}`"),
        Token::Text(text) => format!("the text `{text}`"),
        Token::Number(number) => format!("the number {number}"),
        Token::Operator(operator) => format!("`{}`", operator.written()),
        Token::Slash => "`/`".to_owned(),
        Token::DoubleSlash => "`//`".to_owned(),
        Token::Open => "`(`".to_owned(),
        Token::Close => "`)`".to_owned(),
        Token::OpenPredicate => "`[`".to_owned(),
        Token::ClosePredicate => "`]`".to_owned(),
        Token::At => "`@`".to_owned(),
        Token::Comma => "`,`".to_owned(),
        Token::Dot => "`.`".to_owned(),
        Token::DoubleDot => "`..`".to_owned(),
        Token::Star => "`*`".to_owned(),
        Token::DoubleColon => "`::`".to_owned(),
    }
}

/// Marks of two characters before those of one.
const MARKS: &[(&str, Token)] = &[
    ("//", Token::DoubleSlash),
    ("::", Token::DoubleColon),
    ("..", Token::DoubleDot),
    ("!=", Token::Operator(Operator::NotEqual)),
    ("<=", Token::Operator(Operator::NotMore)),
    (">=", Token::Operator(Operator::NotLess)),
    ("/", Token::Slash),
    ("(", Token::Open),
    (")", Token::Close),
    ("[", Token::OpenPredicate),
    ("]", Token::ClosePredicate),
    ("@", Token::At),
    (",", Token::Comma),
    (".", Token::Dot),
    ("*", Token::Star),
    ("|", Token::Operator(Operator::Union)),
    ("=", Token::Operator(Operator::Equal)),
    ("<", Token::Operator(Operator::Less)),
    (">", Token::Operator(Operator::More)),
    ("+", Token::Operator(Operator::Plus)),
    ("-", Token::Operator(Operator::Minus)),
];

fn tokens(text: &str) -> Result<Vec<Token>, XPathError> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' || first == '\'' {
            let inner = &rest[1..];
            let end = inner
                .find(first)
                .ok_or_else(|| XPathError("a text has no end".to_owned()))?;
            tokens.push(Token::Text(inner[..end].to_owned()));
            end + 2
        } else if first.is_ascii_digit() {
            let end = rest
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .unwrap_or(rest.len());
            let number = rest[..end].parse();
            tokens.push(Token::Number(number.map_err(|_| {
                XPathError(format!("`{}` is no number", &rest[..end]))
            })?));
            end
        } else if is_name_start(first) {
            let end = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
            tokens.push(Token::Name(rest[..end].to_owned()));
            end
        } else if let Some((mark, token)) = MARKS.iter().find(|(mark, _)| rest.starts_with(mark)) {
            tokens.push(token.clone());
            mark.len()
        } else {
            return Err(XPathError(format!("`{first}` has no meaning")));
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn peek_behind(&self) -> Option<&Token> {
        self.tokens.get(self.at + 1)
    }

    fn take(&mut self, token: &Token) -> bool {
        let is = self.peek() == Some(token);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, token: &Token) -> Result<(), XPathError> {
        match self.take(token) {
            true => Ok(()),
            false => Err(XPathError(format!("{} is missing", shown(token)))),
        }
    }

    /// Operators by how tightly they bind, loosest first.
    fn operator(&self) -> Option<Operator> {
        match self.peek()? {
            Token::Operator(operator) => Some(*operator),
            Token::Name(name) if name == "or" => Some(Operator::Or),
            Token::Name(name) if name == "and" => Some(Operator::And),
            _ => None,
        }
    }

    fn expression(&mut self, loosest: u8) -> Result<Expr, XPathError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(XPathError("it is nested too deeply".to_owned()));
        }
        let mut left = self.operand()?;
        while let Some(operator) = self
            .operator()
            .filter(|operator| operator.binding() >= loosest)
        {
            self.at += 1;
            let right = self.expression(operator.binding() + 1)?;
            left = Expr::Both(operator, Box::new((left, right)));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, XPathError> {
        let start = match self.peek() {
            Some(Token::Text(text)) => Expr::Text(text.clone()),
            Some(Token::Number(number)) => Expr::Number(*number),
            Some(Token::Open) => {
                self.at += 1;
                let inner = self.expression(0)?;
                self.expect(&Token::Close)?;
                return self.path_after(inner);
            }
            Some(Token::Name(name))
                if self.peek_behind() == Some(&Token::Open) && !is_node_test(name) =>
            {
                let name = name.clone();
                return self.call(&name);
            }
            _ => return self.location(),
        };
        self.at += 1;
        Ok(start)
    }

    /// What may stand behind a bracketed expression: predicates and steps.
    fn path_after(&mut self, inner: Expr) -> Result<Expr, XPathError> {
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        self.steps_behind(&mut steps)?;
        if predicates.is_empty() && steps.is_empty() {
            return Ok(inner);
        }
        let start = Start::Found(Box::new(inner), predicates);
        Ok(Expr::Path(Path { start, steps }))
    }

    fn call(&mut self, name: &str) -> Result<Expr, XPathError> {
        let function = Function::named(name)
            .ok_or_else(|| XPathError(format!("the function `{name}` is not known")))?;
        self.at += 2;
        let mut arguments = Vec::new();
        if !self.take(&Token::Close) {
            loop {
                arguments.push(self.expression(0)?);
                if self.take(&Token::Close) {
                    break;
                }
                self.expect(&Token::Comma)?;
            }
        }
        if !function.takes(arguments.len()) {
            let given = arguments.len();
            return Err(XPathError(format!(
                "`{name}` does not take {given} arguments"
            )));
        }
        Ok(Expr::Call(function, arguments))
    }

    fn location(&mut self) -> Result<Expr, XPathError> {
        let mut steps = Vec::new();
        let absolute = matches!(self.peek(), Some(Token::Slash | Token::DoubleSlash));
        if absolute {
            self.steps_behind(&mut steps)?;
        } else {
            steps.push(self.step()?);
            self.steps_behind(&mut steps)?;
        }
        let start = if absolute { Start::Root } else { Start::Here };
        Ok(Expr::Path(Path { start, steps }))
    }

    fn steps_behind(&mut self, steps: &mut Vec<Step>) -> Result<(), XPathError> {
        loop {
            if self.take(&Token::DoubleSlash) {
                steps.push(Step::anywhere());
            } else if !self.take(&Token::Slash) {
                return Ok(());
            }
            steps.push(self.step()?);
        }
    }

    fn step(&mut self) -> Result<Step, XPathError> {
        if self.take(&Token::Dot) {
            return Ok(Step::to(Axis::Itself));
        }
        if self.take(&Token::DoubleDot) {
            return Ok(Step::to(Axis::Parent));
        }
        let axis = self.axis()?;
        let test = self.test()?;
        Ok(Step {
            axis,
            test,
            predicates: self.predicates()?,
        })
    }

    fn axis(&mut self) -> Result<Axis, XPathError> {
        if self.take(&Token::At) {
            return Ok(Axis::Attribute);
        }
        match (self.peek(), self.peek_behind()) {
            (Some(Token::Name(name)), Some(Token::DoubleColon)) => {
                let axis = Axis::named(name)
                    .ok_or_else(|| XPathError(format!("the axis `{name}` is not known")))?;
                self.at += 2;
                Ok(axis)
            }
            _ => Ok(Axis::Child),
        }
    }

    fn test(&mut self) -> Result<Test, XPathError> {
        if self.take(&Token::Star) {
            return Ok(Test::Any);
        }
        let Some(Token::Name(name)) = self.peek() else {
            let found = self.peek().map_or_else(|| "the end".to_owned(), shown);
            return Err(XPathError(format!("{found} stands where a name should")));
        };
        let name = name.clone();
        self.at += 1;
        if is_node_test(&name) && self.take(&Token::Open) {
            self.expect(&Token::Close)?;
            return Ok(if name == "text" {
                Test::Text
            } else {
                Test::Node
            });
        }
        Ok(Test::Name(name.to_lowercase()))
    }

    fn predicates(&mut self) -> Result<Vec<Expr>, XPathError> {
        let mut predicates = Vec::new();
        while self.take(&Token::OpenPredicate) {
            predicates.push(self.expression(0)?);
            self.expect(&Token::ClosePredicate)?;
        }
        Ok(predicates)
    }
}

fn is_node_test(name: &str) -> bool {
    matches!(name, "text" | "node")
}
