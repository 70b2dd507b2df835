//! Digests: each window is closed once, and nothing falls between two.

use jiff::Timestamp;
use wirewatch::model::{
    AlertKind, Claim, Committed, Digest, DigestMaterial, DigestOutcome, DigestSlot, Message,
    StoryChoice,
};
use wirewatch::store::DigestSchedule;

use crate::bed::{Bed, at, done, judgement, lessee};

fn schedule(text: &str, next: i64) -> DigestSchedule {
    DigestSchedule {
        name: "morning".to_owned(),
        schedule: text.to_owned(),
        next_at: at(next),
    }
}

async fn bed() -> Bed {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    let digests = [schedule("07:30", 100)];
    bed.store.sync_digests(&digests, at(0)).await.unwrap();
    bed
}

async fn alert(bed: &Bed, number: usize, now: i64) {
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    let url = format!("https://x.example/{number}");
    let claim = bed.article(feed, &url, at(now)).await;
    let judged = judgement(&claim, at(now), StoryChoice::New, Some(AlertKind::New), 0);
    done(bed.commit(&claim, judged).await);
}

async fn claim(bed: &Bed, now: i64) -> Option<Claim<DigestSlot>> {
    let mut claims = bed
        .store
        .claim_digests(&lessee("digest", at(now)))
        .await
        .unwrap();
    claims.pop()
}

async fn material(bed: &Bed, slot: &DigestSlot) -> DigestMaterial {
    bed.queries
        .digest_material(slot.after_seq, None, &[])
        .await
        .unwrap()
}

fn digest(until: Timestamp) -> Digest {
    Digest {
        name: "morning".to_owned(),
        title: "Asia".to_owned(),
        timezone: "Asia/Jakarta".to_owned(),
        since: None,
        until,
        ..Digest::default()
    }
}

fn outcome(now: i64, up_to_seq: i64, next: i64, digest: Option<Digest>) -> DigestOutcome {
    DigestOutcome {
        at: at(now),
        up_to_seq,
        digest,
        channels: vec!["desk".to_owned(), "desk".to_owned(), "mail".to_owned()],
        next_at: at(next),
    }
}

#[tokio::test]
async fn two_windows_tell_everything_once() {
    let bed = bed().await;
    alert(&bed, 1, 10).await;
    assert!(claim(&bed, 99).await.is_none());
    let first = claim(&bed, 100).await.unwrap();
    assert!(
        claim(&bed, 101).await.is_none(),
        "two never close one window"
    );
    assert_eq!((first.item.after_seq, first.item.since), (0, None));
    let told = material(&bed, &first.item).await;
    assert_eq!(told.alerts.len(), 1);
    // comes while the digest is being made: belongs to the next window
    alert(&bed, 2, 102).await;
    let made = outcome(103, told.up_to_seq, 200, Some(digest(at(103))));
    let id = done(
        bed.store
            .commit_digest("morning", first.lease_no, made.clone())
            .await
            .unwrap(),
    );
    assert!(id.is_some());
    let again = bed
        .store
        .commit_digest("morning", first.lease_no, made)
        .await;
    assert_eq!(again.unwrap(), Committed::Stale);

    let second = claim(&bed, 200).await.unwrap();
    assert_eq!(second.item.since, Some(at(103)));
    let told = material(&bed, &second.item).await;
    assert_eq!(told.alerts.len(), 1);
    assert_eq!(told.alerts[0].changes[0].url, "https://x.example/2");
    assert_eq!(told.health.feeds, 1);
}

#[tokio::test]
async fn a_digest_is_kept_and_delivered_through_each_channel_once() {
    let bed = bed().await;
    let slot = claim(&bed, 100).await.unwrap();
    let made = digest(at(100));
    let committed = outcome(100, 0, 200, Some(made.clone()));
    let id = done(
        bed.store
            .commit_digest("morning", slot.lease_no, committed)
            .await
            .unwrap(),
    );
    assert_eq!(
        bed.queries.closed_digest("morning", None).await.unwrap(),
        Some(made.clone())
    );
    assert_eq!(
        bed.queries.closed_digest("morning", id).await.unwrap(),
        Some(made.clone())
    );
    assert_eq!(
        bed.queries.closed_digest("evening", id).await.unwrap(),
        None
    );
    let channels = ["desk".to_owned(), "mail".to_owned()];
    let claims = bed
        .store
        .claim_deliveries(&lessee("s", at(101)), &channels, 9)
        .await
        .unwrap();
    assert_eq!(claims.len(), 2);
    assert_ne!(claims[0].item.key, claims[1].item.key);
    let told = Message::Digest {
        digest: Box::new(made),
    };
    assert!(claims.iter().all(|claim| claim.item.message == told));
}

#[tokio::test]
async fn a_window_without_news_closes_without_a_digest() {
    let bed = bed().await;
    let slot = claim(&bed, 100).await.unwrap();
    let empty = outcome(100, 0, 200, None);
    let id = bed
        .store
        .commit_digest("morning", slot.lease_no, empty)
        .await;
    assert_eq!(done(id.unwrap()), None);
    assert_eq!(
        bed.queries.closed_digest("morning", None).await.unwrap(),
        None
    );
    assert_eq!(bed.queries.totals().await.unwrap().deliveries_pending, 0);
    assert_eq!(
        bed.store.next_due(at(100)).await.unwrap().digest,
        Some(at(200))
    );
}

#[tokio::test]
async fn a_schedule_that_changed_is_due_anew_one_that_did_not_is_kept() {
    let bed = bed().await;
    let next = async |text, at_seconds| {
        let digests = [schedule(text, at_seconds)];
        bed.store.sync_digests(&digests, at(1)).await.unwrap();
        bed.queries.next_digests().await.unwrap()
    };
    assert_eq!(next("07:30", 555).await, [("morning".to_owned(), at(100))]);
    assert_eq!(next("08:30", 555).await, [("morning".to_owned(), at(555))]);
    bed.store.sync_digests(&[], at(2)).await.unwrap();
    assert!(bed.queries.next_digests().await.unwrap().is_empty());
    assert!(claim(&bed, 9999).await.is_none());
}

#[tokio::test]
async fn material_is_of_the_watches_and_the_time_that_were_asked_for() {
    let bed = bed().await;
    alert(&bed, 1, 10).await;
    alert(&bed, 2, 20).await;
    let count = async |since: Option<i64>, watch: &str| {
        let watches = [watch.to_owned()];
        let material = bed.queries.digest_material(0, since.map(at), &watches);
        material.await.unwrap().alerts.len()
    };
    assert_eq!(count(None, "asia").await, 2);
    assert_eq!(count(Some(20), "asia").await, 1);
    assert_eq!(count(None, "africa").await, 0);
}
