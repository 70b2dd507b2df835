//! Claims: each row once, most urgent first, polite to hosts, free again when the lease ends.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use wirewatch::model::{Committed, PollOutcome, PollResult};
use wirewatch::store::FeedScope;

use crate::bed::{Bed, at, done, entry, fetched, ids, lessee, read, spec};

#[tokio::test]
async fn a_late_commit_is_stale_and_writes_nothing() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let slow = bed.claim_feed(feed, at(1)).await;
    let fast = bed.claim_feed(feed, at(61)).await;
    assert_eq!((slow.lease_no, fast.lease_no), (1, 2));
    assert_eq!((slow.attempt, fast.attempt), (1, 2));

    let late = fetched(at(62), vec![entry("a", "https://x.example/a", "A")]);
    let answer = bed.store.commit_poll(feed, slow.lease_no, late).await;
    assert_eq!(answer.unwrap(), Committed::Stale);
    assert_eq!(bed.queries.totals().await.unwrap().entries, 0);

    let good = fetched(at(62), vec![entry("b", "https://x.example/b", "B")]);
    let answer = bed
        .store
        .commit_poll(feed, fast.lease_no, good.clone())
        .await;
    assert!(answer.unwrap().is_done());
    let again = bed.store.commit_poll(feed, fast.lease_no, good).await;
    assert_eq!(
        again.unwrap(),
        Committed::Stale,
        "a lease is good for one commit"
    );
}

#[tokio::test]
async fn leases_hold_until_their_end() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.claim_feed(feed, at(0)).await;
    let store = &bed.store;
    let claim = async |seconds| {
        store
            .claim_feeds(&lessee("b", at(seconds)), FeedScope::Due, 9, 9, &[])
            .await
            .unwrap()
            .len()
    };
    assert_eq!(claim(59).await, 0);
    assert_eq!(claim(60).await, 1);
}

#[tokio::test]
async fn feeds_come_most_overdue_first_and_not_before_they_are_due() {
    let bed = Bed::new();
    let specs = [
        (spec(0), at(30)),
        (spec(1), at(10)),
        (spec(2), at(20)),
        (spec(3), at(99)),
    ];
    bed.store.sync_feeds(&specs, at(0)).await.unwrap();
    let claims = bed
        .store
        .claim_feeds(&lessee("a", at(50)), FeedScope::Due, 9, 1, &[])
        .await
        .unwrap();
    let hosts: Vec<_> = claims.iter().map(|c| c.item.spec.host.as_str()).collect();
    assert_eq!(hosts, ["site1.example", "site2.example", "site0.example"]);
}

#[tokio::test]
async fn one_host_with_many_feeds_hides_no_other() {
    let bed = Bed::new();
    let mut specs: Vec<_> = (0..300)
        .map(|n| {
            let mut spec = spec(n);
            spec.host = "big.example".to_owned();
            (spec, at(0))
        })
        .collect();
    specs.push((spec(900), at(5)));
    bed.store.sync_feeds(&specs, at(0)).await.unwrap();
    let claims = bed
        .store
        .claim_feeds(&lessee("a", at(9)), FeedScope::Due, 4, 2, &[])
        .await
        .unwrap();
    assert_eq!(claims.len(), 3, "two of the big host, one of the small one");
    let busy = ["big.example".to_owned(), "site900.example".to_owned()];
    let none = bed
        .store
        .claim_feeds(&lessee("a", at(99)), FeedScope::Due, 4, 2, &busy)
        .await
        .unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_host_that_asked_for_it_is_left_alone_for_feeds_and_pages() {
    let bed = Bed::new();
    let mut polled = spec(0);
    polled.host = "pages.example".to_owned();
    bed.store
        .sync_feeds(&[(polled, at(0))], at(0))
        .await
        .unwrap();
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    bed.poll(
        feed,
        at(1),
        vec![entry("a", "https://pages.example/a", "A")],
    )
    .await;
    let claim = bed.claim_feed(feed, at(2)).await;
    let outcome = PollOutcome {
        older: Vec::new(),
        state: None,
        at: at(2),
        due_at: at(2),
        host_not_before: Some(at(500)),
        result: PollResult::Failed {
            why: "429".to_owned(),
            kind: wirewatch::model::FailureKind::Network,
            status: Some(429),
        },
    };
    done(
        bed.store
            .commit_poll(feed, claim.lease_no, outcome)
            .await
            .unwrap(),
    );
    assert!(bed.claim_wanted(at(499)).await.is_empty());
    let due = bed.store.next_due(at(100)).await.unwrap();
    assert_eq!((due.poll, due.read), (Some(at(500)), Some(at(500))));
    assert_eq!(bed.claim_wanted(at(500)).await.len(), 1);
}

#[tokio::test]
async fn all_feeds_can_be_claimed_before_they_are_due_but_each_once() {
    let bed = Bed::new();
    let feeds = bed.feeds(3, at(1000)).await;
    let scope = FeedScope::All { since: at(10) };
    let claim = |now| {
        let store = Arc::clone(&bed.store);
        async move {
            store
                .claim_feeds(&lessee("once", now), scope, 9, 1, &[])
                .await
                .unwrap()
        }
    };
    let claims = claim(at(10)).await;
    assert_eq!(claims.len(), feeds.len());
    for held in claims {
        let outcome = fetched(at(11), Vec::new());
        done(
            bed.store
                .commit_poll(held.item.id, held.lease_no, outcome)
                .await
                .unwrap(),
        );
    }
    assert!(claim(at(12)).await.is_empty());
}

#[tokio::test]
async fn removed_feeds_are_not_claimed_and_come_back_with_their_data() {
    let bed = Bed::new();
    let feed = bed.feeds(2, at(0)).await[1];
    bed.poll(feed, at(1), vec![entry("a", "https://x.example/a", "A")])
        .await;
    let fewer = bed
        .store
        .sync_feeds(&[(spec(0), at(0))], at(2))
        .await
        .unwrap();
    assert_eq!((fewer.added, fewer.changed, fewer.removed), (0, 0, 1));
    let scope = FeedScope::All {
        since: Timestamp::MAX,
    };
    let claims = bed
        .store
        .claim_feeds(&lessee("a", at(3)), scope, 9, 9, &[])
        .await
        .unwrap();
    assert_eq!(claims.len(), 1);
    let both = [(spec(0), at(0)), (spec(1), at(0))];
    let more = bed.store.sync_feeds(&both, at(4)).await.unwrap();
    assert_eq!((more.added, more.changed, more.removed), (0, 1, 0));
    assert_eq!(bed.queries.feeds().await.unwrap()[1].entries, 1);
}

#[tokio::test]
async fn wanted_articles_come_newest_first_and_backlog_last() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let dated = |key: &str, published: i64, backlog: bool| {
        let mut polled = entry(key, &format!("https://x.example/{key}"), key);
        polled.entry.published = Some(at(published));
        polled.backlog = backlog;
        polled
    };
    let entries = vec![
        dated("old", -500, false),
        dated("backlog", -10, true),
        // a date in the future counts as now
        dated("future", 99_999, false),
        dated("fresh", 5, false),
    ];
    bed.poll(feed, at(10), entries).await;
    let claims = bed.claim_wanted(at(11)).await;
    let keys: Vec<_> = claims
        .iter()
        .map(|claim| claim.item.url.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(keys, ["future", "fresh", "old", "backlog"]);
}

#[tokio::test]
async fn retried_articles_wait_for_their_time() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(feed, at(1), vec![entry("a", "https://x.example/a", "A")])
        .await;
    let claim = bed.claim_wanted(at(2)).await.pop().unwrap();
    let retry = wirewatch::model::ReadOutcome::Retry {
        at: at(3),
        due_at: at(300),
        why: "timeout".to_owned(),
        host_not_before: None,
    };
    done(
        bed.store
            .commit_read(claim.item.id, claim.lease_no, retry)
            .await
            .unwrap(),
    );
    assert!(bed.claim_wanted(at(299)).await.is_empty());
    assert_eq!(bed.store.next_due(at(9)).await.unwrap().read, Some(at(300)));
    let again = bed.claim_wanted(at(300)).await.pop().unwrap();
    assert_eq!((again.item.failures, again.attempt), (1, 1));
    let late = read(at(301), "T", "B");
    let answer = bed
        .store
        .commit_read(claim.item.id, claim.lease_no, late)
        .await;
    assert_eq!(answer.unwrap(), Committed::Stale);
}

#[tokio::test]
async fn repeated_failures_park_an_article() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let mut now = at(10);
    let first = bed.article(feed, "https://x.example/a", now).await;
    let mut claim = first.clone();
    for _ in 0..2 {
        let retry_at = now + SignedDuration::from_secs(5);
        done(
            bed.store
                .release_article(claim.item.id, claim.lease_no, retry_at, 3, "panic")
                .await
                .unwrap(),
        );
        assert!(bed.claim_read(now).await.is_empty());
        now = retry_at;
        claim = bed.claim_read(now).await.pop().unwrap();
    }
    assert_eq!(claim.attempt, 3);
    done(
        bed.store
            .release_article(claim.item.id, claim.lease_no, now, 3, "panic")
            .await
            .unwrap(),
    );
    assert!(bed.claim_read(at(9999)).await.is_empty());
    assert_eq!(bed.queries.totals().await.unwrap().articles_parked, 1);
    assert_eq!(ids(&[first], |item| item.id), [claim.item.id]);
}
