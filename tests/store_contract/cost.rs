//! What commits cost. Run by hand: `cargo test --test store_contract -- --ignored --nocapture`.

use std::time::Instant;

use futures_util::future::join_all;
use wirewatch::store::FeedScope;

use crate::bed::{Bed, at, done, entry, fetched, judgement, lessee, nothing, read};
use wirewatch::model::{AlertKind, PolledEntry, StoryChoice};

const POLLS: usize = 1_000;
const ENTRIES: usize = 30;
const READS: usize = 3_000;

fn document(feed: usize) -> Vec<PolledEntry> {
    let entries = (0..ENTRIES).map(|n| {
        let url = format!("https://pages.example/{feed}/{n}");
        let mut polled = entry(&url, &url, &format!("Headline {n} of feed {feed}"));
        polled.entry.summary = Some("A summary of about two lines, as feeds have it. ".repeat(4));
        polled
    });
    entries.collect()
}

fn report(what: &str, number: usize, begin: Instant) {
    let ms = begin.elapsed().as_secs_f64() * 1e3;
    println!(
        "{what}: {number} in {ms:.0} ms, {:.3} ms each",
        ms / number as f64
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, not a check"]
async fn cost_of_commits() {
    let bed = Bed::new();
    bed.feeds(POLLS, at(0)).await;
    let begin = Instant::now();
    let mut polled = 0;
    loop {
        let claims = bed
            .store
            .claim_feeds(&lessee("poller", at(1)), FeedScope::Due, 64, 1, &[])
            .await
            .unwrap();
        if claims.is_empty() {
            break;
        }
        let commits = claims.iter().enumerate().map(|(n, claim)| {
            let outcome = fetched(at(1), document(polled + n));
            bed.store
                .commit_poll(claim.item.id, claim.lease_no, outcome)
        });
        for answer in join_all(commits).await {
            assert_eq!(done(answer.unwrap()).new_entries, ENTRIES as u64);
        }
        polled += claims.len();
    }
    report(
        "claim and commit_poll of 30 new entries, 64 at once",
        polled,
        begin,
    );
    claims_past_a_busy_host(&bed).await;
    reads(&bed).await;
    judgements(&bed).await;
}

/// All wanted articles are of one host, and it is busy: a claim has to find out that there is nothing.
async fn claims_past_a_busy_host(bed: &Bed) {
    let busy = ["pages.example".to_owned()];
    let begin = Instant::now();
    for _ in 0..20 {
        let claims = bed
            .store
            .claim_wanted(&lessee("reader", at(2)), 64, 64, &busy)
            .await
            .unwrap();
        assert!(claims.is_empty());
    }
    report(
        "claim past 30,000 wanted articles of a busy host",
        20,
        begin,
    );
}

async fn reads(bed: &Bed) {
    // 6 KB of words that are not all the same
    let words = (0..700).map(|n| format!("word{} ", n * n % 977));
    let body: String = words.collect();
    let begin = Instant::now();
    let mut number = 0;
    while number < READS {
        let claims = bed
            .store
            .claim_wanted(&lessee("reader", at(2)), 64, 64, &[])
            .await
            .unwrap();
        let commits = claims.iter().map(|claim| {
            let outcome = read(at(2), &claim.item.entry.title, &body);
            bed.store
                .commit_read(claim.item.id, claim.lease_no, outcome)
        });
        for answer in join_all(commits).await {
            done(answer.unwrap());
        }
        number += claims.len();
    }
    report(
        "claim and commit_read of a body of 6 KB, 64 at once",
        number,
        begin,
    );
}

async fn judgements(bed: &Bed) {
    for (what, alerts) in [("without", false), ("with", true)] {
        let claims = bed
            .store
            .claim_read(&lessee("judge", at(3)), 1_000)
            .await
            .unwrap();
        let begin = Instant::now();
        for batch in claims.chunks(16) {
            let commits = batch.iter().map(|claim| {
                let new = Some(AlertKind::New);
                let mut judged = judgement(claim, at(3), StoryChoice::New, new, 0);
                judged.story_keys = (0..16).map(|n| n << 40 | claim.item.id.0 as u64).collect();
                if !alerts {
                    judged = nothing(claim, at(3));
                }
                bed.commit(claim, judged)
            });
            for answer in join_all(commits).await {
                done(answer);
            }
        }
        report(
            &format!("commit_judgement {what} an alert, 16 at once"),
            claims.len(),
            begin,
        );
    }
}
