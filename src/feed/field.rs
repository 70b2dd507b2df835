//! One field of the tree as plain text, whatever the document says about its type.

use std::borrow::Cow;

use super::namespace::Vocabulary;
use super::text::{self, Shape, TextBuilder};
use super::tree::{Child, NodeId, Tree};

/// The text of a field; `None` if it says nothing.
///
/// `markup` says that the format takes the field for HTML when it names no type.
pub(super) fn plain(tree: &Tree<'_>, id: NodeId, shape: Shape, markup: bool) -> Option<String> {
    let kind = media_type(tree, id);
    if tree.elements(id).next().is_some() {
        let text = visible(tree, id, shape);
        // Some wrap escaped HTML in an inline element.
        let escaped = matches!(&*kind, "html" | "text/html") || (markup && kind.is_empty());
        return said(if escaped && text::looks_like_html(&text) {
            text::html(&text, shape)
        } else {
            text
        });
    }
    let raw = raw(tree, id);
    let decoded = is_base64(tree, id, &kind).then(|| base64(&raw)).flatten();
    let (text, is_html) = match (&decoded, kind.as_str()) {
        // Atom 0.3, 3.1.1: without a type it is plain text.
        (Some(decoded), kind) => (decoded.as_str(), !kind.is_empty()),
        (None, "html" | "text/html") => (&*raw, true),
        // Inline markup without a single tag: the text is meant as it stands.
        (None, "xhtml" | "application/xhtml+xml") => (&*raw, false),
        (None, "") => (&*raw, markup || text::looks_like_html(&raw)),
        (None, _) => (&*raw, text::looks_like_html(&raw)),
    };
    said(if is_html {
        text::html(text, shape)
    } else {
        text::fold(text, shape)
    })
}

fn said(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The characters directly inside an element.
pub(super) fn raw<'t>(tree: &'t Tree<'_>, id: NodeId) -> Cow<'t, str> {
    let mut texts = tree
        .node(id)
        .children
        .iter()
        .filter_map(|child| match child {
            Child::Text(text) => Some(&**text),
            Child::Element(_) => None,
        });
    let mut out = Cow::Borrowed(texts.next().unwrap_or_default());
    for text in texts {
        out.to_mut().push_str(text);
    }
    out
}

/// Those characters on one line; `None` if there are none.
pub(super) fn word(tree: &Tree<'_>, id: NodeId) -> Option<String> {
    said(text::fold(&raw(tree, id), Shape::Line))
}

/// The text of inline markup: hidden elements out, blocks apart.
fn visible(tree: &Tree<'_>, id: NodeId, shape: Shape) -> String {
    let mut builder = TextBuilder::new(shape);
    let mut stack = vec![(id, 0)];
    while let Some((id, next)) = stack.pop() {
        let node = tree.node(id);
        let is_block = text::is_block(&node.local);
        match node.children.get(next) {
            None if is_block => builder.end_block(),
            None => {}
            Some(child) => {
                if next == 0 && is_block {
                    builder.end_block();
                }
                stack.push((id, next + 1));
                match child {
                    Child::Text(text) => builder.push(text),
                    Child::Element(inner) if text::is_hidden(&tree.node(*inner).local) => {}
                    Child::Element(inner) => stack.push((*inner, 0)),
                }
            }
        }
    }
    builder.finish()
}

/// The `type` of a field, lower case and without parameters.
fn media_type(tree: &Tree<'_>, id: NodeId) -> String {
    let kind = tree.attribute(id, "type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

/// Atom 0.3 says `mode="base64"`, Atom 1.0 means it by a media type that is neither text nor XML
/// (RFC 4287, 4.1.3.3).
fn is_base64(tree: &Tree<'_>, id: NodeId, kind: &str) -> bool {
    let by_mode = tree
        .attribute(id, "mode")
        .is_some_and(|mode| mode.eq_ignore_ascii_case("base64"));
    let textual = kind.starts_with("text/") || kind.ends_with("xml") || kind.ends_with("html");
    by_mode || (kind.contains('/') && !textual && tree.node(id).vocabulary == Vocabulary::Core)
}

/// Decodes base64 (RFC 4648, 4) that turns out to be UTF-8 text.
fn base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_decoded_when_it_is_text() {
        assert_eq!(base64("RXhh\nbXBsZQ==").as_deref(), Some("Example"));
        assert_eq!(base64("not base64!"), None);
        assert_eq!(base64("/w=="), None);
    }
}
