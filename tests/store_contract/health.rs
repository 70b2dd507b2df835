//! Troubles of feeds: told once, and so is their end; a restart repeats nothing.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use wirewatch::model::{
    AlertKind, Committed, FailureKind, FeedHealth, FeedId, HealthChanges, HealthNotice,
    HealthOutcome, Message, PollOutcome, PollResult, PollState, Trouble, TroubleKind,
    UntoldTrouble, Validators,
};

use crate::bed::{Bed, at, done, entry, fetched, lessee, spec};

const DAMPING: i64 = 1_000;

fn trouble(kind: TroubleKind, since: i64) -> Trouble {
    Trouble {
        kind,
        since: at(since),
        why: "no answer in 30 s".to_owned(),
        measure: (kind == TroubleKind::Thin).then_some(2_000),
    }
}

fn changes(now: i64) -> HealthChanges {
    HealthChanges {
        at: at(now),
        opened: Vec::new(),
        ended: Vec::new(),
        damping: SignedDuration::from_secs(DAMPING),
    }
}

async fn open(bed: &Bed, now: i64, feed: FeedId, kind: TroubleKind) {
    let opened = vec![(feed, trouble(kind, now - 10))];
    let changes = HealthChanges {
        opened,
        ..changes(now)
    };
    bed.store.commit_troubles(changes).await.unwrap();
}

async fn end(bed: &Bed, now: i64, feed: FeedId, kind: TroubleKind) {
    let changes = HealthChanges {
        ended: vec![(feed, kind)],
        ..changes(now)
    };
    bed.store.commit_troubles(changes).await.unwrap();
}

async fn untold(bed: &Bed, now: i64) -> Vec<UntoldTrouble> {
    bed.store.untold_troubles(at(now)).await.unwrap()
}

fn outcome(now: i64, untold: &[UntoldTrouble]) -> HealthOutcome {
    let rows = |is_over: bool| {
        let told = untold.iter().filter(|told| told.is_over == is_over);
        told.map(|told| told.id).collect()
    };
    HealthOutcome {
        at: at(now),
        notice: HealthNotice {
            at: at(now),
            begun: Vec::new(),
            over: Vec::new(),
        },
        begun: rows(false),
        over: rows(true),
        broken: Vec::new(),
        mended: Vec::new(),
        channels: vec!["desk".to_owned(), "mail".to_owned(), "mail".to_owned()],
    }
}

/// Tells what is untold; answers with how many begins and ends that were.
async fn tell(bed: &Bed, now: i64) -> (usize, usize) {
    let untold = untold(bed, now).await;
    let outcome = outcome(now, &untold);
    let told = (outcome.begun.len(), outcome.over.len());
    if told != (0, 0) {
        done(bed.store.commit_notice(outcome).await.unwrap());
    }
    told
}

#[tokio::test]
async fn a_trouble_and_its_end_are_told_once_across_restarts() {
    use TroubleKind::Failing;
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    open(&bed, 100, feed, Failing).await;
    open(&bed, 110, feed, Failing).await;
    let bed = bed.reopen();
    let facts = bed.store.feed_facts(FeedId(0), 10).await.unwrap();
    assert_eq!(
        facts[0].open.len(),
        1,
        "one that is open is not opened again"
    );
    assert_eq!(facts[0].open[0].since, at(90));
    let found = untold(&bed, 110).await;
    assert_eq!(
        (
            found.len(),
            found[0].is_over,
            found[0].kind,
            found[0].host.as_str()
        ),
        (1, false, Failing, "site0.example")
    );
    assert_eq!(tell(&bed, 120).await, (1, 0));
    let bed = bed.reopen();
    assert_eq!(tell(&bed, 130).await, (0, 0));
    end(&bed, 200, feed, Failing).await;
    let found = untold(&bed, 200).await;
    assert!(found[0].is_over && found[0].feed.until == Some(at(200)));
    assert_eq!(tell(&bed, 210).await, (0, 1));
    let bed = bed.reopen();
    assert_eq!(tell(&bed, 220).await, (0, 0));
}

#[tokio::test]
async fn a_message_goes_through_each_channel_once_or_not_at_all() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    open(&bed, 100, feeds[0], TroubleKind::Failing).await;
    open(&bed, 100, feeds[1], TroubleKind::Empty).await;
    let told = outcome(110, &untold(&bed, 110).await);
    assert_eq!(
        done(bed.store.commit_notice(told.clone()).await.unwrap()),
        2
    );
    let again = bed.store.commit_notice(told.clone()).await.unwrap();
    assert_eq!(again, Committed::Stale, "nobody tells it a second time");
    let channels = ["desk".to_owned(), "mail".to_owned()];
    let claims = bed
        .store
        .claim_deliveries(&lessee("s", at(120)), &channels, 9)
        .await
        .unwrap();
    assert_eq!(claims.len(), 2);
    assert_ne!(claims[0].item.key, claims[1].item.key);
    let message = Message::Health {
        notice: Box::new(told.notice),
    };
    for claim in claims {
        assert_eq!(
            (claim.item.kind, &claim.item.message),
            (AlertKind::Health, &message)
        );
    }
}

#[tokio::test]
async fn what_ended_before_it_was_told_is_never_told() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    open(&bed, 100, feed, TroubleKind::Empty).await;
    let seen = outcome(105, &untold(&bed, 105).await);
    end(&bed, 106, feed, TroubleKind::Empty).await;
    let late = bed.store.commit_notice(seen).await.unwrap();
    assert_eq!(
        late,
        Committed::Stale,
        "it was over before the message was written"
    );
    assert_eq!(tell(&bed, 107).await, (0, 0));
    assert_eq!(bed.queries.totals().await.unwrap().deliveries_pending, 0);
}

#[tokio::test]
async fn what_comes_and_goes_is_told_once_until_it_stays() {
    use TroubleKind::Empty;
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    open(&bed, 100, feed, Empty).await;
    assert_eq!(tell(&bed, 100).await, (1, 0));
    // over and back before the end was told: as if nothing had been
    end(&bed, 200, feed, Empty).await;
    open(&bed, 250, feed, Empty).await;
    assert_eq!(tell(&bed, 260).await, (0, 0));
    end(&bed, 300, feed, Empty).await;
    assert_eq!(tell(&bed, 310).await, (0, 1));
    for now in [400, 900, 1_500, 2_100] {
        open(&bed, now, feed, Empty).await;
        assert_eq!(tell(&bed, now + 50).await, (0, 0), "back at {now}");
        end(&bed, now + 100, feed, Empty).await;
        assert_eq!(tell(&bed, now + 150).await, (0, 0), "gone at {now}");
    }
    open(&bed, 3_000, feed, Empty).await;
    assert_eq!(tell(&bed, 3_000 + DAMPING - 1).await, (0, 0));
    assert_eq!(tell(&bed, 3_000 + DAMPING).await, (1, 0), "it stays");
    end(&bed, 5_000, feed, Empty).await;
    assert_eq!(tell(&bed, 5_000).await, (0, 1));
    open(&bed, 5_000 + DAMPING, feed, Empty).await;
    assert_eq!(
        tell(&bed, 5_000 + DAMPING).await,
        (1, 0),
        "long after is anew"
    );
}

#[tokio::test]
async fn a_possible_loss_is_listed_and_a_removed_feed_is_not_missed() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    open(&bed, 100, feeds[0], TroubleKind::Lost).await;
    assert_eq!(tell(&bed, 100).await, (0, 0));
    open(&bed, 100, feeds[1], TroubleKind::Silent).await;
    assert_eq!(tell(&bed, 100).await, (1, 0));
    let views = bed.queries.feeds().await.unwrap();
    assert_eq!(views[0].troubles[0].kind, TroubleKind::Lost);
    assert_eq!(views[1].troubles[0].told, Some(at(100)));
    let material = bed.queries.digest_material(0, None, &[]).await.unwrap();
    let named = &material.health.troubles;
    assert_eq!((named.len(), named[0].1.kind), (1, TroubleKind::Silent));
    bed.store
        .sync_feeds(&[(Arc::new(spec(0)), at(0))], at(200))
        .await
        .unwrap();
    assert_eq!(bed.store.feed_facts(FeedId(0), 10).await.unwrap().len(), 1);
    bed.store.commit_troubles(changes(210)).await.unwrap();
    assert_eq!(tell(&bed, 220).await, (0, 0), "nobody asks for it any more");
}

#[tokio::test]
async fn facts_come_in_pieces_with_what_decides() {
    let bed = Bed::new();
    let feeds = bed.feeds(5, at(0)).await;
    open(&bed, 50, feeds[2], TroubleKind::Thin).await;
    bed.poll(
        feeds[2],
        at(100),
        vec![entry("a", "u:a", "A"), entry("b", "u:b", "B")],
    )
    .await;
    bed.read_all(at(110), |url| (url.to_owned(), "wörter ".repeat(100)))
        .await;
    bed.poll(feeds[2], at(200), vec![entry("c", "u:c", "C")])
        .await;
    let first = bed.store.feed_facts(FeedId(0), 3).await.unwrap();
    let rest = bed.store.feed_facts(first[2].feed, 3).await.unwrap();
    assert_eq!((first.len(), rest.len()), (3, 2));
    let facts = &first[2];
    assert_eq!((facts.feed, facts.last_new_at), (feeds[2], Some(at(200))));
    assert_eq!(facts.body_chars, [700, 700], "characters, not bytes");
    assert_eq!(facts.open[0].measure, Some(2_000));
    let news = async |since: i64, at_least| {
        let news = bed.store.news_times(feeds[2], at(since), at_least);
        news.await.unwrap()
    };
    assert_eq!(news(0, 1).await, [at(100), at(200)]);
    assert_eq!(news(150, 1).await, [at(200)]);
    assert_eq!(
        news(150, 2).await,
        [at(100), at(200)],
        "few are looked for further back"
    );
}

/// Commits a poll that did not bring a document.
async fn poll(bed: &Bed, feed: FeedId, now: i64, result: PollResult) {
    let claim = bed.claim_feed(feed, at(now)).await;
    let outcome = PollOutcome {
        result,
        // Rewritten by every poll that changes it; a 304 among others has none.
        state: (now == 40).then(Box::default),
        ..fetched(at(now), Vec::new())
    };
    done(
        bed.store
            .commit_poll(feed, claim.lease_no, outcome)
            .await
            .unwrap(),
    );
}

fn failed(kind: FailureKind, why: &str) -> PollResult {
    PollResult::Failed {
        why: why.to_owned(),
        kind,
        status: None,
    }
}

fn not_modified() -> PollResult {
    PollResult::NotModified {
        validators: Validators::default(),
    }
}

#[tokio::test]
async fn the_history_has_what_changed_and_no_line_for_polls_that_say_nothing() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    bed.poll(feed, at(10), vec![entry("a", "u:a", "A")]).await;
    for now in 20..30 {
        poll(&bed, feed, now, not_modified()).await;
    }
    for now in 30..35 {
        poll(&bed, feed, now, failed(FailureKind::Timeout, "no answer")).await;
    }
    poll(&bed, feed, 36, failed(FailureKind::NotFound, "404")).await;
    for now in 40..43 {
        poll(&bed, feed, now, not_modified()).await;
    }
    let url = spec(0).url;
    let history = bed
        .queries
        .feed_history(&url)
        .await
        .unwrap()
        .expect("known");
    let lines: Vec<_> = history
        .polls
        .iter()
        .map(|line| (line.at, line.result.as_str(), line.polls, line.new_entries))
        .collect();
    let expected: Vec<(Timestamp, &str, u64, u64)> = vec![
        (at(40), "answered", 1, 0),
        (at(36), "failed", 1, 0),
        (at(30), "failed", 5, 0),
        (at(10), "fetched", 1, 1),
    ];
    assert_eq!(lines, expected);
    assert_eq!(history.polls[2].last, at(34));
    assert_eq!(history.polls[2].failure, Some(FailureKind::Timeout));
    assert_eq!(history.entries[0].title, "A");
    assert!(
        bed.queries
            .feed_history("https://no.example")
            .await
            .unwrap()
            .is_none()
    );
    for now in 100..160 {
        let name = format!("n{now}");
        bed.poll(feed, at(now), vec![entry(&name, "", &name)]).await;
    }
    let history = bed
        .queries
        .feed_history(&url)
        .await
        .unwrap()
        .expect("known");
    assert_eq!(history.polls.len(), 30, "it is bounded");
    assert_eq!(history.polls[0].at, at(159));
}

#[tokio::test]
async fn a_silent_feed_and_its_duplicates_are_called_so() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    bed.poll(feeds[0], at(10), vec![entry("a", "u:a", "A")])
        .await;
    open(&bed, 20, feeds[0], TroubleKind::Silent).await;
    open(&bed, 20, feeds[1], TroubleKind::Failing).await;
    assert_eq!(tell(&bed, 21).await, (2, 0));
    let claim = bed.claim_feed(feeds[1], at(30)).await;
    let outcome = PollOutcome {
        state: Some(Box::new(PollState {
            duplicate_of: Some(spec(0).url),
            ..PollState::default()
        })),
        ..fetched(at(30), Vec::new())
    };
    done(
        bed.store
            .commit_poll(feeds[1], claim.lease_no, outcome)
            .await
            .unwrap(),
    );
    bed.store.commit_troubles(changes(40)).await.unwrap();
    assert_eq!(
        tell(&bed, 41).await,
        (0, 0),
        "a duplicate has not recovered"
    );
    let views = bed.queries.feeds().await.unwrap();
    assert_eq!(views[0].health, FeedHealth::Silent);
    assert_eq!(
        (views[1].health, views[1].next_poll),
        (FeedHealth::Duplicate, None)
    );
    let history = bed
        .queries
        .feed_history(&spec(0).url)
        .await
        .unwrap()
        .expect("known");
    assert_eq!(history.duplicates, [spec(1).url]);
}
