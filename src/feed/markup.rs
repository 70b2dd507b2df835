//! The tags of a document, one after the other, HTML or XML, sound or broken.
//!
//! OPML files and front pages are asked for a few attributes only, so no tree is built: a million
//! elements that are never closed cost what their bytes cost.

use super::entity;
use super::text;

/// Searches for an end that is not there before such ends are no longer looked for: each costs a look
/// at the whole rest.
const UNCLOSED_MAX: usize = 16;
/// Attributes of one tag that are looked at.
const ATTRIBUTES_MAX: usize = 64;

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKind {
    /// `<a>`
    Start,
    /// `<a/>`
    Empty,
    /// `</a>`
    End,
}

/// One tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// Byte at which its `<` stands.
    pub at: usize,
    /// Byte behind its `>`.
    pub after: usize,
    pub kind: TagKind,
    /// Name without prefix, as written.
    pub name: &'a str,
    /// What stands between the name and `>`.
    inside: &'a str,
}

impl Tag<'_> {
    /// True for a tag of this name, in whatever case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// True when it opens an element, with content or without.
    pub(super) fn opens(&self, name: &str) -> bool {
        self.kind != TagKind::End && self.is(name)
    }

    /// The value of the first attribute of this name, in whatever case, references resolved and ends trimmed.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let (_, value) = attributes(self.inside).find(|(known, _)| {
            let local = known.rsplit(':').next().unwrap_or(known);
            local.eq_ignore_ascii_case(name)
        })?;
        Some(entity::decode(value).trim().to_owned())
    }
}

/// Names and raw values of attributes, as the HTML tokenizer delimits them (HTML, 13.2.5.32).
fn attributes(inside: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = inside;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let first = rest.chars().next()?;
        // A name may begin with `=`; that of a broken tag does.
        let length = rest[first.len_utf8()..]
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '/'))
            .map_or(rest.len(), |at| at + first.len_utf8());
        let name = &rest[..length];
        let behind = rest[length..].trim_start();
        let Some(value) = behind.strip_prefix('=').map(str::trim_start) else {
            rest = behind;
            return Some((name, ""));
        };
        let (value, behind) = attribute_value(value);
        rest = behind;
        Some((name, value))
    })
    .take(ATTRIBUTES_MAX)
}

/// The value at the start of a text, and what follows it.
fn attribute_value(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote
        && let Some((value, behind)) = text[1..].split_once(quote)
    {
        return (value, behind);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], &text[end..])
}

/// The tags of a document in order. Comments, declarations and what stands in scripts are left out.
pub(super) struct Tags<'a> {
    document: &'a str,
    at: usize,
    unclosed: usize,
}

impl<'a> Tags<'a> {
    pub(super) fn new(document: &'a str) -> Self {
        Self {
            document,
            at: 0,
            unclosed: UNCLOSED_MAX,
        }
    }

    /// Skips what begins with `<!` or `<?`.
    fn skip_declaration(&mut self, start: usize) {
        let rest = &self.document[start..];
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<![CDATA[") => "]]>",
            _ => ">",
        };
        let found = (self.unclosed > 0)
            .then(|| rest.find(end).map(|at| at + end.len()))
            .flatten();
        self.unclosed -= usize::from(found.is_none() && self.unclosed > 0);
        // What never ends hides nothing but its mark.
        self.at = start + found.unwrap_or(2);
    }

    /// Skips what a browser does not show, up to the end tag.
    fn skip_hidden(&mut self, element: &str) {
        if self.unclosed == 0 {
            return;
        }
        match text::before_end_tag(&self.document[self.at..], element) {
            Some(length) => self.at += length,
            None => self.unclosed -= 1,
        }
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        let document = self.document;
        loop {
            let start = self.at + document[self.at..].find('<')?;
            let body = &document[start + 1..];
            if body.starts_with(['!', '?']) {
                self.skip_declaration(start);
                continue;
            }
            let (named, ends) = match body.strip_prefix('/') {
                Some(named) => (named, true),
                None => (body, false),
            };
            if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.at = start + 1;
                continue;
            }
            let length = named
                .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<'))
                .unwrap_or(named.len());
            let behind = &named[length..];
            let left = text::after_tag(behind).len();
            self.at = document.len() - left;
            let inside = &behind[..behind.len() - left];
            let inside = inside.strip_suffix('>').unwrap_or(inside);
            let tag = Tag {
                at: start,
                after: self.at,
                kind: match (ends, inside.ends_with('/')) {
                    (true, _) => TagKind::End,
                    (false, true) => TagKind::Empty,
                    (false, false) => TagKind::Start,
                },
                name: named[..length].rsplit(':').next().unwrap_or_default(),
                inside,
            };
            if tag.kind == TagKind::Start && text::is_hidden(tag.name) {
                self.skip_hidden(tag.name);
            }
            return Some(tag);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TagKind, Tags};

    #[test]
    fn tags_are_found_in_whatever_surrounds_them() {
        for (document, expected) in [
            ("<a><b/></a>", "a b/ /a"),
            ("<!-- <a> --><b>", "b"),
            ("<!-- <a><b>", "a b"),
            ("<?xml version='1.0'?><!DOCTYPE x><svg:A x='>'/>", "A/"),
            ("<script>'<a>'</SCRIPT><b>", "script /SCRIPT b"),
            ("<script><b>", "script b"),
            ("1 < 2 <a", "a"),
            ("<a <b>", "a"),
            ("<![CDATA[<a>]]><b>", "b"),
            ("", ""),
            ("<", ""),
            ("</>", ""),
        ] {
            let found: Vec<String> = Tags::new(document)
                .map(|tag| match tag.kind {
                    TagKind::Start => tag.name.to_owned(),
                    TagKind::Empty => format!("{}/", tag.name),
                    TagKind::End => format!("/{}", tag.name),
                })
                .collect();
            assert_eq!(found.join(" "), expected, "{document}");
        }
    }

    #[test]
    fn attributes_are_read_as_browsers_do() {
        for (tag, name, value) in [
            ("<o XMLURL=\"a?b=1&amp;c=2\">", "xmlurl", Some("a?b=1&c=2")),
            ("<o text='5\" TV' x=1>", "text", Some("5\" TV")),
            ("<o text=\"5\" TV\" x=\"1\">", "x", Some("1")),
            ("<o x = 1/>", "x", Some("1/")),
            ("<o x=\"1\"/>", "x", Some("1")),
            ("<o hidden x=' 1 '>", "x", Some("1")),
            ("<o hidden>", "hidden", Some("")),
            ("<o a=\"never x=1>", "x", Some("1")),
            ("<o caf\u{e9}=1 x=2>", "x", Some("2")),
            ("<o =x=1>", "y", None),
            ("<o>", "x", None),
        ] {
            let found = Tags::new(tag).next().expect(tag).attribute(name);
            assert_eq!(found.as_deref(), value, "{tag}");
        }
    }

    #[test]
    fn broken_documents_cost_what_their_bytes_cost() {
        for piece in [
            "<a x=\"",
            "<!--",
            "<script>",
            "<a ",
            "<![CDATA[",
            "<",
            "</",
            "<a x='<b y=\"",
        ] {
            let document = piece.repeat(200_000);
            assert!(Tags::new(&document).count() <= 400_000, "{piece}");
        }
    }
}
