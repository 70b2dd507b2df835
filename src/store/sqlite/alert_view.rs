//! An alert with its articles and evidence, as channels, digests and lists show it.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row};

use super::articles::named;
use super::rows::{Columns, from_json, instant};
use super::{marks, mutes};
use crate::model::{
    AlertArticle, AlertEvidence, AlertId, AlertState, AlertView, EvidenceSentence, Said, StoryId,
};

/// One alert.
pub(super) const ALERT: &str = "select * from alert where id = ?1";
/// Its articles, first seen first, each with the hit it rests on.
pub(super) const ARTICLES: &str = "select a.id, a.url, a.host, a.first_seen, av.title, av.lang,
         av.published_at, av.meta ->> 'site_name' as site_name, original.url as copy_of,
         hit.score, hit.sentences
     from alert_article as aa
     join article as a on a.id = aa.article_id
     left join article_version as av on av.article_id = a.id and av.version = a.version
     left join story_article as sa on sa.article_id = a.id
     left join article as original on original.id = sa.copy_of
     left join hit on hit.watch = ?2 and hit.article_id = a.id
     where aa.alert_id = ?1 order by a.first_seen, a.id";

/// Looks up an alert by its id.
pub(super) fn by_id(conn: &Connection, id: AlertId) -> rusqlite::Result<Option<AlertView>> {
    let head = conn
        .prepare_cached(ALERT)?
        .query_row([id.0], head_of)
        .optional()?;
    let Some(mut view) = head else {
        return Ok(None);
    };
    view.mark = marks::of_alert(conn, id.0)?;
    if view.state == AlertState::Muted {
        view.said = mutes::said_of(conn, id.0)?;
    }
    add_articles(conn, &mut view)?;
    Ok(Some(view))
}

/// Looks up alerts by their ids; ids without an alert are left out.
pub(super) fn by_ids(conn: &Connection, ids: &[i64]) -> rusqlite::Result<Vec<AlertView>> {
    let mut views = Vec::with_capacity(ids.len());
    for id in ids {
        views.extend(by_id(conn, AlertId(*id))?);
    }
    Ok(views)
}

/// What stands in the row of `alert` itself.
fn head_of(row: &Row<'_>) -> rusqlite::Result<AlertView> {
    Ok(AlertView {
        id: AlertId(row.get("id")?),
        watch: row.get("watch")?,
        watch_title: row.get("watch_title")?,
        labels: BTreeMap::new(),
        severity: row.word("severity")?,
        state: row.word("state")?,
        story: StoryId(row.get("story_id")?),
        title: String::new(),
        lang: None,
        first_seen: row.instant("created_at")?,
        updated_at: row.instant("updated_at")?,
        revision: row.get("revision")?,
        late: row.get("late")?,
        backfilled_at: row.instant_opt("backfilled_at")?,
        mark: None,
        said: said(row)?,
        note: None,
        score: 0.0,
        articles: Vec::new(),
        evidence: Vec::new(),
    })
}

/// Who acknowledged or snoozed it, while it is so.
fn said(row: &Row<'_>) -> rusqlite::Result<Option<Said>> {
    let state: AlertState = row.word("state")?;
    let by: Option<String> = row.get("said_by")?;
    let (Some(by), AlertState::Acked | AlertState::Snoozed) = (by, state) else {
        return Ok(None);
    };
    Ok(Some(Said {
        by,
        at: row.instant("said_at")?,
        until: row.instant_opt("said_until")?,
        why: row.get("said_why")?,
    }))
}

fn add_articles(conn: &Connection, view: &mut AlertView) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(ARTICLES)?;
    let mut rows = statement.query(rusqlite::params![view.id.0, view.watch])?;
    while let Some(row) = rows.next()? {
        let article = article_of(conn, row)?;
        if let Some(sentences) = row.get::<_, Option<String>>("sentences")? {
            let sentences: Vec<EvidenceSentence> = from_json(&sentences)?;
            view.evidence
                .extend(sentences.into_iter().map(|found| AlertEvidence {
                    sentence: found.sentence,
                    lang: article.lang.clone(),
                    url: article.url.clone(),
                    field: found.field,
                    part: found.part,
                    spans: found.spans,
                }));
        }
        view.score = view
            .score
            .max(row.get::<_, Option<f64>>("score")?.unwrap_or(0.0));
        view.articles.push(article);
    }
    if let Some(first) = view.articles.first() {
        view.title.clone_from(&first.title);
        view.lang.clone_from(&first.lang);
        view.first_seen = first.first_seen;
    }
    Ok(())
}

fn article_of(conn: &Connection, row: &Row<'_>) -> rusqlite::Result<AlertArticle> {
    let named = named(conn, row.get("id")?)?;
    let title = row.get::<_, Option<String>>("title")?.unwrap_or_default();
    let site_name: Option<String> = row.get("site_name")?;
    let source = site_name
        .filter(|name| !name.is_empty())
        .or(named.feed_title)
        .filter(|name| !name.is_empty());
    Ok(AlertArticle {
        url: row.get("url")?,
        title: if title.is_empty() {
            named.entry.title
        } else {
            title
        },
        lang: row.get("lang")?,
        feed: named.feeds.into_iter().next().unwrap_or_default(),
        source: match source {
            Some(source) => source,
            None => row.get("host")?,
        },
        first_seen: row.instant("first_seen")?,
        published: row
            .get::<_, Option<i64>>("published_at")?
            .map(instant)
            .or(named.entry.published),
        copy_of: row.get("copy_of")?,
    })
}
