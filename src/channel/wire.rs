//! HTTP as channels speak it: the address guard before every connection, no redirects, no proxy, a bound on
//! time and on what is read of the answer.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::reach::{is_silence, reach};
use super::render::plain;
use super::secret::blotted;
use super::{ChannelError, DeliveryError, Surroundings};
use crate::model::RetryAfter;
use crate::world::{
    AddressGuard, CaCertificates, Forbidden, LookupError, Resolver, TlsOptions, World, causes,
    lookup, tls_config,
};

/// What no further try makes good: the receiver has read the request and does not want it.
pub(super) const PERMANENT: [u16; 7] = [400, 401, 403, 404, 410, 413, 422];

/// What is said of a receiver that has nothing that could be asked.
pub(super) const UNASKED: &str = "HOST can be reached; whether it takes what is sent, only a message shows (`wirewatch channel test`)";

/// Bytes of an answer that are read: reasons are short.
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// Characters of an answer that are told.
const TOLD_CHARS_MAX: usize = 300;

/// A client for one receiver.
pub(super) struct Wire {
    client: Client,
    /// As the client has it.
    tls: Arc<ClientConfig>,
    timeout: Duration,
    guard: AddressGuard,
    world: World,
    /// What must not be told: tokens, and addresses that hold one.
    secrets: Vec<SecretString>,
}

/// What a receiver answered.
pub(super) struct Answer {
    pub status: StatusCode,
    /// How long it wants to be left alone.
    pub after: Option<SignedDuration>,
    /// The beginning of its words, if they are for people or programs and not a page.
    pub words: String,
}

impl Wire {
    /// A client for the host and port of `url`; `secrets` are kept out of every message.
    pub fn new(
        url: &Url,
        timeout: Duration,
        ca_file: Option<&Path>,
        mut secrets: Vec<SecretString>,
        around: &Surroundings<'_>,
    ) -> Result<Self, ChannelError> {
        let no_client =
            |error: &dyn std::fmt::Display| ChannelError::new(format!("no HTTP client: {error}"));
        let tls = TlsOptions {
            ca: ca_file.map(|file| ca(file, around)).transpose()?,
            identity: None,
        };
        let tls = tls_config(&tls).map_err(|error| no_client(&error))?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .user_agent(concat!("wirewatch/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(PinnedResolver {
                resolver: Arc::clone(&around.world.resolver),
                guard: around.guard.clone(),
                port: url.port_or_known_default().unwrap_or(0),
            })
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would make the connection in our place, where the guard does not look.
            .no_proxy()
            .timeout(timeout)
            .build()
            .map_err(|error| no_client(&error))?;
        // Many services put a token into the path or the query.
        let parts = [Some(url.path()), url.query(), url.password()];
        secrets.extend(
            parts
                .into_iter()
                .flatten()
                .map(|part| part.to_owned().into()),
        );
        Ok(Self {
            client,
            tls: Arc::new(tls),
            timeout,
            guard: around.guard.clone(),
            world: around.world.clone(),
            secrets,
        })
    }

    /// What must not be told.
    pub fn secrets(&self) -> &[SecretString] {
        &self.secrets
    }

    /// A request to an address that the guard lets pass.
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, DeliveryError> {
        check_url(&url, &self.guard).map_err(DeliveryError::permanent)?;
        Ok(self.client.request(method, url))
    }

    /// Sends it. No answer is always worth another try: even an address that is forbidden now may be
    /// allowed, or another one, before three days are over.
    pub async fn send(&self, host: &str, request: RequestBuilder) -> Result<Answer, DeliveryError> {
        match request.send().await {
            Ok(response) => Ok(self.answer(response).await),
            Err(error) => Err(failed(host, error)),
        }
    }

    /// Goes the way of a request, TLS included, and says nothing.
    pub async fn reach(&self, url: &Url) -> Result<(), DeliveryError> {
        check_url(url, &self.guard).map_err(DeliveryError::permanent)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let port = url.port_or_known_default().unwrap_or(0);
        let addresses = match url.host() {
            Some(Host::Ipv4(ip)) => vec![SocketAddr::from((ip, port))],
            Some(Host::Ipv6(ip)) => vec![SocketAddr::from((ip, port))],
            _ => lookup(&*self.world.resolver, &self.guard, &host, port)
                .await
                .map_err(|error| DeliveryError::retry(error.to_string()))?,
        };
        let tls = (url.scheme() == "https").then(|| Arc::clone(&self.tls));
        let (name, timeout) = (host.clone(), self.timeout);
        let work = move || reach(&addresses, &name, tls, timeout);
        let reached = tokio::task::spawn_blocking(work).await;
        let reached = reached.unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
        reached.map_err(|error| {
            DeliveryError::retry(match is_silence(&error) {
                true => format!("{host} did not answer in time"),
                false => format!("no answer from {host}: {error}"),
            })
        })
    }

    async fn answer(&self, mut response: Response) -> Answer {
        let status = response.status();
        let now = self.world.clock.now();
        let after = response.headers().get(RETRY_AFTER);
        let after = after.and_then(|value| RetryAfter::parse(value.as_bytes()));
        let kind = response.headers().get(CONTENT_TYPE);
        let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let mut body = Vec::new();
        // The status is what counts: an answer that breaks off behind it is cut short.
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_BYTES_MAX {
                break;
            }
        }
        let words = match is_page {
            true => String::new(),
            false => plain(&String::from_utf8_lossy(&body)),
        };
        Answer {
            status,
            after: after.map(|asked| asked.at(now).duration_since(now)),
            words: blotted(&words, &self.secrets),
        }
    }
}

impl Answer {
    /// What the status means for the delivery.
    pub fn verdict(self, host: &str, permanent: &[u16]) -> Result<(), DeliveryError> {
        let status = self.status;
        let why = match self.told().as_str() {
            "" => format!("{host} answers {status}"),
            words => format!("{host} answers {status}: {words}"),
        };
        match status.as_u16() {
            200..=299 => Ok(()),
            300..=399 => Err(DeliveryError::permanent(format!(
                "{host} answers {status}; redirects are not followed, the channel's `url` must name the new address"
            ))),
            // As Standard Webhooks says: nothing more is to be sent.
            410 if permanent.contains(&410) => Err(DeliveryError::Gone { why }),
            code if permanent.contains(&code) => Err(DeliveryError::permanent(why)),
            _ => Err(DeliveryError::Retry {
                why,
                after: self.after,
            }),
        }
    }

    /// As much of the answer as is told.
    pub fn told(&self) -> String {
        match self.words.char_indices().nth(TOLD_CHARS_MAX) {
            Some((end, _)) => format!("{}…", &self.words[..end]),
            None => self.words.clone(),
        }
    }
}

fn failed(host: &str, error: reqwest::Error) -> DeliveryError {
    let timed_out = error.is_timeout();
    let error = error.without_url();
    let causes = causes(&error);
    let lookup = causes
        .iter()
        .find_map(|cause| cause.downcast_ref::<LookupError>());
    DeliveryError::retry(match (lookup, causes.last()) {
        (Some(lookup), _) => lookup.to_string(),
        _ if timed_out => format!("{host} did not answer in time"),
        (None, Some(cause)) => format!("no answer from {host}: {cause}"),
        (None, None) => format!("no answer from {host}: {error}"),
    })
}

fn ca(file: &Path, around: &Surroundings<'_>) -> Result<CaCertificates, ChannelError> {
    let path = around.base_dir.join(file);
    let bad = |error: &dyn std::fmt::Display| {
        ChannelError::new(format!("`ca_file`: {}: {error}", path.display()))
    };
    let pem = fs::read(&path).map_err(|error| bad(&error))?;
    CaCertificates::from_pem(&pem).map_err(|error| bad(&error))
}

/// The address that `key` gives, if it may be reached. What is wrong is told without the address.
pub(super) fn parse_url(
    key: &str,
    text: &SecretString,
    guard: &AddressGuard,
) -> Result<Url, ChannelError> {
    let wrong = |why: String| ChannelError::new(format!("`{key}`: {why}"));
    let url = Url::parse(text.expose_secret().trim()).map_err(|error| wrong(error.to_string()))?;
    check_url(&url, guard).map_err(wrong)?;
    Ok(url)
}

/// Says why an address cannot be reached, as far as that shows without the network.
fn check_url(url: &Url, guard: &AddressGuard) -> Result<(), String> {
    let port = url.port_or_known_default().unwrap_or(0);
    let host = url.host_str().unwrap_or_default();
    let refused = |forbidden: Forbidden| forbidden.to_string();
    guard.check_port(host, port).map_err(refused)?;
    let literal = match (url.scheme(), url.host()) {
        ("http" | "https", Some(Host::Domain(_))) => return Ok(()),
        ("http" | "https", Some(Host::Ipv4(ip))) => SocketAddr::from((ip, port)),
        ("http" | "https", Some(Host::Ipv6(ip))) => SocketAddr::from((ip, port)),
        _ => return Err("the address is neither http nor https".to_owned()),
    };
    // A host that is an address never reaches the resolver: the guard is asked here.
    guard.check(host, literal).map_err(refused)
}

/// Resolves the host of a channel, with the guard.
struct PinnedResolver {
    resolver: Arc<dyn Resolver>,
    guard: AddressGuard,
    port: u16,
}

impl Resolve for PinnedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (resolver, guard, port) = (Arc::clone(&self.resolver), self.guard.clone(), self.port);
        Box::pin(async move {
            let found = lookup(&*resolver, &guard, name.as_str(), port).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
