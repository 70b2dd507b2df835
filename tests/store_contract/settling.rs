//! Alerts that are held because they may be told already: told when their time has come, or never when they turn out to be
//! what was told; and what becomes of two alerts when their stories are merged and nobody was told of the older.

use wirewatch::model::{
    AlertId, AlertKind, AlertState, Committed, LifeChange, LifeFacts, MuteTarget, Severity,
    StoryChoice, StoryEdited, StoryId,
};
use wirewatch::store::{AlertFilter, StoryCandidates};

use crate::bed::{Bed, at, deed, done, judgement};

/// Until when alerts are held here.
const SETTLES: i64 = 190;

/// What becomes of the alert of a first article.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Told,
    Held,
    Listed,
    /// Its watch waits for more reports.
    Waits,
}

/// An article of the feed in a story of its own.
async fn opened(bed: &Bed, feed: usize, fate: Fate, seconds: i64) -> (AlertId, StoryId) {
    let feeds = bed.queries.feeds().await.unwrap();
    let url = format!("https://pages.example/{feed}/{seconds}");
    let claim = bed.article(feeds[feed].id, &url, at(seconds)).await;
    let kind = (fate == Fate::Told).then_some(AlertKind::New);
    let mut judged = judgement(&claim, at(seconds), StoryChoice::New, kind, 0);
    judged.story_keys = vec![seconds.unsigned_abs()];
    let change = &mut judged.alerts[0];
    change.due_at = Some(at(1_000_000));
    match fate {
        Fate::Told => {}
        Fate::Listed => change.state = AlertState::Backlog,
        Fate::Waits => change.state = AlertState::Waiting,
        Fate::Held => {
            change.state = AlertState::Waiting;
            change.settles_at = Some(at(SETTLES));
            change.due_at = change.settles_at;
        }
    }
    let report = done(bed.commit(&claim, judged).await);
    assert_eq!(report.deliveries, u64::from(fate == Fate::Told));
    (report.alerts[0].0, report.story.unwrap())
}

async fn bed() -> Bed {
    let bed = Bed::new();
    bed.feeds(3, at(0)).await;
    bed
}

async fn due(bed: &Bed, seconds: i64) -> Vec<LifeFacts> {
    bed.store.alerts_due(at(seconds), 10).await.unwrap()
}

fn told_as_new(facts: &LifeFacts, seconds: i64) -> LifeChange {
    LifeChange {
        alert: facts.id,
        at: at(seconds),
        seen_revision: facts.revision,
        seen_state: facts.state,
        state: AlertState::Open,
        kind: Some(AlertKind::New),
        severity: Severity::High,
        updates: 0,
        note: None,
        channels: vec!["desk".to_owned()],
        due_at: Some(at(2_000_000)),
        burst: None,
    }
}

async fn merge(bed: &Bed, into: StoryId, other: StoryId) {
    let merged = bed.store.merge_alike(into, other, at(20), "p3".to_owned());
    let merged = merged.await.unwrap();
    assert!(matches!(merged, StoryEdited::Done { .. }), "{merged:?}");
}

#[tokio::test]
async fn what_is_held_is_told_once_when_its_time_has_come() {
    let bed = bed().await;
    let (alert, _) = opened(&bed, 0, Fate::Held, 10).await;
    assert!(due(&bed, SETTLES - 1).await.is_empty());
    // A kill changes nothing.
    let bed = bed.reopen();
    let facts = due(&bed, SETTLES).await.pop().unwrap();
    assert_eq!((facts.id, facts.settles_at), (alert, Some(at(SETTLES))));
    let told = told_as_new(&facts, SETTLES);
    let commit = async || bed.store.commit_life(told.clone()).await.unwrap();
    assert_eq!(commit().await, Committed::Done(1));
    assert_eq!(commit().await, Committed::Stale);
    let view = bed.queries.alert(alert).await.unwrap().unwrap();
    assert_eq!(view.state, AlertState::Open);
    assert!(due(&bed, 1_500_000).await.is_empty());
    let known = bed.queries.digest_material(0, None, &[]).await.unwrap();
    assert_eq!(known.alerts[0].changes.len(), 1, "a digest tells it, once");
}

#[tokio::test]
async fn at_the_end_of_a_pass_what_is_held_is_due() {
    let bed = bed().await;
    opened(&bed, 0, Fate::Held, 10).await;
    opened(&bed, 1, Fate::Waits, 11).await;
    assert_eq!(bed.store.end_settling(at(20)).await.unwrap(), 1);
    assert_eq!(due(&bed, 20).await.len(), 1);
    assert_eq!(bed.store.end_settling(at(20)).await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_muted_while_it_is_held_is_not_told() {
    let bed = bed().await;
    let (alert, _) = opened(&bed, 0, Fate::Held, 10).await;
    let watch = MuteTarget::Watch("asia".to_owned());
    bed.store.mute(watch, None, deed()).await.unwrap();
    let facts = due(&bed, SETTLES).await.pop().unwrap();
    let told = told_as_new(&facts, SETTLES);
    assert_eq!(bed.store.commit_life(told).await.unwrap(), Committed::Stale);
    let view = bed.queries.alert(alert).await.unwrap().unwrap();
    assert_eq!(view.state, AlertState::Muted);
    assert!(due(&bed, SETTLES).await.is_empty());
}

#[tokio::test]
async fn what_turns_out_to_be_told_is_gathered_by_the_alert_that_was_told() {
    for (first, second) in [(Fate::Told, Fate::Held), (Fate::Held, Fate::Told)] {
        let bed = bed().await;
        let (older, one) = opened(&bed, 0, first, 10).await;
        let (_, two) = opened(&bed, 1, second, 11).await;
        merge(&bed, one, two).await;
        let alerts = bed.queries.alerts(AlertFilter::default()).await.unwrap();
        assert_eq!(alerts.len(), 1);
        let (alert, state) = (&alerts[0], AlertState::Open);
        assert_eq!(
            (alert.id, alert.state, alert.articles.len()),
            (older, state, 2)
        );
        // It is news of that alert, looked at now, and never told as new.
        let facts = due(&bed, 20).await.pop().unwrap();
        assert_eq!(
            (facts.news, facts.sources, facts.settles_at),
            (true, 2, None)
        );
        assert_eq!((facts.told.sources, facts.told.at.is_some()), (1, true));
        let known = bed.queries.digest_material(0, None, &[]).await.unwrap();
        assert_eq!(known.alerts[0].changes.len(), 2, "a digest tells both");
    }
}

#[tokio::test]
async fn an_alert_that_nobody_was_told_of_takes_over_what_was_told_of_the_other() {
    for fate in [Fate::Listed, Fate::Waits] {
        let bed = bed().await;
        let (older, one) = opened(&bed, 0, fate, 10).await;
        let (_, two) = opened(&bed, 1, Fate::Told, 11).await;
        merge(&bed, one, two).await;
        let alerts = bed.queries.alerts(AlertFilter::default()).await.unwrap();
        assert_eq!(alerts.len(), 1);
        assert_eq!((alerts[0].id, alerts[0].state), (older, AlertState::Open));
        let nobody = wirewatch::model::ArticleId(99);
        let known = bed.store.known_alerts(one, &[], nobody).await.unwrap();
        let told = &known[0].told;
        assert_eq!((told.at, told.sources), (Some(at(11)), 1));
        assert_eq!(told.severity, Severity::High);
        // It goes on where the other was: nothing is told before that ends.
        assert!(due(&bed, 999_999).await.is_empty());
        let facts = due(&bed, 1_000_000).await.pop().unwrap();
        assert_eq!((facts.id, facts.news), (older, false));
    }
}

#[tokio::test]
async fn two_that_nobody_was_told_of_stay_held() {
    for (first, second) in [(Fate::Held, Fate::Listed), (Fate::Listed, Fate::Held)] {
        let bed = bed().await;
        let (older, one) = opened(&bed, 0, first, 10).await;
        let (_, two) = opened(&bed, 1, second, 11).await;
        merge(&bed, one, two).await;
        let facts = due(&bed, SETTLES).await.pop().unwrap();
        assert_eq!((facts.id, facts.state), (older, AlertState::Waiting));
        assert_eq!(facts.settles_at, Some(at(SETTLES)));
    }
}

#[tokio::test]
async fn what_is_told_as_new_has_been_compared_with_all_that_its_watch_tells() {
    let bed = bed().await;
    let feeds = bed.queries.feeds().await.unwrap();
    let claim = bed
        .article(feeds[2].id, "https://pages.example/2", at(5))
        .await;
    let id = claim.item.id;
    let compared = async || -> StoryCandidates {
        let reports = bed.store.watch_reports("asia", at(0), id, 0).await;
        reports.unwrap()
    };
    opened(&bed, 0, Fate::Listed, 10).await;
    let before = compared().await;
    assert!(
        before.candidates.is_empty(),
        "what is only listed is told to nobody"
    );
    opened(&bed, 1, Fate::Told, 11).await;
    let mut judged = judgement(&claim, at(12), StoryChoice::New, Some(AlertKind::New), 0);
    judged.compared_to = Some(before.watermark);
    let outdated = bed.commit(&claim, judged.clone()).await;
    assert_eq!(outdated, Committed::Outdated);
    let now = compared().await;
    assert_eq!(now.candidates.len(), 1);
    let newer = bed
        .store
        .watch_reports("asia", at(0), id, before.watermark)
        .await
        .unwrap();
    assert_eq!(newer.candidates.len(), 1, "the other is not told");
    let none = bed
        .store
        .watch_reports("asia", at(0), id, now.watermark)
        .await;
    assert!(none.unwrap().candidates.is_empty());
    judged.compared_to = Some(now.watermark);
    done(bed.commit(&claim, judged).await);
}
