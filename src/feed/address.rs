//! Addresses inside a document: relative ones are resolved, absolute ones stay as given.

use url::Url;

use super::Hints;
use super::tree::{NodeId, Tree};

/// The base of the document as a whole: `Content-Location`, else its own address (RFC 3986, 5.1).
pub(super) fn document_base(hints: &Hints) -> Option<Url> {
    let own = hints
        .base_url
        .as_deref()
        .and_then(|url| Url::parse(url).ok());
    let location = hints.content_location.as_deref().map(str::trim);
    match (location, own) {
        (Some(location), own) if !location.is_empty() => Url::options()
            .base_url(own.as_ref())
            .parse(location)
            .ok()
            .or(own),
        (_, own) => own,
    }
}

/// The base at an element: every `xml:base` around it, outermost first.
pub(super) fn base_at(tree: &Tree<'_>, id: NodeId, document: Option<&Url>) -> Option<Url> {
    let bases: Vec<&str> = tree
        .ancestry(id)
        .filter_map(|id| tree.attribute(id, "xml:base"))
        .collect();
    bases
        .into_iter()
        .rev()
        .fold(document.cloned(), |base, next| {
            Url::options()
                .base_url(base.as_ref())
                .parse(next)
                .ok()
                .or(base)
        })
}

/// An `http` or `https` address as given if it is absolute, else resolved.
///
/// `None` if it is empty, of another scheme, or cannot be one. Where no base is known (never after a
/// poll) a relative address stays as it is.
pub(super) fn web_address(address: &str, base: Option<&Url>) -> Option<String> {
    // Line breaks inside an address come from pretty printers; URL parsers drop them (WHATWG URL, 4.4).
    let address: String = address.trim().chars().filter(|c| !c.is_control()).collect();
    if address.is_empty() {
        return None;
    }
    match (Url::parse(&address), base) {
        (Ok(url), _) => is_web(&url).then_some(address),
        (Err(_), Some(base)) => {
            let resolved = base.join(&address).ok()?;
            is_web(&resolved).then(|| String::from(resolved))
        }
        (Err(url::ParseError::RelativeUrlWithoutBase), None) => Some(address),
        (Err(_), None) => None,
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}
