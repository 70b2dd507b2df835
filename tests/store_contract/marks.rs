//! What people said of alerts, and what the store knows of watches.

use wirewatch::model::{AlertId, AlertKind, Mark, MarkVerdict, StoryChoice};
use wirewatch::store::{AlertFilter, WatchSpec};

use crate::bed::{Bed, at, deed, done, judgement};

/// So many alerts of the watch `asia`, one every ten seconds.
async fn alerts(number: i64) -> (Bed, Vec<AlertId>) {
    let bed = Bed::new();
    let feed = bed.feeds(1, at(0)).await[0];
    let mut ids = Vec::new();
    for n in 0..number {
        let claim = bed.article(feed, &format!("u:{n}"), at(10 * n)).await;
        let new = Some(AlertKind::New);
        let judged = judgement(&claim, at(10 * n), StoryChoice::New, new, 0);
        ids.push(done(bed.commit(&claim, judged).await).alerts[0].0);
    }
    (bed, ids)
}

fn mark(verdict: MarkVerdict, seconds: i64) -> Mark {
    Mark {
        verdict,
        at: at(seconds),
        note: Some("why".to_owned()),
    }
}

#[tokio::test]
async fn the_last_word_counts_and_survives() {
    let (bed, ids) = alerts(3).await;
    let noise = mark(MarkVerdict::Noise, 50);
    let relevant = mark(MarkVerdict::Relevant, 60);
    let put = async |alerts: Vec<AlertId>, mark: Option<&Mark>| {
        let marked = bed.store.mark_alerts(alerts, mark.cloned(), deed()).await;
        marked.unwrap()
    };
    let unknown = put(vec![ids[0], AlertId(999), ids[1]], Some(&noise)).await;
    assert_eq!(
        unknown,
        [AlertId(999)],
        "the others are marked all the same"
    );
    assert!(put(vec![ids[1]], Some(&relevant)).await.is_empty());
    assert!(
        put(vec![ids[2]], None).await.is_empty(),
        "nothing to take back is no mistake"
    );

    let bed = bed.reopen();
    let of = async |id| bed.queries.alert(id).await.unwrap().unwrap().mark;
    assert_eq!(of(ids[0]).await, Some(noise));
    assert_eq!(of(ids[1]).await, Some(relevant));
    assert_eq!(of(ids[2]).await, None);
    let list = async |marks: &[Option<MarkVerdict>]| {
        let filter = AlertFilter {
            marks: marks.to_vec(),
            ..AlertFilter::default()
        };
        let alerts = bed.queries.alerts(filter).await.unwrap();
        alerts.iter().map(|alert| alert.id).collect::<Vec<_>>()
    };
    let (relevant, noise) = (Some(MarkVerdict::Relevant), Some(MarkVerdict::Noise));
    assert_eq!(list(&[]).await.len(), 3);
    assert_eq!(list(&[noise]).await, [ids[0]]);
    assert_eq!(list(&[relevant, None]).await, [ids[2], ids[1]]);
}

#[tokio::test]
async fn watches_are_counted_whether_they_are_in_the_config_or_not() {
    let (bed, ids) = alerts(3).await;
    let spec = |name: &str| WatchSpec {
        name: name.to_owned(),
        version: "w1".to_owned(),
        renamed_from: None,
    };
    for (id, verdict) in ids.iter().zip([MarkVerdict::Relevant, MarkVerdict::Noise]) {
        let mark = Some(mark(verdict, 70));
        bed.store
            .mark_alerts(vec![*id], mark, deed())
            .await
            .unwrap();
    }
    let records = async |seconds| bed.queries.watch_records(at(seconds)).await.unwrap();
    let found = records(30).await;
    assert_eq!(found.len(), 1, "a name that only alerts bear");
    assert_eq!((found[0].since, found[0].removed_at), (None, None));

    let both = vec![spec("asia"), spec("europe")];
    bed.store.sync_watches(both, at(31)).await.unwrap();
    bed.store
        .sync_watches(vec![spec("europe")], at(32))
        .await
        .unwrap();
    let found = records(33).await;
    let names: Vec<_> = found.iter().map(|record| record.name.as_str()).collect();
    assert_eq!(names, ["asia", "europe"]);
    let asia = &found[0];
    assert_eq!((asia.since, asia.removed_at), (Some(at(31)), Some(at(32))));
    assert_eq!((asia.hits_24h, asia.hits_7d), (3, 3));
    assert_eq!(
        (asia.relevant, asia.noise, asia.precision()),
        (1, 1, Some(0.5))
    );
    assert_eq!(found[1].precision(), None);

    let day = 24 * 3600;
    let later = &records(day + 15).await[0];
    assert_eq!((later.hits_24h, later.hits_7d), (1, 3), "hits of 24 hours");
    assert_eq!(records(8 * day).await[0].hits_7d, 0);
}
