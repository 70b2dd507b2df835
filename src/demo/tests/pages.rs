//! Every page is a full page, and the traps stand where they should.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;

use super::{get, header, site, text, with_role};
use crate::demo::Role;

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
        assert!(page.contains(&article.title), "{}", article.url);
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
