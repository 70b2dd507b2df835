//! The tolerant reader: RSS 0.9x, 1.0 and 2.0, RDF, Atom 0.3 and 1.0, CDF, their mixtures, and sitemaps.

use std::cell::OnceCell;

use crate::model::{FeedFormat, FeedKind, ParsedEntry, ParsedFeed};

use super::address::document_base;
use super::build::Remains;
use super::fields::Fields;
use super::namespace::Vocabulary::Rdf;
use super::tree::{NodeId, Tree};
use super::{ENTRIES_MAX, FeedError, Foreign, Hints, build, repair};

/// Pages of a sitemap; it has no more (sitemaps.org).
const PAGES_MAX: usize = 50_000;
/// How far into a sitemap its namespaces are looked for.
const ROOT_TAG_WITHIN: usize = 2048;

/// Why a document gave no feed.
#[derive(Debug)]
pub(super) enum Unread {
    /// It is something else, with this root element, if it has one.
    Foreign(Option<String>),
    /// It is what its root says, and of no use all the same.
    Useless(FeedError),
}

/// What is gathered while the entries go by.
#[derive(Default)]
struct Gathered {
    entries: Vec<ParsedEntry>,
    left_out: usize,
    /// Name and language of the publication that a sitemap names first.
    publication: Option<(Option<String>, Option<String>)>,
}

impl Gathered {
    fn add(&mut self, fields: &Fields<'_, '_>, id: NodeId) {
        let local = &*fields.tree.node(id).local;
        let most = match local {
            "url" | "sitemap" => PAGES_MAX,
            _ => ENTRIES_MAX,
        };
        if self.entries.len() >= most {
            self.left_out += 1;
            return;
        }
        let entry = match local {
            "url" => {
                self.publication = self.publication.take().or_else(|| fields.publication(id));
                fields.page_of_sitemap(id)
            }
            "sitemap" => fields.page_of_sitemap(id),
            _ => fields.entry(id),
        };
        self.entries.push(entry);
    }
}

/// Reads an XML document.
pub(super) fn read(document: &str, hints: &Hints) -> Result<ParsedFeed, Unread> {
    let repaired = repair::repair(document);
    let base = document_base(hints);
    let language = OnceCell::new();
    let mut gathered = Gathered::default();
    let Remains {
        tree,
        notes,
        too_deep,
        cut,
    } = build::read(&repaired, &mut |tree, id| {
        let fields = Fields {
            tree,
            base: base.as_ref(),
            hints,
            language: &language,
        };
        gathered.add(&fields, id);
    });
    let tree = &tree;
    let Some(root) = tree.root() else {
        return Err(Unread::Foreign(None));
    };
    let Some((format, feed)) = format(tree, !gathered.entries.is_empty()) else {
        return Err(unread(tree, root, gathered));
    };
    if gathered.entries.is_empty() && too_deep {
        return Err(Unread::Useless(FeedError::TooDeep));
    }
    let fields = Fields {
        tree,
        base: base.as_ref(),
        hints,
        language: &language,
    };
    let mut parsed = fields.feed(feed, format);
    if format == FeedFormat::Sitemap {
        // A news sitemap on a day without news still declares the namespace.
        let head = &repaired.text[..repaired.text.floor_char_boundary(ROOT_TAG_WITHIN)];
        let has_news = gathered.publication.is_some() || head.contains("schemas/sitemap-news");
        if hints.kind == FeedKind::Feed && !has_news {
            let what = Foreign::Sitemap;
            return Err(Unread::Useless(FeedError::NotAFeed { what }));
        }
        (parsed.title, parsed.language) = gathered.publication.unwrap_or_default();
    }
    parsed.entries = gathered.entries;
    parsed.cut = cut;
    parsed.notes = repaired.notes;
    parsed.notes.extend(notes);
    if gathered.left_out > 0 {
        let note = format!("{} more entries were left out", gathered.left_out);
        parsed.notes.push(note);
    }
    Ok(parsed)
}

fn unread(tree: &Tree<'_>, root: NodeId, gathered: Gathered) -> Unread {
    let root = &tree.node(root).local;
    if root != "sitemapindex" {
        return Unread::Foreign(Some(root.clone()));
    }
    let sitemaps = gathered.entries.into_iter().filter_map(|entry| entry.link);
    Unread::Useless(FeedError::SitemapIndex {
        sitemaps: sitemaps.collect(),
    })
}

/// The format, and the element that holds the feed's own fields.
fn format(tree: &Tree<'_>, has_entries: bool) -> Option<(FeedFormat, NodeId)> {
    let root = tree.root()?;
    match &*tree.node(root).local {
        "urlset" => return Some((FeedFormat::Sitemap, root)),
        "sitemapindex" => return None,
        // A feed pasted into a page has entries; the page of a programmer who writes `<feed>` has none.
        "html" if !has_entries => return None,
        _ => {}
    }
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
    (has_entries && tree.node(root).local != "html").then_some((FeedFormat::Rss, root))
}
