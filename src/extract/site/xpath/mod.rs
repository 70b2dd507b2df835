//! The part of XPath 1.0 that rules for sites are written in: paths, predicates, positions, unions, comparisons and
//! the text functions. What else there is (variables, namespaces, rare axes) is refused when the text is read.
//!
//! Asking never takes long: an expression that looks at too many nodes finds nothing.

mod eval;
mod parse;
mod value;

use std::str::FromStr;

use scraper::Html;

pub use value::XNode;

/// A compiled expression.
#[derive(Debug, Clone, PartialEq)]
pub struct XPath {
    text: String,
    expr: Expr,
}

/// What is wrong with an expression, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct XPathError(String);

impl FromStr for XPath {
    type Err = XPathError;

    fn from_str(text: &str) -> Result<Self, XPathError> {
        let expr = parse::parse(text)?;
        match expr {
            Expr::Path(_) | Expr::Both(Operator::Union, _) => Ok(Self {
                text: text.to_owned(),
                expr,
            }),
            _ => Err(XPathError("it finds no part of a page".to_owned())),
        }
    }
}

impl XPath {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it finds; nothing when it looks at too many nodes.
    #[must_use]
    pub fn find(&self, html: &Html) -> Vec<XNode> {
        eval::find(&self.expr, html)
    }
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
enum Expr {
    Text(String),
    Number(f64),
    Both(Operator, Box<(Expr, Expr)>),
    Call(Function, Vec<Expr>),
    Path(Path),
}

/// Where a path begins, and the steps from there.
#[derive(Debug, Clone, PartialEq)]
struct Path {
    start: Start,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
enum Start {
    /// The page.
    Root,
    /// The node that is looked at.
    Here,
    /// What an expression in brackets finds and its predicates leave.
    Found(Box<Expr>, Vec<Expr>),
}

#[derive(Debug, Clone, PartialEq)]
struct Step {
    axis: Axis,
    test: Test,
    predicates: Vec<Expr>,
}

impl Step {
    fn to(axis: Axis) -> Self {
        Self {
            axis,
            test: Test::Node,
            predicates: Vec::new(),
        }
    }

    /// What `//` stands for.
    fn anywhere() -> Self {
        Self::to(Axis::BelowOrItself)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    Child,
    Below,
    BelowOrItself,
    Itself,
    Parent,
    Above,
    AboveOrItself,
    SiblingsAfter,
    SiblingsBefore,
    Attribute,
}

impl Axis {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "child" => Self::Child,
            "descendant" => Self::Below,
            "descendant-or-self" => Self::BelowOrItself,
            "self" => Self::Itself,
            "parent" => Self::Parent,
            "ancestor" => Self::Above,
            "ancestor-or-self" => Self::AboveOrItself,
            "following-sibling" => Self::SiblingsAfter,
            "preceding-sibling" => Self::SiblingsBefore,
            "attribute" => Self::Attribute,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// An element (or attribute) of this name.
    Name(String),
    /// Any of them.
    Any,
    Text,
    Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    More,
    NotMore,
    NotLess,
    Plus,
    Minus,
    Union,
}

impl Operator {
    /// How tightly it binds.
    fn binding(self) -> u8 {
        match self {
            Self::Or => 0,
            Self::And => 1,
            Self::Equal | Self::NotEqual => 2,
            Self::Less | Self::More | Self::NotMore | Self::NotLess => 3,
            Self::Plus | Self::Minus => 4,
            Self::Union => 5,
        }
    }

    fn written(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::More => ">",
            Self::NotMore => "<=",
            Self::NotLess => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Union => "|",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Contains,
    StartsWith,
    NormalizeSpace,
    Concat,
    Not,
    Position,
    Last,
    Count,
    String,
    StringLength,
    SubstringBefore,
    SubstringAfter,
    Translate,
    True,
    False,
}

impl Function {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "contains" => Self::Contains,
            "starts-with" => Self::StartsWith,
            "normalize-space" => Self::NormalizeSpace,
            "concat" => Self::Concat,
            "not" => Self::Not,
            "position" => Self::Position,
            "last" => Self::Last,
            "count" => Self::Count,
            "string" => Self::String,
            "string-length" => Self::StringLength,
            "substring-before" => Self::SubstringBefore,
            "substring-after" => Self::SubstringAfter,
            "translate" => Self::Translate,
            "true" => Self::True,
            "false" => Self::False,
            _ => return None,
        })
    }

    fn takes(self, arguments: usize) -> bool {
        match self {
            Self::Position | Self::Last | Self::True | Self::False => arguments == 0,
            Self::NormalizeSpace | Self::String | Self::StringLength => arguments <= 1,
            Self::Not | Self::Count => arguments == 1,
            Self::Contains | Self::StartsWith | Self::SubstringBefore | Self::SubstringAfter => {
                arguments == 2
            }
            Self::Translate => arguments == 3,
            Self::Concat => arguments >= 2,
        }
    }
}

#[cfg(test)]
mod tests;
