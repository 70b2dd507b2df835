//! Tests of the whole site: what every outlet serves, and that the canned world holds what it promises.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::http::header::{CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use futures_util::future::{Either, select};
use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Answer, DemoFeed, FeedFormat, Role, Site, Truth, bind, outlet_count, serve};

const FIRST_PORT: u16 = 8800;

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().expect("a time")
}

fn site() -> Site {
    let addrs: Vec<SocketAddr> = (0..outlet_count())
        .map(|outlet| ([127, 0, 0, 1], FIRST_PORT + u16::try_from(outlet).unwrap()).into())
        .collect();
    Site::new(now(), &addrs).expect("the canned world builds")
}

/// Asks the outlet that `url` points to.
fn get_with(site: &Site, url: &str, headers: &HeaderMap) -> Answer {
    let url = url::Url::parse(url).expect("an absolute address");
    let outlet = usize::from(url.port().expect("a port") - FIRST_PORT);
    site.handle(outlet, url.path(), headers)
}

fn get(site: &Site, url: &str) -> Answer {
    get_with(site, url, &HeaderMap::new())
}

fn header(answer: &Answer, name: HeaderName) -> String {
    let value = answer
        .headers
        .get(&name)
        .unwrap_or_else(|| panic!("no {name}"));
    value.to_str().expect("ASCII").to_owned()
}

/// The text of an answer; the charset is the header's or, without one, that of `meta`.
fn text(answer: &Answer) -> String {
    let content_type = header(answer, CONTENT_TYPE);
    let label = content_type
        .split_once("charset=")
        .map_or("windows-1251", |(_, label)| label);
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("a known charset");
    let (text, _, broken) = encoding.decode(&answer.body);
    assert!(!broken, "bytes outside {label}");
    text.into_owned()
}

fn parsed(site: &Site, feed: &DemoFeed) -> feed_rs::model::Feed {
    feed_rs::parser::parse(&get(site, &feed.url).body[..])
        .unwrap_or_else(|error| panic!("{}: {error}", feed.name))
}

fn with_role(site: &Site, role: Role) -> Vec<Truth> {
    let mut truth = site.truth();
    truth.retain(|article| article.role == role);
    truth
}

#[test]
fn the_world_is_as_large_and_varied_as_promised() {
    let site = site();
    let truth = site.truth();
    assert!(truth.len() >= 40, "{} articles", truth.len());
    let langs: BTreeSet<&str> = truth.iter().map(|article| article.lang.as_str()).collect();
    assert!(langs.len() >= 8, "{langs:?}");
    let scripts: BTreeSet<&str> = langs
        .iter()
        .map(|lang| match *lang {
            "ru" => "Cyrl",
            "zh" => "Hans",
            "ja" => "Jpan",
            "ko" => "Kore",
            "ar" => "Arab",
            _ => "Latn",
        })
        .collect();
    assert!(scripts.len() >= 4, "{scripts:?}");
    let feeds = site.feeds();
    assert!(feeds.len() >= 8, "{} feeds", feeds.len());
    let formats: BTreeSet<&str> = feeds.iter().map(|feed| feed.format.media_type()).collect();
    assert_eq!(formats.len(), 4, "{formats:?}");
    for variant in [FeedFormat::Rss2Full, FeedFormat::Rss2Bare] {
        assert!(
            feeds.iter().any(|feed| feed.format == variant),
            "{variant:?}"
        );
    }
}

#[test]
fn the_visit_is_told_in_many_languages_and_has_its_lookalikes() {
    let site = site();
    let visits = with_role(&site, Role::Visit);
    let langs: BTreeSet<&str> = visits.iter().map(|article| article.lang.as_str()).collect();
    assert!(langs.len() >= 7, "{langs:?}");
    assert_eq!(with_role(&site, Role::VisitCopy).len(), 2);
    assert_eq!(with_role(&site, Role::OtherStory).len(), 2);
    assert_eq!(with_role(&site, Role::Backlog).len(), 2);
    assert!(with_role(&site, Role::HardNegative).len() >= 5);
    for article in site.truth() {
        let tells_one = !matches!(article.role, Role::HardNegative | Role::Ordinary);
        assert_eq!(article.story.is_some(), tells_one, "{}", article.url);
    }
}

#[test]
fn the_canonical_page_carries_its_traps() {
    let site = site();
    let canonical = &with_role(&site, Role::Visit)[0];
    assert_eq!(canonical.lang, "id");
    let page = text(&get(&site, &canonical.url));
    for trap in [
        "Zhang Hanhui",
        "Zang Hunhui",
        "Zhang Hanhuy",
        "Baca Juga: <a",
        "Advertisement</p>",
        "article-next--title",
    ] {
        assert!(page.contains(trap), "{trap}");
    }
    let pointing = text(&get(&site, &with_role(&site, Role::HardNegative)[0].url));
    assert!(
        pointing.contains("Baca Juga: <a href=\"http://127.0.0.1:8800/internasional/read/menlu")
    );
}

#[test]
fn every_page_is_a_full_page() {
    let site = site();
    for article in site.truth() {
        let answer = get(&site, &article.url);
        assert_eq!(answer.status, StatusCode::OK, "{}", article.url);
        let page = text(&answer);
        let document = scraper::Html::parse_document(&page);
        let count = |selector: &str| {
            let selector = scraper::Selector::parse(selector).expect("a selector");
            document.select(&selector).count()
        };
        assert_eq!(count("h1"), 1, "{}", article.url);
        assert!(
            count(".cookie-banner") == 1 && count("footer") == 1,
            "{}",
            article.url
        );
        assert!(
            count("nav a, .nav a, .channel-nav a") >= 2,
            "{}",
            article.url
        );
        assert!(count(".related a") >= 1, "{}", article.url);
        assert!(
            count(".comments p") >= 1 && count(".ad") >= 1,
            "{}",
            article.url
        );
        assert!(
            count(".newsletter, .share") == 2 && count("time[datetime]") >= 2,
            "{}",
            article.url
        );
        assert!(count("p") >= 6, "{}", article.url);
        assert!(
            page.contains(&article.title.replace('\'', "'")),
            "{}",
            article.url
        );
    }
}

#[test]
fn pages_say_their_charset_in_header_or_meta() {
    let site = site();
    let mut in_meta_only = BTreeSet::new();
    for article in site.truth() {
        let answer = get(&site, &article.url);
        match header(&answer, CONTENT_TYPE).as_str() {
            "text/html; charset=utf-8" => {}
            "text/html" => {
                assert!(text(&answer).contains("text/html; charset=windows-1251"));
                in_meta_only.insert(article.lang);
            }
            other => panic!("{}: {other}", article.url),
        }
    }
    assert_eq!(in_meta_only, BTreeSet::from(["ru".to_owned()]));
}

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
fn a_repeated_conditional_get_is_answered_with_304() {
    let site = site();
    let feeds = site.feeds().into_iter().map(|feed| feed.url);
    for url in feeds.chain(site.truth().into_iter().map(|article| article.url)) {
        let first = get(&site, &url);
        for (validator, condition) in [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)] {
            let mut headers = HeaderMap::new();
            headers.insert(
                condition,
                header(&first, validator).parse().expect("a header value"),
            );
            let second = get_with(&site, &url, &headers);
            assert_eq!(second.status, StatusCode::NOT_MODIFIED, "{url}");
            assert!(second.body.is_empty());
        }
    }
}

#[test]
fn a_correction_changes_page_feed_entry_and_validators_and_nothing_else() {
    let site = site();
    let page_url = site.corrected_url().expect("one article has two versions");
    let feeds = site.feeds();
    let feed = feeds
        .iter()
        .find(|feed| page_url.starts_with(&feed.url[..21]))
        .expect("its outlet has a feed");
    let urls: Vec<String> = site
        .truth()
        .into_iter()
        .map(|article| article.url)
        .collect();
    let state = |site: &Site| -> BTreeMap<String, (String, String)> {
        urls.iter()
            .chain(feeds.iter().map(|feed| &feed.url))
            .map(|url| {
                let answer = get(site, url);
                let validators = (header(&answer, ETAG), header(&answer, LAST_MODIFIED));
                (url.clone(), validators)
            })
            .collect()
    };
    let (before, page_before, feed_before) = (
        state(&site),
        text(&get(&site, &page_url)),
        parsed(&site, feed),
    );
    let corrected_at = now() + SignedDuration::from_secs(5);
    site.correct(corrected_at).expect("the layouts hold");
    let (after, page_after, feed_after) = (
        state(&site),
        text(&get(&site, &page_url)),
        parsed(&site, feed),
    );

    let changed: BTreeSet<&String> = before
        .keys()
        .filter(|url| before[*url] != after[*url])
        .collect();
    assert_eq!(changed, BTreeSet::from([&page_url, &feed.url]));
    for url in changed {
        assert_ne!(before[url].0, after[url].0, "ETag of {url}");
        assert_ne!(before[url].1, after[url].1, "Last-Modified of {url}");
    }
    assert!(page_before.contains("on 24 November, after") && !page_before.contains("Correction:"));
    assert!(page_after.contains("on 23 November, before") && page_after.contains("Correction:"));
    let entry = |parsed: &feed_rs::model::Feed| {
        let entry = parsed
            .entries
            .iter()
            .find(|entry| entry.links[0].href == page_url);
        entry.cloned().expect("the corrected article is listed")
    };
    let (entry_before, entry_after) = (entry(&feed_before), entry(&feed_after));
    assert_eq!(entry_before.id, entry_after.id);
    assert_eq!(entry_before.title, entry_after.title);
    assert_ne!(entry_before.summary, entry_after.summary);
    let updated = entry_after
        .updated
        .expect("Atom entries say when they changed");
    assert_eq!(updated.timestamp(), corrected_at.as_second());
}

#[test]
fn everything_is_fresh_but_the_backlog() {
    let site = site();
    let backlog: BTreeSet<String> = with_role(&site, Role::Backlog)
        .into_iter()
        .map(|article| article.url)
        .collect();
    for feed in site.feeds() {
        for entry in parsed(&site, &feed).entries {
            let age_s = now().as_second() - entry.published.expect("a date").timestamp();
            let url = entry.links[0]
                .href
                .split('?')
                .next()
                .expect("a part")
                .to_owned();
            let is_old = age_s > 3 * 24 * 3600;
            assert_eq!(is_old, backlog.contains(&url), "{url} is {age_s} s old");
            assert!(age_s > 0, "{url} is from the future");
        }
    }
}

#[test]
fn other_paths_are_404_and_robots_may_read_everything() {
    let site = site();
    for path in ["/nothing", "/internasional/read/", "/../Cargo.toml", ""] {
        assert_eq!(
            site.handle(0, path, &HeaderMap::new()).status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert_eq!(
        site.handle(outlet_count(), "/", &HeaderMap::new()).status,
        StatusCode::NOT_FOUND
    );
    let robots = site.handle(3, "/robots.txt", &HeaderMap::new());
    assert_eq!(text(&robots), "User-agent: *\nAllow: /\n");
}

#[test]
fn too_few_addresses_are_refused() {
    let error = Site::new(now(), &[]).err().expect("no addresses");
    assert!(
        error.to_string().ends_with("was given 0 addresses"),
        "{error}"
    );
}

#[test]
fn every_article_file_is_in_the_library() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/articles");
    let files = glob::glob(&format!("{}/*/*.txt", folder.display())).expect("a pattern");
    assert_eq!(files.count(), site().truth().len());
}

#[test]
fn the_config_is_toml_with_every_feed_and_the_watch_as_given() {
    let site = site();
    let watch = "[watch.china-russia]\nmatch = '''country:CN'''\n";
    let text = site.config_toml(Path::new("/tmp/a \"b\""), watch);
    assert!(text.contains(watch));
    let config: toml::Table = text
        .parse()
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(
        config["store"]["path"].as_str(),
        Some("/tmp/a \"b\"/wirewatch.db")
    );
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

#[tokio::test]
async fn listeners_serve_their_outlet() {
    let listeners = bind(0).await.expect("free ports");
    let addrs: Vec<SocketAddr> = listeners.iter().map(|l| l.local_addr().unwrap()).collect();
    let site = Arc::new(Site::new(now(), &addrs).expect("the canned world builds"));
    let feed = site.feeds().pop().expect("feeds");
    let path = url::Url::parse(&feed.url)
        .expect("an address")
        .path()
        .to_owned();
    let asked = async {
        let mut stream = TcpStream::connect(addrs[addrs.len() - 1])
            .await
            .expect("a connection");
        let request = format!("GET {path}?x=1 HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    };
    let serving = serve(Arc::clone(&site), listeners);
    match select(Box::pin(asked), Box::pin(serving)).await {
        Either::Left((answer, _)) => {
            assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
            assert!(answer.contains(&feed.name), "{answer}");
        }
        Either::Right((ended, _)) => panic!("the server ended: {ended:?}"),
    }
}
