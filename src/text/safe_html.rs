//! How much of a page may become a tree: bounds on size, number of elements and nesting.
//!
//! Runs over the text before any parser sees it, because parsers pay for depth with quadratic time
//! and for unclosed formatting elements with copies of them in every block.

/// Longest page that is looked at, in bytes of its decoded text.
pub const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most elements of a page that are looked at; a tree of so many still fits the memory of a small machine.
pub const ELEMENTS_MAX: usize = 300_000;
/// Deepest nesting of a page; browsers stop at 512.
pub const DEPTH_MAX: usize = 1_000;

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
    let mut tree = TreeEstimate::default();
    let mut at = 0;
    while let Some(tag) = next_tag(html, at) {
        let broken = if tag.closes {
            tree.close(tag.name)
        } else {
            tree.open(tag.name)
        };
        if broken.is_some() {
            return SafePart {
                html: &html[..tag.start],
                broken,
            };
        }
        at = if tag.closes {
            tag.name_end
        } else {
            after_raw_text(html, &tag)
        };
    }
    SafePart {
        html,
        broken: too_long,
    }
}

struct Tag<'a> {
    name: &'a str,
    closes: bool,
    start: usize,
    name_end: usize,
}

/// The next tag at or after `from`; its attributes are not looked at, a `<` in one is followed by
/// no letter or makes the estimate only larger.
fn next_tag(html: &str, from: usize) -> Option<Tag<'_>> {
    let bytes = html.as_bytes();
    let mut at = from;
    loop {
        let start = at + bytes[at..].iter().position(|&byte| byte == b'<')?;
        if bytes[start..].starts_with(b"<!--") {
            at = html[start..]
                .find("-->")
                .map_or(html.len(), |end| start + end + 3);
            continue;
        }
        let closes = bytes.get(start + 1) == Some(&b'/');
        let name_start = start + 1 + usize::from(closes);
        let name_len = bytes[name_start..]
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-')
            .unwrap_or(bytes.len() - name_start);
        at = name_start + name_len;
        if bytes.get(name_start).is_some_and(u8::is_ascii_alphabetic) {
            return Some(Tag {
                name: &html[name_start..at],
                closes,
                start,
                name_end: at,
            });
        }
    }
}

/// Where to go on after a start tag: behind the end tag of an element whose content is no markup.
fn after_raw_text(html: &str, tag: &Tag<'_>) -> usize {
    if !is_one_of(tag.name, RAW_TEXT) {
        return tag.name_end;
    }
    let mut at = tag.name_end;
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
}

impl<'a> TreeEstimate<'a> {
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

    fn verdict(&self) -> Option<&'static str> {
        if self.elements > ELEMENTS_MAX {
            Some("more than 300,000 elements")
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
        let lists = "<li>one<li>two".repeat(50_000);
        let script = format!(
            "<script>{}</script><p>text",
            "if (a<b) '<div>';".repeat(5_000)
        );
        for (name, html, broken) in [
            ("deep", &deep, Some("nested deeper than 1,000 elements")),
            (
                "unclosed formatting",
                &bold,
                Some("nested deeper than 1,000 elements"),
            ),
            ("many", &many, Some("more than 300,000 elements")),
            (
                "copies of formatting",
                &copies,
                Some("more than 300,000 elements"),
            ),
            ("long", &long, Some("page longer than 8 MiB")),
            ("unclosed list items", &lists, None),
            ("markup in a script", &script, None),
        ] {
            let safe = safe_part(html);
            assert_eq!(safe.broken, broken, "{name}");
            assert_eq!(safe.html.len() < html.len(), broken.is_some(), "{name}");
        }
    }

    #[test]
    fn cut_tags_and_comments_end_the_scan() {
        for html in [
            "",
            "<",
            "</",
            "<!--",
            "<!-- <div>",
            "<div",
            "<script>",
            "a < b </",
            "<p>é<",
        ] {
            assert_eq!(safe_part(html).html, html, "{html}");
        }
    }
}
