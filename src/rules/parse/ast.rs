//! The syntax tree of a `match` expression.
//!
//! The tree knows names only: whether a list or a country exists is asked when it is lowered.

use std::ops::Range;

use crate::rules::facts::FactTest;

/// A part of an expression, with the bytes it was written in.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) struct Expr {
    pub at: Range<usize>,
    pub kind: ExprKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) enum ExprKind {
    /// A word or a phrase.
    Term(Term),
    /// `$name`: any term of a list.
    List(String),
    /// `country:CN` and its like.
    Entity(Entity),
    /// `a and b`, `all(a, b)`.
    All(Vec<Expr>),
    /// `a or b`, `any(a, b)`.
    Any(Vec<Expr>),
    /// `2 of (a, b, c)`.
    Several { at_least: u32, parts: Vec<Expr> },
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
    /// `distinct(a) >= n`.
    Distinct { inner: Box<Expr>, at_least: u32 },
    /// `score($list) >= x`.
    Score { list: String, at_least: f64 },
    /// `lang in [id]` and its like: no word of the text.
    Fact(FactTest),
}

/// A word or a phrase and how closely a text must follow it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::rules) struct Term {
    /// Without its signs; of a prefix without the star.
    pub text: String,
    pub likeness: Likeness,
}

/// How closely a text must follow a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::rules) enum Likeness {
    /// `"word"`: same normal form or same stem.
    Stem,
    /// `="word"`: same normal form.
    Exact,
    /// `=Aa"Word"`: letter by letter.
    Cased,
    /// `"wor*"`: the last word begins so.
    Prefix,
    /// `~"word"`: so many letters of a word may be wrong at most.
    Fuzzy(u8),
    /// `/word/`: a regular expression.
    Regex,
}

/// Something that has a name of its own, and the table or the data that says how it is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::rules) struct Entity {
    pub kind: EntityKind,
    pub name: String,
    /// `person:$name`: all that the list of this name names.
    pub listed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::rules) enum EntityKind {
    /// A state: names, adjectives, capital, words for its government.
    Country,
    Capital,
    /// The capital and the words for the government.
    Gov,
    /// The states of a region or a group.
    Region,
    /// The same, and the group by its own name.
    Group,
    Person,
    Org,
}

/// How near to each other two things must stand. None holds across two fields or two stories of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Relation {
    /// At most so many words apart.
    Near(u32),
    /// The same, the left one first.
    Before(u32),
    InSentence,
    InParagraph,
}

/// A part of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Part {
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

impl EntityKind {
    pub const ALL: [Self; 7] = [
        Self::Country,
        Self::Capital,
        Self::Gov,
        Self::Region,
        Self::Group,
        Self::Person,
        Self::Org,
    ];

    /// What stands before the colon.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Capital => "capital",
            Self::Gov => "gov",
            Self::Region => "region",
            Self::Group => "group",
            Self::Person => "person",
            Self::Org => "org",
        }
    }

    pub fn of_sign(sign: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.sign() == sign)
    }

    /// Named by a table of the config.
    pub fn is_named_by_user(self) -> bool {
        matches!(self, Self::Person | Self::Org)
    }
}

impl Expr {
    /// Calls `visit` with this part and all parts of it.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Self)) {
        visit(self);
        match &self.kind {
            ExprKind::Term(_)
            | ExprKind::List(_)
            | ExprKind::Entity(_)
            | ExprKind::Score { .. }
            | ExprKind::Fact(_) => {}
            ExprKind::All(parts) | ExprKind::Any(parts) | ExprKind::Several { parts, .. } => {
                parts.iter().for_each(|part| part.walk(visit));
            }
            ExprKind::Not(inner)
            | ExprKind::Within { inner, .. }
            | ExprKind::Count { inner, .. }
            | ExprKind::Distinct { inner, .. } => inner.walk(visit),
            ExprKind::Related { left, right, .. } => {
                left.walk(visit);
                right.walk(visit);
            }
        }
    }
}
