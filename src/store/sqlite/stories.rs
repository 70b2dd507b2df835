//! Stories: the index of fingerprints, and which article belongs to which story.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{Columns, ms, to_json};
use crate::model::{ArticleId, Judgement, StoryChoice, StoryId};
use crate::store::{StoryCandidate, StoryCandidates};

/// The watermark.
pub(super) const WATERMARK: &str = "select coalesce(max(id), 0) from fingerprint";
/// Is there a fingerprint beyond the watermark that shares a key?
pub(super) const NEWER: &str = "select exists (
         select 1 from json_each(?1) as wanted
         cross join story_key as k on k.key = wanted.value and k.fingerprint_id > ?2
         cross join fingerprint as f on f.id = k.fingerprint_id
         where f.article_id <> ?3)";
/// The story of an article.
pub(super) const OF_ARTICLE: &str = "select story_id from story_article where article_id = ?1";

/// Is the article part of an alert that people were told of, or will be in a few minutes?
pub(super) const IS_TOLD: &str = "select exists (select 1 from alert_article as aa
         join alert on alert.id = aa.alert_id
         where aa.article_id = ?1
             and (alert.state not in ('backlog', 'waiting') or alert.settles_at is not null))";

/// What a query for reports finds, with the watermark of before it was asked.
pub(super) fn looked_up(
    conn: &Connection,
    sql: &str,
    wanted: impl rusqlite::Params,
) -> rusqlite::Result<StoryCandidates> {
    let watermark = watermark(conn)?;
    let candidates = conn
        .prepare_cached(sql)?
        .query_map(wanted, candidate)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(StoryCandidates {
        candidates,
        watermark,
    })
}

/// The highest id that a fingerprint has.
pub(super) fn watermark(conn: &Connection) -> rusqlite::Result<i64> {
    conn.prepare_cached(WATERMARK)?
        .query_row([], |row| row.get(0))
}

/// Article, story, fingerprint and date of a row.
pub(super) fn candidate(row: &Row<'_>) -> rusqlite::Result<StoryCandidate> {
    Ok(StoryCandidate {
        article: ArticleId(row.get(0)?),
        story: StoryId(row.get(1)?),
        fingerprint: row.get(2)?,
        dated_at: row.instant("dated_at")?,
    })
}

/// Keys as SQLite's signed integers, each once.
pub(super) fn columns(keys: &[u64]) -> Vec<i64> {
    let mut columns: Vec<i64> = keys.iter().map(|key| key.cast_signed()).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// True when an article joined the index after the watermark and shares a key with these.
pub(super) fn has_newer(
    conn: &Connection,
    article: ArticleId,
    keys: &[u64],
    watermark: i64,
) -> rusqlite::Result<bool> {
    conn.prepare_cached(NEWER)?.query_row(
        params![to_json(&columns(keys))?, watermark, article.0],
        |row| row.get(0),
    )
}

/// True unless the choice names a story that is not there.
pub(super) fn exists(conn: &Connection, choice: StoryChoice) -> rusqlite::Result<bool> {
    match choice {
        StoryChoice::New => Ok(true),
        StoryChoice::Join { story, .. } => conn
            .prepare_cached(
                "select exists (select 1 from story where id = ?1 and merged_into is null)",
            )?
            .query_row([story.0], |row| row.get(0)),
    }
}

/// The story of an article, if it has one.
pub(super) fn of_article(conn: &Connection, article: i64) -> rusqlite::Result<Option<StoryId>> {
    conn.prepare_cached(OF_ARTICLE)?
        .query_row([article], |row| row.get(0).map(StoryId))
        .optional()
}

/// Puts the rows of every table that refers to one row of `table` under another, but for those of the tables left out.
/// Where that would stand there twice, what is there stays. Asked of the schema, so that a table that is added later is not forgotten.
pub(super) fn reparent(
    conn: &Connection,
    table: &str,
    but: &[&str],
    from: i64,
    to: i64,
) -> rusqlite::Result<()> {
    let referring: Vec<(String, String)> = conn
        .prepare_cached(
            "select m.name, f.\"from\" from sqlite_master as m
             join pragma_foreign_key_list(m.name) as f
             where m.type = 'table' and f.\"table\" = ?1",
        )?
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (name, column) in referring {
        if but.contains(&name.as_str()) {
            continue;
        }
        conn.prepare_cached(&format!(
            "update or ignore {name} set {column} = ?2 where {column} = ?1"
        ))?
        .execute([from, to])?;
        conn.prepare_cached(&format!("delete from {name} where {column} = ?1"))?
            .execute([from])?;
    }
    Ok(())
}

/// True when people have been told of an alert that the article belongs to, or will be when it has settled.
pub(super) fn is_told(conn: &Connection, article: ArticleId) -> rusqlite::Result<bool> {
    conn.prepare_cached(IS_TOLD)?
        .query_row([article.0], |row| row.get(0))
}

/// When an article was published or seen, and whose text it repeats in the story.
pub(super) const ORIGIN: &str = "select a.sort_at, sa.copy_of from article as a
     left join story_article as sa on sa.article_id = a.id and sa.story_id = ?2
     where a.id = ?1";
/// The copies of an article get another original.
pub(super) const COPIES: &str = "update story_article set copy_of = ?2
     where story_id = ?3 and (article_id = ?1 or copy_of = ?1)";

/// Whose text an article of `story` repeats when it is like that of `alike`: of all with this text the one that was
/// first seen is the original, in whatever order they are judged.
fn original(
    conn: &Connection,
    article: ArticleId,
    story: StoryId,
    alike: ArticleId,
) -> rusqlite::Result<Option<ArticleId>> {
    let mut origin = conn.prepare_cached(ORIGIN)?;
    let mut of = |article: i64| {
        origin
            .query_row([article, story.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
    };
    let Some((seen, copied)): Option<(i64, Option<i64>)> = of(alike.0)? else {
        return Ok(None);
    };
    let (root, seen) = match copied {
        Some(root) => (root, of(root)?.map_or(seen, |(seen, _)| seen)),
        None => (alike.0, seen),
    };
    let ours: Option<(i64, Option<i64>)> = of(article.0)?;
    if ours.is_none_or(|(ours, _)| (ours, article.0) >= (seen, root)) {
        return Ok(Some(ArticleId(root)));
    }
    conn.prepare_cached(COPIES)?
        .execute([root, article.0, story.0])?;
    Ok(None)
}

/// Puts an article into its story.
pub(super) fn join(
    conn: &Connection,
    article: ArticleId,
    choice: StoryChoice,
    at: Timestamp,
) -> rusqlite::Result<StoryId> {
    let (story, copy_of) = match choice {
        StoryChoice::New => {
            let id = conn
                .prepare_cached("insert into story (created_at, updated_at) values (?1, ?1)")?
                .insert([ms(at)])?;
            (StoryId(id), None)
        }
        StoryChoice::Join { story, copy_of } => {
            conn.prepare_cached("update story set updated_at = ?2 where id = ?1")?
                .execute(params![story.0, ms(at)])?;
            let copy_of = match copy_of {
                Some(alike) => original(conn, article, story, alike)?,
                None => None,
            };
            (story, copy_of)
        }
    };
    conn.prepare_cached(
        "insert into story_article (article_id, story_id, copy_of) values (?1, ?2, ?3)
         on conflict (article_id) do update set story_id = excluded.story_id,
             copy_of = iif(story_id = excluded.story_id, coalesce(excluded.copy_of, copy_of), excluded.copy_of)",
    )?
    .execute(params![article.0, story.0, copy_of.map(|id| id.0)])?;
    Ok(story)
}

/// Puts the fingerprint of an article into the index, in place of an earlier one. It gets a new,
/// highest id, so that those who looked before it was there find out.
pub(super) fn put_fingerprint(
    conn: &Connection,
    article: ArticleId,
    dated_at: Timestamp,
    judgement: &Judgement,
) -> rusqlite::Result<()> {
    conn.prepare_cached("delete from fingerprint where article_id = ?1")?
        .execute([article.0])?;
    if judgement.fingerprint.is_empty() {
        return Ok(());
    }
    let id = conn
        .prepare_cached(
            "insert into fingerprint (article_id, dated_at, bytes) values (?1, ?2, ?3)",
        )?
        .insert(params![article.0, ms(dated_at), judgement.fingerprint])?;
    let mut insert =
        conn.prepare_cached("insert into story_key (key, fingerprint_id) values (?1, ?2)")?;
    for key in columns(&judgement.story_keys) {
        insert.execute([key, id])?;
    }
    Ok(())
}
