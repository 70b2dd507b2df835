//! Tags, comments and raw text, ended where the HTML tokenizer ends them.

use std::ops::Range;

use memchr::memchr;

/// A start tag or an end tag.
pub struct Tag<'a> {
    pub name: &'a str,
    pub closes: bool,
    /// How many it has.
    pub attributes: usize,
    pub start: usize,
    /// Behind its name.
    pub name_end: usize,
    /// Behind its `>`.
    pub end: usize,
}

/// What the next `<` begins.
pub enum Markup<'a> {
    Tag(Tag<'a>),
    /// A comment, or a `<` that begins nothing. Comments count as faults, for each may hold many.
    Fault {
        start: usize,
        end: usize,
    },
    /// A comment that never ends: the rest of the page is in it.
    Unclosed {
        start: usize,
    },
    /// There is none.
    None,
}

impl Markup<'_> {
    /// Where it begins.
    pub fn start(&self) -> Option<usize> {
        match self {
            Self::Tag(tag) => Some(tag.start),
            Self::Fault { start, .. } | Self::Unclosed { start } => Some(*start),
            Self::None => None,
        }
    }
}

/// What begins at the first `<` at or after `from`.
pub fn next_markup(html: &str, from: usize) -> Markup<'_> {
    let bytes = html.as_bytes();
    let Some(found) = memchr(b'<', &bytes[from..]) else {
        return Markup::None;
    };
    let start = from + found;
    if bytes[start..].starts_with(b"<!--") {
        return match comment_length(&bytes[start + 2..]) {
            Some(length) => Markup::Fault {
                start,
                end: start + 2 + length,
            },
            None => Markup::Unclosed { start },
        };
    }
    let closes = bytes.get(start + 1) == Some(&b'/');
    let name_start = start + 1 + usize::from(closes);
    if !bytes.get(name_start).is_some_and(u8::is_ascii_alphabetic) {
        return Markup::Fault {
            start,
            end: name_start,
        };
    }
    let name_end = name_start + run(&bytes[name_start..], |byte| !ends_name(byte));
    let (attributes, length) = attributes(&bytes[name_end..]);
    Markup::Tag(Tag {
        name: &html[name_start..name_end],
        closes,
        attributes,
        start,
        name_end,
        end: name_end + length,
    })
}

/// Length of a comment from its `--` on: it ends with `-->` or `--!>`, and `<!-->` is one, too.
pub fn comment_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr(b'>', &text[at..]) {
        let end = at + found;
        let before = &text[..end];
        if before.ends_with(b"--") || (end > 3 && before.ends_with(b"--!")) {
            return Some(end + 1);
        }
        at = end + 1;
    }
    None
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}

/// How many attributes follow a tag's name, and the length up to and with its `>`.
pub fn attributes(text: &[u8]) -> (usize, usize) {
    let mut count = 0;
    let length = for_attributes(text, |_, _| count += 1);
    (count, length)
}

/// Calls `found` with the name of every attribute that follows a tag's name, and with where it stands with its value;
/// gives the length up to and with the tag's `>` (HTML, "tokenization").
pub fn for_attributes(text: &[u8], mut found: impl FnMut(&[u8], Range<usize>)) -> usize {
    let mut at = 0;
    loop {
        at += run(&text[at..], |byte| {
            byte.is_ascii_whitespace() || byte == b'/'
        });
        match text.get(at) {
            None => return at,
            Some(b'>') => return at + 1,
            Some(_) => {}
        }
        let start = at;
        // A name may begin with `=`.
        at += 1;
        at += run(&text[at..], |byte| !ends_name(byte) && byte != b'=');
        let name = &text[start..at];
        let space = run(&text[at..], |byte| byte.is_ascii_whitespace());
        if text.get(at + space) == Some(&b'=') {
            at += space + 1;
            at += run(&text[at..], |byte| byte.is_ascii_whitespace());
            at += value_length(&text[at..]);
        }
        found(name, start..at);
    }
}

/// Length of an attribute's value with its quotation marks.
fn value_length(text: &[u8]) -> usize {
    match text.first() {
        Some(&quote @ (b'"' | b'\'')) => {
            memchr(quote, &text[1..]).map_or(text.len(), |inner| inner + 2)
        }
        _ => run(text, |byte| !byte.is_ascii_whitespace() && byte != b'>'),
    }
}

/// Length of the bytes at the start that `holds` of.
fn run(text: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    text.iter()
        .position(|&byte| !holds(byte))
        .unwrap_or(text.len())
}

/// Where the end tag begins of an element whose content is no markup.
pub fn end_of_raw_text(html: &str, tag: &Tag<'_>) -> usize {
    let bytes = html.as_bytes();
    let mut at = tag.end;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        at += found + 1;
        if is_end_tag(&bytes[at..], tag.name) {
            return at - 1;
        }
    }
    html.len()
}

/// Whether `/name` follows, in capitals or not.
fn is_end_tag(text: &[u8], name: &str) -> bool {
    text.first() == Some(&b'/')
        && text
            .get(1..=name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_end_where_the_tokenizer_ends_them() {
        for (text, count, length) in [
            (">", 0, 1),
            (" a b=c d = 'e>' f=\"g\">", 4, 22),
            ("/ >x", 0, 3),
            (" =a=b>", 1, 6),
            (" a= >", 1, 5),
            (" a=b/>", 1, 6),
            (" a='never", 1, 9),
            (" a", 1, 2),
        ] {
            assert_eq!(attributes(text.as_bytes()), (count, length), "{text}");
        }
        for (text, length) in [
            ("-->x", Some(3)),
            ("--->", Some(4)),
            ("-- --!>x", Some(7)),
            ("-- > -->", Some(8)),
            ("-- ", None),
        ] {
            assert_eq!(comment_length(text.as_bytes()), length, "{text}");
        }
    }
}
