//! Stored texts as they lie there: for looking through all of them fast.

use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params};

use super::rows::{Columns, count, ms};
use super::stored;
use crate::model::ArticleId;
use crate::store::{PackedText, StoredArticle, StoredHit, StoredText};

/// Articles with a text in the order in which they came, behind a place in it.
pub(super) const PAGE: &str = "select article.id, article.first_seen, av.title, av.lang, av.body
     from article join article_version as av on av.article_id = article.id and av.version = article.version
     where article.version > 0 and first_seen >= :since and (first_seen, id) > (:seen, :id)
     order by first_seen, id limit :limit";
/// What its entries said, first seen first.
pub(super) const ENTRIES: &str =
    "select entry.title, summary, coalesce(feed.lang, declared_lang) as lang
     from entry join feed on feed.id = entry.feed_id where article_id = ?1 order by entry.id";
/// What a watch hit.
pub(super) const HITS: &str = "select article.id, article.url, article.first_seen, av.title, av.lang,
         av.body is not null as has_text
     from hit join article on article.id = hit.article_id
         left join article_version as av on av.article_id = article.id and av.version = article.version
     where watch = :watch and withdrawn_at is null and first_seen >= :since
     order by first_seen, article.id";

/// See `Queries::stored_texts`.
pub(super) fn page(
    conn: &Connection,
    since: Timestamp,
    after: Option<(Timestamp, ArticleId)>,
    limit: usize,
) -> rusqlite::Result<Vec<StoredText>> {
    let (seen, id) = after.map_or((ms(since), 0), |(seen, id)| (ms(seen), id.0));
    let mut found: Vec<StoredText> = conn
        .prepare_cached(PAGE)?
        .query_map(
            named_params! {
                ":since": ms(since),
                ":seen": seen,
                ":id": id,
                ":limit": count(limit),
            },
            text_of,
        )?
        .collect::<rusqlite::Result<_>>()?;
    let mut entries = conn.prepare_cached(ENTRIES)?;
    for text in &mut found {
        let mut rows = entries.query([text.id.0])?;
        while let Some(row) = rows.next()? {
            if text.entry_title.is_empty() {
                text.entry_title = row.get::<_, Option<String>>("title")?.unwrap_or_default();
            }
            if text.entry_summary.is_empty() {
                text.entry_summary = packed(row, "summary")?.unwrap_or_default();
            }
            if text.lang.is_none() {
                text.lang = row.get("lang")?;
            }
        }
    }
    Ok(found)
}

fn text_of(row: &Row<'_>) -> rusqlite::Result<StoredText> {
    Ok(StoredText {
        id: ArticleId(row.get("id")?),
        first_seen: row.instant("first_seen")?,
        title: row.get("title")?,
        lang: row.get("lang")?,
        body: packed(row, "body")?,
        entry_title: String::new(),
        entry_summary: PackedText::default(),
    })
}

fn packed(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<PackedText>> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(column)? {
        ValueRef::Null => None,
        ValueRef::Blob(bytes) => Some(PackedText::Packed(bytes.to_vec())),
        text => Some(PackedText::Plain(text.as_str()?.to_owned())),
    })
}

/// See `Queries::stored_by_id`.
pub(super) fn by_id(
    conn: &Connection,
    articles: &[ArticleId],
) -> rusqlite::Result<Vec<StoredArticle>> {
    let mut found = Vec::with_capacity(articles.len());
    for article in articles {
        found.extend(stored::by_id(conn, *article)?);
    }
    Ok(found)
}

/// See `Queries::stored_hits`.
pub(super) fn hits(
    conn: &Connection,
    watch: &str,
    since: Timestamp,
) -> rusqlite::Result<Vec<StoredHit>> {
    conn.prepare_cached(HITS)?
        .query_map(
            named_params! { ":watch": watch, ":since": ms(since) },
            |row| {
                Ok(StoredHit {
                    id: ArticleId(row.get("id")?),
                    url: row.get("url")?,
                    title: row.get::<_, Option<String>>("title")?.unwrap_or_default(),
                    lang: row.get("lang")?,
                    first_seen: row.instant("first_seen")?,
                    has_text: row.get("has_text")?,
                })
            },
        )?
        .collect()
}

impl PackedText {
    /// The text; with the decoder of a thread, which is made once. What is damaged is empty.
    #[must_use]
    pub fn open(&self, decoder: &mut TextDecoder) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Packed(bytes) => decoder.decode(bytes).unwrap_or_default(),
        }
    }
}

/// Unpacks texts one after another.
pub struct TextDecoder {
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

impl Default for TextDecoder {
    fn default() -> Self {
        Self {
            zstd: zstd::bulk::Decompressor::new().ok(),
        }
    }
}

impl TextDecoder {
    fn decode(&mut self, bytes: &[u8]) -> Option<String> {
        let size = zstd::bulk::Decompressor::upper_bound(bytes);
        let plain = match (&mut self.zstd, size) {
            (Some(zstd), Some(size)) => zstd.decompress(bytes, size).ok(),
            _ => zstd::decode_all(bytes).ok(),
        };
        String::from_utf8(plain?).ok()
    }
}
