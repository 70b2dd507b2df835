//! One walk over a page's tree that gathers whatever its metadata may be read from.
//!
//! Everything is borrowed from the tree and bounded in number, depth costs no stack, and nothing is parsed
//! here: names and words are compared where they stand. What the finds mean is decided in
//! [`super::metadata`] and its neighbours.

use scraper::{ElementRef, Html};

use super::clues::Clue;
use super::walk::Walk;

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
    /// Inside of a link.
    pub linked: bool,
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
    /// Where the page's title is repeated in its text: the headline of pages without heading elements.
    pub title_at: Option<Place>,
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
    walk.finish()
}

/// The value of an attribute, without interning its name as [`ElementRef::attr`] does.
pub fn attribute<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    let mut attributes = element.value().attrs();
    attributes.find_map(|(own, value)| (own == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::walk::{HEADINGS_MAX, LINES_MAX, METAS_MAX, SPOTS_MAX};

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
        assert_eq!(lines, ["By Ana  |  3 May", "18 Sep 2023"]);
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
