//! What several stages and questions ask of an article: its text, its entries, its feeds.

use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{Columns, Packed, article_of};
use crate::model::{Article, EntryText};

/// The text of one version.
pub(super) const TEXT: &str = "select title, lang, origin, meta, body from article_version
     where article_id = ?1 and version = ?2";
/// The entries of an article with their feeds, first seen first.
pub(super) const ENTRIES: &str = "select entry.title, summary, content, published_at, authors,
         feed.url, feed.title as feed_title, feed.tags, coalesce(feed.lang, declared_lang) as lang
     from entry join feed on feed.id = entry.feed_id
     where article_id = ?1 order by entry.id";

/// The text of a version; `None` when there is none.
pub(super) fn text(
    conn: &Connection,
    article: i64,
    version: u32,
) -> rusqlite::Result<Option<Article>> {
    conn.prepare_cached(TEXT)?
        .query_row(params![article, version], article_of)
        .optional()
}

/// What the feeds say about an article.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Per part, the first entry that has one.
    pub(super) entry: EntryText,
    /// Addresses of the feeds, first one first.
    pub(super) feeds: Vec<String>,
    /// Title of the first feed.
    pub(super) feed_title: Option<String>,
    /// Tags of all of them.
    pub(super) tags: Vec<String>,
    /// Language of the first that has one.
    pub(super) lang: Option<String>,
}

/// Gathers what the entries and feeds of an article say.
pub(super) fn named(conn: &Connection, article: i64) -> rusqlite::Result<Named> {
    let mut named = Named::default();
    let mut statement = conn.prepare_cached(ENTRIES)?;
    let mut rows = statement.query([article])?;
    while let Some(row) = rows.next()? {
        let entry = &mut named.entry;
        fill(&mut entry.title, row.get::<_, Option<String>>("title")?);
        fill(&mut entry.summary, Some(row.get::<_, Packed>("summary")?.0));
        fill(&mut entry.content, Some(row.get::<_, Packed>("content")?.0));
        entry.published = entry.published.or(row.instant_opt("published_at")?);
        if entry.authors.is_empty() {
            entry.authors = row.json("authors")?;
        }
        if named.feeds.is_empty() {
            named.feed_title = row.get("feed_title")?;
        }
        named.lang = named.lang.take().or(row.get("lang")?);
        add(&mut named.feeds, row.get("url")?);
        for tag in row.json::<Vec<String>>("tags")? {
            add(&mut named.tags, tag);
        }
    }
    Ok(named)
}

fn fill(part: &mut String, text: Option<String>) {
    if let Some(text) = text
        && part.is_empty()
    {
        *part = text;
    }
}

fn add(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}
