//! Closed digests keep their texts: what they say of articles that are going is cut out.

use rusqlite::{Connection, params};

use crate::model::{Digest, DigestItem, LastAlert};
use crate::store::sqlite::rows::{from_json, to_json};

const ALL: &str = "select id, digest from digest order by id";
const IS_GOING: &str =
    "select exists (select 1 from article join going on going.id = article.id where url = ?1)";
const ALERT_IS_CUT: &str = "select exists (select 1 from alert_article join going on going.id = article_id where alert_id = ?1)";

/// The digests that say something of what is going.
pub(super) fn quoting(conn: &Connection) -> rusqlite::Result<Vec<i64>> {
    Ok(changed(conn)?.into_iter().map(|(id, _)| id).collect())
}

/// Cuts them; answers with their number.
pub(super) fn cut(conn: &Connection) -> rusqlite::Result<u64> {
    let work = conn.unchecked_transaction()?;
    let changed = changed(&work)?;
    for (id, digest) in &changed {
        work.execute(
            "update digest set digest = ?2 where id = ?1",
            params![id, digest],
        )?;
    }
    work.commit()?;
    Ok(changed.len() as u64)
}

/// The digests that are others without what is going, as they are then.
fn changed(conn: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    let ids: Vec<(i64, String)> = conn
        .prepare(ALL)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut changed = Vec::new();
    for (id, text) in ids {
        // One that does not read is rendered for nobody; it may still hold everything.
        let Ok(digest) = from_json::<Digest>(&text) else {
            changed.push((id, to_json(&Digest::default())?));
            continue;
        };
        let without = without(conn, digest.clone())?;
        if without != digest {
            changed.push((id, to_json(&without)?));
        }
    }
    Ok(changed)
}

fn without(conn: &Connection, mut digest: Digest) -> rusqlite::Result<Digest> {
    let mut failed = None;
    let mut going = |url: &str| match is_going(conn, url) {
        Ok(going) => going,
        Err(error) => {
            failed = Some(error);
            true
        }
    };
    digest.near_misses.retain(|miss| !going(&miss.url));
    for items in [&mut digest.items, &mut digest.rest] {
        items.retain_mut(|item| cut_item(item, &mut going));
    }
    if let Some(error) = failed {
        return Err(error);
    }
    if let Some(last) = &digest.last_alert
        && is_cut(conn, last)?
    {
        digest.last_alert = None;
    }
    Ok(digest)
}

/// Takes what is going out of an item; false when nothing is left of it.
fn cut_item(item: &mut DigestItem, going: &mut impl FnMut(&str) -> bool) -> bool {
    let before = item.alert.articles.len();
    item.alert.articles.retain(|article| !going(&article.url));
    if item.alert.articles.len() == before {
        return true;
    }
    let Some(first) = item.alert.articles.first() else {
        return false;
    };
    item.alert.title.clone_from(&first.title);
    item.alert.lang.clone_from(&first.lang);
    item.alert.note = None;
    for article in &mut item.alert.articles {
        if article.copy_of.as_deref().is_some_and(&mut *going) {
            article.copy_of = None;
        }
    }
    item.alert.evidence.retain(|evidence| !going(&evidence.url));
    // Places in the evidence, which are others now.
    item.leads.clear();
    item.changes.retain(|change| !going(&change.url));
    if let Some(news) = &mut item.news {
        news.title_before = None;
        news.urls.retain(|url| !going(url));
    }
    true
}

fn is_going(conn: &Connection, url: &str) -> rusqlite::Result<bool> {
    conn.prepare_cached(IS_GOING)?
        .query_row([url], |row| row.get(0))
}

fn is_cut(conn: &Connection, last: &LastAlert) -> rusqlite::Result<bool> {
    conn.prepare_cached(ALERT_IS_CUT)?
        .query_row([last.id.0], |row| row.get(0))
}
