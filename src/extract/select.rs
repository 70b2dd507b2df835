//! Short ways to ask a parsed page for things.

use scraper::{ElementRef, Html, Selector};

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

/// White space made single, ends trimmed, invisible characters dropped.
pub fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|c| !is_invisible(*c)));
    }
    out
}

/// Soft hyphens and marks without width or meaning. Joiners stay: Persian and Indic words need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}') || (c.is_control())
}

/// Text with its HTML entities resolved: metadata is often escaped twice.
pub fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return spaced(text);
    }
    // The parser of the page knows the 2,231 entities; a `<` of the text is no markup.
    let fragment = Html::parse_fragment(&text.replace('<', "&lt;"));
    spaced(&fragment.root_element().text().collect::<String>())
}
