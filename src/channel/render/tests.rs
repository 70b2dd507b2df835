//! Renderings against files in `tests/fixtures/render/`, hostile text. That all forms tell the same is the
//! business of `tests/digest/`.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::model::{
    AlertId, AlertKind, AlertView, Correction, Digest, HealthNotice, LastAlert, Message,
    TroubleKind, TroubleView,
};

const DIGEST: &str = include_str!("../../../tests/fixtures/render/digest.json");

fn digest() -> Digest {
    serde_json::from_str(DIGEST).expect("the fixture is a digest")
}

fn correction(digest: &Digest) -> Correction {
    let changes = digest.items.iter().flat_map(|item| &item.changes);
    let mut corrections = changes.filter_map(|change| change.correction.clone());
    corrections.next().expect("the fixture has a correction")
}

/// Compares with a fixture. Where a rendering was changed on purpose, copy the file that the failure
/// names over the fixture.
fn check(name: &str, rendered: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/render/");
    let expected = std::fs::read_to_string(format!("{folder}{name}")).unwrap_or_default();
    if expected != rendered {
        let seen = std::env::temp_dir().join(format!("wirewatch-{name}"));
        std::fs::write(&seen, rendered).unwrap();
        panic!("{name} differs; it is rendered now as {}", seen.display());
    }
}

#[test]
fn renderings_are_as_the_fixtures() {
    let digest = digest();
    check("digest.txt", &digest_text(&digest, &TextStyle::default()));
    check("digest.md", &digest_markdown(&digest));
    check("digest.html", &digest_html(&digest));
    check("digest.atom", &digest_atom(&digest));
    let quiet = Digest {
        items: Vec::new(),
        rest: Vec::new(),
        last_alert: Some(LastAlert {
            id: AlertId(17),
            watch: "china-russia".to_owned(),
            title: "السفير الصيني في موسكو".to_owned(),
            lang: Some("ar".to_owned()),
            at: digest.until,
        }),
        ..digest.clone()
    };
    check("heartbeat.txt", &digest_text(&quiet, &TextStyle::default()));
    check("heartbeat.html", &digest_html(&quiet));
    assert_eq!(
        digest_subject(&quiet),
        "[wirewatch] China–Russia diplomacy: nothing new"
    );
    let alert = &digest.items[0].alert;
    check(
        "alert.txt",
        &alert_text(alert, AlertKind::New, None, &TextStyle::default()),
    );
    let correction = correction(&digest);
    let colour = TextStyle {
        colour: true,
        width: 72,
    };
    check(
        "correction.ansi.txt",
        &alert_text(
            &digest.items[1].alert,
            AlertKind::Correction,
            Some(&correction),
            &colour,
        ),
    );
}

const HEALTH: &str = include_str!("../../../tests/fixtures/render/health.json");

fn notice() -> HealthNotice {
    serde_json::from_str(HEALTH).expect("the fixture is a notice")
}

fn health(notice: HealthNotice) -> Message {
    Message::Health {
        notice: Box::new(notice),
    }
}

#[test]
fn feeds_in_trouble_are_rendered_as_the_fixtures() {
    let message = health(notice());
    let kind = AlertKind::Health;
    check(
        "health.txt",
        &message_text(&message, kind, &TextStyle::default()),
    );
    check("health.md", &message_markdown(&message, kind));
    check("health.html", &message_html(&message, kind));
}

#[test]
fn a_digest_names_the_feeds_in_trouble() {
    let mut digest = digest();
    let view = TroubleView {
        kind: TroubleKind::Silent,
        since: digest.until,
        ended: None,
        told: None,
        why: "nothing new for 3 d".to_owned(),
    };
    let feed = |n: usize| (format!("https://{n}.example/rss"), view.clone());
    digest.health.troubles = (0..7).map(feed).collect();
    let text = digest_text(&digest, &TextStyle::default());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("In trouble (silent): https://4.example/rss: nothing new for 3 d"));
    assert!(
        text.ends_with("and 2 more: wirewatch feed list --bad"),
        "{text}"
    );
}

#[test]
fn a_subject_names_the_one_thing_or_counts_them() {
    let told = |begun: usize, over: usize| {
        let mut notice = notice();
        notice.begun.drain(..notice.begun.len() - begun);
        notice.over.truncate(over);
        subject(&health(notice), AlertKind::Health)
    };
    assert_eq!(
        told(3, 1),
        "[wirewatch] HEALTH 6 feeds in trouble, 1 well again"
    );
    assert_eq!(
        told(1, 0),
        "[wirewatch] HEALTH 2 feeds of vestnik.example are silent"
    );
    assert_eq!(
        told(0, 1),
        "[wirewatch] HEALTH 夕凪新聞 lists entries again"
    );
}

#[test]
fn ten_thousand_hostile_feeds_fit_into_a_mail() {
    let mut notice = notice();
    let mut group = notice.begun[1].clone();
    let mut feed = group.feeds[0].clone();
    feed.url = format!("https://x.example/{}", "<script>".repeat(60));
    feed.why = HOSTILE.repeat(20);
    feed.title = Some(HOSTILE.to_owned());
    group.feeds = vec![feed; 100];
    group.feeds[1].why = "another".to_owned();
    notice.begun = vec![group; 100];
    let message = health(notice);
    let html = message_html(&message, AlertKind::Health);
    assert!(html.len() < HTML_BYTES_MAX, "{} bytes", html.len());
    assert!(!html.contains("<script") && !html.contains("<img"));
    assert!(html.contains("more: wirewatch feed list --bad"));
    let subject = subject(&message, AlertKind::Health);
    assert!(!subject.contains(char::is_control), "{subject:?}");
}

#[test]
fn subjects_name_the_topic_and_what_happened() {
    let digest = digest();
    assert_eq!(
        digest_subject(&digest),
        "[wirewatch] China–Russia diplomacy: 1 new, 1 updated, 1 corrected (7 sources, id zh ar en ru)"
    );
    assert_eq!(
        alert_subject(&digest.items[0].alert, AlertKind::New),
        "[wirewatch] NEW China–Russia diplomacy: Menlu Tiongkok Wang Yi Tiba di Moskow"
    );
}

#[test]
fn text_keeps_to_its_columns_and_has_no_controls() {
    let text = digest_text(&digest(), &TextStyle::default());
    for line in text.lines().filter(|line| !line.contains("://")) {
        assert!(line.width() <= 72, "{} columns: {line}", line.width());
    }
    assert!(!text.contains('\u{1b}'));
}

const HOSTILE: &str = "<script>alert(1)</script> [x](javascript:1) **b** `c` {{ 7*7 }}\r\n\
    Bcc: a@b.example\u{1b}[31m \u{202e}gpj.exe \"'&<img src=http://t.example/>";

fn hostile_alert(repeat: usize) -> AlertView {
    let mut alert = digest().items[0].alert.clone();
    let long = HOSTILE.repeat(repeat);
    for text in [&mut alert.title, &mut alert.watch_title, &mut alert.watch] {
        text.clone_from(&long);
    }
    let template = alert.articles[0].clone();
    alert.articles = (0..40).map(|_| template.clone()).collect();
    for article in &mut alert.articles {
        article.title.clone_from(&long);
        article.source.clone_from(&long);
        article.lang = Some("\" onload=\"x".to_owned());
        article.url = "javascript:alert(1)".to_owned();
        article.copy_of = None;
    }
    for evidence in &mut alert.evidence {
        evidence.sentence.clone_from(&long);
        evidence.spans[0].text.clone_from(&long);
    }
    alert
}

#[test]
fn hostile_titles_are_literal_text_in_every_form() {
    let alert = hostile_alert(1);
    let html = alert_html(&alert, AlertKind::New, None);
    assert!(
        !html.contains("<script") && !html.contains("<img"),
        "{html}"
    );
    assert!(!html.contains("href=\"javascript") && !html.contains("\" onload=\""));
    assert!(html.contains("{{ 7*7 }}"));
    let markdown = alert_markdown(&alert, AlertKind::New, None);
    assert!(!markdown.contains("<script>") && !markdown.contains("(javascript:1)**"));
    assert!(markdown.contains("\\[x\\]"), "{markdown}");
    let text = alert_text(&alert, AlertKind::New, None, &TextStyle::default());
    for form in [&html, &markdown, &text] {
        assert!(!form.contains(['\u{1b}', '\u{202e}', '\r']));
    }
    let subject = alert_subject(&alert, AlertKind::New);
    assert!(!subject.contains(char::is_control), "{subject:?}");
}

#[test]
fn twenty_stories_stay_under_the_clipping_size_even_when_hostile() {
    let mut digest = digest();
    let mut item = digest.items[0].clone();
    item.alert = hostile_alert(40);
    digest.items = (0..20).map(|_| item.clone()).collect();
    digest.rest = (0..300).map(|_| item.clone()).collect();
    let html = digest_html(&digest);
    assert!(html.len() < HTML_BYTES_MAX, "{} bytes", html.len());
    assert!(html.contains("more: <code>wirewatch alert list</code>"));
}

#[test]
fn foreign_text_says_its_language_and_direction_and_nothing_is_loaded() {
    let html = digest_html(&digest());
    assert!(html.contains("lang=\"ar\" dir=\"rtl\""));
    assert!(html.contains("<mark>Tiongkok</mark>"));
    for loading in ["<img", "<link", "<script", "src=", "url(", "@import"] {
        assert!(!html.contains(loading), "{loading}");
    }
}

#[test]
fn late_alerts_are_told_in_one_message() {
    let alert = digest().items[0].alert.clone();
    let late = Message::Late {
        alerts: vec![alert; 30],
        corrections: Vec::new(),
        why: crate::model::Together::Late,
    };
    let text = message_text(&late, AlertKind::New, &TextStyle::default());
    assert!(text.starts_with("wirewatch: 30 late alerts\n"), "{text}");
    assert_eq!(text.matches("NEW [high]").count(), 30);
    assert_eq!(subject(&late, AlertKind::New), "[wirewatch] 30 late alerts");
}

#[test]
fn an_alert_as_json_has_its_kind_and_correction() {
    let digest = digest();
    let correction = correction(&digest);
    let alert = &digest.items[1].alert;
    let value = alert_json(alert, AlertKind::Correction, Some(&correction));
    assert_eq!(value["kind"], "correction");
    assert_eq!(value["id"], "a2");
    assert_eq!(
        value["correction"]["sentence_after"],
        correction.sentence_after
    );
}
