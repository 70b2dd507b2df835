//! The syntax tree of a `match` expression, and its normal form.
//!
//! The tree knows names only: whether a list or a country exists is asked when it is lowered.

use std::fmt;
use std::ops::Range;

/// A part of an expression, with the bytes it was written in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub at: Range<usize>,
    pub kind: ExprKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum ExprKind {
    /// A word or a phrase.
    Term(Term),
    /// `$name`: any term of a list.
    List(String),
    /// `country:CN`: any form of a country's name.
    Country(String),
    /// `a and b`, `all(a, b)`.
    All(Vec<Expr>),
    /// `a or b`, `any(a, b)`.
    Any(Vec<Expr>),
    /// `not a`.
    Not(Box<Expr>),
    /// `a near/5 b` and its like.
    Related {
        relation: Relation,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `title(a)` and its like.
    Within { part: Part, inner: Box<Expr> },
    /// `count(a) >= n`.
    Count { inner: Box<Expr>, at_least: u32 },
    /// `score($list) >= x`.
    Score { list: String, at_least: f64 },
}

/// A word or a phrase and how closely a text must follow it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Term {
    pub text: String,
    pub likeness: Likeness,
}

/// How closely a text must follow a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Likeness {
    /// `"word"`: same normal form or same stem.
    Stem,
    /// `="word"`: same normal form.
    Exact,
    /// `=Aa"Word"`: letter by letter.
    Cased,
}

/// How near to each other two things must stand. None holds across two fields or two stories of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// At most so many words apart.
    Near(u32),
    InSentence,
    InParagraph,
}

/// A part of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Both titles.
    Title,
    /// The first three paragraphs, at most 120 words, of the body's first story and of the entry's summary.
    Lead,
    /// The body, with every story of the page, and the entry's summary.
    Body,
    /// Both titles and the first words of the body's first story and of the entry's summary.
    First(u32),
    /// All but the later stories of the page: it is the first one that titles and summary speak of.
    Main,
    /// The later stories of the page, with their headlines.
    Later,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Near(words) => write!(f, "near/{words}"),
            Self::InSentence => f.write_str("in-sentence"),
            Self::InParagraph => f.write_str("in-paragraph"),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.likeness {
            Likeness::Stem => "",
            Likeness::Exact => "=",
            Likeness::Cased => "=Aa",
        })?;
        let escaped = self.text.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "\"{escaped}\"")
    }
}

/// The normal form: one spelling for all ways to write the same rule.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Term(term) => term.fmt(f),
            ExprKind::List(name) => write!(f, "${name}"),
            ExprKind::Country(code) => write!(f, "country:{code}"),
            ExprKind::All(parts) => write_call(f, "all", parts),
            ExprKind::Any(parts) => write_call(f, "any", parts),
            ExprKind::Not(inner) => write!(f, "not({inner})"),
            ExprKind::Related {
                relation,
                left,
                right,
            } => write!(f, "({left} {relation} {right})"),
            ExprKind::Within { part, inner } => match part {
                Part::Title => write!(f, "title({inner})"),
                Part::Lead => write!(f, "lead({inner})"),
                Part::Body => write!(f, "body({inner})"),
                Part::Main => write!(f, "main({inner})"),
                Part::Later => write!(f, "later({inner})"),
                Part::First(words) => write!(f, "first({words}, {inner})"),
            },
            ExprKind::Count { inner, at_least } => write!(f, "count({inner}) >= {at_least}"),
            ExprKind::Score { list, at_least } => write!(f, "score(${list}) >= {at_least}"),
        }
    }
}

fn write_call(f: &mut fmt::Formatter<'_>, name: &str, parts: &[Expr]) -> fmt::Result {
    write!(f, "{name}(")?;
    for (index, part) in parts.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{part}")?;
    }
    f.write_str(")")
}
