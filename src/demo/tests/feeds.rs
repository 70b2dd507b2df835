//! Feeds as a reader sees them, and the config that names them.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;

use super::{get, header, parsed, site, text};
use crate::demo::{FeedFormat, outlet_count};

#[test]
fn every_feed_parses_and_lists_its_articles() {
    let site = site();
    let mut titles: BTreeMap<String, usize> = BTreeMap::new();
    for feed in site.feeds() {
        let answer = get(&site, &feed.url);
        let content_type = header(&answer, CONTENT_TYPE);
        assert!(
            content_type.starts_with(feed.format.media_type()),
            "{content_type}"
        );
        for entry in parsed(&site, &feed).entries {
            let link = &entry.links.first().expect("a link").href;
            assert_eq!(get(&site, link).status, StatusCode::OK, "{link}");
            let has_text = entry.summary.is_some() || entry.content.is_some();
            assert_eq!(has_text, feed.format != FeedFormat::Rss2Bare, "{link}");
            assert!(entry.published.is_some(), "{link}");
            *titles
                .entry(entry.title.expect("a title").content)
                .or_default() += 1;
        }
    }
    for article in site.truth() {
        assert_eq!(titles.remove(&article.title), Some(1), "{}", article.title);
    }
    assert!(titles.is_empty(), "{titles:?}");
}

#[test]
fn one_feed_is_windows_1251_and_one_carries_whole_texts() {
    let site = site();
    let feeds = site.feeds();
    let russian = feeds
        .iter()
        .find(|feed| feed.lang == "ru")
        .expect("a Russian feed");
    let answer = get(&site, &russian.url);
    assert!(header(&answer, CONTENT_TYPE).ends_with("charset=windows-1251"));
    assert!(std::str::from_utf8(&answer.body).is_err());
    assert!(text(&answer).contains("Лавров и Ван И"));
    let full = feeds
        .iter()
        .find(|feed| feed.format == FeedFormat::Rss2Full)
        .expect("a full feed");
    for entry in parsed(&site, full).entries {
        let content = entry
            .content
            .and_then(|content| content.body)
            .expect("the whole text");
        assert!(content.matches("<p>").count() >= 5, "{content}");
    }
}

#[test]
fn the_config_is_toml_with_every_feed_and_the_watch_as_given() {
    let site = site();
    let watch = "[watch.china-russia]\nmatch = '''country:CN'''\n";
    let text = site.config_toml(watch);
    assert!(text.contains(watch));
    let config: toml::Table = text
        .parse()
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(config["store"]["path"].as_str(), Some("wirewatch.db"));
    assert_eq!(
        config["fetch"]["allow"].as_array().map(Vec::len),
        Some(outlet_count())
    );
    let feeds = config["feed"].as_array().expect("feeds");
    let urls: Vec<&str> = feeds
        .iter()
        .filter_map(|feed| feed["url"].as_str())
        .collect();
    let expected = site.feeds();
    assert_eq!(
        urls,
        expected
            .iter()
            .map(|feed| feed.url.as_str())
            .collect::<Vec<_>>()
    );
    assert_eq!(
        config["channel"]["terminal"]["kind"].as_str(),
        Some("stdout")
    );
    assert!(config["digest"]["china-russia"].is_table());
}
