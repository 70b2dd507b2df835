//! Judgements: hits, stories, alerts and deliveries, together or not at all.

use wirewatch::model::{
    AlertKind, AlertState, ArticleId, Claim, Committed, Correction, Editor, NearMiss, ReadArticle,
    StoryChoice, StoryEdited, StoryId,
};
use wirewatch::store::AlertFilter;

use crate::bed::{Bed, at, done, entry, judgement, lessee, nothing};

const ONE: &str = "https://one.example/a";
const TWO: &str = "https://two.example/b";

/// Judges with a new story and answers with it.
async fn open_story(bed: &Bed, claim: &Claim<ReadArticle>, now: i64) -> StoryId {
    let judged = judgement(claim, at(now), StoryChoice::New, Some(AlertKind::New), 0);
    let report = done(bed.commit(claim, judged).await);
    assert_eq!((report.alerts.len(), report.deliveries), (1, 1));
    report.story.expect("a story")
}

fn join(story: StoryId) -> StoryChoice {
    StoryChoice::Join {
        story,
        copy_of: None,
    }
}

#[tokio::test]
async fn a_judgement_opens_a_story_and_an_alert_and_a_second_article_updates_it() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let first = bed.article(feeds[0], ONE, at(1)).await;
    let story = open_story(&bed, &first, 2).await;

    let second = bed.article(feeds[1], TWO, at(3)).await;
    let known = bed
        .store
        .known_alerts(
            story,
            &["asia".to_owned(), "none".to_owned()],
            second.item.id,
        )
        .await
        .unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].revision, known[0].sources), (1, 1));
    assert_eq!(
        (known[0].has_article, known[0].state),
        (false, AlertState::Open)
    );
    assert_eq!(known[0].languages, ["en"]);
    let update = judgement(&second, at(4), join(story), Some(AlertKind::Update), 1);
    done(bed.commit(&second, update).await);

    let alerts = bed.queries.alerts(AlertFilter::default()).await.unwrap();
    assert_eq!(alerts.len(), 1);
    let alert = &alerts[0];
    assert_eq!((alert.revision, alert.story), (2, story));
    assert_eq!(alert.title, format!("Title of {ONE}"));
    assert_eq!((alert.first_seen, alert.updated_at), (at(1), at(4)));
    let urls: Vec<_> = alert.articles.iter().map(|a| a.url.as_str()).collect();
    assert_eq!(urls, [ONE, TWO]);
    assert_eq!(alert.articles[0].source, "The Example Times");
    assert_eq!(alert.articles[1].feed, "https://site1.example/rss");
    assert_eq!(alert.evidence.len(), 2);
    assert_eq!(alert.score, 1.5);
}

#[tokio::test]
async fn a_copy_is_added_without_a_word() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let first = bed.article(feeds[0], ONE, at(1)).await;
    let story = open_story(&bed, &first, 2).await;
    let copy = bed.article(feeds[1], TWO, at(3)).await;
    let choice = StoryChoice::Join {
        story,
        copy_of: Some(first.item.id),
    };
    let report = done(
        bed.commit(&copy, judgement(&copy, at(4), choice, None, 1))
            .await,
    );
    assert_eq!(report.deliveries, 0);
    let alert = bed
        .queries
        .alert(report.alerts[0].0)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((alert.revision, alert.updated_at), (1, at(4)));
    assert_eq!(alert.articles[1].copy_of.as_deref(), Some(ONE));
    let material = bed.queries.digest_material(0, None, &[]).await.unwrap();
    assert_eq!(material.alerts[0].changes.len(), 1, "a copy is no event");
    let known = bed
        .store
        .known_alerts(story, &["asia".to_owned()], copy.item.id)
        .await
        .unwrap();
    assert_eq!((known[0].sources, known[0].has_article), (1, true));
}

#[tokio::test]
async fn twins_judged_at_once_do_not_open_two_stories() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let first = bed.article(feeds[0], ONE, at(1)).await;
    let twin = bed.article(feeds[1], TWO, at(1)).await;
    let seen = bed.store.story_candidates(&[42], at(0)).await.unwrap();
    assert!(seen.candidates.is_empty());
    let story = open_story(&bed, &first, 2).await;

    let mut judged = judgement(&twin, at(2), StoryChoice::New, Some(AlertKind::New), 0);
    judged.watermark = seen.watermark;
    let outdated = bed.commit(&twin, judged.clone()).await;
    assert_eq!(outdated, Committed::Outdated);
    let totals = bed.queries.totals().await.unwrap();
    assert_eq!((totals.stories, totals.alerts), (1, 1));

    // The lease is kept: the twin can be placed again at once, and now finds the story.
    assert!(bed.claim_read(at(2)).await.is_empty());
    let seen = bed.store.story_candidates(&[42, 7], at(0)).await.unwrap();
    assert_eq!(seen.candidates[0].article, first.item.id);
    assert_eq!(seen.candidates[0].fingerprint, [1, 2, 3]);
    judged = judgement(&twin, at(3), join(story), Some(AlertKind::Update), 1);
    judged.watermark = seen.watermark;
    assert!(bed.commit(&twin, judged).await.is_done());
    let later = bed
        .store
        .story_candidates(&[u64::MAX], at(2))
        .await
        .unwrap();
    assert!(later.candidates.is_empty(), "both were seen before");
}

#[tokio::test]
async fn strangers_without_a_common_key_do_not_disturb() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let first = bed.article(feeds[0], ONE, at(1)).await;
    let other = bed.article(feeds[1], TWO, at(1)).await;
    open_story(&bed, &first, 2).await;
    let mut judged = judgement(&other, at(2), StoryChoice::New, Some(AlertKind::New), 0);
    judged.watermark = 0;
    judged.story_keys = vec![1001];
    assert!(bed.commit(&other, judged).await.is_done());
}

#[tokio::test]
async fn an_alert_that_moved_on_makes_the_judgement_stale_and_writes_nothing() {
    let bed = Bed::new();
    let feeds = bed.feeds(3, at(0)).await;
    let first = bed.article(feeds[0], ONE, at(1)).await;
    let second = bed.article(feeds[1], TWO, at(1)).await;
    let third = bed
        .article(feeds[2], "https://three.example/c", at(1))
        .await;
    let story = open_story(&bed, &first, 2).await;
    let update = |claim| judgement(claim, at(3), join(story), Some(AlertKind::Update), 1);
    done(bed.commit(&second, update(&second)).await);
    let outdated = bed.commit(&third, update(&third)).await;
    assert_eq!(outdated, Committed::Outdated);
    let hits = bed.queries.hits_per_watch(at(0)).await.unwrap();
    assert_eq!(hits, [("asia".to_owned(), 2)]);
    assert!(bed.claim_read(at(3)).await.is_empty(), "still in hand");
    let mut other_text = update(&third);
    other_text.version += 1;
    assert_eq!(bed.commit(&third, other_text).await, Committed::Stale);
    let third = bed.claim_read(at(3)).await.pop().expect("it waits again");
    let mut last = update(&third);
    last.is_last_look = true;
    assert_eq!(bed.commit(&third, last).await, Committed::Stale);
    assert_eq!(bed.claim_read(at(3)).await.len(), 1, "given back");
}

#[tokio::test]
async fn a_lost_lease_is_not_given_back() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let slow = bed.article(feed, ONE, at(1)).await;
    let fast = bed.claim_read(at(61)).await.pop().unwrap();
    assert_eq!(
        bed.commit(&slow, nothing(&slow, at(62))).await,
        Committed::Stale
    );
    assert!(bed.claim_read(at(62)).await.is_empty());
    assert!(bed.commit(&fast, nothing(&fast, at(62))).await.is_done());
}

#[tokio::test]
async fn a_corrected_article_that_no_longer_hits_keeps_its_alert_and_the_proof() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let claim = bed.article(feed, ONE, at(1)).await;
    let story = open_story(&bed, &claim, 2).await;
    bed.poll(feed, at(3), vec![entry(ONE, ONE, "Changed")])
        .await;
    bed.read_all(at(4), |_| ("Other".to_owned(), "Nothing".to_owned()))
        .await;
    let again = bed.claim_read(at(5)).await.pop().unwrap();
    assert_eq!(again.item.story, Some(story));
    done(bed.commit(&again, nothing(&again, at(6))).await);
    let view = bed.queries.article(ONE).await.unwrap().unwrap();
    assert!(view.watches.is_empty());
    let alert = bed
        .queries
        .alerts(AlertFilter::default())
        .await
        .unwrap()
        .remove(0);
    assert_eq!((alert.evidence.len(), alert.revision), (1, 1));
}

#[tokio::test]
async fn a_correction_is_told_with_its_before_and_after() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let claim = bed.article(feed, ONE, at(1)).await;
    let story = open_story(&bed, &claim, 2).await;
    bed.poll(feed, at(3), vec![entry(ONE, ONE, "Changed")])
        .await;
    bed.read_all(at(4), |_| ("Corrected".to_owned(), "Body".to_owned()))
        .await;
    let again = bed.claim_read(at(5)).await.pop().unwrap();
    let correction = Correction {
        url: ONE.to_owned(),
        title_before: again.item.before.clone().unwrap().title,
        title_after: "Corrected".to_owned(),
        sentence_before: "Three".to_owned(),
        sentence_after: "Four".to_owned(),
        retracted: false,
    };
    let mut judged = judgement(&again, at(6), join(story), Some(AlertKind::Correction), 1);
    judged.alerts[0].correction = Some(correction.clone());
    done(bed.commit(&again, judged).await);
    let material = bed.queries.digest_material(1, None, &[]).await.unwrap();
    assert_eq!(material.alerts[0].changes[0].correction, Some(correction));
    assert_eq!(material.alerts[0].alert.articles.len(), 1);
}

#[tokio::test]
async fn backlog_is_listed_but_neither_sent_nor_told_by_a_digest_until_something_new_comes() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let old = bed.article(feeds[0], ONE, at(1)).await;
    let mut judged = judgement(&old, at(2), StoryChoice::New, Some(AlertKind::New), 0);
    judged.alerts[0].state = AlertState::Backlog;
    let report = done(bed.commit(&old, judged).await);
    assert_eq!(report.deliveries, 0);
    let alerts = bed.queries.alerts(AlertFilter::default()).await.unwrap();
    assert_eq!(alerts[0].state, AlertState::Backlog);
    let material = bed.queries.digest_material(0, None, &[]).await.unwrap();
    assert!(material.alerts.is_empty());

    let fresh = bed.article(feeds[1], TWO, at(3)).await;
    let story = report.story.unwrap();
    let opened = judgement(&fresh, at(4), join(story), Some(AlertKind::New), 1);
    assert_eq!(done(bed.commit(&fresh, opened).await).deliveries, 1);
    let alert = bed.queries.alert(alerts[0].id).await.unwrap().unwrap();
    assert_eq!((alert.state, alert.revision), (AlertState::Open, 2));
    let claims = bed
        .store
        .claim_deliveries(&lessee("s", at(5)), &["desk".to_owned()], 9)
        .await
        .unwrap();
    assert_eq!(claims[0].item.kind, AlertKind::New);
}

#[tokio::test]
async fn near_misses_are_those_of_the_last_judgement() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let claim = bed.article(feed, ONE, at(1)).await;
    let mut judged = nothing(&claim, at(2));
    judged.near_misses = vec![NearMiss {
        watch: "asia".to_owned(),
        why: "no minister".to_owned(),
    }];
    done(bed.commit(&claim, judged).await);
    let misses = bed.queries.near_misses(None, 9).await.unwrap();
    assert_eq!((misses.len(), misses[0].why.as_str()), (1, "no minister"));
    assert!(
        bed.queries
            .near_misses(Some(at(3)), 9)
            .await
            .unwrap()
            .is_empty()
    );

    bed.poll(feed, at(3), vec![entry(ONE, ONE, "Changed")])
        .await;
    bed.read_all(at(4), |_| ("New".to_owned(), "Text".to_owned()))
        .await;
    let again = bed.claim_read(at(5)).await.pop().unwrap();
    open_story(&bed, &again, 6).await;
    assert!(bed.queries.near_misses(None, 9).await.unwrap().is_empty());
}

/// Which article repeats the text of which, by address.
async fn copies(bed: &Bed, story: StoryId) -> Vec<(String, Option<ArticleId>)> {
    let view = bed.queries.story(story).await.unwrap().expect("a story");
    let articles = view.members.into_iter();
    articles
        .map(|article| (article.url, article.copy_of))
        .collect()
}

#[tokio::test]
async fn the_first_seen_of_equal_texts_is_the_original_whatever_is_judged_first() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let early = bed.article(feeds[0], ONE, at(1)).await;
    let late = bed.article(feeds[1], TWO, at(3)).await;
    let story = open_story(&bed, &late, 4).await;
    let choice = StoryChoice::Join {
        story,
        copy_of: Some(late.item.id),
    };
    done(
        bed.commit(&early, judgement(&early, at(5), choice, None, 1))
            .await,
    );
    let expected = [
        (ONE.to_owned(), None),
        (TWO.to_owned(), Some(early.item.id)),
    ];
    assert_eq!(copies(&bed, story).await, expected);
}

#[tokio::test]
async fn what_a_person_set_apart_is_not_merged_for_likeness() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let first = bed.article(feeds[0], ONE, at(1)).await;
    let story = open_story(&bed, &first, 2).await;
    let second = bed.article(feeds[1], TWO, at(3)).await;
    let update = judgement(&second, at(4), join(story), Some(AlertKind::Update), 1);
    done(bed.commit(&second, update).await);
    let editor = Editor {
        by: "ani".to_owned(),
        at: at(5),
        why: None,
    };
    let split = bed
        .store
        .split_story(story, vec![second.item.id], editor.clone())
        .await;
    let StoryEdited::Done { story: part, .. } = split.unwrap() else {
        panic!("it can be split");
    };
    let alike = |into, other| bed.store.merge_alike(into, other, at(6), "p3".to_owned());
    for (into, other) in [(story, part), (part, story)] {
        let refused = alike(into, other).await.unwrap();
        assert!(matches!(refused, StoryEdited::Refused(_)), "{refused:?}");
    }
    // The person may change their mind.
    let merged = bed.store.merge_stories(story, part, editor).await.unwrap();
    assert!(matches!(merged, StoryEdited::Done { .. }), "{merged:?}");
}

#[tokio::test]
async fn stories_that_turn_out_to_be_one_have_one_alert() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    let first = bed.article(feeds[0], ONE, at(1)).await;
    let one = open_story(&bed, &first, 2).await;
    let second = bed.article(feeds[1], TWO, at(3)).await;
    let two = open_story(&bed, &second, 4).await;
    let merged = bed
        .store
        .merge_alike(one, two, at(5), "p3".to_owned())
        .await;
    assert!(matches!(merged, Ok(StoryEdited::Done { .. })), "{merged:?}");
    let alerts = bed.queries.alerts(AlertFilter::default()).await.unwrap();
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].story, alerts[0].articles.len()), (one, 2));
}
