//! The tree that the queries of every peer are read into, and how it is written in this program's language.

use std::fmt;

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// A term in this program's spelling.
    Term(String),
    /// What is asked of the article as a whole.
    Fact(String),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    /// `near/5`, `before/5`, `in-paragraph`.
    Related(String, Box<Node>, Box<Node>),
    /// `title(...)`; `first(50, ...)` is the call `first(50, `.
    Within(String, Box<Node>),
    /// `count(...) >= n`.
    Count(Box<Node>, u32),
}

impl Node {
    /// All of these that there are.
    pub fn all(nodes: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        Self::joined(nodes, Self::And)
    }

    /// Any of these that there are.
    pub fn any(nodes: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        Self::joined(nodes, Self::Or)
    }

    fn joined(
        nodes: impl IntoIterator<Item = Option<Self>>,
        join: fn(Vec<Self>) -> Self,
    ) -> Option<Self> {
        let mut flat = Vec::new();
        for node in nodes.into_iter().flatten() {
            match (node, join(Vec::new())) {
                (Self::And(parts), Self::And(_)) | (Self::Or(parts), Self::Or(_)) => {
                    flat.extend(parts);
                }
                (node, _) => flat.push(node),
            }
        }
        let mut unique: Vec<Self> = Vec::new();
        for node in flat {
            if !unique.contains(&node) {
                unique.push(node);
            }
        }
        match unique.len() {
            0 => None,
            1 => unique.pop(),
            _ => Some(join(unique)),
        }
    }

    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            node => Self::Not(Box::new(node)),
        }
    }

    pub fn within(call: &str, node: Self) -> Self {
        Self::Within(call.to_owned(), Box::new(node))
    }

    /// Whether it stands somewhere, so that it can be related.
    pub fn is_placed(&self) -> bool {
        match self {
            Self::Term(_) | Self::Related(..) => true,
            Self::Or(parts) => parts.iter().all(Self::is_placed),
            Self::Within(_, inner) => inner.is_placed(),
            Self::Fact(_) | Self::And(_) | Self::Not(_) | Self::Count(..) => false,
        }
    }

    /// Whether something must stand in the text for it to hold.
    pub fn asks(&self) -> bool {
        match self {
            Self::Term(_) | Self::Related(..) | Self::Count(..) => true,
            Self::Fact(_) | Self::Not(_) => false,
            Self::And(parts) => parts.iter().any(Self::asks),
            Self::Or(parts) => parts.iter().all(Self::asks),
            Self::Within(_, inner) => inner.asks(),
        }
    }

    /// Without the alternatives that ask nothing of the text, where others do; these are put into `dropped`.
    pub fn asking(self, dropped: &mut Vec<Self>) -> Self {
        match self {
            Self::Or(parts) if parts.iter().any(Self::asks) => {
                let (asking, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(Self::asks);
                dropped.extend(others);
                Self::any(asking.into_iter().map(Some)).unwrap_or(Self::Or(Vec::new()))
            }
            Self::And(parts) if !parts.iter().any(Self::asks) => {
                let parts = parts.into_iter().map(|part| Some(part.asking(dropped)));
                Self::all(parts).unwrap_or(Self::And(Vec::new()))
            }
            node => node,
        }
    }

    /// The words of its terms, without signs; regular expressions have none.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Term(term) if term.starts_with('/') => Vec::new(),
            Self::Term(term) => {
                let word = term.trim_start_matches(['=', '~']).trim_start_matches("Aa");
                vec![word.trim_matches(['"', '*', '/']).to_owned()]
            }
            Self::Fact(_) | Self::Not(_) => Vec::new(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::words).collect(),
            Self::Related(_, left, right) => [left.words(), right.words()].concat(),
            Self::Within(_, inner) | Self::Count(inner, _) => inner.words(),
        }
    }

    /// As an operand of `and`, `or`, `not` or a relation.
    fn operand(&self, of_relation: bool) -> String {
        match self {
            Self::And(_) | Self::Or(_) => format!("({self})"),
            Self::Related(..) if of_relation => format!("({self})"),
            Self::Not(_) | Self::Count(..) if of_relation => format!("({self})"),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |parts: &[Self], word: &str| -> String {
            let parts: Vec<String> = parts.iter().map(|part| part.operand(false)).collect();
            parts.join(word)
        };
        match self {
            Self::Term(text) | Self::Fact(text) => f.write_str(text),
            Self::And(parts) => f.write_str(&joined(parts, " and ")),
            Self::Or(parts) => f.write_str(&joined(parts, " or ")),
            Self::Not(inner) => write!(f, "not {}", inner.operand(false)),
            Self::Related(relation, left, right) => write!(
                f,
                "{} {relation} {}",
                left.operand(false),
                right.operand(true)
            ),
            Self::Within(call, inner) if call.contains('(') => write!(f, "{call}{inner})"),
            Self::Within(call, inner) => write!(f, "{call}({inner})"),
            Self::Count(inner, at_least) => write!(f, "count({inner}) >= {at_least}"),
        }
    }
}
