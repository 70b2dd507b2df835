//! A stored article as the watches see it.

use super::open;
use crate::config::Config;
use crate::rules::{DocumentInput, Facts, country_of_host};
use crate::store::{ArticleView, Queries};

/// A stored article by its address, its age as of the time when it was first seen.
pub(super) fn document_of(config: &Config, url: &str) -> anyhow::Result<DocumentInput> {
    let store = open::store_to_read(config)?;
    let found = open::block_on(async { Ok(store.article(url).await?) })?;
    let Some(view) = found else {
        anyhow::bail!("{url} is neither a file nor a stored article");
    };
    Ok(input_of(config, view))
}

/// An article as it is judged.
pub(super) fn input_of(config: &Config, view: ArticleView) -> DocumentInput {
    let facts = facts(config, &view);
    let article = view.article.unwrap_or_default();
    DocumentInput {
        title: article.title,
        body: article.body,
        parts: article.parts,
        entry_title: view.entry.title,
        entry_summary: view.entry.summary,
        lang: article.lang,
        facts,
    }
}

/// What is known of it besides its text.
fn facts(config: &Config, view: &ArticleView) -> Facts {
    let feeds = || view.feeds.iter().filter_map(|url| config.feed(url));
    let of_host = |url: &String| country_of_host(url::Url::parse(url).ok()?.host_str()?);
    let country = |url: &String| {
        config
            .feed(url)
            .and_then(|feed| feed.country)
            .or_else(|| of_host(url))
    };
    let article = view.article.as_ref();
    let published = article
        .and_then(|article| article.published.as_ref())
        .map(|date| date.at);
    let dated_at = published
        .or(view.entry.published)
        .unwrap_or(view.first_seen)
        .min(view.first_seen);
    let mut tags: Vec<String> = feeds().flat_map(|feed| feed.spec.tags.clone()).collect();
    let mut authors = view.entry.authors.clone();
    if let Some(article) = article {
        tags.extend(article.tags.iter().cloned());
        authors.extend(article.authors.iter().cloned());
    }
    Facts {
        url: view.url.clone(),
        feeds: view.feeds.clone(),
        feed_countries: view
            .feeds
            .iter()
            .filter_map(country)
            .map(str::to_owned)
            .collect(),
        tags,
        authors,
        age_s: Some(view.first_seen.duration_since(dated_at).as_secs()),
    }
}
