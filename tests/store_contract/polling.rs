//! What polls and reads leave behind.

use wirewatch::model::{Committed, PollOutcome, PollResult, Validators};

use crate::bed::{Bed, at, done, entry, fetched, read};

const PAGE: &str = "https://x.example/a";

#[tokio::test]
async fn polling_the_same_document_again_changes_nothing() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let document = || {
        vec![
            entry("a", PAGE, "A"),
            entry("b", "https://x.example/b", "B"),
        ]
    };
    let first = bed.poll(feed, at(1), document()).await;
    assert_eq!((first.new_entries, first.wanted_articles), (2, 2));
    let second = bed.poll(feed, at(2), document()).await;
    assert_eq!(second, Default::default());
}

#[tokio::test]
async fn of_two_entries_with_one_key_the_first_wins() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let twice = || vec![entry("a", PAGE, "First"), entry("a", PAGE, "Second")];
    assert_eq!(bed.poll(feed, at(1), twice()).await.new_entries, 1);
    assert_eq!(bed.poll(feed, at(2), twice()).await, Default::default());
    let article = bed.queries.article(PAGE).await.unwrap().unwrap();
    assert_eq!(article.entry.title, "First");
}

#[tokio::test]
async fn entries_of_two_feeds_share_an_article() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    bed.poll(feeds[1], at(1), vec![entry("a", PAGE, "A")]).await;
    let second = bed.poll(feeds[0], at(2), vec![entry("z", PAGE, "Z")]).await;
    assert_eq!((second.new_entries, second.wanted_articles), (1, 0));
    let wanted = bed.claim_wanted(at(3)).await;
    assert_eq!(wanted.len(), 1);
    let feeds = ["https://site1.example/rss", "https://site0.example/rss"];
    assert_eq!(wanted[0].item.feeds, feeds);
    assert_eq!(wanted[0].item.entry.title, "A");
    assert_eq!(wanted[0].item.lang_hint.as_deref(), Some("en"));
}

#[tokio::test]
async fn an_entry_without_a_link_has_an_article_of_its_own_without_a_host() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let entries = (0..5).map(|n| entry(&format!("k{n}"), "", "No link"));
    bed.poll(feed, at(1), entries.collect()).await;
    let claims = bed
        .store
        .claim_wanted(&crate::bed::lessee("r", at(2)), 100, 1, &[])
        .await
        .unwrap();
    assert_eq!(claims.len(), 5, "no host, so none to be polite to");
    let wanted = &claims[0].item;
    assert!(wanted.url.starts_with("entry:") && wanted.host.is_empty());
}

#[tokio::test]
async fn failed_polls_keep_validators_and_count() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let claim = bed.claim_feed(feed, at(1)).await;
    assert_eq!(claim.item.first_success_at, None);
    let mut outcome = fetched(at(1), Vec::new());
    let validators = Validators {
        etag: Some(b"W/\"\xff\"".to_vec()),
        last_modified: Some(b"yesterday".to_vec()),
    };
    outcome.result = PollResult::NotModified {
        validators: validators.clone(),
    };
    done(
        bed.store
            .commit_poll(feed, claim.lease_no, outcome)
            .await
            .unwrap(),
    );
    for seconds in [2, 3] {
        let claim = bed.claim_feed(feed, at(seconds)).await;
        let failed = PollOutcome {
            state: None,
            result: PollResult::Failed {
                why: "timeout".to_owned(),
                kind: wirewatch::model::FailureKind::Network,
                status: None,
            },
            ..fetched(at(seconds), Vec::new())
        };
        done(
            bed.store
                .commit_poll(feed, claim.lease_no, failed)
                .await
                .unwrap(),
        );
    }
    let feed = bed.claim_feed(feed, at(4)).await.item;
    assert_eq!(feed.validators, validators);
    assert_eq!(feed.failures, 2);
    assert_eq!(feed.first_success_at, Some(at(1)));
    let view = bed.queries.feeds().await.unwrap().remove(0);
    assert_eq!(view.last_error.as_deref(), Some("timeout"));
}

#[tokio::test]
async fn a_changed_entry_has_its_article_read_and_judged_again_even_if_the_page_is_the_same() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let claim = bed.article(feed, PAGE, at(1)).await;
    done(bed.commit(&claim, crate::bed::nothing(&claim, at(2))).await);

    let report = bed
        .poll(feed, at(3), vec![entry(PAGE, PAGE, "Changed")])
        .await;
    assert_eq!((report.changed_entries, report.wanted_articles), (1, 1));
    let wanted = bed.claim_wanted(at(4)).await.pop().unwrap();
    assert_eq!(wanted.item.version, 1);
    assert_eq!(wanted.item.validators.etag.as_deref(), Some(&b"\"v1\""[..]));
    let same = read(at(4), &claim.item.article.title, &claim.item.article.body);
    done(
        bed.store
            .commit_read(wanted.item.id, wanted.lease_no, same)
            .await
            .unwrap(),
    );
    // The entry's own words are judged too: a watch may hit what they say now.
    let again = bed.claim_read(at(5)).await.pop().unwrap();
    assert_eq!(again.item.version, 1);
    assert_eq!(again.item.entry.title, "Changed");
    assert_eq!(again.item.before, None);
    done(bed.commit(&again, crate::bed::nothing(&again, at(6))).await);
    let view = bed.queries.article(PAGE).await.unwrap().unwrap();
    assert_eq!((view.state.as_str(), view.version), ("judged", 1));
    assert!(bed.claim_read(at(7)).await.is_empty());
}

#[tokio::test]
async fn a_new_text_is_judged_with_the_one_before_at_hand() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let claim = bed.article(feed, PAGE, at(1)).await;
    assert_eq!((claim.item.version, claim.item.before.as_ref()), (1, None));
    done(bed.commit(&claim, crate::bed::nothing(&claim, at(2))).await);
    bed.poll(feed, at(3), vec![entry(PAGE, PAGE, "Changed")])
        .await;
    let long = "A corrected body. ".repeat(200);
    bed.read_all(at(4), |_| ("Corrected".to_owned(), long.clone()))
        .await;
    let again = bed.claim_read(at(5)).await.pop().unwrap();
    assert_eq!(again.item.version, 2);
    assert_eq!(again.item.article.body, long);
    assert_eq!(again.item.before, Some(claim.item.article));
}

#[tokio::test]
async fn who_reads_while_the_entry_changes_reads_again() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(feed, at(1), vec![entry("a", PAGE, "A")]).await;
    let slow = bed.claim_wanted(at(2)).await.pop().unwrap();
    bed.poll(feed, at(3), vec![entry("a", PAGE, "B")]).await;
    let answer = bed
        .store
        .commit_read(slow.item.id, slow.lease_no, read(at(4), "T", "old"))
        .await;
    assert_eq!(answer.unwrap(), Committed::Stale);
    assert_eq!(bed.claim_wanted(at(4)).await.len(), 1);
}

#[tokio::test]
async fn what_is_committed_survives_a_store_that_is_just_dropped() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(feed, at(1), vec![entry("a", PAGE, "A")]).await;
    let held = bed.claim_wanted(at(2)).await.pop().unwrap();
    let bed = bed.reopen();
    assert_eq!(bed.queries.totals().await.unwrap().entries, 1);
    assert!(
        bed.claim_wanted(at(3)).await.is_empty(),
        "the lease holds over a restart"
    );
    let answer = bed
        .store
        .commit_read(held.item.id, held.lease_no, read(at(3), "T", "B"))
        .await;
    assert!(answer.unwrap().is_done());
}

#[tokio::test]
async fn entries_of_older_pages_come_with_any_good_answer() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(
        feed,
        at(1),
        vec![entry("a", "https://pages.example/a", "A")],
    )
    .await;
    let claim = bed.claim_feed(feed, at(2)).await;
    let outcome = PollOutcome {
        result: PollResult::NotModified {
            validators: Default::default(),
        },
        older: vec![entry("b", "https://pages.example/b", "B")],
        ..fetched(at(2), Vec::new())
    };
    let report = done(
        bed.store
            .commit_poll(feed, claim.lease_no, outcome)
            .await
            .unwrap(),
    );
    assert_eq!((report.new_entries, report.wanted_articles), (1, 1));
    let keys = || ["a", "b", "c"].map(str::to_owned).to_vec();
    for (before, known) in [
        (None, [true, true, false]),
        (Some(at(2)), [true, false, false]),
        (Some(at(1)), [false, false, false]),
    ] {
        let found = bed.store.known_keys(feed, keys(), before).await.unwrap();
        assert_eq!(found, known, "{before:?}");
    }
}
