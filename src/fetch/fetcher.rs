//! One fetch from first hop to last byte.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use tokio::time::{Instant, timeout};
use url::{Host, Url};

use super::access::basic_auth;
use super::gate::Gate;
use super::link::header_links;
use super::redirect::{check_scheme, next_hop, strip_credentials};
use super::request::Prepared;
use super::resolve::{GuardedResolver, URL_PORT};
use super::response::{content, freshness, retry_after, says_delta, validators};
use super::{Access, FetchError, FetchOptions, Request, Response, host_key};
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
                    seen.push(to.clone());
                    request.follow(to);
                }
            }
        }
    }

    /// Posts a form (`application/x-www-form-urlencoded`), as WebSub hubs want it. Waits for the host's turn
    /// and passes the guard as any fetch does. A redirect is not followed: a form is for whom it was meant.
    ///
    /// # Errors
    /// [`FetchError`]; every status but 2xx is one.
    pub async fn post_form(
        &self,
        url: Url,
        fields: &[(&str, &str)],
        access: &Access,
    ) -> Result<Response, FetchError> {
        check_scheme(&url)?;
        let mut headers = HeaderMap::new();
        headers.extend(basic_auth(&url));
        headers.extend(access.headers_for(&url).cloned().unwrap_or_default());
        let mut url = url;
        url.set_fragment(None);
        strip_credentials(&mut url);
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form_type);
        let request = self.client.post(url.clone()).headers(headers).body(form);
        let _pass = self.gate.enter(&host_key(&url)).await;
        let answered = timeout(self.deadline, async {
            let mut answer = self.send(&url, request).await?;
            let code = answer.status().as_u16();
            if !(200..=299).contains(&code) {
                return Err(self.status_error(code, answer.headers()));
            }
            let body = self
                .body(&mut answer, url.host_str().unwrap_or_default())
                .await?;
            Ok(self.response(code, &url, answer.headers(), body))
        });
        answered.await.map_err(|_| self.timed_out())?
    }

    /// Keys of the hosts to which no request could start at this moment: what a claim leaves out.
    #[must_use]
    pub fn busy_hosts(&self) -> Vec<String> {
        self.gate.busy()
    }

    async fn hop(&self, request: &Prepared) -> Result<Hop, FetchError> {
        let url = &request.url;
        let get = self.client.get(url.clone()).headers(request.headers());
        let mut answer = self.send(url, get).await?;
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
            return Err(self.status_error(code, answer.headers()));
        }
        let host = url.host_str().unwrap_or_default();
        let body = self.body(&mut answer, host).await?;
        let response = self.response(code, url, answer.headers(), body);
        Ok(Hop::Arrived(Box::new(response)))
    }

    /// Sends one request, through the guard, and reads the head of the answer.
    async fn send(
        &self,
        url: &Url,
        request: reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, FetchError> {
        let port = url.port_or_known_default().unwrap_or(0);
        self.check_literal(url, port)?;
        let host = url.host_str().unwrap_or_default();
        let answer = URL_PORT.scope(port, request.send()).await;
        answer.map_err(|error| FetchError::from_reqwest(error, host, self.deadline))
    }

    fn status_error(&self, code: u16, headers: &HeaderMap) -> FetchError {
        FetchError::Status {
            code,
            retry_after: retry_after(headers, self.world.clock.now()),
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
