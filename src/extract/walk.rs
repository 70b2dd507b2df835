//! What is kept of each node while [`super::gather`] walks over a tree, and how much of it at most.

use ego_tree::NodeRef;
use scraper::{ElementRef, Node};

use super::clues;
use super::gather::{Gathered, Heading, LINE_BYTES_MAX, Line, Link, Place, Spot, attribute};

/// Most meta elements that are kept; pages have about 50.
pub const METAS_MAX: usize = 400;
/// Most link elements.
const LINKS_MAX: usize = 100;
/// Most JSON-LD scripts, and most bytes of all of them.
const SCRIPTS_MAX: usize = 50;
const SCRIPT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most headings.
pub const HEADINGS_MAX: usize = 60;
/// Most elements that are marked as byline or date.
pub const SPOTS_MAX: usize = 120;
/// Most short lines with a digit or a colon.
pub const LINES_MAX: usize = 400;
/// Most anchors that may lead to another page of the same article.
const ANCHORS_MAX: usize = 60;
/// A line shorter than this may be the label of the next.
const LABEL_BYTES_MAX: usize = 24;
/// How much of the page's title is looked for in its text.
const TITLE_BYTES_MAX: usize = 500;

/// The state of a walk over the tree.
#[derive(Default)]
pub struct Walk<'a> {
    found: Gathered<'a>,
    script_bytes: usize,
    known: clues::KnownNames<'a>,
    /// Text nodes of the line that is being read, and their bytes.
    pieces: Vec<&'a str>,
    bytes: usize,
    place: Place,
    /// Depth of the outermost element that puts all below it aside, or into the article.
    aside_at: Option<usize>,
    article_at: Option<usize>,
    /// The page's title, and bytes of the longest line so far that is a part of it.
    title: String,
    /// The last line was so short that it may be a label of the next.
    label_alone: bool,
    repeated_bytes: usize,
}

impl<'a> Walk<'a> {
    /// Takes a node; `false` when nothing below it is of interest.
    pub fn enter(&mut self, node: NodeRef<'a, Node>, depth: usize) -> bool {
        match node.value() {
            Node::Text(text) => {
                self.write(text);
                false
            }
            Node::Element(element) => {
                let name = element.name();
                // Text of `title` and of drawings is no line of the page.
                match name {
                    "script" => {
                        self.script(node, element);
                        return false;
                    }
                    "style" | "noscript" | "template" | "svg" | "iframe" | "textarea"
                    | "select" => return false,
                    _ => {}
                }
                let Some(element) = ElementRef::wrap(node) else {
                    return false;
                };
                if self.bytes > 0 && !is_inline(name) {
                    self.end_line();
                }
                self.element(element, name, depth)
            }
            _ => true,
        }
    }

    /// Ends an element.
    pub fn leave(&mut self, node: NodeRef<'a, Node>, depth: usize) {
        let Node::Element(element) = node.value() else {
            return;
        };
        if self.bytes > 0 && !is_inline(element.name()) {
            self.end_line();
        }
        // Links do not nest.
        if element.name() == "a" {
            self.place.linked = false;
        }
        if self.aside_at == Some(depth) {
            self.aside_at = None;
            self.place.aside = false;
        }
        if self.article_at == Some(depth) {
            self.article_at = None;
            self.place.article = false;
        }
    }

    /// Everything that was found.
    pub fn finish(mut self) -> Gathered<'a> {
        self.end_line();
        self.found
    }

    fn write(&mut self, text: &'a str) {
        if self.bytes == 0 && text.trim_ascii().is_empty() {
            return;
        }
        self.bytes += text.len();
        if self.bytes <= LINE_BYTES_MAX * 2 {
            self.pieces.push(text);
        }
    }

    /// Keeps the line that ends here if it can be a dateline or a byline.
    fn end_line(&mut self) {
        if self.bytes == 0 {
            return;
        }
        if self.bytes <= LINE_BYTES_MAX * 2 {
            let is_blank = self
                .pieces
                .iter()
                .all(|piece| piece.trim_ascii().is_empty());
            self.place.line += usize::from(!is_blank);
            self.compare_with_title();
            let labelled = !is_blank && std::mem::take(&mut self.label_alone);
            let keep = labelled || clues::may_be_telling(&self.pieces);
            if self.found.lines.len() < LINES_MAX && keep {
                self.label_alone = !is_blank && self.bytes < LABEL_BYTES_MAX;
                self.found.lines.push(Line {
                    text: self.pieces.join(" "),
                    place: self.place,
                });
            }
        } else {
            self.place.line += 1;
        }
        self.pieces.clear();
        self.bytes = 0;
    }

    /// Notes the longest line that is a large part of the page's title.
    fn compare_with_title(&mut self) {
        const BYTES_MIN: usize = 12;
        let [piece] = *self.pieces else { return };
        let line = piece.trim();
        let longest = self
            .repeated_bytes
            .max(BYTES_MIN - 1)
            .max(self.title.len() / 3);
        if line.len() > longest && self.title.contains(line) {
            self.repeated_bytes = line.len();
            self.found.title_at = Some(self.place);
        }
    }

    fn script(&mut self, node: NodeRef<'a, Node>, element: &'a scraper::node::Element) {
        let kind = element.attrs().find(|(name, _)| *name == "type");
        let is_json_ld = kind.is_some_and(|(_, kind)| {
            let kind = kind.trim_ascii();
            kind.len() >= LD_JSON.len()
                && kind.as_bytes()[..LD_JSON.len()].eq_ignore_ascii_case(LD_JSON.as_bytes())
        });
        if !is_json_ld || self.found.scripts.len() >= SCRIPTS_MAX {
            return;
        }
        if let Some(Node::Text(text)) = node.first_child().as_ref().map(NodeRef::value) {
            self.script_bytes += text.len();
            if self.script_bytes <= SCRIPT_BYTES_MAX {
                self.found.scripts.push(text);
            }
        }
    }

    /// Looks at an element with its attributes; `false` when nothing below it is of interest.
    fn element(&mut self, element: ElementRef<'a>, name: &str, depth: usize) -> bool {
        match name {
            "meta" => self.meta(element),
            "link" => self.link(element),
            "title" => {
                if self.found.title.is_none() {
                    self.found.title = Some(element);
                    self.title = element.text().take(8).collect();
                    self.title
                        .truncate(self.title.floor_char_boundary(TITLE_BYTES_MAX));
                }
                return false;
            }
            "base" if self.found.base.is_none() => {
                self.found.base = attribute(element, "href");
            }
            "a" => {
                self.anchor(element);
                self.place.linked = true;
            }
            _ => {}
        }
        let marks = clues::Marks::of(element, name, &mut self.known);
        // The footer of an article is a part of it.
        let own_footer = self.place.article && name == "footer";
        if self.aside_at.is_none() && marks.aside && !own_footer {
            self.aside_at = Some(depth);
            self.place.aside = true;
        }
        if self.article_at.is_none() && matches!(name, "article" | "main") {
            self.article_at = Some(depth);
            self.place.article = true;
        }
        if matches!(name, "html" | "body" | "article") {
            self.found
                .langs
                .extend(marks.lang.filter(|_| self.found.langs.len() < 8));
        }
        if let Some(kind) = marks.item_type
            && self.found.item_types.len() < SPOTS_MAX
        {
            self.found.item_types.push(kind);
        }
        if matches!(name, "h1" | "h2") && self.found.headings.len() < HEADINGS_MAX {
            self.found.headings.push(Heading {
                element,
                first_rank: name == "h1",
                marked: marks.headline,
                place: self.place,
            });
        }
        if let Some(clue) = marks.clue
            && self.found.spots.len() < SPOTS_MAX
        {
            self.found.spots.push(Spot {
                element,
                clue,
                place: self.place,
            });
        }
        true
    }

    fn meta(&mut self, element: ElementRef<'a>) {
        if self.found.metas.len() >= METAS_MAX {
            return;
        }
        let (mut content, mut keys) = (None, [None; 4]);
        for (name, value) in element.value().attrs() {
            match name {
                "content" => content = Some(value),
                "property" => keys[0] = Some(value),
                "name" => keys[1] = Some(value),
                "itemprop" => keys[2] = Some(value),
                "http-equiv" => keys[3] = Some(value),
                _ => {}
            }
        }
        let key = keys.into_iter().flatten().next();
        if let (Some(key), Some(content)) = (key, content)
            && !content.trim().is_empty()
        {
            self.found.metas.push((key.trim(), content));
        }
    }

    fn link(&mut self, element: ElementRef<'a>) {
        let link = link_of(element, "media");
        if self.found.links.len() < LINKS_MAX && clues::is_useful_rel(link.rel) {
            self.found.links.push(link);
        }
    }

    fn anchor(&mut self, element: ElementRef<'a>) {
        if self.found.anchors.len() < ANCHORS_MAX {
            let link = link_of(element, "class");
            if clues::may_be_other_page(link) {
                self.found.anchors.push(link);
            }
        }
    }
}

const LD_JSON: &str = "application/ld+json";

fn link_of<'a>(element: ElementRef<'a>, kind: &str) -> Link<'a> {
    let mut link = Link::default();
    for (name, value) in element.value().attrs() {
        match name {
            "rel" => link.rel = value,
            "href" => link.href = value,
            name if name == kind => link.kind = value,
            _ => {}
        }
    }
    link
}

/// Elements that flow with the text around them.
fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "data"
            | "em"
            | "font"
            | "i"
            | "img"
            | "ins"
            | "label"
            | "mark"
            | "nobr"
            | "q"
            | "s"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "u"
            | "picture"
            | "source"
            | "button"
    )
}
