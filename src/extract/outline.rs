//! The lines of a page and the blocks that they stand in.

use ego_tree::NodeId;

use super::fate::Reason;
use super::names::{ROLES, Roles};

/// A line of the page before cleaning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// White space made single.
    pub text: String,
    /// Characters of it, white space left out, that are inside of links.
    pub link_chars: usize,
    /// The same for bold and for slanted type.
    pub bold_chars: usize,
    /// See `bold_chars`.
    pub italic_chars: usize,
    /// Links that begin in it.
    pub links: usize,
    /// It is a heading.
    pub heading: bool,
    /// It is the headline of a further story: byline or date follow.
    pub opens_story: bool,
    /// It follows a line break of the same block.
    pub after_break: bool,
    /// Index of the innermost block that it stands in.
    pub block: usize,
    /// Roles of the inline elements around the whole line.
    pub roles: Roles,
    /// The text that it begins with.
    pub start: Option<NodeId>,
}

impl Line {
    /// Share of the characters that are inside of links, 0 to 1.
    #[must_use]
    pub fn link_density(&self) -> f64 {
        share(self.link_chars, self.ink())
    }

    /// Characters without white space.
    #[must_use]
    pub fn ink(&self) -> usize {
        ink(&self.text)
    }
}

pub(super) fn ink(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "lines are shorter than 2^52 characters"
)]
fn share(part: usize, whole: usize) -> f64 {
    let whole = whole.max(1);
    part.min(whole) as f64 / whole as f64
}

/// No ancestor has the role.
pub const FAR: u8 = 31;

/// An element that begins and ends lines.
#[derive(Debug, Clone)]
pub struct Block {
    /// Index of the block around it; the first block is its own.
    pub parent: usize,
    /// What kind of element it is.
    pub tag: Tag,
    /// Blocks around it.
    pub depth: usize,
    /// Levels up to the nearest element of each role, 0 = itself, [`FAR`] = none.
    pub near: [u8; ROLES],
    /// Tag and classes of it and of the two blocks around it: the same for paragraphs of one story.
    pub signature: u64,
    /// Tag and classes of it alone.
    pub own: u64,
    /// Index of its first line.
    pub first: usize,
    /// Index behind its last line.
    pub end: usize,
}

/// Kinds of block as far as they matter to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Tag {
    Paragraph,
    Plain,
    Item,
    Heading1,
    Heading2,
    Heading3,
    Quote,
    Cell,
    Caption,
    Term,
    Preformatted,
    Other,
}

impl Tag {
    /// The kind of an element by its name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name {
            "p" => Self::Paragraph,
            "div" | "section" | "article" | "main" | "body" | "center" => Self::Plain,
            "li" => Self::Item,
            "h1" => Self::Heading1,
            "h2" => Self::Heading2,
            "h3" | "h4" | "h5" | "h6" => Self::Heading3,
            "blockquote" => Self::Quote,
            "td" | "th" => Self::Cell,
            "figcaption" | "caption" | "figure" => Self::Caption,
            "dt" | "dd" => Self::Term,
            "pre" => Self::Preformatted,
            _ => Self::Other,
        }
    }
}

/// The lines of a page and the blocks that they stand in, both in document order.
#[derive(Debug, Default)]
pub struct Outline {
    /// Lines.
    pub lines: Vec<Line>,
    /// Blocks; the first one is the whole page.
    pub blocks: Vec<Block>,
    /// Elements that were left out with all that is in them, and why; only of [`super::blocks::outline_of`].
    pub skipped: Vec<(NodeId, Reason)>,
}
