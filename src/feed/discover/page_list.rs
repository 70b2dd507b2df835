//! Where on a page the list of articles is, guessed: for a site without any feed.

use std::collections::{HashMap, HashSet};

use unicode_width::UnicodeWidthStr;
use url::Url;

use super::resolved;
use crate::feed::markup::{Tag, TagKind, Tags};
use crate::feed::text::{self, Shape};

/// Columns that the headline of an article fills at least; words of menus are shorter.
const HEADLINE_WIDTH_MIN: usize = 24;
/// Links that make a list.
const LINKS_MIN: usize = 4;
/// Links beyond these do not make a list better.
const LINKS_ENOUGH: usize = 40;
/// Elements whose nesting is remembered.
const DEPTH_MAX: usize = 128;
/// How far around a link its list is looked for.
const AROUND: usize = 4;
/// Bytes of a link's text that are looked at.
const LINK_TEXT_BYTES_MAX: usize = 1024;
/// Headlines that are given as examples.
const EXAMPLES: usize = 3;

/// Elements that have no end tag.
const VOID: [&str; 12] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
];
/// Parts of a page that hold no articles.
const ASIDE: [&str; 3] = ["nav", "footer", "aside"];

/// A list of links on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkList {
    /// CSS selector of the links.
    pub selector: String,
    /// How many different addresses it finds.
    pub links: usize,
    /// Texts of the first links.
    pub examples: Vec<String>,
}

/// The list of links that most looks like a list of articles: many, long, and all in one kind of element.
/// `None` when no list stands out.
#[must_use]
pub fn guess_links(html: &str, base: &Url) -> Option<LinkList> {
    let mut lists: HashMap<String, Gathered> = HashMap::new();
    let mut walk = Walk::default();
    for tag in Tags::new(html) {
        if let Some((link, selectors)) = walk.step(html, &tag, base) {
            for selector in selectors {
                let list = lists.entry(selector).or_default();
                if list.addresses.insert(link.url.clone()) {
                    list.width += link.text.width();
                    list.examples
                        .extend((list.examples.len() < EXAMPLES).then(|| link.text.clone()));
                }
            }
        }
    }
    let (selector, list) = lists
        .into_iter()
        .filter(|(_, list)| list.addresses.len() >= LINKS_MIN)
        // Of selectors that find the same the most exact; then by name, so that the guess stays the same.
        .max_by_key(|(selector, list)| {
            let name = std::cmp::Reverse((selector.len(), selector.clone()));
            (list.worth(), exactness(selector), name)
        })?;
    Some(LinkList {
        selector,
        links: list.addresses.len(),
        examples: list.examples,
    })
}

/// A headline or the link's own class finds nothing else; a box finds the names of authors and topics too.
fn exactness(selector: &str) -> u8 {
    let mut bytes = selector.bytes();
    match (bytes.next(), bytes.next()) {
        (Some(b'h'), Some(b'1'..=b'4')) => 2,
        (Some(b'a'), Some(b'.')) => 1,
        _ => 0,
    }
}

#[derive(Default)]
struct Gathered {
    addresses: HashSet<Url>,
    width: usize,
    examples: Vec<String>,
}

impl Gathered {
    fn worth(&self) -> usize {
        let links = self.addresses.len();
        links.min(LINKS_ENOUGH) * (self.width / links.max(1))
    }
}

/// An open element.
struct Open<'a> {
    name: &'a str,
    /// Its part of a selector: the name, and the class if it has a plain one.
    simple: String,
}

struct Link {
    url: Url,
    text: String,
}

/// The place in the document.
#[derive(Default)]
struct Walk<'a> {
    open: Vec<Open<'a>>,
    /// The link that is open: its address and where its text begins.
    link: Option<(Url, usize)>,
}

impl<'a> Walk<'a> {
    /// Goes past a tag; gives the link that it closes with the selectors that would find it.
    fn step(&mut self, html: &str, tag: &Tag<'a>, base: &Url) -> Option<(Link, Vec<String>)> {
        if tag.kind == TagKind::End {
            let closed = tag.is("a").then(|| self.link.take()).flatten();
            let found = closed.and_then(|(url, start)| {
                let shown = &html[start..tag.at];
                let shown = &shown[..shown.floor_char_boundary(LINK_TEXT_BYTES_MAX)];
                let text = text::html(shown, Shape::Line);
                (text.width() >= HEADLINE_WIDTH_MIN).then(|| (Link { url, text }, self.selectors()))
            });
            self.close(tag.name);
            return found.filter(|(_, selectors)| !selectors.is_empty());
        }
        if VOID.iter().any(|name| tag.is(name)) || self.open.len() >= DEPTH_MAX {
            return None;
        }
        if tag.is("a") {
            let url = tag.attribute("href").and_then(|href| resolved(&href, base));
            self.link = url
                .filter(|url| is_article(url, base))
                .map(|url| (url, tag.after));
        }
        self.open.push(Open {
            name: tag.name,
            simple: simple(tag),
        });
        None
    }

    fn close(&mut self, name: &str) {
        let namesake = self
            .open
            .iter()
            .rposition(|open| open.name.eq_ignore_ascii_case(name));
        if let Some(depth) = namesake {
            self.open.truncate(depth);
        }
    }

    /// Selectors that would find the link that is open; none outside the articles.
    fn selectors(&self) -> Vec<String> {
        let is = |open: &Open<'_>, names: &[&str]| {
            names
                .iter()
                .any(|name| open.name.eq_ignore_ascii_case(name))
        };
        if self.open.iter().any(|open| is(open, &ASIDE)) {
            return Vec::new();
        }
        let Some(link) = self.open.iter().rposition(|open| is(open, &["a"])) else {
            return Vec::new();
        };
        let mut selectors = Vec::new();
        if self.open[link].simple.contains('.') {
            selectors.push(self.open[link].simple.clone());
        }
        let around = self.open[..link].iter().rev().take(AROUND);
        let telling = around.filter(|open| {
            open.simple.contains('.') || is(open, &["h1", "h2", "h3", "h4", "article", "li"])
        });
        selectors.extend(telling.map(|open| format!("{} a", open.simple)));
        selectors
    }
}

fn simple(tag: &Tag<'_>) -> String {
    let name = tag.name.to_ascii_lowercase();
    let classes = tag.attribute("class").unwrap_or_default();
    let plain = classes.split_ascii_whitespace().find(|class| {
        // Digits stand in names that a build made up, and these change with the next one.
        class.starts_with(|c: char| c.is_ascii_alphabetic())
            && class
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'))
    });
    match plain {
        Some(class) => format!("{name}.{class}"),
        None => name,
    }
}

/// Whether an address may be an article of the site: the same host, and below its root.
fn is_article(url: &Url, base: &Url) -> bool {
    let host = |url: &Url| {
        url.host_str()
            .map(|host| host.trim_start_matches("www.").to_owned())
    };
    host(url) == host(base) && url.path().len() > 1 && url.path() != base.path()
}
