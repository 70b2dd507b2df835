//! WebSub subscriptions: whose word counts, and what a push may touch.

use jiff::SignedDuration;
use wirewatch::model::{
    Committed, NewSubscription, SubscriptionAnswer, SubscriptionChanges, SubscriptionOutcome,
    SubscriptionState,
};

use crate::bed::{Bed, at, done, entry, lessee};

const PAGE: &str = "https://pages.example/a";

async fn begin(bed: &Bed, token: &str) {
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    let changes = SubscriptionChanges {
        begin: vec![NewSubscription {
            feed,
            hub: "https://hub.example/".to_owned(),
            topic: "https://site0.example/rss".to_owned(),
            callback: format!("https://w.example/{token}"),
            token: token.to_owned(),
            secret: Some("s".to_owned().into()),
        }],
        end: Vec::new(),
    };
    bed.store
        .change_subscriptions(changes, at(1))
        .await
        .unwrap();
}

fn asked(failed: Option<&str>) -> SubscriptionOutcome {
    SubscriptionOutcome {
        at: at(3),
        failed: failed.map(str::to_owned),
        due_at: at(100),
        forget: false,
    }
}

#[tokio::test]
async fn the_hubs_word_at_the_callback_counts_before_that_of_a_request_under_way() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    begin(&bed, "t").await;
    let next = bed.store.next_due(at(0)).await.unwrap();
    assert_eq!(next.subscribe, Some(at(1)));
    let claim = bed
        .store
        .claim_subscriptions(&lessee("a", at(2)), 9)
        .await
        .unwrap()
        .pop()
        .unwrap();
    let others = bed
        .store
        .claim_subscriptions(&lessee("b", at(2)), 9)
        .await
        .unwrap();
    assert!(others.is_empty(), "the lease holds");
    let said = SubscriptionAnswer::Verified {
        granted_until: at(900),
        due_at: at(600),
    };
    bed.store.commit_answer(claim.item.id, said).await.unwrap();
    let late = bed
        .store
        .commit_subscription(claim.item.id, claim.lease_no, asked(Some("timeout")));
    assert_eq!(late.await.unwrap(), Committed::Stale);
    let view = bed.queries.subscription(feed).await.unwrap().unwrap();
    assert_eq!(view.state, SubscriptionState::Verified);
    assert_eq!((view.next_request, view.last_error), (at(600), None));

    let claim = bed
        .store
        .claim_subscriptions(&lessee("a", at(600)), 9)
        .await
        .unwrap()
        .pop()
        .unwrap();
    let ends = SubscriptionChanges {
        begin: Vec::new(),
        end: vec![claim.item.id],
    };
    bed.store.change_subscriptions(ends, at(601)).await.unwrap();
    let late = bed
        .store
        .commit_subscription(claim.item.id, claim.lease_no, asked(None));
    assert_eq!(
        late.await.unwrap(),
        Committed::Stale,
        "it is to end meanwhile"
    );
    let ending = bed.store.subscription_by_token("t").await.unwrap().unwrap();
    assert_eq!(ending.state, SubscriptionState::Ending);
}

#[tokio::test]
async fn a_failed_renewal_leaves_a_lease_in_force_to_its_end() {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    begin(&bed, "t").await;
    let id = bed
        .store
        .subscription_by_token("t")
        .await
        .unwrap()
        .unwrap()
        .id;
    let said = SubscriptionAnswer::Verified {
        granted_until: at(50),
        due_at: at(2),
    };
    bed.store.commit_answer(id, said).await.unwrap();
    for (seconds, state) in [
        (40, SubscriptionState::Verified),
        (60, SubscriptionState::Failed),
    ] {
        let lessee = lessee("a", at(1000));
        let claim = bed
            .store
            .claim_subscriptions(&lessee, 9)
            .await
            .unwrap()
            .pop()
            .unwrap();
        let outcome = SubscriptionOutcome {
            at: at(seconds),
            ..asked(Some("timeout"))
        };
        done(
            bed.store
                .commit_subscription(id, claim.lease_no, outcome)
                .await
                .unwrap(),
        );
        let now = bed.store.subscription_by_token("t").await.unwrap().unwrap();
        assert_eq!(now.state, state, "{seconds}");
    }
}

#[tokio::test]
async fn a_push_merges_beside_a_poll_and_touches_nothing_of_it() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(feed, at(1), vec![entry("a", PAGE, "A")]).await;
    let claim = bed.claim_feed(feed, at(2)).await;
    let pushed = vec![
        entry("b", "https://pages.example/b", "B"),
        entry("a", PAGE, "Changed"),
    ];
    let report = bed
        .store
        .commit_push(feed, at(3), pushed.clone(), None)
        .await
        .unwrap();
    assert_eq!(
        (
            report.new_entries,
            report.changed_entries,
            report.wanted_articles
        ),
        (1, 1, 2)
    );
    let again = bed
        .store
        .commit_push(feed, at(4), pushed, None)
        .await
        .unwrap();
    assert_eq!(again, Default::default());
    // The poll that was under way is neither stale nor has it lost what it stands on.
    let outcome = crate::bed::fetched(at(5), vec![entry("b", "https://pages.example/b", "B")]);
    let polled = bed
        .store
        .commit_poll(feed, claim.lease_no, outcome)
        .await
        .unwrap();
    assert_eq!(done(polled), Default::default());
    let after = bed.claim_feed(feed, at(6)).await.item;
    assert_eq!(after.body_hash, claim.item.body_hash);
    assert_eq!(
        (after.last_new_at, after.pushed_at),
        (Some(at(3)), Some(at(4)))
    );
    assert_eq!(bed.queries.totals().await.unwrap().entries, 2);
}

#[tokio::test]
async fn a_push_for_a_removed_feed_writes_nothing() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.store.sync_feeds(&[], at(1)).await.unwrap();
    let report = bed
        .store
        .commit_push(feed, at(2), vec![entry("a", PAGE, "A")], None)
        .await;
    assert_eq!(report.unwrap(), Default::default());
    assert_eq!(bed.queries.totals().await.unwrap().entries, 0);
}

#[tokio::test]
async fn a_feed_has_one_subscription_that_does_not_end() {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    begin(&bed, "one").await;
    let held = bed.store.subscriptions().await.unwrap();
    let ends = SubscriptionChanges {
        begin: Vec::new(),
        end: held.iter().map(|row| row.id).collect(),
    };
    bed.store.change_subscriptions(ends, at(2)).await.unwrap();
    begin(&bed, "two").await;
    let feed = held[0].feed;
    let view = bed.queries.subscription(feed).await.unwrap().unwrap();
    assert_eq!(
        view.state,
        SubscriptionState::Pending,
        "the one that goes on is shown"
    );
    bed.store
        .commit_answer(held[0].id, SubscriptionAnswer::Ended)
        .await
        .unwrap();
    assert_eq!(bed.store.subscriptions().await.unwrap().len(), 1);
    assert_eq!(bed.store.reject_push(held[0].id).await.unwrap(), 0, "gone");
    let pause = view.next_request.duration_since(at(1));
    assert_eq!(pause, SignedDuration::ZERO, "asked at once");
}

#[tokio::test]
async fn a_push_changes_the_rhythm_and_nothing_else_that_polls_have_learnt() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(feed, at(1), vec![entry("a", PAGE, "A")]).await;
    let claim = bed.claim_feed(feed, at(2)).await;
    let state = wirewatch::model::PollState {
        entries_last: 7,
        ..Default::default()
    };
    let outcome = wirewatch::model::PollOutcome {
        state: Some(Box::new(state)),
        ..crate::bed::fetched(at(2), Vec::new())
    };
    done(
        bed.store
            .commit_poll(feed, claim.lease_no, outcome)
            .await
            .unwrap(),
    );
    let rhythm = wirewatch::model::Rhythm {
        gap_s: 60.0,
        gaps: 3,
        ..Default::default()
    };
    // Without anything new nothing was learnt.
    for (key, learnt) in [("a", Default::default()), ("b", rhythm.clone())] {
        let pushed = vec![entry(key, PAGE, "A")];
        let push = bed
            .store
            .commit_push(feed, at(3), pushed, Some(rhythm.clone()));
        push.await.unwrap();
        let (found, _) = bed.store.rhythm(feed).await.unwrap().unwrap();
        assert_eq!(found, learnt, "{key}");
    }
    let after = bed.claim_feed(feed, at(4)).await.item.state;
    assert_eq!((after.entries_last, after.rhythm), (7, rhythm));
}
