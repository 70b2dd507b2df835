//! A page without what no reader sees of it: scripts, style sheets, the strokes of drawings, comments, attributes that
//! are made for scripts.
//!
//! They are more than half of the bytes of a news page, and a parser copies every one of them. Only what it would surely
//! take for their content is moved: where that is in doubt (comments inside of a script, markup inside of a
//! drawing, an element that never ends) it stays where it is.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

use super::estimate::TreeEstimate;
use super::markup::{Markup, Tag, end_of_raw_text, for_attributes, next_markup};
use super::{FOREIGN, is_one_of, scan};

/// Elements of a drawing that hold no text and end nothing.
const STROKES: &[&str] = &[
    "path",
    "g",
    "use",
    "rect",
    "circle",
    "polygon",
    "line",
    "polyline",
    "ellipse",
    "defs",
    "clippath",
    "mask",
    "stop",
    "lineargradient",
    "radialgradient",
    "symbol",
];

/// Beginnings of the names of attributes that are made for scripts, screen readers and loaders of pictures.
const DULL_BEGINNINGS: &[&[u8]] = &[b"data-", b"aria-", b"on"];
/// The same, whole names.
const DULL_NAMES: &[&[u8]] = &[
    b"srcset",
    b"sizes",
    b"width",
    b"height",
    b"loading",
    b"decoding",
    b"fetchpriority",
    b"target",
    b"alt",
    b"tabindex",
    b"referrerpolicy",
    b"crossorigin",
    b"integrity",
    b"nonce",
];
/// Those of them whose words say what an element is.
const TELLING: &[&[u8]] = &[
    b"aria-hidden",
    b"data-testid",
    b"data-component",
    b"data-type",
    b"data-block",
    b"data-module",
    b"data-qa",
    b"data-name",
];

/// Which attributes stay in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attributes {
    /// All of them: a user's selector may ask for any.
    All,
    /// Those that say something of a text or where a link leads.
    Telling,
}

/// The part of a page that is safe to parse, and what was moved out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeanPart<'a> {
    /// The page; the elements that something was moved out of stand in it empty.
    pub html: Cow<'a, str>,
    /// What its scripts hold, in order; JSON-LD stays in the page.
    pub scripts: Vec<&'a str>,
    /// What its style sheets hold, in order.
    pub styles: Vec<&'a str>,
    /// Some style sheet stayed in the page.
    pub styles_left: bool,
    /// The bound that was broken, in words.
    pub broken: Option<&'static str>,
}

/// Cuts `html` where it stops being safe to parse, and makes it lean.
#[must_use]
pub fn lean_part(html: &str, attributes: Attributes) -> LeanPart<'_> {
    let mut mover = Mover::new(attributes);
    let safe = scan(html, Some(&mut mover));
    LeanPart {
        html: mover.rest_of(safe.html),
        scripts: mover.scripts,
        styles: mover.styles,
        styles_left: mover.styles_left,
        broken: safe.broken,
    }
}

/// Takes content out of a page that is being scanned.
#[derive(Debug)]
pub struct Mover<'a> {
    attributes: Attributes,
    taken: Vec<Range<usize>>,
    scripts: Vec<&'a str>,
    styles: Vec<&'a str>,
    styles_left: bool,
    /// From here on tags may be text, or ignored.
    stopped: bool,
}

impl<'a> Mover<'a> {
    fn new(attributes: Attributes) -> Self {
        Self {
            attributes,
            taken: Vec::new(),
            scripts: Vec::new(),
            styles: Vec::new(),
            styles_left: false,
            stopped: false,
        }
    }

    /// Makes white space between two tags single.
    pub fn space(&mut self, html: &str, between: Range<usize>) {
        let text = &html.as_bytes()[between.clone()];
        if !self.stopped && text.len() > 1 && text.iter().all(u8::is_ascii_whitespace) {
            self.taken.push(between.start + 1..between.end);
        }
    }

    /// Takes a comment.
    pub fn comment(&mut self, html: &str, comment: Range<usize>) {
        if !self.stopped && html[comment.clone()].starts_with("<!--") {
            self.taken.push(comment);
        }
    }

    fn take_attributes(&mut self, html: &str, tag: &Tag<'_>) {
        if self.attributes == Attributes::All || tag.attributes == 0 {
            return;
        }
        let text = &html.as_bytes()[tag.name_end..tag.end];
        for_attributes(text, |name, place| {
            if is_dull(name) {
                self.taken
                    .push(tag.name_end + place.start..tag.name_end + place.end);
            }
        });
    }

    /// Takes the content of the element that `tag` opens; where its end tag begins.
    pub fn take(&mut self, html: &'a str, tag: &Tag<'_>, tree: &TreeEstimate<'_>) -> Option<usize> {
        if !self.stopped {
            self.take_attributes(html, tag);
        }
        let end = self.try_to_take(html, tag, tree);
        self.styles_left |= end.is_none() && tag.name.eq_ignore_ascii_case("style");
        end
    }

    fn try_to_take(
        &mut self,
        html: &'a str,
        tag: &Tag<'_>,
        tree: &TreeEstimate<'_>,
    ) -> Option<usize> {
        self.stopped |= is_one_of(tag.name, &["plaintext", "frameset"]);
        if self.stopped {
            return None;
        }
        let is = |name: &str| tag.name.eq_ignore_ascii_case(name);
        let end = if is("svg") {
            // It is open itself by now.
            end_of_strokes(html, tag)?
        } else if (is("script") && !is_json_ld(&html[tag.start..tag.end]))
            || is("style")
            || is("noscript")
        {
            if tree.is_open(FOREIGN) || tree.is_open(&["select"]) {
                return None;
            }
            end_of_plain_text(html, tag)?
        } else {
            return None;
        };
        let content = &html[tag.end..end];
        if !content.is_empty() {
            self.taken.push(tag.end..end);
        }
        if is("script") {
            self.scripts.push(content);
        } else if is("style") {
            self.styles.push(content);
        }
        Some(end)
    }

    /// What is left of the page.
    fn rest_of(&self, html: &'a str) -> Cow<'a, str> {
        if self.taken.is_empty() {
            return Cow::Borrowed(html);
        }
        let bytes: usize = self.taken.iter().map(Range::len).sum();
        let mut rest = String::with_capacity(html.len() - bytes);
        let mut at = 0;
        for taken in &self.taken {
            rest.push_str(&html[at..taken.start]);
            at = taken.end;
        }
        rest.push_str(&html[at..]);
        Cow::Owned(rest)
    }
}

fn is_dull(name: &[u8]) -> bool {
    let begins =
        |start: &&[u8]| name.len() > start.len() && name[..start.len()].eq_ignore_ascii_case(start);
    let is = |known: &&[u8]| name.eq_ignore_ascii_case(known);
    DULL_NAMES.iter().any(is) || (DULL_BEGINNINGS.iter().any(begins) && !TELLING.iter().any(is))
}

/// Whether a start tag says that a script holds JSON-LD, or may say so.
fn is_json_ld(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    tag.contains("json") && tag.contains("ld")
}

/// Where the end tag begins of a script or style sheet whose end is beyond doubt.
fn end_of_plain_text(html: &str, tag: &Tag<'_>) -> Option<usize> {
    let end = end_of_raw_text(html, tag);
    let behind = html.as_bytes().get(end + 2 + tag.name.len())?;
    let ends_name = behind.is_ascii_whitespace() || matches!(behind, b'/' | b'>');
    // Behind `<!--` a script may go on after an end tag (HTML, "script data double escaped state").
    let comment = memmem::find(&html.as_bytes()[tag.end..end], b"<!--");
    (ends_name && comment.is_none()).then_some(end)
}

/// Where the end tag begins of a drawing that holds nothing but strokes.
fn end_of_strokes(html: &str, tag: &Tag<'_>) -> Option<usize> {
    if html[..tag.end].ends_with("/>") {
        return None;
    }
    let mut at = tag.end;
    loop {
        let Markup::Tag(inner) = next_markup(html, at) else {
            return None;
        };
        if inner.closes && inner.name.eq_ignore_ascii_case("svg") {
            return Some(inner.start);
        }
        if !is_one_of(inner.name, STROKES) {
            return None;
        }
        at = inner.end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_reader_sees_is_moved_out() {
        let page = "<!-- x --><title>a</title> \n <script>var a = '<p>';</script><STYLE media=x>p{color:red}</style >\
            <svg width=1><path d='M 1 >'/><g><use href=#a /></g></svg><p DATA-x='>' class=a aria-label=b onclick=\"c\" data-qa=d>text<noscript><b></noscript>\
            <script type=application/json>{}</script>";
        let lean = lean_part(page, Attributes::Telling);
        assert_eq!(
            lean.html,
            "<title>a</title> <script></script><STYLE media=x></style ><svg ></svg><p  class=a   data-qa=d>text\
             <noscript></noscript><script type=application/json></script>"
        );
        assert_eq!(lean.scripts, ["var a = '<p>';", "{}"]);
        assert_eq!(lean.styles, ["p{color:red}"]);
    }

    #[test]
    fn what_may_be_something_else_stays() {
        for page in [
            "<script type='application/ld+json'>{}</script>",
            "<script><!-- <script> </script> a",
            "<script>a</scripts>b",
            "<script>never ends",
            "<style>never ends",
            "<style></style",
            "<textarea><script>a</script></textarea>",
            "<title><style>a</style></title>",
            "<noscript>never ends",
            "<iframe><style></iframe>a</style>",
            "<plaintext><script>a</script>",
            "<select><style>a</style>",
            "<svg><style>a<b></style></svg>",
            "<svg><text>a</text></svg>",
            "<svg><path><p>a</svg>",
            "<svg />a<svg>",
            "<svg><path d='</svg>'>",
            "",
        ] {
            assert_eq!(lean_part(page, Attributes::All).html, page);
        }
    }

    #[test]
    fn nothing_is_moved_from_behind_the_cut() {
        let page = format!("{}<script>a</script>", "<div>".repeat(2_000));
        let lean = lean_part(&page, Attributes::Telling);
        assert!(lean.broken.is_some() && lean.scripts.is_empty());
    }
}
