//! A page as it was answered, or as it was kept of an answer before: what is read is the same.

use jiff::Timestamp;
use url::Url;

use crate::fetch::{Held, Response, parse_url};
use crate::model::{KeptPage, PackedPage};

/// Where the pages of an article come from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// They are fetched, as these feeds, which named the article, are.
    Web {
        /// Addresses of the feeds.
        feeds: &'a [String],
    },
    /// They were kept; no network.
    Kept(&'a [KeptPage]),
}

/// A page, about to be read.
pub(super) struct Answer {
    /// Address that was asked for.
    pub(super) asked_url: String,
    /// Address that answered.
    pub(super) url: Url,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
    /// When it was fetched: dates on it that lie behind are not believed.
    pub(super) at: Timestamp,
    /// Room that the body takes up until the page is read.
    _held: Option<Held>,
}

impl Answer {
    /// Of the web.
    pub(super) fn fetched(asked_url: String, response: Response, at: Timestamp) -> Self {
        Self {
            asked_url,
            url: response.url,
            content_type: response.content_type,
            body: response.body,
            at,
            _held: response.held,
        }
    }

    /// Of a page that was kept; in words why not.
    pub(super) fn kept(page: &KeptPage) -> Result<Self, String> {
        let damaged = |error| format!("the kept page of {} is damaged: {error}", page.asked_url);
        Ok(Self {
            asked_url: page.asked_url.clone(),
            url: parse_url(&page.url).map_err(|error| error.to_string())?,
            content_type: page.content_type.clone(),
            body: page.page.unpack().map_err(damaged)?,
            at: page.fetched_at,
            _held: None,
        })
    }

    /// What is to be kept of it. Compresses, so that it belongs on a computing thread.
    pub(super) fn keep(&self) -> Option<KeptPage> {
        match PackedPage::pack(&self.body) {
            Ok(page) => Some(KeptPage {
                asked_url: self.asked_url.clone(),
                url: self.url.clone().into(),
                content_type: self.content_type.clone(),
                fetched_at: self.at,
                page,
            }),
            Err(error) => {
                tracing::debug!("{} is not kept: {error}", self.asked_url);
                None
            }
        }
    }
}
