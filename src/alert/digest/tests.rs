//! Order, cut, what is new to the reader, near misses, signs of life.

use super::*;
use crate::model::{AlertArticle, AlertId, AlertView, Severity, StoryId};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn told(id: i64, severity: Severity, langs: &[&str], kinds: &[AlertKind]) -> MaterialAlert {
    let articles = langs.iter().enumerate().map(|(n, lang)| AlertArticle {
        url: format!("https://s{n}.example/{id}"),
        title: format!("Title {id}.{n}"),
        lang: Some((*lang).to_owned()),
        feed: format!("https://s{n}.example/feed"),
        source: format!("Site {n}"),
        first_seen: at(n as i64),
        published: None,
        copy_of: lang
            .ends_with('=')
            .then(|| format!("https://s0.example/{id}")),
    });
    MaterialAlert {
        alert: AlertView {
            id: AlertId(id),
            watch: "w".to_owned(),
            watch_title: "W".to_owned(),
            severity,
            state: AlertState::Open,
            story: StoryId(id),
            title: format!("Title {id}.0"),
            lang: None,
            first_seen: at(100 - id),
            updated_at: at(100),
            revision: 1,
            late: false,
            backfilled_at: None,
            mark: None,
            labels: std::collections::BTreeMap::new(),
            said: None,
            note: None,
            score: 1.0,
            articles: articles.collect(),
            evidence: Vec::new(),
        },
        changes: kinds
            .iter()
            .map(|kind| ItemChange {
                kind: *kind,
                at: at(100),
                url: format!("https://s0.example/{id}"),
                correction: None,
            })
            .collect(),
        leads: Vec::new(),
    }
}

fn miss(url: &str, title: &str, second: i64) -> NearMissView {
    NearMissView {
        watch: "w".to_owned(),
        url: url.to_owned(),
        title: title.to_owned(),
        lang: None,
        why: "no country:RU".to_owned(),
        at: at(second),
    }
}

const HEAD: DigestHead<'_> = DigestHead {
    name: "morning",
    title: "Morning",
    timezone: "Asia/Jakarta",
    since: None,
    until: Timestamp::UNIX_EPOCH,
    by_clock: false,
};

fn make(material: DigestMaterial, cut: usize) -> Option<Digest> {
    let options = DigestOptions {
        cut,
        ..DigestOptions::default()
    };
    let background = DigestBackground::default();
    make_digest(material, &background, HEAD, &options, &|_, _| None)
}

fn knowing(material: MaterialAlert, told: &[&str], title: &str) -> DigestItem {
    let background = DigestBackground {
        told: vec![(
            material.alert.id,
            ToldBefore {
                at: at(50),
                title: title.to_owned(),
                urls: told.iter().map(ToString::to_string).collect(),
            },
        )],
        versions: vec![(material.alert.id, "abc".to_owned())],
        ..DigestBackground::default()
    };
    let material = DigestMaterial {
        alerts: vec![material],
        ..DigestMaterial::default()
    };
    let options = DigestOptions::default();
    let threshold = |watch: &str, version: &str| (watch == "w" && version == "abc").then_some(0.6);
    let digest = make_digest(material, &background, HEAD, &options, &threshold);
    digest.unwrap().items.remove(0)
}

#[test]
fn of_a_story_that_was_told_only_what_is_new_is_new() {
    let story = |kind| told(1, Severity::High, &["id", "ru", "id", "zh", "ru="], &[kind]);
    let known = ["https://s0.example/1", "https://s1.example/1"];
    let item = knowing(story(AlertKind::Update), &known, "Another title");
    let news = item.news.expect("it was told before");
    let urls: Vec<&str> = news.urls.iter().map(String::as_str).collect();
    assert_eq!(
        urls,
        [
            "https://s2.example/1",
            "https://s3.example/1",
            "https://s4.example/1"
        ]
    );
    assert_eq!(news.languages, ["zh", "ru="]);
    assert_eq!((news.since, news.known), (at(50), 2));
    assert_eq!(news.title_before.as_deref(), Some("Another title"));
    assert_eq!(
        (item.watch_version.as_str(), item.threshold),
        ("abc", Some(0.6))
    );
    let same = knowing(story(AlertKind::Update), &known, "Title 1.0");
    assert_eq!(same.news.unwrap().title_before, None);
    assert_eq!(knowing(story(AlertKind::New), &known, "x").news, None);
}

#[test]
fn by_hand_what_came_after_the_begin_is_new() {
    let material = || DigestMaterial {
        alerts: vec![told(
            1,
            Severity::High,
            &["id", "ru", "zh"],
            &[AlertKind::Update],
        )],
        ..DigestMaterial::default()
    };
    let head = DigestHead {
        since: Some(at(1)),
        by_clock: true,
        ..HEAD
    };
    let (background, options) = (DigestBackground::default(), DigestOptions::default());
    let made = make_digest(material(), &background, head, &options, &|_, _| None);
    let news = made.unwrap().items.remove(0).news.unwrap();
    assert_eq!(news.urls, ["https://s2.example/1"]);
    assert_eq!((news.known, news.languages), (2, vec!["zh".to_owned()]));
    let first = make(material(), 20).unwrap().items.remove(0);
    assert_eq!(first.news, None, "nothing was told by this digest before");
}

#[test]
fn a_sign_of_life_is_due_when_nothing_was_sent_for_its_period() {
    let week = Some(SignedDuration::from_hours(7 * 24));
    let hours = |hours: i64| at(0) + SignedDuration::from_hours(hours);
    assert!(!is_heartbeat_due(None, None, at(0)));
    assert!(is_heartbeat_due(week, None, at(0)));
    assert!(!is_heartbeat_due(week, Some(at(0)), hours(6 * 24)));
    assert!(is_heartbeat_due(week, Some(at(0)), hours(7 * 24 - 1)));
    let background = DigestBackground::default();
    let sign = make_heartbeat(DigestMaterial::default(), background, HEAD);
    assert!(sign.is_heartbeat());
}

#[test]
fn nothing_happened_nothing_is_said() {
    let material = DigestMaterial {
        near_misses: vec![miss("https://x.example/1", "x", 1)],
        alerts: vec![told(1, Severity::High, &["id"], &[])],
        ..DigestMaterial::default()
    };
    assert_eq!(make(material, 20), None);
}

#[test]
fn the_order_is_severity_sources_first_seen_and_the_cut_loses_nothing() {
    use AlertKind::{Correction, New, Update};
    let material = DigestMaterial {
        alerts: vec![
            told(1, Severity::Low, &["id", "ru", "zh"], &[New]),
            told(2, Severity::High, &["id"], &[Update, Correction]),
            told(3, Severity::High, &["id", "id=", "id="], &[New, Correction]),
            told(4, Severity::High, &["id", "ru"], &[Update]),
        ],
        ..DigestMaterial::default()
    };
    let digest = make(material, 2).unwrap();
    let ids = |items: &[DigestItem]| items.iter().map(|i| i.alert.id.0).collect::<Vec<_>>();
    assert_eq!(ids(&digest.items), [4, 3]);
    assert_eq!(ids(&digest.rest), [2, 1]);
    let kinds: Vec<_> = digest.items.iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [Update, New]);
    assert_eq!(digest.rest[0].kind, Correction);
    let folded = &digest.items[1];
    assert_eq!((folded.sources, folded.copies), (1, 2));
    let DigestCounts {
        new,
        updated,
        corrected,
        articles,
        languages,
        ended,
    } = digest.counts;
    assert_eq!((new, updated, corrected), (2, 1, 1));
    assert_eq!((articles, languages, ended), (9, 4, 0));
}

#[test]
fn near_misses_are_the_newest_five_each_once_and_none_that_is_told() {
    let mut near_misses: Vec<_> = (0..8)
        .map(|n| miss(&format!("https://m.example/{n}"), &format!("Miss {n}"), n))
        .collect();
    near_misses.push(miss("https://copy.example/7", "MISS 7", 6));
    near_misses.push(miss("https://m.example/7", "Miss 7", 5));
    near_misses.push(miss("https://s0.example/1", "told", 9));
    let material = DigestMaterial {
        alerts: vec![told(1, Severity::High, &["id"], &[AlertKind::New])],
        near_misses,
        ..DigestMaterial::default()
    };
    let options = DigestOptions {
        near_misses: false,
        ..DigestOptions::default()
    };
    let background = DigestBackground::default();
    let hidden = make_digest(material.clone(), &background, HEAD, &options, &|_, _| None);
    assert_eq!(hidden.unwrap().near_misses, []);
    let titles: Vec<_> = make(material, 20)
        .unwrap()
        .near_misses
        .into_iter()
        .map(|miss| miss.title)
        .collect();
    assert_eq!(titles, ["Miss 7", "Miss 6", "Miss 5", "Miss 4", "Miss 3"]);
}
