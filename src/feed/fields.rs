//! The fields of a feed or an entry, under whatever name a vocabulary gives them.
//!
//! One mapping serves all formats, for real feeds mix them: a field is looked for under every name
//! that any of the vocabularies gives it, the format's own name first.

use std::cell::OnceCell;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::model::{FeedFormat, ParsedEntry, ParsedFeed};

use super::address::{base_at, web_address};
use super::names::*;
use super::namespace::Vocabulary::{self, Core, Dc, Media};
use super::text::Shape;
use super::tree::{NodeId, Tree};
use super::{Hints, dates, field};

/// Reads fields of one element while it is in the tree.
pub(super) struct Fields<'t, 'a> {
    pub tree: &'t Tree<'a>,
    pub base: Option<&'t Url>,
    pub hints: &'t Hints,
    /// The language for dates, found at the first entry: it is declared above the entries.
    pub language: &'t OnceCell<Option<String>>,
}

impl Fields<'_, '_> {
    pub(super) fn feed(&self, id: NodeId, format: FeedFormat) -> ParsedFeed {
        let href = self.tree.attribute(id, "href");
        ParsedFeed {
            format: Some(format),
            title: self.text(id, TITLE, Shape::Line, false),
            link: self
                .link(id)
                .or_else(|| href.and_then(|href| web_address(href, self.base))),
            language: self.language(id),
            description: self.text(id, SUBTITLE, Shape::Paragraphs, true),
            updated: self
                .date(id, FEED_UPDATED)
                .or_else(|| self.last_modified(id)),
            ttl: self.ttl(id),
            syndication: self.syndication(id),
            links: self.feed_links(id),
            ..ParsedFeed::default()
        }
    }

    pub(super) fn entry(&self, id: NodeId) -> ParsedEntry {
        let links = self.links(id);
        ParsedEntry {
            key: String::new(),
            id: self.id(id),
            title: self.text(id, TITLE, Shape::Line, false),
            link: self.link(id).or_else(|| self.permalink(id)),
            links,
            published: self.date(id, PUBLISHED),
            updated: self.date(id, UPDATED).or_else(|| self.last_modified(id)),
            authors: self.authors(id),
            categories: self.categories(id),
            enclosures: self.enclosures(id),
            summary: self.text(id, SUMMARY, Shape::Paragraphs, true),
            content: self.text(id, CONTENT, Shape::Paragraphs, true),
        }
    }

    /// Children of that name, those inside a `media:group` too.
    pub(super) fn named(&self, id: NodeId, vocabulary: Vocabulary, local: &str) -> Vec<NodeId> {
        let group = |&id: &NodeId| {
            let node = self.tree.node(id);
            node.vocabulary == Media && matches!(&*node.local, "group" | "content")
        };
        let own = self.tree.elements(id);
        let grouped = self
            .tree
            .elements(id)
            .filter(group)
            .filter(|_| vocabulary == Media)
            .flat_map(|id| self.tree.elements(id));
        own.chain(grouped)
            .filter(|&id| {
                let node = self.tree.node(id);
                node.vocabulary == vocabulary && node.local == local
            })
            .take(VALUES_MAX)
            .collect()
    }

    pub(super) fn all(&self, id: NodeId, names: Names) -> impl Iterator<Item = NodeId> {
        names
            .iter()
            .flat_map(move |&(vocabulary, local)| self.named(id, vocabulary, local))
    }

    pub(super) fn text(
        &self,
        id: NodeId,
        names: Names,
        shape: Shape,
        markup: bool,
    ) -> Option<String> {
        self.all(id, names)
            .find_map(|id| field::plain(self.tree, id, shape, markup))
    }

    pub(super) fn date(&self, id: NodeId, names: Names) -> Option<Timestamp> {
        let language = self
            .language
            .get_or_init(|| self.hints.lang.clone().or_else(|| self.language(id)));
        self.all(id, names)
            .filter_map(|id| field::word(self.tree, id))
            .find_map(|text| dates::parse(&text, language.as_deref()))
    }

    /// CDF's `LASTMOD`.
    fn last_modified(&self, id: NodeId) -> Option<Timestamp> {
        dates::parse(self.tree.attribute(id, "lastmod")?, None)
    }

    /// The language declared nearest to an element.
    pub(super) fn language(&self, id: NodeId) -> Option<String> {
        self.tree.ancestry(id).find_map(|id| {
            [(Core, "language"), (Dc, "language")]
                .into_iter()
                .flat_map(|(vocabulary, local)| self.named(id, vocabulary, local))
                .find_map(|id| field::word(self.tree, id))
                .or_else(|| self.tree.attribute(id, "xml:lang").map(str::to_owned))
                .filter(|language| !language.is_empty())
        })
    }

    /// `ttl` is in minutes (RSS 2.0).
    fn ttl(&self, id: NodeId) -> Option<SignedDuration> {
        let ttl = *self.named(id, Core, "ttl").first()?;
        let minutes: u32 = field::word(self.tree, ttl)?.parse().ok()?;
        Some(SignedDuration::from_mins(i64::from(minutes)))
    }

    /// Where a `link` element points, and its relation.
    pub(super) fn target(&self, link: NodeId) -> Option<(String, String)> {
        let relation = self.tree.attribute(link, "rel").unwrap_or("alternate");
        let href = match self.tree.attribute(link, "href") {
            Some(href) => href.to_owned(),
            None => field::word(self.tree, link)?,
        };
        let base = base_at(self.tree, link, self.base);
        Some((
            web_address(&href, base.as_ref())?,
            relation.to_ascii_lowercase(),
        ))
    }

    /// The page: a plain or alternate link, HTML before other types.
    fn link(&self, id: NodeId) -> Option<String> {
        let mut second = None;
        for link in self.named(id, Core, "link") {
            let Some((address, relation)) = self.target(link) else {
                continue;
            };
            if relation != "alternate" {
                continue;
            }
            let kind = self.tree.attribute(link, "type").unwrap_or_default();
            if kind.is_empty() || kind.contains("html") {
                return Some(address);
            }
            second.get_or_insert(address);
        }
        second
    }

    fn links(&self, id: NodeId) -> Vec<String> {
        let mut links: Vec<String> = Vec::new();
        let targets = self
            .named(id, Core, "link")
            .into_iter()
            .filter_map(|link| self.target(link).map(|(address, _)| address));
        let href = self.tree.attribute(id, "href");
        for address in targets.chain(href.and_then(|href| web_address(href, self.base))) {
            if !links.contains(&address) {
                links.push(address);
            }
        }
        links
    }

    /// The page when no link names it: a permalink as id, `src` of Atom's content, CDF's and RDF's own address.
    fn permalink(&self, id: NodeId) -> Option<String> {
        let guid = self.named(id, Core, "guid").into_iter().find_map(|guid| {
            let address = field::word(self.tree, guid)?;
            let says = self.tree.attribute(guid, "ispermalink").unwrap_or_default();
            // Many a guid is no address although its attribute's default says so.
            let is_address = || {
                let address = address.to_ascii_lowercase();
                address.starts_with("http://") || address.starts_with("https://")
            };
            let is_permalink = match &*says.to_ascii_lowercase() {
                "false" => false,
                "true" => address.starts_with('/') || is_address(),
                _ => is_address(),
            };
            let base = base_at(self.tree, guid, self.base);
            is_permalink
                .then(|| web_address(&address, base.as_ref()))
                .flatten()
        });
        let of = |name| {
            self.tree
                .attribute(id, name)
                .filter(|value| !value.is_empty())
        };
        let source = || {
            let content = *self.named(id, Core, "content").first()?;
            web_address(
                self.tree.attribute(content, "src")?,
                base_at(self.tree, content, self.base).as_ref(),
            )
        };
        guid.or_else(source).or_else(|| {
            of("href")
                .or_else(|| of("rdf:about"))
                .and_then(|href| web_address(href, self.base))
        })
    }

    /// `guid` or `id` as sent; an Atom id that is a bare path is resolved, for it must be absolute (RFC 4287, 4.2.6).
    fn id(&self, id: NodeId) -> Option<String> {
        const IDS: Names = &[(Core, "guid"), (Core, "id"), (Dc, "identifier")];
        let sent = self.all(id, IDS).find_map(|found| {
            let text = field::word(self.tree, found)?;
            if self.tree.node(found).local == "id" && text.starts_with('/') {
                return web_address(&text, base_at(self.tree, found, self.base).as_ref());
            }
            Some(text)
        });
        sent.or_else(|| {
            self.tree
                .attribute(id, "rdf:about")
                .filter(|id| !id.is_empty())
                .map(str::to_owned)
        })
    }
}
