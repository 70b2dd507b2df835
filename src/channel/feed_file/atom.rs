//! Atom (RFC 4287), with the keys of deliveries in elements of a namespace of our own.

use jiff::Timestamp;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::entry::{Entry, Feed};
use crate::model::rfc3339;

const NAMESPACE: &str = "urn:wirewatch:delivery";

/// The file.
pub(super) fn write(feed: &Feed) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:ww=\"{NAMESPACE}\">\n"
    );
    element(&mut out, "title", "", &feed.title);
    element(&mut out, "id", "", &feed.id());
    element(&mut out, "updated", "", &rfc3339(feed.updated()));
    out.push_str("<author><name>wirewatch</name></author>\n<generator>wirewatch</generator>\n");
    if let Some(address) = &feed.address {
        out.push_str(&format!(
            "<link rel=\"self\" href=\"{}\"/>\n",
            clean(address)
        ));
    }
    for entry in &feed.entries {
        write_entry(&mut out, entry);
    }
    out.push_str("</feed>\n");
    out
}

fn write_entry(out: &mut String, entry: &Entry) {
    out.push_str("<entry>\n");
    element(out, "id", "", &entry.id);
    let lang = entry.lang.as_ref();
    let lang = lang.map(|lang| format!(" xml:lang=\"{}\"", clean(lang)));
    element(out, "title", &lang.unwrap_or_default(), &entry.title);
    element(out, "published", "", &rfc3339(entry.published));
    element(out, "updated", "", &rfc3339(entry.updated));
    if let Some(url) = &entry.url {
        out.push_str(&format!(
            "<link rel=\"alternate\" href=\"{}\"/>\n",
            clean(url)
        ));
    }
    if let Some(watch) = &entry.watch {
        let (term, label) = (clean(watch), clean(&entry.watch_title));
        out.push_str(&format!("<category term=\"{term}\" label=\"{label}\"/>\n"));
    }
    if let Some(severity) = &entry.severity {
        element(out, "ww:severity", "", severity);
    }
    for key in &entry.keys {
        element(out, "ww:key", "", key);
    }
    element(out, "content", " type=\"html\"", &entry.html);
    out.push_str("</entry>\n");
}

fn element(out: &mut String, name: &str, attributes: &str, text: &str) {
    out.push_str(&format!("<{name}{attributes}>{}</{name}>\n", clean(text)));
}

/// Text that XML can hold: the characters that it forbids are left out, and a carriage return, which reading
/// would change, is a space.
fn clean(text: &str) -> String {
    let is_allowed = |c: &char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let text: String = text.replace('\r', " ").chars().filter(is_allowed).collect();
    escape(text).into_owned()
}

/// The entries of a file that [`write`] made.
///
/// # Errors
/// In words, when it is damaged or another's.
pub(super) fn read(text: &str) -> Result<Vec<Entry>, String> {
    let mut reader = Reader::from_str(text);
    let mut entries = Vec::new();
    let mut entry: Option<Draft> = None;
    let (mut is_ours, mut is_whole) = (false, false);
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Eof => break,
            Event::Start(start) => match (name(&start).as_str(), &mut entry) {
                ("feed", _) => {
                    is_ours = attribute(&start, "xmlns:ww")?.as_deref() == Some(NAMESPACE)
                }
                ("entry", _) => entry = Some(Draft::default()),
                (name, Some(draft)) => {
                    let text = reader
                        .read_text(start.name())
                        .map_err(|error| error.to_string())?;
                    let text = unescape(&text).map_err(|error| error.to_string())?;
                    draft.take(name, &text, attribute(&start, "xml:lang")?)?;
                }
                _ => {}
            },
            Event::Empty(start) => {
                if let Some(draft) = &mut entry {
                    draft.take_empty(&start)?;
                }
            }
            Event::End(end) => match end.name().as_ref() {
                "entry" => entries.extend(entry.take().map(Draft::entry).transpose()?),
                "feed" => is_whole = true,
                _ => {}
            },
            _ => {}
        }
    }
    match is_ours && is_whole {
        true => Ok(entries),
        false => Err("it is no feed of wirewatch, or its end is missing".to_owned()),
    }
}

fn name(start: &BytesStart<'_>) -> String {
    start.name().as_ref().to_owned()
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if attribute.key.as_ref() == name {
            let value = unescape(&attribute.value).map_err(|error| error.to_string())?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// An entry as far as it was read.
#[derive(Default)]
struct Draft {
    id: Option<String>,
    title: Option<String>,
    lang: Option<String>,
    url: Option<String>,
    published: Option<Timestamp>,
    updated: Option<Timestamp>,
    watch: Option<String>,
    watch_title: String,
    severity: Option<String>,
    html: Option<String>,
    keys: Vec<String>,
}

impl Draft {
    fn take(&mut self, name: &str, text: &str, lang: Option<String>) -> Result<(), String> {
        let time = || {
            text.parse()
                .map(Some)
                .map_err(|error: jiff::Error| error.to_string())
        };
        match name {
            "id" => self.id = Some(text.to_owned()),
            "title" => (self.title, self.lang) = (Some(text.to_owned()), lang),
            "published" => self.published = time()?,
            "updated" => self.updated = time()?,
            "ww:severity" => self.severity = Some(text.to_owned()),
            "ww:key" => self.keys.push(text.to_owned()),
            "content" => self.html = Some(text.to_owned()),
            _ => {}
        }
        Ok(())
    }

    fn take_empty(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        match name(start).as_str() {
            "link" => self.url = attribute(start, "href")?,
            "category" => {
                self.watch = attribute(start, "term")?;
                self.watch_title = attribute(start, "label")?.unwrap_or_default();
            }
            _ => {}
        }
        Ok(())
    }

    fn entry(self) -> Result<Entry, String> {
        let missing = || "an entry is not whole".to_owned();
        Ok(Entry {
            id: self.id.ok_or_else(missing)?,
            title: self.title.ok_or_else(missing)?,
            lang: self.lang,
            url: self.url,
            published: self.published.ok_or_else(missing)?,
            updated: self.updated.ok_or_else(missing)?,
            watch: self.watch,
            watch_title: self.watch_title,
            severity: self.severity,
            html: self.html.ok_or_else(missing)?,
            keys: self.keys,
        })
    }
}
