//! The fields of an entry that hold several values: authors, categories, enclosures.

use super::address::{base_at, web_address};
use super::field;
use super::fields::Fields;
use super::names::*;
use super::namespace::Vocabulary::{Core, Media};
use super::text::Shape;
use super::tree::NodeId;

impl Fields<'_, '_> {
    pub(super) fn authors(&self, id: NodeId) -> Vec<String> {
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

    pub(super) fn categories(&self, id: NodeId) -> Vec<String> {
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
        self.add_words(id, CATEGORY_LISTS, &mut categories);
        categories
    }

    /// Adds the words of fields that hold several, separated by commas.
    pub(super) fn add_words(&self, id: NodeId, names: Names, words: &mut Vec<String>) {
        for list in self.all(id, names) {
            let text = field::plain(self.tree, list, Shape::Line, false).unwrap_or_default();
            for word in text.split(',').map(str::trim).take(VALUES_MAX) {
                if !word.is_empty() && !words.iter().any(|known| known == word) {
                    words.push(word.to_owned());
                }
            }
        }
    }

    pub(super) fn enclosures(&self, id: NodeId) -> Vec<String> {
        const MEDIA: Names = &[(Core, "enclosure"), (Media, "content")];
        let links = self
            .named(id, Core, "link")
            .into_iter()
            .filter_map(|link| self.target(link))
            .filter(|(_, relation)| relation == "enclosure")
            .map(|(address, _)| address);
        let media = self.all(id, MEDIA).filter_map(|media| {
            let of = |name| self.tree.attribute(media, name);
            web_address(
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
