//! One story on a page: its articles, what was corrected, why it was found.

use std::collections::HashSet;

use serde::Serialize;

use crate::model::{AlertArticle, AlertKind, AlertView, Correction, DigestItem, ItemNews};

use super::diff::{DiffPiece, diff};
use super::overview::TrendLine;
use super::page::{Limits, count, direction, first_url, label, name, tag};
use super::plain::{plain, shorten};
use super::quote::{Quote, place};
use super::sources::{ArticleLine, SameText, lines};
use super::when::When;

/// One story.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    pub label: &'static str,
    pub id: String,
    pub title: String,
    pub lang: String,
    pub dir: &'static str,
    pub url: String,
    pub severity: &'static str,
    pub languages: String,
    /// `First seen ..., 5 sources, 2 same text`.
    pub seen: String,
    pub articles: Vec<ArticleLine>,
    /// `and 3 more sources`, or empty.
    pub more: String,
    /// `Since Sat 21 Nov 07:30 WIB: 2 new sources; new languages: ru`, or empty.
    pub news: String,
    pub corrections: Vec<Change>,
    /// `watch china-russia (version 3f2a91c0), score 0.91 (needs 0.60), in title and body`.
    pub why: String,
    pub quotes: Vec<Quote>,
    /// How often its watch hit, at the first story of each.
    pub trend: Option<TrendLine>,
    /// What can be done about it.
    pub commands: Vec<String>,
}

/// Something that was corrected.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    pub what: &'static str,
    pub pieces: Vec<DiffPiece>,
}

impl Change {
    fn of(what: &'static str, before: &str, after: &str) -> Self {
        Self {
            what,
            pieces: diff(before, after),
        }
    }
}

impl Item {
    pub fn of_digest(item: &DigestItem, zone: &When, limits: Limits) -> Self {
        let mut shown = Self::of(&item.alert, item.kind, None, zone, limits);
        let corrections = item.changes.iter().filter_map(|c| c.correction.as_ref());
        shown.corrections = corrections.flat_map(changes).collect();
        if let Some(news) = &item.news {
            shown.tell_news(item, news, zone, limits);
        }
        shown.why = why(item);
        shown.quotes = quotes(&item.alert, &item.leads, limits);
        let id = shown.id.clone();
        shown.commands.extend([
            format!("wirewatch alert mute {id}"),
            format!("wirewatch alert mark {id} noise"),
        ]);
        shown
    }

    /// A story told before shows what is new; the rest is folded to a number.
    fn tell_news(&mut self, item: &DigestItem, news: &ItemNews, zone: &When, limits: Limits) {
        if let Some(before) = &news.title_before {
            let change = Change::of("Title", before, &item.alert.title);
            if !self
                .corrections
                .iter()
                .any(|other| other.pieces == change.pieces)
            {
                self.corrections.insert(0, change);
            }
        }
        let fresh: HashSet<&String> = news.urls.iter().collect();
        let changed: HashSet<&String> = item.changes.iter().map(|change| &change.url).collect();
        let texts = SameText::of(&item.alert.articles);
        let is_told =
            |text: &&SameText<'_>| text.has_any(|url| fresh.contains(url) || changed.contains(url));
        let first = item.alert.articles.first();
        (self.articles, self.more) = lines(texts.iter().filter(is_told), first, zone, limits);
        let new = texts
            .iter()
            .filter(|text| fresh.contains(&text.first().url))
            .count();
        let folded = texts.len() - texts.iter().filter(is_told).count();
        if folded > 0 {
            let told = format!("{} told before", count(folded as u64, "source"));
            self.more = match self.more.as_str() {
                "" => format!("and {told}"),
                more => format!("{more}, {told}"),
            };
        }
        let mut parts = vec![match new {
            0 => "no new source".to_owned(),
            new => count(new as u64, "new source"),
        }];
        let langs = news.languages.iter().map(|lang| tag(Some(lang)));
        let langs: Vec<String> = langs.filter(|lang| !lang.is_empty()).collect();
        if !langs.is_empty() {
            parts.push(format!("new languages: {}", langs.join(" ")));
        }
        self.news = format!("Since {}: {}", zone.short(news.since), parts.join("; "));
    }

    pub fn of(
        alert: &AlertView,
        kind: AlertKind,
        correction: Option<&Correction>,
        zone: &When,
        limits: Limits,
    ) -> Self {
        let lang = tag(alert.lang.as_deref());
        let texts = SameText::of(&alert.articles);
        let (articles, more) = lines(texts.iter(), alert.articles.first(), zone, limits);
        Self {
            label: label(kind),
            id: alert.id.to_string(),
            title: shorten(&plain(&alert.title), limits.title_chars),
            dir: direction(&lang),
            lang,
            url: first_url(alert),
            severity: alert.severity.name(),
            languages: languages(&alert.articles),
            seen: seen(alert, zone),
            articles,
            more,
            corrections: correction.map(changes).unwrap_or_default(),
            news: String::new(),
            trend: None,
            why: format!("watch {}, score {:.2}", name(&alert.watch), alert.score),
            quotes: quotes(alert, &[], limits),
            commands: vec![format!("wirewatch alert show {}", alert.id)],
        }
    }
}

/// The sentences that are shown, each once.
fn quotes(alert: &AlertView, leads: &[usize], limits: Limits) -> Vec<Quote> {
    let mut quotes: Vec<Quote> = Vec::new();
    for (place, evidence) in alert.evidence.iter().enumerate() {
        let quote = Quote::of(evidence, leads.contains(&place));
        if quotes.len() < limits.quotes && quotes.iter().all(|q| q.pieces != quote.pieces) {
            quotes.push(quote);
        }
    }
    quotes
}

/// The watch with its version, the score where one is asked for, and the fields in which it was found.
fn why(item: &DigestItem) -> String {
    let mut why = format!("watch {}", name(&item.alert.watch));
    let version: String = plain(&item.watch_version)
        .chars()
        .take(VERSION_CHARS)
        .collect();
    if !version.is_empty() {
        why.push_str(&format!(" (version {version})"));
    }
    if let Some(threshold) = item.threshold {
        why.push_str(&format!(
            ", score {:.2} (needs {threshold:.2})",
            item.alert.score
        ));
    }
    let mut places: Vec<&str> = Vec::new();
    for (at, evidence) in item.alert.evidence.iter().enumerate() {
        let place = place(evidence, item.leads.contains(&at));
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if !places.is_empty() {
        why.push_str(&format!(", in {}", places.join(", ")));
    }
    why
}

/// Characters of a version: enough to tell two apart.
const VERSION_CHARS: usize = 8;

fn seen(alert: &AlertView, zone: &When) -> String {
    let sources = SameText::of(&alert.articles).len();
    let copies = alert.articles.len() - sources;
    let mut line = format!("First seen {}, ", zone.short(alert.first_seen));
    if let Some(published) = alert.articles.first().and_then(|first| first.published) {
        line.push_str(&format!("published {}, ", zone.short(published)));
    }
    line.push_str(&count(sources as u64, "source"));
    if copies > 0 {
        line.push_str(&format!(", {copies} same text"));
    }
    if alert.late {
        line.push_str(", late");
    }
    if let Some(note) = &alert.note {
        line.push_str(&format!("; {}", plain(note)));
    }
    line
}

fn changes(correction: &Correction) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut push = |what, before: &str, after: &str| {
        if plain(before) != plain(after) {
            changes.push(Change::of(what, before, after));
        }
    };
    if correction.retracted {
        push("Retracted", "as told before", "taken back by its publisher");
    }
    push("Title", &correction.title_before, &correction.title_after);
    push(
        "Text",
        &correction.sentence_before,
        &correction.sentence_after,
    );
    changes
}

fn languages(articles: &[AlertArticle]) -> String {
    let mut languages: Vec<String> = Vec::new();
    for lang in articles.iter().filter_map(|article| article.lang.as_ref()) {
        let lang = tag(Some(lang));
        if !lang.is_empty() && !languages.contains(&lang) {
            languages.push(lang);
        }
    }
    languages.join(" ")
}
