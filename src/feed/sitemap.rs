//! Sitemaps (sitemaps.org 0.9) with Google's `news:` and `image:` elements.

use crate::model::ParsedEntry;

use super::address::web_address;
use super::field;
use super::fields::Fields;
use super::names::Names;
use super::namespace::Vocabulary::{Core, Image, News};
use super::text::Shape;
use super::tree::NodeId;

const NEWS: Names = &[(News, "news")];
const TITLE: Names = &[(News, "title")];
const PUBLISHED: Names = &[(News, "publication_date")];
const CHANGED: Names = &[(Core, "lastmod")];
const KEYWORDS: Names = &[(News, "keywords")];
const PUBLICATION: Names = &[(News, "publication")];
const NAME: Names = &[(News, "name")];
const LANGUAGE: Names = &[(News, "language")];
const PAGE: Names = &[(Core, "loc")];
const IMAGE: Names = &[(Image, "image")];
const IMAGE_PLACE: Names = &[(Image, "loc")];

impl Fields<'_, '_> {
    /// The page of one `<url>` of a sitemap, or one `<sitemap>` of an index.
    ///
    /// It has no id: its address is its identity.
    pub(super) fn page_of_sitemap(&self, id: NodeId) -> ParsedEntry {
        let address = |found| web_address(&field::word(self.tree, found)?, self.base);
        let news = self.all(id, NEWS).next();
        let link = self.all(id, PAGE).find_map(address);
        let images = self.all(id, IMAGE).flat_map(|id| self.all(id, IMAGE_PLACE));
        let mut categories = Vec::new();
        if let Some(news) = news {
            self.add_words(news, KEYWORDS, &mut categories);
        }
        ParsedEntry {
            title: news.and_then(|news| self.text(news, TITLE, Shape::Line, false)),
            links: link.clone().into_iter().collect(),
            link,
            published: news.and_then(|news| self.date(news, PUBLISHED)),
            updated: self.date(id, CHANGED),
            categories,
            enclosures: images.filter_map(address).collect(),
            ..ParsedEntry::default()
        }
    }

    /// Name and language of the publication, if this page is news.
    pub(super) fn publication(&self, id: NodeId) -> Option<(Option<String>, Option<String>)> {
        let news = self.all(id, NEWS).next()?;
        let publication = self.all(news, PUBLICATION).next();
        let said = |names| {
            let text = self.text(publication?, names, Shape::Line, false)?;
            (!text.is_empty()).then_some(text)
        };
        Some((said(NAME), said(LANGUAGE)))
    }
}
