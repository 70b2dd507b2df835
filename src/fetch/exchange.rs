//! One request and its answer: through the guard, with a cap on the body.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, LOCATION};
use tokio::time::timeout;
use url::{Host, Url};

use super::access::Manners;
use super::clients::Route;
use super::fetcher::BodyLimit;
use super::link::header_links;
use super::request::Prepared;
use super::resolve::URL_PORT;
use super::response::{content, freshness, retry_after, says_delta, validators};
use super::{FetchError, Fetcher, RefusalPage, Response};
use crate::model::FailureKind;
use crate::world::{Forbidden, Identity, TlsOptions, check_every};

/// A page that says why it refuses says so early.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;

/// The page that comes with a refusal is waited for so long, within the deadline.
const REFUSAL_WAIT: Duration = Duration::from_secs(5);

/// A request as it goes out.
pub(super) struct Sent<'a> {
    pub(super) method: Method,
    pub(super) route: Route,
    pub(super) url: &'a Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<String>,
}

/// What one hop came to.
pub(super) enum Hop {
    Arrived(Box<Response>),
    Redirected { location: Vec<u8>, permanent: bool },
}

impl Fetcher {
    /// The way to the network that these manners ask for.
    pub(super) fn route(&self, identity: Option<&Identity>, manners: &Manners) -> Route {
        Route {
            proxy: manners.proxy.clone(),
            tls: TlsOptions {
                ca: manners.ca.clone(),
                identity: identity.cloned(),
            },
        }
    }

    /// One hop of a fetch.
    pub(super) async fn hop(&self, sent: Sent<'_>, request: &Prepared) -> Result<Hop, FetchError> {
        let url = sent.url;
        let mut answer = self.send(sent).await?;
        let code = answer.status().as_u16();
        if let (301..=303 | 307 | 308, Some(location)) = (code, answer.headers().get(LOCATION)) {
            return Ok(Hop::Redirected {
                location: location.as_bytes().to_vec(),
                permanent: matches!(code, 301 | 308),
            });
        }
        let asked_for = match code {
            // A part was not asked for, and 304 answers a condition only.
            206 => false,
            226 => request.delta && says_delta(answer.headers()),
            200..=299 => true,
            304 => request.conditional,
            _ => false,
        };
        if !asked_for {
            let error = self.status_error(code, answer.headers());
            let wanted = request.wants_refusal && says_more(code, answer.headers());
            return Err(match wanted {
                true => self.with_page(error, &mut answer, url).await,
                false => error,
            });
        }
        let body = self.body(&mut answer, url, request.body_limit).await?;
        let response = self.response(code, url, answer.headers(), body);
        Ok(Hop::Arrived(Box::new(response)))
    }

    /// A request that nothing but a success answers.
    pub(super) async fn exchange(
        &self,
        sent: Sent<'_>,
        limit: BodyLimit,
    ) -> Result<Response, FetchError> {
        let url = sent.url;
        let mut answer = self.send(sent).await?;
        let code = answer.status().as_u16();
        if !(200..=299).contains(&code) {
            return Err(self.status_error(code, answer.headers()));
        }
        let body = self.body(&mut answer, url, limit).await?;
        Ok(self.response(code, url, answer.headers(), body))
    }

    /// Sends one request, through the guard, and reads the head of the answer.
    pub(super) async fn send(&self, sent: Sent<'_>) -> Result<reqwest::Response, FetchError> {
        let url = sent.url;
        let port = url.port_or_known_default().unwrap_or(0);
        let host = url.host_str().unwrap_or_default();
        self.check_target(url, host, port, sent.route.proxy_url().is_some())
            .await?;
        let proxy = sent.route.proxy_url();
        let client = self.clients.get(&sent.route)?;
        let mut request = client
            .request(sent.method, url.clone())
            .headers(sent.headers);
        if let Some(body) = sent.body {
            request = request.body(body);
        }
        let answer = URL_PORT.scope(port, request.send()).await;
        answer.map_err(|error| FetchError::from_reqwest(error, host, proxy, self.deadline))
    }

    /// What the resolver of the client does not see: ports, hosts that are addresses, and names that a
    /// proxy will resolve in our place.
    async fn check_target(
        &self,
        url: &Url,
        host: &str,
        port: u16,
        proxied: bool,
    ) -> Result<(), FetchError> {
        let refused = |forbidden: Forbidden| {
            FetchError::refused(FailureKind::BlockedAddress, forbidden.to_string())
        };
        self.guard.check_port(host, port).map_err(refused)?;
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => SocketAddr::from((ip, port)),
            Some(Host::Ipv6(ip)) => SocketAddr::from((ip, port)),
            _ if proxied => {
                let check = check_every(&*self.world.resolver, &self.guard, host, port);
                // Behind a proxy there may be no name server that answers.
                return match timeout(self.connect_timeout, check).await {
                    Ok(checked) => checked.map_err(refused),
                    Err(_) => Ok(()),
                };
            }
            _ => return Ok(()),
        };
        self.guard.check(host, literal).map_err(refused)
    }

    fn status_error(&self, code: u16, headers: &HeaderMap) -> FetchError {
        FetchError::Status {
            code,
            retry_after: retry_after(headers, self.world.clock.now()),
            page: None,
        }
    }

    /// The refusal, with the beginning of its page. The answer is known already, so the page is worth a few
    /// seconds and no failure of its own.
    async fn with_page(
        &self,
        error: FetchError,
        answer: &mut reqwest::Response,
        url: &Url,
    ) -> FetchError {
        let content_type = content(answer.headers()).0;
        let limit = BodyLimit::Cut(REFUSAL_BYTES_MAX);
        let mut body = Vec::new();
        let read = self.read_into(&mut body, answer, url, limit);
        // What had come before it broke off is looked at all the same.
        let _ = timeout(REFUSAL_WAIT.min(self.deadline / 4), read).await;
        let found = RefusalPage { content_type, body };
        match error {
            FetchError::Status {
                code, retry_after, ..
            } => FetchError::Status {
                code,
                retry_after,
                page: Some(Box::new(found)),
            },
            other => other,
        }
    }

    fn response(&self, status: u16, url: &Url, headers: &HeaderMap, body: Vec<u8>) -> Response {
        let (content_type, content_location) = content(headers);
        Response {
            status,
            url: url.clone(),
            permanent: None,
            validators: validators(headers),
            content_type,
            content_location,
            freshness: freshness(headers),
            retry_after: retry_after(headers, self.world.clock.now()),
            links: header_links(headers, url),
            body,
            held: None,
        }
    }

    /// Reads the body piece by piece, so that a bomb is noticed before it fills the memory.
    async fn body(
        &self,
        answer: &mut reqwest::Response,
        url: &Url,
        limit: BodyLimit,
    ) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        self.read_into(&mut body, answer, url, limit).await?;
        Ok(body)
    }

    async fn read_into(
        &self,
        body: &mut Vec<u8>,
        answer: &mut reqwest::Response,
        url: &Url,
        limit: BodyLimit,
    ) -> Result<(), FetchError> {
        let host = url.host_str().unwrap_or_default();
        let announced = answer.content_length().unwrap_or(0);
        loop {
            match limit {
                BodyLimit::Refuse(cap) if announced > cap as u64 || body.len() > cap => {
                    return Err(FetchError::TooLarge { cap });
                }
                BodyLimit::Cut(cap) if body.len() >= cap => {
                    body.truncate(cap);
                    return Ok(());
                }
                _ => {}
            }
            let chunk = answer.chunk().await;
            let chunk =
                chunk.map_err(|e| FetchError::from_reqwest(e, host, None, self.deadline))?;
            let Some(chunk) = chunk else {
                body.shrink_to_fit();
                return Ok(());
            };
            // Doubling would leave half of it empty, and dozens of bodies are under way.
            if body.capacity() - body.len() < chunk.len() {
                body.reserve_exact(chunk.len().max(body.len() / 4));
            }
            body.extend_from_slice(&chunk);
        }
    }
}

/// True for a refusal that a page may explain: bot checks and login pages come with these. What a 404 or a 500 shows
/// is the site's own look, and says no more than the status.
fn says_more(code: u16, headers: &HeaderMap) -> bool {
    let kind = content(headers).0.unwrap_or_default().to_ascii_lowercase();
    matches!(code, 401 | 403 | 405 | 406 | 429 | 503) && (kind.is_empty() || kind.contains("html"))
}
