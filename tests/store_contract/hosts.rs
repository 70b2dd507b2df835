//! What was learnt of hosts: written with an article, read, forgotten, dropped with time.

use jiff::SignedDuration;
use wirewatch::model::{Committed, LearntHost, ReadOutcome, StoredHost};
use wirewatch::store::TidyOptions;

use crate::bed::{Bed, at, done, entry, read};

fn learnt(host: &str, pages: u32) -> LearntHost {
    LearntHost {
        host: host.to_owned(),
        pages,
        memory: format!("{pages} pages of {host} ").repeat(100),
    }
}

/// Reads one article of its own, with something learnt; a late commit changes nothing.
async fn read_and_learn(bed: &Bed, url: &str, seconds: i64, learnt: LearntHost) {
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(feed, at(seconds), vec![entry(url, url, "Title")])
        .await;
    let claim = bed.claim_wanted(at(seconds)).await.pop().unwrap();
    let mut outcome = read(at(seconds), "Title", "Body");
    if let ReadOutcome::Read { learnt: place, .. } = &mut outcome {
        *place = Some(learnt);
    }
    let (id, lease) = (claim.item.id, claim.lease_no);
    let stale = bed
        .store
        .commit_read(id, lease - 1, outcome.clone())
        .await
        .unwrap();
    assert_eq!(stale, Committed::Stale);
    done(bed.store.commit_read(id, lease, outcome).await.unwrap());
}

#[tokio::test]
async fn a_host_is_learnt_with_its_article_and_forgotten_when_asked_or_old() {
    let bed = Bed::new();
    assert_eq!(
        bed.queries.host_memory("one.example", None).await.unwrap(),
        None
    );
    read_and_learn(&bed, "u:1", 1, learnt("one.example", 1)).await;
    read_and_learn(&bed, "u:2", 5000, learnt("two.example", 1)).await;
    read_and_learn(&bed, "u:3", 5001, learnt("two.example", 2)).await;
    let stored = StoredHost {
        updated_at: at(5001),
        pages: 2,
        memory: Some(learnt("two.example", 2).memory),
    };
    let bed = bed.reopen();
    let found = bed
        .queries
        .host_memory("two.example", Some(at(5000)))
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&stored));
    let known = bed
        .queries
        .host_memory("two.example", Some(at(5001)))
        .await
        .unwrap();
    assert_eq!(
        known,
        Some(StoredHost {
            memory: None,
            ..stored
        })
    );

    let hour = SignedDuration::from_hours(1);
    let options = TidyOptions {
        bodies: hour,
        pages: hour,
        pages_bytes_max: 1 << 30,
        near_misses: hour,
        fingerprints: hour,
        hosts: hour,
    };
    assert_eq!(bed.store.tidy(options, at(5002)).await.unwrap().hosts, 1);
    assert_eq!(
        bed.queries.host_memory("one.example", None).await.unwrap(),
        None
    );
    assert!(bed.store.forget_host("two.example").await.unwrap());
    assert!(!bed.store.forget_host("two.example").await.unwrap());
    assert_eq!(
        bed.queries.host_memory("two.example", None).await.unwrap(),
        None
    );
}
