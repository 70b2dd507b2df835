//! A page's bytes to an [`Article`]: encoding, metadata, body, line cleaning.
//!
//! Takes bytes, the address they came from and the server's `Content-Type`; gives a value for every
//! input, with notes on what was odd. Knows nothing of feeds, rules or the store, and never fails or panics:
//! a page without a story is an article with an empty body.

mod address;
mod authors;
mod blocks;
mod body;
mod clues;
mod confidence;
mod dates;
mod decode;
mod detect;
mod explain;
mod fate;
mod features;
mod gather;
mod hidden;
mod jsonld;
mod keys;
mod labels;
mod lines;
mod memory;
mod metadata;
mod model;
mod names;
mod outline;
mod page_date;
mod parsed;
mod published;
mod reading;
mod repair;
mod select;
mod shingles;
pub mod site;
mod state;
mod story;
mod title;
pub mod training;
mod visible;
mod walk;
mod wall;
mod zones;

use jiff::Timestamp;

pub use confidence::Evidence;
pub use decode::decode;
pub use explain::{Explained, SeenLine, explain};
pub use fate::{Fate, Reason};
pub use memory::{HostMemory, Impression, Learnt, Summary, host_of};
pub use reading::{Reading, sanitised};
pub use site::SiteRule;

use crate::model::{Article, FailureKind, Origin};
use crate::text::{detect_language, safe_html};
use blocks::Line;
use memory::Recall;
use metadata::Metadata;
use parsed::Parsed;
use story::Story;
use wall::Wall;

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
    /// What was found.
    pub article: Article,
    /// How likely the body is the whole story and nothing else, 0 to 1; see [`Extracted::is_confident`].
    pub confidence: f32,
    /// What speaks for the body.
    pub evidence: Evidence,
    /// Language that the page says it is in, as written: it may be wrong.
    pub declared_lang: Option<String>,
    /// What stands in place of the article: [`FailureKind::SoftBlock`] or [`FailureKind::NotHtml`]. A body beside
    /// it is the part that is free to read.
    pub failure: Option<FailureKind>,
    /// Where the article goes on, by the rule for its site.
    pub next_page: Option<String>,
    /// What is to be read in place of the page, by the rule for its site.
    pub other_version: Option<String>,
}

impl Extracted {
    /// The body needs no help from elsewhere; `notes` say why when it does.
    #[must_use]
    pub fn is_confident(&self) -> bool {
        self.confidence >= confidence::ENOUGH
    }
}

/// Least text of a story, in characters (Han and Kana count twice).
const BODY_CHARS_MIN: usize = 250;
/// A shorter text on a page that is not free to read is its teaser.
const PAID_BODY_CHARS_MIN: usize = 1_500;

/// Most confidence in a page of which only a part was read.
const CUT_CONFIDENCE: f32 = 0.4;

/// What helps to read a page, besides the page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Aids<'a> {
    /// The rule for its site; used as far as it finds something.
    pub rule: Option<&'a SiteRule>,
    /// When it is read: a date that lies after it is not believed where another exists.
    pub now: Option<Timestamp>,
    /// What the feed says of the article, summary or content: a witness of its text.
    pub feed: Option<&'a str>,
    /// Language that the feed or the config says it is in; the page's own word is heard first.
    pub lang: Option<&'a str>,
}

/// Reads the article of a page.
#[must_use]
pub fn extract(bytes: &[u8], page: &Page<'_>) -> Extracted {
    extract_with(bytes, page, Aids::default())
}

/// Reads the article of a page with what helps to do so.
#[must_use]
pub fn extract_with(bytes: &[u8], page: &Page<'_>, aids: Aids<'_>) -> Extracted {
    read(bytes, page, aids, None, None)
}

/// The same with what is remembered of the page's host ([`host_of`]); gives also what is to be learnt.
#[must_use]
pub fn extract_with_memory(
    bytes: &[u8],
    page: &Page<'_>,
    aids: Aids<'_>,
    memory: &HostMemory,
) -> (Extracted, Impression) {
    let mut recall = Recall::new(memory);
    let mut extracted = read(bytes, page, aids, Some(&mut recall), None);
    let canonical = extracted.article.canonical_url.as_deref();
    let (impression, dropped) = recall.end(page.url, canonical, extracted.is_confident());
    if dropped > 0 {
        let note =
            format!("{dropped} left out: lines that stand on other articles of the site too");
        extracted.article.notes.push(note);
    }
    (extracted, impression)
}

/// `explained` is told why, when somebody wants to know.
fn read(
    bytes: &[u8],
    page: &Page<'_>,
    aids: Aids<'_>,
    recall: Option<&mut Recall<'_>>,
    mut explained: Option<&mut Explained>,
) -> Extracted {
    let Aids { rule, now, .. } = aids;
    // A decoded page is at most three times as long as its bytes; what is past that bound is not read.
    let bytes = &bytes[..bytes.len().min(safe_html::PAGE_BYTES_MAX + 1)];
    let (text, mut notes) = decode::decode_from(bytes, page.content_type, page.url);
    if wall::is_binary(bytes, &text) {
        return no_page();
    }
    // Each is a fault to the parsers, and no reader sees one.
    let text = if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    };
    let parsed = Parsed::page_for(&text, rule);
    let broken = parsed.broken;
    notes.extend(broken.map(|bound| format!("{bound}: the rest is left out")));
    let html = &parsed.html;
    let mut metadata = metadata::read(html, page.url, now);
    notes.append(&mut metadata.notes);
    let told = rule.map(|rule| rule.amend(html, &mut metadata, &mut notes));
    let mut story = Story::read(
        &parsed,
        &metadata,
        aids,
        recall,
        &mut notes,
        explained.is_some(),
    );
    let wall = wall::find(&parsed, &metadata.title, &story.kept());
    if let Some(wall) = wall {
        notes.push(wall.why.to_owned());
        if wall.in_place {
            story.declared = None;
            story.leave_out(Reason::Wall);
        }
    }
    if let Some(explained) = &mut explained {
        explained.told = told.unwrap_or_default();
        explained.record(html, &metadata, &story);
    }
    Extracted {
        next_page: rule.and_then(|rule| rule.next_page(html, page.url)),
        other_version: rule.and_then(|rule| rule.other_version(html, page.url)),
        ..judged(metadata, &story, wall, broken.is_some(), aids, notes)
    }
}

/// What was found, and how likely it is right; `cut` when only a part of the page was read.
fn judged(
    metadata: Metadata,
    story: &Story,
    wall: Option<Wall>,
    cut: bool,
    aids: Aids<'_>,
    mut notes: Vec<String>,
) -> Extracted {
    let lines = story.kept();
    let parts = parts(&lines);
    let opens = |&at: &usize| format!("another story begins at: {}", lines[at].text);
    notes.extend(parts.iter().map(opens));
    let text = joined(&lines);
    let evidence = Evidence::of(&text, story.likely(), &metadata, aids.feed);
    let evidence = match story.origin {
        Origin::JsonLd => evidence.of_json_ld(),
        _ => evidence,
    };
    if !text.is_empty() && evidence.chars < BODY_CHARS_MIN {
        notes.push("the body is short".to_owned());
    }
    if metadata.paid {
        notes.push("the page says that it is not free to read".to_owned());
    }
    let teaser = metadata.paid && evidence.chars < PAID_BODY_CHARS_MIN;
    let blocked = wall.is_some_and(|wall| wall.in_place) || teaser;
    let confidence = match (wall.is_some() || teaser, cut) {
        (true, _) => 0.0,
        (false, true) => evidence.confidence().min(CUT_CONFIDENCE),
        (false, false) => evidence.confidence(),
    };
    let prior = metadata.lang.as_deref().or(aids.lang);
    let lang = detect_language(&metadata.title, &text, prior);
    let origin = story.origin;
    Extracted {
        confidence,
        evidence,
        failure: blocked.then_some(FailureKind::SoftBlock),
        declared_lang: metadata.lang.clone(),
        article: Article {
            lang,
            ..article(
                metadata,
                Body {
                    text,
                    parts,
                    origin,
                },
                notes,
            )
        },
        ..Extracted::default()
    }
}

/// A document, picture or archive: nothing of it is text for readers.
fn no_page() -> Extracted {
    Extracted {
        article: Article {
            notes: vec!["this is no HTML".to_owned()],
            ..Article::default()
        },
        failure: Some(FailureKind::NotHtml),
        ..Extracted::default()
    }
}

/// The text of a page.
struct Body {
    text: String,
    parts: Vec<usize>,
    origin: Origin,
}

fn article(metadata: Metadata, body: Body, notes: Vec<String>) -> Article {
    Article {
        title: metadata.title,
        body: body.text,
        parts: body.parts,
        lang: None,
        published: metadata.published,
        published_from: metadata.published_from,
        modified: metadata.modified,
        modified_from: metadata.modified_from,
        authors: metadata.authors,
        canonical_url: metadata.canonical_url,
        image: metadata.image,
        site_name: metadata.site_name,
        section: metadata.section,
        tags: metadata.tags,
        paid: metadata.paid,
        live: metadata.live,
        amp_url: metadata.amp_url,
        next_url: metadata.next_url,
        print_url: metadata.print_url,
        origin: body.origin,
        failure: None,
        notes,
    }
}

fn joined(lines: &[&Line]) -> String {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    texts.join("\n")
}

/// Numbers of the lines at which further stories begin.
fn parts(lines: &[&Line]) -> Vec<usize> {
    let opens =
        |(number, line): (usize, &&Line)| (number > 0 && line.opens_story).then_some(number);
    lines.iter().enumerate().filter_map(opens).collect()
}
