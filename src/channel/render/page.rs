//! The one page behind text, Markdown and HTML: every fact in words, nothing escaped yet.

use serde::Serialize;

use crate::model::{
    AlertCorrection, AlertKind, AlertView, Correction, Digest, HealthNotice, Message, NearMissView,
    Together,
};

use super::health::{self, TroubleBlock};
use super::item::Item;
use super::overview::{self, LastLine};
use super::plain::{plain, shorten};
use super::when::When;
use crate::text::{is_language, shortest_tag};

/// How much is shown before "and N more".
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub articles: usize,
    pub quotes: usize,
    pub rest: usize,
    pub title_chars: usize,
}

impl Limits {
    pub const USUAL: Self = Self {
        articles: 8,
        quotes: 2,
        rest: 50,
        title_chars: 200,
    };
}

/// A message to people.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    pub heading: String,
    /// Lines under the heading: window, counts.
    pub head: Vec<String>,
    pub items: Vec<Item>,
    /// Feeds in trouble, and feeds that are well again.
    pub troubles: Vec<TroubleBlock>,
    /// One line each.
    pub rest: Vec<RestLine>,
    /// How many more there are than `rest` shows.
    pub more: usize,
    pub near_misses: Vec<Miss>,
    /// The last alert, in a digest without stories.
    pub last: Option<LastLine>,
    pub health: Vec<String>,
    /// False for a single alert, whose item needs no number.
    pub numbered: bool,
}

/// A story beyond the cut.
#[derive(Debug, Serialize)]
pub(super) struct RestLine {
    pub label: &'static str,
    pub id: String,
    pub title: String,
    pub lang: String,
    pub dir: &'static str,
    pub url: String,
    pub severity: &'static str,
}

/// An article that just failed a watch.
#[derive(Debug, Serialize)]
pub(super) struct Miss {
    pub watch: String,
    pub title: String,
    pub lang: String,
    pub dir: &'static str,
    pub url: String,
    pub why: String,
}

/// What a person reads for a kind.
pub(super) fn label(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::New => "NEW",
        AlertKind::Update => "UPDATED",
        AlertKind::Correction => "CORRECTED",
        AlertKind::Burst => "BURST",
        AlertKind::Ended => "ENDED",
        AlertKind::Digest => "DIGEST",
        AlertKind::Health => "HEALTH",
        AlertKind::Test => "TEST",
    }
}

/// Writing direction of a language; `auto` lets the reader's program look at the letters.
pub(super) fn direction(lang: &str) -> &'static str {
    match lang.split('-').next().unwrap_or_default() {
        "" | "und" => "auto",
        "ar" | "fa" | "he" | "ur" | "ps" | "sd" | "ug" | "yi" | "dv" | "ckb" => "rtl",
        _ => "ltr",
    }
}

/// A language tag, or nothing where what a page gave is none: a wrong one misleads programs that read aloud.
pub(super) fn tag(lang: Option<&str>) -> String {
    let lang = plain(lang.unwrap_or_default());
    let well_formed = lang.len() <= TAG_BYTES_MAX
        && lang.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    let known = || shortest_tag(&lang).is_some_and(|short| is_language(&short));
    if well_formed && known() {
        lang
    } else {
        String::new()
    }
}

/// No language tag is longer (RFC 5646, section 4.4.1).
const TAG_BYTES_MAX: usize = 35;

/// The name of a watch or a digest, or a title that a person gave it.
pub(super) fn name(written: &str) -> String {
    shorten(&plain(written), 100)
}

/// An address as long as people and mail programs can use it; a longer one is left out, since half
/// an address leads nowhere. What would end it in one of the forms is escaped as addresses are.
pub(super) fn address(url: &str) -> String {
    let mut address = String::with_capacity(url.len());
    for c in plain(url).chars() {
        match c {
            ' ' => address.push_str("%20"),
            '"' => address.push_str("%22"),
            '<' => address.push_str("%3C"),
            '>' => address.push_str("%3E"),
            '\\' => address.push_str("%5C"),
            c => address.push(c),
        }
    }
    if address.len() > URL_BYTES_MAX {
        String::new()
    } else {
        address
    }
}

/// Bytes of an address that is shown.
const URL_BYTES_MAX: usize = 800;

/// `3 late alerts`.
pub(super) fn together(alerts: usize, why: Together) -> String {
    let alerts = alerts as u64;
    match why {
        Together::Late => count(alerts, "late alert"),
        Together::Quiet => format!("{} held back in quiet hours", count(alerts, "alert")),
        Together::Rate => format!("{} in one message", count(alerts, "alert")),
    }
}

/// `1 source`, `2 sources`.
pub(super) fn count(number: u64, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {one}{s}")
}

impl Page {
    pub fn of_message(message: &Message, kind: AlertKind, limits: Limits) -> Self {
        match message {
            Message::Alert { alert, correction } => {
                Self::of_alert(alert, kind, correction.as_ref(), limits)
            }
            Message::Late {
                alerts,
                corrections,
                why,
            } => Self::of_late(alerts, corrections, *why, limits),
            Message::Digest { digest } => Self::of_digest(digest, limits),
            Message::Health { notice } => Self::of_health(notice, limits),
        }
    }

    pub fn of_alert(
        alert: &AlertView,
        kind: AlertKind,
        correction: Option<&Correction>,
        limits: Limits,
    ) -> Self {
        let item = Item::of(alert, kind, correction, &When::utc(), limits);
        Self::with(name(&alert.watch_title), Vec::new(), vec![item], false)
    }

    fn of_late(
        alerts: &[AlertView],
        corrections: &[AlertCorrection],
        why: Together,
        limits: Limits,
    ) -> Self {
        let zone = When::utc();
        let items = alerts.iter().take(LATE_SHOWN);
        let items: Vec<Item> = items
            .map(|alert| {
                let corrected = corrections.iter().rfind(|found| found.alert == alert.id);
                let correction = corrected.map(|found| &found.correction);
                let kind = match correction {
                    Some(_) => AlertKind::Correction,
                    None if why != Together::Late && alert.revision > 1 => AlertKind::Update,
                    None => AlertKind::New,
                };
                Item::of(alert, kind, correction, &zone, limits)
            })
            .collect();
        let beyond: Vec<&AlertView> = alerts.iter().skip(items.len()).collect();
        let rest = beyond.iter().take(limits.rest);
        let rest = rest
            .map(|a| RestLine::of(a, AlertKind::New, limits))
            .collect();
        let heading = together(alerts.len(), why);
        let head = match why {
            Together::Late => "Seen long after they were published.",
            Together::Quiet => "They came during the quiet hours of this channel.",
            Together::Rate => "More than may be sent one by one.",
        };
        let head = vec![head.to_owned()];
        Self {
            rest,
            more: beyond.len().saturating_sub(limits.rest),
            ..Self::with(heading, head, items, true)
        }
    }

    pub fn of_digest(digest: &Digest, limits: Limits) -> Self {
        let zone = When::in_zone(&digest.timezone);
        if digest.is_heartbeat() {
            return Self {
                last: digest
                    .last_alert
                    .as_ref()
                    .map(|last| LastLine::of(last, &zone)),
                ..Self::with(
                    format!("{}: nothing new", name(&digest.title)),
                    vec![overview::sign_of_life(digest, &zone)],
                    Vec::new(),
                    true,
                )
            };
        }
        let mut items: Vec<Item> = digest
            .items
            .iter()
            .map(|item| Item::of_digest(item, &zone, limits))
            .collect();
        // Once for each watch, at its first story.
        for trend in &digest.trends {
            let place = digest
                .items
                .iter()
                .position(|i| i.alert.watch == trend.watch);
            if let Some(item) = place.and_then(|place| items.get_mut(place)) {
                item.trend = Some(overview::trend(trend));
            }
        }
        let rest = digest.rest.iter().take(limits.rest);
        Self {
            rest: rest
                .map(|item| RestLine::of(&item.alert, item.kind, limits))
                .collect(),
            more: digest.rest.len().saturating_sub(limits.rest),
            near_misses: digest.near_misses.iter().map(Miss::of).collect(),
            health: overview::machinery(&digest.health),
            ..Self::with(
                name(&digest.title),
                overview::head(digest, &zone),
                items,
                true,
            )
        }
    }

    fn of_health(notice: &HealthNotice, limits: Limits) -> Self {
        let (troubles, hidden) = health::blocks(notice, limits);
        let health = match hidden {
            0 => Vec::new(),
            _ => vec![format!(
                "and {} more: wirewatch feed list --bad",
                count(hidden as u64, "group")
            )],
        };
        let heading = health::heading(notice);
        let head = vec![When::utc().full(notice.at)];
        Self {
            troubles,
            health,
            ..Self::with(heading, head, Vec::new(), true)
        }
    }

    fn with(heading: String, head: Vec<String>, items: Vec<Item>, numbered: bool) -> Self {
        Self {
            heading,
            head,
            items,
            troubles: Vec::new(),
            rest: Vec::new(),
            more: 0,
            near_misses: Vec::new(),
            last: None,
            health: Vec::new(),
            numbered,
        }
    }
}

/// Late alerts told in full; the rest of the group stand as one line each.
const LATE_SHOWN: usize = 20;

impl RestLine {
    fn of(alert: &AlertView, kind: AlertKind, limits: Limits) -> Self {
        let lang = tag(alert.lang.as_deref());
        Self {
            label: label(kind),
            id: alert.id.to_string(),
            title: shorten(&plain(&alert.title), limits.title_chars),
            dir: direction(&lang),
            lang,
            url: first_url(alert),
            severity: alert.severity.name(),
        }
    }
}

impl Miss {
    fn of(miss: &NearMissView) -> Self {
        let lang = tag(miss.lang.as_deref());
        Self {
            watch: name(&miss.watch),
            title: shorten(&plain(&miss.title), Limits::USUAL.title_chars),
            dir: direction(&lang),
            lang,
            url: address(&miss.url),
            why: shorten(&plain(&miss.why), 200),
        }
    }
}

pub(super) fn first_url(alert: &AlertView) -> String {
    alert
        .articles
        .first()
        .map(|a| address(&a.url))
        .unwrap_or_default()
}
