//! Deliveries: in order, tried again, given up, grouped; every try leaves its mark.

use jiff::Timestamp;
use wirewatch::model::{
    AlertKind, Attempt, Claim, Committed, Delivery, Message, StoryChoice, StoryId,
};

use crate::bed::{Bed, at, done, judgement, lessee};

async fn claim(bed: &Bed, now: i64) -> Vec<Claim<Delivery>> {
    bed.store
        .claim_deliveries(&lessee("sender", at(now)), &["desk".to_owned()], 99)
        .await
        .unwrap()
}

async fn attempt(bed: &Bed, claim: &Claim<Delivery>, attempt: Attempt) -> Committed {
    bed.store
        .commit_attempt(claim.item.id, claim.lease_no, attempt)
        .await
        .unwrap()
}

fn sent(now: i64) -> Attempt {
    Attempt::Sent { at: at(now) }
}

fn retry(now: i64, due: i64) -> Attempt {
    Attempt::Retry {
        at: at(now),
        due_at: at(due),
        why: "503".to_owned(),
    }
}

/// An alert on a story of its own, told through `desk`; `number` keeps stories apart.
async fn alert(bed: &Bed, number: usize, now: Timestamp, late: bool) -> StoryId {
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    let claim = bed
        .article(feed, &format!("https://x.example/{number}"), now)
        .await;
    let mut judged = judgement(&claim, now, StoryChoice::New, Some(AlertKind::New), 0);
    judged.alerts[0].late = late;
    done(bed.commit(&claim, judged).await).story.unwrap()
}

async fn update(bed: &Bed, story: StoryId, number: usize, now: Timestamp, seen_revision: i64) {
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    let claim = bed
        .article(feed, &format!("https://x.example/{number}"), now)
        .await;
    let choice = StoryChoice::Join {
        story,
        copy_of: None,
    };
    let kind = Some(AlertKind::Update);
    done(
        bed.commit(&claim, judgement(&claim, now, choice, kind, seen_revision))
            .await,
    );
}

async fn bed() -> Bed {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    bed
}

#[tokio::test]
async fn a_delivery_keeps_its_key_over_tries_and_is_sent_once() {
    let bed = bed().await;
    alert(&bed, 1, at(1), false).await;
    let first = claim(&bed, 2).await.pop().unwrap();
    assert_eq!(first.item.key.len(), 32);
    assert!(claim(&bed, 3).await.is_empty(), "it is leased");
    assert!(attempt(&bed, &first, retry(3, 100)).await.is_done());
    assert!(claim(&bed, 99).await.is_empty());
    let second = claim(&bed, 100).await.pop().unwrap();
    assert_eq!(
        (second.item.failures, &second.item.key),
        (1, &first.item.key)
    );
    assert_eq!(attempt(&bed, &first, sent(101)).await, Committed::Stale);
    assert!(attempt(&bed, &second, sent(101)).await.is_done());
    assert_eq!(attempt(&bed, &second, sent(102)).await, Committed::Stale);
    assert!(claim(&bed, 9999).await.is_empty());
    assert_eq!(bed.queries.totals().await.unwrap().deliveries_pending, 0);
}

#[tokio::test]
async fn the_message_shows_the_alert_as_it_stands() {
    let bed = bed().await;
    let story = alert(&bed, 1, at(1), false).await;
    update(&bed, story, 2, at(2), 1).await;
    let claims = claim(&bed, 3).await;
    let Message::Alert { alert, .. } = &claims[0].item.message else {
        panic!("an alert is told");
    };
    assert_eq!((alert.revision, alert.articles.len()), (2, 2));
}

#[tokio::test]
async fn what_is_said_about_an_alert_is_said_in_order() {
    let bed = bed().await;
    let story = alert(&bed, 1, at(1), false).await;
    update(&bed, story, 2, at(2), 1).await;
    let first = claim(&bed, 3).await;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].item.kind, AlertKind::New);
    attempt(&bed, &first[0], retry(3, 500)).await;
    assert!(
        claim(&bed, 4).await.is_empty(),
        "the update waits for the first word"
    );
    let due = bed.store.next_due(at(4)).await.unwrap();
    assert_eq!(due.send, Some(at(500)), "what waits for another is not due");
    let first = claim(&bed, 500).await.pop().unwrap();
    let dead = Attempt::Dead {
        at: at(501),
        why: "410".to_owned(),
    };
    attempt(&bed, &first, dead).await;
    let next = claim(&bed, 502).await;
    assert_eq!(
        next[0].item.kind,
        AlertKind::Update,
        "the dead hold up nobody"
    );
    assert_eq!(bed.queries.totals().await.unwrap().deliveries_dead, 1);
}

#[tokio::test]
async fn deliveries_of_channels_that_are_gone_are_given_up() {
    let bed = bed().await;
    alert(&bed, 1, at(1), false).await;
    let known = ["desk".to_owned()];
    assert_eq!(bed.store.drop_orphans(&known, at(2)).await.unwrap(), 0);
    let none = bed
        .store
        .claim_deliveries(&lessee("s", at(2)), &["mail".to_owned()], 9)
        .await
        .unwrap();
    assert!(none.is_empty());
    assert_eq!(bed.store.drop_orphans(&[], at(2)).await.unwrap(), 1);
    assert!(claim(&bed, 3).await.is_empty());
    assert_eq!(bed.queries.totals().await.unwrap().deliveries_dead, 1);
}

#[tokio::test]
async fn many_late_deliveries_become_one_few_stay() {
    for (number, messages) in [(4, 1), (3, 3)] {
        let bed = bed().await;
        for n in 0..number {
            alert(&bed, n, at(1), true).await;
        }
        assert!(
            claim(&bed, 60).await.is_empty(),
            "they collect for a minute"
        );
        assert_eq!(bed.store.group_late(at(60), 3).await.unwrap(), 0);
        bed.store.group_late(at(61), 3).await.unwrap();
        let claims = claim(&bed, 61).await;
        assert_eq!(claims.len(), messages, "{number} late ones");
        if let Message::Late { alerts, .. } = &claims[0].item.message {
            assert_eq!(alerts.len(), number);
            assert!(alerts.iter().all(|alert| alert.late));
        } else {
            assert_ne!(messages, 1);
        }
        for held in &claims {
            attempt(&bed, held, sent(62)).await;
        }
        assert_eq!(bed.store.group_late(at(99), 3).await.unwrap(), 0);
        assert_eq!(bed.queries.totals().await.unwrap().deliveries_pending, 0);
    }
}

#[tokio::test]
async fn a_late_delivery_that_was_in_hand_is_not_grouped() {
    let bed = bed().await;
    alert(&bed, 0, at(1), true).await;
    let held = claim(&bed, 61).await;
    assert_eq!(held.len(), 1);
    // The process is killed: the receiver may have it, under its own key.
    alert(&bed, 1, at(1), true).await;
    alert(&bed, 2, at(1), true).await;
    let long_after = 100_000;
    bed.store.group_late(at(long_after), 1).await.unwrap();
    let claims = claim(&bed, long_after).await;
    let mut keys = claims.iter().map(|claim| claim.item.key.as_str());
    assert_eq!(claims.len(), 2, "the two others, grouped, and itself");
    assert!(keys.any(|key| key == held[0].item.key));
}

#[tokio::test]
async fn a_process_that_is_about_to_exit_ends_the_wait_of_late_deliveries() {
    let bed = bed().await;
    for n in 0..4 {
        alert(&bed, n, at(1), true).await;
    }
    assert_eq!(bed.store.end_late_wait(at(2)).await.unwrap(), 4);
    assert_eq!(bed.store.group_late(at(2), 3).await.unwrap(), 1);
    assert_eq!(claim(&bed, 2).await.len(), 1);
    assert_eq!(bed.store.end_late_wait(at(3)).await.unwrap(), 0);
}

#[tokio::test]
async fn an_update_waits_for_the_group_that_tells_its_alert() {
    let bed = bed().await;
    let story = alert(&bed, 0, at(1), true).await;
    alert(&bed, 1, at(1), true).await;
    bed.store.group_late(at(61), 1).await.unwrap();
    update(&bed, story, 9, at(62), 1).await;
    let whole = claim(&bed, 63).await;
    assert_eq!(whole.len(), 1);
    assert!(matches!(whole[0].item.message, Message::Late { .. }));
    attempt(&bed, &whole[0], sent(64)).await;
    assert_eq!(claim(&bed, 65).await[0].item.kind, AlertKind::Update);
}

#[tokio::test]
async fn a_group_says_what_is_noted_of_its_alerts() {
    let bed = bed().await;
    let story = alert(&bed, 0, at(1), true).await;
    alert(&bed, 1, at(1), true).await;
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    for (number, revision) in [(8, 1), (9, 2)] {
        let url = format!("https://x.example/{number}");
        let claim = bed.article(feed, &url, at(2)).await;
        let choice = StoryChoice::Join {
            story,
            copy_of: None,
        };
        let kind = Some(AlertKind::Update);
        let mut judged = judgement(&claim, at(2), choice, kind, revision);
        judged.alerts[0].late = true;
        judged.alerts[0].note = Some(format!("{number} more sources"));
        done(bed.commit(&claim, judged).await);
    }
    bed.store.group_late(at(99), 1).await.unwrap();
    let claims = claim(&bed, 99).await;
    let Message::Late { alerts, .. } = &claims[0].item.message else {
        panic!("they are told together");
    };
    let notes: Vec<_> = alerts.iter().map(|alert| alert.note.as_deref()).collect();
    assert_eq!(notes, [Some("8 more sources; 9 more sources"), None]);
}
