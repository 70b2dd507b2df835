//! Four claimers at once: every row goes to one of them, at every stage.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;
use wirewatch::model::{AlertKind, Lessee, StoryChoice};
use wirewatch::store::{DigestSchedule, FeedScope, SharedStore};

use crate::bed::{Bed, at, done, entry, judgement, lessee};

/// Lets four claimers claim until nothing is left, and checks that they share `expected` rows.
async fn share<F>(bed: &Bed, expected: usize, claim: impl Fn(SharedStore, Lessee) -> F)
where
    F: Future<Output = Vec<String>>,
{
    let claimers = (0..4).map(|n| {
        let claim = &claim;
        async move {
            let mut mine = Vec::new();
            loop {
                let lessee = lessee(&format!("claimer {n}"), at(100));
                let found = claim(Arc::clone(&bed.store), lessee).await;
                if found.is_empty() {
                    return mine;
                }
                mine.extend(found);
            }
        }
    });
    let all: Vec<String> = join_all(claimers).await.into_iter().flatten().collect();
    assert_eq!(all.len(), expected);
    assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), expected);
}

fn entries(number: usize) -> Vec<wirewatch::model::PolledEntry> {
    let url = |n| format!("https://x.example/{n}");
    (0..number).map(|n| entry(&url(n), &url(n), "E")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn feeds() {
    let bed = Bed::new();
    bed.feeds(200, at(0)).await;
    share(&bed, 200, |store, lessee| async move {
        let claims = store.claim_feeds(&lessee, FeedScope::Due, 7, 1, &[]).await;
        let claims = claims.unwrap();
        claims.iter().map(|c| c.item.id.to_string()).collect()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wanted_and_read_articles() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(feed, at(1), entries(100)).await;
    share(&bed, 100, |store, lessee| async move {
        let claims = store.claim_wanted(&lessee, 7, 99, &[]).await.unwrap();
        claims.iter().map(|c| c.item.id.to_string()).collect()
    })
    .await;
    // after these leases have run out
    bed.read_all(at(50_000), |url| (url.to_owned(), "Body".to_owned()))
        .await;
    share(&bed, 100, |store, lessee| async move {
        let claims = store.claim_read(&lessee, 7).await.unwrap();
        claims.iter().map(|c| c.item.id.to_string()).collect()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deliveries() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(feed, at(1), entries(40)).await;
    bed.read_all(at(2), |url| (url.to_owned(), "Body".to_owned()))
        .await;
    for claim in bed.claim_read(at(3)).await {
        let new = Some(AlertKind::New);
        let judged = judgement(&claim, at(3), StoryChoice::New, new, 0);
        done(bed.commit(&claim, judged).await);
    }
    share(&bed, 40, |store, lessee| async move {
        let channels = ["desk".to_owned()];
        let claims = store.claim_deliveries(&lessee, &channels, 3).await.unwrap();
        claims.iter().map(|c| c.item.key.clone()).collect()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn digests() {
    let bed = Bed::new();
    let schedules: Vec<_> = (0..9)
        .map(|n| DigestSchedule {
            name: format!("digest {n}"),
            schedule: "07:30".to_owned(),
            next_at: at(n),
        })
        .collect();
    bed.store.sync_digests(&schedules, at(0)).await.unwrap();
    share(&bed, 9, |store, lessee| async move {
        let claims = store.claim_digests(&lessee).await.unwrap();
        claims.iter().map(|c| c.item.name.clone()).collect()
    })
    .await;
}
