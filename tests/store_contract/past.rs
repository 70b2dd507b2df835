//! Stored articles in the order in which they came, for trying a rule on them.

use wirewatch::model::{AlertKind, ArticleId, StoryChoice};
use wirewatch::store::{PackedText, TextDecoder};

use crate::bed::{Bed, at, done, judgement, nothing};

#[tokio::test]
async fn texts_are_the_same_whichever_way_they_are_asked_for() {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    for n in 0..5 {
        let claim = bed.article(feed, &format!("u:{n}"), at(10 * n)).await;
        let judged = match n % 2 {
            0 => nothing(&claim, at(10 * n)),
            _ => judgement(
                &claim,
                at(10 * n),
                StoryChoice::New,
                Some(AlertKind::New),
                0,
            ),
        };
        done(bed.commit(&claim, judged).await);
    }
    let stored = bed
        .queries
        .stored_articles(at(10), None, 100)
        .await
        .unwrap();
    assert_eq!(stored.len(), 4);
    let mut texts = Vec::new();
    let mut after = None;
    loop {
        let page = bed.queries.stored_texts(at(10), after, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.first_seen, last.id));
        texts.extend(page);
    }
    let mut decoder = TextDecoder::default();
    for (text, stored) in texts.iter().zip(&stored) {
        let article = &stored.article;
        assert_eq!((text.id, text.first_seen), (article.id, article.first_seen));
        assert_eq!(text.title, article.article.title);
        assert_eq!(text.lang, article.article.lang);
        let body = text.body.as_ref().expect("a body");
        assert_eq!(body.open(&mut decoder), article.article.body);
        assert_eq!(text.entry_title, article.entry.title);
        assert!(text.entry_summary.is_empty() && article.entry.summary.is_empty());
    }
    assert_eq!(texts.len(), 4);

    let ids: Vec<ArticleId> = vec![texts[3].id, ArticleId(999), texts[0].id];
    let found = bed.queries.stored_by_id(ids).await.unwrap();
    let urls: Vec<&str> = found
        .iter()
        .map(|stored| stored.article.url.as_str())
        .collect();
    assert_eq!(urls, ["u:4", "u:1"]);
    assert_eq!(found[1].watches, ["asia"]);

    let hits = bed.queries.stored_hits("asia", at(11)).await.unwrap();
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].url.as_str(), hits[0].has_text), ("u:3", true));
    assert!(
        bed.queries
            .stored_hits("europe", at(0))
            .await
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_damaged_text_is_an_empty_one() {
    let mut decoder = TextDecoder::default();
    let damaged = PackedText::Packed(vec![0x28, 0xb5, 0x2f, 0xfd, 0]);
    assert_eq!(damaged.open(&mut decoder), "");
    assert_eq!(PackedText::Plain("x".to_owned()).open(&mut decoder), "x");
}
