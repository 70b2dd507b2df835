//! Markup to plain text, in one pass and linear time.
//!
//! A feed's field is a fragment, not a page, and a hostile one may nest a million tags: so tags are
//! stripped from the character stream as the HTML tokenizer delimits them, and no tree is built.

use super::entity;

/// How blocks are kept apart in the plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Everything on one line (titles).
    Line,
    /// One line for each paragraph (contents).
    Paragraphs,
}

/// Elements whose text no reader sees.
const HIDDEN: [&str; 3] = ["script", "style", "applet"];

/// Elements that begin and end a block.
const BLOCKS: [&str; 34] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "td",
    "tr",
    "ul",
];

/// Whether nobody sees the text inside an element.
pub(super) fn is_hidden(element: &str) -> bool {
    HIDDEN.iter().any(|name| element.eq_ignore_ascii_case(name))
}

/// Whether an element stands on lines of its own.
pub(super) fn is_block(element: &str) -> bool {
    BLOCKS.iter().any(|name| element.eq_ignore_ascii_case(name))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

/// Gathers text, folds its white space and drops what cannot be shown.
pub(super) struct TextBuilder {
    out: String,
    gap: Gap,
    shape: Shape,
}

impl TextBuilder {
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            out: String::new(),
            gap: Gap::None,
            shape,
        }
    }

    /// Adds text as it is meant (references resolved).
    pub(super) fn push(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let (run, after) = rest.split_at(run_of_words(rest.as_bytes()));
            if !run.is_empty() {
                self.close_gap();
                self.out.push_str(run);
            }
            let mut characters = after.chars();
            match characters.next() {
                Some(space) if space.is_whitespace() => self.gap = self.gap.max(Gap::Space),
                Some(character) if is_shown(character) => {
                    self.close_gap();
                    self.out.push(character);
                }
                _ => {}
            }
            rest = characters.as_str();
        }
    }

    /// Ends a block.
    pub(super) fn end_block(&mut self) {
        self.gap = match self.shape {
            Shape::Line => self.gap.max(Gap::Space),
            Shape::Paragraphs => Gap::Line,
        };
    }

    fn close_gap(&mut self) {
        if !self.out.is_empty() {
            match self.gap {
                Gap::None => {}
                Gap::Space => self.out.push(' '),
                Gap::Line => self.out.push('\n'),
            }
        }
        self.gap = Gap::None;
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// Length of the longest beginning that stays as it is: words with one space between them.
///
/// Most of every text; it ends at each byte that may begin a character which is white space or not shown.
fn run_of_words(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let stays = IS_WORD[usize::from(byte)]
            || (byte == b' '
                && at > 0
                && text
                    .get(at + 1)
                    .is_some_and(|&next| IS_WORD[usize::from(next)]));
        if !stays {
            break;
        }
        at += 1;
    }
    at
}

/// Bytes that are part of a shown character whatever stands around them. White space and what is not shown begin, past
/// ASCII, with C2 (U+0080 on), E1 (U+1680), E2 (U+2000 on), E3 (U+3000) and EF (U+FDD0 on, U+FEFF, U+FFFE), and
/// noncharacters of higher planes are shown as ever.
static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0x21;
    while byte < 256 {
        table[byte] = !matches!(byte, 0x7f | 0xc2 | 0xe1 | 0xe2 | 0xe3 | 0xef);
        byte += 1;
    }
    table
};

/// Controls, byte order marks and noncharacters say nothing to a reader and break consumers.
fn is_shown(character: char) -> bool {
    !character.is_control()
        && character != '\u{feff}'
        && !matches!(character, '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}')
}

/// Plain text with its white space folded; a blank line ends a paragraph.
pub(super) fn fold(text: &str, shape: Shape) -> String {
    let mut builder = TextBuilder::new(shape);
    for line in text.split('\n') {
        if line.trim().is_empty() {
            builder.end_block();
        } else {
            builder.push(line);
            builder.push("\n");
        }
    }
    builder.finish()
}

/// Whether text that claims to be plain is HTML all the same: it closes an element, breaks a line or
/// has a character reference.
pub(super) fn looks_like_html(text: &str) -> bool {
    let tag = text.match_indices('<').any(|(at, _)| {
        let rest = &text.as_bytes()[at + 1..];
        let named = |name: &[u8]| {
            rest.get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        (rest.first() == Some(&b'/') && rest.get(1).is_some_and(u8::is_ascii_alphabetic))
            || [&b"br>"[..], b"br/", b"br ", b"img ", b"p>"]
                .into_iter()
                .any(named)
    });
    tag || text
        .match_indices('&')
        .any(|(at, _)| entity::leading(&text[at..]).is_some())
}

/// HTML to plain text: tags off, scripts and styles out, references resolved.
pub(super) fn html(text: &str, shape: Shape) -> String {
    if !text.contains('<') {
        return fold(&entity::decode(text), shape);
    }
    let mut builder = TextBuilder::new(shape);
    let mut unclosed = UNCLOSED_MAX;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        builder.push(&entity::decode(&rest[..at]));
        rest = after_markup(&rest[at..], &mut builder, &mut unclosed);
    }
    builder.push(&entity::decode(rest));
    builder.finish()
}

/// Searches for an end that is not there before such ends are no longer looked for: each costs a
/// look at the whole rest, and a hostile field has a million of them.
const UNCLOSED_MAX: usize = 16;

/// Handles what begins with `<` and returns what follows it.
fn after_markup<'a>(text: &'a str, builder: &mut TextBuilder, unclosed: &mut usize) -> &'a str {
    let body = &text[1..];
    if let Some(comment) = body.strip_prefix("!--") {
        // A comment that never ends hides no more than a tag would.
        let end = searched(unclosed, || comment.find("-->")).map(|at| at + 3);
        let end = end.or_else(|| comment.find('>').map(|at| at + 1));
        return end.map_or("", |end| &comment[end..]);
    }
    if let Some(cdata) = body.strip_prefix("![CDATA[") {
        let end = cdata.find("]]>").unwrap_or(cdata.len());
        builder.push(&cdata[..end]);
        return cdata.get(end + 3..).unwrap_or_default();
    }
    if body.starts_with(['!', '?']) {
        return body.find('>').map_or("", |at| &body[at + 1..]);
    }
    let (name, is_end) = match body.strip_prefix('/') {
        Some(name) => (name, true),
        None => (body, false),
    };
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        // `a < b`: no tag at all.
        builder.push("<");
        return body;
    }
    let length = name
        .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
        .unwrap_or(name.len());
    // A prefix (`svg:title`) says nothing about how the element is shown.
    let element = name[..length].rsplit(':').next().unwrap_or_default();
    let rest = after_tag(&name[length..]);
    if is_block(element) {
        builder.end_block();
    }
    if !is_end && is_hidden(element) {
        // An element that never ends hides nothing but its tag.
        return searched(unclosed, || after_end_tag(rest, element)).unwrap_or(rest);
    }
    rest
}

/// What follows a tag, given the text behind its name; quoted values may hold `>`.
pub(super) fn after_tag(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut quote = None;
    for (at, &byte) in bytes.iter().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'>' => return &text[at + 1..],
            // Only after `=`: the apostrophe of `<p don't>` opens nothing.
            None if matches!(byte, b'"' | b'\'') && follows_equals(&bytes[..at]) => {
                quote = Some(byte);
            }
            None => {}
        }
    }
    // The quote never closes: the first `>` has to do.
    match quote.and_then(|_| text.find('>')) {
        Some(at) => &text[at + 1..],
        None => "",
    }
}

fn follows_equals(before: &[u8]) -> bool {
    before.trim_ascii_end().last() == Some(&b'=')
}

/// Runs a search while failed ones are still allowed.
fn searched<T>(unclosed: &mut usize, search: impl FnOnce() -> Option<T>) -> Option<T> {
    if *unclosed == 0 {
        return None;
    }
    let found = search();
    *unclosed -= usize::from(found.is_none());
    found
}

fn after_end_tag<'a>(text: &'a str, element: &str) -> Option<&'a str> {
    let rest = &text[before_end_tag(text, element)? + 2..];
    Some(rest.find('>').map_or("", |at| &rest[at + 1..]))
}

/// How many bytes stand before the end tag of `element`; `None` if there is none.
pub(super) fn before_end_tag(text: &str, element: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find("</") {
        at += found;
        let name = text.get(at + 2..at + 2 + element.len());
        if name.is_some_and(|name| name.eq_ignore_ascii_case(element)) {
            return Some(at);
        }
        at += 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Shape, TextBuilder, fold, html, is_shown, looks_like_html};

    #[test]
    fn html_becomes_what_a_reader_sees() {
        for (written, line, paragraphs) in [
            ("plain", "plain", "plain"),
            (
                "<p>one</p><p>two &amp; 3</p>",
                "one two & 3",
                "one\ntwo & 3",
            ),
            ("a<br/>b", "a b", "a\nb"),
            ("<b>Wang</b> <i>Yi</i>", "Wang Yi", "Wang Yi"),
            ("x<script>alert('<p>')</script>y", "xy", "xy"),
            ("x<STYLE>p{}</style>y", "xy", "xy"),
            ("1 < 2 > 0", "1 < 2 > 0", "1 < 2 > 0"),
            ("<img alt=\"a<br />b\">", "", ""),
            ("<code>&lt;br /></code>", "<br />", "<br />"),
            ("<a href=\"x>y\">z</a>", "z", "z"),
            ("<a href=\"never>closed", "closed", "closed"),
            ("a<!-- b -->c", "ac", "ac"),
            ("a<!-- b >c", "ac", "ac"),
            ("a\u{0}b\u{feff}\u{85}c", "ab c", "ab c"),
            ("cut <off", "cut", "cut"),
        ] {
            assert_eq!(html(written, Shape::Line), line, "{written}");
            assert_eq!(html(written, Shape::Paragraphs), paragraphs, "{written}");
        }
    }

    /// The fast path and the slow one agree on every character, wherever it stands.
    #[test]
    fn runs_of_words_hide_nothing() {
        for character in '\0'..=char::MAX {
            let text = format!("a{character}b");
            let expected = match character {
                space if space.is_whitespace() => "a b".to_owned(),
                shown if is_shown(shown) => text.clone(),
                _ => "ab".to_owned(),
            };
            let mut builder = TextBuilder::new(Shape::Line);
            builder.push(&text);
            assert_eq!(builder.finish(), expected, "{:x}", u32::from(character));
        }
    }

    #[test]
    fn blank_lines_end_paragraphs_of_plain_text() {
        assert_eq!(fold(" a\n b \n\n\n c ", Shape::Paragraphs), "a b\nc");
        assert_eq!(fold(" a\n b \n\n\n c ", Shape::Line), "a b c");
    }

    #[test]
    fn html_is_told_from_text_about_html() {
        for (text, expected) in [
            ("History of the <blink> tag", false),
            ("a <b>bold</b> claim", true),
            ("one<br>two", true),
            ("AT&T and R&D", false),
            ("caf&eacute;", true),
            ("1 </ 2", false),
        ] {
            assert_eq!(looks_like_html(text), expected, "{text}");
        }
    }
}
