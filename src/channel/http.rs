//! One request to a service that a preset describes: ntfy, Slack, Telegram and others, or one of the user's own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::fmt::serde::unsigned_duration::friendly::compact;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use self::preset::{Preset, Recipe, Sent};
use super::secret::blotted;
use super::template::{Context, TemplateOptions, Words};
use super::webhook::ten_seconds;
use super::wire::{Answer, UNASKED, Wire, parse_url};
use super::{Channel, ChannelError, DeliveryError, Parcel, Surroundings, secret};
use crate::model::Cap;

mod about;
mod preset;
mod probe;
#[cfg(test)]
mod tests;

pub use preset::{KeyPlace, Preset as HttpPreset};

/// What every service may need. Which of it is needed, the preset says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceOptions {
    /// Address of the service or of its webhook. Kept secret: many services put a token into it.
    pub url: Option<SecretString>,
    /// File that holds the address, relative to the config.
    pub url_file: Option<String>,
    /// Environment variable that holds the address.
    pub url_env: Option<String>,
    /// Token, key or password.
    pub token: Option<SecretString>,
    /// File that holds the token, relative to the config.
    pub token_file: Option<String>,
    /// Environment variable that holds the token.
    pub token_env: Option<String>,
    /// Topic, chat, room or channel.
    pub to: Option<SecretString>,
    /// File that holds it, relative to the config.
    pub to_file: Option<String>,
    /// Environment variable that holds it.
    pub to_env: Option<String>,
    /// Further values, `with.NAME` in a preset.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// PEM file of certificates that are trusted besides the system's, relative to the config.
    pub ca_file: Option<PathBuf>,
    /// Most time for one try.
    #[serde(default = "ten_seconds", with = "compact::required")]
    pub timeout: Duration,
    /// Texts in place of the built-in ones.
    pub template: Option<TemplateOptions>,
}

/// Options of `kind = "http"`: a service and the preset that describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpOptions {
    /// NAME of a built-in preset.
    pub preset: Option<String>,
    /// File of a preset, relative to the config.
    pub preset_file: Option<PathBuf>,
    /// The preset itself.
    pub request: Option<HttpPreset>,
    // The rest is as in `ServiceOptions`; serde cannot flatten and refuse unknown keys at once.
    /// See [`ServiceOptions::url`].
    pub url: Option<SecretString>,
    /// See [`ServiceOptions::url_file`].
    pub url_file: Option<String>,
    /// See [`ServiceOptions::url_env`].
    pub url_env: Option<String>,
    /// See [`ServiceOptions::token`].
    pub token: Option<SecretString>,
    /// See [`ServiceOptions::token_file`].
    pub token_file: Option<String>,
    /// See [`ServiceOptions::token_env`].
    pub token_env: Option<String>,
    /// See [`ServiceOptions::to`].
    pub to: Option<SecretString>,
    /// See [`ServiceOptions::to_file`].
    pub to_file: Option<String>,
    /// See [`ServiceOptions::to_env`].
    pub to_env: Option<String>,
    /// See [`ServiceOptions::with`].
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// See [`ServiceOptions::ca_file`].
    pub ca_file: Option<PathBuf>,
    /// See [`ServiceOptions::timeout`].
    #[serde(default = "ten_seconds", with = "compact::required")]
    pub timeout: Duration,
    /// See [`ServiceOptions::template`].
    pub template: Option<TemplateOptions>,
}

impl HttpOptions {
    pub(super) fn build(
        &self,
        name: &str,
        around: &Surroundings<'_>,
    ) -> Result<HttpService, ChannelError> {
        let preset = match (&self.preset, &self.preset_file, &self.request) {
            (Some(preset), None, None) => Preset::built_in(preset)?,
            (None, Some(file), None) => Preset::read(&around.base_dir.join(file))?,
            (None, None, Some(request)) => request.clone(),
            (None, None, None) => {
                return Err(ChannelError::new(
                    "nothing says what the request is: give `preset`, `preset_file` or a table `request`",
                ));
            }
            _ => {
                return Err(ChannelError::new(
                    "more than one of `preset`, `preset_file` and `request` is given",
                ));
            }
        };
        let options = self.clone();
        let service = ServiceOptions {
            url: options.url,
            url_file: options.url_file,
            url_env: options.url_env,
            token: options.token,
            token_file: options.token_file,
            token_env: options.token_env,
            to: options.to,
            to_file: options.to_file,
            to_env: options.to_env,
            with: options.with,
            ca_file: options.ca_file,
            timeout: options.timeout,
            template: options.template,
        };
        service.build(name, preset, around)
    }
}

impl ServiceOptions {
    /// A channel of the kind that has the name of a built-in preset.
    pub(super) fn build_kind(
        &self,
        name: &str,
        kind: &str,
        around: &Surroundings<'_>,
    ) -> Result<HttpService, ChannelError> {
        self.build(name, Preset::built_in(kind)?, around)
    }

    fn build(
        &self,
        name: &str,
        preset: Preset,
        around: &Surroundings<'_>,
    ) -> Result<HttpService, ChannelError> {
        let read =
            |key, inline: &Option<SecretString>, file: &Option<String>, env: &Option<String>| {
                secret::read(
                    key,
                    inline.as_ref(),
                    file.as_deref(),
                    env.as_deref(),
                    around,
                )
            };
        let url = read("url", &self.url, &self.url_file, &self.url_env)?;
        let url = url.or_else(|| preset.url.clone().map(SecretString::from));
        let token = read("token", &self.token, &self.token_file, &self.token_env)?;
        let to = read("to", &self.to, &self.to_file, &self.to_env)?;
        for (key, value) in [("url", &url), ("token", &token), ("to", &to)] {
            if let (None, Some(what)) = (value, preset.needs.get(key)) {
                return Err(ChannelError::new(format!("`{key}` is missing: {what}")));
            }
        }
        let base = url.ok_or_else(|| ChannelError::new("`url` is missing"))?;
        let base = parse_url("url", &base, around.guard)?;
        let mut secrets: Vec<SecretString> = token.iter().cloned().collect();
        if self.to.is_none() {
            secrets.extend(to.iter().cloned());
        }
        let recipe = Recipe::new(name, preset, self.template.as_ref(), around)?;
        Ok(HttpService {
            name: name.to_owned(),
            host: base.host_str().unwrap_or_default().to_owned(),
            wire: Wire::new(
                &base,
                self.timeout,
                self.ca_file.as_deref(),
                secrets,
                around,
            )?,
            values: Values {
                url: base,
                token,
                to,
                with: self.with.clone(),
            },
            recipe,
        })
    }
}

/// What the config says of a service.
struct Values {
    url: Url,
    token: Option<SecretString>,
    to: Option<SecretString>,
    with: BTreeMap<String, String>,
}

/// Sends every parcel to one service.
pub(super) struct HttpService {
    name: String,
    /// For messages: the rest of the address may be secret.
    host: String,
    values: Values,
    recipe: Recipe,
    wire: Wire,
}

#[async_trait]
impl Channel for HttpService {
    fn name(&self) -> &str {
        &self.name
    }

    fn resolves(&self) -> bool {
        self.recipe.preset.resolves
    }

    fn pace(&self) -> Option<Cap> {
        self.recipe.pace
    }

    fn preview(&self, parcel: &Parcel) -> String {
        let sent = match self.sent(parcel) {
            Ok(sent) => sent,
            Err(why) => return format!("no request can be made: {why}\n"),
        };
        let headers = sent.headers.iter();
        let headers: String = headers
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        let text = format!(
            "{} {}\n{headers}\n{}\n",
            sent.method, sent.address, sent.body
        );
        blotted(&text, self.wire.secrets())
    }

    /// Asks what the preset's `[probe]` says; without one only the way there is tried.
    async fn probe(&self) -> Result<String, DeliveryError> {
        let Some(question) = &self.recipe.question else {
            self.wire.reach(&self.values.url).await?;
            return Ok(UNASKED.replace("HOST", &self.host));
        };
        let mut context = Context::new();
        self.add_values(&mut context);
        let unusable = |why: String| self.unusable(&why);
        let asked = question.request(&context).map_err(unusable)?;
        let answer = self.wire.send(&self.host, self.request(asked)?).await?;
        answer.verdict(&self.host, &self.recipe.preset.permanent)?;
        let says = question.says(&context).map_err(unusable)?;
        Ok(blotted(&says, self.wire.secrets()))
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let request = self
            .sent(parcel)
            .map_err(|why| self.unusable(&why))
            .and_then(|sent| self.request(sent))?;
        let answer = self.wire.send(&self.host, request).await?;
        let after = answer
            .after
            .or_else(|| self.recipe.asked_wait(&answer.words));
        let answer = Answer { after, ..answer };
        answer.verdict(&self.host, &self.recipe.preset.permanent)
    }
}

impl HttpService {
    fn sent(&self, parcel: &Parcel) -> Result<Sent, String> {
        let words = self.recipe.words(parcel);
        self.recipe.request(&self.context(parcel, words))
    }

    fn context(&self, parcel: &Parcel, words: Words) -> Context {
        about::context(parcel, words, &self.recipe.limits(), |context| {
            self.add_values(context);
        })
    }

    /// What the config says of the service.
    fn add_values(&self, context: &mut Context) {
        let values = &self.values;
        let url = values.url.as_str().trim_end_matches('/').to_owned();
        context.insert("url".to_owned(), minijinja::Value::from_safe_string(url));
        let secret = |secret: &Option<SecretString>| {
            let text = secret
                .as_ref()
                .map(|secret| secret.expose_secret().to_owned());
            minijinja::Value::from(text)
        };
        context.insert("token".to_owned(), secret(&values.token));
        context.insert("to".to_owned(), secret(&values.to));
        let with = minijinja::value::Serde(values.with.clone());
        context.insert("with".to_owned(), minijinja::Value::from(with));
    }

    fn request(&self, sent: Sent) -> Result<RequestBuilder, DeliveryError> {
        let wrong = |what: &str| self.unusable(&format!("the preset makes {what}"));
        let method = Method::from_bytes(sent.method.as_bytes()).map_err(|_| wrong("no method"))?;
        let url = Url::parse(&sent.address).map_err(|_| wrong("no address"))?;
        // The token goes where the config says, and nowhere else.
        if url.origin() != self.values.url.origin() {
            return Err(wrong("an address on another host than `url`"));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &sent.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            let mut value =
                HeaderValue::from_bytes(value.as_bytes()).map_err(|_| wrong("no header"))?;
            value.set_sensitive(true);
            headers.insert(name.map_err(|_| wrong("no header"))?, value);
        }
        let request = self.wire.request(method, url)?;
        Ok(request.headers(headers).body(sent.body))
    }

    fn unusable(&self, why: &str) -> DeliveryError {
        DeliveryError::permanent(blotted(why, self.wire.secrets()))
    }
}
