//! Watches and feeds that are renamed, moved, taken out, applied to the past.

use std::sync::Arc;

use wirewatch::model::{AlertKind, AlertState, Attempt, Committed, ReadArticle, StoryChoice};
use wirewatch::store::{AlertFilter, InForce, PurgeReport, WatchReport, WatchSpec};

use crate::bed::{Bed, at, done, entry, judgement, lessee, spec};

const ONE: &str = "https://one.example/a";
const TWO: &str = "https://two.example/b";

fn watch(name: &str, version: &str, renamed_from: Option<&str>) -> WatchSpec {
    WatchSpec {
        name: name.to_owned(),
        version: version.to_owned(),
        renamed_from: renamed_from.map(str::to_owned),
    }
}

async fn sync(bed: &Bed, watches: &[WatchSpec], now: i64) -> WatchReport {
    let synced = bed.store.sync_watches(watches.to_vec(), at(now)).await;
    synced.expect("watches are synced")
}

/// The dead deliveries by alert and reason, as `alert` sees them.
async fn alert_watches(bed: &Bed) -> Vec<(String, AlertState)> {
    let alerts = bed.queries.alerts(AlertFilter::default()).await.unwrap();
    let mut found: Vec<_> = alerts
        .into_iter()
        .map(|alert| (alert.watch, alert.state))
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

async fn pending(bed: &Bed, now: i64) -> usize {
    let channels = ["desk".to_owned(), "mail".to_owned()];
    let claims = bed
        .store
        .claim_deliveries(&lessee("sender", at(now)), &channels, 100)
        .await
        .unwrap();
    for claim in &claims {
        let retry = Attempt::Retry {
            at: at(now),
            due_at: at(now),
            why: "not now".to_owned(),
        };
        bed.store
            .commit_attempt(claim.item.id, claim.lease_no, retry)
            .await
            .unwrap();
    }
    claims.len()
}

#[tokio::test]
async fn a_renamed_watch_has_the_alerts_of_its_old_name_and_one_taken_out_sends_nothing() {
    let bed = Bed::new();
    let feeds = bed.feeds(1, at(0)).await;
    sync(&bed, &[watch("asia", "1", None)], 0).await;
    let claim = bed.article(feeds[0], ONE, at(1)).await;
    let judged = judgement(&claim, at(2), StoryChoice::New, Some(AlertKind::New), 0);
    let story = done(bed.commit(&claim, judged).await).story.unwrap();
    assert_eq!(pending(&bed, 10).await, 1);

    let report = sync(&bed, &[watch("far-east", "2", Some("asia"))], 20).await;
    assert_eq!((report.renamed, report.removed, report.dropped), (1, 0, 0));
    assert_eq!(
        alert_watches(&bed).await,
        [("far-east".to_owned(), AlertState::Open)]
    );
    let known = bed
        .store
        .known_alerts(story, &["far-east".to_owned()], claim.item.id)
        .await
        .unwrap();
    assert!(known[0].has_article);
    // The key stays in the file for years; it does nothing more.
    let again = sync(&bed, &[watch("far-east", "2", Some("asia"))], 30).await;
    assert_eq!(again, WatchReport::default());
    assert_eq!(pending(&bed, 40).await, 1);

    let report = sync(&bed, &[watch("other", "1", None)], 50).await;
    assert_eq!((report.removed, report.dropped), (1, 1));
    assert_eq!(pending(&bed, 60).await, 0);
    assert_eq!(alert_watches(&bed).await.len(), 1, "the alert stays");
}

#[tokio::test]
async fn where_the_new_name_has_an_alert_the_old_one_keeps_its_own() {
    let bed = Bed::new();
    let feeds = bed.feeds(1, at(0)).await;
    let first = bed.article(feeds[0], ONE, at(1)).await;
    let mut judged = judgement(&first, at(2), StoryChoice::New, Some(AlertKind::New), 0);
    let mut twin = judged.alerts[0].clone();
    twin.watch = "far-east".to_owned();
    judged.alerts.push(twin);
    done(bed.commit(&first, judged).await);
    sync(&bed, &[watch("far-east", "1", Some("asia"))], 3).await;
    let watches: Vec<String> = alert_watches(&bed).await.into_iter().map(|a| a.0).collect();
    assert_eq!(watches, ["asia", "far-east"]);
}

#[tokio::test]
async fn what_another_feed_names_is_read_although_its_first_feed_was_taken_out() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let poll = |feed, key: &'static str, urls: &[&str], now: i64| {
        let entries = urls.iter().map(|url| entry(key, url, "A title")).collect();
        bed.poll(feed, at(now), entries)
    };
    poll(feeds[0], "a", &[ONE], 1).await;
    let only_second = [(Arc::new(spec(1)), at(2))];
    bed.store.sync_feeds(&only_second, at(2)).await.unwrap();
    assert!(bed.claim_wanted(at(3)).await.is_empty(), "held back");
    assert_eq!(bed.queries.totals().await.unwrap().articles_wanted, 0);
    assert_eq!(bed.store.next_due(at(3)).await.unwrap().judge, None);

    poll(feeds[1], "b", &[ONE], 4).await;
    assert_eq!(bed.claim_wanted(at(5)).await.len(), 1);
}

#[tokio::test]
async fn what_was_held_back_goes_on_when_the_feed_is_back() {
    let bed = Bed::new();
    let feeds = bed.feeds(1, at(0)).await;
    let entries = vec![entry("a", ONE, "A title")];
    bed.poll(feeds[0], at(1), entries).await;
    bed.store.sync_feeds(&[], at(2)).await.unwrap();
    assert!(bed.claim_wanted(at(3)).await.is_empty());
    let back = [(Arc::new(spec(0)), at(4))];
    bed.store.sync_feeds(&back, at(4)).await.unwrap();
    assert_eq!(bed.claim_wanted(at(5)).await.len(), 1);
}

#[tokio::test]
async fn a_feed_moves_once_and_never_onto_another() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let entries = vec![entry("a", ONE, "A title")];
    bed.poll(feeds[0], at(1), entries).await;
    let (from, mut to) = (spec(0).url, spec(0));
    assert!(!bed.store.move_feed(&from, &spec(1), at(2)).await.unwrap());
    to.url = "https://new.example/rss".to_owned();
    assert!(bed.store.move_feed(&from, &to, at(2)).await.unwrap());
    assert!(!bed.store.move_feed(&from, &to, at(3)).await.unwrap());
    let known = bed.store.known_keys(feeds[0], vec!["a".to_owned()], None);
    assert_eq!(known.await.unwrap(), [true]);
    let views = bed.queries.feeds().await.unwrap();
    assert_eq!(views[0].url, to.url);
}

#[tokio::test]
async fn a_purge_deletes_what_no_alert_tells_of_and_nobody_else_brought() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let told = bed.article(feeds[0], ONE, at(1)).await;
    let judged = judgement(&told, at(2), StoryChoice::New, Some(AlertKind::New), 0);
    done(bed.commit(&told, judged).await);
    let both = "https://both.example/c";
    bed.poll(
        feeds[0],
        at(3),
        vec![entry("k2", TWO, "B"), entry("k3", both, "C")],
    )
    .await;
    bed.poll(feeds[1], at(4), vec![entry("k4", both, "C")])
        .await;
    let url = spec(0).url;
    let nothing = bed.store.purge_feed(&url).await.unwrap();
    assert_eq!(nothing, PurgeReport::default(), "it is still in the config");

    let rest = [(Arc::new(spec(1)), at(5))];
    bed.store.sync_feeds(&rest, at(5)).await.unwrap();
    let report = bed.store.purge_feed(&url).await.unwrap();
    assert_eq!((report.entries, report.articles, report.kept), (2, 1, 1));
    assert!(bed.queries.article(TWO).await.unwrap().is_none());
    assert!(bed.queries.article(both).await.unwrap().is_some());
    assert!(bed.queries.article(ONE).await.unwrap().is_some());
}

#[tokio::test]
async fn the_past_comes_in_pieces_in_its_own_order_and_a_backfill_leaves_what_is_in_hand() {
    let bed = Bed::new();
    let feeds = bed.feeds(1, at(0)).await;
    let mut claims = Vec::new();
    for (number, url) in [ONE, TWO, "https://three.example/c"]
        .into_iter()
        .enumerate()
    {
        claims.push(bed.article(feeds[0], url, at(10 * number as i64 + 1)).await);
    }
    // The first is judged with a hit, the second without one, the third is in hand.
    let judged = judgement(
        &claims[0],
        at(40),
        StoryChoice::New,
        Some(AlertKind::New),
        0,
    );
    let story = done(bed.commit(&claims[0], judged).await).story.unwrap();
    done(
        bed.commit(&claims[1], crate::bed::nothing(&claims[1], at(41)))
            .await,
    );

    let all = bed.queries.stored_articles(at(0), None, 2).await.unwrap();
    let place = |article: &ReadArticle| (article.first_seen, article.id);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].watches, ["asia"]);
    assert_eq!(
        (all[0].article.story, all[1].article.story),
        (Some(story), None)
    );
    assert!(all[1].has_text && !all[1].article.article.body.is_empty());
    assert_eq!(all[1].article.feeds.len(), 1);
    let after = Some(place(&all[1].article));
    let rest = bed.queries.stored_articles(at(0), after, 2).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(bed.queries.count_stored(at(0)).await.unwrap(), 3);

    let join = StoryChoice::Join {
        story,
        copy_of: None,
    };
    let mut found = judgement(&claims[1], at(50), join, None, 1);
    found.alerts[0].watch = "asia".to_owned();
    let committed = bed
        .store
        .commit_backfill(claims[1].item.id, found.clone())
        .await;
    let report = done(committed.unwrap());
    assert_eq!((report.story, report.deliveries), (Some(story), 0));
    let in_hand = judgement(&claims[2], at(51), StoryChoice::New, None, 0);
    let committed = bed.store.commit_backfill(claims[2].item.id, in_hand).await;
    assert_eq!(committed.unwrap(), Committed::Stale);
    found.version += 1;
    let committed = bed.store.commit_backfill(claims[1].item.id, found).await;
    assert_eq!(committed.unwrap(), Committed::Stale, "another text");
    let alerts = bed.queries.alerts(AlertFilter::default()).await.unwrap();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].articles.len(), 2);
    assert_eq!(alerts[0].backfilled_at, None, "it was there before");
}

#[tokio::test]
async fn status_knows_what_is_in_force_and_what_was_refused() {
    let bed = Bed::new();
    assert_eq!(bed.queries.in_force().await.unwrap(), None);
    bed.store.put_in_force("abc", at(1)).await.unwrap();
    bed.store
        .refuse_config("x.toml:1:2: no", at(2))
        .await
        .unwrap();
    let expected = InForce {
        rule_set: "abc".to_owned(),
        loaded_at: at(1),
        refused_at: Some(at(2)),
        refusal: Some("x.toml:1:2: no".to_owned()),
    };
    assert_eq!(bed.queries.in_force().await.unwrap(), Some(expected));
    bed.store.put_in_force("def", at(3)).await.unwrap();
    let now = bed.queries.in_force().await.unwrap().unwrap();
    assert_eq!((now.rule_set.as_str(), now.refused_at), ("def", None));
}
