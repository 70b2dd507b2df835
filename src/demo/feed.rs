//! Feeds: the outlet's articles, newest first, in the outlet's format.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde_json::json;

use super::article::CannedArticle;
use super::page::Layouts;
use super::site::{Edition, Newsroom};
use super::{DemoError, FeedFormat};

/// Writes the outlet's feed in the outlet's charset.
pub(super) fn write(
    layouts: &Layouts,
    newsroom: &Newsroom,
    edition: Edition,
) -> Result<Vec<u8>, DemoError> {
    let mut articles: Vec<&CannedArticle> = newsroom.articles.iter().collect();
    articles.sort_by_key(|article| article.head.age_min);
    let format = newsroom.outlet.feed.format;
    if format == FeedFormat::Json {
        return Ok(json_feed(newsroom, &articles, edition).into_bytes());
    }
    let entries = articles
        .iter()
        .map(|article| entry(layouts, newsroom, article, edition))
        .collect::<Result<Vec<Value>, _>>()?;
    let template = match format {
        FeedFormat::Atom => "atom.xml",
        FeedFormat::Rss1 => "rss1.xml",
        _ => "rss2.xml",
    };
    let changed = newsroom.moment(newsroom.changed_at(edition));
    let text = layouts.feed(template, newsroom, entries.into(), changed)?;
    Ok(newsroom.outlet.charset.encode(&text))
}

/// What a feed template sees of an article; fields that the format leaves out are empty.
fn entry(
    layouts: &Layouts,
    newsroom: &Newsroom,
    article: &CannedArticle,
    edition: Edition,
) -> Result<Value, DemoError> {
    let feed = &newsroom.outlet.feed;
    let view = newsroom.article_view(article, edition);
    let content = match feed.format {
        FeedFormat::Rss2Full => Value::from_safe_string(layouts.body(&view, newsroom)?),
        _ => Value::from(""),
    };
    Ok(context! {
        link => format!("{}{}", newsroom.article_url(article), feed.tracking),
        content,
        has_summary => feed.format != FeedFormat::Rss2Bare,
        article => Serde(&view),
    })
}

fn json_feed(newsroom: &Newsroom, articles: &[&CannedArticle], edition: Edition) -> String {
    let outlet = &newsroom.outlet;
    let items: Vec<serde_json::Value> = articles
        .iter()
        .map(|article| {
            let url = newsroom.article_url(article);
            json!({
                "id": url,
                "url": format!("{url}{}", outlet.feed.tracking),
                "title": article.head.title,
                "content_text": article.summary(edition.version(article)),
                "date_published": newsroom.moment(edition.published_at(article)).iso,
                "authors": [{ "name": article.head.author }],
                "tags": [article.head.desk],
            })
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": outlet.tagline,
        "home_page_url": newsroom.url("/"),
        "feed_url": newsroom.url(&outlet.feed.path),
        "language": outlet.lang,
        "items": items,
    });
    format!("{feed:#}")
}
