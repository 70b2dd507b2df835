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

/// An address as given if it is absolute (or cannot be resolved), else resolved; `None` if empty.
pub(super) fn absolute(address: &str, base: Option<&Url>) -> Option<String> {
    let address = address.trim();
    if address.is_empty() {
        return None;
    }
    // Line breaks inside an address come from pretty printers; URL parsers drop them (WHATWG URL, 4.4).
    let address: String = address
        .chars()
        .filter(|c| !matches!(c, '\n' | '\r' | '\t'))
        .collect();
    if Url::parse(&address).is_ok() {
        return Some(address);
    }
    let resolved = base.and_then(|base| base.join(&address).ok());
    Some(resolved.map_or(address, String::from))
}
