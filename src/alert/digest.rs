//! What a digest says, from the material of its window.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::trend::{TREND_DAYS, trend};
use crate::model::{
    AlertArticle, AlertId, AlertKind, AlertState, AlertView, Digest, DigestAsk, DigestBackground,
    DigestCounts, DigestItem, DigestMaterial, ItemChange, ItemNews, MaterialAlert, NearMissView,
    ToldBefore,
};

/// Stories told in full, where `cut` does not say another number; the rest stand as one line each.
pub const DIGEST_CUT: usize = 20;

/// Near misses shown.
pub const NEAR_MISSES_MAX: usize = 5;

/// What its owner wants of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigestOptions {
    /// Stories told in full.
    pub cut: usize,
    /// Articles that just failed a watch are shown.
    pub near_misses: bool,
    /// A digest without stories is sent when nothing was for so long; `None` = never.
    pub heartbeat: Option<SignedDuration>,
}

impl Default for DigestOptions {
    fn default() -> Self {
        Self {
            cut: DIGEST_CUT,
            near_misses: true,
            heartbeat: None,
        }
    }
}

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
    /// The window is one of time, told to nobody before: what is new in it is what came after `since`.
    pub by_clock: bool,
}

/// The score that a watch asks for, if it is still of that version.
pub type ThresholdOf<'a> = &'a dyn Fn(&str, &str) -> Option<f64>;

/// What must be asked beside the material before a digest is made of it. `day_bounds` are as
/// [`day_bounds`](super::day_bounds) gives them.
#[must_use]
pub fn digest_ask(
    material: &DigestMaterial,
    head: DigestHead<'_>,
    watches: &[String],
    day_bounds: Vec<Timestamp>,
) -> DigestAsk {
    let alerts = || material.alerts.iter().map(|told| &told.alert);
    let mut hit: Vec<String> = alerts().map(|alert| alert.watch.clone()).collect();
    hit.sort_unstable();
    hit.dedup();
    DigestAsk {
        name: match head.by_clock {
            true => String::new(),
            false => head.name.to_owned(),
        },
        alerts: alerts().map(|alert| alert.id).collect(),
        watches: hit,
        day_bounds,
        last_of: watches.to_vec(),
    }
}

/// Makes up a digest: stories by severity, then independent sources, then first seen, the first
/// `cut` of them in full. `None` when nothing happened to any story; near misses and health alone
/// are no reason to write.
#[must_use]
pub fn make_digest(
    material: DigestMaterial,
    background: &DigestBackground,
    head: DigestHead<'_>,
    options: &DigestOptions,
    threshold: ThresholdOf<'_>,
) -> Option<Digest> {
    let told: HashMap<AlertId, &ToldBefore> = background
        .told
        .iter()
        .map(|(id, told)| (*id, told))
        .collect();
    let versions: HashMap<AlertId, &String> = background
        .versions
        .iter()
        .map(|(id, version)| (*id, version))
        .collect();
    let mut items: Vec<DigestItem> = material
        .alerts
        .into_iter()
        .filter(|told| told.alert.state != AlertState::Muted)
        .filter_map(|material| {
            let mut item = item(material)?;
            let told = told.get(&item.alert.id).copied();
            item.news = news(&item, told, head);
            if let Some(version) = versions.get(&item.alert.id) {
                item.threshold = threshold(&item.alert.watch, version);
                item.watch_version.clone_from(version);
            }
            Some(item)
        })
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
    let near_misses = match options.near_misses {
        true => near_misses(material.near_misses, &items),
        false => Vec::new(),
    };
    let rest = items.split_off(options.cut.min(items.len()));
    let mut trends = Vec::new();
    let mut seen = HashSet::new();
    for watch in items.iter().map(|item| &item.alert.watch) {
        let days = background.days.iter().find(|days| days.watch == *watch);
        if let (true, Some(days)) = (seen.insert(watch), days) {
            trends.push(trend(days, &background.alive, head.until));
        }
    }
    debug_assert!(trends.iter().all(|trend| trend.days.len() <= TREND_DAYS));
    Some(Digest {
        counts,
        items,
        rest,
        trends,
        near_misses,
        health: material.health,
        ..empty(head)
    })
}

/// A digest that only says that all is quiet, and that somebody still looks.
#[must_use]
pub fn make_heartbeat(
    material: DigestMaterial,
    background: DigestBackground,
    head: DigestHead<'_>,
) -> Digest {
    Digest {
        health: material.health,
        last_alert: background.last_alert,
        ..empty(head)
    }
}

/// A sign of life is sent when nothing was for a period. A twentieth of it is let off: digests are not made
/// at the very second, and a week in which the clock is put forward is an hour shorter.
#[must_use]
pub fn is_heartbeat_due(
    period: Option<SignedDuration>,
    sent_at: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    match (period, sent_at) {
        (None, _) => false,
        // Nothing was ever sent: that it works is worth knowing, too.
        (Some(_), None) => true,
        (Some(period), Some(sent_at)) => now.duration_since(sent_at) >= period - period / 20,
    }
}

fn empty(head: DigestHead<'_>) -> Digest {
    Digest {
        name: head.name.to_owned(),
        title: head.title.to_owned(),
        timezone: head.timezone.to_owned(),
        since: head.since,
        until: head.until,
        ..Digest::default()
    }
}

fn item(material: MaterialAlert) -> Option<DigestItem> {
    let MaterialAlert {
        alert,
        changes,
        leads,
    } = material;
    let kind = strongest(&changes)?;
    let sources = texts(&alert.articles.iter().collect::<Vec<_>>());
    Some(DigestItem {
        kind,
        sources,
        copies: alert.articles.len() as u64 - sources,
        languages: languages(alert.articles.iter()),
        alert,
        changes,
        leads,
        watch_version: String::new(),
        threshold: None,
        news: None,
    })
}

/// Different texts among articles: the independent sources.
fn texts(articles: &[&AlertArticle]) -> u64 {
    let text_of = |article: &&AlertArticle| article.copy_of.clone().unwrap_or(article.url.clone());
    let texts: HashSet<String> = articles.iter().map(text_of).collect();
    texts.len() as u64
}

fn languages<'a>(articles: impl Iterator<Item = &'a AlertArticle>) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for lang in articles.filter_map(|a| a.lang.as_ref()) {
        if !languages.contains(lang) {
            languages.push(lang.clone());
        }
    }
    languages
}

/// What is new about a story that the readers know; `None` for one that is new to them.
fn news(item: &DigestItem, told: Option<&ToldBefore>, head: DigestHead<'_>) -> Option<ItemNews> {
    if item.kind == AlertKind::New {
        return None;
    }
    let known_at = |since: Timestamp| ToldBefore {
        at: since,
        title: item.alert.title.clone(),
        urls: item
            .alert
            .articles
            .iter()
            .filter(|article| article.first_seen <= since)
            .map(|article| article.url.clone())
            .collect(),
    };
    let by_clock = match (head.by_clock, head.since) {
        (true, Some(since)) => Some(known_at(since)),
        _ => None,
    };
    let told = told.or(by_clock.as_ref())?;
    Some(news_of(&item.alert, told))
}

fn news_of(alert: &AlertView, told: &ToldBefore) -> ItemNews {
    let known: HashSet<&String> = told.urls.iter().collect();
    let (old, new): (Vec<_>, Vec<_>) =
        (alert.articles.iter()).partition(|article| known.contains(&article.url));
    let spoken = languages(old.iter().copied());
    let mut languages = languages(new.iter().copied());
    languages.retain(|lang| !spoken.contains(lang));
    ItemNews {
        since: told.at,
        title_before: (told.title != alert.title).then(|| told.title.clone()),
        urls: new.iter().map(|article| article.url.clone()).collect(),
        languages,
        known: texts(&old),
    }
}

/// The change that names the item. A story that is new to the reader is new, whatever came after.
fn strongest(changes: &[ItemChange]) -> Option<AlertKind> {
    const ORDER: [AlertKind; 5] = [
        AlertKind::New,
        AlertKind::Correction,
        AlertKind::Burst,
        AlertKind::Update,
        AlertKind::Ended,
    ];
    let happened = |kind: &AlertKind| changes.iter().any(|change| change.kind == *kind);
    match ORDER.into_iter().find(happened) {
        // Looked at in the morning, a story that grew fast has grown.
        Some(AlertKind::Burst) => Some(AlertKind::Update),
        strongest => strongest,
    }
}

fn counts(items: &[DigestItem]) -> DigestCounts {
    let of = |kind| items.iter().filter(|item| item.kind == kind).count() as u64;
    let articles = items.iter().map(|item| item.alert.articles.len() as u64);
    let languages: HashSet<&String> = items.iter().flat_map(|item| &item.languages).collect();
    DigestCounts {
        new: of(AlertKind::New),
        updated: of(AlertKind::Update),
        corrected: of(AlertKind::Correction),
        ended: of(AlertKind::Ended),
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
mod tests;
