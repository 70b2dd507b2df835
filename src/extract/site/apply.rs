//! A rule asked of a page.

use ego_tree::NodeId;
use rustc_hash::FxHashSet;
use scraper::{ElementRef, Html};
use url::Url;

use super::{Alternative, Finder, SiteRule};
use crate::extract::blocks::Line;
use crate::extract::metadata::Metadata;
use crate::extract::{authors, dates, select};

use super::xpath::XNode;

/// Longest headline and byline that are believed, in characters.
const TITLE_CHARS_MAX: usize = 500;
const BYLINE_CHARS_MAX: usize = 200;

/// Which elements of a page a rule takes out, and which hold the body.
#[derive(Debug, Default)]
pub struct Scope {
    /// Left out with all that is in them.
    pub removed: FxHashSet<NodeId>,
    bodies: FxHashSet<NodeId>,
}

/// What a rule said about the article around the body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// The headline is the rule's.
    pub title: bool,
    /// The date is the rule's.
    pub date: bool,
    /// The authors are the rule's.
    pub authors: bool,
}

impl Scope {
    /// Asks a rule what it takes out and where the body is. Of several finders the first that finds text counts.
    #[must_use]
    pub fn of(rule: &SiteRule, html: &Html) -> Self {
        let ids = |finder: &Finder| {
            finder
                .find(html)
                .into_iter()
                .filter(is_in_tree)
                .map(|node| node.id())
        };
        let bodies = rule
            .body
            .iter()
            .map(|finder| ids(finder).collect::<FxHashSet<NodeId>>());
        let has_text = |found: &FxHashSet<NodeId>| {
            let mut texts = found.iter().map(|id| XNode::Tree(*id).text(html));
            texts.any(|text| !text.trim().is_empty())
        };
        // The page as a whole is never left out.
        let root = html.root_element().id();
        let removed = rule.remove.iter().flat_map(ids).filter(|id| *id != root);
        Self {
            removed: removed.collect(),
            bodies: bodies.into_iter().find(has_text).unwrap_or_default(),
        }
    }

    /// The rule found elements for the body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        !self.bodies.is_empty()
    }

    /// A line stands inside of the body.
    #[must_use]
    pub fn holds(&self, line: &Line, html: &Html) -> bool {
        let start = line.start.and_then(|start| html.tree.get(start));
        start.is_some_and(|start| {
            let mut around = std::iter::once(start).chain(start.ancestors());
            around.any(|node| self.bodies.contains(&node.id()))
        })
    }
}

fn is_in_tree(node: &XNode) -> bool {
    matches!(node, XNode::Tree(_))
}

impl SiteRule {
    /// Puts what the rule finds in place of what the page says of itself.
    pub fn amend(&self, html: &Html, metadata: &mut Metadata, notes: &mut Vec<String>) -> Told {
        let mut told = Told::default();
        let mut note = |key: &str, finders: &[Finder], found: bool| {
            if !finders.is_empty() && !found {
                notes.push(format!("{}: `{key}` finds nothing on this page", self.name));
            }
        };
        if let Some(title) = first(&self.title, html, |text| headline(&text)) {
            metadata.title = title;
            told.title = true;
        }
        note("title", &self.title, told.title);
        let lang = metadata.lang.clone();
        let date = |text: String| dates::parse(&text, lang.as_deref())?.dated();
        if let Some(date) = first(&self.date, html, date) {
            metadata.published = Some(date);
            metadata.published_from = None;
            told.date = true;
        }
        note("date", &self.date, told.date);
        let names = self.author.iter().map(|finder| {
            let bylines: Vec<String> = finder
                .find(html)
                .iter()
                .map(|node| spoken(node, html))
                .collect();
            let short = bylines
                .into_iter()
                .filter(|text| text.chars().count() <= BYLINE_CHARS_MAX);
            authors::names(&short.collect::<Vec<_>>(), &[])
        });
        if let Some(names) = names.into_iter().find(|names| !names.is_empty()) {
            metadata.authors = names;
            told.authors = true;
        }
        note("author", &self.author, told.authors);
        told
    }

    /// The address of the next page of the article.
    #[must_use]
    pub fn next_page(&self, html: &Html, page_url: &str) -> Option<String> {
        address(&self.next_page, html, page_url)
    }

    /// The address of what is to be read in place of the page.
    #[must_use]
    pub fn other_version(&self, html: &Html, page_url: &str) -> Option<String> {
        match self.alternative.as_ref()? {
            Alternative::Amp => {
                let links = select::all(html, r#"link[rel~="amphtml"][href]"#);
                let named = links.iter().filter_map(|link| link.attr("href"));
                named
                    .filter_map(|href| absolute(href, html, page_url))
                    .next()
            }
            Alternative::Link(finders) => address(finders, html, page_url),
        }
    }
}

fn headline(text: &str) -> Option<String> {
    let text = select::spaced(text);
    (!text.is_empty() && text.chars().count() <= TITLE_CHARS_MAX).then_some(text)
}

/// The first thing that can be made of what the finders find, in their order.
fn first<T>(finders: &[Finder], html: &Html, make: impl Fn(String) -> Option<T>) -> Option<T> {
    let found = finders.iter().flat_map(|finder| finder.find(html));
    found.into_iter().find_map(|node| make(spoken(&node, html)))
}

/// What a node says: machines are told by `datetime` and `content`, readers by the text.
fn spoken(node: &XNode, html: &Html) -> String {
    let element = html.tree.get(node.id()).and_then(ElementRef::wrap);
    let told = element
        .filter(|_| is_in_tree(node))
        .and_then(|element| element.attr("datetime").or_else(|| element.attr("content")));
    let text = told
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned);
    select::spaced(&text.unwrap_or_else(|| node.text(html)))
}

/// The address of a link: the attribute itself, or that of the element or of the first link in it.
fn address(finders: &[Finder], html: &Html, page_url: &str) -> Option<String> {
    let found = finders.iter().flat_map(|finder| finder.find(html));
    found.into_iter().find_map(|node| {
        let href = match &node {
            XNode::Attribute(..) => Some(node.text(html)),
            XNode::Tree(id) => html
                .tree
                .get(*id)
                .and_then(ElementRef::wrap)
                .and_then(|element| {
                    let inner = element.descendent_elements();
                    std::iter::once(element)
                        .chain(inner)
                        .find_map(|element| element.attr("href").map(str::to_owned))
                }),
        };
        absolute(&href?, html, page_url)
    })
}

/// An absolute address on the web; fragments lead nowhere else.
fn absolute(href: &str, html: &Html, page_url: &str) -> Option<String> {
    let page = Url::parse(page_url).ok()?;
    let base = select::all(html, "base[href]");
    let base = base
        .first()
        .and_then(|base| page.join(base.attr("href")?).ok());
    let mut url = base.as_ref().unwrap_or(&page).join(href.trim()).ok()?;
    url.set_fragment(None);
    let is_other = url != page;
    (matches!(url.scheme(), "http" | "https") && url.has_host() && is_other).then(|| url.into())
}
