//! One fetch from first hop to last byte.

mod post;

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{HeaderMap, LOCATION};
use tokio::time::{Instant, timeout};
use url::{Host, Url};

use super::gate::Gate;
use super::redirect::{next_hop, same_party};
use super::request::Prepared;
use super::resolve::{GuardedResolver, URL_PORT};
use super::response::{content, freshness, retry_after, validators};
use super::{FetchError, FetchOptions, Request, Response, host_key};
use crate::model::FailureKind;
use crate::world::{AddressGuard, World, tls_config};

/// Fetches documents, politely. One per process: it keeps the connections and the distances.
pub struct Fetcher {
    client: reqwest::Client,
    guard: AddressGuard,
    gate: Gate,
    body_bytes_max: usize,
    deadline: Duration,
    world: World,
}

/// What one hop came to.
enum Hop {
    Arrived(Box<Response>),
    Redirected { location: Vec<u8>, permanent: bool },
}

impl Fetcher {
    /// A fetcher that behaves as the options say.
    ///
    /// # Errors
    /// [`FetchError::Setup`] when the options cannot work.
    pub fn new(options: FetchOptions, world: World) -> Result<Self, FetchError> {
        let guard = AddressGuard::new(options.allow.clone());
        let setup = |what: &str, error: &dyn std::fmt::Display| FetchError::Setup {
            why: format!("{what}: {error}"),
        };
        let user_agent = reqwest::header::HeaderValue::try_from(options.user_agent())
            .map_err(|error| setup("contact or user_agent of [fetch] is no header", &error))?;
        let tls = tls_config().map_err(|error| setup("no TLS", &error))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(user_agent)
            .dns_resolver(GuardedResolver {
                resolver: world.resolver.clone(),
                guard: guard.clone(),
            })
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // A proxy would make the connection in our place, where the guard does not look.
            .no_proxy()
            .connect_timeout(options.connect_timeout)
            // Long enough for a feed and its new pages; thousands of hosts must not each leave one open.
            .pool_idle_timeout(Duration::from_secs(15))
            .pool_max_idle_per_host(options.host_parallel.get())
            .build()
            .map_err(|error| setup("no HTTP client", &error))?;
        Ok(Self {
            client,
            guard,
            gate: Gate::new(
                options.concurrency.get(),
                options.host_parallel.get(),
                options.host_delay,
            ),
            body_bytes_max: options.body_bytes_max,
            deadline: options.deadline,
            world,
        })
    }

    /// Gets one document: waits for the host's turn, follows redirects, reads the whole body.
    ///
    /// # Errors
    /// [`FetchError`], as its variants say. A body that broke off is an error, never a short body.
    pub async fn get(&self, request: Request) -> Result<Response, FetchError> {
        let mut request = Prepared::new(request)?;
        let mut seen = vec![request.url.clone()];
        let mut all_permanent = true;
        let mut left = self.deadline;
        loop {
            let pass = self.gate.enter(&host_key(&request.url)).await;
            let started = Instant::now();
            let hop = timeout(left, self.hop(&request)).await;
            drop(pass);
            left = left.saturating_sub(started.elapsed());
            match hop.map_err(|_| self.timed_out())?? {
                Hop::Arrived(mut response) => {
                    let moved = all_permanent && seen.len() > 1;
                    response.permanent = moved.then(|| response.url.clone());
                    return Ok(*response);
                }
                Hop::Redirected {
                    location,
                    permanent,
                } => {
                    all_permanent &= permanent;
                    let to = next_hop(&seen, &location)?;
                    if !same_party(&request.url, &to) {
                        request.private.clear();
                    }
                    seen.push(to.clone());
                    request.url = to;
                }
            }
        }
    }

    /// Keys of the hosts to which no request could start at this moment: what a claim leaves out.
    #[must_use]
    pub fn busy_hosts(&self) -> Vec<String> {
        self.gate.busy()
    }

    async fn hop(&self, request: &Prepared) -> Result<Hop, FetchError> {
        let url = &request.url;
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(0);
        self.check_literal(url, port)?;
        let mut headers = request.headers.clone();
        headers.extend(request.private.clone());
        let sent = self.client.get(url.clone()).headers(headers).send();
        let mut answer = URL_PORT
            .scope(port, sent)
            .await
            .map_err(|error| FetchError::from_reqwest(error, host, self.deadline))?;
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
            200..=299 => true,
            304 => request.conditional,
            _ => false,
        };
        if !asked_for {
            return Err(FetchError::Status {
                code,
                retry_after: retry_after(answer.headers(), self.world.clock.now()),
            });
        }
        let body = self.body(&mut answer, host).await?;
        let response = self.response(code, url, answer.headers(), body);
        Ok(Hop::Arrived(Box::new(response)))
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
            body,
        }
    }

    /// Reads the body piece by piece, so that a bomb is noticed before it fills the memory.
    async fn body(
        &self,
        answer: &mut reqwest::Response,
        host: &str,
    ) -> Result<Vec<u8>, FetchError> {
        let cap = self.body_bytes_max;
        let announced = answer.content_length().unwrap_or(0);
        if announced > cap as u64 {
            return Err(FetchError::TooLarge { cap });
        }
        let mut body = Vec::new();
        loop {
            let chunk = answer.chunk().await;
            let chunk = chunk.map_err(|e| FetchError::from_reqwest(e, host, self.deadline))?;
            let Some(chunk) = chunk else { return Ok(body) };
            if body.len() + chunk.len() > cap {
                return Err(FetchError::TooLarge { cap });
            }
            body.extend_from_slice(&chunk);
        }
    }

    /// A host that is an address never reaches the resolver: the guard is asked here.
    fn check_literal(&self, url: &Url, port: u16) -> Result<(), FetchError> {
        let addr = match url.host() {
            Some(Host::Ipv4(ip)) => SocketAddr::from((ip, port)),
            Some(Host::Ipv6(ip)) => SocketAddr::from((ip, port)),
            _ => return Ok(()),
        };
        let host = url.host_str().unwrap_or_default();
        let checked = self.guard.check(host, addr);
        checked.map_err(|forbidden| {
            FetchError::refused(FailureKind::BlockedAddress, forbidden.to_string())
        })
    }

    fn timed_out(&self) -> FetchError {
        FetchError::Timeout {
            limit: self.deadline,
        }
    }
}
