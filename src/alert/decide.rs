//! What a hit does to the alert of its watch and story.

use jiff::Timestamp;

use crate::model::{
    AlertChange, AlertKind, AlertState, Burst, EvidenceSentence, ReadArticle, Report, Severity,
    StoryChoice, Told,
};

use super::burst::has_burst;
use super::correction::find_correction;
use super::life::{self, LifeOptions, Standing, Step};

/// Numbers of independent sources at which an alert speaks again: "this is getting big".
pub const SOURCE_MARKS: [u64; 3] = [3, 10, 30];

/// The watch that hit, as far as the decision needs it.
#[derive(Debug, Clone, Copy)]
pub struct WatchFacts<'a> {
    /// NAME.
    pub name: &'a str,
    /// Title, for people.
    pub title: &'a str,
    /// Severity as configured.
    pub severity: Severity,
    /// What must have been reported before it speaks.
    pub burst: Option<Burst>,
}

/// What is known of the alert of that watch and story.
#[derive(Debug, Clone, Copy)]
pub struct KnownFacts<'a> {
    /// State.
    pub state: AlertState,
    /// Revision.
    pub revision: i64,
    /// True when this very article already belongs to the alert.
    pub has_article: bool,
    /// Articles that are no copies.
    pub sources: u64,
    /// Languages of its articles.
    pub languages: &'a [String],
    /// What was reported before, while nobody has been told of the alert.
    pub reports: &'a [Report],
    /// How far people have been told.
    pub told: &'a Told,
    /// When a snooze ends.
    pub until: Option<Timestamp>,
    /// A burst is told; until then its single articles are told in no update.
    pub burst_until: Option<Timestamp>,
}

/// All that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The watch that hit.
    pub watch: WatchFacts<'a>,
    /// The article that it hit.
    pub article: &'a ReadArticle,
    /// The article is only listed: it is looked at for its own sake, or what made it hit is the rule's change.
    pub only_list: bool,
    /// The sentences that prove the hit: a correction that touches what they are about weighs more.
    pub evidence: &'a [EvidenceSentence],
    /// The story the article belongs to.
    pub story: &'a StoryChoice,
    /// The alert, if there is one already.
    pub known: Option<KnownFacts<'a>>,
    /// When an alert speaks again.
    pub options: &'a LifeOptions,
    /// Now.
    pub now: Timestamp,
}

/// Decides what the article does to the alert; `None` when it does nothing (it was told before and
/// nothing that matters has changed). Where it is told is not decided here ([`super::route`]).
///
/// - No alert yet: it is opened and told ([`AlertKind::New`]); from a backlog article it is only
///   listed ([`AlertState::Backlog`]).
/// - A listed one and an article that is no backlog: opened and told.
/// - A watch with a [`Burst`] is told when enough has been reported; until then its alert is [`AlertState::Waiting`].
/// - What is only to be listed opens a listed alert, and else joins in silence.
/// - A copy is added silently. What an independent article brings is gathered and told when [`life::step`] says so.
/// - An article of the alert whose text has changed in substance is told as a correction.
/// - What our own second reading of a page finds ([`ReadArticle::reread`]) opens an alert, marked late, and else joins in
///   silence: neither the publisher nor the world has done anything.
/// - Backlog never sends; a muted or snoozed alert grows in silence, corrections of an acknowledged one are told.
#[must_use]
pub fn decide(decision: &Decision<'_>) -> Option<AlertChange> {
    let Some(known) = &decision.known else {
        return Some(opened(decision, 0, &[]));
    };
    // What was listed of this very article stays listed, whatever it says now.
    let was_listed = known.state == AlertState::Backlog && known.has_article;
    if known.state.is_untold() && !was_listed && !is_listed(decision) {
        return Some(opened(decision, known.revision, known.reports));
    }
    if known.has_article {
        return corrected(decision, known);
    }
    Some(joined(decision, known))
}

/// An article joins an alert that people know of.
fn joined(decision: &Decision<'_>, known: &KnownFacts<'_>) -> AlertChange {
    let silent = change(decision, known.state, None, known.revision);
    if !is_news(decision, known) {
        return AlertChange {
            sources: known.sources + u64::from(!is_copy(decision)),
            updates: known.told.updates,
            severity: severity(decision, known, known.sources),
            ..silent
        };
    }
    let sources = known.sources + 1;
    let severity = severity(decision, known, sources);
    let standing = Standing {
        state: known.state,
        told: known.told,
        sources,
        news: true,
        severity,
        grown_at: decision.now,
        until: known.until,
        burst_until: known.burst_until,
    };
    let gathered = AlertChange {
        news: true,
        sources,
        severity,
        updates: known.told.updates,
        ..silent
    };
    match life::step(&standing, decision.options, decision.now) {
        Step::Tell(kind) => AlertChange {
            kind: Some(kind),
            updates: match (known.state, kind) {
                // It begins anew.
                (AlertState::Ended, _) | (_, AlertKind::New) => 0,
                _ => life::used_up(known.told, sources),
            },
            note: note(decision, known, sources),
            due_at: Some(life::end_at(decision.now, decision.options)),
            ..gathered
        },
        Step::Wait(due_at) => AlertChange { due_at, ..gathered },
        Step::Wake | Step::End => AlertChange {
            due_at: Some(decision.now),
            ..gathered
        },
    }
}

/// What has come since the last message; nothing when it is this article alone.
fn note(decision: &Decision<'_>, known: &KnownFacts<'_>, sources: u64) -> Option<String> {
    let mut languages = known.languages.to_vec();
    let own = decision.article.article.lang.as_ref();
    languages.extend(own.filter(|lang| !known.languages.contains(lang)).cloned());
    life::gathered(known.told, sources, &languages)
}

fn severity(decision: &Decision<'_>, known: &KnownFacts<'_>, sources: u64) -> Severity {
    // What starts anew after its end is as severe as it was in the beginning.
    let burst = known.burst_until.is_some() && known.state != AlertState::Ended;
    life::severity(decision.watch.severity, sources, burst, decision.options)
}

fn is_copy(decision: &Decision<'_>) -> bool {
    matches!(
        decision.story,
        StoryChoice::Join {
            copy_of: Some(_),
            ..
        }
    )
}

fn opened(decision: &Decision<'_>, seen_revision: i64, before: &[Report]) -> AlertChange {
    if is_listed(decision) {
        return change(decision, AlertState::Backlog, None, seen_revision);
    }
    let burst = decision.watch.burst;
    if burst.is_some_and(|burst| !has_burst(burst, decision.article, before)) {
        return change(decision, AlertState::Waiting, None, seen_revision);
    }
    let kind = Some(AlertKind::New);
    AlertChange {
        due_at: Some(life::end_at(decision.now, decision.options)),
        ..change(decision, AlertState::Open, kind, seen_revision)
    }
}

fn corrected(decision: &Decision<'_>, known: &KnownFacts<'_>) -> Option<AlertChange> {
    if is_quiet(decision, known) {
        return None;
    }
    let correction = find_correction(decision.article, decision.evidence)?;
    let kind = Some(AlertKind::Correction);
    Some(AlertChange {
        correction: Some(correction),
        sources: known.sources,
        updates: known.told.updates,
        severity: severity(decision, known, known.sources),
        ..change(decision, known.state, kind, known.revision)
    })
}

fn is_listed(decision: &Decision<'_>) -> bool {
    decision.article.backlog || decision.only_list
}

/// Nobody is to be told of a correction.
fn is_quiet(decision: &Decision<'_>, known: &KnownFacts<'_>) -> bool {
    is_listed(decision)
        || decision.article.reread
        || matches!(
            known.state,
            AlertState::Muted | AlertState::Snoozed | AlertState::Backlog
        )
}

/// The article is an independent source, and one that the world has brought, not our own second look.
fn is_news(decision: &Decision<'_>, known: &KnownFacts<'_>) -> bool {
    let listed = is_listed(decision) || decision.article.reread;
    !listed && !is_copy(decision) && !known.state.is_untold()
}

fn change(
    decision: &Decision<'_>,
    state: AlertState,
    kind: Option<AlertKind>,
    seen_revision: i64,
) -> AlertChange {
    let watch = &decision.watch;
    AlertChange {
        watch: watch.name.to_owned(),
        watch_title: watch.title.to_owned(),
        severity: watch.severity,
        state,
        kind,
        seen_revision,
        channels: Vec::new(),
        late: decision.article.late || decision.article.reread,
        correction: None,
        news: false,
        sources: decision.known.map_or(0, |known| known.sources) + u64::from(!is_copy(decision)),
        updates: 0,
        note: None,
        due_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Article, ArticleId, EntryText, StoryId};

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
        decide(&Decision {
            watch: WatchFacts {
                name: "china-russia",
                title: "China–Russia diplomacy",
                severity: Severity::High,
                burst: None,
            },
            article,
            only_list: false,
            evidence: &[],
            story: &story,
            known,
            options: &LifeOptions::default(),
            now: now(),
        })
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
            (4, None, long_ago, 1, None),
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
}
