//! What was purged stays known by a hash, so that it is not fetched again the next time a feed names it.

use rusqlite::{Connection, params};

/// Whether a mark is there.
pub(super) const IS_THERE: &str = "select exists (select 1 from purged where key = ?1)";
const ADD: &str = "insert or ignore into purged (key) values (?1)";

/// What was purged.
pub(super) enum Purged<'a> {
    /// An article, by its address.
    Article(&'a str),
    /// An entry, by the address of its feed and its key.
    Entry(&'a str, &'a str),
}

impl Purged<'_> {
    fn key(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        // No address and no kind holds a zero byte: what stands on its two sides stays apart.
        match self {
            Self::Article(url) => hasher.update(b"article\0").update(url.as_bytes()),
            Self::Entry(feed, key) => hasher
                .update(b"entry\0")
                .update(feed.as_bytes())
                .update(b"\0")
                .update(key.as_bytes()),
        };
        *hasher.finalize().as_bytes()
    }

    /// Marks it.
    pub(super) fn add(&self, conn: &Connection) -> rusqlite::Result<()> {
        conn.prepare_cached(ADD)?
            .execute(params![self.key()])
            .map(|_| ())
    }

    /// Whether it was purged.
    pub(super) fn is_there(&self, conn: &Connection) -> rusqlite::Result<bool> {
        conn.prepare_cached(IS_THERE)?
            .query_row(params![self.key()], |row| row.get(0))
    }
}
