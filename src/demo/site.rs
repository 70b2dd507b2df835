//! The site as a whole: all outlets with their articles, and what each path answers.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::HeaderMap;
use jiff::Timestamp;

use super::article::CannedArticle;
use super::library::LIBRARY;
use super::outlet::Outlet;
use super::page::Layouts;
use super::resource::{Answer, Resource};
use super::{DemoError, FeedFormat, Role, feed};

/// A feed of the site, as a config would name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoFeed {
    /// Address.
    pub url: String,
    /// Name of the outlet.
    pub name: String,
    /// How it is written.
    pub format: FeedFormat,
    /// Language of the outlet, BCP 47.
    pub lang: String,
    /// Tags for the config.
    pub tags: Vec<String>,
}

/// What is true of an article, for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// Address of the page, without what feeds add to it.
    pub url: String,
    /// Title.
    pub title: String,
    /// Language, BCP 47.
    pub lang: String,
    /// What it is for in the demo.
    pub role: Role,
    /// Key of the happening it tells; articles with one key belong to one story.
    pub story: Option<String>,
}

/// An outlet at its address.
pub(super) struct Newsroom {
    pub(super) outlet: Outlet,
    pub(super) articles: Vec<CannedArticle>,
    pub(super) addr: SocketAddr,
}

/// When the site started and whether its corrected article has been corrected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edition {
    pub(super) started_at: Timestamp,
    pub(super) corrected_at: Option<Timestamp>,
}

/// What the outlets serve at one moment: by outlet, then by path.
type Shelf = Vec<HashMap<String, Resource>>;

/// The demo site. [`Site::handle`] is a pure lookup; only [`Site::correct`] changes what it answers.
pub struct Site {
    newsrooms: Vec<Newsroom>,
    started_at: Timestamp,
    shelf: RwLock<Arc<Shelf>>,
}

impl Site {
    /// Builds every page and feed. Publication times count back from `now`; outlet N stands at
    /// `addrs[N]` (see [`super::outlet_count`]), which links and feeds need to know.
    ///
    /// # Errors
    /// When there are too few addresses, or an embedded file or layout is broken.
    pub fn new(now: Timestamp, addrs: &[SocketAddr]) -> Result<Self, DemoError> {
        if addrs.len() < LIBRARY.len() {
            return Err(DemoError::Addresses {
                outlets: LIBRARY.len(),
                addresses: addrs.len(),
            });
        }
        let newsrooms = LIBRARY
            .iter()
            .zip(addrs)
            .map(|(files, addr)| {
                let (outlet, articles) = files.read()?;
                Ok(Newsroom {
                    outlet,
                    articles,
                    addr: *addr,
                })
            })
            .collect::<Result<Vec<_>, DemoError>>()?;
        let edition = Edition {
            started_at: now,
            corrected_at: None,
        };
        let shelf = build_shelf(&newsrooms, edition)?;
        Ok(Self {
            newsrooms,
            started_at: now,
            shelf: RwLock::new(Arc::new(shelf)),
        })
    }

    /// Answers a GET for `path` (no query) at outlet N; 404 for what it has not.
    #[must_use]
    pub fn handle(&self, outlet: usize, path: &str, headers: &HeaderMap) -> Answer {
        let shelf = Arc::clone(&self.shelf.read().unwrap_or_else(PoisonError::into_inner));
        shelf
            .get(outlet)
            .and_then(|resources| resources.get(path))
            .map_or_else(Answer::not_found, |resource| resource.answer(headers))
    }

    /// Publishes the corrected version of the one article that has two: page, feed entry and
    /// validators change at once, dated `now`.
    ///
    /// # Errors
    /// When a layout is broken; the first version stays then.
    pub fn correct(&self, now: Timestamp) -> Result<(), DemoError> {
        let edition = Edition {
            started_at: self.started_at,
            corrected_at: Some(now),
        };
        let shelf = Arc::new(build_shelf(&self.newsrooms, edition)?);
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = shelf;
        Ok(())
    }

    /// Address of the article that [`Site::correct`] changes.
    #[must_use]
    pub fn corrected_url(&self) -> Option<String> {
        self.newsrooms.iter().find_map(|newsroom| {
            let article = newsroom.articles.iter().find(|a| a.is_correctable())?;
            Some(newsroom.article_url(article))
        })
    }

    /// The feeds, one per outlet, in the outlets' order.
    #[must_use]
    pub fn feeds(&self) -> Vec<DemoFeed> {
        self.newsrooms
            .iter()
            .map(|newsroom| DemoFeed {
                url: newsroom.url(&newsroom.outlet.feed.path),
                name: newsroom.outlet.name.clone(),
                format: newsroom.outlet.feed.format,
                lang: newsroom.outlet.lang.clone(),
                tags: newsroom.outlet.feed.tags.clone(),
            })
            .collect()
    }

    /// What is true of every article.
    #[must_use]
    pub fn truth(&self) -> Vec<Truth> {
        self.newsrooms
            .iter()
            .flat_map(|newsroom| newsroom.articles.iter().map(|a| newsroom.truth(a)))
            .collect()
    }

    /// Addresses of the outlets, in order.
    pub(super) fn addrs(&self) -> impl Iterator<Item = SocketAddr> {
        self.newsrooms.iter().map(|newsroom| newsroom.addr)
    }
}

impl Newsroom {
    /// Absolute address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    fn article_path(&self, article: &CannedArticle) -> String {
        self.outlet.article_path.replace("{slug}", article.slug)
    }

    /// Absolute address of an article.
    pub(super) fn article_url(&self, article: &CannedArticle) -> String {
        self.url(&self.article_path(article))
    }

    fn truth(&self, article: &CannedArticle) -> Truth {
        Truth {
            url: self.article_url(article),
            title: article.head.title.clone(),
            lang: self.outlet.lang.clone(),
            role: article.head.role,
            story: article.head.story.clone(),
        }
    }

    /// Everything the outlet serves, by path.
    fn resources(
        &self,
        layouts: &Layouts,
        edition: Edition,
    ) -> Result<HashMap<String, Resource>, DemoError> {
        let mut resources = HashMap::new();
        for article in &self.articles {
            let page = self.encoded_page(
                layouts.article(self, article, edition)?,
                edition.changed_at(article),
            );
            resources.insert(self.article_path(article), page);
        }
        let changed_at = self.changed_at(edition);
        let front = self.encoded_page(layouts.front(self, edition)?, changed_at);
        for section in &self.outlet.sections {
            resources.insert(section.path.clone(), front.clone());
        }
        resources.insert("/".to_owned(), front);
        let feed = Resource::new(
            &format!(
                "{}; charset={}",
                self.outlet.feed.format.media_type(),
                self.outlet.charset.name()
            ),
            self.outlet.feed.max_age_s,
            changed_at,
            feed::write(layouts, self, edition)?,
        );
        resources.insert(self.outlet.feed.path.clone(), feed);
        resources.extend(self.plain_files(layouts, edition)?);
        Ok(resources)
    }

    /// What stands beside pages and feed: robots.txt, the style sheet, the picture.
    fn plain_files(
        &self,
        layouts: &Layouts,
        edition: Edition,
    ) -> Result<[(String, Resource); 3], DemoError> {
        let file = |path: &str, media_type: &str, text: String| {
            let resource = Resource::new(media_type, None, edition.started_at, text.into_bytes());
            (path.to_owned(), resource)
        };
        let robots = "User-agent: *\nAllow: /\n".to_owned();
        Ok([
            file("/robots.txt", "text/plain; charset=utf-8", robots),
            file("/site.css", "text/css; charset=utf-8", layouts.style(self)?),
            file("/lead.svg", "image/svg+xml", layouts.picture(self)?),
        ])
    }

    fn encoded_page(&self, html: String, changed_at: Timestamp) -> Resource {
        let content_type = if self.outlet.charset_in_meta_only {
            "text/html".to_owned()
        } else {
            format!("text/html; charset={}", self.outlet.charset.name())
        };
        let body = self.outlet.charset.encode(&html);
        Resource::new(&content_type, None, changed_at, body)
    }

    /// When the newest of its articles last changed.
    pub(super) fn changed_at(&self, edition: Edition) -> Timestamp {
        self.articles
            .iter()
            .map(|article| edition.changed_at(article))
            .max()
            .unwrap_or(edition.started_at)
    }
}

fn build_shelf(newsrooms: &[Newsroom], edition: Edition) -> Result<Shelf, DemoError> {
    let layouts = Layouts::new()?;
    newsrooms
        .iter()
        .map(|newsroom| newsroom.resources(&layouts, edition))
        .collect()
}
