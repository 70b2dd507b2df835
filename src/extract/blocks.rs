//! A page as lines of plain text, one for every paragraph, heading, list item and cell, and the blocks that they
//! stand in: one walk over the tree, which keeps of the markup what tells a story from its surroundings.

use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Node};

use super::fate::Reason;
use super::gather::attribute;
use super::hidden::Hidden;
use super::labels::{self, Label};
use super::names::{self, Namer, ROLES, Roles};
use super::parsed::Parsed;
use super::select;
use super::site::Scope;

use super::outline::ink;
pub use super::outline::{Block, FAR, Line, Outline, Tag};

/// Elements whose text is no running text.
const SKIPPED: &[&str] = &[
    "script", "style", "noscript", "template", "picture", "svg", "math", "canvas", "video",
    "audio", "iframe", "object", "embed", "button", "input", "select", "textarea", "nav", "dialog",
    "head", "map", "progress", "meter",
];
/// Elements that flow with the text around them.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "rtc", "ruby", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    "img",
];
/// Readings of ideographs and footnote marks: no words of the sentence.
const ANNOTATIONS: &[&str] = &["rt", "rp", "rtc"];
/// Attributes besides `class` and `id` whose words say what an element is.
const NAMING: &[&str] = &[
    "data-testid",
    "data-component",
    "data-type",
    "data-block",
    "data-module",
    "data-qa",
    "data-name",
];
/// How much of an inline element is looked at for a label, in characters.
const LABEL_CHARS: usize = 60;

/// The lines and blocks of a tree.
///
/// Walks without recursion: depth costs no stack.
#[must_use]
pub fn outline(page: &Parsed<'_>) -> Outline {
    outline_of(page, None, false)
}

/// The same without what the rule for a site takes out; with `tells` the elements that are skipped are told.
#[must_use]
pub fn outline_of<'a>(page: &'a Parsed<'_>, scope: Option<&'a Scope>, tells: bool) -> Outline {
    let root = page.html.tree.root();
    let mut writer = Writer {
        scope: scope.filter(|scope| !scope.removed.is_empty()),
        tells,
        ..Writer::new(page)
    };
    let mut node = root;
    'tree: loop {
        if writer.enter(node) {
            if let Some(child) = node.first_child() {
                node = child;
                continue;
            }
            writer.leave(node);
        }
        loop {
            if let Some(next) = node.next_sibling() {
                node = next;
                continue 'tree;
            }
            match node.parent() {
                Some(parent) if parent != root => {
                    writer.leave(parent);
                    node = parent;
                }
                _ => break 'tree,
            }
        }
    }
    writer.finish()
}

/// The lines of a piece of HTML that is all story.
#[must_use]
pub fn lines(piece: &Parsed<'_>) -> Vec<Line> {
    outline(piece).lines
}

/// How many of the open elements are of a kind.
#[derive(Debug, Default)]
struct Open {
    links: usize,
    headings: usize,
    bold: usize,
    italic: usize,
}

impl Open {
    fn add(&mut self, name: &str) {
        if let Some(count) = self.of(name) {
            *count += 1;
        }
    }

    fn take(&mut self, name: &str) {
        if let Some(count) = self.of(name) {
            *count -= 1;
        }
    }

    fn of(&mut self, name: &str) -> Option<&mut usize> {
        match name {
            "a" => Some(&mut self.links),
            "b" | "strong" => Some(&mut self.bold),
            "i" | "em" => Some(&mut self.italic),
            name if is_heading(name) => Some(&mut self.headings),
            _ => None,
        }
    }
}

struct Writer<'a> {
    outline: Outline,
    scope: Option<&'a Scope>,
    tells: bool,
    namer: Namer<'a>,
    hidden: Hidden,
    /// Innermost open block.
    block: usize,
    open: Open,
    /// Roles of the open inline elements, all of those around included.
    inline: Vec<Roles>,
    /// The line so far; its text has not been spaced yet.
    line: Line,
    /// Something of the line was written.
    begun: bool,
    /// A label was cut, its link follows.
    link_follows: bool,
}

impl<'a> Writer<'a> {
    fn new(page: &Parsed<'_>) -> Self {
        let whole = Block {
            parent: 0,
            tag: Tag::Other,
            depth: 0,
            near: [FAR; ROLES],
            signature: 0,
            own: 0,
            first: 0,
            end: 0,
        };
        Self {
            outline: Outline {
                lines: Vec::new(),
                blocks: vec![whole],
                skipped: Vec::new(),
            },
            scope: None,
            tells: false,
            namer: Namer::default(),
            hidden: Hidden::of(page),
            block: 0,
            open: Open::default(),
            inline: Vec::new(),
            line: Line::default(),
            begun: false,
            link_follows: false,
        }
    }

    /// Takes a node; `false` when it is left out with all that is in it.
    fn enter(&mut self, node: NodeRef<'a, Node>) -> bool {
        let Some(element) = ElementRef::wrap(node) else {
            if let Node::Text(text) = node.value() {
                self.write(text, node.id());
            }
            return true;
        };
        let name = element.value().name();
        let inline = INLINE.contains(&name);
        if !inline && name != "br" {
            self.end_line();
        }
        if ANNOTATIONS.contains(&name) {
            return false;
        }
        if let Some(reason) = self.reason_to_skip(element, inline) {
            if self.tells {
                self.outline.skipped.push((element.id(), reason));
            }
            return false;
        }
        self.open.add(name);
        if name == "br" {
            self.line_break(element);
        } else if inline {
            self.open_inline(element);
        } else {
            self.open_block(element);
        }
        true
    }

    fn reason_to_skip(&mut self, element: ElementRef<'a>, inline: bool) -> Option<Reason> {
        let name = element.value().name();
        if SKIPPED.contains(&name) {
            return Some(if name == "nav" {
                Reason::Navigation
            } else {
                Reason::NoRunningText
            });
        }
        if self
            .scope
            .is_some_and(|scope| scope.removed.contains(&element.id()))
        {
            return Some(Reason::Removed);
        }
        if self.hidden.hides(element) {
            return Some(Reason::Hidden);
        }
        (inline && self.is_insertion(element)).then_some(Reason::Insertion)
    }

    fn open_inline(&mut self, element: ElementRef<'a>) {
        let around = self.inline.last().copied().unwrap_or_default();
        let roles = around | self.roles(element);
        self.inline.push(roles);
        self.line.links += usize::from(element.value().name() == "a");
    }

    fn open_block(&mut self, element: ElementRef<'a>) {
        let parent = &self.outline.blocks[self.block];
        let name = element.value().name();
        let own = own_signature(name, attribute(element, "class").unwrap_or_default());
        let around = self.outline.blocks[parent.parent].own;
        let signature = own
            .wrapping_mul(31)
            .wrapping_add(parent.own)
            .wrapping_mul(31)
            .wrapping_add(around);
        let (depth, mut near) = (parent.depth + 1, parent.near);
        let roles = self.roles(element) | names::roles_of_tag(name);
        for (role, levels) in near.iter_mut().enumerate() {
            let far = if *levels == FAR {
                FAR
            } else {
                (*levels + 1).min(FAR - 1)
            };
            *levels = if roles & (1 << role) == 0 { far } else { 0 };
        }
        let first = self.outline.lines.len();
        self.outline.blocks.push(Block {
            parent: self.block,
            tag: Tag::of(name),
            depth,
            near,
            signature,
            own,
            first,
            end: first,
        });
        self.block = self.outline.blocks.len() - 1;
    }

    fn roles(&mut self, element: ElementRef<'a>) -> Roles {
        let mut roles = 0;
        for (name, value) in element.value().attrs() {
            roles |= match name {
                "class" | "id" => self.namer.roles(value),
                "role" | "itemprop" => names::roles_of_attribute(value),
                name if name.starts_with("data-") && NAMING.contains(&name) => {
                    self.namer.roles(value)
                }
                _ => 0,
            };
        }
        roles
    }

    fn leave(&mut self, node: NodeRef<'_, Node>) {
        let Some(element) = ElementRef::wrap(node) else {
            return;
        };
        let name = element.value().name();
        if name == "br" {
            return;
        }
        if INLINE.contains(&name) {
            self.inline.pop();
        } else {
            self.end_line();
            self.line.after_break = false;
            self.outline.blocks[self.block].end = self.outline.lines.len();
            self.block = self.outline.blocks[self.block].parent;
        }
        self.open.take(name);
    }

    fn write(&mut self, text: &str, node: NodeId) {
        let empty = text.trim().is_empty();
        self.link_follows &= empty;
        if !empty {
            let around = self.inline.last().copied().unwrap_or_default();
            self.line.roles = if self.begun {
                self.line.roles & around
            } else {
                around
            };
            self.line.start = self.line.start.or(Some(node));
            self.begun = true;
            if self.open.links + self.open.bold + self.open.italic > 0 {
                let ink = ink(text);
                self.line.link_chars += if self.open.links > 0 { ink } else { 0 };
                self.line.bold_chars += if self.open.bold > 0 { ink } else { 0 };
                self.line.italic_chars += if self.open.italic > 0 { ink } else { 0 };
            }
        }
        self.line.text.push_str(text);
    }

    /// A line break ends a paragraph when it is doubled or when a sentence ends there; otherwise
    /// it only wraps the text.
    fn line_break(&mut self, element: ElementRef<'_>) {
        let doubled = element
            .next_siblings()
            .find(|node| !matches!(node.value(), Node::Text(text) if text.trim().is_empty()))
            .and_then(ElementRef::wrap)
            .is_some_and(|next| next.value().name() == "br");
        if doubled || ends_sentence(&self.line.text) {
            self.end_line();
            self.line.after_break = true;
        } else {
            self.line.text.push(' ');
        }
    }

    fn end_line(&mut self) {
        let after_break = self.line.after_break;
        let mut line = std::mem::take(&mut self.line);
        if self.begun {
            line.text = select::spaced(&line.text);
        }
        if self.begun && !line.text.is_empty() {
            line.heading = self.open.headings > 0;
            line.block = self.block;
            self.outline.lines.push(line);
        } else {
            self.line.after_break = after_break;
        }
        self.begun = false;
        self.link_follows = false;
    }

    fn finish(mut self) -> Outline {
        self.end_line();
        self.outline.blocks[0].end = self.outline.lines.len();
        self.outline
    }

    /// "(Baca Juga: ...)" as an element of its own inside of a paragraph, or the link behind such a label.
    fn is_insertion(&mut self, element: ElementRef<'_>) -> bool {
        let is_link = element.value().name() == "a";
        if is_link && std::mem::take(&mut self.link_follows) {
            return true;
        }
        // At the start of a line the line itself is judged, with its label.
        if self.line.text.trim().is_empty() {
            return false;
        }
        let text: String = element
            .text()
            .flat_map(str::chars)
            .take(LABEL_CHARS)
            .collect();
        let folded = labels::folded(&select::spaced(&text));
        let Some(Label::ReadAlso(length)) = labels::label_of(&folded) else {
            return false;
        };
        let rest = folded[length..].trim_start();
        let bracketed = text.trim_start().starts_with(['(', '[', '（']);
        let insertion = bracketed || rest.starts_with([':', '：', '|']);
        let holds_link = is_link
            || element
                .descendent_elements()
                .any(|inner| inner.value().name() == "a");
        self.link_follows = insertion && !holds_link && !bracketed;
        insertion
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Tag and classes as one number; digits, which count things, left out.
fn own_signature(name: &str, classes: &str) -> u64 {
    let bytes = name.bytes().chain([b' ']).chain(classes.bytes());
    bytes
        .filter(|byte| !byte.is_ascii_digit())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// The text ends as a sentence does, quotation marks and brackets aside.
#[must_use]
pub fn ends_sentence(text: &str) -> bool {
    text.trim_end()
        .trim_end_matches([
            '"', '\'', '”', '’', '»', '“', ')', '）', '」', '』', '›', ']',
        ])
        .ends_with([
            '.', '!', '?', '…', '。', '！', '？', '।', '؟', '۔', '።', '։', ':', '：', ';', '；',
        ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(html: &str) -> Vec<String> {
        lines(&Parsed::fragment(html))
            .into_iter()
            .map(|line| line.text)
            .collect()
    }

    #[test]
    fn markup_becomes_lines() {
        for (html, expected) in [
            (
                "<p>One <b>two</b>\n three.</p><p>Four.</p>",
                vec!["One two three.", "Four."],
            ),
            (
                "<h2>Head</h2>Text<ul><li>a<li>b</ul>",
                vec!["Head", "Text", "a", "b"],
            ),
            (
                "One.<br>Two.<br><br>Three<br>four",
                vec!["One.", "Two.", "Three four"],
            ),
            (
                "<p>A<figure><img><figcaption>Caption</figcaption></figure></p>",
                vec!["A", "Caption"],
            ),
            ("<p><ruby>王<rt>おう</rt></ruby>氏</p>", vec!["王氏"]),
            (
                "<p>Menlu tiba. <strong>(Baca Juga: <a>Agenda</a>)</strong> Ia bertemu Putin.</p>",
                vec!["Menlu tiba. Ia bertemu Putin."],
            ),
            (
                "<p>Menlu tiba. <strong>Baca juga:</strong> <a>Agenda</a> Ia bertemu Putin.</p>",
                vec!["Menlu tiba. Ia bertemu Putin."],
            ),
            (
                "<p>He asked us to <i>read also</i> the <a>second</a> volume.</p>",
                vec!["He asked us to read also the second volume."],
            ),
        ] {
            assert_eq!(texts(html), expected, "{html}");
        }
    }

    #[test]
    fn links_are_counted() {
        let found = lines(&Parsed::fragment("<p><a>abcd</a>efgh</p>"));
        assert!((found[0].link_density() - 0.5).abs() < 1e-9);
    }
}
