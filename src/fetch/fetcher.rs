//! Whole fetches: turns, redirects, deadlines. One exchange with one server is in `exchange.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::time::{Instant, timeout};
use url::Url;

use super::access::{HostRules, Manners, basic_auth};
use super::clients::Clients;
use super::exchange::{Hop, Sent};
use super::gate::{Gate, Pace};
use super::redirect::{HOPS_MAX, check_scheme, next_hop, strip_credentials};
use super::request::{Accept, Prepared};
use super::robots::{RobotsCache, origin_of};
use super::{Access, FetchError, FetchOptions, Request, Response, host_key};
use crate::world::{AddressGuard, World};

/// Fetches documents, politely. One per process: it keeps the connections, the distances, and what
/// `robots.txt` files say.
pub struct Fetcher {
    pub(super) clients: Clients,
    pub(super) guard: AddressGuard,
    pub(super) robots: RobotsCache,
    pub(super) world: World,
    pub(super) deadline: Duration,
    pub(super) connect_timeout: Duration,
    gate: Gate,
    hosts: HostRules,
    manners: Manners,
    body_bytes_max: usize,
    bytes: Arc<AtomicU64>,
}

/// What happens to a body that is too long.
#[derive(Debug, Clone, Copy)]
pub(super) enum BodyLimit {
    /// The fetch fails.
    Refuse(usize),
    /// Its beginning is enough.
    Cut(usize),
}

impl Fetcher {
    /// A fetcher that behaves as the options say.
    ///
    /// # Errors
    /// [`FetchError::Setup`] when the options cannot work.
    pub fn new(options: FetchOptions, world: World) -> Result<Self, FetchError> {
        let guard = AddressGuard::new(options.allow.clone());
        let fetcher = Self {
            clients: Clients::new(&options, guard.clone(), Arc::clone(&world.resolver))?,
            guard,
            robots: RobotsCache::default(),
            gate: Gate::new(options.concurrency.get()),
            hosts: HostRules::default(),
            manners: options.manners(),
            body_bytes_max: options.body_bytes_max,
            deadline: options.deadline,
            connect_timeout: options.connect_timeout,
            world,
            bytes: Arc::default(),
        };
        // What cannot work is to be known now and not at the first poll.
        fetcher
            .clients
            .get(&fetcher.route(None, &fetcher.manners))?;
        Ok(fetcher)
    }

    /// The same with the `[[host]]` tables of the config.
    #[must_use]
    pub fn with_hosts(self, hosts: HostRules) -> Self {
        Self { hosts, ..self }
    }

    /// Bytes of the bodies that have arrived so far, decompressed.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Counts on where the fetcher before it stands; what that one still has in hand is counted too.
    pub fn count_on(&mut self, before: &Self) {
        self.bytes = Arc::clone(&before.bytes);
    }

    /// Gets one document: asks `robots.txt` when it is a page, waits for the host's turn, follows
    /// redirects, reads the whole body.
    ///
    /// # Errors
    /// [`FetchError`], as its variants say. A body that broke off is an error, never a short body.
    pub async fn get(&self, request: Request) -> Result<Response, FetchError> {
        let limit = BodyLimit::Refuse(self.body_bytes_max);
        self.follow(Prepared::new(request, HOPS_MAX, limit)?).await
    }

    /// Goes from hop to hop until a document has arrived. The deadline is for what is under way: waiting for
    /// a turn, for room, or for `robots.txt`, which has a deadline of its own, is not counted.
    pub(super) async fn follow(&self, mut request: Prepared) -> Result<Response, FetchError> {
        let mut seen = vec![request.url.clone()];
        let mut all_permanent = true;
        let mut left = self.deadline;
        loop {
            let manners = self.manners_of(&request.access, &request.url);
            let asks = request.accept == Accept::Page && manners.respect_robots != Some(false);
            if asks {
                self.ask_robots(&request.url, &request.access).await?;
            }
            let sent = self.sent(&request, &manners);
            let pace = self.pace(&request.url, &manners);
            let pass = self.gate.enter(&host_key(&request.url), pace).await;
            let started = Instant::now();
            let mut hop = timeout(left, self.hop(sent, &request)).await;
            left = left.saturating_sub(started.elapsed());
            if let (Ok(Ok(Hop::Arrived(response))), Some(room)) = (&mut hop, &request.room) {
                response.held = Some(room.take(response.body.len()).await);
            }
            drop(pass);
            match hop.map_err(|_| self.timed_out())?? {
                Hop::Arrived(mut response) => {
                    let length = response.body.len() as u64;
                    self.bytes.fetch_add(length, Ordering::Relaxed);
                    let moved = all_permanent && seen.len() > 1;
                    response.permanent = moved.then(|| response.url.clone());
                    return Ok(*response);
                }
                Hop::Redirected {
                    location,
                    permanent,
                } => {
                    all_permanent &= permanent;
                    let to = next_hop(&seen, &location, request.hops_max)?;
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
        let mut headers = self.headers_of_host(&url);
        headers.extend(basic_auth(&url));
        headers.extend(access.headers_for(&url).cloned().unwrap_or_default());
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form_type);
        let mut url = url;
        url.set_fragment(None);
        strip_credentials(&mut url);
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let manners = self.manners_of(access, &url);
        let sent = Sent {
            method: Method::POST,
            route: self.route(access.identity_for(&url), &manners),
            url: &url,
            headers,
            body: Some(form),
        };
        let pace = self.pace(&url, &manners);
        let _pass = self.gate.enter(&host_key(&url), pace).await;
        let limit = BodyLimit::Refuse(self.body_bytes_max);
        let answered = timeout(self.deadline, self.exchange(sent, limit)).await;
        answered.map_err(|_| self.timed_out())?
    }

    /// Keys of the hosts to which no request could start at this moment: what a claim leaves out.
    #[must_use]
    pub fn busy_hosts(&self) -> Vec<String> {
        self.gate.busy()
    }

    fn sent<'a>(&self, request: &'a Prepared, manners: &Manners) -> Sent<'a> {
        let mut headers = self.headers_of_host(&request.url);
        headers.extend(request.headers());
        Sent {
            method: Method::GET,
            route: self.route(request.identity(), manners),
            url: &request.url,
            headers,
            body: None,
        }
    }

    /// How one address is treated: as its feed says, else its host, else everybody's.
    pub(super) fn manners_of(&self, access: &Access, url: &Url) -> Manners {
        let narrow = access.manners_for(url);
        narrow.or(&self.hosts.manners(url)).or(&self.manners)
    }

    /// What `[[host]]` tables give every request to a host.
    pub(super) fn headers_of_host(&self, url: &Url) -> HeaderMap {
        self.hosts.headers(url)
    }

    fn pace(&self, url: &Url, manners: &Manners) -> Pace {
        let asked = match manners.respect_robots {
            Some(false) => None,
            _ => self.robots.crawl_delay(&origin_of(url)),
        };
        let delay = manners.host_delay.unwrap_or_default();
        Pace {
            delay: delay.max(asked.unwrap_or_default()),
            parallel: manners.host_parallel.map_or(1, Into::into),
        }
    }

    pub(super) fn timed_out(&self) -> FetchError {
        FetchError::Timeout {
            limit: self.deadline,
        }
    }
}
