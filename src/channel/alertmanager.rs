//! Alerts for a Prometheus Alertmanager (`POST /api/v2/alerts`): its routing, silences and pagers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::payload::object;
use super::render::{TextStyle, guarded};
use super::secret::blotted;
use super::template::{Syntax, TemplateOptions, Wording};
use super::webhook::ten_seconds;
use super::wire::{PERMANENT, Wire, parse_url};
use super::{Channel, ChannelError, DeliveryError, Parcel, Surroundings, secret};
use crate::model::{AlertKind, AlertView, Message, rfc3339};

#[cfg(test)]
mod tests;

/// How long what is no alert of a story (a digest, a feed in trouble) stays open.
const NOTICE_OPEN: Duration = Duration::from_secs(3_600);

/// Options of `kind = "alertmanager"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertmanagerOptions {
    /// Its address, without `/api`.
    pub url: Option<SecretString>,
    /// File that holds the address, relative to the config.
    pub url_file: Option<String>,
    /// Environment variable that holds the address.
    pub url_env: Option<String>,
    /// User for basic authentication.
    pub user: Option<String>,
    /// File that holds the password, relative to the config.
    pub password_file: Option<String>,
    /// Environment variable that holds the password.
    pub password_env: Option<String>,
    /// Bearer token.
    pub token: Option<SecretString>,
    /// File that holds the token, relative to the config.
    pub token_file: Option<String>,
    /// Environment variable that holds the token.
    pub token_env: Option<String>,
    /// Labels of every alert besides its own.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// How long an alert stays open when nothing more is told of it; `ended` closes it at once.
    #[serde(default = "three_days", with = "compact::required")]
    pub resolve_after: Duration,
    /// PEM file of certificates that are trusted besides the system's, relative to the config.
    pub ca_file: Option<PathBuf>,
    /// Most time for one try.
    #[serde(default = "ten_seconds", with = "compact::required")]
    pub timeout: Duration,
    /// Texts in place of the built-in ones.
    pub template: Option<TemplateOptions>,
}

fn three_days() -> Duration {
    Duration::from_secs(3 * 86_400)
}

impl AlertmanagerOptions {
    pub(super) fn build(
        &self,
        name: &str,
        around: &Surroundings<'_>,
    ) -> Result<Alertmanager, ChannelError> {
        let read =
            |key, inline: Option<&SecretString>, file: &Option<String>, env: &Option<String>| {
                secret::read(key, inline, file.as_deref(), env.as_deref(), around)
            };
        let url = read("url", self.url.as_ref(), &self.url_file, &self.url_env)?;
        let url = url.ok_or_else(|| ChannelError::new("`url` is missing"))?;
        let mut url = parse_url("url", &url, around.guard)?;
        let path = format!("{}/api/v2/alerts", url.path().trim_end_matches('/'));
        url.set_path(&path);
        let password = read("password", None, &self.password_file, &self.password_env)?;
        let token = read(
            "token",
            self.token.as_ref(),
            &self.token_file,
            &self.token_env,
        )?;
        let secrets = password.iter().chain(&token).cloned().collect();
        if let Some(label) = self.labels.keys().find(|name| !is_label(name)) {
            return Err(ChannelError::new(format!(
                "`labels`: {label} is no name for a label: letters, digits and _ only"
            )));
        }
        let wire = Wire::new(&url, self.timeout, self.ca_file.as_deref(), secrets, around)?;
        let syntaxes = (Syntax::Text, Syntax::Text);
        let wording = Wording::new(name, self.template.as_ref(), syntaxes, around)?;
        Ok(Alertmanager {
            name: name.to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            url,
            login: self.login(password, token)?,
            labels: self.labels.clone(),
            resolve_after: self.resolve_after,
            wording: wording.without_html()?,
            wire,
        })
    }

    fn login(
        &self,
        password: Option<SecretString>,
        token: Option<SecretString>,
    ) -> Result<Login, ChannelError> {
        match (self.user.clone(), password, token) {
            (None, None, None) => Ok(Login::None),
            (Some(user), Some(password), None) => Ok(Login::Basic(user, password)),
            (None, None, Some(token)) => Ok(Login::Bearer(token)),
            (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
                Err(ChannelError::new("both a password and a `token` are given"))
            }
            (Some(_), None, None) => Err(ChannelError::new(
                "`user` needs a password: `password_file` or `password_env`",
            )),
            (None, Some(_), None) => Err(ChannelError::new("the password needs a `user`")),
        }
    }
}

enum Login {
    None,
    Basic(String, SecretString),
    Bearer(SecretString),
}

impl Login {
    fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::None => request,
            Self::Basic(user, password) => request.basic_auth(user, Some(password.expose_secret())),
            Self::Bearer(token) => request.bearer_auth(token.expose_secret()),
        }
    }
}

/// Posts every parcel to one Alertmanager.
pub(super) struct Alertmanager {
    name: String,
    host: String,
    url: Url,
    login: Login,
    labels: BTreeMap<String, String>,
    resolve_after: Duration,
    wording: Wording,
    wire: Wire,
}

#[async_trait]
impl Channel for Alertmanager {
    fn name(&self) -> &str {
        &self.name
    }

    fn resolves(&self) -> bool {
        true
    }

    fn preview(&self, parcel: &Parcel) -> String {
        let text = format!("POST {}\n\n{}\n", self.url, self.body(parcel));
        let secrets = self.wire.secrets().iter();
        // The path is the same everywhere.
        let secrets: Vec<SecretString> = secrets
            .filter(|secret| secret.expose_secret() != self.url.path())
            .cloned()
            .collect();
        blotted(&text, &secrets)
    }

    /// Asks for its status, logged in.
    async fn probe(&self) -> Result<String, DeliveryError> {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches("/alerts");
        url.set_path(&format!("{base}/status"));
        let request = self.login.sign(self.wire.request(Method::GET, url)?);
        let answer = self.wire.send(&self.host, request).await?;
        answer.verdict(&self.host, &PERMANENT)?;
        Ok(match self.login {
            Login::None => "it answers, without a log-in".to_owned(),
            _ => "it answers, and the log-in is accepted".to_owned(),
        })
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let request = self.wire.request(Method::POST, self.url.clone())?;
        let request = self
            .login
            .sign(request)
            .header(CONTENT_TYPE, "application/json")
            .body(self.body(parcel));
        let answer = self.wire.send(&self.host, request).await?;
        answer.verdict(&self.host, &PERMANENT)
    }
}

impl Alertmanager {
    fn body(&self, parcel: &Parcel) -> String {
        let words = self.wording.words(parcel, &TextStyle::default());
        let annotations = json!({ "summary": words.title, "description": words.body });
        let alerts: Vec<Value> = match &parcel.message {
            Message::Alert { alert, .. } if parcel.kind != AlertKind::Test => {
                vec![self.alert(alert, parcel, annotations)]
            }
            Message::Late { alerts, .. } => {
                let of = |alert: &AlertView| {
                    let annotations = json!({ "summary": alert.title });
                    self.alert(alert, parcel, annotations)
                };
                alerts.iter().map(of).collect()
            }
            _ => vec![self.notice(parcel, annotations)],
        };
        guarded(Value::from(alerts).to_string())
    }

    /// An alert of a story. What makes it the one it is, is its labels: a second delivery of the same is the same
    /// alert, and tells nobody anything.
    fn alert(&self, alert: &AlertView, parcel: &Parcel, annotations: Value) -> Value {
        let mut labels = self.own_labels();
        // Labels of the watch, where the alert carries them.
        if let Some(of_watch) = object(parcel)["labels"].as_object() {
            labels.extend(
                of_watch
                    .iter()
                    .filter(|(name, _)| is_label(name))
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
        }
        let own = [
            ("alertname", "wirewatch".to_owned()),
            ("watch", alert.watch.clone()),
            ("story", alert.story.to_string()),
            ("severity", alert.severity.name().to_owned()),
        ];
        labels.extend(own.map(|(name, value)| (name.to_owned(), value.into())));
        let open = match parcel.kind {
            AlertKind::Ended => Duration::ZERO,
            _ => self.resolve_after,
        };
        let link = alert.articles.first().map(|article| article.url.as_str());
        json!({
            "labels": labels,
            "annotations": annotations,
            "startsAt": rfc3339(alert.first_seen.min(parcel.sent_at)),
            "endsAt": rfc3339(after(parcel.sent_at, open)),
            "generatorURL": link.filter(|link| Url::parse(link).is_ok()).unwrap_or_default(),
        })
    }

    /// What is no alert of a story: known by its key, closed by itself.
    fn notice(&self, parcel: &Parcel, annotations: Value) -> Value {
        let mut labels = self.own_labels();
        let own = [
            ("alertname", format!("wirewatch_{}", parcel.kind.name())),
            ("delivery", parcel.key.clone()),
            ("severity", "low".to_owned()),
        ];
        labels.extend(own.map(|(name, value)| (name.to_owned(), value.into())));
        json!({
            "labels": labels,
            "annotations": annotations,
            "startsAt": rfc3339(parcel.created_at),
            "endsAt": rfc3339(after(parcel.sent_at, NOTICE_OPEN)),
        })
    }

    fn own_labels(&self) -> Map<String, Value> {
        let labels = self.labels.iter();
        labels
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect()
    }
}

fn after(at: Timestamp, wait: Duration) -> Timestamp {
    at.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

/// A name as Prometheus writes those of labels.
fn is_label(name: &str) -> bool {
    let mut letters = name.bytes();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}
