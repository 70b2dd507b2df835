//! Which vocabulary an element belongs to: by its namespace where that is known, by the habitual
//! prefix where it is not, and never so strictly that a feed turns out empty.

/// The vocabularies that carry fields of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// RSS of any version, Atom of any version, and whatever the root element is in.
    Core,
    /// Dublin Core elements.
    Dc,
    /// Dublin Core terms.
    DcTerms,
    /// The content module of RSS 1.0.
    Content,
    /// Apple's podcast module.
    Itunes,
    /// Media RSS.
    Media,
    /// XHTML.
    Xhtml,
    /// RDF syntax.
    Rdf,
    /// The syndication module of RSS 1.0.
    Syndication,
    /// Google's news elements of sitemaps.
    News,
    /// Google's image elements of sitemaps.
    Image,
    /// Everything else.
    Other,
}

/// Parts of namespace names (lower case) in the order they are tried.
const NAMES: [(&str, Vocabulary); 26] = [
    ("purl.org/dc/elements", Vocabulary::Dc),
    ("purl.org/metadata/dublin_core", Vocabulary::Dc),
    ("purl.org/dc/terms", Vocabulary::DcTerms),
    ("purl.org/rss/1.0/modules/dcterms", Vocabulary::DcTerms),
    ("purl.org/rss/1.0/modules/content", Vocabulary::Content),
    (
        "purl.org/rss/1.0/modules/syndication",
        Vocabulary::Syndication,
    ),
    ("purl.org/rss/1.0/modules/", Vocabulary::Other),
    ("itunes.com/dtds", Vocabulary::Itunes),
    ("itunes.apple.com", Vocabulary::Itunes),
    ("example.com/dtds/podcast", Vocabulary::Itunes),
    ("search.yahoo.com/mrss", Vocabulary::Media),
    ("rssboard.org/media-rss", Vocabulary::Media),
    ("www.w3.org/1999/xhtml", Vocabulary::Xhtml),
    ("www.w3.org/1999/02/22-rdf-syntax-ns", Vocabulary::Rdf),
    ("purl.org/rss/", Vocabulary::Core),
    ("purl.org/net/rss", Vocabulary::Core),
    ("backend.userland.com", Vocabulary::Core),
    ("netscape.com/rdf/simple", Vocabulary::Core),
    ("my.netscape.com/publish", Vocabulary::Core),
    ("harvard.edu/tech/rss", Vocabulary::Core),
    ("www.w3.org/2005/atom", Vocabulary::Core),
    ("purl.org/atom/", Vocabulary::Core),
    ("purl.org/pie", Vocabulary::Core),
    ("www.sitemaps.org/schemas", Vocabulary::Core),
    ("google.com/schemas/sitemap-news", Vocabulary::News),
    ("google.com/schemas/sitemap-image", Vocabulary::Image),
];

/// Prefixes that mean the same everywhere.
const PREFIXES: [(&str, Vocabulary); 18] = [
    ("dc", Vocabulary::Dc),
    ("dcterms", Vocabulary::DcTerms),
    ("content", Vocabulary::Content),
    ("itunes", Vocabulary::Itunes),
    ("media", Vocabulary::Media),
    ("mrss", Vocabulary::Media),
    ("xhtml", Vocabulary::Xhtml),
    ("html", Vocabulary::Xhtml),
    ("rdf", Vocabulary::Rdf),
    ("atom", Vocabulary::Core),
    ("atom10", Vocabulary::Core),
    ("atom03", Vocabulary::Core),
    ("a10", Vocabulary::Core),
    ("rss", Vocabulary::Core),
    ("rss10", Vocabulary::Core),
    ("sy", Vocabulary::Syndication),
    ("news", Vocabulary::News),
    ("image", Vocabulary::Image),
];

/// The vocabulary of a namespace name, if it is a known one.
pub(super) fn by_name(name: &str) -> Option<Vocabulary> {
    let name = name.trim().to_ascii_lowercase();
    NAMES
        .iter()
        .find(|(part, _)| name.contains(part))
        .map(|&(_, vocabulary)| vocabulary)
}

/// The vocabulary that a prefix usually stands for.
pub(super) fn by_prefix(prefix: &str) -> Option<Vocabulary> {
    PREFIXES
        .iter()
        .find(|(known, _)| prefix.eq_ignore_ascii_case(known))
        .map(|&(_, vocabulary)| vocabulary)
}
