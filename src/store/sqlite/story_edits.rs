//! `story merge` and `story split`: articles and alerts move between stories, and the correction is kept.
//!
//! Later articles follow by themselves: they join the story that the articles they are like are in. Fingerprints that move
//! get new, highest ids, so that a judgement that looked before is made again.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::rows::{ms, to_json};
use super::{alert_merge, stories};
use crate::model::{ArticleId, Editor, StoryChoice, StoryEdited, StoryId};

/// Whether there is such a story, and where it went.
pub(super) const STORY: &str = "select merged_into from story where id = ?1";
/// The articles of a story.
pub(super) const ARTICLES: &str = "select article_id from story_article where story_id = ?1";
/// Copies whose original is in another story now.
pub(super) const LONELY_COPIES: &str = "update story_article set copy_of = null
     where story_id = ?1 and copy_of is not null
         and copy_of not in (select article_id from story_article where story_id = ?1)";
/// The place of an article in the index.
pub(super) const FINGERPRINT: &str =
    "select id, dated_at, bytes from fingerprint where article_id = ?1";

/// See `Store::merge_stories`.
pub(super) fn merge(
    conn: &Connection,
    into: StoryId,
    other: StoryId,
    editor: &Editor,
) -> rusqlite::Result<StoryEdited> {
    if into == other {
        return Ok(refused("a story cannot be merged with itself"));
    }
    for story in [into, other] {
        if let Some(why) = no_story(conn, story)? {
            return Ok(StoryEdited::Refused(why));
        }
    }
    let moved = articles(conn, other)?;
    move_articles(conn, &moved, into)?;
    let alerts = alert_merge::all(conn, other, into, editor.at)?;
    stories::reparent(
        conn,
        "story",
        &["alert", "story_article", "story"],
        other.0,
        into.0,
    )?;
    conn.prepare_cached("update story set merged_into = ?2 where id = ?1 or merged_into = ?1")?
        .execute([other.0, into.0])?;
    touch(conn, into, editor.at)?;
    note(conn, "merge", (into, other), &moved, editor)?;
    Ok(StoryEdited::Done {
        story: into,
        articles: moved.len() as u64,
        alerts,
    })
}

/// Has a person split one of these off the other, or off what has become a part of it? `edit` is as long as people's
/// patience, so that it may be walked.
const SET_APART: &str = "select exists (select 1 from story_edit as e
         join story as a on a.id = e.story_id
         join story as b on b.id = e.other_id
         where e.what = 'split'
             and (coalesce(a.merged_into, a.id), coalesce(b.merged_into, b.id)) in ((?1, ?2), (?2, ?1)))";

/// Whose name stands beside stories that were merged without a person.
const PROGRAM: &str = "wirewatch";

/// See `Store::merge_alike`.
pub(super) fn merge_alike(
    conn: &Connection,
    into: StoryId,
    other: StoryId,
    at: Timestamp,
    why: String,
) -> rusqlite::Result<StoryEdited> {
    let is_apart = conn
        .prepare_cached(SET_APART)?
        .query_row([into.0, other.0], |row| row.get(0))?;
    if is_apart {
        return Ok(refused("a person has set them apart"));
    }
    let editor = Editor {
        by: PROGRAM.to_owned(),
        at,
        why: Some(why),
    };
    merge(conn, into, other, &editor)
}

/// See `Store::split_story`.
pub(super) fn split(
    conn: &Connection,
    story: StoryId,
    asked: &[ArticleId],
    editor: &Editor,
) -> rusqlite::Result<StoryEdited> {
    if let Some(why) = no_story(conn, story)? {
        return Ok(StoryEdited::Refused(why));
    }
    let all = articles(conn, story)?;
    let mut moved = asked.to_vec();
    moved.sort_unstable();
    moved.dedup();
    if let Some(stranger) = moved.iter().find(|article| !all.contains(article)) {
        return Ok(StoryEdited::Refused(format!(
            "{stranger} is no article of {story}"
        )));
    }
    if moved.is_empty() || moved.len() == all.len() {
        return Ok(refused("some of its articles must go, and some must stay"));
    }
    let at = editor.at;
    let part = conn
        .prepare_cached("insert into story (created_at, updated_at) values (?1, ?1)")?
        .insert([ms(at)])?;
    let part = StoryId(part);
    move_articles(conn, &moved, part)?;
    for story in [story, part] {
        conn.prepare_cached(LONELY_COPIES)?.execute([story.0])?;
    }
    let alerts = alert_merge::split(conn, story, part, &moved, at)?;
    note(conn, "split", (story, part), &moved, editor)?;
    Ok(StoryEdited::Done {
        story: part,
        articles: moved.len() as u64,
        alerts,
    })
}

fn refused(why: &str) -> StoryEdited {
    StoryEdited::Refused(why.to_owned())
}

fn no_story(conn: &Connection, story: StoryId) -> rusqlite::Result<Option<String>> {
    let found: Option<Option<i64>> = conn
        .prepare_cached(STORY)?
        .query_row([story.0], |row| row.get(0))
        .optional()?;
    Ok(match found {
        None => Some(format!(
            "there is no story {story}; `wirewatch story list` shows them"
        )),
        Some(Some(into)) => Some(format!("{story} is a part of {} already", StoryId(into))),
        Some(None) => None,
    })
}

fn articles(conn: &Connection, story: StoryId) -> rusqlite::Result<Vec<ArticleId>> {
    conn.prepare_cached(ARTICLES)?
        .query_map([story.0], |row| row.get(0).map(ArticleId))?
        .collect()
}

fn move_articles(conn: &Connection, moved: &[ArticleId], to: StoryId) -> rusqlite::Result<()> {
    for article in moved {
        conn.prepare_cached("update story_article set story_id = ?2 where article_id = ?1")?
            .execute([article.0, to.0])?;
        renew_fingerprint(conn, *article)?;
    }
    Ok(())
}

/// Gives the article the highest place in the index, beyond every watermark that was seen.
fn renew_fingerprint(conn: &Connection, article: ArticleId) -> rusqlite::Result<()> {
    let found: Option<(i64, i64, Vec<u8>)> = conn
        .prepare_cached(FINGERPRINT)?
        .query_row([article.0], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((id, dated_at, bytes)) = found else {
        return Ok(());
    };
    let keys: Vec<i64> = conn
        .prepare_cached("select key from story_key where fingerprint_id = ?1")?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    conn.prepare_cached("delete from fingerprint where id = ?1")?
        .execute([id])?;
    let new = conn
        .prepare_cached(
            "insert into fingerprint (article_id, dated_at, bytes) values (?1, ?2, ?3)",
        )?
        .insert(params![article.0, dated_at, bytes])?;
    let mut insert =
        conn.prepare_cached("insert into story_key (key, fingerprint_id) values (?1, ?2)")?;
    for key in keys {
        insert.execute([key, new])?;
    }
    Ok(())
}

fn touch(conn: &Connection, story: StoryId, at: Timestamp) -> rusqlite::Result<usize> {
    conn.prepare_cached("update story set updated_at = max(updated_at, ?2) where id = ?1")?
        .execute([story.0, ms(at)])
}

/// Keeps who did what, also in the audit trail of alerts.
fn note(
    conn: &Connection,
    what: &str,
    (story, other): (StoryId, StoryId),
    moved: &[ArticleId],
    editor: &Editor,
) -> rusqlite::Result<()> {
    let ids: Vec<i64> = moved.iter().map(|article| article.0).collect();
    conn.prepare_cached(
        "insert into story_edit (at, by, what, story_id, other_id, articles, why)
         values (:at, :by, :what, :story, :other, :articles, :why)",
    )?
    .execute(named_params! {
        ":at": ms(editor.at),
        ":by": editor.by,
        ":what": what,
        ":story": story.0,
        ":other": other.0,
        ":articles": to_json(&ids)?,
        ":why": editor.why,
    })?;
    conn.execute(
        "insert into audit (at, by, what, object, detail, why) values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            ms(editor.at),
            editor.by,
            what,
            format!("story:{story}"),
            other.to_string(),
            editor.why
        ],
    )?;
    Ok(())
}

/// True when the article is in another story than the one a judgement names: somebody moved it meanwhile.
pub(super) fn was_moved(
    conn: &Connection,
    article: ArticleId,
    choice: StoryChoice,
) -> rusqlite::Result<bool> {
    let Some(now) = stories::of_article(conn, article.0)? else {
        return Ok(false);
    };
    Ok(!matches!(choice, StoryChoice::Join { story, .. } if story == now))
}
