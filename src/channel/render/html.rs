//! HTML mail: one column, no images, nothing loaded from elsewhere, light and dark.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, context};

use crate::model::{AlertKind, AlertView, Correction, Digest, Message};

use super::page::{Limits, Page};

/// Mail programs clip longer messages (Gmail at about 102 kB).
pub const HTML_BYTES_MAX: usize = 90_000;

/// What is shown, from usual down to barest; the first form that fits is sent.
const LIMITS: [Limits; 4] = [
    Limits::USUAL,
    Limits {
        articles: 4,
        quotes: 1,
        rest: 30,
        title_chars: 160,
    },
    Limits {
        articles: 2,
        quotes: 1,
        rest: 15,
        title_chars: 120,
    },
    Limits {
        articles: 1,
        quotes: 0,
        rest: 5,
        title_chars: 80,
    },
];

/// A message of any sort as a page of HTML.
#[must_use]
pub fn message_html(message: &Message, kind: AlertKind) -> String {
    fitting(|limits| Page::of_message(message, kind, limits)).1
}

/// An alert as a page of HTML; times are UTC.
#[must_use]
pub fn alert_html(alert: &AlertView, kind: AlertKind, correction: Option<&Correction>) -> String {
    fitting(|limits| Page::of_alert(alert, kind, correction, limits)).1
}

/// A digest as a page of HTML; times are in the digest's zone.
#[must_use]
pub fn digest_html(digest: &Digest) -> String {
    fitting(|limits| Page::of_digest(digest, limits)).1
}

/// The page of a digest, as much as fits into its mail: the same in every form, so that all tell the same.
pub(super) fn digest_page(digest: &Digest) -> Page {
    fitting(|limits| Page::of_digest(digest, limits)).0
}

fn fitting(page: impl Fn(Limits) -> Page) -> (Page, String) {
    let last = LIMITS.len() - 1;
    for limits in &LIMITS[..last] {
        let page = page(*limits);
        let html = page_html(&page);
        if html.len() < HTML_BYTES_MAX {
            return (page, html);
        }
    }
    let page = page(LIMITS[last]);
    let html = page_html(&page);
    (page, html)
}

/// A part of a page as HTML for the entry of a feed.
#[derive(Debug, Clone, Copy)]
pub(super) enum EntryPart {
    /// The story at this place.
    Story(usize),
    /// The further story at this place.
    Line(usize),
    /// All that is no story.
    Overview,
}

/// The content of an entry: no page, no style.
pub(super) fn entry_html(page: &Page, part: EntryPart) -> String {
    let (part, place) = match part {
        EntryPart::Story(place) => ("story", place),
        EntryPart::Line(place) => ("line", place),
        EntryPart::Overview => ("overview", 0),
    };
    render(
        "entry.html",
        include_str!("entry.html"),
        context! { page => Serde(page), part, place },
    )
}

fn page_html(page: &Page) -> String {
    render(
        "digest.html",
        include_str!("digest.html"),
        context! { page => Serde(page) },
    )
}

fn render(name: &str, template: &str, context: minijinja::Value) -> String {
    let mut environment = Environment::new();
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .expect("the usual delimiters do not collide"),
    );
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // Only addresses of the web become links: `javascript:` and `data:` stay words.
    environment.add_test("web", |url: &str| {
        url.starts_with("https://") || url.starts_with("http://")
    });
    environment
        .add_template("item.html", include_str!("item.html"))
        .expect("the template is part of the program and rendered by its tests");
    environment
        .render_named_str(name, template, context)
        .expect("the template is part of the program and rendered by its tests")
}
