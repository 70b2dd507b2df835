//! A page's bytes to an [`Article`]: encoding, metadata, body, line cleaning.
//!
//! Takes bytes, the address they came from and the server's `Content-Type`; gives a value for every
//! input, with notes on what was odd. Knows nothing of feeds, rules or the store, and never fails or panics:
//! a page without a story is an article with an empty body.

mod authors;
mod blocks;
mod body;
mod dates;
mod decode;
mod features;
mod hidden;
mod jsonld;
mod labels;
mod lines;
mod memory;
mod metadata;
mod model;
mod names;
mod select;
mod shingles;
mod title;
pub mod training;
mod visible;
mod wall;

use scraper::Html;

pub use decode::decode;
pub use memory::{HostMemory, Impression, Learnt, Summary, host_of};

use crate::model::{Article, FailureKind, Origin};
use crate::text::safe_html;
use blocks::Line;
use memory::Recall;
use metadata::Metadata;

/// Where a page came from.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Address it was fetched from, after redirects.
    pub url: &'a str,
    /// HTTP `Content-Type`.
    pub content_type: Option<&'a str>,
}

/// A page, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extracted {
    /// What was found. `lang` is the page's own attribute as written: it may be wrong.
    pub article: Article,
    /// The body is likely to be the whole story; `notes` say why when it is not.
    pub confident: bool,
    /// What stands in place of the article: [`FailureKind::SoftBlock`] or [`FailureKind::NotHtml`]. A body beside
    /// it is the part that is free to read.
    pub failure: Option<FailureKind>,
}

/// Least text of a story, in characters (Han and Kana count twice).
const BODY_CHARS_MIN: usize = 250;
/// A shorter text on a page that is not free to read is its teaser.
const PAID_BODY_CHARS_MIN: usize = 1_500;
/// JSON-LD's text replaces a body that is shorter than it by this factor.
const JSON_LD_LONGER: usize = 4;

/// Reads the article of a page.
#[must_use]
pub fn extract(bytes: &[u8], page: &Page<'_>) -> Extracted {
    read(bytes, page, None)
}

/// Reads the article of a page with what is remembered of its host ([`host_of`]); gives also what is to be learnt.
#[must_use]
pub fn extract_with_memory(bytes: &[u8], page: &Page<'_>, memory: &HostMemory) -> (Extracted, Impression) {
    let mut recall = Recall::new(memory);
    let mut extracted = read(bytes, page, Some(&mut recall));
    let canonical = extracted.article.canonical_url.as_deref();
    let (impression, dropped) = recall.end(page.url, canonical, extracted.confident);
    if dropped > 0 {
        let note = format!("{dropped} left out: lines that stand on other articles of the site too");
        extracted.article.notes.push(note);
    }
    (extracted, impression)
}

fn read(bytes: &[u8], page: &Page<'_>, recall: Option<&mut Recall<'_>>) -> Extracted {
    // A decoded page is at most three times as long as its bytes; what is past that bound is not read.
    let bytes = &bytes[..bytes.len().min(safe_html::PAGE_BYTES_MAX + 1)];
    let (text, mut notes) = decode::decode(bytes, page.content_type);
    if wall::is_binary(bytes, &text) {
        return no_page();
    }
    // Each is a fault to the parsers, and no reader sees one.
    let text = if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    };
    let safe = safe_html::safe_part(&text);
    notes.extend(
        safe.broken
            .map(|bound| format!("{bound}: the rest is left out")),
    );
    let html = Html::parse_document(safe.html);
    let mut metadata = metadata::read(&html, page.url);
    notes.append(&mut metadata.notes);
    let mut lines = story_lines(&html, &metadata, recall, &mut notes);
    let wall = wall::find(&html, &metadata.title, &lines);
    if let Some(wall) = wall {
        notes.push(wall.why.to_owned());
        if wall.in_place {
            lines.clear();
        }
    }
    notes.extend(second_story(&html, &lines, &metadata.title));
    let body = joined(&lines);
    let long_enough = lines::weight(&body) >= BODY_CHARS_MIN;
    if !body.is_empty() && !long_enough {
        notes.push("the body is short".to_owned());
    }
    let teaser = metadata.paid && lines::weight(&body) < PAID_BODY_CHARS_MIN;
    if metadata.paid {
        notes.push("the page says that it is not free to read".to_owned());
    }
    let blocked = wall.is_some_and(|wall| wall.in_place) || teaser;
    Extracted {
        confident: long_enough && wall.is_none() && safe.broken.is_none() && !teaser,
        failure: blocked.then_some(FailureKind::SoftBlock),
        article: article(metadata, body, notes),
    }
}

/// A document, picture or archive: nothing of it is text for readers.
fn no_page() -> Extracted {
    Extracted {
        article: Article {
            notes: vec!["this is no HTML".to_owned()],
            ..Article::default()
        },
        confident: false,
        failure: Some(FailureKind::NotHtml),
    }
}

fn article(metadata: Metadata, body: String, notes: Vec<String>) -> Article {
    Article {
        title: metadata.title,
        body,
        lang: metadata.lang,
        published: metadata.published,
        modified: metadata.modified,
        authors: metadata.authors,
        canonical_url: metadata.canonical_url,
        image: metadata.image,
        site_name: metadata.site_name,
        origin: Origin::Page,
        failure: None,
        notes,
    }
}

/// The cleaned lines of the story, from the page or else from its JSON-LD.
fn story_lines(
    html: &Html,
    metadata: &Metadata,
    recall: Option<&mut Recall<'_>>,
    notes: &mut Vec<String>,
) -> Vec<Line> {
    let lines = lines::clean(body::lines(blocks::outline(html), metadata, recall), metadata);
    let Some(declared) = &metadata.json_ld_body else {
        return lines;
    };
    let found = lines::weight(&joined(&lines));
    let declared_weight = lines::weight(declared);
    if declared_weight < BODY_CHARS_MIN || found * JSON_LD_LONGER > declared_weight {
        return lines;
    }
    notes.push("body taken from the page's JSON-LD".to_owned());
    // Some pages put markup into it.
    lines::clean(blocks::lines(&Html::parse_fragment(declared)), metadata)
}

fn joined(lines: &[Line]) -> String {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    texts.join("\n")
}

/// Where a second story begins: a headline of the first two ranks in the body with a byline or date of its own.
fn second_story(html: &Html, lines: &[Line], title: &str) -> Option<String> {
    const NEAR: usize = 2;
    let headings = select::all(html, "h1, h2");
    headings.into_iter().find_map(|heading| {
        let text = select::text(heading);
        let in_body = lines.iter().skip(1).any(|line| line.text == text);
        let other = title::squashed(&text) != title::squashed(title);
        let bylined = || {
            heading
                .next_siblings()
                .filter_map(scraper::ElementRef::wrap)
                .take(NEAR)
                .any(|next| {
                    let text = select::text(next);
                    next.value().name() == "time"
                        || (text.chars().count() < 100
                            && dates::parse(&text, None).is_some_and(|date| date.has_time()))
                })
        };
        (in_body && other && bylined()).then(|| format!("another story begins at: {text}"))
    })
}
