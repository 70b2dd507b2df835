//! What a hit does to the alert of its watch and story.

use crate::model::{
    AlertChange, AlertKind, AlertState, Burst, EvidenceSentence, ReadArticle, Report, Severity,
    StoryChoice,
};

use super::burst::has_burst;
use super::correction::find_correction;

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
}

/// Decides what the article does to the alert; `None` when it does nothing (it was told before and
/// nothing that matters has changed). Where it is told is not decided here ([`super::route`]).
///
/// - No alert yet: it is opened and told ([`AlertKind::New`]); from a backlog article it is only
///   listed ([`AlertState::Backlog`]).
/// - A listed one and an article that is no backlog: opened and told.
/// - A watch with a [`Burst`] is told when enough has been reported; until then its alert is [`AlertState::Waiting`].
/// - What is only to be listed opens a listed alert, and else joins in silence.
/// - A copy is added silently. An independent article is told when it brings a new language or
///   makes the number of sources reach one of [`SOURCE_MARKS`], else it is added silently.
/// - An article of the alert whose text has changed in substance is told as a correction.
/// - What our own second reading of a page finds ([`ReadArticle::reread`]) opens an alert, marked late, and else joins in
///   silence: neither the publisher nor the world has done anything.
/// - Backlog never sends; a muted or snoozed alert grows in silence.
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
    let told = !is_quiet(decision, known) && is_news(decision, known);
    let kind = told.then_some(AlertKind::Update);
    Some(change(decision, known.state, kind, known.revision))
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
    change(decision, AlertState::Open, kind, seen_revision)
}

fn corrected(decision: &Decision<'_>, known: &KnownFacts<'_>) -> Option<AlertChange> {
    if is_quiet(decision, known) {
        return None;
    }
    let correction = find_correction(decision.article, decision.evidence)?;
    let kind = Some(AlertKind::Correction);
    Some(AlertChange {
        correction: Some(correction),
        ..change(decision, known.state, kind, known.revision)
    })
}

fn is_listed(decision: &Decision<'_>) -> bool {
    decision.article.backlog || decision.only_list
}

/// Nobody is to be told whatever the article brings.
fn is_quiet(decision: &Decision<'_>, known: &KnownFacts<'_>) -> bool {
    is_listed(decision)
        || decision.article.reread
        || matches!(
            known.state,
            AlertState::Muted | AlertState::Snoozed | AlertState::Backlog
        )
}

/// The article brings something that a reader of the alert has not heard.
fn is_news(decision: &Decision<'_>, known: &KnownFacts<'_>) -> bool {
    if let StoryChoice::Join {
        copy_of: Some(_), ..
    } = decision.story
    {
        return false;
    }
    let new_language = decision
        .article
        .article
        .lang
        .as_ref()
        .is_some_and(|lang| !known.languages.contains(lang));
    new_language || SOURCE_MARKS.contains(&(known.sources + 1))
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
            gone: false,
            story: None,
            judged_by: None,
        }
    }

    fn known(state: AlertState, sources: u64, languages: &[String]) -> KnownFacts<'_> {
        KnownFacts {
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
    fn only_a_new_language_or_a_mark_of_sources_is_an_update() {
        let languages = ["id".to_owned(), "ru".to_owned()];
        for (lang, sources, copy_of, kind) in [
            ("id", 1, None, None),
            ("id", 2, None, Some(AlertKind::Update)),
            ("id", 3, None, None),
            ("id", 9, None, Some(AlertKind::Update)),
            ("id", 29, None, Some(AlertKind::Update)),
            ("id", 30, None, None),
            ("zh", 1, None, Some(AlertKind::Update)),
            ("zh", 1, Some(3), None),
            ("id", 2, Some(3), None),
        ] {
            let open = known(AlertState::Open, sources, &languages);
            let change = outcome(&article(lang), copy_of, Some(open)).unwrap();
            assert_eq!(change.kind, kind, "{lang}, {sources} sources, {copy_of:?}");
            let muted = known(AlertState::Muted, sources, &languages);
            let change = outcome(&article(lang), copy_of, Some(muted)).unwrap();
            assert_eq!((change.kind, change.state), (None, AlertState::Muted));
        }
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
