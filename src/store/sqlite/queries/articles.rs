//! Articles by address and by words.

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::{ArticleId, EntryDate, StoryId};
use crate::store::sqlite::articles::{named, text};
use crate::store::sqlite::rows::{Columns, Packed, count, instant};
use crate::store::{ArticleView, SearchHit};

/// An article by its address, else by a link as a feed wrote it.
const BY_URL: &str = "select id, url, state, version, first_seen, last_error,
         (select story_id from story_article where article_id = article.id) as story
     from article
     where id = coalesce((select id from article where url = ?1),
         (select article_id from entry where link = ?1 order by id limit 1))";
/// The watches that hit.
const WATCHES: &str =
    "select watch from hit where article_id = ?1 and withdrawn_at is null order by watch";
/// What became of the dates of its entries, where they were not simply taken.
const DATES: &str = "select distinct json_extract(meta, '$.date') as date from entry
     where article_id = ?1 and date is not null";
/// A word in the title counts five times one in the body.
const SEARCH: &str = "select a.url, av.title, av.lang, av.body,
         coalesce(av.published_at, a.first_seen) as at
     from article_words
     join article as a on a.id = article_words.rowid
     join article_version as av on av.article_id = a.id and av.version = a.version
     where article_words match ?1
     order by bm25(article_words, 5.0, 1.0), a.sort_at desc limit ?2";

/// See `Queries::article`.
pub(super) fn by_url(conn: &Connection, url: &str) -> rusqlite::Result<Option<ArticleView>> {
    let head = conn
        .prepare_cached(BY_URL)?
        .query_row([url], |row| {
            let view = ArticleView {
                id: ArticleId(row.get("id")?),
                url: row.get("url")?,
                article: None,
                entry: Default::default(),
                feeds: Vec::new(),
                first_seen: row.instant("first_seen")?,
                version: row.get("version")?,
                story: row.get::<_, Option<i64>>("story")?.map(StoryId),
                watches: Vec::new(),
                state: row.get("state")?,
                last_error: row.get("last_error")?,
            };
            Ok(view)
        })
        .optional()?;
    let Some(mut view) = head else {
        return Ok(None);
    };
    let id = view.id.0;
    let named = named(conn, id)?;
    view.entry = named.entry;
    view.feeds = named.feeds;
    view.article = text(conn, id, view.version)?;
    if let Some(article) = &mut view.article {
        article.notes.extend(date_notes(conn, id)?);
    }
    view.watches = conn
        .prepare_cached(WATCHES)?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(view))
}

/// Why the date of an entry is not shown.
fn date_notes(conn: &Connection, article: i64) -> rusqlite::Result<Vec<String>> {
    let dates: Vec<EntryDate> = conn
        .prepare_cached(DATES)?
        .query_map([article], |row| row.word("date"))?
        .collect::<rusqlite::Result<_>>()?;
    let notes = dates.into_iter().filter_map(|date| match date {
        EntryDate::Sent => None,
        EntryDate::Missing => Some("its entry has no date: it counts from when it was first seen"),
        EntryDate::Future => Some(
            "its entry has a date more than a day ahead: it counts from when it was first seen",
        ),
    });
    Ok(notes.map(str::to_owned).collect())
}

/// See `Queries::search`.
pub(super) fn search(
    conn: &Connection,
    words: &str,
    limit: usize,
) -> rusqlite::Result<Vec<SearchHit>> {
    let query = all_of(words);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    conn.prepare_cached(SEARCH)?
        .query_map(params![query, count(limit)], |row| {
            Ok(SearchHit {
                url: row.get("url")?,
                title: row.get("title")?,
                lang: row.get("lang")?,
                at: instant(row.get("at")?),
                body: row.get::<_, Packed>("body")?.0,
            })
        })?
        .collect()
}

/// An FTS5 query that wants every word; nothing in a word is taken for FTS5's own syntax. Words
/// without a letter or digit are left out: no text is indexed under them.
fn all_of(words: &str) -> String {
    words
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect::<Vec<_>>()
        .join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_words_whatever_they_hold() {
        assert_eq!(all_of("wang yi"), r#""wang" AND "yi""#);
        assert_eq!(all_of(r#"a"b NEAR(* - "#), r#""a""b" AND "NEAR(*""#);
        assert_eq!(all_of("  "), "");
    }
}
