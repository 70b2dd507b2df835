//! One walk over a page's tree that gathers whatever its metadata may be read from.
//!
//! Everything is borrowed from the tree and bounded in number, depth costs no stack, and nothing is parsed
//! here: names and words are compared where they stand. What the finds mean is decided in
//! [`super::metadata`] and its neighbours.

use ego_tree::NodeRef;
use scraper::{ElementRef, Html, Node};

use super::clues::{self, Clue};

/// Most meta elements that are kept; pages have about 50.
const METAS_MAX: usize = 400;
/// Most link elements.
const LINKS_MAX: usize = 100;
/// Most JSON-LD scripts, and most bytes of all of them.
const SCRIPTS_MAX: usize = 50;
const SCRIPT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most headings.
const HEADINGS_MAX: usize = 60;
/// Most elements that are marked as byline or date.
const SPOTS_MAX: usize = 120;
/// Most short lines with a digit or a colon.
const LINES_MAX: usize = 400;
/// Most anchors that may lead to another page of the same article.
const ANCHORS_MAX: usize = 60;
/// Longest line that may be a dateline or a byline, in bytes.
pub const LINE_BYTES_MAX: usize = 240;

/// Where something stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Number of the line: what is near a headline has a near number.
    pub line: usize,
    /// Inside of navigation, footer, sidebar, comments or related articles.
    pub aside: bool,
    /// Inside of `article` or `main`.
    pub article: bool,
}

/// A heading of rank 1 or 2.
#[derive(Debug, Clone, Copy)]
pub struct Heading<'a> {
    /// The element.
    pub element: ElementRef<'a>,
    /// It is an `h1`.
    pub first_rank: bool,
    /// Marked `itemprop="headline"`.
    pub marked: bool,
    /// Where it stands.
    pub place: Place,
}

/// An element whose markup says what it holds.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    /// The element.
    pub element: ElementRef<'a>,
    /// What it holds.
    pub clue: Clue,
    /// Where it stands.
    pub place: Place,
}

/// A short line of text that may hold a date or a byline.
#[derive(Debug, Clone)]
pub struct Line {
    /// White space as in the page.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// What was found, in document order.
#[derive(Debug, Default)]
pub struct Gathered<'a> {
    /// Names and contents of meta elements; names as written.
    pub metas: Vec<(&'a str, &'a str)>,
    /// `link` elements with an address.
    pub links: Vec<Link<'a>>,
    /// Anchors with `rel="next"`, and those that a pager or a print button may be made of.
    pub anchors: Vec<Link<'a>>,
    /// Texts of JSON-LD scripts.
    pub scripts: Vec<&'a str>,
    /// The page's `title`.
    pub title: Option<ElementRef<'a>>,
    /// Headings.
    pub headings: Vec<Heading<'a>>,
    /// Marked elements.
    pub spots: Vec<Spot<'a>>,
    /// Lines with a digit or a colon, or that begin like a byline.
    pub lines: Vec<Line>,
    /// Language attributes of `html`, `body` and `article`.
    pub langs: Vec<&'a str>,
    /// Address that relative ones start from.
    pub base: Option<&'a str>,
    /// Types of microdata.
    pub item_types: Vec<&'a str>,
}

/// A `link`, or an anchor.
#[derive(Debug, Clone, Copy, Default)]
pub struct Link<'a> {
    /// `rel`, as written.
    pub rel: &'a str,
    /// Address, as written.
    pub href: &'a str,
    /// `media` of a link, class of an anchor.
    pub kind: &'a str,
}

/// Walks the tree.
#[must_use]
pub fn gather(html: &Html) -> Gathered<'_> {
    let mut walk = Walk::default();
    let mut node = html.tree.root();
    let mut depth = 0;
    'tree: loop {
        if walk.enter(node, depth)
            && let Some(child) = node.first_child()
        {
            node = child;
            depth += 1;
            continue;
        }
        loop {
            walk.leave(node, depth);
            if let Some(next) = node.next_sibling() {
                node = next;
                continue 'tree;
            }
            match node.parent() {
                Some(parent) => {
                    node = parent;
                    depth -= 1;
                }
                None => break 'tree,
            }
        }
    }
    walk.end_line();
    walk.found
}

#[derive(Default)]
struct Walk<'a> {
    found: Gathered<'a>,
    script_bytes: usize,
    /// Text nodes of the line that is being read, and their bytes.
    pieces: Vec<&'a str>,
    bytes: usize,
    place: Place,
    /// Depth of the outermost element that puts all below it aside, or into the article.
    aside_at: Option<usize>,
    article_at: Option<usize>,
}

impl<'a> Walk<'a> {
    /// Takes a node; `false` when nothing below it is of interest.
    fn enter(&mut self, node: NodeRef<'a, Node>, depth: usize) -> bool {
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
                if !is_inline(name) {
                    self.end_line();
                }
                self.element(element, name, depth)
            }
            _ => true,
        }
    }

    fn leave(&mut self, node: NodeRef<'a, Node>, depth: usize) {
        let Node::Element(element) = node.value() else {
            return;
        };
        if !is_inline(element.name()) {
            self.end_line();
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

    fn write(&mut self, text: &'a str) {
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
            let is_blank = self.pieces.iter().all(|piece| piece.trim_ascii().is_empty());
            self.place.line += usize::from(!is_blank);
            if self.found.lines.len() < LINES_MAX && clues::may_be_telling(&self.pieces) {
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
                }
                return false;
            }
            "base" if self.found.base.is_none() => {
                self.found.base = attribute(element, "href");
            }
            "a" => self.anchor(element),
            _ => {}
        }
        let marks = clues::Marks::of(element, name);
        if self.aside_at.is_none() && marks.aside {
            self.aside_at = Some(depth);
            self.place.aside = true;
        }
        if self.article_at.is_none() && matches!(name, "article" | "main") {
            self.article_at = Some(depth);
            self.place.article = true;
        }
        if matches!(name, "html" | "body" | "article") {
            self.found.langs.extend(marks.lang.filter(|_| self.found.langs.len() < 8));
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

/// The value of an attribute, without interning its name as [`ElementRef::attr`] does.
pub fn attribute<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    let mut attributes = element.value().attrs();
    attributes.find_map(|(own, value)| (own == name).then_some(value))
}

/// Elements that flow with the text around them.
fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr" | "b" | "bdi" | "bdo" | "big" | "cite" | "data" | "em" | "font" | "i" | "img"
            | "ins" | "label" | "mark" | "nobr" | "q" | "s" | "small" | "span" | "strong" | "sub"
            | "sup" | "time" | "u" | "picture" | "source" | "button"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_walk_finds_what_is_needed() {
        let html = Html::parse_document(
            r#"<html lang=id><head><base href=/x/><title>T</title><meta name=Author content=Ana>
            <link rel=canonical href=/1><script type="application/ld+json">{}</script></head>
            <body><nav><h2>Menu</h2></nav><article lang=en><h1 itemprop=headline>Head</h1>
            <span class="post-byline">By Ana</span> | <time datetime=2024-05-03>3 May</time>
            <p>No digit here</p><p>18 Sep 2023</p></article></body></html>"#,
        );
        let found = gather(&html);
        assert_eq!(found.metas, [("Author", "Ana")]);
        assert_eq!(found.scripts, ["{}"]);
        assert_eq!(found.langs, ["id", "en"]);
        assert_eq!(found.base, Some("/x/"));
        assert_eq!(found.links.len(), 1);
        assert_eq!(found.headings.len(), 2);
        assert!(found.headings[0].place.aside && !found.headings[1].place.aside);
        assert!(found.headings[1].marked && found.headings[1].place.article);
        assert_eq!(found.spots.len(), 2);
        let lines: Vec<&str> = found.lines.iter().map(|line| line.text.trim()).collect();
        assert_eq!(lines, ["By Ana | 3 May", "18 Sep 2023"]);
    }

    #[test]
    fn depth_costs_no_stack_and_counts_are_bounded() {
        let deep = format!("{}<h1>x</h1>", "<div class=date>1".repeat(5_000));
        let html = Html::parse_document(&deep);
        assert_eq!(gather(&html).spots.len(), SPOTS_MAX);
        let many = "<h2>a 1</h2><meta name=a content=b><a rel=next href=x>".repeat(2_000);
        let html = Html::parse_document(&many);
        let found = gather(&html);
        assert_eq!(found.headings.len(), HEADINGS_MAX);
        assert!(found.lines.len() <= LINES_MAX && found.metas.len() <= METAS_MAX);
    }
}
