//! The normal form of an expression: one spelling for all ways to write the same rule.

use std::fmt;

use super::ast::{Entity, Expr, ExprKind, Likeness, Part, Relation, Term};

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Near(words) => write!(f, "near/{words}"),
            Self::Before(words) => write!(f, "before/{words}"),
            Self::InSentence => f.write_str("in-sentence"),
            Self::InParagraph => f.write_str("in-paragraph"),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title => f.write_str("title"),
            Self::Lead => f.write_str("lead"),
            Self::Body => f.write_str("body"),
            Self::Main => f.write_str("main"),
            Self::Later => f.write_str("later"),
            Self::First(words) => write!(f, "first {words}"),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.likeness == Likeness::Regex {
            return write!(f, "/{}/", self.text.replace('/', "\\/"));
        }
        f.write_str(match self.likeness {
            Likeness::Stem | Likeness::Prefix | Likeness::Regex => "",
            Likeness::Exact => "=",
            Likeness::Cased => "=Aa",
            Likeness::Fuzzy(_) => "~",
        })?;
        let escaped = self.text.replace('\\', "\\\\").replace('"', "\\\"");
        let star = match self.likeness {
            Likeness::Prefix => "*",
            _ => "",
        };
        write!(f, "\"{escaped}{star}\"")
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dollar = if self.listed { "$" } else { "" };
        write!(f, "{}:{dollar}{}", self.kind.sign(), self.name)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Term(term) => term.fmt(f),
            ExprKind::List(name) => write!(f, "${name}"),
            ExprKind::Entity(entity) => entity.fmt(f),
            ExprKind::All(parts) => write_call(f, "all", parts),
            ExprKind::Any(parts) => write_call(f, "any", parts),
            ExprKind::Several { at_least, parts } => {
                write_call(f, &format!("{at_least} of "), parts)
            }
            ExprKind::Not(inner) => write!(f, "not({inner})"),
            ExprKind::Related {
                relation,
                left,
                right,
            } => write!(f, "({left} {relation} {right})"),
            ExprKind::Within { part, inner } => match part {
                Part::First(words) => write!(f, "first({words}, {inner})"),
                _ => write!(f, "{part}({inner})"),
            },
            ExprKind::Count { inner, at_least } => write!(f, "count({inner}) >= {at_least}"),
            ExprKind::Distinct { inner, at_least } => {
                write!(f, "distinct({inner}) >= {at_least}")
            }
            ExprKind::Score { list, at_least } => write!(f, "score(${list}) >= {at_least}"),
            ExprKind::Fact(test) => test.fmt(f),
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
