//! Names of the meta elements that tell something about an article, best first; case does not matter.

/// The first publication.
pub const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "publish_date",
    "publish_time",
    "published_at",
    "publication_date",
    "pubdate",
    "originalpublicationdate",
    "article.published",
    "published_time_telegram",
    "dcterms.created",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "article:create_at",
    "rnews:datepublished",
    "content_create_date",
    "weibo: article:create_at",
    "displaydate",
    "date",
    "datecreated",
];
/// The same for the last change.
pub const MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "article:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "last-modified",
    "revised",
    "article:modified",
    "updated_time",
];
/// Authors.
pub const AUTHOR: &[&str] = &[
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "dc.author",
    "article:author_name",
    "authors",
    "content_author",
];
/// Lead image.
pub const IMAGE: &[&str] = &[
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "twitter:image",
    "twitter:image:src",
    "thumbnail",
];
/// Name of the site.
pub const SITE: &[&str] = &[
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
    "dc.publisher",
];

/// Section of the site.
pub const SECTION: &[&str] = &[
    "article:section",
    "og:section",
    "parsely-section",
    "cxenseparse:section",
    "section",
    "category",
    "articlesection",
    "content_category",
];
/// Lists of tags, besides `article:tag`.
pub const TAGS: &[&str] = &["news_keywords", "parsely-tags", "keywords", "tags"];
/// Language of the page, where no attribute tells it.
pub const LANGUAGE: &[&str] = &["content-language", "dc.language", "language", "og:locale"];
