//! The canned world holds what it promises.

use std::collections::BTreeSet;
use std::path::Path;

use super::{now, parsed, site, with_role};
use crate::demo::{FeedFormat, Role, Site};

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
fn every_article_file_is_in_the_library() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/articles");
    let files = glob::glob(&format!("{}/*/*.txt", folder.display())).expect("a pattern");
    assert_eq!(files.count(), site().truth().len());
}

#[test]
fn too_few_addresses_are_refused() {
    let error = Site::new(now(), &[]).err().expect("no addresses");
    assert!(
        error.to_string().ends_with("was given 0 addresses"),
        "{error}"
    );
}
