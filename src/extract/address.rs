//! Addresses that a page gives of itself: canonical, AMP, next page, form for printers, image.

use url::Url;

use super::clues::{has_word, names_print};
use super::gather::{Gathered, Link};

/// Most pages that an article may have.
const PAGES_MAX: u32 = 30;
/// Names of parameters that count pages.
const PAGE_PARAMETERS: &[&str] = &[
    "page", "p", "pg", "pagina", "seite", "halaman", "paged", "hal",
];

/// Where a page is, and what relative addresses on it start from.
#[derive(Debug, Default)]
pub struct Addresses {
    /// Address it was fetched from.
    pub own: Option<Url>,
    base: Option<Url>,
}

impl Addresses {
    /// `base` is the page's `base` element.
    pub fn new(page_url: &str, base: Option<&str>) -> Self {
        let own = Url::parse(page_url).ok();
        let base = base.and_then(|href| match &own {
            Some(own) => own.join(href).ok(),
            None => Url::parse(href).ok(),
        });
        Self {
            base: base.or_else(|| own.clone()),
            own,
        }
    }

    /// Host of the page; empty when its address is unknown.
    pub fn host(&self) -> &str {
        self.own
            .as_ref()
            .and_then(Url::host_str)
            .unwrap_or_default()
    }

    /// Path of the page.
    pub fn path(&self) -> &str {
        self.own.as_ref().map_or("", Url::path)
    }

    /// An absolute http or https address; anything else is of no use to a reader.
    pub fn absolute(&self, address: &str) -> Option<Url> {
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

    /// The page's AMP form.
    pub fn amp(&self, found: &Gathered<'_>) -> Option<String> {
        let mut links = found.links.iter();
        let amp = links.find(|link| has_word(link.rel, "amphtml"))?;
        self.other(amp.href).map(String::from)
    }

    /// The next page of this article, declared or as a link of a pager. `rel="next"` alone may mean the next
    /// article: the address must be this one with a higher number.
    pub fn next(&self, found: &Gathered<'_>) -> Option<String> {
        let (stem, number) = numbered(self.own.as_ref()?);
        let links = found.links.iter().filter(|link| has_word(link.rel, "next"));
        links.chain(&found.anchors).find_map(|link| {
            let url = self.other(link.href)?;
            let (other_stem, other_number) = numbered(&url);
            let follows = other_number == number + 1 && other_number <= PAGES_MAX;
            (follows && other_stem == stem && url.fragment().is_none()).then(|| url.into())
        })
    }

    /// The page's form for printers.
    pub fn print(&self, found: &Gathered<'_>) -> Option<String> {
        let declared = |link: &&Link<'_>| {
            has_word(link.rel, "alternate") && link.kind.eq_ignore_ascii_case("print")
        };
        let link = found.links.iter().find(declared);
        let link = link.or_else(|| found.anchors.iter().find(|link| names_print(**link)))?;
        let url = self.other(link.href)?;
        let same_site = self.own.as_ref().is_none_or(|own| site(own) == site(&url));
        same_site.then(|| url.into())
    }

    /// An address that is not this page's own.
    fn other(&self, href: &str) -> Option<Url> {
        let url = self.absolute(href)?;
        (self.own.as_ref() != Some(&url)).then_some(url)
    }
}

/// The last two labels of a host name: enough to tell a site's own addresses from a print service's.
fn site(url: &Url) -> Vec<&str> {
    let host = url.host_str().unwrap_or_default();
    host.rsplit('.').take(2).collect()
}

/// An address without the number of the page, and that number; the first page may have none.
fn numbered(url: &Url) -> (String, u32) {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches("www.");
    let mut page = None;
    let mut query = String::new();
    for (name, value) in url.query_pairs() {
        match value.parse() {
            Ok(number) if PAGE_PARAMETERS.contains(&&*name) && page.is_none() => {
                page = Some(number)
            }
            _ if name.starts_with("utm_") => {}
            _ => {
                query.push_str(&name);
                query.push('=');
                query.push_str(&value);
                query.push('&');
            }
        }
    }
    let path = url.path().trim_end_matches('/');
    let (path, end) = match path.rsplit_once('.') {
        Some((path, end)) if end.len() <= 5 && !end.contains('/') => (path, end),
        _ => (path, ""),
    };
    let mut path = path.to_owned();
    if page.is_none()
        && let Some((stem, number)) = path_number(&path)
    {
        path = stem.to_owned();
        page = Some(number);
    }
    (format!("{host}{path}.{end}?{query}"), page.unwrap_or(1))
}

/// `/story/2`, `/story/page/2`, `/story_2`: a small number at the end of a path.
fn path_number(path: &str) -> Option<(&str, u32)> {
    let at = path.rfind(['/', '_', '-'])?;
    let number: u32 = path[at + 1..].parse().ok()?;
    let stem = &path[..at];
    let stem = ["/page", "-page", "/seite", "/halaman"]
        .iter()
        .find_map(|word| stem.strip_suffix(word))
        .unwrap_or(stem);
    (number <= PAGES_MAX && !stem.is_empty()).then_some((stem, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::gather::gather;
    use scraper::Html;

    fn check(url: &str, html: &str, expected: (Option<&str>, Option<&str>, Option<&str>)) {
        let html = Html::parse_document(html);
        let found = gather(&html);
        let addresses = Addresses::new(url, found.base);
        let (amp, next, print) = (
            addresses.amp(&found),
            addresses.next(&found),
            addresses.print(&found),
        );
        assert_eq!(
            (amp.as_deref(), next.as_deref(), print.as_deref()),
            expected,
            "{url}"
        );
    }

    #[test]
    fn other_forms_of_the_page_are_found() {
        let own = "https://www.news.example/a/story-12345";
        for (head, expected) in [
            (
                "<link rel=amphtml href=/amp/1>",
                (Some("https://www.news.example/amp/1"), None, None),
            ),
            ("<link rel=amphtml href=/a/story-12345>", (None, None, None)),
            ("<link rel=next href=/a/another-story>", (None, None, None)),
            (
                "<link rel=next href=?page=2>",
                (
                    None,
                    Some("https://www.news.example/a/story-12345?page=2"),
                    None,
                ),
            ),
            (
                "<a href=/a/story-12345/2>2</a>",
                (None, Some("https://www.news.example/a/story-12345/2"), None),
            ),
            (
                "<a href=/a/story-12345/page/2/>2</a>",
                (
                    None,
                    Some("https://www.news.example/a/story-12345/page/2/"),
                    None,
                ),
            ),
            (
                "<a href=/a/story-12345?page=3>3</a><a href=/list?page=2>",
                (None, None, None),
            ),
            ("<a href=?page=2#comments>2</a>", (None, None, None)),
            (
                "<a class=btn-print href=/print/12345>",
                (None, None, Some("https://www.news.example/print/12345")),
            ),
            (
                "<a class=print href='https://printer.test/x'>",
                (None, None, None),
            ),
            (
                "<a class=print href='javascript:print()'>",
                (None, None, None),
            ),
        ] {
            check(own, head, expected);
        }
        let second = "https://news.example/story_2.html";
        check(
            second,
            "<a href=story_1.html>1</a><a href=story_3.html>",
            (None, Some("https://news.example/story_3.html"), None),
        );
    }
}
