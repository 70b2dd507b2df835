//! One story on a page: its articles, what was corrected, why it was found.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::{AlertArticle, AlertKind, AlertView, Correction, DigestItem};

use super::page::{Limits, address, count, direction, first_url, label, name, tag};
use super::plain::{plain, shorten};
use super::quote::Quote;
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
    pub corrections: Vec<Change>,
    /// `watch china-russia, score 0.91`.
    pub why: String,
    pub quotes: Vec<Quote>,
    pub command: String,
}

/// An independent article with its copies folded into it.
#[derive(Debug, Serialize)]
pub(super) struct ArticleLine {
    pub time: String,
    pub lang: String,
    pub dir: &'static str,
    pub source: String,
    pub title: String,
    pub url: String,
    pub first: bool,
    /// `same text: 2 (Kompas, Detik)`, or empty.
    pub copies: String,
}

/// Something that was corrected.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    pub what: &'static str,
    pub before: String,
    pub after: String,
}

impl Item {
    pub fn of_digest(
        item: &DigestItem,
        since: Option<Timestamp>,
        zone: &When,
        limits: Limits,
    ) -> Self {
        // A story told before shows what is new; one that is new shows all.
        let since = since.filter(|_| item.kind != AlertKind::New);
        let mut shown = Self::of(&item.alert, item.kind, None, since, zone, limits);
        let corrections = item.changes.iter().filter_map(|c| c.correction.as_ref());
        shown.corrections = corrections.flat_map(changes).collect();
        shown
    }

    pub fn of(
        alert: &AlertView,
        kind: AlertKind,
        correction: Option<&Correction>,
        since: Option<Timestamp>,
        zone: &When,
        limits: Limits,
    ) -> Self {
        let lang = tag(alert.lang.as_deref());
        let (articles, more) = article_lines(&alert.articles, since, zone, limits);
        let mut quotes: Vec<Quote> = Vec::new();
        for quote in alert.evidence.iter().map(Quote::of) {
            if quotes.len() < limits.quotes && quotes.iter().all(|q| q.pieces != quote.pieces) {
                quotes.push(quote);
            }
        }
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
            why: format!("watch {}, score {:.2}", name(&alert.watch), alert.score),
            quotes,
            command: format!("wirewatch alert show {}", alert.id),
        }
    }
}

fn seen(alert: &AlertView, zone: &When) -> String {
    let copies = alert.articles.iter().filter(|a| a.copy_of.is_some());
    let copies = copies.count();
    let sources = alert.articles.len() - copies;
    let mut line = format!(
        "First seen {}, {}",
        zone.short(alert.first_seen),
        count(sources as u64, "source")
    );
    if copies > 0 {
        line.push_str(&format!(", {copies} same text"));
    }
    if alert.late {
        line.push_str(", late");
    }
    line
}

/// The independent articles (only those after `since`, when there are such), copies folded.
fn article_lines(
    articles: &[AlertArticle],
    since: Option<Timestamp>,
    zone: &When,
    limits: Limits,
) -> (Vec<ArticleLine>, String) {
    let first = articles.first().map(|article| &article.url);
    let independent = || articles.iter().filter(|a| a.copy_of.is_none());
    let is_new = |a: &&AlertArticle| since.is_none_or(|since| a.first_seen > since);
    let mut chosen: Vec<&AlertArticle> = independent().filter(is_new).collect();
    if chosen.is_empty() {
        chosen = independent().collect();
    }
    let lines: Vec<ArticleLine> = chosen
        .iter()
        .take(limits.articles)
        .map(|article| {
            let lang = tag(article.lang.as_deref());
            ArticleLine {
                time: zone.short(article.first_seen),
                dir: direction(&lang),
                lang,
                source: shorten(&plain(&article.source), 60),
                title: shorten(&plain(&article.title), limits.title_chars),
                url: address(&article.url),
                first: Some(&article.url) == first,
                copies: copies(articles, &article.url),
            }
        })
        .collect();
    let more = independent().count() - lines.len();
    let more = match more {
        0 => String::new(),
        more => format!("and {}", count(more as u64, "further source")),
    };
    (lines, more)
}

/// Names of sites in a list of copies.
const COPY_NAMES_SHOWN: usize = 3;

fn copies(articles: &[AlertArticle], original: &str) -> String {
    let copies: Vec<String> = articles
        .iter()
        .filter(|article| article.copy_of.as_deref() == Some(original))
        .map(|article| shorten(&plain(&article.source), 40))
        .collect();
    if copies.is_empty() {
        return String::new();
    }
    let names = copies[..copies.len().min(COPY_NAMES_SHOWN)].join(", ");
    let ellipsis = if copies.len() > COPY_NAMES_SHOWN {
        ", …"
    } else {
        ""
    };
    format!("same text: {} ({names}{ellipsis})", copies.len())
}

fn changes(correction: &Correction) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut push = |what, before: &str, after: &str| {
        let (before, after) = (shorten(&plain(before), 300), shorten(&plain(after), 300));
        if before != after {
            changes.push(Change {
                what,
                before,
                after,
            });
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
        if !languages.contains(&lang) {
            languages.push(lang);
        }
    }
    languages.join(" ")
}
