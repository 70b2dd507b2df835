//! `robots.txt` for pages (RFC 9309): asked for once a day and origin, through the same gate and guard as
//! the pages themselves.

mod cache;
mod rules;

use std::sync::Arc;

use url::Url;

use cache::Known;
pub(super) use cache::RobotsCache;
use rules::Rules;

use super::fetcher::BodyLimit;
use super::redirect::shown;
use super::request::{Accept, Prepared};
use super::{Access, FetchError, Fetcher, Request};
use crate::model::FailureKind;

/// Bytes of a file that are read (RFC 9309, 2.5); the rest is left.
const BYTES_MAX: usize = 500 << 10;

/// Redirects that are followed to a file (RFC 9309, 2.3.1.2).
const HOPS_MAX: usize = 5;

/// What files are remembered by: scheme, host and port.
pub(super) fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

impl Fetcher {
    /// Asks the `robots.txt` of the page's origin whether it may be fetched.
    ///
    /// # Errors
    /// [`FetchError::Robots`] when it may not; [`FetchError::Network`] when there is no way to the host.
    pub(super) async fn ask_robots(
        &self,
        page: &Url,
        access: &Arc<Access>,
    ) -> Result<(), FetchError> {
        let origin = self.robots.origin(&origin_of(page));
        let mut known = origin.lock().await;
        let now = self.world.clock.now();
        if !known.as_ref().is_some_and(|known| known.is_fresh(now)) {
            let learnt = self.fetch_robots(page, access, known.as_ref()).await?;
            *known = Some(learnt);
        }
        known.as_ref().map_or(Ok(()), |known| verdict(page, known))
    }

    async fn fetch_robots(
        &self,
        page: &Url,
        access: &Arc<Access>,
        before: Option<&Known>,
    ) -> Result<Known, FetchError> {
        let mut url = page.clone();
        url.set_path("/robots.txt");
        url.set_query(None);
        let request = Request {
            access: Arc::clone(access),
            ..Request::new(url, Accept::Robots)
        };
        let request = Prepared::new(request, HOPS_MAX, BodyLimit::Cut(BYTES_MAX))?;
        // Boxed, because following a page's hops is what leads here.
        let answer = Box::pin(self.follow(request)).await;
        let now = self.world.clock.now();
        Ok(match answer {
            Ok(response) => {
                Known::read(Rules::parse(&String::from_utf8_lossy(&response.body)), now)
            }
            Err(error) if is_absent(&error) => Known::absent(now),
            Err(error) => Known::failed(before, error, now),
        })
    }
}

/// True when the answer means that there is no such file. A host that is asked too often (429) has one,
/// perhaps.
fn is_absent(error: &FetchError) -> bool {
    match error.kind() {
        FailureKind::BadRedirect | FailureKind::BlockedAddress => true,
        FailureKind::TooManyRequests => false,
        _ => matches!(error.status(), Some(400..=499)),
    }
}

fn verdict(page: &Url, known: &Known) -> Result<(), FetchError> {
    let host = page.host_str().unwrap_or_default();
    if let Some(why) = &known.unreachable {
        // Nobody is there, or nobody to be trusted: that is what is wrong with the page.
        if matches!(why, FetchError::Network { .. }) {
            return Err(why.clone());
        }
        return Err(FetchError::Robots {
            why: format!("{host} cannot be asked for its robots.txt: {why}"),
            transient: true,
        });
    }
    let path = &page[url::Position::BeforePath..url::Position::AfterQuery];
    if known.rules.allow(path) {
        return Ok(());
    }
    Err(FetchError::Robots {
        why: format!(
            "the robots.txt of {host} asks not to fetch {}; `respect_robots = false` is for one's own sites",
            shown(page)
        ),
        transient: false,
    })
}
