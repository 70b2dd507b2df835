//! The texts that an article had, one row each.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::rows::{Columns, Packed, article_meta, article_of, ms, word};
use crate::model::{Article, ArticleId};
use crate::store::ArticleVersion;

/// Tells whether a text is the stored one.
pub(super) const HASH: &str =
    "select text_hash from article_version where article_id = ?1 and version = ?2";
/// The first version behind ?2, up to ?3, that the publisher made.
pub(super) const PUBLISHED_SINCE: &str = "select min(version) from article_version
     where article_id = ?1 and version > ?2 and version <= ?3 and reread = 0";

/// All of them.
pub(super) const ALL: &str = "select version, read_at, reread, title, lang, origin, meta, body
     from article_version where article_id = ?1 order by version";

/// See `Queries::article_versions`.
pub(super) fn all(conn: &Connection, article: ArticleId) -> rusqlite::Result<Vec<ArticleVersion>> {
    conn.prepare_cached(ALL)?
        .query_map([article.0], |row| {
            Ok(ArticleVersion {
                version: row.get("version")?,
                read_at: row.instant("read_at")?,
                reread: row.get("reread")?,
                article: article_of(row)?,
            })
        })?
        .collect()
}

/// A text to be stored.
pub(super) struct NewText<'a> {
    /// When it was read.
    pub(super) at: Timestamp,
    /// The text.
    pub(super) article: &'a Article,
    /// Words of title and body for the search index.
    pub(super) words: (&'a str, &'a str),
    /// It is made of the same page as the stored one.
    pub(super) reread: bool,
}

/// The newest version up to `stored` that says the same of the publisher's page as version `judged`: all
/// between the two are rereads.
pub(super) fn unchanged_until(
    conn: &Connection,
    article: i64,
    judged: u32,
    stored: u32,
) -> rusqlite::Result<u32> {
    let changed: Option<u32> = conn
        .prepare_cached(PUBLISHED_SINCE)?
        .query_row(params![article, judged, stored], |row| row.get(0))?;
    Ok(changed.map_or(stored, |version| version - 1))
}

/// Stores a text as the next version, unless it is the stored one. Answers with the version.
pub(super) fn store_text(
    conn: &Connection,
    article: ArticleId,
    stored: u32,
    new: &NewText<'_>,
) -> rusqlite::Result<u32> {
    let text = new.article;
    let hash = text_hash(text);
    let before: Option<[u8; 32]> = conn
        .prepare_cached(HASH)?
        .query_row(params![article.0, stored], |row| row.get(0))
        .optional()?;
    if before == Some(hash) {
        // The same text may be there for another reason: a page that could not be had, or can be again.
        conn.prepare_cached(
            "update article_version set meta = ?3 where article_id = ?1 and version = ?2",
        )?
        .execute(params![article.0, stored, article_meta(text)?])?;
        return Ok(stored);
    }
    let version = stored + 1;
    conn.prepare_cached(
        "insert into article_version (article_id, version, read_at, text_hash, title, lang, origin,
             published_at, meta, body, reread)
         values (:article, :version, :at, :hash, :title, :lang, :origin, :published, :meta, :body, :reread)",
    )?
    .execute(named_params! {
        ":article": article.0,
        ":version": version,
        ":at": ms(new.at),
        ":hash": hash,
        ":title": text.title,
        ":lang": text.lang,
        ":origin": word(text.origin)?,
        ":published": text.published.as_ref().map(|dated| ms(dated.at)),
        ":meta": article_meta(text)?,
        ":body": Packed(text.body.clone()),
        ":reread": new.reread,
    })?;
    index(conn, article.0, new.words)?;
    conn.prepare_cached(
        "update article set version = ?2, has_body = ?3, title_words = ?4 where id = ?1",
    )?
    .execute(params![
        article.0,
        version,
        !text.body.is_empty(),
        new.words.0
    ])?;
    Ok(version)
}

/// blake3 of title and body; the length keeps the border between the two.
fn text_hash(text: &Article) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(text.title.len() as u64).to_le_bytes());
    hasher.update(text.title.as_bytes());
    hasher.update(text.body.as_bytes());
    *hasher.finalize().as_bytes()
}

/// Puts the words of an article into the search index, in place of those it had.
pub(super) fn index(
    conn: &Connection,
    article: i64,
    (title, body): (&str, &str),
) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "insert or replace into article_words (rowid, title, body) values (?1, ?2, ?3)",
    )?
    .execute(params![article, title, body])?;
    Ok(())
}
