//! Pages: the layouts, and the outlet's values that all of them share.

use std::fmt::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value, context};
use serde_json::json;

use super::DemoError;
use super::article::CannedArticle;
use super::site::{Edition, Newsroom};
use super::view::{ArticleView, Moment};

/// How many articles the related list names.
const RELATED_MAX: usize = 5;

impl Newsroom {
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
                .keep_trailing_newline(true)
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
