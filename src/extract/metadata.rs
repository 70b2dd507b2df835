//! What a page says about its article, outside of the body: JSON-LD, OpenGraph, meta, microdata,
//! `<time>`, and what stands around the headline.

use std::collections::HashMap;

use scraper::Html;
use url::Url;

use super::dates::{self, PageDate};
use super::jsonld::{self, JsonLd};
use super::title::Titles;
use super::{authors, select, visible};
use crate::model::Dated;

/// Names of meta elements that carry the first publication, best first; compared in lower case.
const PUBLISHED_KEYS: &[&str] = &[
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
const MODIFIED_KEYS: &[&str] = &[
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
const AUTHOR_KEYS: &[&str] = &[
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
    "citation_author",
    "content_author",
];
const IMAGE_KEYS: &[&str] = &[
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "twitter:image",
    "twitter:image:src",
    "thumbnail",
];
const SITE_KEYS: &[&str] = &[
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
    "dc.publisher",
];

/// What was found. `authors` and `site_name` are empty when the page does not say.
#[derive(Debug, Default)]
pub struct Metadata {
    /// Headline without the site's name.
    pub title: String,
    /// Authors.
    pub authors: Vec<String>,
    /// First published.
    pub published: Option<Dated>,
    /// Last changed.
    pub modified: Option<Dated>,
    /// Absolute, http or https.
    pub canonical_url: Option<String>,
    /// Absolute, http or https.
    pub image: Option<String>,
    /// Name of the site.
    pub site_name: Option<String>,
    /// The page's own language attribute, as written.
    pub lang: Option<String>,
    /// What the page says that its article is about.
    pub description: Option<String>,
    /// `articleBody` of the JSON-LD.
    pub json_ld_body: Option<String>,
    /// The page says that it is not free to read.
    pub paid: bool,
    /// What was noticed.
    pub notes: Vec<String>,
}

/// Reads the metadata of a page that was fetched from `page_url`.
#[must_use]
pub fn read(html: &Html, page_url: &str) -> Metadata {
    let page = PageHead::of(html, page_url);
    let mut notes = Vec::new();
    let published = page.published(html, &mut notes);
    let site_names = page.site_names();
    Metadata {
        title: page
            .titles(html, &site_names)
            .headline()
            .unwrap_or_default(),
        authors: page.authors(html, &site_names),
        modified: page.modified(),
        canonical_url: page.canonical_url(html, &mut notes),
        image: page.image(),
        site_name: site_names.first().map(|name| (*name).to_owned()),
        lang: page.lang(html),
        published,
        description: page
            .values(&["og:description", "description", "twitter:description"])
            .next()
            .cloned(),
        json_ld_body: page.json_ld.body.clone(),
        paid: page.json_ld.paid,
        notes,
    }
}

/// The machine-readable part of a page.
struct PageHead {
    meta: HashMap<String, Vec<String>>,
    json_ld: JsonLd,
    url: Option<Url>,
    base: Option<Url>,
}

impl PageHead {
    fn of(html: &Html, page_url: &str) -> Self {
        let mut meta: HashMap<String, Vec<String>> = HashMap::new();
        for element in select::all(html, "meta[content]") {
            let content = select::unescaped(element.attr("content").unwrap_or_default());
            let key = ["property", "name", "itemprop", "http-equiv"]
                .iter()
                .find_map(|key| element.attr(key));
            if let Some(key) = key
                && !content.is_empty()
            {
                meta.entry(key.trim().to_lowercase())
                    .or_default()
                    .push(content);
            }
        }
        let url = Url::parse(page_url).ok();
        let base = select::all(html, "base[href]")
            .first()
            .and_then(|base| base.attr("href"))
            .and_then(|href| match &url {
                Some(url) => url.join(href).ok(),
                None => Url::parse(href).ok(),
            });
        Self {
            meta,
            json_ld: jsonld::read(html, page_url),
            base: base.or_else(|| url.clone()),
            url,
        }
    }

    fn values<'a>(&'a self, keys: &'a [&str]) -> impl Iterator<Item = &'a String> {
        keys.iter().filter_map(|key| self.meta.get(*key)).flatten()
    }

    fn site_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .values(SITE_KEYS)
            .map(String::as_str)
            .filter(|name| !name.contains("://"))
            .collect();
        names.extend(self.json_ld.publisher.as_deref());
        names
    }

    fn titles<'a>(&'a self, html: &Html, site_names: &[&'a str]) -> Titles<'a> {
        let mut candidates: Vec<String> = self.json_ld.headline.iter().cloned().collect();
        let shown = visible::headline_element(html);
        candidates.extend(self.values(&["og:title"]).take(1).cloned());
        candidates.extend(shown.clone());
        candidates.extend(
            select::all(html, "head > title, title")
                .first()
                .map(|title| select::text(*title)),
        );
        candidates.extend(
            self.values(&["twitter:title", "title", "dc.title"])
                .take(1)
                .cloned(),
        );
        candidates.retain(|title| !title.trim().is_empty());
        Titles {
            candidates,
            visible: shown,
            site_names: site_names.to_vec(),
            host: self
                .url
                .as_ref()
                .and_then(Url::host_str)
                .unwrap_or_default(),
        }
    }

    fn authors(&self, html: &Html, site_names: &[&str]) -> Vec<String> {
        let host = self
            .url
            .as_ref()
            .and_then(Url::host_str)
            .unwrap_or_default();
        let site_names = [site_names, &[host, host.trim_start_matches("www.")]].concat();
        let site_names = site_names.as_slice();
        let meta: Vec<String> = self.values(AUTHOR_KEYS).cloned().collect();
        [&self.json_ld.authors, &meta]
            .into_iter()
            .map(|raw| authors::names(raw, site_names))
            .chain(visible::bylines(html).map(|raw| authors::names(&raw, site_names)))
            // A page that names only its own site as the author means it.
            .chain(std::iter::once_with(|| {
                authors::names(&self.json_ld.authors, &[])
            }))
            .find(|names| !names.is_empty())
            .unwrap_or_default()
    }

    fn published(&self, html: &Html, notes: &mut Vec<String>) -> Option<Dated> {
        let mut found: Vec<PageDate> = self
            .json_ld
            .published
            .iter()
            .filter_map(|text| dates::parse(text, None))
            .collect();
        found.extend(
            self.values(PUBLISHED_KEYS)
                .filter_map(|text| dates::parse(text, None)),
        );
        let best = refined(&found, &self.modified_dates());
        let language = self.lang(html);
        // The visible date is asked only for what the machine-readable ones do not say.
        let best = match best {
            Some(date) if date.has_time() => Some(date),
            Some(date) => refined(&[date], &visible::visible_dates(html, language.as_deref())),
            None => visible::visible_dates(html, language.as_deref())
                .first()
                .copied()
                .or_else(|| visible::first_dated_line(html, language.as_deref())),
        };
        match best {
            None => notes.push("no date of publication".to_owned()),
            Some(date) if !date.has_time() => notes.push("published: no time of day".to_owned()),
            Some(date) if !date.has_offset() => {
                notes.push("published: no time zone, taken as UTC".to_owned())
            }
            Some(_) => {}
        }
        best.and_then(|date| date.dated())
    }

    fn modified_dates(&self) -> Vec<PageDate> {
        self.json_ld
            .modified
            .iter()
            .chain(self.values(MODIFIED_KEYS))
            .filter_map(|text| dates::parse(text, None))
            .collect()
    }

    fn modified(&self) -> Option<Dated> {
        refined(&self.modified_dates(), &[]).and_then(|date| date.dated())
    }

    fn canonical_url(&self, html: &Html, notes: &mut Vec<String>) -> Option<String> {
        let links = select::all(html, r#"link[rel~="canonical"][href]"#);
        let declared = links
            .iter()
            .filter_map(|link| link.attr("href"))
            .map(str::to_owned);
        let declared = declared
            .chain(self.values(&["og:url"]).cloned())
            .chain(self.json_ld.url.clone());
        for address in declared {
            let Some(url) = self.absolute(&address) else {
                continue;
            };
            let is_home = url.path() == "/" && url.query().is_none();
            if is_home && self.url.as_ref().is_some_and(|own| own.path() != "/") {
                notes.push("canonical address is the home page: not believed".to_owned());
                continue;
            }
            return Some(url.into());
        }
        None
    }

    fn image(&self) -> Option<String> {
        let named = self.values(IMAGE_KEYS).chain(&self.json_ld.image);
        named
            .filter_map(|address| self.absolute(address))
            .map(String::from)
            .next()
    }

    fn lang(&self, html: &Html) -> Option<String> {
        let attribute = ["lang", "xml:lang"]
            .iter()
            .find_map(|name| html.root_element().attr(name))
            .map(str::to_owned);
        attribute
            .into_iter()
            .chain(
                select::all(html, "article[lang], body[lang]")
                    .iter()
                    .filter_map(|element| element.attr("lang"))
                    .map(str::to_owned),
            )
            .chain(
                self.values(&["content-language", "dc.language", "language", "og:locale"])
                    .cloned(),
            )
            .chain(self.json_ld.lang.clone())
            .map(|lang| lang.trim().replace('_', "-"))
            .find(|lang| !lang.is_empty() && lang.len() <= 35)
    }

    /// An absolute http or https address; anything else is of no use to a reader.
    fn absolute(&self, address: &str) -> Option<Url> {
        let address = address.trim();
        if address.is_empty() {
            return None;
        }
        let url = match &self.base {
            Some(base) => base.join(address).ok()?,
            None => Url::parse(address).ok()?,
        };
        (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
    }
}

/// The first date, made as exact as the others allow without contradicting it.
fn refined(dates: &[PageDate], others: &[PageDate]) -> Option<PageDate> {
    let first = *dates.first()?;
    let more_exact = |date: PageDate| {
        dates
            .iter()
            .chain(others)
            .copied()
            .find(|other| date.is_refined_by(other))
    };
    let with_time = more_exact(first).unwrap_or(first);
    Some(more_exact(with_time).unwrap_or(with_time))
}
