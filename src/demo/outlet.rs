//! An invented outlet: its looks, its words, its feed.

use serde::{Deserialize, Serialize};

/// How an outlet writes its feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedFormat {
    /// RSS 2.0 with summaries.
    Rss2,
    /// RSS 2.0 with the whole text in `content:encoded`.
    Rss2Full,
    /// RSS 2.0 with nothing but titles and links.
    Rss2Bare,
    /// RSS 1.0 (RDF).
    Rss1,
    /// Atom 1.0 (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl FeedFormat {
    /// The media type it is served with, without parameters.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Rss2 | Self::Rss2Full | Self::Rss2Bare => "application/rss+xml",
            Self::Rss1 => "application/rdf+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }
}

/// The charset an outlet's pages and feed are written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Charset {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// The Cyrillic code page of older Russian sites.
    #[serde(rename = "windows-1251")]
    Windows1251,
}

impl Charset {
    /// Its name in headers, `meta` and XML declarations.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1251 => "windows-1251",
        }
    }

    /// Writes markup in it; what it lacks becomes a numeric character reference.
    pub(super) fn encode(self, markup: &str) -> Vec<u8> {
        let encoding = match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Windows1251 => encoding_rs::WINDOWS_1251,
        };
        encoding.encode(markup).0.into_owned()
    }
}

/// The outlet's feed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedSpec {
    pub(super) format: FeedFormat,
    pub(super) path: String,
    /// `Cache-Control: max-age`, seconds.
    pub(super) max_age_s: Option<u32>,
    /// Query that the feed adds to its links, as campaigns do; the page's own address lacks it.
    #[serde(default)]
    pub(super) tracking: String,
    /// Tags of the feed in the demo's config.
    pub(super) tags: Vec<String>,
}

/// A link of the header navigation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) path: String,
}

/// A reader's comment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Comment {
    pub(super) by: String,
    pub(super) text: String,
}

/// The words around an article in the outlet's language.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) home: String,
    pub(super) search: String,
    pub(super) read_also: String,
    pub(super) advertisement: String,
    pub(super) ad_text: String,
    pub(super) related: String,
    pub(super) most_read: String,
    pub(super) share: String,
    pub(super) comments: String,
    pub(super) reply: String,
    pub(super) newsletter: String,
    pub(super) subscribe: String,
    pub(super) cookies: String,
    pub(super) accept: String,
    pub(super) reject: String,
    pub(super) updated: String,
    pub(super) photo: String,
    pub(super) imprint: String,
}

/// One invented outlet, as its `outlet.toml` describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outlet {
    pub(super) name: String,
    pub(super) tagline: String,
    /// BCP 47.
    pub(super) lang: String,
    /// Written from right to left.
    #[serde(default)]
    pub(super) rtl: bool,
    #[serde(default)]
    pub(super) charset: Charset,
    /// The page says its charset in `meta` alone, not in the header.
    #[serde(default)]
    pub(super) charset_in_meta_only: bool,
    /// File name under `layouts/` without its ending.
    pub(super) layout: String,
    /// CSS colour of the masthead.
    pub(super) colour: String,
    /// Offset of its wall clock from UTC, minutes.
    pub(super) utc_offset_min: i32,
    /// How it shows times (`strftime`).
    pub(super) time_format: String,
    /// Address of an article; `{slug}` stands for the slug.
    pub(super) article_path: String,
    pub(super) feed: FeedSpec,
    pub(super) sections: Vec<Section>,
    pub(super) words: Words,
    pub(super) comments: Vec<Comment>,
}
