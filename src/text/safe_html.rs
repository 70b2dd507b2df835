//! How much of a page may become a tree: bounds on size, number of elements, attributes and nesting.
//!
//! Runs over the text before any parser sees it, because parsers pay for depth and for attributes of one
//! element with quadratic time, and for unclosed formatting elements with copies of them in every block.
//! Tags, attributes and comments end here where the HTML tokenizer ends them: what would be hidden from the
//! count could be any number of elements.

/// Longest page that is looked at, in bytes of its decoded text.
pub const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most elements of a page that are looked at; a tree of so many still fits the memory of a small machine.
pub const ELEMENTS_MAX: usize = 60_000;
/// Deepest nesting of a page; browsers stop at 512.
pub const DEPTH_MAX: usize = 1_000;

/// Most attributes of one element; a parser compares each with all before it.
pub const ATTRIBUTES_MAX: usize = 1_000;
/// Most attributes of a page.
pub const ALL_ATTRIBUTES_MAX: usize = 500_000;
/// Most faults of a page, such as a `<` that begins nothing, and most `&` of its text: parsers keep a list of
/// the ones, and take the text apart at the others with quadratic time.
pub const FAULTS_MAX: usize = 50_000;

/// A comment may be a fault in so many bytes of it.
const BYTES_PER_FAULT: usize = 64;

/// Elements without content (HTML, "void elements").
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose end tag authors leave out; the next of its kind closes them.
const END_TAG_OPTIONAL: &[&str] = &[
    "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "rt",
    "rp",
];
/// Elements that the parser opens again in every following block until they are closed
/// (HTML, "reconstruct the active formatting elements"); `a` and `nobr` close themselves.
const FORMATTING: &[&str] = &[
    "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements whose content is no markup.
const RAW_TEXT: &[&str] = &[
    "script", "style", "textarea", "title", "xmp", "noembed", "noframes",
];

/// Those of them in which `&` begins a reference all the same.
const TEXT_WITH_REFERENCES: &[&str] = &["title", "textarea"];
/// Elements whose inside follows the rules of XML.
const FOREIGN: &[&str] = &["svg", "math"];

/// The part of a page that is safe to parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SafePart<'a> {
    /// From the start of the page to the first tag that breaks a bound.
    pub html: &'a str,
    /// The bound that was broken, in words.
    pub broken: Option<&'static str>,
}

/// Cuts `html` where it stops being safe to parse.
#[must_use]
pub fn safe_part(html: &str) -> SafePart<'_> {
    let (html, too_long) = if html.len() > PAGE_BYTES_MAX {
        (
            &html[..html.floor_char_boundary(PAGE_BYTES_MAX)],
            Some("page longer than 8 MiB"),
        )
    } else {
        (html, None)
    };
    let cut = |at: usize, broken| SafePart {
        html: &html[..at],
        broken,
    };
    let mut tree = TreeEstimate::default();
    let mut at = 0;
    loop {
        let markup = next_markup(html, at);
        let start = markup.start().unwrap_or(html.len());
        if let Some(fault) = tree.read_text(&html[at..start]) {
            return cut(at + fault, Some(TOO_FAULTY));
        }
        let tag = match markup {
            Markup::Tag(tag) => tag,
            Markup::Fault { end, .. } => {
                at = end;
                tree.faults += 1 + (end - start) / BYTES_PER_FAULT;
                if tree.faults > FAULTS_MAX {
                    return cut(start, Some(TOO_FAULTY));
                }
                continue;
            }
            // Nothing would be read of what follows the start of a comment without end.
            Markup::Unclosed { .. } | Markup::None => return cut(start, too_long),
        };
        let broken = tree.read_tag(&tag);
        if broken.is_some() {
            return cut(start, broken);
        }
        at = tag.end;
        // Inside of drawings and formulas these elements hold markup like any other.
        if !tag.closes && is_one_of(tag.name, RAW_TEXT) && !tree.is_open(FOREIGN) {
            at = end_of_raw_text(html, &tag);
            let fault = is_one_of(tag.name, TEXT_WITH_REFERENCES)
                .then(|| tree.read_text(&html[tag.end..at]))
                .flatten();
            if let Some(fault) = fault {
                return cut(tag.end + fault, Some(TOO_FAULTY));
            }
        }
    }
}

/// What is said of a page with too many faults.
const TOO_FAULTY: &str = "more than 50,000 faults in the markup";

struct Tag<'a> {
    name: &'a str,
    closes: bool,
    attributes: usize,
    start: usize,
    /// Behind its `>`.
    end: usize,
}

/// What the next `<` begins.
enum Markup<'a> {
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
    fn start(&self) -> Option<usize> {
        match self {
            Self::Tag(tag) => Some(tag.start),
            Self::Fault { start, .. } | Self::Unclosed { start } => Some(*start),
            Self::None => None,
        }
    }
}

/// What begins at the first `<` at or after `from`.
fn next_markup(html: &str, from: usize) -> Markup<'_> {
    let bytes = html.as_bytes();
    let Some(found) = bytes[from..].iter().position(|&byte| byte == b'<') else {
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
        end: name_end + length,
    })
}

/// Length of a comment from its `--` on: it ends with `-->` or `--!>`, and `<!-->` is one, too.
fn comment_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].iter().position(|&byte| byte == b'>') {
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

/// How many attributes follow a tag's name, and the length up to and with its `>` (HTML, "tokenization").
fn attributes(text: &[u8]) -> (usize, usize) {
    let mut count = 0;
    let mut at = 0;
    loop {
        at += run(&text[at..], |byte| {
            byte.is_ascii_whitespace() || byte == b'/'
        });
        match text.get(at) {
            None => return (count, at),
            Some(b'>') => return (count, at + 1),
            Some(_) => count += 1,
        }
        // A name may begin with `=`.
        at += 1;
        at += run(&text[at..], |byte| !ends_name(byte) && byte != b'=');
        let space = run(&text[at..], |byte| byte.is_ascii_whitespace());
        if text.get(at + space) != Some(&b'=') {
            continue;
        }
        at += space + 1;
        at += run(&text[at..], |byte| byte.is_ascii_whitespace());
        at += value_length(&text[at..]);
    }
}

/// Length of an attribute's value with its quotation marks.
fn value_length(text: &[u8]) -> usize {
    match text.first() {
        Some(&quote @ (b'"' | b'\'')) => {
            let inner = run(&text[1..], |byte| byte != quote);
            (inner + 2).min(text.len())
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
fn end_of_raw_text(html: &str, tag: &Tag<'_>) -> usize {
    let mut at = tag.end;
    while let Some(found) = html[at..].find("</") {
        at += found + 2;
        let end = at + tag.name.len();
        if html
            .as_bytes()
            .get(at..end)
            .is_some_and(|name| name.eq_ignore_ascii_case(tag.name.as_bytes()))
        {
            return at - 2;
        }
    }
    html.len()
}

fn is_one_of(name: &str, list: &[&str]) -> bool {
    list.iter().any(|entry| entry.eq_ignore_ascii_case(name))
}

/// What a parser would build, from above.
#[derive(Default)]
struct TreeEstimate<'a> {
    /// Open elements, formatting ones left out.
    open: Vec<&'a str>,
    /// Open formatting elements.
    formatting: usize,
    elements: usize,
    attributes: usize,
    faults: usize,
}

impl<'a> TreeEstimate<'a> {
    /// Counts the `&` of a text; the place of the first that is too many.
    fn read_text(&mut self, text: &str) -> Option<usize> {
        let left = FAULTS_MAX.saturating_sub(self.faults);
        let ampersands = text.bytes().enumerate().filter(|(_, byte)| *byte == b'&');
        let mut seen = 0;
        for (at, _) in ampersands {
            if seen == left {
                return Some(at);
            }
            seen += 1;
        }
        self.faults += seen;
        None
    }

    /// The bound that a tag breaks.
    fn read_tag(&mut self, tag: &Tag<'a>) -> Option<&'static str> {
        self.attributes += tag.attributes;
        if tag.attributes > ATTRIBUTES_MAX {
            Some("more than 1,000 attributes of one element")
        } else if self.attributes > ALL_ATTRIBUTES_MAX {
            Some("more than 500,000 attributes")
        } else if tag.closes {
            self.close(tag.name)
        } else {
            self.open(tag.name)
        }
    }

    fn open(&mut self, name: &'a str) -> Option<&'static str> {
        self.elements += 1;
        if is_one_of(name, VOID) {
            return self.verdict();
        }
        if is_one_of(name, FORMATTING) {
            self.formatting += 1;
            return self.verdict();
        }
        if is_one_of(name, END_TAG_OPTIONAL) {
            self.close_earlier(name);
        }
        self.open.push(name);
        self.verdict()
    }

    /// `<li>` after an unclosed `<li>` of the same list closes it.
    fn close_earlier(&mut self, name: &str) {
        for (index, open) in self.open.iter().enumerate().rev() {
            if open.eq_ignore_ascii_case(name) {
                self.open.truncate(index);
                return;
            }
            if !is_one_of(open, END_TAG_OPTIONAL) {
                return;
            }
        }
    }

    fn close(&mut self, name: &str) -> Option<&'static str> {
        if is_one_of(name, FORMATTING) {
            self.formatting = self.formatting.saturating_sub(1);
            return self.verdict();
        }
        // What was not closed inside of this element is opened again after it.
        self.elements += self.formatting;
        if let Some(index) = self
            .open
            .iter()
            .rposition(|open| open.eq_ignore_ascii_case(name))
        {
            self.open.truncate(index);
        }
        self.verdict()
    }

    fn is_open(&self, names: &[&str]) -> bool {
        self.open.iter().any(|open| is_one_of(open, names))
    }

    fn verdict(&self) -> Option<&'static str> {
        if self.elements > ELEMENTS_MAX {
            Some("more than 60,000 elements")
        } else if self.open.len() + self.formatting > DEPTH_MAX {
            Some("nested deeper than 1,000 elements")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_where_it_breaks_a_bound() {
        let deep = "<div>".repeat(100_000);
        let bold = "<b>".repeat(1_000_000);
        let many = "<p>x</p>".repeat(400_000);
        let copies = format!(
            "{}{}",
            "<font color=1>".repeat(900),
            "<div></div>".repeat(5_000)
        );
        let long = "x".repeat(PAGE_BYTES_MAX + 10);
        let lists = "<li>one<li>two".repeat(20_000);
        let script = format!(
            "<script>{}</script><p>text",
            "if (a<b) '<div>';".repeat(5_000)
        );
        let faults = "<".repeat(100_000);
        let references = "&".repeat(100_000);
        let title = format!("<title>{references}</title>x");
        let all_attributes = format!("<p{}>x", " a=1".repeat(900)).repeat(600);
        let attributes = format!("<p{}>x", " a=1".repeat(5_000));
        let after_comment = format!("<!-- --!>{deep}");
        let in_drawing = format!("<svg><title>{deep}");
        let quoted = format!("<a title='>' b = \"<p>\" c>{deep}");
        for (name, html, broken) in [
            ("deep", &deep, Some("nested deeper than 1,000 elements")),
            (
                "unclosed formatting",
                &bold,
                Some("nested deeper than 1,000 elements"),
            ),
            ("many", &many, Some("more than 60,000 elements")),
            (
                "copies of formatting",
                &copies,
                Some("more than 60,000 elements"),
            ),
            ("long", &long, Some("page longer than 8 MiB")),
            ("unclosed list items", &lists, None),
            ("markup in a script", &script, None),
            (
                "attributes",
                &attributes,
                Some("more than 1,000 attributes of one element"),
            ),
            (
                "attributes in all",
                &all_attributes,
                Some("more than 500,000 attributes"),
            ),
            ("references", &references, Some(TOO_FAULTY)),
            ("references in the title", &title, Some(TOO_FAULTY)),
            (
                "faults",
                &faults,
                Some("more than 50,000 faults in the markup"),
            ),
            (
                "behind a comment that ends oddly",
                &after_comment,
                Some("nested deeper than 1,000 elements"),
            ),
            (
                "in the title of a drawing",
                &in_drawing,
                Some("nested deeper than 1,000 elements"),
            ),
            (
                "behind a tag of few attributes",
                &quoted,
                Some("nested deeper than 1,000 elements"),
            ),
        ] {
            let safe = safe_part(html);
            assert_eq!(safe.broken, broken, "{name}");
            assert_eq!(safe.html.len() < html.len(), broken.is_some(), "{name}");
        }
    }

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

    #[test]
    fn cut_tags_and_comments_end_the_scan() {
        for html in ["", "<", "</", "<div", "<script>", "a < b </", "<p>é<"] {
            assert_eq!(safe_part(html).html, html, "{html}");
        }
        for (html, left) in [("<!--", ""), ("a<!-- <div>", "a"), ("<p>x<!--<!--", "<p>x")] {
            let safe = safe_part(html);
            assert_eq!((safe.html, safe.broken), (left, None), "{html}");
        }
    }
}
