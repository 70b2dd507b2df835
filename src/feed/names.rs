//! Under which names a field is looked for, the format's own name first.

use super::namespace::Vocabulary::{self, Content, Core, Dc, DcTerms, Itunes, Media, Xhtml};

/// Values of one field of one entry; more are left out.
pub(super) const VALUES_MAX: usize = 256;

/// Vocabulary and local name, in order of preference.
pub(super) type Names = &'static [(Vocabulary, &'static str)];

/// Title of a feed or an entry.
pub(super) const TITLE: Names = &[
    (Core, "title"),
    (Dc, "title"),
    (Media, "title"),
    (Itunes, "title"),
];
/// Summary of an entry.
pub(super) const SUMMARY: Names = &[
    (Core, "description"),
    (Core, "summary"),
    (Core, "abstract"),
    (Dc, "description"),
    (DcTerms, "abstract"),
    (Media, "description"),
    (Itunes, "summary"),
    (Itunes, "subtitle"),
];
/// Full text of an entry.
pub(super) const CONTENT: Names = &[
    (Content, "encoded"),
    (Core, "content"),
    (Xhtml, "body"),
    (Core, "body"),
    (Core, "fullitem"),
    (Xhtml, "div"),
];
/// Description of a feed.
pub(super) const SUBTITLE: Names = &[
    (Core, "description"),
    (Core, "subtitle"),
    (Core, "tagline"),
    (Core, "abstract"),
    (Dc, "description"),
    (Itunes, "summary"),
    (Itunes, "subtitle"),
];
/// When an entry was published.
pub(super) const PUBLISHED: Names = &[
    (Core, "pubdate"),
    (Core, "published"),
    (Core, "issued"),
    (Dc, "date"),
    (DcTerms, "issued"),
    (DcTerms, "date"),
    (Core, "created"),
    (DcTerms, "created"),
];
/// When an entry was changed.
pub(super) const UPDATED: Names = &[(Core, "updated"), (Core, "modified"), (DcTerms, "modified")];
/// When a feed was changed.
pub(super) const FEED_UPDATED: Names = &[
    (Core, "updated"),
    (Core, "modified"),
    (Core, "lastbuilddate"),
    (DcTerms, "modified"),
    (Core, "pubdate"),
    (Dc, "date"),
    (DcTerms, "issued"),
    (DcTerms, "created"),
];
/// Authors of an entry.
pub(super) const AUTHORS: Names = &[
    (Core, "author"),
    (Dc, "creator"),
    (Dc, "author"),
    (Itunes, "author"),
];
/// Categories of an entry.
pub(super) const CATEGORIES: Names = &[
    (Core, "category"),
    (Dc, "subject"),
    (DcTerms, "subject"),
    (Media, "category"),
    (Itunes, "category"),
];
/// Elements that name several categories, separated by commas.
pub(super) const CATEGORY_LISTS: Names =
    &[(Core, "tags"), (Itunes, "keywords"), (Media, "keywords")];
