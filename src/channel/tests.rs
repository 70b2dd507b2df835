//! Parcels and surroundings for the tests of every channel.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Parcel, Surroundings};
use crate::model::{
    AlertArticle, AlertEvidence, AlertId, AlertKind, AlertState, AlertView, Correction, Digest,
    DigestCounts, DigestItem, Field, Message, PartNumber, SentenceSpan, Severity, StoryId,
};
use crate::world::{AddressGuard, FixedRandom, ManualClock, MapResolver, World};

fn now() -> Timestamp {
    "2026-11-22T07:30:00Z".parse().expect("a time")
}

/// Runs `test` in a place where loopback is allowed, names lead to 10.0.0.1, and `MAIL_PW` is set.
pub(super) fn surroundings<T>(dir: &Path, test: impl FnOnce(&Surroundings<'_>) -> T) -> T {
    let world = World {
        clock: Arc::new(ManualClock::new(now())),
        resolver: Arc::new(MapResolver::all_to(
            "10.0.0.1:0".parse().expect("an address"),
        )),
        random: Arc::new(FixedRandom(0.5)),
    };
    let guard = AddressGuard::new(vec!["127.0.0.0/8".parse().expect("a rule")]);
    test(&Surroundings {
        base_dir: dir,
        world: &world,
        guard: &guard,
        env: &|name| (name == "MAIL_PW").then(|| "from env".to_owned()),
    })
}

pub(super) fn parcel(message: Message) -> Parcel {
    Parcel {
        key: "a17.1.desk".to_owned(),
        kind: match message {
            Message::Digest { .. } => AlertKind::Digest,
            Message::Health { .. } => AlertKind::Health,
            _ => AlertKind::New,
        },
        channel: "desk".to_owned(),
        message,
        sent_at: now(),
        created_at: now(),
        thread: None,
    }
}

/// The alert of the canonical article, as it stands.
pub(super) fn view() -> AlertView {
    AlertView {
        id: AlertId(17),
        watch: "china-russia".to_owned(),
        watch_title: "China–Russia diplomacy".to_owned(),
        severity: Severity::High,
        state: AlertState::Open,
        story: StoryId(3),
        title: "Menlu Tiongkok Wang Yi Kunjungi Moskow".to_owned(),
        lang: Some("id".to_owned()),
        first_seen: now(),
        updated_at: now(),
        revision: 1,
        late: false,
        backfilled_at: None,
        mark: None,
        labels: std::collections::BTreeMap::new(),
        said: None,
        note: None,
        score: 1.0,
        articles: vec![AlertArticle {
            url: "https://kabar.example/menlu?id=1&x=2".to_owned(),
            title: "Menlu Tiongkok Wang Yi Kunjungi Moskow".to_owned(),
            lang: Some("id".to_owned()),
            feed: "https://kabar.example/rss".to_owned(),
            source: "Kabar".to_owned(),
            first_seen: now(),
            published: None,
            copy_of: None,
        }],
        evidence: vec![AlertEvidence {
            sentence: "Wang Yi tiba di Moskow.".to_owned(),
            lang: Some("id".to_owned()),
            url: "https://kabar.example/menlu?id=1&x=2".to_owned(),
            field: Field::Body,
            part: PartNumber::FIRST,
            spans: vec![SentenceSpan {
                start: 16,
                end: 22,
                text: "Moskow".to_owned(),
                why: "country:RU".to_owned(),
            }],
        }],
    }
}

pub(super) fn alert() -> Message {
    Message::Alert {
        alert: Box::new(view()),
        correction: None,
    }
}

pub(super) fn corrected() -> Message {
    Message::Alert {
        alert: Box::new(view()),
        correction: Some(Correction {
            url: "https://kabar.example/menlu?id=1&x=2".to_owned(),
            title_before: "before".to_owned(),
            title_after: "after".to_owned(),
            sentence_before: String::new(),
            retracted: false,
            sentence_after: String::new(),
        }),
    }
}

pub(super) fn late() -> Message {
    Message::Late {
        alerts: vec![view()],
        corrections: Vec::new(),
        why: crate::model::Together::Late,
    }
}

pub(super) fn digest() -> Message {
    let item = DigestItem {
        kind: AlertKind::New,
        alert: view(),
        changes: Vec::new(),
        sources: 1,
        copies: 0,
        languages: vec!["id".to_owned()],
        leads: Vec::new(),
        watch_version: String::new(),
        threshold: None,
        news: None,
    };
    Message::Digest {
        digest: Box::new(Digest {
            name: "morning".to_owned(),
            title: "China–Russia diplomacy".to_owned(),
            timezone: "Asia/Jakarta".to_owned(),
            until: now(),
            counts: DigestCounts {
                new: 1,
                ..DigestCounts::default()
            },
            items: vec![item],
            ..Digest::default()
        }),
    }
}

pub(super) fn health() -> Message {
    let text = include_str!("../../tests/fixtures/render/health.json");
    Message::Health {
        notice: Box::new(serde_json::from_str(text).expect("the fixture is a notice")),
    }
}

/// Titles that try to become something else: markup, mentions, formulas, commands, templates, headers.
pub(super) const HOSTILE: [&str; 14] = [
    "<img src=x onerror=alert(1)> & \"quotes\" 'too'",
    "</pre></b></a><script>alert(1)</script>",
    "**bold** _it_ ~~gone~~ `code` [link](javascript:alert(1)) ![i](http://a.example/i.png)",
    "*bold* _it_ ~gone~ `code` :smile: <http://a.example|here>",
    "@everyone @here <@U123> <!channel> <#C1> <!subteam^S1>",
    "# head\n> quote\n- list\n1. list\n| a | b |\n---",
    "=HYPERLINK(\"http://a.example\";\"x\")",
    "+1+cmd|' /C calc'!A0",
    "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7} \u{9b}2J",
    "one\r\nBcc: all@a.example\r\n\r\nbody\u{2028}two\u{0}",
    "{{ 7 * 7 }} {% for x in range(9) %}{{ token }}{% endfor %} {# c #}",
    "\u{202e}gnp.exe\u{2066} \u{200b}\u{feff}hidden",
    "\\ back \\* slash \\\\ and &lt;b&gt; entities &amp;",
    "a\" onmouseover=\"alert(1)\" b=\"",
];

/// An alert whose titles are all this one.
pub(super) fn hostile(title: &str) -> Parcel {
    let mut view = view();
    view.title = title.to_owned();
    view.watch_title = title.to_owned();
    view.articles[0].title = title.to_owned();
    parcel(Message::Alert {
        alert: Box::new(view),
        correction: None,
    })
}
