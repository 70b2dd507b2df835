//! The selectors of a `[[feed]]` with `kind = "page"`.

use std::path::Path;
use std::sync::Arc;

use toml::Spanned;

use super::source::Reader;
use super::tables::FeedToml;
use crate::feed::PageSelectors;
use crate::model::FeedKind;
use crate::text::CssSelector;

/// The selectors of a page; `None` for other kinds, and when the table is refused.
pub(super) fn selectors(
    reader: &mut Reader,
    file: &Path,
    feed: &FeedToml,
) -> Option<Arc<PageSelectors>> {
    let kind = feed
        .kind
        .as_ref()
        .filter(|kind| *kind.get_ref() == FeedKind::Page);
    let Some(kind) = kind else {
        refuse(reader, file, feed);
        return None;
    };
    let mut compiled = |selector: &Spanned<String>| {
        let parsed = selector.get_ref().parse::<CssSelector>();
        parsed.inspect_err(|error| {
            reader.error(file, selector.span(), error.to_string(), None);
        })
    };
    let title = feed.title.as_ref().map(&mut compiled).transpose();
    let date = feed.date.as_ref().map(&mut compiled).transpose();
    let Some(links) = feed.links.as_ref().map(&mut compiled) else {
        let message = "a page needs `links`: a CSS selector of its links to articles";
        let help = "for example: links = \"article h2 a\"".to_owned();
        reader.error(file, kind.span(), message.to_owned(), Some(help));
        return None;
    };
    Some(Arc::new(PageSelectors {
        links: links.ok()?,
        title: title.ok()?,
        date: date.ok()?,
    }))
}

/// Selectors without a page would be passed over in silence.
fn refuse(reader: &mut Reader, file: &Path, feed: &FeedToml) {
    for (key, selector) in [
        ("links", &feed.links),
        ("title", &feed.title),
        ("date", &feed.date),
    ] {
        if let Some(selector) = selector {
            let message = format!("`{key}` is a selector of pages only");
            let help = "write kind = \"page\" too, or leave it out".to_owned();
            reader.error(file, selector.span(), message, Some(help));
        }
    }
}
