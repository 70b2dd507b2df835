//! How values stand in columns: instants, words, JSON and packed texts.

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Type, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::{Article, DateSource, Dated, FailureKind, Validators};

/// Texts below this many bytes are stored as they are: zstd would not make them smaller.
const PLAIN_BELOW_BYTES: usize = 400;
const ZSTD_LEVEL: i32 = 3;

/// The column form of an instant: milliseconds since 1970 UTC.
pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The instant of a column; a number beyond jiff's range becomes its nearest end.
pub(super) fn instant(ms: i64) -> Timestamp {
    let end = if ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_millisecond(ms).unwrap_or(end)
}

/// The column form of a length or limit.
pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// JSON for a column.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

/// A value from a JSON column.
pub(super) fn from_json<T: DeserializeOwned>(json: &str) -> rusqlite::Result<T> {
    serde_json::from_str(json).map_err(unreadable)
}

/// The one word that serde gives a plain enum, e.g. `open`.
pub(super) fn word<T: Serialize>(value: T) -> rusqlite::Result<String> {
    Ok(to_json(&value)?.trim_matches('"').to_owned())
}

/// The enum that goes by a word.
pub(super) fn from_word<T: DeserializeOwned>(word: String) -> rusqlite::Result<T> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}

/// Columns read by name.
pub(super) trait Columns {
    /// An instant.
    fn instant(&self, column: &str) -> rusqlite::Result<Timestamp>;
    /// An instant or null.
    fn instant_opt(&self, column: &str) -> rusqlite::Result<Option<Timestamp>>;
    /// A number of rows or bytes.
    fn count(&self, column: &str) -> rusqlite::Result<u64>;
    /// JSON.
    fn json<T: DeserializeOwned>(&self, column: &str) -> rusqlite::Result<T>;
    /// The word of an enum.
    fn word<T: DeserializeOwned>(&self, column: &str) -> rusqlite::Result<T>;
    /// `etag` and `last_modified`.
    fn validators(&self) -> rusqlite::Result<Validators>;
}

impl Columns for Row<'_> {
    fn instant(&self, column: &str) -> rusqlite::Result<Timestamp> {
        Ok(instant(self.get(column)?))
    }

    fn instant_opt(&self, column: &str) -> rusqlite::Result<Option<Timestamp>> {
        Ok(self.get::<_, Option<i64>>(column)?.map(instant))
    }

    fn count(&self, column: &str) -> rusqlite::Result<u64> {
        Ok(self.get::<_, i64>(column)?.unsigned_abs())
    }

    fn json<T: DeserializeOwned>(&self, column: &str) -> rusqlite::Result<T> {
        from_json(self.get_ref(column)?.as_str()?)
    }

    fn word<T: DeserializeOwned>(&self, column: &str) -> rusqlite::Result<T> {
        from_word(self.get(column)?)
    }

    fn validators(&self) -> rusqlite::Result<Validators> {
        Ok(Validators {
            etag: self.get("etag")?,
            last_modified: self.get("last_modified")?,
        })
    }
}

/// A text of any length: TEXT when it is short, a zstd BLOB when it is long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Packed(pub(super) String);

impl ToSql for Packed {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        if self.0.len() < PLAIN_BELOW_BYTES {
            return Ok(ToSqlOutput::from(self.0.as_str()));
        }
        zstd::bulk::compress(self.0.as_bytes(), ZSTD_LEVEL)
            .map(ToSqlOutput::from)
            .map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
    }
}

impl FromSql for Packed {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Null => Ok(Self::default()),
            ValueRef::Blob(bytes) => {
                let plain =
                    zstd::decode_all(bytes).map_err(|e| FromSqlError::Other(Box::new(e)))?;
                String::from_utf8(plain)
                    .map(Self)
                    .map_err(|e| FromSqlError::Other(Box::new(e)))
            }
            text => text.as_str().map(|text| Self(text.to_owned())),
        }
    }
}

/// What an `article_version` row keeps in its `meta` column.
#[derive(Default, Serialize, serde::Deserialize)]
#[serde(default)]
struct ArticleMeta {
    parts: Vec<usize>,
    published: Option<Dated>,
    published_from: Option<DateSource>,
    modified: Option<Dated>,
    modified_from: Option<DateSource>,
    authors: Vec<String>,
    canonical_url: Option<String>,
    image: Option<String>,
    site_name: Option<String>,
    section: Option<String>,
    tags: Vec<String>,
    paid: bool,
    live: bool,
    amp_url: Option<String>,
    next_url: Option<String>,
    print_url: Option<String>,
    failure: Option<FailureKind>,
    notes: Vec<String>,
}

/// The `meta` column of an article's text.
pub(super) fn article_meta(article: &Article) -> rusqlite::Result<String> {
    to_json(&ArticleMeta {
        parts: article.parts.clone(),
        published: article.published.clone(),
        published_from: article.published_from,
        modified: article.modified.clone(),
        modified_from: article.modified_from,
        authors: article.authors.clone(),
        canonical_url: article.canonical_url.clone(),
        image: article.image.clone(),
        site_name: article.site_name.clone(),
        section: article.section.clone(),
        tags: article.tags.clone(),
        paid: article.paid,
        live: article.live,
        amp_url: article.amp_url.clone(),
        next_url: article.next_url.clone(),
        print_url: article.print_url.clone(),
        failure: article.failure,
        notes: article.notes.clone(),
    })
}

/// An article from the columns `title, lang, origin, meta, body` of `article_version`.
pub(super) fn article_of(row: &Row<'_>) -> rusqlite::Result<Article> {
    let meta: ArticleMeta = row.json("meta")?;
    Ok(Article {
        title: row.get("title")?,
        body: row.get::<_, Packed>("body")?.0,
        parts: meta.parts,
        lang: row.get("lang")?,
        published: meta.published,
        published_from: meta.published_from,
        modified: meta.modified,
        modified_from: meta.modified_from,
        authors: meta.authors,
        canonical_url: meta.canonical_url,
        image: meta.image,
        site_name: meta.site_name,
        section: meta.section,
        tags: meta.tags,
        paid: meta.paid,
        live: meta.live,
        amp_url: meta.amp_url,
        next_url: meta.next_url,
        print_url: meta.print_url,
        origin: row.word("origin")?,
        failure: meta.failure,
        notes: meta.notes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AlertState, FeedFormat};

    #[test]
    fn texts_come_back_as_they_were_and_long_ones_get_smaller() {
        for text in ["", "kurz", &"Wang Yi visited Moscow. ".repeat(400)] {
            let packed = Packed(text.to_owned());
            let conn = rusqlite::Connection::open_in_memory().unwrap();
            let (back, bytes): (Packed, i64) = conn
                .query_row("select ?1, octet_length(?1)", [&packed], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .unwrap();
            assert_eq!(back, packed);
            assert!(bytes < count(PLAIN_BELOW_BYTES), "{bytes} bytes");
        }
    }

    #[test]
    fn a_damaged_text_is_an_error_not_a_panic() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        let answer = conn.query_row("select x'28b52ffd00'", [], |row| row.get::<_, Packed>(0));
        assert!(answer.is_err());
    }

    #[test]
    fn an_article_comes_back_as_it_was() {
        let article = Article {
            title: "Title".to_owned(),
            body: "One.\nAnother story.".to_owned(),
            parts: vec![1],
            authors: vec!["Ani".to_owned()],
            notes: vec!["a note".to_owned()],
            ..Article::default()
        };
        let back = |meta: &str| {
            let conn = rusqlite::Connection::open_in_memory().unwrap();
            let sql = "select ?1 as title, null as lang, 'page' as origin, ?2 as meta, ?3 as body";
            let columns = rusqlite::params![article.title, meta, Packed(article.body.clone())];
            conn.query_row(sql, columns, article_of).unwrap()
        };
        assert_eq!(back(&article_meta(&article).unwrap()), article);
        // A row of an older version knew of one story only.
        assert_eq!(back("{}").parts, Vec::<usize>::new());
    }

    #[test]
    fn words_go_both_ways() {
        assert_eq!(word(FeedFormat::Rdf).unwrap(), "rdf");
        assert_eq!(
            from_word::<AlertState>("backlog".to_owned()).unwrap(),
            AlertState::Backlog
        );
        assert!(from_word::<AlertState>("gone".to_owned()).is_err());
    }
}
