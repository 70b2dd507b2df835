//! The pages of an article as they were fetched, kept to be read again.

use std::io;

use jiff::Timestamp;

use super::{Article, ArticleId, EntryText};

/// The version of this program, kept with what it read.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// As text bodies are packed: more effort makes a page 5 % smaller at three times the time.
const ZSTD_LEVEL: i32 = 3;

/// Longest page that is kept, in bytes.
const PAGE_BYTES_MAX: usize = 64 << 20;

/// The bytes of a page, compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedPage(Vec<u8>);

impl PackedPage {
    /// Compresses a page.
    ///
    /// # Errors
    /// When it is longer than any page, or memory is short.
    pub fn pack(page: &[u8]) -> io::Result<Self> {
        if page.len() > PAGE_BYTES_MAX {
            return Err(io::Error::other("longer than any page"));
        }
        zstd::bulk::compress(page, ZSTD_LEVEL).map(Self)
    }

    /// The page again, byte for byte.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn unpack(&self) -> io::Result<Vec<u8>> {
        zstd::bulk::decompress(&self.0, PAGE_BYTES_MAX)
    }

    /// What a store keeps of it, back again.
    #[must_use]
    pub fn from_packed(packed: Vec<u8>) -> Self {
        Self(packed)
    }

    /// What a store is to keep.
    #[must_use]
    pub fn packed(&self) -> &[u8] {
        &self.0
    }
}

/// One page that went into an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPage {
    /// Address that was asked for, without a fragment.
    pub asked_url: String,
    /// Address that answered, after redirects.
    pub url: String,
    /// HTTP `Content-Type`, with its charset.
    pub content_type: Option<String>,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// The bytes as they were read.
    pub page: PackedPage,
}

/// What a text was made of, as far as another text in its place has to know: when one of it has changed
/// meanwhile, the other text is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Version of the stored text.
    pub version: u32,
    /// The article's last lease.
    pub lease_no: i64,
    /// When its kept page was fetched.
    pub fetched_at: Timestamp,
}

/// An article with its kept pages, to be read again.
#[derive(Debug, Clone)]
pub struct KeptArticle {
    /// Row id.
    pub id: ArticleId,
    /// Address.
    pub url: String,
    /// What its entries said.
    pub entry: EntryText,
    /// Language declared by the feed or the config.
    pub lang_hint: Option<String>,
    /// The stored text.
    pub article: Article,
    /// Its pages: the first is its own, the others in the order they were read.
    pub pages: Vec<KeptPage>,
    /// Version of wirewatch whose reading of them is stored.
    pub program: String,
    /// What the text is made of.
    pub seen: Seen,
    /// False while something of the publisher's waits to be read or judged: that goes first.
    pub is_free: bool,
}

/// What reading kept pages again came to, when it is another text.
#[derive(Debug, Clone)]
pub struct RereadOutcome {
    /// When.
    pub at: Timestamp,
    /// The text.
    pub article: Box<Article>,
    /// As in [`super::ReadOutcome::Read`].
    pub search_title: String,
    /// As in [`super::ReadOutcome::Read`].
    pub search_body: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_comes_back_byte_for_byte_and_a_damaged_one_is_an_error() {
        let page: Vec<u8> = (0..60_000_u32).map(|n| (n % 251) as u8).collect();
        let packed = PackedPage::pack(&page).expect("it packs");
        assert!(packed.packed().len() < page.len() / 10);
        assert_eq!(packed.unpack().expect("it unpacks"), page);
        let cut = packed.packed()[..100].to_vec();
        assert!(PackedPage::from_packed(cut).unpack().is_err());
        assert_eq!(
            PackedPage::pack(b"")
                .and_then(|packed| packed.unpack())
                .expect("empty"),
            b""
        );
    }
}
