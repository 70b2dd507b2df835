//! Made digests: hostile, and random ones.

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use wirewatch::model::{
    AlertArticle, AlertEvidence, AlertId, AlertKind, AlertState, AlertView, Correction, Digest,
    DigestCounts, DigestHealth, DigestItem, Field, ItemChange, ItemNews, LastAlert, NearMissView,
    PartNumber, SentenceSpan, Severity, StoryId, Trend,
};

use crate::chance::Chance;

/// Titles and sentences that break what is careless: directions, widths, signs of every syntax, controls, length.
pub const HOSTILE: &[(&str, &str)] = &[
    ("ar", "السفير الصيني في موسكو يلتقي نائب الوزير (24 نوفمبر)"),
    (
        "he",
        "שר החוץ של סין ביקר במוסקבה \u{202e}gpj.exe\u{202c} היום",
    ),
    (
        "zh",
        "王毅抵达莫斯科并将同俄罗斯外长举行会谈，双方将就双边关系深入交换意见。",
    ),
    ("ja", "「ロシア」のラブロフ外相は、が゙ぎ゙ぐ゙王毅外相と会談した"),
    (
        "th",
        "รัฐมนตรีว่าการกระทรวงการต่างประเทศจีนเดินทางเยือนกรุงมอสโกเพื่อหารือกับรัสเซีย",
    ),
    ("hi", "रूस के विदेश मंत्री सर्गेई लावरोव ने मॉस्को में मुलाकात की"),
    ("ko", "외교부장은 모스크바에서 러시아 외무장관과 회담했다"),
    (
        "ru",
        "Ван И прибыл в Москву: «переговоры» — завтра, 5 % & более",
    ),
    (
        "en",
        "<script>alert(1)</script> </p></section><h2>x</h2> &amp; &lt; \"quoted\" 'q'",
    ),
    (
        "en",
        "# not a head *not* **bold** `code` [x](https://evil.example/) ![i](x) ~~gone~~ | a | _b_ \\ 1. x",
    ),
    (
        "en",
        "line one\r\nBcc: all@example.org\r\n\r\n\u{1b}[31mred\u{1b}]0;title\u{7} \u{0}\u{9b}31m \u{2028} end",
    ),
    (
        "en",
        "{{ 7*7 }} {% raw %} ${x} $(x) %s @everyone <!channel> =cmd|' /C calc'!A0",
    ),
    (
        "\" onload=\"x",
        "zalgo z\u{301}\u{323}\u{300}\u{302} and emoji 👩‍👩‍👧 🇨🇳 end ]]> <![CDATA[ x",
    ),
    (
        "und",
        "- list + plus = equals\u{fffe}\u{ffff} \u{e000}private\u{e001} \u{200b}zero",
    ),
];

pub fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-21T00:30:00Z".parse().expect("a time");
    start + SignedDuration::from_mins(minutes)
}

/// A sentence with up to three marks at places that are letters' bounds.
fn evidence(chance: &mut Chance, text: &str, lang: &str, url: &str) -> AlertEvidence {
    let bounds: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let mut spans = Vec::new();
    let mut from = 0;
    for _ in 0..chance.below(4) {
        let room = bounds.len() - 1 - from;
        if room < 2 {
            break;
        }
        let begin = from + chance.below(room);
        let end = (begin + 1 + chance.below(8)).min(bounds.len() - 1);
        let (start, stop) = (bounds[begin], bounds[end]);
        spans.push(SentenceSpan {
            start,
            end: stop,
            text: text[start..stop].to_owned(),
            why: "country:CN (id name)".to_owned(),
        });
        from = end;
    }
    AlertEvidence {
        sentence: text.to_owned(),
        lang: Some(lang.to_owned()),
        url: url.to_owned(),
        field: [Field::Title, Field::Body, Field::EntrySummary][chance.below(3)],
        part: PartNumber::FIRST,
        spans,
    }
}

fn article(chance: &mut Chance, id: i64, number: usize) -> AlertArticle {
    let (lang, title) = HOSTILE[chance.below(HOSTILE.len())];
    let mut title = title.to_owned();
    if chance.below(10) == 0 {
        title = title.repeat(30);
    }
    AlertArticle {
        url: format!("https://s{number}.example/{id}/a_b*c(d)?x=1&y='z'#~{number}"),
        title,
        lang: (chance.below(8) > 0).then(|| lang.to_owned()),
        feed: format!("https://s{number}.example/rss"),
        source: HOSTILE[chance.below(HOSTILE.len())]
            .1
            .chars()
            .take(30)
            .collect(),
        first_seen: at(number as i64),
        published: (chance.below(2) == 0).then(|| at(-5)),
        copy_of: None,
    }
}

fn item(chance: &mut Chance, id: i64) -> DigestItem {
    let mut articles: Vec<AlertArticle> = Vec::new();
    for number in 0..=chance.below(7) {
        let mut article = article(chance, id, number);
        if number > 0 && chance.below(3) == 0 {
            article.copy_of = Some(articles[0].url.clone());
        }
        articles.push(article);
    }
    let kinds = [
        AlertKind::New,
        AlertKind::Update,
        AlertKind::Correction,
        AlertKind::Ended,
    ];
    let kind = kinds[chance.below(4)];
    // As many as are shown, and different ones, so that every form can be asked for all of them.
    let mut sentences: Vec<AlertEvidence> = Vec::new();
    let first = chance.below(HOSTILE.len());
    for number in 0..=chance.below(2) {
        let (lang, text) = HOSTILE[(first + number) % HOSTILE.len()];
        sentences.push(evidence(chance, text, lang, &articles[0].url));
    }
    let copies = articles
        .iter()
        .filter(|article| article.copy_of.is_some())
        .count() as u64;
    let mut languages: Vec<String> = articles.iter().filter_map(|a| a.lang.clone()).collect();
    languages.dedup();
    let (_, before) = HOSTILE[chance.below(HOSTILE.len())];
    let (_, after) = HOSTILE[chance.below(HOSTILE.len())];
    let correction = (kind == AlertKind::Correction).then(|| Correction {
        retracted: false,
        url: articles[0].url.clone(),
        title_before: before.to_owned(),
        title_after: articles[0].title.clone(),
        sentence_before: before.to_owned(),
        sentence_after: after.to_owned(),
    });
    let news = (kind != AlertKind::New).then(|| ItemNews {
        since: at(-60),
        title_before: (chance.below(2) == 0).then(|| before.to_owned()),
        urls: articles
            .iter()
            .skip(1)
            .map(|article| article.url.clone())
            .collect(),
        languages: languages.iter().skip(1).cloned().collect(),
        known: 1,
    });
    DigestItem {
        kind,
        changes: vec![ItemChange {
            kind,
            at: at(30),
            url: articles[0].url.clone(),
            correction,
        }],
        sources: articles.len() as u64 - copies,
        copies,
        languages,
        leads: if chance.below(3) == 0 {
            vec![0]
        } else {
            Vec::new()
        },
        watch_version: "3f2a91c04be7".to_owned(),
        threshold: (chance.below(3) == 0).then_some(0.6),
        news,
        alert: AlertView {
            id: AlertId(id),
            watch: ["china-russia", "überfall_2", "外交"][chance.below(3)].to_owned(),
            watch_title: "Watch".to_owned(),
            severity: [
                Severity::Low,
                Severity::Medium,
                Severity::High,
                Severity::Critical,
            ][chance.below(4)],
            state: AlertState::Open,
            story: StoryId(id),
            title: articles[0].title.clone(),
            lang: articles[0].lang.clone(),
            first_seen: at(0),
            updated_at: at(30),
            revision: 1,
            late: chance.below(5) == 0,
            backfilled_at: None,
            mark: None,
            labels: std::collections::BTreeMap::new(),
            said: None,
            note: None,
            score: 0.91,
            articles,
            evidence: sentences,
        },
    }
}

/// A digest with so many stories in full and so many in one line.
pub fn digest(chance: &mut Chance, full: usize, lines: usize) -> Digest {
    let items: Vec<DigestItem> = (0..full).map(|n| item(chance, n as i64 + 1)).collect();
    let rest: Vec<DigestItem> = (0..lines).map(|n| item(chance, n as i64 + 1_000)).collect();
    let of = |kind| {
        items
            .iter()
            .chain(&rest)
            .filter(|item| item.kind == kind)
            .count() as u64
    };
    let near_misses = (0..chance.below(6)).map(|number| {
        let (lang, title) = HOSTILE[chance.below(HOSTILE.len())];
        NearMissView {
            watch: "china-russia".to_owned(),
            url: format!("https://miss.example/{number}"),
            title: title.to_owned(),
            lang: Some(lang.to_owned()),
            why: format!("held: \"a\"; failed: {title}"),
            at: at(1),
        }
    });
    let near_misses = near_misses.collect();
    let feeds = 1 + chance.below(50) as u64;
    let mut failing = Vec::new();
    for number in 0..chance.below(8) {
        let mut url = String::new();
        write!(url, "https://f{number}.example/rss").expect("a string");
        failing.push((url, HOSTILE[chance.below(HOSTILE.len())].1.to_owned()));
    }
    Digest {
        name: "morning".to_owned(),
        title: "China–Russia diplomacy".to_owned(),
        // The extraction of Markdown looks for it.
        timezone: "UTC".to_owned(),
        since: Some(at(0)),
        until: at(1_440),
        counts: DigestCounts {
            new: of(AlertKind::New),
            updated: of(AlertKind::Update),
            corrected: of(AlertKind::Correction),
            ended: of(AlertKind::Ended),
            articles: 41,
            languages: 7,
        },
        trends: vec![Trend {
            watch: "china-russia".to_owned(),
            days: [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 5]
                .map(Some)
                .to_vec(),
            usual: Some(0.3),
            age_days: None,
        }],
        items,
        rest,
        near_misses,
        health: DigestHealth {
            feeds,
            polled: feeds / 2,
            failing,
            ..DigestHealth::default()
        },
        last_alert: None,
    }
}

/// A digest without stories.
pub fn heartbeat() -> Digest {
    let (lang, title) = HOSTILE[0];
    Digest {
        items: Vec::new(),
        rest: Vec::new(),
        trends: Vec::new(),
        last_alert: Some(LastAlert {
            id: AlertId(17),
            watch: "china-russia".to_owned(),
            title: title.to_owned(),
            lang: Some(lang.to_owned()),
            at: at(0),
        }),
        ..digest(&mut Chance(7), 0, 0)
    }
}
