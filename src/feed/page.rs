//! A page that lists articles, read with CSS selectors: for sites without a feed (`kind = "page"`).

use std::collections::HashSet;

use ego_tree::iter::Edge;
use jiff::Timestamp;
use scraper::{ElementRef, Html, Node};
use url::Url;

use crate::model::{FeedFormat, FeedKind, ParsedEntry, ParsedFeed};
use crate::text::{CssSelector, safe_html};

use super::address::{document_base, web_address};
use super::identity::{normal_url, set_keys};
use super::text::{self, Shape, TextBuilder};
use super::{ENTRIES_MAX, FeedError, Hints, dates, decode, reader, sniff};

/// Where on a page the articles are.
#[derive(Debug, Clone)]
pub struct PageSelectors {
    /// Links to articles, or elements that hold one article's link, title and date each.
    pub links: CssSelector,
    /// The title inside such an element; without it the link's text is the title.
    pub title: Option<CssSelector>,
    /// The date inside such an element.
    pub date: Option<CssSelector>,
}

/// Reads a page that lists articles. The link is the identity of an entry.
///
/// # Errors
/// When the page is empty or a wall of some kind, or nothing is where the selectors say:
/// never "0 entries, all well".
pub fn parse_page(
    bytes: &[u8],
    hints: &Hints,
    selectors: &PageSelectors,
) -> Result<ParsedFeed, FeedError> {
    let bytes = &bytes[..bytes.len().min(safe_html::PAGE_BYTES_MAX + 1)];
    let decoded = decode::decode(
        bytes,
        hints.content_type.as_deref(),
        hints.domain().as_deref(),
    );
    let document = reader::trimmed(&decoded.text);
    if document.is_empty() {
        return Err(FeedError::Empty);
    }
    let safe = safe_html::safe_part(document);
    let html = Html::parse_document(safe.html);
    let page = Page::new(&html, hints, selectors);
    let entries = page.entries();
    let title = sniff::element(document, "title");
    if entries.is_empty() {
        if reader::parse(bytes, &as_feed(hints)).is_ok() {
            return Err(FeedError::FeedAsPage);
        }
        return Err(nothing(document, title.as_deref(), selectors));
    }
    let mut feed = ParsedFeed {
        format: Some(FeedFormat::Page),
        title,
        link: hints.base_url.clone(),
        language: page.language.clone(),
        entries,
        notes: decoded.notes,
        ..ParsedFeed::default()
    };
    feed.notes.extend(
        safe.broken
            .map(|bound| format!("{bound}: the rest is left out")),
    );
    feed.notes.extend(page.without_effect(&feed.entries));
    set_keys(&mut feed.entries);
    Ok(feed)
}

/// The hints under which a document is looked at as a feed.
fn as_feed(hints: &Hints) -> Hints {
    Hints {
        kind: FeedKind::Feed,
        ..hints.clone()
    }
}

/// Why no entry was found: a wall in the way, or selectors that no longer fit.
fn nothing(document: &str, title: Option<&str>, selectors: &PageSelectors) -> FeedError {
    match sniff::wall(document, title) {
        Some(what) => FeedError::NotAFeed { what },
        None => FeedError::NothingSelected {
            links: selectors.links.as_str().to_owned(),
        },
    }
}

/// A page as a tree, and what its entries have in common.
struct Page<'a> {
    html: &'a Html,
    selectors: &'a PageSelectors,
    base: Option<Url>,
    /// Normal form of its own address: a link to it names no article.
    own: Option<String>,
    language: Option<String>,
}

impl<'a> Page<'a> {
    fn new(html: &'a Html, hints: &Hints, selectors: &'a PageSelectors) -> Self {
        let declared = html.root_element().attr("lang").map(str::trim);
        let declared = declared.filter(|lang| !lang.is_empty()).map(str::to_owned);
        Self {
            html,
            selectors,
            base: base(html, hints),
            own: hints.base_url.as_deref().and_then(normal_url),
            language: hints.lang.clone().or(declared),
        }
    }

    fn entries(&self) -> Vec<ParsedEntry> {
        let mut known = HashSet::new();
        self.html
            .select(self.selectors.links.compiled())
            .filter_map(|found| self.entry(found))
            .filter(|entry| {
                let address = entry.link.as_deref().and_then(normal_url);
                address.is_some_and(|address| {
                    Some(&address) != self.own.as_ref() && known.insert(address)
                })
            })
            .take(ENTRIES_MAX)
            .collect()
    }

    fn entry(&self, found: ElementRef<'_>) -> Option<ParsedEntry> {
        let link = anchor(found)?;
        let address = web_address(link.attr("href")?, self.base.as_ref())?;
        let selected = self.selectors.title.as_ref();
        let selected = selected.and_then(|title| found.select(title.compiled()).find_map(line));
        Some(ParsedEntry {
            title: selected.or_else(|| link_title(link)),
            links: vec![address.clone()],
            link: Some(address),
            published: self.date(found),
            ..ParsedEntry::default()
        })
    }

    fn date(&self, found: ElementRef<'_>) -> Option<Timestamp> {
        let selector = self.selectors.date.as_ref()?.compiled();
        let language = self.language.as_deref();
        found.select(selector).find_map(|date| {
            let own = date.attr("datetime").or_else(|| date.attr("content"));
            // `<span class="date"><time datetime="…">`: the span is what people select.
            let inside = || element_children(date).find_map(|inner| inner.attr("datetime"));
            let written = own.or_else(inside);
            written
                .and_then(|written| dates::parse(written, language))
                .or_else(|| dates::parse(&line(date)?, language))
        })
    }

    /// Selectors that are in the config and do nothing, in words.
    fn without_effect(&self, entries: &[ParsedEntry]) -> Option<String> {
        let date = self.selectors.date.as_ref()?;
        let dated = entries.iter().any(|entry| entry.published.is_some());
        (!dated).then(|| format!("the selector `{}` finds no date", date.as_str()))
    }
}

/// The base of the page's addresses: `<base href>`, else that of the document.
fn base(html: &Html, hints: &Hints) -> Option<Url> {
    let document = document_base(hints);
    let mut bases = html
        .tree
        .nodes()
        .filter_map(ElementRef::wrap)
        .filter(|element| element.value().name() == "base");
    let href = bases.find_map(|base| base.attr("href"));
    let own = href.and_then(|href| {
        let options = Url::options().base_url(document.as_ref());
        options.parse(href.trim()).ok()
    });
    own.or(document)
}

/// The element itself if it is a link, else the first link inside.
fn anchor(found: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let is_link =
        |element: &ElementRef<'_>| element.value().name() == "a" && element.attr("href").is_some();
    is_link(&found)
        .then_some(found)
        .or_else(|| element_children(found).find(is_link))
}

/// Every element inside, in document order.
fn element_children(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    element.descendants().skip(1).filter_map(ElementRef::wrap)
}

/// What a link says: its text, what it is called, or what its picture shows.
fn link_title(link: ElementRef<'_>) -> Option<String> {
    let called = |element: ElementRef<'_>, name| {
        let text = text::fold(element.attr(name)?, Shape::Line);
        (!text.is_empty()).then_some(text)
    };
    line(link)
        .or_else(|| called(link, "title"))
        .or_else(|| called(link, "aria-label"))
        .or_else(|| element_children(link).find_map(|inner| called(inner, "alt")))
}

/// The text of an element on one line, without what nobody sees.
fn line(element: ElementRef<'_>) -> Option<String> {
    let mut builder = TextBuilder::new(Shape::Line);
    let mut hidden = 0_usize;
    for edge in element.traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Text(text) if opens && hidden == 0 => builder.push(text),
            Node::Element(inner) if text::is_hidden(inner.name()) => match opens {
                true => hidden += 1,
                false => hidden -= 1,
            },
            Node::Element(inner) if text::is_block(inner.name()) => builder.end_block(),
            _ => {}
        }
    }
    let text = builder.finish();
    (!text.is_empty()).then_some(text)
}
