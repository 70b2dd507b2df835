//! What a line looks like inside: links, emphasis, other languages.

use ego_tree::NodeRef;
use scraper::{ElementRef, Node};
use url::Url;

use super::ElementId;
use super::allow::SCHEMES;
use super::shape::{Tongue, flows};

/// Elements inside of a line whose text is not part of it.
const SILENT: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "button",
    "select", "textarea", "rt", "rp", "rtc",
];
/// Emphasis inside of emphasis that is kept.
const MARKS_MAX: usize = 8;
/// Longest address of a link, in bytes.
const HREF_BYTES_MAX: usize = 2_000;
/// Pieces of text that are looked at for a line before the rest of it is taken as plain.
const PIECES_MAX: usize = 2_000;

/// A piece of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    /// What is around it, outermost first.
    pub(super) marks: Vec<Mark>,
}

/// An element inside of a line. Two pieces with the same one stand in one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) element: ElementId,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// To an absolute address.
    Link(String),
    Emphasis,
    Strong,
    /// In another language or direction.
    Tongue(Tongue),
}

impl Kind {
    fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && !matches!(self, Self::Tongue(_))
    }
}

/// Cuts a line, which begins at a text of the tree, into pieces of one look. Together they are the line, whatever the
/// tree says: texts that do not go on with it are passed over, and what is left of it at the end is plain.
pub(super) fn runs(
    start: NodeRef<'_, Node>,
    line: &str,
    page: usize,
    base: Option<&Url>,
) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut rest = line;
    let mut walk = Some(start);
    let mut pieces = 0;
    while let Some(node) = walk {
        if rest.trim().is_empty() || pieces == PIECES_MAX {
            break;
        }
        if let Node::Text(text) = node.value() {
            pieces += 1;
            if let Some(length) = begins_with(rest, text) {
                let (said, behind) = rest.split_at(length);
                add(&mut runs, said, marks(node, page, base));
                rest = behind;
            }
        }
        walk = following(node);
    }
    if !rest.is_empty() {
        add(&mut runs, rest, Vec::new());
    }
    runs
}

/// White space before a piece belongs to no mark.
fn add(runs: &mut Vec<Run>, said: &str, marks: Vec<Mark>) {
    let text = said.trim_start();
    let space = &said[..said.len() - text.len()];
    for (text, marks) in [(space, Vec::new()), (text, marks)] {
        if !text.is_empty() {
            runs.push(Run {
                text: text.to_owned(),
                marks,
            });
        }
    }
}

/// How much of a line a text of the tree says, in bytes; `None` when it says nothing or something else. White space
/// and signs without width do not count: they were put right in the line.
fn begins_with(line: &str, text: &str) -> Option<usize> {
    let mut signs = line.char_indices().filter(|(_, c)| counts(*c));
    let mut end = None;
    for expected in text.chars().filter(|c| counts(*c)) {
        let (at, c) = signs.next()?;
        if c != expected {
            return None;
        }
        end = Some(at + c.len_utf8());
    }
    end
}

fn counts(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// The next node in document order; what is silent is passed over.
fn following(node: NodeRef<'_, Node>) -> Option<NodeRef<'_, Node>> {
    let is_silent =
        ElementRef::wrap(node).is_some_and(|element| SILENT.contains(&element.value().name()));
    let inside = node.first_child().filter(|_| !is_silent);
    inside.or_else(|| node.next_sibling()).or_else(|| {
        let mut around = node.ancestors();
        around.find_map(|above| above.next_sibling())
    })
}

/// The marks of a text.
fn marks(text: NodeRef<'_, Node>, page: usize, base: Option<&Url>) -> Vec<Mark> {
    let around = text.ancestors().map_while(ElementRef::wrap);
    let around = around.take_while(|element| flows(element.value().name()));
    let mut marks: Vec<Mark> = Vec::new();
    for element in around.take(MARKS_MAX * 2) {
        let tongue = Tongue::of(element);
        let kind = match element.value().name() {
            "a" => link(element, base).map(Kind::Link),
            "em" | "i" => Some(Kind::Emphasis),
            "strong" | "b" => Some(Kind::Strong),
            _ => None,
        };
        for kind in kind
            .into_iter()
            .chain((!tongue.is_empty()).then_some(Kind::Tongue(tongue)))
        {
            if marks.len() < MARKS_MAX && !marks.iter().any(|mark| mark.kind.is_like(&kind)) {
                let element = (page, element.id());
                marks.push(Mark { element, kind });
            }
        }
    }
    marks.reverse();
    marks
}

/// The absolute address of a link, if it is one that is let through.
fn link(element: ElementRef<'_>, base: Option<&Url>) -> Option<String> {
    let href = element.attr("href")?.trim();
    let mut url = match base {
        Some(base) => base.join(href).ok()?,
        None => Url::parse(href).ok()?,
    };
    if !SCHEMES.contains(&url.scheme()) || (url.scheme() != "mailto" && !url.has_host()) {
        return None;
    }
    if url.has_authority() {
        // A name before the host only makes it look like another.
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    let url: String = url.into();
    (url.len() <= HREF_BYTES_MAX).then_some(url)
}
