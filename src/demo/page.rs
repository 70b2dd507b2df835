//! Pages: what a layout gets to see of an outlet and its articles, and the layouts themselves.

use std::fmt::{self, Write};

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value, context};
use serde::Serialize;
use serde_json::json;

use super::DemoError;
use super::article::{Block, BlockKind, CannedArticle, Version};
use super::outlet::Comment;
use super::site::{Edition, Newsroom};

/// How many articles the related list names.
const RELATED_MAX: usize = 5;

impl Edition {
    /// When an article was published.
    pub(super) fn published_at(self, article: &CannedArticle) -> Timestamp {
        // Ages are minutes of a few days: far from the ends of time.
        self.started_at
            .saturating_sub(SignedDuration::from_mins(article.head.age_min))
            .unwrap_or(self.started_at)
    }

    /// When an article was corrected, if it was.
    pub(super) fn corrected_at(self, article: &CannedArticle) -> Option<Timestamp> {
        self.corrected_at.filter(|_| article.is_correctable())
    }

    /// When an article last changed.
    pub(super) fn changed_at(self, article: &CannedArticle) -> Timestamp {
        self.corrected_at(article)
            .unwrap_or_else(|| self.published_at(article))
    }

    /// The version of an article that is shown.
    pub(super) fn version(self, article: &CannedArticle) -> Version {
        match self.corrected_at(article) {
            Some(_) => Version::Corrected,
            None => Version::First,
        }
    }
}

/// A time as the outlet writes it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Moment {
    /// RFC 3339 with the outlet's offset.
    pub(super) iso: String,
    /// As RSS 2.0 writes it.
    rfc2822: String,
    /// As the page shows it.
    shown: String,
}

/// A headline that links to its article.
#[derive(Debug, Serialize)]
struct Headline<'a> {
    title: &'a str,
    url: String,
    summary: &'a str,
    desk: &'a str,
    published: Moment,
}

#[derive(Debug, Serialize)]
struct BlockView<'a> {
    kind: BlockKind,
    text: &'a str,
    link: Option<Headline<'a>>,
}

/// A second story under the first, on the same page.
#[derive(Debug, Serialize)]
struct NextStory<'a> {
    title: &'a str,
    blocks: Vec<BlockView<'a>>,
}

/// An article as layouts and feed templates see it.
#[derive(Debug, Serialize)]
pub(super) struct ArticleView<'a> {
    #[serde(flatten)]
    headline: Headline<'a>,
    slug: &'a str,
    author: &'a str,
    updated: Option<Moment>,
    changed: Moment,
    blocks: Vec<BlockView<'a>>,
    next: Option<NextStory<'a>>,
    comments: Vec<&'a Comment>,
}

impl Newsroom {
    pub(super) fn moment(&self, at: Timestamp) -> Moment {
        let offset = Offset::from_seconds(self.outlet.utc_offset_min * 60).unwrap_or(Offset::UTC);
        let local = at.to_zoned(TimeZone::fixed(offset));
        Moment {
            iso: local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            rfc2822: local.strftime("%a, %d %b %Y %H:%M:%S %z").to_string(),
            shown: local.strftime(&self.outlet.time_format).to_string(),
        }
    }

    fn headline<'a>(&self, article: &'a CannedArticle, edition: Edition) -> Headline<'a> {
        Headline {
            title: &article.head.title,
            url: self.article_url(article),
            summary: article.summary(edition.version(article)),
            desk: &article.head.desk,
            published: self.moment(edition.published_at(article)),
        }
    }

    fn block_view<'a>(&'a self, block: &'a Block, edition: Edition) -> BlockView<'a> {
        let linked = self
            .articles
            .iter()
            .find(|article| block.kind == BlockKind::Also && article.slug == block.text);
        BlockView {
            kind: block.kind,
            text: &block.text,
            link: linked.map(|article| self.headline(article, edition)),
        }
    }

    pub(super) fn article_view<'a>(
        &'a self,
        article: &'a CannedArticle,
        edition: Edition,
    ) -> ArticleView<'a> {
        let all: Vec<&Block> = article.blocks(edition.version(article)).collect();
        let split = all.iter().position(|block| block.kind == BlockKind::Next);
        let (own, under) = all.split_at(split.unwrap_or(all.len()));
        let views = |blocks: &[&'a Block]| -> Vec<BlockView<'a>> {
            blocks
                .iter()
                .map(|block| self.block_view(block, edition))
                .collect()
        };
        ArticleView {
            headline: self.headline(article, edition),
            slug: article.slug,
            author: &article.head.author,
            updated: edition.corrected_at(article).map(|at| self.moment(at)),
            changed: self.moment(edition.changed_at(article)),
            blocks: views(own),
            next: under.split_first().map(|(headline, blocks)| NextStory {
                title: &headline.text,
                blocks: views(blocks),
            }),
            comments: article
                .head
                .comments
                .iter()
                .chain(&self.outlet.comments)
                .collect(),
        }
    }

    fn headlines(&self, edition: Edition) -> Vec<Headline<'_>> {
        let mut articles: Vec<&CannedArticle> = self.articles.iter().collect();
        articles.sort_by_key(|article| article.head.age_min);
        articles
            .into_iter()
            .map(|article| self.headline(article, edition))
            .collect()
    }

    fn context(&self) -> Value {
        let outlet = &self.outlet;
        context! {
            name => outlet.name.as_str(),
            tagline => outlet.tagline.as_str(),
            lang => outlet.lang.as_str(),
            dir => if outlet.rtl { "rtl" } else { "ltr" },
            charset => outlet.charset.name(),
            colour => outlet.colour.as_str(),
            sections => Serde(&outlet.sections),
            words => Serde(&outlet.words),
            home_url => self.url("/"),
            feed_url => self.url(&outlet.feed.path),
            feed_type => outlet.feed.format.media_type(),
            picture_url => self.url("/lead.svg"),
        }
    }
}

/// The layouts and feed templates, compiled.
pub(super) struct Layouts {
    templates: Environment<'static>,
}

macro_rules! layouts {
    ($($file:literal),+ $(,)?) => {
        [$(($file, include_str!(concat!("layouts/", $file)))),+]
    };
}

impl Layouts {
    pub(super) fn new() -> Result<Self, DemoError> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()?,
        );
        templates.set_formatter(write_escaped);
        for (name, text) in layouts![
            "portal.html",
            "broadsheet.html",
            "column.html",
            "magazine.html",
            "table.html",
            "front.html",
            "site.css",
            "lead.svg",
            "rss2.xml",
            "rss1.xml",
            "atom.xml",
            "parts/head.html",
            "parts/blocks.html",
            "parts/related.html",
            "parts/comments.html",
            "parts/newsletter.html",
            "parts/share.html",
            "parts/cookies.html",
            "parts/footer.html",
        ] {
            templates.add_template(name, text)?;
        }
        Ok(Self { templates })
    }

    /// The page of an article.
    pub(super) fn article(
        &self,
        newsroom: &Newsroom,
        article: &CannedArticle,
        edition: Edition,
    ) -> Result<String, DemoError> {
        let view = newsroom.article_view(article, edition);
        let mut related = newsroom.headlines(edition);
        related.retain(|headline| headline.url != view.headline.url);
        let most_read = related.len().saturating_sub(2);
        let values = context! {
            json_ld => Value::from_safe_string(json_ld(newsroom, &view)),
            most_read => Serde(&related[most_read..]),
            related => Serde(&related[..related.len().min(RELATED_MAX)]),
            article => Serde(&view),
            ..newsroom.context()
        };
        self.render(&format!("{}.html", newsroom.outlet.layout), values)
    }

    /// The front page.
    pub(super) fn front(&self, newsroom: &Newsroom, edition: Edition) -> Result<String, DemoError> {
        let values = context! {
            headlines => Serde(newsroom.headlines(edition)),
            ..newsroom.context()
        };
        self.render("front.html", values)
    }

    /// The style sheet.
    pub(super) fn style(&self, newsroom: &Newsroom) -> Result<String, DemoError> {
        self.render("site.css", newsroom.context())
    }

    /// The picture that stands over every article.
    pub(super) fn picture(&self, newsroom: &Newsroom) -> Result<String, DemoError> {
        self.render("lead.svg", newsroom.context())
    }

    /// A feed template over its entries.
    pub(super) fn feed(
        &self,
        template: &str,
        newsroom: &Newsroom,
        entries: Value,
        changed: Moment,
    ) -> Result<String, DemoError> {
        let values = context! { entries, changed => Serde(changed), ..newsroom.context() };
        self.render(template, values)
    }

    /// The body of an article as HTML, for feeds that carry the whole text.
    pub(super) fn body(
        &self,
        view: &ArticleView<'_>,
        newsroom: &Newsroom,
    ) -> Result<String, DemoError> {
        let values = context! { blocks => Serde(&view.blocks), ..newsroom.context() };
        self.render("parts/blocks.html", values)
    }

    fn render(&self, template: &str, values: Value) -> Result<String, DemoError> {
        Ok(self.templates.get_template(template)?.render(values)?)
    }
}

/// Escapes what HTML and XML need and no more: minijinja's own way also writes `/` as a reference, as
/// no real site does.
fn write_escaped(
    out: &mut Output,
    state: &mut State,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let written = |_: fmt::Error| {
        minijinja::Error::new(
            minijinja::ErrorKind::WriteFailure,
            "the page could not be written",
        )
    };
    if value.is_safe() || *state.auto_escape() == AutoEscape::None || value.as_str().is_none() {
        return minijinja::escape_formatter(out, state, value);
    }
    for char in value.as_str().unwrap_or_default().chars() {
        match char {
            '&' => out.write_str("&amp;"),
            '<' => out.write_str("&lt;"),
            '>' => out.write_str("&gt;"),
            '"' => out.write_str("&quot;"),
            other => out.write_char(other),
        }
        .map_err(written)?;
    }
    Ok(())
}

/// The article as schema.org sees it, safe inside a `script` element.
fn json_ld(newsroom: &Newsroom, view: &ArticleView<'_>) -> String {
    json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": view.headline.title,
        "description": view.headline.summary,
        "datePublished": view.headline.published.iso,
        "dateModified": view.changed.iso,
        "inLanguage": newsroom.outlet.lang,
        "articleSection": view.headline.desk,
        "mainEntityOfPage": view.headline.url,
        "image": [newsroom.url("/lead.svg")],
        "author": [{ "@type": "Person", "name": view.author }],
        "publisher": { "@type": "NewsMediaOrganization", "name": newsroom.outlet.name },
    })
    .to_string()
    .replace("</", "<\\/")
}
