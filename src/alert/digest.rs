//! What a digest says, from the material of its window.

use std::cmp::Reverse;
use std::collections::HashSet;

use jiff::Timestamp;

use crate::model::{
    AlertKind, AlertState, Digest, DigestCounts, DigestItem, DigestMaterial, ItemChange,
    MaterialAlert, NearMissView,
};

/// Stories told in full; the rest stand as one line each.
pub const DIGEST_CUT: usize = 20;

/// Near misses shown.
pub const NEAR_MISSES_MAX: usize = 5;

/// What stands above the stories: which digest, for which window.
#[derive(Debug, Clone, Copy)]
pub struct DigestHead<'a> {
    /// NAME of the digest; `now` when asked for by hand.
    pub name: &'a str,
    /// Title for people.
    pub title: &'a str,
    /// IANA name of the zone that times are shown in.
    pub timezone: &'a str,
    /// Begin of the window (exclusive); `None` when it is the first.
    pub since: Option<Timestamp>,
    /// End of the window (inclusive).
    pub until: Timestamp,
}

/// Makes up a digest: stories by severity, then independent sources, then first seen, the first
/// `cut` of them in full. `None` when nothing happened to any story; near misses and health alone
/// are no reason to write.
#[must_use]
pub fn make_digest(material: DigestMaterial, head: DigestHead<'_>, cut: usize) -> Option<Digest> {
    let mut items: Vec<DigestItem> = material
        .alerts
        .into_iter()
        .filter(|told| told.alert.state != AlertState::Muted)
        .filter_map(item)
        .collect();
    if items.is_empty() {
        return None;
    }
    items.sort_by_key(|item| {
        (
            Reverse(item.alert.severity),
            Reverse(item.sources),
            item.alert.first_seen,
            item.alert.id,
        )
    });
    let counts = counts(&items);
    let near_misses = near_misses(material.near_misses, &items);
    let rest = items.split_off(cut.min(items.len()));
    Some(Digest {
        name: head.name.to_owned(),
        title: head.title.to_owned(),
        timezone: head.timezone.to_owned(),
        since: head.since,
        until: head.until,
        counts,
        items,
        rest,
        near_misses,
        health: material.health,
    })
}

fn item(material: MaterialAlert) -> Option<DigestItem> {
    let MaterialAlert { alert, changes } = material;
    let kind = strongest(&changes)?;
    let copies = alert.articles.iter().filter(|a| a.copy_of.is_some());
    let copies = copies.count() as u64;
    let mut languages: Vec<String> = Vec::new();
    for lang in alert.articles.iter().filter_map(|a| a.lang.as_ref()) {
        if !languages.contains(lang) {
            languages.push(lang.clone());
        }
    }
    Some(DigestItem {
        kind,
        sources: alert.articles.len() as u64 - copies,
        copies,
        languages,
        alert,
        changes,
    })
}

/// The change that names the item. A story that is new to the reader is new, whatever came after.
fn strongest(changes: &[ItemChange]) -> Option<AlertKind> {
    const ORDER: [AlertKind; 4] = [
        AlertKind::New,
        AlertKind::Correction,
        AlertKind::Update,
        AlertKind::Ended,
    ];
    let happened = |kind: &AlertKind| changes.iter().any(|change| change.kind == *kind);
    ORDER.into_iter().find(happened)
}

fn counts(items: &[DigestItem]) -> DigestCounts {
    let of = |kind| items.iter().filter(|item| item.kind == kind).count() as u64;
    let articles = items.iter().map(|item| item.alert.articles.len() as u64);
    let languages: HashSet<&String> = items.iter().flat_map(|item| &item.languages).collect();
    DigestCounts {
        new: of(AlertKind::New),
        updated: of(AlertKind::Update),
        corrected: of(AlertKind::Correction),
        articles: articles.sum(),
        languages: languages.len() as u64,
    }
}

/// The newest few, each article once, none that stands in the digest already.
fn near_misses(mut all: Vec<NearMissView>, items: &[DigestItem]) -> Vec<NearMissView> {
    let mut seen: HashSet<String> = items
        .iter()
        .flat_map(|item| &item.alert.articles)
        .map(|article| article.url.clone())
        .collect();
    all.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.url.cmp(&b.url)));
    // A syndicated near miss stands under many addresses with one title.
    all.retain(|miss| {
        let title = miss.title.trim().to_lowercase();
        let new_address = seen.insert(miss.url.clone());
        new_address && (title.is_empty() || seen.insert(title))
    });
    all.truncate(NEAR_MISSES_MAX);
    all
}

#[cfg(test)]
mod tests {
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

    fn make(material: DigestMaterial, cut: usize) -> Option<Digest> {
        let head = DigestHead {
            name: "morning",
            title: "Morning",
            timezone: "Asia/Jakarta",
            since: None,
            until: at(200),
        };
        make_digest(material, head, cut)
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
        } = digest.counts;
        assert_eq!((new, updated, corrected), (2, 1, 1));
        assert_eq!((articles, languages), (9, 4));
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
        let titles: Vec<_> = make(material, 20)
            .unwrap()
            .near_misses
            .into_iter()
            .map(|miss| miss.title)
            .collect();
        assert_eq!(titles, ["Miss 7", "Miss 6", "Miss 5", "Miss 4", "Miss 3"]);
    }
}
