//! How much of a page may become a tree: bounds on size, number of elements, attributes and nesting.
//!
//! Runs over the text before any parser sees it, because parsers pay for depth and for attributes of one
//! element with quadratic time, and for unclosed formatting elements with copies of them in every block.
//! Tags, attributes and comments end here where the HTML tokenizer ends them: what would be hidden from the
//! count could be any number of elements.

mod estimate;
mod lean;
mod markup;

use estimate::TreeEstimate;
use lean::Mover;
pub use lean::{Attributes, LeanPart, lean_part};
use markup::{Markup, end_of_raw_text, next_markup};

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

/// Elements whose content is no markup.
const RAW_TEXT: &[&str] = &[
    "script", "style", "textarea", "title", "xmp", "noembed", "noframes", "iframe", "noscript",
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
    scan(html, None)
}

/// The safe part of a page; `mover` takes out of it what readers do not see.
fn scan<'a>(html: &'a str, mut mover: Option<&mut Mover<'a>>) -> SafePart<'a> {
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
                if let Some(mover) = &mut mover {
                    mover.comment(html, start..end);
                }
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
        if let Some(mover) = &mut mover {
            mover.space(html, at..start);
        }
        at = tag.end;
        if tag.closes {
            continue;
        }
        if let Some(end) = mover
            .as_deref_mut()
            .and_then(|mover| mover.take(html, &tag, &tree))
        {
            at = end;
            continue;
        }
        // Inside of drawings and formulas these elements hold markup like any other.
        if is_one_of(tag.name, RAW_TEXT) && !tree.is_open(FOREIGN) {
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

fn is_one_of(name: &str, list: &[&str]) -> bool {
    list.iter().any(|entry| entry.eq_ignore_ascii_case(name))
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
