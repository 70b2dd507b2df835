//! What a page says about its article, outside of the body: JSON-LD, OpenGraph, meta, microdata,
//! `<time>`, and what stands around the headline.

use jiff::Timestamp;
use scraper::Html;

use super::address::Addresses;
use super::authors;
use super::dates;
use super::gather::{self, Gathered, attribute};
use super::jsonld::{self, JsonLd};
use super::published::{Evidence, Published, Told};
use super::select;
use super::title::{Named, Titles, squashed};
use super::visible::View;
use super::{clues::Clue, keys};
use crate::model::{DateSource, Dated};

/// Longest byline that is believed against an author whom the page's data names.
const LONE_BYLINE_CHARS_MAX: usize = 40;
/// Most tags of an article.
const TAGS_MAX: usize = 50;

/// What was found. `authors` and `site_name` are empty when the page does not say.
#[derive(Debug, Default)]
pub struct Metadata {
    /// Headline without the site's name.
    pub title: String,
    /// Authors.
    pub authors: Vec<String>,
    /// First published.
    pub published: Option<Dated>,
    /// What told it.
    pub published_from: Option<DateSource>,
    /// Last changed.
    pub modified: Option<Dated>,
    /// What told it.
    pub modified_from: Option<DateSource>,
    /// Absolute, http or https.
    pub canonical_url: Option<String>,
    /// Absolute, http or https.
    pub image: Option<String>,
    /// Name of the site.
    pub site_name: Option<String>,
    /// Section of the site.
    pub section: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// The page's own language attribute, as written.
    pub lang: Option<String>,
    /// What the page says that its article is about.
    pub description: Option<String>,
    /// The page's JSON-LD describes an article with a headline.
    pub declared: bool,
    /// `articleBody` of the JSON-LD.
    pub json_ld_body: Option<String>,
    /// The page says that it is not free to read.
    pub paid: bool,
    /// It is a live blog.
    pub live: bool,
    /// AMP form, next page, form for printers: absolute.
    pub amp_url: Option<String>,
    /// The next page.
    pub next_url: Option<String>,
    /// The form for printers.
    pub print_url: Option<String>,
    /// What was noticed.
    pub notes: Vec<String>,
}

/// Reads the metadata of a page that was fetched from `page_url`; `now`, if known, tells dates that cannot be.
#[must_use]
pub fn read(html: &Html, page_url: &str, now: Option<Timestamp>) -> Metadata {
    let found = gather::gather(html);
    let page = PageHead {
        json_ld: jsonld::read(&found.scripts, page_url),
        addresses: Addresses::new(page_url, found.base),
        found: &found,
    };
    let head_titles = page.head_titles();
    let view = View::new(&found, &head_titles);
    let site_names = page.site_names();
    let mut notes = Vec::new();
    let lang = page.lang();
    let dates = page.dates(&view, lang.as_deref(), now);
    notes.extend(dates.note.map(str::to_owned));
    let (published, published_from) = dates.published.unzip();
    let (modified, modified_from) = dates.modified.unzip();
    Metadata {
        title: page.title(&view, head_titles, &site_names),
        authors: page.authors(&view, &site_names),
        published,
        description: page.first(&["og:description", "description", "twitter:description"]),
        declared: page.json_ld.is_headline,
        published_from,
        modified,
        modified_from,
        canonical_url: page.canonical_url(&mut notes),
        image: page.image(),
        site_name: site_names.into_iter().next(),
        section: page.section(),
        tags: page.tags(),
        lang,
        paid: page.paid(),
        live: page.live(),
        amp_url: page.addresses.amp(&found),
        next_url: page.addresses.next(&found),
        print_url: page.addresses.print(&found),
        json_ld_body: page.json_ld.body,
        notes,
    }
}

/// The machine-readable part of a page.
struct PageHead<'g, 'a> {
    found: &'g Gathered<'a>,
    json_ld: JsonLd,
    addresses: Addresses,
}

impl<'a> PageHead<'_, 'a> {
    /// Contents of the meta elements with these names, in the order of the names.
    fn values(&self, keys: &[&str]) -> impl Iterator<Item = &'a str> {
        keys.iter().flat_map(|key| {
            let metas = self.found.metas.iter();
            metas
                .filter(|(name, _)| name.eq_ignore_ascii_case(key))
                .map(|(_, content)| *content)
        })
    }

    fn first(&self, keys: &[&str]) -> Option<String> {
        self.values(keys)
            .map(select::unescaped)
            .find(|value| !value.is_empty())
    }

    fn site_names(&self) -> Vec<String> {
        let names = self.values(keys::SITE).map(select::unescaped);
        let mut names: Vec<String> = names.filter(|name| !name.contains("://")).collect();
        names.extend(self.json_ld.publisher.clone());
        names
    }

    /// OpenGraph's title, the page's and others, as written.
    fn head_titles(&self) -> Vec<(Named, String)> {
        let mut titles = Vec::new();
        titles.extend(
            self.first(&["og:title"])
                .map(|title| (Named::OpenGraph, title)),
        );
        let page = self.found.title.map(select::text);
        titles
            .extend(page.map(|title| (Named::Page, select::unescaped(select::shortened(&title)))));
        let others = self.first(&["twitter:title", "title", "dc.title", "headline"]);
        let named = self
            .json_ld
            .headline
            .clone()
            .filter(|_| !self.json_ld.is_headline);
        titles.extend(
            others
                .into_iter()
                .chain(named)
                .map(|title| (Named::Other, title)),
        );
        titles.retain(|(_, title)| !title.is_empty());
        for (_, title) in &mut titles {
            title.truncate(select::shortened(title).len());
        }
        titles
    }

    fn title(
        &self,
        view: &View<'_, '_>,
        head: Vec<(Named, String)>,
        site_names: &[String],
    ) -> String {
        let visible = view.headline();
        let headline = self.json_ld.headline.as_deref().map(select::shortened);
        let headline = headline.filter(|_| self.json_ld.is_headline);
        let section = self.section();
        // Of several objects for one article the one that says what readers see is right.
        let seen = visible.as_deref().map(squashed);
        let headlines = self.json_ld.headlines.iter();
        let mut headlines = headlines.map(|headline| select::shortened(headline));
        let agreed = headlines.find(|headline| seen.as_ref() == Some(&squashed(headline)));
        let titles = Titles {
            declared: agreed.or(headline).map(str::to_owned),
            visible,
            head,
            site_names,
            section: section.as_deref(),
            host: self.addresses.host(),
        };
        titles.headline().unwrap_or_default()
    }

    fn authors(&self, view: &View<'_, '_>, site_names: &[String]) -> Vec<String> {
        let host = self.addresses.host();
        let mut sites: Vec<&str> = site_names.iter().map(String::as_str).collect();
        sites.extend([host, host.trim_start_matches("www.")]);
        sites.extend(host.rsplit('.').nth(1));
        let meta: Vec<String> = self.values(keys::AUTHOR).map(select::unescaped).collect();
        let cited = self.values(&["citation_author"]).map(authors::surname_last);
        let cited: Vec<String> = cited.collect();
        let mut bylines = vec![self.json_ld.authors.clone(), cited, meta];
        let names = bylines
            .iter()
            .map(|raw| authors::names(raw, &sites))
            .find(|names| !names.is_empty());
        if let Some(names) = names {
            return names;
        }
        let declared = bylines.iter().any(|raw| !raw.is_empty());
        for (kind, byline) in view.bylines() {
            let mut names = authors::names(&byline, &sites);
            // What only a class calls a byline, and what contradicts the page's own word, must look like people.
            let vague = matches!(kind, Clue::Byline | Clue::AuthorAddress);
            if declared || vague {
                names.retain(|name| authors::is_personal(name));
            }
            let long = |raw: &String| raw.chars().count() > LONE_BYLINE_CHARS_MAX;
            if declared && vague && byline.iter().any(long) {
                continue;
            }
            if !names.is_empty() {
                return names;
            }
            bylines.push(byline);
        }
        // A page that names only its own site as the author means it.
        let all = bylines.iter().map(|raw| authors::names(raw, &[]));
        all.into_iter()
            .find(|names| !names.is_empty())
            .unwrap_or_default()
    }

    fn dates(
        &self,
        view: &View<'_, 'a>,
        language: Option<&str>,
        now: Option<Timestamp>,
    ) -> Published {
        let told = |text: &str, source| dates::parse(text, language).map(|date| (date, source));
        let read = |json_ld: &Option<String>, keys: &[&str], clue: Clue| -> Vec<Told> {
            let json_ld = json_ld
                .iter()
                .filter_map(|text| told(text, DateSource::JsonLd));
            let metas = self.values(keys).chain(self.dated_metas(clue));
            let metas = metas.filter_map(|text| told(text, DateSource::Meta));
            let spots = self
                .found
                .spots
                .iter()
                .filter(|spot| spot.clue == clue && !spot.place.aside);
            let marked = spots.filter_map(|spot| {
                let text = ["content", "datetime"]
                    .iter()
                    .find_map(|name| attribute(spot.element, name))?;
                told(text, DateSource::Microdata)
            });
            json_ld.chain(metas).chain(marked.take(8)).collect()
        };
        let evidence = Evidence {
            published: read(&self.json_ld.published, keys::PUBLISHED, Clue::Published),
            modified: read(&self.json_ld.modified, keys::MODIFIED, Clue::Modified),
            view,
            language,
            host: self.addresses.host(),
            path: self.addresses.path(),
            now,
        };
        evidence.decide()
    }

    /// Contents of meta elements whose names say what date they hold in words of their own.
    fn dated_metas(&self, clue: Clue) -> impl Iterator<Item = &'a str> {
        let wanted = move |name: &str| {
            let name = name.to_ascii_lowercase();
            match clue {
                Clue::Published => name.contains("publish") && !name.contains("publisher"),
                _ => name.contains("modified") || name.contains("lastupdate"),
            }
        };
        let metas = self
            .found
            .metas
            .iter()
            .filter(move |(name, _)| wanted(name));
        metas.map(|(_, content)| *content).take(4)
    }

    fn canonical_url(&self, notes: &mut Vec<String>) -> Option<String> {
        let links = self.found.links.iter();
        let declared = links
            .filter(|link| super::clues::has_word(link.rel, "canonical"))
            .map(|link| link.href);
        let declared = declared
            .chain(self.values(&["og:url"]))
            .chain(self.json_ld.url.as_deref());
        let own = self.addresses.own.as_ref();
        for address in declared {
            let Some(url) = self.addresses.absolute(address) else {
                continue;
            };
            let is_home = url.path() == "/" && url.query().is_none();
            if is_home && own.is_some_and(|own| own.path() != "/") {
                notes.push("canonical address is the home page: not believed".to_owned());
                continue;
            }
            return Some(url.into());
        }
        None
    }

    fn image(&self) -> Option<String> {
        let named = self
            .values(keys::IMAGE)
            .chain(self.json_ld.image.as_deref());
        let addresses = named.filter_map(|address| self.addresses.absolute(address));
        addresses.map(String::from).next()
    }

    fn section(&self) -> Option<String> {
        let section = self
            .first(keys::SECTION)
            .filter(|section| !section.contains("://"));
        section.or_else(|| self.json_ld.section.clone())
    }

    fn tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        let own = self.values(&["article:tag"]).flat_map(select::listed);
        let listed = || self.values(keys::TAGS).flat_map(select::listed);
        for tag in own.chain(self.json_ld.tags.iter().cloned()).chain(listed()) {
            let known = tags.iter().any(|other| other.eq_ignore_ascii_case(&tag));
            if !known && tag.chars().count() <= 80 {
                tags.push(tag);
            }
            if tags.len() == TAGS_MAX {
                break;
            }
        }
        tags
    }

    fn paid(&self) -> bool {
        let says_no = |value: &str| matches!(&*value.trim().to_ascii_lowercase(), "false" | "no");
        self.json_ld.paid
            || self.values(&["isaccessibleforfree"]).any(says_no)
            || self
                .values(&["article:content_tier", "content_tier"])
                .any(|tier| tier.trim().eq_ignore_ascii_case("locked"))
    }

    fn live(&self) -> bool {
        let mut types = self.found.item_types.iter();
        self.json_ld.live || types.any(|kind| kind.ends_with("LiveBlogPosting"))
    }

    fn lang(&self) -> Option<String> {
        let attributes = self.found.langs.iter().copied();
        let named = self
            .values(keys::LANGUAGE)
            .chain(self.json_ld.lang.as_deref());
        attributes
            .chain(named)
            .map(|lang| lang.trim().replace('_', "-"))
            .find(|lang| !lang.is_empty() && lang.len() <= 35)
    }
}
