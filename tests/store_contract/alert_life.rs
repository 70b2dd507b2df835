//! The life of an alert: acknowledged, snoozed, muted, ended, opened again; bursts; the trail of it.

use wirewatch::model::{
    AlertId, AlertKind, AlertOrder, AlertState, BurstOutcome, Claim, Committed, DeliveryState,
    LifeChange, LifeFacts, MuteTarget, ReadArticle, Severity, StoryChoice, StoryId,
};
use wirewatch::store::OutboxFilter;

use crate::bed::{Bed, at, deed, done, judgement};

const DAY: i64 = 24 * 3600;

/// An article of the feed, judged as part of the story (`None` = a new one); `kind` is what is told.
async fn report(
    bed: &Bed,
    feed: usize,
    story: Option<StoryId>,
    kind: Option<AlertKind>,
    seconds: i64,
) -> (AlertId, StoryId) {
    let feeds = bed.queries.feeds().await.unwrap();
    let url = format!("https://pages.example/{feed}/{seconds}");
    let claim = bed.article(feeds[feed].id, &url, at(seconds)).await;
    let choice = match story {
        Some(story) => StoryChoice::Join {
            story,
            copy_of: None,
        },
        None => StoryChoice::New,
    };
    let revision = seen(bed, story, &claim).await;
    let mut judged = judgement(&claim, at(seconds), choice, kind, revision);
    judged.story_keys = vec![seconds.unsigned_abs()];
    let change = &mut judged.alerts[0];
    change.news = kind != Some(AlertKind::New);
    change.due_at = Some(at(seconds + 2 * DAY));
    let report = done(bed.commit(&claim, judged).await);
    (report.alerts[0].0, report.story.unwrap())
}

async fn seen(bed: &Bed, story: Option<StoryId>, claim: &Claim<ReadArticle>) -> i64 {
    let Some(story) = story else { return 0 };
    let known = bed.store.known_alerts(story, &[], claim.item.id).await;
    known.unwrap().first().map_or(0, |alert| alert.revision)
}

async fn bed() -> Bed {
    let bed = Bed::new();
    bed.feeds(5, at(0)).await;
    bed
}

async fn state(bed: &Bed, alert: AlertId) -> AlertState {
    bed.queries.alert(alert).await.unwrap().unwrap().state
}

/// Deliveries that wait, and those that were given up with their reasons.
async fn outbox(bed: &Bed) -> (usize, Vec<String>) {
    let all = bed.queries.outbox(OutboxFilter::default()).await.unwrap();
    let waiting = all.iter().filter(|row| row.state == DeliveryState::Pending);
    let dead = all.iter().filter(|row| row.state == DeliveryState::Dead);
    let why = dead.filter_map(|row| row.last_error.clone()).collect();
    (waiting.count(), why)
}

async fn due(bed: &Bed, seconds: i64) -> Vec<LifeFacts> {
    bed.store.alerts_due(at(seconds), 10).await.unwrap()
}

fn change(facts: &LifeFacts, state: AlertState, kind: Option<AlertKind>, now: i64) -> LifeChange {
    LifeChange {
        alert: facts.id,
        at: at(now),
        seen_revision: facts.revision,
        seen_state: facts.state,
        state,
        kind,
        severity: Severity::High,
        updates: 1,
        note: Some("2 more sources since the last message".to_owned()),
        channels: vec!["desk".to_owned()],
        due_at: None,
        burst: None,
    }
}

#[tokio::test]
async fn what_is_gathered_is_due_later_and_told_once() {
    let bed = bed().await;
    let (alert, story) = report(&bed, 0, None, Some(AlertKind::New), 10).await;
    report(&bed, 1, Some(story), None, 20).await;
    let material = bed.queries.digest_material(0, None, &[]).await.unwrap();
    assert_eq!(
        material.alerts[0].changes.len(),
        2,
        "a digest tells what was gathered"
    );
    // The judge thought that there was one source; there are two, so that it is looked at now.
    let facts = due(&bed, 20).await.pop().unwrap();
    assert_eq!((facts.id, facts.news, facts.sources), (alert, true, 2));
    assert_eq!((facts.told.sources, facts.told.at), (1, Some(at(10))));
    let told = change(&facts, AlertState::Open, Some(AlertKind::Update), 30);
    assert_eq!(
        bed.store.commit_life(told.clone()).await.unwrap(),
        Committed::Done(1)
    );
    assert_eq!(bed.store.commit_life(told).await.unwrap(), Committed::Stale);
    assert!(due(&bed, 9 * DAY).await.is_empty());
    let bed = bed.reopen();
    let known = bed
        .store
        .known_alerts(story, &[], wirewatch::model::ArticleId(99))
        .await;
    let known = known.unwrap().pop().unwrap();
    assert_eq!((known.told.sources, known.told.updates), (2, 1));
    let claims = crate::alert_life::claim(&bed, 40).await;
    assert!(
        claims
            .iter()
            .any(|note| note.as_deref() == Some("2 more sources since the last message"))
    );
}

/// The notes of what waits to be sent.
async fn claim(bed: &Bed, seconds: i64) -> Vec<Option<String>> {
    let mut notes = Vec::new();
    for _ in 0..5 {
        let lessee = crate::bed::lessee("send", at(seconds));
        let channels = ["desk".to_owned()];
        let claims = bed
            .store
            .claim_deliveries(&lessee, &channels, 9)
            .await
            .unwrap();
        for claim in claims {
            if let wirewatch::model::Message::Alert { alert, .. } = &claim.item.message {
                notes.push(alert.note.clone());
            }
            let sent = wirewatch::model::Attempt::Sent { at: at(seconds) };
            let committed = bed
                .store
                .commit_attempt(claim.item.id, claim.lease_no, sent);
            done(committed.await.unwrap());
        }
    }
    notes
}

#[tokio::test]
async fn acknowledging_drops_what_waits_and_leaves_a_trail() {
    let bed = bed().await;
    let (alert, _) = report(&bed, 0, None, Some(AlertKind::New), 10).await;
    let ids = vec![alert, AlertId(77)];
    let unknown = bed
        .store
        .order_alerts(ids, AlertOrder::Ack, deed())
        .await
        .unwrap();
    assert_eq!(unknown, [AlertId(77)]);
    let view = bed.queries.alert(alert).await.unwrap().unwrap();
    assert_eq!(view.state, AlertState::Acked);
    assert_eq!(view.said.map(|said| said.by).as_deref(), Some("ani"));
    assert_eq!(
        outbox(&bed).await,
        (0, vec!["acknowledged by ani".to_owned()])
    );
    let trail = bed.queries.audit(Some(alert), None).await.unwrap();
    assert_eq!((&*trail[0].by, &*trail[0].what), ("ani", "acked"));
    assert_eq!(trail[0].why.as_deref(), Some("for a test"));
}

#[tokio::test]
async fn a_snoozed_alert_gathers_and_is_due_at_its_end() {
    let bed = bed().await;
    let (alert, story) = report(&bed, 0, None, Some(AlertKind::New), 10).await;
    claim(&bed, 11).await;
    bed.store
        .order_alerts(vec![alert], AlertOrder::Ack, deed())
        .await
        .unwrap();
    let order = AlertOrder::Snooze { until: at(500) };
    bed.store
        .order_alerts(vec![alert], order, deed())
        .await
        .unwrap();
    assert!(due(&bed, 499).await.is_empty());
    assert_eq!(
        bed.store.next_due(at(12)).await.unwrap().life,
        Some(at(500))
    );
    report(&bed, 1, Some(story), None, 20).await;
    let facts = due(&bed, 500).await.pop().unwrap();
    assert_eq!(
        (facts.state, facts.news, facts.until),
        (AlertState::Snoozed, true, Some(at(500)))
    );
    let told = change(&facts, AlertState::Open, Some(AlertKind::Update), 500);
    assert_eq!(
        bed.store.commit_life(told).await.unwrap(),
        Committed::Done(1)
    );
    assert_eq!(
        state(&bed, alert).await,
        AlertState::Acked,
        "as before the snooze"
    );
}

#[tokio::test]
async fn a_muted_alert_grows_in_silence_until_its_mute_ends() {
    let bed = bed().await;
    let (alert, story) = report(&bed, 0, None, Some(AlertKind::New), 10).await;
    let target = MuteTarget::Watch("asia".to_owned());
    let mute = bed
        .store
        .mute(target.clone(), Some(at(900)), deed())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(mute.alerts, 1);
    assert_eq!(
        outbox(&bed).await,
        (0, vec!["muted by ani: for a test".to_owned()])
    );
    // An update and another story: neither is told.
    report(&bed, 1, Some(story), Some(AlertKind::Update), 20).await;
    let (other, _) = report(&bed, 2, None, Some(AlertKind::New), 30).await;
    assert_eq!(outbox(&bed).await.0, 0);
    for alert in [alert, other] {
        assert_eq!(state(&bed, alert).await, AlertState::Muted);
    }
    assert!(due(&bed, 9 * DAY).await.is_empty());
    let mutes = bed.queries.mutes().await.unwrap();
    assert_eq!(
        (mutes.len(), mutes[0].alerts, mutes[0].until),
        (1, 2, Some(at(900)))
    );
    assert_eq!(
        bed.store.next_due(at(40)).await.unwrap().life,
        Some(at(900))
    );

    assert_eq!(bed.store.end_mutes(at(899)).await.unwrap(), 0);
    assert_eq!(bed.store.end_mutes(at(900)).await.unwrap(), 1);
    assert_eq!(state(&bed, other).await, AlertState::Open);
    let facts = due(&bed, 900).await;
    assert!(
        facts.iter().all(|facts| !facts.news),
        "what grew in silence is not told"
    );
    let last = &bed.queries.audit(None, Some(1)).await.unwrap()[0];
    assert_eq!((&*last.by, &*last.what), ("wirewatch", "unmuted"));
    assert_eq!(last.object.as_deref(), Some("watch asia"));
    assert_eq!(bed.store.unmute(target, deed()).await.unwrap().mutes, 0);
}

#[tokio::test]
async fn a_muted_feed_mutes_what_it_alone_tells() {
    let bed = bed().await;
    let target = MuteTarget::Feed("https://site0.example/rss".to_owned());
    bed.store.mute(target, None, deed()).await.unwrap().unwrap();
    let (alert, story) = report(&bed, 0, None, Some(AlertKind::New), 10).await;
    assert_eq!(state(&bed, alert).await, AlertState::Muted);
    assert_eq!(outbox(&bed).await.0, 0);
    report(&bed, 1, Some(story), None, 20).await;
    assert_eq!(state(&bed, alert).await, AlertState::Open);
    let facts = due(&bed, 20).await.pop().unwrap();
    assert_eq!(
        (facts.news, facts.told.at),
        (true, None),
        "nobody was told of it"
    );
    assert_eq!(
        bed.store
            .mute(MuteTarget::Story(StoryId(99)), None, deed())
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn an_ended_story_is_told_anew() {
    let bed = bed().await;
    let (alert, story) = report(&bed, 0, None, Some(AlertKind::New), 10).await;
    claim(&bed, 11).await;
    let facts = due(&bed, 10 + 2 * DAY).await.pop().unwrap();
    let end = LifeChange {
        channels: Vec::new(),
        ..change(
            &facts,
            AlertState::Ended,
            Some(AlertKind::Ended),
            2 * DAY + 10,
        )
    };
    assert_eq!(
        bed.store.commit_life(end).await.unwrap(),
        Committed::Done(0)
    );
    assert_eq!(state(&bed, alert).await, AlertState::Ended);
    assert!(due(&bed, 9 * DAY).await.is_empty());
    report(&bed, 1, Some(story), Some(AlertKind::Update), 2 * DAY + 60).await;
    assert_eq!(state(&bed, alert).await, AlertState::Open);
    assert_eq!(outbox(&bed).await.0, 1);
    let kinds: Vec<AlertKind> = {
        let material = bed.queries.digest_material(0, None, &[]).await.unwrap();
        material.alerts[0]
            .changes
            .iter()
            .map(|change| change.kind)
            .collect()
    };
    assert_eq!(kinds, [AlertKind::New, AlertKind::Ended, AlertKind::Update]);
}

#[tokio::test]
async fn a_burst_is_measured_against_the_same_hour_of_the_days_before() {
    let bed = bed().await;
    // One text at this hour on each of six days, and one at another hour.
    for day in 0..6 {
        report(&bed, 0, None, Some(AlertKind::New), day * DAY).await;
        report(&bed, 1, None, Some(AlertKind::New), day * DAY + 7_200).await;
    }
    let begin = 6 * DAY;
    let (alert, story) = report(&bed, 0, None, Some(AlertKind::New), begin).await;
    for feed in 1..5 {
        report(&bed, feed, Some(story), None, begin + 60 * feed as i64).await;
    }
    let now = at(begin + 600);
    assert!(bed.store.burst_facts(now, 6, 28).await.unwrap().is_empty());
    let facts = bed
        .store
        .burst_facts(now, 5, 28)
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!((&*facts.watch, facts.now, facts.feeds), ("asia", 5, 5));
    assert_eq!(facts.alert.id, alert);
    assert_eq!(facts.before, [1; 5], "as far as the watch was there");

    let told = LifeChange {
        burst: Some(BurstOutcome {
            until: at(begin + 9_000),
        }),
        ..change(
            &facts.alert,
            AlertState::Open,
            Some(AlertKind::Burst),
            begin + 600,
        )
    };
    done(bed.store.commit_life(told).await.unwrap());
    assert!(
        bed.store
            .burst_facts(at(begin + 700), 5, 28)
            .await
            .unwrap()
            .is_empty()
    );
    let facts = bed
        .store
        .known_alerts(story, &[], wirewatch::model::ArticleId(1))
        .await
        .unwrap();
    assert_eq!(facts[0].burst_until, Some(at(begin + 9_000)));
}

#[tokio::test]
async fn a_correction_of_a_snoozed_alert_is_told_when_the_snooze_ends() {
    let bed = bed().await;
    let (alert, story) = report(&bed, 0, None, Some(AlertKind::New), 10).await;
    let snooze = AlertOrder::Snooze { until: at(500) };
    let unknown = bed
        .store
        .order_alerts(vec![alert], snooze, deed())
        .await
        .unwrap();
    assert!(unknown.is_empty());
    report(&bed, 1, Some(story), Some(AlertKind::Correction), 30).await;
    assert_eq!(state(&bed, alert).await, AlertState::Snoozed);
    let waiting = bed.queries.outbox(OutboxFilter::default()).await.unwrap();
    let waiting: Vec<_> = waiting
        .iter()
        .filter(|row| row.state == DeliveryState::Pending)
        .map(|row| (row.kind, row.due_at))
        .collect();
    assert_eq!(waiting, [(AlertKind::Correction, Some(at(500)))]);
}
