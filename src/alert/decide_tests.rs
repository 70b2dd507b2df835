//! What a hit does to an alert, as tables.

use jiff::Timestamp;

use super::decide::*;
use super::life::LifeOptions;
use crate::model::{
    AlertChange, AlertKind, AlertState, Article, ArticleId, EntryText, ReadArticle, Severity,
    StoryChoice, StoryId, Told,
};

fn article(lang: &str) -> ReadArticle {
    ReadArticle {
        id: ArticleId(7),
        url: "https://kabar.example/7".to_owned(),
        article: Article {
            title: "Menlu Wang Yi Kunjungi Moskow".to_owned(),
            body: "Kunjungan berlangsung pada 24 November di Moskow.".to_owned(),
            lang: Some(lang.to_owned()),
            ..Article::default()
        },
        entry: EntryText::default(),
        feeds: Vec::new(),
        tags: Vec::new(),
        lang_hint: None,
        dated_at: jiff::Timestamp::UNIX_EPOCH,
        first_seen: jiff::Timestamp::UNIX_EPOCH,
        backlog: false,
        late: false,
        version: 1,
        before: None,
        reread: false,
        gone: false,
        story: None,
        judged_by: None,
    }
}

const HOUR: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + 24 * HOUR
}

/// Told of three hours ago, of one source in Indonesian.
fn told() -> &'static Told {
    static TOLD: std::sync::LazyLock<Told> = std::sync::LazyLock::new(|| Told {
        at: Some(now() - 3 * HOUR),
        updates: 0,
        base: 0,
        sources: 1,
        languages: vec!["id".to_owned()],
        severity: Severity::High,
    });
    &TOLD
}

fn known(state: AlertState, sources: u64, languages: &[String]) -> KnownFacts<'_> {
    KnownFacts {
        told: told(),
        until: None,
        settles_at: None,
        burst_until: None,
        state,
        revision: 4,
        has_article: false,
        sources,
        languages,
        reports: &[],
    }
}

fn outcome(
    article: &ReadArticle,
    copy_of: Option<i64>,
    known: Option<KnownFacts<'_>>,
) -> Option<AlertChange> {
    let story = StoryChoice::Join {
        story: StoryId(1),
        copy_of: copy_of.map(ArticleId),
    };
    decide(&decision(article, &story, known))
}

fn decision<'a>(
    article: &'a ReadArticle,
    story: &'a StoryChoice,
    known: Option<KnownFacts<'a>>,
) -> Decision<'a> {
    static OPTIONS: std::sync::LazyLock<LifeOptions> =
        std::sync::LazyLock::new(LifeOptions::default);
    Decision {
        watch: WatchFacts {
            name: "china-russia",
            title: "China–Russia diplomacy",
            severity: Severity::High,
            burst: None,
        },
        article,
        only_list: false,
        evidence: &[],
        story,
        is_near: false,
        known,
        options: &OPTIONS,
        now: now(),
    }
}

#[test]
fn the_first_article_of_a_story_opens_the_alert() {
    let change = outcome(&article("id"), None, None).unwrap();
    assert_eq!(change.kind, Some(AlertKind::New));
    assert_eq!(change.state, AlertState::Open);
    assert_eq!(change.severity, Severity::High);
    assert_eq!(change.seen_revision, 0);
}

#[test]
fn backlog_is_listed_and_never_sent() {
    let languages = ["ru".to_owned()];
    let mut old = article("id");
    old.backlog = true;
    let change = outcome(&old, None, None).unwrap();
    assert_eq!((change.kind, change.state), (None, AlertState::Backlog));
    // Neither does it wake an open alert, though its language is new.
    let change = outcome(&old, None, Some(known(AlertState::Open, 2, &languages))).unwrap();
    assert_eq!(change.kind, None);
}

#[test]
fn a_fresh_article_opens_a_listed_alert_even_when_it_is_a_copy() {
    let languages = ["id".to_owned()];
    let listed = known(AlertState::Backlog, 1, &languages);
    let change = outcome(&article("id"), Some(3), Some(listed)).unwrap();
    assert_eq!(
        (change.kind, change.state),
        (Some(AlertKind::New), AlertState::Open)
    );
    assert_eq!(change.seen_revision, 4);
}

#[test]
fn what_joins_is_gathered_until_a_mark_of_sources_or_a_time_is_reached() {
    let languages = ["id".to_owned(), "ru".to_owned()];
    let of = |at: Timestamp, updates| Told {
        at: Some(at),
        updates,
        ..told().clone()
    };
    let (long_ago, just_now) = (now() - 3 * HOUR, now());
    // Sources before, copy?, told when, marks used up: what is told, marks used up then.
    for (sources, copy_of, at, updates, expected) in [
        (1, None, long_ago, 0, Some(1)),
        (1, None, just_now, 0, None),
        (2, None, just_now, 0, Some(1)),
        (2, Some(3), long_ago, 0, None),
        (40, None, just_now, 0, Some(3)),
        // It is the first in Chinese.
        (4, None, long_ago, 1, Some(2)),
        (4, None, just_now, 1, None),
        (4, None, long_ago, 2, None),
        (9, None, long_ago, 1, Some(2)),
        (9, None, just_now, 1, None),
        (29, None, long_ago, 2, Some(3)),
        (99, None, long_ago, 3, None),
    ] {
        let told = of(at, updates);
        let open = KnownFacts {
            told: &told,
            ..known(AlertState::Open, sources, &languages)
        };
        let change = outcome(&article("zh"), copy_of, Some(open)).unwrap();
        let case = format!("{sources} sources, {copy_of:?}, {updates} updates");
        assert_eq!(change.kind, expected.map(|_| AlertKind::Update), "{case}");
        assert_eq!(change.updates, expected.unwrap_or(updates), "{case}");
        assert_eq!(change.news, copy_of.is_none(), "{case}");
        let muted = KnownFacts {
            state: AlertState::Muted,
            ..open
        };
        let change = outcome(&article("zh"), copy_of, Some(muted)).unwrap();
        assert_eq!((change.kind, change.state), (None, AlertState::Muted));
    }
}

#[test]
fn a_gathered_update_says_what_has_come() {
    let languages = ["id".to_owned(), "ru".to_owned()];
    let change = outcome(
        &article("zh"),
        None,
        Some(known(AlertState::Open, 2, &languages)),
    );
    assert_eq!(
        change.unwrap().note.as_deref(),
        Some("2 more sources, new: ru, zh since the last message")
    );
}

#[test]
fn an_ended_story_opens_again_and_an_acknowledged_one_speaks_when_it_is_more_severe() {
    let languages = ["id".to_owned()];
    let ended = known(AlertState::Ended, 30, &languages);
    let change = outcome(&article("id"), None, Some(ended)).unwrap();
    assert_eq!((change.kind, change.updates), (Some(AlertKind::Update), 0));
    let copy = outcome(&article("id"), Some(3), Some(ended)).unwrap();
    assert_eq!(copy.kind, None);

    let acked = known(AlertState::Acked, 5, &languages);
    let change = outcome(&article("ru"), None, Some(acked)).unwrap();
    assert_eq!((change.kind, change.news), (None, true));
    let acked = known(AlertState::Acked, 9, &languages);
    let change = outcome(&article("ru"), None, Some(acked)).unwrap();
    assert_eq!(change.kind, Some(AlertKind::Update));
    assert_eq!(change.severity, Severity::Critical);
}

#[test]
fn an_article_read_again_speaks_only_when_its_substance_changed() {
    let languages = ["id".to_owned()];
    let open = KnownFacts {
        has_article: true,
        ..known(AlertState::Open, 1, &languages)
    };
    let mut again = article("id");
    again.version = 2;
    again.before = Some(again.article.clone());
    assert!(outcome(&again, None, Some(open)).is_none());

    again.article.body = "Kunjungan berlangsung pada 23 November di Moskow.".to_owned();
    let change = outcome(&again, None, Some(open)).unwrap();
    assert_eq!(change.kind, Some(AlertKind::Correction));
    let correction = change.correction.unwrap();
    assert!(correction.sentence_before.contains("24 November"));
    assert!(correction.sentence_after.contains("23 November"));

    let muted = KnownFacts {
        state: AlertState::Muted,
        ..open
    };
    assert!(outcome(&again, None, Some(muted)).is_none());
}

#[test]
fn what_a_second_reading_finds_opens_alerts_and_is_else_silent() {
    let languages = ["ru".to_owned()];
    let mut again = article("id");
    again.reread = true;
    let change = outcome(&again, None, None).unwrap();
    assert_eq!((change.kind, change.late), (Some(AlertKind::New), true));
    // A new language and the third source would be an update.
    let open = known(AlertState::Open, 2, &languages);
    assert_eq!(outcome(&again, None, Some(open)).unwrap().kind, None);
    // The text that was told is another one now; the publisher has not corrected it.
    let told = KnownFacts {
        has_article: true,
        ..open
    };
    assert!(outcome(&again, None, Some(told)).is_none());
}

#[test]
fn what_may_be_told_already_is_held_unless_it_is_critical() {
    let (first, new) = (article("id"), StoryChoice::New);
    let mut near = decision(&first, &new, None);
    near.is_near = true;
    let held = decide(&near).unwrap();
    let end = now() + LifeOptions::default().settle;
    let settles_at = Some(end);
    assert_eq!((held.kind, held.state), (None, AlertState::Waiting));
    assert_eq!((held.settles_at, held.due_at), (settles_at, settles_at));

    near.watch.severity = Severity::Critical;
    assert_eq!(decide(&near).unwrap().kind, Some(AlertKind::New));

    // What joins it waits with it, and does not make it longer; what comes too late tells it.
    let mut joined = decision(&first, &new, None);
    joined.now = now() + jiff::SignedDuration::from_mins(1);
    joined.known = Some(KnownFacts {
        settles_at,
        ..known(AlertState::Waiting, 1, &[])
    });
    let change = decide(&joined).unwrap();
    assert_eq!((change.kind, change.settles_at), (None, settles_at));
    joined.now = end;
    assert_eq!(decide(&joined).unwrap().kind, Some(AlertKind::New));
}
