//! Kept pages: they come and go with their text, the oldest first, and a text made of them anew is the publisher's no more
//! than it was.

use jiff::{SignedDuration, Timestamp};
use wirewatch::model::{
    AlertKind, Article, ArticleId, Committed, KeptPage, PackedPage, ReadOutcome, RereadOutcome,
    Seen, StoryChoice,
};
use wirewatch::store::{KeptFilter, TidyOptions};

use crate::bed::{Bed, at, done, entry, judgement, lessee, nothing, read};

/// A page that does not get smaller by packing: as many bytes as it says.
fn page(url: &str, now: Timestamp, bytes: usize) -> KeptPage {
    let mut noise = vec![0; bytes];
    let mut reader = blake3::Hasher::new().update(url.as_bytes()).finalize_xof();
    reader.fill(&mut noise);
    KeptPage {
        asked_url: url.to_owned(),
        url: format!("{url}#there"),
        content_type: Some("text/html; charset=windows-1251".to_owned()),
        fetched_at: now,
        page: PackedPage::pack(&noise).unwrap(),
    }
}

fn read_with(now: Timestamp, body: &str, kept: Vec<KeptPage>) -> ReadOutcome {
    let mut outcome = read(now, "Title", body);
    if let ReadOutcome::Read { pages, .. } = &mut outcome {
        *pages = kept;
    }
    outcome
}

/// Reads the article at `url`, new or wanted again by a changed entry.
async fn read_page(bed: &Bed, url: &str, now: Timestamp, body: &str, pages: Vec<KeptPage>) {
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    let title = format!("Entry of {body}");
    bed.poll(feed, now, vec![entry(url, url, &title)]).await;
    for claim in bed.claim_wanted(now).await {
        let outcome = read_with(now, body, pages.clone());
        let commit = bed
            .store
            .commit_read(claim.item.id, claim.lease_no, outcome);
        done(commit.await.unwrap());
    }
}

async fn id(bed: &Bed, url: &str) -> ArticleId {
    bed.queries.article(url).await.unwrap().unwrap().id
}

fn again(now: Timestamp, body: &str) -> RereadOutcome {
    RereadOutcome {
        at: now,
        article: Box::new(Article {
            title: "Title".to_owned(),
            body: body.to_owned(),
            ..Article::default()
        }),
        search_title: "title".to_owned(),
        search_body: body.to_lowercase(),
    }
}

fn keep(pages: i64, pages_bytes_max: u64) -> TidyOptions {
    let long = SignedDuration::from_hours(10_000);
    TidyOptions {
        bodies: long,
        pages: SignedDuration::from_secs(pages),
        pages_bytes_max,
        near_misses: long,
        fingerprints: long,
        hosts: long,
    }
}

/// Which of the articles `u:0`, `u:1`, ... have kept pages.
async fn kept(bed: &Bed) -> Vec<String> {
    let filter = KeptFilter::default();
    let heads = bed.queries.kept_heads(filter, None, 99).await.unwrap();
    let kept = heads.into_iter().filter(|head| head.is_kept);
    let mut kept: Vec<String> = kept.map(|head| head.url).collect();
    kept.sort();
    kept
}

#[tokio::test]
async fn pages_come_back_as_they_were_until_the_text_is_another() {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    let pages = vec![page("u:1", at(1), 500), page("u:1?2", at(2), 700)];
    read_page(&bed, "u:1", at(1), "One", pages.clone()).await;
    let id = id(&bed, "u:1").await;
    let found = bed.queries.kept_article(id).await.unwrap().unwrap();
    assert_eq!(found.pages, pages);
    assert_eq!((found.url.as_str(), found.seen.version), ("u:1", 1));
    assert_eq!(found.program, wirewatch::model::PROGRAM);
    assert!(found.is_free && found.article.body == "One");

    let later = vec![page("u:1", at(9), 300)];
    read_page(&bed, "u:1", at(9), "Two", later.clone()).await;
    let found = bed.queries.kept_article(id).await.unwrap().unwrap();
    assert_eq!(found.pages, later);
    assert_eq!(found.seen.fetched_at, at(9));

    // The page can no longer be had: the stored text is the entry's, and of no page.
    read_page(&bed, "u:1", at(20), "Entry", Vec::new()).await;
    assert!(bed.queries.kept_article(id).await.unwrap().is_none());
    let totals = bed.queries.totals().await.unwrap();
    assert_eq!((totals.kept_pages, totals.kept_pages_bytes), (0, 0));
}

#[tokio::test]
async fn the_oldest_pages_go_first_by_age_and_by_bytes() {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    for number in 0..6 {
        let url = format!("u:{number}");
        let now = at(i64::from(number));
        read_page(&bed, &url, now, &url, vec![page(&url, now, 10_000)]).await;
    }
    let bytes = bed.queries.totals().await.unwrap().kept_pages_bytes;
    assert!((60_000..62_000).contains(&bytes), "{bytes}");
    let tidy = async |options, now| bed.store.tidy(options, now).await.unwrap().pages;
    assert_eq!(tidy(keep(100, 1 << 30), at(50)).await, 0);
    assert_eq!(tidy(keep(48, 1 << 30), at(50)).await, 2);
    assert_eq!(kept(&bed).await, ["u:2", "u:3", "u:4", "u:5"]);
    assert_eq!(tidy(keep(100, 25_000), at(50)).await, 2);
    assert_eq!(kept(&bed).await, ["u:4", "u:5"]);
    assert_eq!(tidy(keep(0, 1 << 30), at(50)).await, 2, "none is kept");
    assert!(kept(&bed).await.is_empty());
}

#[tokio::test]
async fn a_step_of_dropping_is_bounded_in_articles_and_bytes() {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    // More than one step in articles, and single pages of more bytes than a step.
    for number in 0..230 {
        let url = format!("u:{number}");
        let size = if number < 2 { 5_000_000 } else { 20 };
        read_page(&bed, &url, at(1), &url, vec![page(&url, at(1), size)]).await;
    }
    let dropped = bed.store.tidy(keep(1, 1 << 30), at(50)).await.unwrap();
    assert_eq!(dropped.pages, 230);
}

#[tokio::test]
async fn a_reread_is_a_version_that_waits_for_judge_and_is_no_change_of_the_publishers() {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    read_page(&bed, "u:1", at(1), "One", vec![page("u:1", at(1), 50)]).await;
    let claim = bed.claim_read(at(2)).await.pop().unwrap();
    let new = Some(AlertKind::New);
    done(
        bed.commit(&claim, judgement(&claim, at(2), StoryChoice::New, new, 0))
            .await,
    );
    let kept = bed
        .queries
        .kept_article(claim.item.id)
        .await
        .unwrap()
        .unwrap();
    let commit = async |seen, body: &str| {
        let outcome = again(at(3), body);
        let answer = bed.store.commit_reread(kept.id, seen, outcome).await;
        answer.unwrap()
    };
    // The same text writes nothing and nobody judges it.
    assert_eq!(commit(kept.seen, "One").await, Committed::Done(()));
    assert!(bed.claim_read(at(4)).await.is_empty());

    assert_eq!(commit(kept.seen, "One and more").await, Committed::Done(()));
    assert_eq!(commit(kept.seen, "Twice").await, Committed::Stale);
    let claim = bed.claim_read(at(4)).await.pop().unwrap();
    assert_eq!((claim.item.version, claim.item.reread), (2, true));
    assert_eq!(claim.item.before, None);
    assert_eq!(claim.item.article.body, "One and more");

    // The publisher changes it before it is judged: what counts is the change since the reread.
    read_page(&bed, "u:1", at(5), "Corrected", Vec::new()).await;
    let claim = bed.claim_read(at(6)).await.pop().unwrap();
    assert_eq!((claim.item.version, claim.item.reread), (3, false));
    assert_eq!(claim.item.before.unwrap().body, "One and more");
}

#[tokio::test]
async fn a_reread_is_stale_when_its_article_has_moved_on() {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    read_page(&bed, "u:1", at(1), "One", vec![page("u:1", at(1), 50)]).await;
    let id = id(&bed, "u:1").await;
    let look = async || bed.queries.kept_article(id).await.unwrap().unwrap();
    let commit = async |seen: Seen| {
        let outcome = again(at(3), "Other");
        bed.store.commit_reread(id, seen, outcome).await.unwrap()
    };
    let before = look().await.seen;
    let claim = bed.claim_read(at(2)).await.pop().unwrap();
    assert_eq!(commit(before).await, Committed::Stale, "claimed since");

    // While `judge` has it in hand the text may change: its verdict is then on a text that is no more.
    assert_eq!(commit(look().await.seen).await, Committed::Done(()));
    let late = bed.commit(&claim, nothing(&claim, at(3))).await;
    assert_eq!(late, Committed::Stale);
    let claim = bed.claim_read(at(4)).await.pop().unwrap();
    assert_eq!(claim.item.version, 2);
    assert!(!claim.item.reread, "it was never judged before");
    done(bed.commit(&claim, nothing(&claim, at(5))).await);

    let seen = look().await.seen;
    let feed = bed.queries.feeds().await.unwrap()[0].id;
    bed.poll(feed, at(6), vec![entry("u:1", "u:1", "Another title")])
        .await;
    assert!(!look().await.is_free, "it is to be read");
    assert_eq!(commit(seen).await, Committed::Stale);
    assert_eq!(commit(look().await.seen).await, Committed::Stale);
}

#[tokio::test]
async fn what_the_publisher_changed_is_judged_before_it_is_read_again() {
    let bed = Bed::new();
    bed.feeds(1, at(0)).await;
    read_page(&bed, "u:1", at(1), "One", vec![page("u:1", at(1), 50)]).await;
    let claim = bed.claim_read(at(2)).await.pop().unwrap();
    done(bed.commit(&claim, nothing(&claim, at(2))).await);
    let id = claim.item.id;
    let look = async || bed.queries.kept_article(id).await.unwrap().unwrap();
    assert!(look().await.is_free);
    read_page(&bed, "u:1", at(3), "Two", vec![page("u:1", at(3), 50)]).await;
    assert!(!look().await.is_free);
    let claim = bed.claim_read(at(4)).await.pop().unwrap();
    assert_eq!(claim.item.before.as_ref().unwrap().body, "One");
    done(bed.commit(&claim, nothing(&claim, at(5))).await);
    // Rereads one after the other do not wait for `judge`.
    for (version, body) in [(2, "Three"), (3, "Four")] {
        let kept = look().await;
        assert!(kept.is_free && kept.seen.version == version);
        let outcome = again(at(6), body);
        let answer = bed.store.commit_reread(id, kept.seen, outcome).await;
        assert_eq!(answer.unwrap(), Committed::Done(()));
    }
    let claims = bed.store.claim_read(&lessee("j", at(7)), 9).await.unwrap();
    assert!(claims[0].item.reread && claims[0].item.version == 4);
}

#[tokio::test]
async fn articles_are_looked_through_newest_first_in_pieces() {
    let bed = Bed::new();
    let feeds = bed.feeds(2, at(0)).await;
    for number in 0..7 {
        let url = format!("u:{number}");
        // Two of each second.
        let now = at(i64::from(number / 2));
        read_page(&bed, &url, now, &url, Vec::new()).await;
    }
    bed.poll(feeds[1], at(9), vec![entry("k", "u:5", "Five")])
        .await;
    let all = async |filter| {
        let (mut urls, mut after) = (Vec::new(), None);
        loop {
            let heads = bed.queries.kept_heads(filter, after, 3).await.unwrap();
            urls.extend(heads.iter().map(|head| head.url.clone()));
            let Some(last) = heads.last() else { break };
            after = Some(last.clone());
        }
        let count = bed.queries.count_heads(filter).await.unwrap();
        assert_eq!(count as usize, urls.len());
        urls.join(" ")
    };
    let filter = KeptFilter::default();
    assert_eq!(all(filter).await, "u:6 u:5 u:4 u:3 u:2 u:1 u:0");
    let since = Some(at(2));
    assert_eq!(all(KeptFilter { since, ..filter }).await, "u:6 u:5 u:4");
    let feed = Some(feeds[1]);
    assert_eq!(all(KeptFilter { feed, ..filter }).await, "u:5");
}
