//! Text of elements and attributes, made plain.

use std::borrow::Cow;

use scraper::{ElementRef, Html, Node, Selector};

/// A selector that is a constant of this room.
pub fn css(selector: &str) -> Selector {
    Selector::parse(selector).expect("constant selectors are tried by the tests")
}

/// Every element that a constant selector finds, in document order.
pub fn all<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&css(selector)).collect()
}

/// The text of an element with white space made single.
pub fn text(element: ElementRef<'_>) -> String {
    spaced(&element.text().collect::<String>())
}

/// The text of a heading or byline: where two elements meet, markup shows a space or a line break that the
/// text does not hold ("TopicHeadline"). An initial in an element of its own stays with its word.
pub fn parted_text(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    let mut last = None;
    for node in element.descendants() {
        let Node::Text(text) = node.value() else {
            continue;
        };
        let parent = node.parent().and_then(ElementRef::wrap);
        let name = parent.map_or("", |parent| parent.value().name());
        if matches!(name, "style" | "script" | "noscript" | "svg" | "title") {
            continue;
        }
        let siblings = last == node.parent().map(|parent| parent.id());
        let meets = out.chars().next_back().zip(text.chars().next());
        if !siblings && meets.is_some_and(|(a, b)| ends_word(a) && b.is_uppercase()) {
            out.push(' ');
        }
        out.push_str(text);
        last = node.parent().map(|parent| parent.id());
        if out.len() > TITLE_BYTES_MAX {
            break;
        }
    }
    spaced(shortened(&out))
}

/// Longest title that is looked at, in bytes: titles are compared with each other, part by part.
const TITLE_BYTES_MAX: usize = 2_000;

/// As much of a title as is looked at.
pub fn shortened(title: &str) -> &str {
    &title[..title.floor_char_boundary(title.len().min(TITLE_BYTES_MAX))]
}

/// A word or sentence may end with it: quotation marks that open are left out.
fn ends_word(c: char) -> bool {
    c.is_lowercase() || c.is_numeric() || matches!(c, '.' | '!' | '?' | ':' | ')' | '”' | '»')
}

/// White space made single, ends trimmed, invisible characters dropped.
pub fn spaced(text: &str) -> String {
    if is_spaced(text.trim_ascii().as_bytes()) {
        return text.trim_ascii().to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.is_ascii() {
            out.push_str(word);
        } else {
            out.extend(word.chars().filter(|c| !is_invisible(*c)));
        }
    }
    out
}

/// Plain ASCII with single spaces.
fn is_spaced(text: &[u8]) -> bool {
    let mut before = 0;
    text.iter().all(|&byte| {
        let doubled = byte == b' ' && before == b' ';
        before = byte;
        matches!(byte, b' '..=b'~') && !doubled
    })
}

/// Soft hyphens and marks without width or meaning. Joiners stay: Persian and Indic words need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}') || (c.is_control())
}

/// Text with its HTML entities resolved: metadata is often escaped twice, and sometimes more.
pub fn unescaped(text: &str) -> String {
    const TIMES_MAX: usize = 2;
    let mut text = Cow::Borrowed(text);
    for _ in 0..TIMES_MAX {
        if !text.contains('&') {
            break;
        }
        text = Cow::Owned(html_escape::decode_html_entities(&text).into_owned());
    }
    spaced(&text)
}

/// Parts of a list in one text, such as keywords.
pub fn listed(text: &str) -> Vec<String> {
    const PARTS_MAX: usize = 100;
    let text = unescaped(text);
    let parts = text.split([',', '，', '、', ';', '；']);
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .take(PARTS_MAX)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_that_meet_are_kept_apart_and_initials_are_not() {
        for (html, expected) in [
            (
                "<h1><span>Topic</span><span>Headline of it</span></h1>",
                "Topic Headline of it",
            ),
            ("<h1><b>W</b>ang Yi</h1>", "Wang Yi"),
            ("<h1>王<b>毅</b>抵达</h1>", "王毅抵达"),
            ("<h1>“<span>Quoted</span>”</h1>", "“Quoted”"),
            ("<h1>One<svg><title>Icon</title></svg> two</h1>", "One two"),
        ] {
            let html = Html::parse_fragment(html);
            let heading = html.root_element().child_elements().next().unwrap();
            assert_eq!(parted_text(heading), expected);
        }
    }

    #[test]
    fn entities_and_lists_are_resolved() {
        assert_eq!(unescaped("Q&amp;amp;A &#39;x&#39; &eacute;"), "Q&A 'x' é");
        assert_eq!(listed("a, b ,,c&amp;d，e"), ["a", "b", "c&d", "e"]);
    }
}
