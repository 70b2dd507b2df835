//! Search, articles by address, tidying.

use jiff::SignedDuration;
use wirewatch::model::{AlertKind, FeedHealth, StoryChoice};
use wirewatch::store::{AlertFilter, TidyOptions};

use crate::bed::{Bed, at, done, entry, judgement, nothing};

async fn urls(bed: &Bed, words: &str) -> Vec<String> {
    let hits = bed.queries.search(words, 10).await.unwrap();
    hits.into_iter().map(|hit| hit.url).collect()
}

/// Stores one article per text.
async fn library(texts: &[(&str, &str, &str)]) -> Bed {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let entries = texts.iter().map(|(url, ..)| entry(url, url, "E")).collect();
    bed.poll(feed, at(1), entries).await;
    bed.read_all(at(2), |wanted| {
        let (_, title, body) = texts.iter().find(|(url, ..)| *url == wanted).unwrap();
        ((*title).to_owned(), (*body).to_owned())
    })
    .await;
    bed
}

#[tokio::test]
async fn search_wants_all_words_in_any_script() {
    let bed = library(&[
        ("u:1", "wang yi in moscow", "talks with lavrov"),
        ("u:2", "weather", "moscow and lavrov lavrov wang"),
        ("u:3", "외교 부장", "मॉस्को में वार्ता"),
        ("u:4", "王毅 访问 莫斯科", "ประชุม ที่ มอสโก"),
    ])
    .await;
    assert_eq!(
        urls(&bed, "wang moscow").await,
        ["u:1", "u:2"],
        "titles weigh more"
    );
    assert_eq!(urls(&bed, "wang yi lavrov").await, ["u:1"]);
    assert_eq!(urls(&bed, "मॉस्को").await, ["u:3"]);
    assert!(urls(&bed, "म").await.is_empty(), "half a word is no word");
    assert_eq!(urls(&bed, "莫斯科 มอสโก").await, ["u:4"]);
    assert!(urls(&bed, "").await.is_empty());
    assert!(
        urls(&bed, "\" OR * NEAR(").await.is_empty(),
        "no syntax of the index"
    );
}

#[tokio::test]
async fn a_changed_text_is_found_by_its_new_words_only() {
    let bed = library(&[("u:1", "old words", "body")]).await;
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    bed.poll(feed, at(3), vec![entry("u:1", "u:1", "Changed")])
        .await;
    bed.read_all(at(4), |_| ("new words".to_owned(), "body".to_owned()))
        .await;
    assert!(urls(&bed, "old").await.is_empty());
    assert_eq!(urls(&bed, "new").await, ["u:1"]);
}

#[tokio::test]
async fn an_article_is_found_by_its_address_and_by_the_link_of_its_entry() {
    let bed = library(&[("https://x.example/a", "Title", "Body")]).await;
    for url in ["https://x.example/a", "https://x.example/a?utm_source=rss"] {
        let view = bed.queries.article(url).await.unwrap().expect("known");
        assert_eq!(view.url, "https://x.example/a");
        assert_eq!(view.state, "read");
        assert_eq!(view.article.unwrap().body, "Body");
        assert_eq!(view.feeds, ["https://site0.example/rss"]);
    }
    assert!(
        bed.queries
            .article("https://x.example/b")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn alerts_are_filtered() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    for n in 0..3 {
        let claim = bed.article(feed, &format!("u:{n}"), at(10 * n)).await;
        let new = Some(AlertKind::New);
        let judged = judgement(&claim, at(10 * n), StoryChoice::New, new, 0);
        done(bed.commit(&claim, judged).await);
    }
    let count = async |filter: AlertFilter| bed.queries.alerts(filter).await.unwrap().len();
    assert_eq!(count(AlertFilter::default()).await, 3);
    let since = AlertFilter {
        since: Some(at(10)),
        ..AlertFilter::default()
    };
    assert_eq!(count(since).await, 2);
    let none = AlertFilter {
        states: vec![wirewatch::model::AlertState::Muted],
        ..AlertFilter::default()
    };
    assert_eq!(count(none).await, 0);
    let newest = AlertFilter {
        limit: Some(1),
        watches: vec!["asia".to_owned()],
        ..AlertFilter::default()
    };
    let newest = bed.queries.alerts(newest).await.unwrap();
    assert_eq!((newest.len(), newest[0].updated_at), (1, at(20)));
}

#[tokio::test]
async fn tidying_drops_bodies_without_a_hit_and_keeps_titles() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let dull = bed.article(feed, "u:dull", at(1)).await;
    done(bed.commit(&dull, nothing(&dull, at(2))).await);
    let good = bed.article(feed, "u:good", at(3)).await;
    let new = Some(AlertKind::New);
    done(
        bed.commit(&good, judgement(&good, at(4), StoryChoice::New, new, 0))
            .await,
    );
    let options = TidyOptions {
        bodies: SignedDuration::from_hours(1),
        pages: SignedDuration::from_hours(1),
        pages_bytes_max: 1 << 30,
        near_misses: SignedDuration::from_hours(1),
        fingerprints: SignedDuration::from_hours(1),
        hosts: SignedDuration::from_hours(1),
    };
    assert_eq!(
        bed.store.tidy(options, at(60)).await.unwrap(),
        Default::default()
    );
    let report = bed.store.tidy(options, at(4000)).await.unwrap();
    assert_eq!((report.bodies, report.fingerprints), (1, 1));
    let body = async |url: &str| {
        let view = bed.queries.article(url).await.unwrap().unwrap();
        view.article.unwrap().body
    };
    assert_eq!(body("u:dull").await, "");
    assert_eq!(body("u:good").await, "Body of u:good");
    assert_eq!(urls(&bed, "title dull").await, ["u:dull"]);
    assert!(urls(&bed, "body dull").await.is_empty());
    let candidates = bed.store.story_candidates(&[42], at(0)).await.unwrap();
    assert!(candidates.candidates.is_empty() && candidates.watermark == 0);
}

#[tokio::test]
async fn totals_and_feeds_tell_how_it_stands() {
    let bed = Bed::new();
    let feeds = bed.feeds(3, at(0)).await;
    bed.poll(feeds[1], at(7), vec![entry("a", "u:1", "A")])
        .await;
    let totals = bed.queries.totals().await.unwrap();
    assert_eq!(
        (totals.feeds, totals.feeds_new, totals.feeds_failing),
        (3, 2, 0)
    );
    assert_eq!(
        (totals.entries, totals.articles, totals.articles_wanted),
        (1, 1, 1)
    );
    assert_eq!(totals.last_poll_at, Some(at(7)));
    assert!(totals.database_bytes > 0);
    let views = bed.queries.feeds().await.unwrap();
    assert_eq!(
        (views[0].health, views[1].health),
        (FeedHealth::New, FeedHealth::Ok)
    );
    assert_eq!(views[1].title.as_deref(), Some("The Example Times"));
    bed.store.close().await.unwrap();
}
