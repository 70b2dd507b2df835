//! A digest as an Atom feed (RFC 4287): an entry for each story, one for all that is no story.

use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::html::{EntryPart, digest_page, entry_html};
use super::page::Page;
use super::plain::plain;
use crate::model::{Digest, DigestItem, rfc3339};

const ATOM: &str = "http://www.w3.org/2005/Atom";

/// A digest as an Atom feed. The entry of a story has the same id in every digest that tells of it, so that a
/// reader shows an update in the place of what it had.
#[must_use]
pub fn digest_atom(digest: &Digest) -> String {
    let page = digest_page(digest);
    let mut out = Xml(Writer::new_with_indent(Vec::new(), b' ', 1));
    out.event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
    let feed = BytesStart::new("feed").with_attributes([("xmlns", ATOM), ("xml:lang", "en")]);
    out.event(Event::Start(feed));
    out.text("id", &[], &uuid(&["digest", &digest.name]));
    out.text("title", &[], &format!("wirewatch: {}", page.heading));
    out.text("subtitle", &[], &page.head.join(". "));
    out.text("updated", &[], &rfc3339(digest.until));
    out.event(Event::Start(BytesStart::new("author")));
    out.text("name", &[], "wirewatch");
    out.event(Event::End(BytesEnd::new("author")));
    for (place, item) in digest.items.iter().take(page.items.len()).enumerate() {
        let (title, lang) = (&page.items[place].title, &page.items[place].lang);
        let label = page.items[place].label;
        let links = page.items[place]
            .articles
            .iter()
            .map(|article| &article.url);
        let links: Vec<&String> = links.collect();
        let content = entry_html(&page, EntryPart::Story(place));
        out.story(item, &format!("{label}: {title}"), lang, &links, &content);
    }
    for (place, item) in digest.rest.iter().take(page.rest.len()).enumerate() {
        let line = &page.rest[place];
        let title = format!("{}: {}", line.label, line.title);
        let content = entry_html(&page, EntryPart::Line(place));
        out.story(item, &title, &line.lang, &[&line.url], &content);
    }
    out.overview(digest, &page);
    out.event(Event::End(BytesEnd::new("feed")));
    let mut xml = String::from_utf8(out.0.into_inner()).expect("it was written from strings");
    xml.push('\n');
    xml
}

struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn event(&mut self, event: Event<'_>) {
        self.0
            .write_event(event)
            .expect("writing into memory cannot fail");
    }

    fn text(&mut self, element: &str, attributes: &[(&str, &str)], text: &str) {
        let start = BytesStart::new(element).with_attributes(attributes.iter().copied());
        self.event(Event::Start(start));
        self.event(Event::Text(BytesText::new(&allowed(text))));
        self.event(Event::End(BytesEnd::new(element)));
    }

    fn link(&mut self, rel: &str, href: &str) {
        let href = allowed(href);
        let link = BytesStart::new("link").with_attributes([("rel", rel), ("href", href.as_str())]);
        self.event(Event::Empty(link));
    }

    fn story(
        &mut self,
        item: &DigestItem,
        title: &str,
        lang: &str,
        links: &[&String],
        content: &str,
    ) {
        let alert = &item.alert;
        self.event(Event::Start(BytesStart::new("entry")));
        let first_seen = rfc3339(alert.first_seen);
        let (id, watch) = (alert.id.to_string(), plain(&alert.watch));
        self.text("id", &[], &uuid(&["alert", &id, &alert.watch, &first_seen]));
        let spoken = [("xml:lang", lang)];
        self.text("title", if lang.is_empty() { &[] } else { &spoken }, title);
        self.text("updated", &[], &rfc3339(told_at(item)));
        self.text("published", &[], &first_seen);
        let category = allowed(&watch);
        let category = BytesStart::new("category").with_attributes([("term", category.as_str())]);
        self.event(Event::Empty(category));
        let web = |url: &&&String| url.starts_with("https://") || url.starts_with("http://");
        for (place, url) in links.iter().filter(web).enumerate() {
            self.link(if place == 0 { "alternate" } else { "related" }, url);
        }
        self.text("content", &[("type", "html")], content);
        self.event(Event::End(BytesEnd::new("entry")));
    }

    /// Near misses and machinery; it has the time of the digest for its id.
    fn overview(&mut self, digest: &Digest, page: &Page) {
        let until = rfc3339(digest.until);
        self.event(Event::Start(BytesStart::new("entry")));
        self.text("id", &[], &uuid(&["overview", &digest.name, &until]));
        self.text("title", &[], "Overview: near misses, feeds, deliveries");
        self.text("updated", &[], &until);
        let content = entry_html(page, EntryPart::Overview);
        self.text("content", &[("type", "html")], &content);
        self.event(Event::End(BytesEnd::new("entry")));
    }
}

/// When something last happened to a story.
fn told_at(item: &DigestItem) -> Timestamp {
    let times = item.changes.iter().map(|change| change.at);
    times.max().unwrap_or(item.alert.updated_at)
}

/// An id that only depends on these words: `urn:uuid:` with a hash (RFC 9562, version 8). The number of an alert
/// alone would be that of another one in somebody else's database.
fn uuid(words: &[&str]) -> String {
    let hash = blake3::hash(words.join("\0").as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// XML 1.0 knows no control characters and no noncharacters, not even escaped. `plain` has taken them out; this makes
/// sure that no feed is broken whatever is written.
fn allowed(text: &str) -> String {
    let is_allowed = |c: &char| {
        matches!(c, '\t' | '\n' | ' '..)
            && !matches!(c, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
    };
    text.chars().filter(is_allowed).collect()
}
