//! A POST of JSON, signed if wanted (Standard Webhooks).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact;
use reqwest::StatusCode;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::{Host, Url};

use self::signature::SigningKey;
use super::payload::posted;
use super::{Channel, ChannelError, DeliveryError, Parcel, Surroundings};
use crate::model::RetryAfter;
use crate::world::{
    AddressGuard, Forbidden, LookupError, Resolver, SecretPlaces, TlsOptions, World, causes,
    lookup, tls_config,
};

mod signature;
#[cfg(test)]
mod tests;

/// Options of `kind = "webhook"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookOptions {
    /// Where to post to. Kept secret: many services put a token into it.
    pub url: SecretString,
    /// Key of the signature (`whsec_` and base64, as Standard Webhooks writes it).
    pub secret: Option<SecretString>,
    /// File that holds the key, relative to the config.
    pub secret_file: Option<String>,
    /// Environment variable that holds the key.
    pub secret_env: Option<String>,
    /// Most time for one try.
    #[serde(default = "ten_seconds", with = "compact::required")]
    pub timeout: Duration,
}

fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}

impl WebhookOptions {
    pub(super) fn build(
        &self,
        name: &str,
        around: &Surroundings<'_>,
    ) -> Result<Webhook, ChannelError> {
        let url = parse_url(self.url.expose_secret(), around.guard)?;
        let places = SecretPlaces {
            key: "secret",
            inline: self.secret.as_ref(),
            file: self.secret_file.as_deref(),
            env: self.secret_env.as_deref(),
        };
        let key = places
            .read(around.base_dir, around.env)?
            .as_ref()
            .map(SigningKey::new)
            .transpose()?;
        let no_client =
            |error: &dyn std::fmt::Display| ChannelError::new(format!("no HTTP client: {error}"));
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(
                tls_config(&TlsOptions::default()).map_err(|error| no_client(&error))?,
            )
            .user_agent(concat!("wirewatch/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(PinnedResolver {
                resolver: Arc::clone(&around.world.resolver),
                guard: around.guard.clone(),
                port: url.port_or_known_default().unwrap_or(0),
            })
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would make the connection in our place, where the guard does not look.
            .no_proxy()
            .timeout(self.timeout)
            .build()
            .map_err(|error| no_client(&error))?;
        Ok(Webhook {
            name: name.to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            url,
            key,
            client,
            world: around.world.clone(),
        })
    }
}

fn parse_url(text: &str, guard: &AddressGuard) -> Result<Url, ChannelError> {
    let url = Url::parse(text).map_err(|error| ChannelError::new(format!("`url`: {error}")))?;
    let port = url.port_or_known_default().unwrap_or(0);
    let refused = |forbidden: Forbidden| ChannelError::new(format!("`url`: {forbidden}"));
    let host = url.host_str().unwrap_or_default();
    guard.check_port(host, port).map_err(refused)?;
    let literal = match (url.scheme(), url.host()) {
        ("http" | "https", Some(Host::Domain(_))) => return Ok(url),
        ("http" | "https", Some(Host::Ipv4(ip))) => SocketAddr::from((ip, port)),
        ("http" | "https", Some(Host::Ipv6(ip))) => SocketAddr::from((ip, port)),
        _ => return Err(ChannelError::new("`url` is neither http nor https")),
    };
    // A host that is an address never reaches the resolver: the guard is asked here.
    guard.check(host, literal).map_err(refused)?;
    Ok(url)
}

/// Resolves the host of the one URL of a channel, with the guard.
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

/// Posts the payload of every parcel to one URL.
pub(super) struct Webhook {
    name: String,
    url: Url,
    /// For messages: the rest of the URL may be secret.
    host: String,
    key: Option<SigningKey>,
    client: reqwest::Client,
    world: World,
}

#[async_trait]
impl Channel for Webhook {
    fn name(&self) -> &str {
        &self.name
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let body = posted(parcel);
        let timestamp = parcel.sent_at.as_second().to_string();
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &parcel.key)
            .header("webhook-timestamp", &timestamp);
        if let Some(key) = &self.key {
            request = request.header(
                "webhook-signature",
                key.sign(&parcel.key, &timestamp, &body),
            );
        }
        let answer = request
            .body(body)
            .send()
            .await
            .map_err(|error| self.failed(error))?;
        verdict(
            &self.host,
            answer.status(),
            answer.headers(),
            self.world.clock.now(),
        )
    }
}

impl Webhook {
    /// No answer: always worth another try. Even an address that is forbidden now may be allowed, or
    /// another one, before three days are over.
    fn failed(&self, error: reqwest::Error) -> DeliveryError {
        let timed_out = error.is_timeout();
        let error = error.without_url();
        let causes = causes(&error);
        let lookup = causes
            .iter()
            .find_map(|cause| cause.downcast_ref::<LookupError>());
        DeliveryError::retry(match (lookup, causes.last()) {
            (Some(lookup), _) => lookup.to_string(),
            _ if timed_out => format!("{} did not answer in time", self.host),
            (None, Some(cause)) => format!("no answer from {}: {cause}", self.host),
            (None, None) => format!("no answer from {}: {error}", self.host),
        })
    }
}

/// What the receiver's status means for the delivery.
fn verdict(
    host: &str,
    status: StatusCode,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(), DeliveryError> {
    match status.as_u16() {
        200..=299 => Ok(()),
        300..=399 => Err(DeliveryError::permanent(format!(
            "{host} answers {status}; redirects are not followed, the channel's `url` must name the new address"
        ))),
        400 | 401 | 403 | 404 | 410 | 413 | 422 => {
            Err(DeliveryError::permanent(format!("{host} answers {status}")))
        }
        _ => {
            let asked = headers.get(RETRY_AFTER).map(|value| value.as_bytes());
            let asked = asked.and_then(RetryAfter::parse);
            Err(DeliveryError::Retry {
                why: format!("{host} answers {status}"),
                after: asked.map(|asked| asked.at(now).duration_since(now)),
            })
        }
    }
}
