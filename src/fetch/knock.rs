//! Is a host there? A HEAD of its root, for a person who asks what is wrong.

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::DATE;
use tokio::time::timeout;
use url::Url;

use super::exchange::Sent;
use super::redirect::strip_credentials;
use super::{Access, FetchError, Fetcher};

/// What a host answered; any status is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knock {
    /// HTTP status.
    pub status: u16,
    /// The host's clock (`Date`), to the second.
    pub date: Option<Timestamp>,
}

impl Fetcher {
    /// Asks the host of `feed` for the head of its root, the way that the feed would be fetched (proxy, certificates,
    /// guard), but without the feed's login: it is one request, follows no redirect and waits for no turn.
    ///
    /// # Errors
    /// [`FetchError`] when there is no answer; a status is never one.
    pub async fn knock(&self, feed: &Url, access: &Access) -> Result<Knock, FetchError> {
        let mut url = feed.clone();
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        strip_credentials(&mut url);
        let manners = self.manners_of(access, &url);
        let sent = Sent {
            method: Method::HEAD,
            route: self.route(access.identity_for(&url), &manners),
            url: &url,
            headers: self.headers_of_host(&url),
            body: None,
        };
        let answer = timeout(self.deadline, self.send(sent)).await;
        let answer = answer.map_err(|_| self.timed_out())??;
        let date = answer.headers().get(DATE);
        let date = date.and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        Ok(Knock {
            status: answer.status().as_u16(),
            date: date.and_then(|date| Timestamp::try_from(date).ok()),
        })
    }

    /// True when somebody else makes the connection to the host of `feed`, and looks its name up.
    #[must_use]
    pub fn is_proxied(&self, feed: &Url, access: &Access) -> bool {
        let manners = self.manners_of(access, feed);
        self.route(None, &manners).proxy_url().is_some()
    }
}
