//! The tolerant reader: RSS 0.9x, 1.0 and 2.0, RDF, Atom 0.3 and 1.0, CDF, and their mixtures.
//!
//! One mapping serves all formats, for real feeds mix them: a field is looked for under every name
//! that any of the vocabularies gives it, the format's own name first.

use std::cell::OnceCell;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::model::{FeedFormat, ParsedEntry, ParsedFeed};

use super::address::{absolute, base_at, document_base};
use super::names::*;
use super::namespace::Vocabulary::{self, Core, Dc, Media, Rdf};
use super::text::Shape;
use super::tree::{self, NodeId, Tree};
use super::{Hints, dates, field, repair};

/// Reads an XML document; `Err` names the root element when it is no feed.
pub(super) fn read(document: &str, hints: &Hints) -> Result<ParsedFeed, Option<String>> {
    let repaired = repair::repair(document);
    let base = document_base(hints);
    let mut entries = Vec::new();
    let language = OnceCell::new();
    let (tree, notes) = tree::read(&repaired, &mut |tree, id| {
        let reader = Reader {
            tree,
            base: base.as_ref(),
            hints,
            language: &language,
        };
        entries.push(reader.entry(id));
    });
    let Some(root) = tree.root() else {
        return Err(None);
    };
    let Some((format, feed)) = format(&tree, !entries.is_empty()) else {
        return Err(Some(tree.node(root).local.clone()));
    };
    let reader = Reader {
        tree: &tree,
        base: base.as_ref(),
        hints,
        language: &language,
    };
    let mut parsed = reader.feed(feed, format);
    parsed.entries = entries;
    parsed.notes = repaired.notes;
    parsed.notes.extend(notes);
    parsed.notes.dedup();
    Ok(parsed)
}

/// The format, and the element that holds the feed's own fields.
fn format(tree: &Tree<'_>, has_entries: bool) -> Option<(FeedFormat, NodeId)> {
    let channel = tree.find("channel");
    if let Some(root) = tree.find("rss") {
        return Some((FeedFormat::Rss, channel.unwrap_or(root)));
    }
    if let Some(root) = tree
        .find("rdf")
        .filter(|&id| tree.node(id).vocabulary == Rdf || has_entries || channel.is_some())
    {
        return Some((FeedFormat::Rdf, channel.unwrap_or(root)));
    }
    if let Some(root) = tree.find("feed") {
        return Some((FeedFormat::Atom, root));
    }
    if let Some(root) = channel {
        let format = if tree.node(root).capitals {
            FeedFormat::Cdf
        } else {
            FeedFormat::Rss
        };
        return Some((format, root));
    }
    // The head is lost, the entries are not.
    let root = tree.root()?;
    (has_entries && tree.node(root).local != "html").then_some((FeedFormat::Rss, root))
}

/// Reads fields of one element while it is in the tree.
struct Reader<'t, 'a> {
    tree: &'t Tree<'a>,
    base: Option<&'t Url>,
    hints: &'t Hints,
    /// The language for dates, found at the first entry: it is declared above the entries.
    language: &'t OnceCell<Option<String>>,
}

impl Reader<'_, '_> {
    fn feed(&self, id: NodeId, format: FeedFormat) -> ParsedFeed {
        let href = self.tree.attribute(id, "href");
        ParsedFeed {
            format: Some(format),
            title: self.text(id, TITLE, Shape::Line, false),
            link: self
                .link(id)
                .or_else(|| href.and_then(|href| absolute(href, self.base))),
            language: self.language(id),
            description: self.text(id, SUBTITLE, Shape::Paragraphs, true),
            updated: self
                .date(id, FEED_UPDATED)
                .or_else(|| self.last_modified(id)),
            ttl: self.ttl(id),
            ..ParsedFeed::default()
        }
    }

    fn entry(&self, id: NodeId) -> ParsedEntry {
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
    fn named(&self, id: NodeId, vocabulary: Vocabulary, local: &str) -> Vec<NodeId> {
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

    fn all(&self, id: NodeId, names: Names) -> impl Iterator<Item = NodeId> {
        names
            .iter()
            .flat_map(move |&(vocabulary, local)| self.named(id, vocabulary, local))
    }

    fn text(&self, id: NodeId, names: Names, shape: Shape, markup: bool) -> Option<String> {
        self.all(id, names)
            .find_map(|id| field::plain(self.tree, id, shape, markup))
    }

    fn date(&self, id: NodeId, names: Names) -> Option<Timestamp> {
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
    fn language(&self, id: NodeId) -> Option<String> {
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
    fn target(&self, link: NodeId) -> Option<(String, String)> {
        let relation = self.tree.attribute(link, "rel").unwrap_or("alternate");
        let href = match self.tree.attribute(link, "href") {
            Some(href) => href.to_owned(),
            None => field::word(self.tree, link)?,
        };
        let base = base_at(self.tree, link, self.base);
        Some((
            absolute(&href, base.as_ref())?,
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
        for address in targets.chain(href.and_then(|href| absolute(href, self.base))) {
            if !links.contains(&address) {
                links.push(address);
            }
        }
        links
    }

    /// The page when no link names it: a permalink as id, `src` of Atom's content, CDF's and RDF's own address.
    fn permalink(&self, id: NodeId) -> Option<String> {
        let guid = self.named(id, Core, "guid").into_iter().find_map(|guid| {
            let is_other = self
                .tree
                .attribute(guid, "ispermalink")
                .is_some_and(|value| value.eq_ignore_ascii_case("false"));
            let address = field::word(self.tree, guid)?;
            let is_address = address.starts_with("http://") || address.starts_with("https://");
            (!is_other && is_address).then_some(address)
        });
        let of = |name| {
            self.tree
                .attribute(id, name)
                .filter(|value| !value.is_empty())
        };
        let source = || {
            let content = *self.named(id, Core, "content").first()?;
            absolute(
                self.tree.attribute(content, "src")?,
                base_at(self.tree, content, self.base).as_ref(),
            )
        };
        guid.or_else(source).or_else(|| {
            of("href")
                .or_else(|| of("rdf:about"))
                .and_then(|href| absolute(href, self.base))
        })
    }

    /// `guid` or `id` as sent; an Atom id that is a bare path is resolved, for it must be absolute (RFC 4287, 4.2.6).
    fn id(&self, id: NodeId) -> Option<String> {
        const IDS: Names = &[(Core, "guid"), (Core, "id"), (Dc, "identifier")];
        let sent = self.all(id, IDS).find_map(|found| {
            let text = field::word(self.tree, found)?;
            if self.tree.node(found).local == "id" && text.starts_with('/') {
                return absolute(&text, base_at(self.tree, found, self.base).as_ref());
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

    fn authors(&self, id: NodeId) -> Vec<String> {
        let mut authors = Vec::new();
        for author in self.all(id, AUTHORS) {
            let part = |local| {
                let part = *self.named(author, Core, local).first()?;
                field::plain(self.tree, part, Shape::Line, false)
            };
            let name = part("name").or_else(|| part("email")).or_else(|| {
                field::plain(self.tree, author, Shape::Line, false).map(|text| person(&text))
            });
            if let Some(name) = name
                && !authors.contains(&name)
            {
                authors.push(name);
            }
        }
        authors
    }

    fn categories(&self, id: NodeId) -> Vec<String> {
        let mut categories: Vec<String> = Vec::new();
        for category in self.all(id, CATEGORIES) {
            let of = |name| {
                self.tree
                    .attribute(category, name)
                    .filter(|value| !value.is_empty())
            };
            let text = field::plain(self.tree, category, Shape::Line, false);
            let term = of("term").or_else(|| of("text")).map(str::to_owned);
            let label = of("label").map(str::to_owned);
            for found in term.or(text).into_iter().chain(label) {
                if !categories.contains(&found) {
                    categories.push(found);
                }
            }
        }
        for list in self.all(id, CATEGORY_LISTS) {
            let text = field::plain(self.tree, list, Shape::Line, false).unwrap_or_default();
            for found in text.split(',').map(str::trim).take(VALUES_MAX) {
                if !found.is_empty() && !categories.iter().any(|known| known == found) {
                    categories.push(found.to_owned());
                }
            }
        }
        categories
    }

    fn enclosures(&self, id: NodeId) -> Vec<String> {
        const MEDIA: Names = &[(Core, "enclosure"), (Media, "content")];
        let links = self
            .named(id, Core, "link")
            .into_iter()
            .filter_map(|link| self.target(link))
            .filter(|(_, relation)| relation == "enclosure")
            .map(|(address, _)| address);
        let media = self.all(id, MEDIA).filter_map(|media| {
            let of = |name| self.tree.attribute(media, name);
            absolute(
                of("url").or_else(|| of("href"))?,
                base_at(self.tree, media, self.base).as_ref(),
            )
        });
        links.chain(media).collect()
    }
}

/// The name in `address@example.org (Name)`, `Name (address@example.org)` or
/// `Name <address@example.org>`, else the text itself.
fn person(text: &str) -> String {
    let parts = [('(', ')'), ('<', '>')]
        .into_iter()
        .find_map(|(open, close)| {
            let (before, rest) = text.split_once(open)?;
            Some([before.trim(), rest.strip_suffix(close)?.trim()])
        });
    let name = match parts {
        Some([before, inside]) if before.contains('@') => inside,
        Some([before, inside]) if inside.contains('@') => before,
        _ => text,
    };
    let name = if name.is_empty() { text } else { name };
    name.to_owned()
}
