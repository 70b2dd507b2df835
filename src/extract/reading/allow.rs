//! What the HTML may hold.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::shape::{direction, tag};

/// Every element that is let through, with the attributes that it may have besides `lang` and `dir`. All else goes:
/// its tags always, and with `script`, `style` and their like what is in them.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("article", &[]),
    ("p", &[]),
    ("h2", &[]), // class="part": a further story of the page begins
    ("h3", &[]),
    ("ul", &[]),
    ("ol", &[]),
    ("li", &[]),
    ("blockquote", &[]),
    ("br", &[]),
    ("hr", &[]),
    ("a", &["href"]),
    ("em", &[]),
    ("strong", &[]),
    ("span", &[]), // for `lang` and `dir`
];
/// Attributes of all of them.
const EVERYWHERE: &[&str] = &["lang", "dir"];
/// Where links may lead.
pub(super) const SCHEMES: &[&str] = &["http", "https", "mailto"];
/// The class of the headline of a further story.
pub(super) const PART: &str = "part";
/// What is added to every link.
const REL: &str = "noopener noreferrer nofollow";

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes: HashMap<&str, HashSet<&str>> = ELEMENTS
        .iter()
        .map(|(name, attributes)| (*name, attributes.iter().copied().collect()))
        .collect();
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.iter().map(|(name, _)| *name).collect())
        .tag_attributes(attributes)
        .generic_attributes(EVERYWHERE.iter().copied().collect())
        .allowed_classes(HashMap::from([("h2", HashSet::from([PART]))]))
        .clean_content_tags(HashSet::from([
            "script", "style", "title", "template", "noscript", "iframe", "svg", "math", "textarea",
        ]))
        .attribute_filter(|_, name, value| match name {
            "lang" => tag(value).map(Cow::Owned),
            "dir" => direction(value).map(Cow::Borrowed),
            _ => Some(Cow::Borrowed(value)),
        })
        .url_schemes(SCHEMES.iter().copied().collect())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some(REL))
        .strip_comments(true);
    builder
});

/// HTML without anything but what is allowed.
#[must_use]
pub fn sanitised(html: &str) -> String {
    ALLOWED.clean(html).to_string()
}

/// Signs that turn text around and those that steer a terminal are written as character references: harmless where the
/// HTML is looked at as text, and the same to a browser.
pub(super) fn settled(html: &str) -> String {
    if !html.chars().any(steers) {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len() + 64);
    for c in html.chars() {
        match steers(c) {
            true => out.push_str(&format!("&#x{:X};", u32::from(c))),
            false => out.push(c),
        }
    }
    out
}

fn steers(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' | '\u{206a}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

/// Text as it stands in HTML, in elements and in quoted attributes. Control characters and the two signs that override
/// the direction of what follows say nothing to readers and are left out.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{202d}' | '\u{202e}' => {}
            c if c.is_whitespace() => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}
