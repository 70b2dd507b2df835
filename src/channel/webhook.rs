//! A POST of JSON, signed if wanted (Standard Webhooks).

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::fmt::serde::unsigned_duration::friendly::compact;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use self::signature::SigningKey;
use super::payload::posted;
use super::wire::{PERMANENT, UNASKED, Wire, parse_url};
use super::{Channel, ChannelError, DeliveryError, Parcel, Surroundings, secret};

mod signature;
#[cfg(test)]
mod tests;

/// Options of `kind = "webhook"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookOptions {
    /// Where to post to. Kept secret: many services put a token into it.
    pub url: Option<SecretString>,
    /// File that holds the address, relative to the config.
    pub url_file: Option<String>,
    /// Environment variable that holds the address.
    pub url_env: Option<String>,
    /// Key of the signature (`whsec_` and base64, as Standard Webhooks writes it).
    pub secret: Option<SecretString>,
    /// File that holds the key, relative to the config.
    pub secret_file: Option<String>,
    /// Environment variable that holds the key.
    pub secret_env: Option<String>,
    /// PEM file of certificates that are trusted besides the system's, relative to the config.
    pub ca_file: Option<PathBuf>,
    /// Most time for one try.
    #[serde(default = "ten_seconds", with = "compact::required")]
    pub timeout: Duration,
}

/// Receivers that take longer are overloaded.
pub(super) fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}

impl WebhookOptions {
    pub(super) fn build(
        &self,
        name: &str,
        around: &Surroundings<'_>,
    ) -> Result<Webhook, ChannelError> {
        let (file, env) = (self.url_file.as_deref(), self.url_env.as_deref());
        let url = secret::read("url", self.url.as_ref(), file, env, around)?;
        let url = url.ok_or_else(|| ChannelError::new("`url` is missing: where to post to"))?;
        let url = parse_url("url", &url, around.guard)?;
        let (file, env) = (self.secret_file.as_deref(), self.secret_env.as_deref());
        let key = secret::read("secret", self.secret.as_ref(), file, env, around)?;
        let ca_file = self.ca_file.as_deref();
        let secrets = key.iter().cloned().collect();
        Ok(Webhook {
            name: name.to_owned(),
            wire: Wire::new(&url, self.timeout, ca_file, secrets, around)?,
            host: url.host_str().unwrap_or_default().to_owned(),
            url,
            key: key.as_ref().map(SigningKey::new).transpose()?,
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
    wire: Wire,
}

#[async_trait]
impl Channel for Webhook {
    fn name(&self) -> &str {
        &self.name
    }

    fn preview(&self, parcel: &Parcel) -> String {
        let signature = match &self.key {
            Some(_) => "webhook-signature: ***\n",
            None => "",
        };
        format!(
            "POST {}://{}/***\ncontent-type: application/json\nwebhook-id: {}\nwebhook-timestamp: {}\n{signature}\n{}\n",
            self.url.scheme(),
            self.host,
            parcel.key,
            parcel.sent_at.as_second(),
            posted(parcel)
        )
    }

    /// A receiver of webhooks has nothing that could be asked.
    async fn probe(&self) -> Result<String, DeliveryError> {
        self.wire.reach(&self.url).await?;
        Ok(UNASKED.replace("HOST", &self.host))
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let body = posted(parcel);
        let timestamp = parcel.sent_at.as_second().to_string();
        let mut request = self
            .wire
            .request(Method::POST, self.url.clone())?
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &parcel.key)
            .header("webhook-timestamp", &timestamp);
        if let Some(key) = &self.key {
            let signature = key.sign(&parcel.key, &timestamp, &body);
            request = request.header("webhook-signature", signature);
        }
        let answer = self.wire.send(&self.host, request.body(body)).await?;
        answer.verdict(&self.host, &PERMANENT)
    }
}
