//! What is held back: quiet hours, caps, channels that do not answer. And what people do with the outbox.

use jiff::SignedDuration;
use wirewatch::model::{
    AlertKind, Attempt, Cap, Claim, Delivery, DeliveryState, Held, Message, SendPlan, Severity,
    StoryChoice, Together,
};
use wirewatch::store::OutboxFilter;

use crate::bed::{Bed, at, done, judgement, lessee};

async fn bed() -> Bed {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    bed
}

/// An alert on a story of its own, told through `desk`.
async fn alert(bed: &Bed, number: usize, now: i64, severity: Severity) {
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    let url = format!("https://x.example/{number}");
    let claim = bed.article(feed, &url, at(now)).await;
    let mut judged = judgement(&claim, at(now), StoryChoice::New, Some(AlertKind::New), 0);
    judged.alerts[0].severity = severity;
    done(bed.commit(&claim, judged).await);
}

async fn alerts(bed: &Bed, numbers: std::ops::Range<usize>, now: i64) {
    for number in numbers {
        alert(bed, number, now, Severity::High).await;
    }
}

fn desk() -> SendPlan {
    SendPlan {
        channel: "desk".to_owned(),
        quiet_until: None,
        cap: None,
        watch_caps: Vec::new(),
    }
}

fn cap(most: u64, seconds: i64) -> Cap {
    Cap {
        most,
        within: SignedDuration::from_secs(seconds),
    }
}

async fn claim(bed: &Bed, plan: SendPlan, now: i64) -> Vec<Claim<Delivery>> {
    bed.store.plan_sends(vec![plan], at(now)).await.unwrap();
    bed.store
        .claim_deliveries(&lessee("sender", at(now)), &["desk".to_owned()], 99)
        .await
        .unwrap()
}

async fn send_all(bed: &Bed, claims: &[Claim<Delivery>], now: i64) {
    for claim in claims {
        let sent = Attempt::Sent { at: at(now) };
        let store = &bed.store;
        let committed = store
            .commit_attempt(claim.item.id, claim.lease_no, sent)
            .await;
        assert!(committed.unwrap().is_done());
    }
}

async fn fail(bed: &Bed, claim: &Claim<Delivery>, now: i64, due: i64) {
    let retry = Attempt::Retry {
        at: at(now),
        due_at: at(due),
        why: "503".to_owned(),
    };
    let store = &bed.store;
    store
        .commit_attempt(claim.item.id, claim.lease_no, retry)
        .await
        .unwrap();
}

/// How many alerts a group tells, and why together; `None` for an alert alone.
fn group(claim: &Claim<Delivery>) -> Option<(usize, Together)> {
    match &claim.item.message {
        Message::Late { alerts, why, .. } => Some((alerts.len(), *why)),
        _ => None,
    }
}

async fn waiting(bed: &Bed) -> Vec<wirewatch::model::DeliveryView> {
    let filter = OutboxFilter {
        states: vec![DeliveryState::Pending],
        ..OutboxFilter::default()
    };
    bed.queries.outbox(filter).await.unwrap()
}

#[tokio::test]
async fn quiet_hours_hold_all_but_the_critical_and_are_told_in_one() {
    let bed = bed().await;
    alerts(&bed, 0..3, 1).await;
    alert(&bed, 3, 1, Severity::Critical).await;
    let quiet = SendPlan {
        quiet_until: Some(at(1000)),
        ..desk()
    };
    let claims = claim(&bed, quiet.clone(), 2).await;
    assert_eq!(claims.len(), 1, "the critical one");
    send_all(&bed, &claims, 2).await;
    let held = waiting(&bed).await;
    assert!(
        held.iter()
            .all(|d| d.held == Some(Held::Quiet) && d.due_at == Some(at(1000)))
    );
    assert_eq!(held.len(), 3);
    assert_eq!(
        bed.store.next_due(at(3)).await.unwrap().send,
        Some(at(1000))
    );
    alerts(&bed, 4..5, 500).await;
    assert!(claim(&bed, quiet, 501).await.is_empty());
    let claims = claim(&bed, desk(), 1000).await;
    let groups: Vec<_> = claims.iter().map(group).collect();
    assert_eq!(groups, [Some((4, Together::Quiet))]);
    send_all(&bed, &claims, 1001).await;
    assert!(waiting(&bed).await.is_empty());
}

#[tokio::test]
async fn one_alert_held_in_quiet_hours_stays_itself() {
    let bed = bed().await;
    alerts(&bed, 0..1, 1).await;
    let quiet = SendPlan {
        quiet_until: Some(at(10)),
        ..desk()
    };
    assert!(claim(&bed, quiet, 2).await.is_empty());
    let claims = claim(&bed, desk(), 10).await;
    assert_eq!((claims.len(), group(&claims[0])), (1, None));
}

#[tokio::test]
async fn what_is_more_than_a_cap_is_told_in_one_message() {
    let bed = bed().await;
    let plan = || SendPlan {
        cap: Some(cap(3, 100)),
        ..desk()
    };
    alerts(&bed, 0..10, 1).await;
    let claims = claim(&bed, plan(), 2).await;
    let groups: Vec<_> = claims.iter().map(group).collect();
    assert_eq!(
        groups,
        [None, None, Some((8, Together::Rate))],
        "the third message tells the rest"
    );
    send_all(&bed, &claims, 2).await;
    // The cap is used up until the first of the three is out of its time.
    alerts(&bed, 10..14, 20).await;
    assert!(claim(&bed, plan(), 21).await.is_empty());
    assert!(
        waiting(&bed)
            .await
            .iter()
            .all(|d| d.held == Some(Held::Rate))
    );
    assert_eq!(
        bed.store.next_due(at(21)).await.unwrap().send,
        Some(at(102))
    );
    alert(&bed, 14, 30, Severity::Critical).await;
    let critical = claim(&bed, plan(), 30).await;
    assert_eq!(critical.len(), 1);
    send_all(&bed, &critical, 30).await;
    let claims = claim(&bed, plan(), 103).await;
    let groups: Vec<_> = claims.iter().map(group).collect();
    assert_eq!(groups, [Some((4, Together::Rate))]);
}

#[tokio::test]
async fn a_cap_of_a_watch_counts_its_own_messages() {
    let bed = bed().await;
    alerts(&bed, 0..5, 1).await;
    let of = |watch: &str| SendPlan {
        watch_caps: vec![(watch.to_owned(), cap(2, 100))],
        ..desk()
    };
    let watch = bed.queries.alerts(Default::default()).await.unwrap()[0]
        .watch
        .clone();
    let claims = claim(&bed, of(&watch), 2).await;
    assert_eq!(
        claims.iter().map(group).collect::<Vec<_>>(),
        [None, Some((4, Together::Rate))]
    );
    send_all(&bed, &claims, 2).await;
    alerts(&bed, 5..7, 3).await;
    assert!(claim(&bed, of(&watch), 4).await.is_empty());
    // Another watch's cap holds nothing of this one; what was held is told together.
    assert_eq!(claim(&bed, of("another"), 200).await.len(), 1);
}

#[tokio::test]
async fn a_channel_that_does_not_answer_waits_as_a_whole_and_keeps_its_order() {
    let bed = bed().await;
    alerts(&bed, 0..5, 1).await;
    let claims = claim(&bed, desk(), 2).await;
    let order: Vec<_> = claims.iter().map(|claim| claim.item.id).collect();
    fail(&bed, &claims[0], 3, 20).await;
    fail(&bed, &claims[1], 4, 90).await;
    let rest = claims[2..]
        .iter()
        .map(|claim| (claim.item.id, claim.lease_no));
    bed.store.release_deliveries(rest.collect()).await.unwrap();
    assert_eq!(
        bed.store
            .hold_channel("desk", at(20), at(-1000), at(5))
            .await
            .unwrap(),
        0
    );
    alerts(&bed, 5..6, 6).await;
    assert!(
        claim(&bed, desk(), 7).await.is_empty(),
        "what is new waits too"
    );
    assert_eq!(bed.store.next_due(at(8)).await.unwrap().send, Some(at(20)));
    let states = bed.queries.channel_states().await.unwrap();
    assert_eq!((states[0].failures, states[0].waiting), (2, 6));
    assert_eq!(states[0].failing_since, Some(at(3)));
    let again = claim(&bed, desk(), 20).await;
    let ids: Vec<_> = again.iter().map(|claim| claim.item.id).collect();
    assert_eq!(
        ids[..5],
        order[..],
        "in the order in which they were promised"
    );
    assert_eq!(
        again[2].attempt, 1,
        "a claim that was given back does not count"
    );
    send_all(&bed, &again, 21).await;
    let states = bed.queries.channel_states().await.unwrap();
    assert_eq!(
        (
            states[0].failures,
            states[0].failing_since,
            states[0].hold_until
        ),
        (0, None, None)
    );
}

#[tokio::test]
async fn what_waited_three_days_for_a_dead_channel_is_given_up() {
    let bed = bed().await;
    alerts(&bed, 0..3, 1).await;
    let claims = claim(&bed, desk(), 2).await;
    fail(&bed, &claims[0], 3, 9).await;
    let rest = claims[1..]
        .iter()
        .map(|claim| (claim.item.id, claim.lease_no));
    bed.store.release_deliveries(rest.collect()).await.unwrap();
    alerts(&bed, 3..4, 900).await;
    assert_eq!(
        bed.store
            .hold_channel("desk", at(1000), at(100), at(901))
            .await
            .unwrap(),
        3
    );
    let dead = OutboxFilter {
        states: vec![DeliveryState::Dead],
        channel: Some("desk".to_owned()),
        ..OutboxFilter::default()
    };
    let dead = bed.queries.outbox(dead).await.unwrap();
    let why = dead[0].last_error.as_deref().unwrap();
    assert_eq!((dead.len(), why), (3, "given up after three days: 503"));
    assert_eq!(waiting(&bed).await.len(), 1);
    // A changed config tries at once.
    bed.store.end_holds(at(902)).await.unwrap();
    assert_eq!(claim(&bed, desk(), 902).await.len(), 1);
}

#[tokio::test]
async fn people_send_again_and_drop() {
    let bed = bed().await;
    alerts(&bed, 0..3, 1).await;
    let claims = claim(&bed, desk(), 2).await;
    let dead = Attempt::Dead {
        at: at(3),
        why: "404".to_owned(),
    };
    let (first, second, third) = (&claims[0], &claims[1], &claims[2]);
    bed.store
        .commit_attempt(first.item.id, first.lease_no, dead)
        .await
        .unwrap();
    send_all(&bed, &claims[1..2], 3).await;
    fail(&bed, third, 3, 500).await;
    let both = vec![first.item.id, second.item.id];
    let untouched = bed.store.retry_deliveries(both, at(4)).await.unwrap();
    assert_eq!(
        untouched,
        [second.item.id],
        "what was sent is not sent again"
    );
    let again = claim(&bed, desk(), 5).await;
    assert_eq!((again.len(), &again[0].item.key), (1, &first.item.key));
    assert_eq!(bed.queries.attempts(first.item.id).await.unwrap().len(), 1);
    send_all(&bed, &again, 6).await;
    let both = vec![second.item.id, third.item.id];
    let untouched = bed
        .store
        .drop_deliveries(both, "ana: not wanted", at(7))
        .await
        .unwrap();
    assert_eq!(untouched, [second.item.id]);
    let of_alert = third_of(&bed, third).await;
    assert_eq!(of_alert.last_error.as_deref(), Some("ana: not wanted"));
    assert!(claim(&bed, desk(), 9999).await.is_empty());
}

async fn third_of(bed: &Bed, claim: &Claim<Delivery>) -> wirewatch::model::DeliveryView {
    let filter = OutboxFilter {
        id: Some(claim.item.id),
        ..OutboxFilter::default()
    };
    let found = bed.queries.outbox(filter).await.unwrap().remove(0);
    let alert = found.alert.unwrap();
    let all = bed.queries.deliveries_of(alert).await.unwrap();
    assert_eq!(all.first(), Some(&found));
    found
}
