//! Stories with their articles, and what people corrected of them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::{AlertId, ArticleId, StoryArticle, StoryEdit, StoryHead, StoryId, StoryView};
use crate::store::sqlite::rows::{Columns, count, ms};

const NEWEST: &str = "select id from story
     where merged_into is null and updated_at >= ?1 order by updated_at desc, id desc limit ?2";
const STORY: &str = "select updated_at, merged_into from story where id = ?1";
const MEMBERS: &str =
    "select a.id, a.url, a.first_seen, coalesce(av.title, '') as title, av.lang, sa.copy_of
     from story_article as sa
     join article as a on a.id = sa.article_id
     left join article_version as av on av.article_id = a.id and av.version = a.version
     where sa.story_id = ?1 order by a.first_seen, a.id";
const ALERTS: &str = "select id from alert where story_id = ?1 order by id";
const EDITS: &str = "select * from story_edit where story_id = ?1 or other_id = ?1 order by id";

/// See `Queries::stories`.
pub(super) fn list(
    conn: &Connection,
    since: Option<Timestamp>,
    limit: usize,
) -> rusqlite::Result<Vec<StoryHead>> {
    let ids: Vec<i64> = conn
        .prepare_cached(NEWEST)?
        .query_map(params![since.map_or(i64::MIN, ms), count(limit)], |row| {
            row.get(0)
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut heads = Vec::with_capacity(ids.len());
    for id in ids {
        heads.extend(by_id(conn, StoryId(id))?.map(|view| view.head));
    }
    Ok(heads)
}

/// See `Queries::story`.
pub(super) fn by_id(conn: &Connection, id: StoryId) -> rusqlite::Result<Option<StoryView>> {
    let found = conn
        .prepare_cached(STORY)?
        .query_row([id.0], |row| {
            let into: Option<i64> = row.get("merged_into")?;
            Ok((row.instant("updated_at")?, into.map(StoryId)))
        })
        .optional()?;
    let Some((updated_at, merged_into)) = found else {
        return Ok(None);
    };
    let members = members(conn, id)?;
    let alerts = conn
        .prepare_cached(ALERTS)?
        .query_map([id.0], |row| row.get(0).map(AlertId))?
        .collect::<rusqlite::Result<_>>()?;
    let mut languages = Vec::new();
    for lang in members.iter().filter_map(|member| member.lang.as_ref()) {
        if !languages.contains(lang) {
            languages.push(lang.clone());
        }
    }
    let head = StoryHead {
        id,
        title: members
            .first()
            .map(|first| first.title.clone())
            .unwrap_or_default(),
        articles: members.len() as u64,
        copies: members
            .iter()
            .filter(|member| member.copy_of.is_some())
            .count() as u64,
        languages,
        alerts,
        updated_at,
    };
    Ok(Some(StoryView {
        head,
        merged_into,
        members,
        edits: edits(conn, id)?,
    }))
}

fn members(conn: &Connection, story: StoryId) -> rusqlite::Result<Vec<StoryArticle>> {
    conn.prepare_cached(MEMBERS)?
        .query_map([story.0], |row| {
            let copy_of: Option<i64> = row.get("copy_of")?;
            Ok(StoryArticle {
                id: ArticleId(row.get("id")?),
                url: row.get("url")?,
                title: row.get("title")?,
                lang: row.get("lang")?,
                first_seen: row.instant("first_seen")?,
                copy_of: copy_of.map(ArticleId),
            })
        })?
        .collect()
}

fn edits(conn: &Connection, story: StoryId) -> rusqlite::Result<Vec<StoryEdit>> {
    conn.prepare_cached(EDITS)?
        .query_map([story.0], |row| {
            let articles: Vec<i64> = row.json("articles")?;
            Ok(StoryEdit {
                what: row.get("what")?,
                story: StoryId(row.get("story_id")?),
                other: StoryId(row.get("other_id")?),
                articles: articles.into_iter().map(ArticleId).collect(),
                by: row.get("by")?,
                at: row.instant("at")?,
                why: row.get("why")?,
            })
        })?
        .collect()
}
