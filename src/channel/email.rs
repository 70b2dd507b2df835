//! A mail over SMTP: plain text and HTML in one message.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::fmt::serde::unsigned_duration::friendly::compact;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use self::letter::{Envelope, letter};
use self::post::{Conversation, Outcome, Refusal, Server};
use super::template::{Syntax, TemplateOptions, Wording};
use super::{Channel, ChannelError, DeliveryError, Parcel, Surroundings, secret};

mod letter;
mod post;

/// Deliveries of which some recipients have the mail and others were put off, that are remembered.
const PARTS_MAX: usize = 1_000;

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// Plain first, TLS before anything is said (port 587). A server without it is not used.
    #[default]
    Starttls,
    /// TLS from the first byte (port 465).
    Tls,
    /// No protection: for a server on the same machine (port 25).
    None,
}

impl TlsMode {
    fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// Options of `kind = "email"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailOptions {
    /// The mail server.
    pub host: String,
    /// Its port; without it the usual one for `tls`.
    pub port: Option<u16>,
    /// Protection of the connection.
    #[serde(default)]
    pub tls: TlsMode,
    /// File of PEM certificates that are trusted besides the system's, relative to the config.
    pub ca_file: Option<PathBuf>,
    /// Name to log in with; without it there is no log-in.
    pub user: Option<String>,
    /// File that holds the password, relative to the config.
    pub password_file: Option<String>,
    /// Environment variable that holds the password.
    pub password_env: Option<String>,
    /// Where a reader can take themself off the list: `mailto:` or https. Goes into `List-Unsubscribe`.
    pub unsubscribe: Option<String>,
    /// Texts in place of the built-in ones.
    pub template: Option<TemplateOptions>,
    /// Sender, `Name <address>` or an address.
    pub from: String,
    /// Recipients: one or a list.
    #[serde(deserialize_with = "one_or_many")]
    pub to: Vec<String>,
    /// Most time for one step of the conversation.
    #[serde(default = "thirty_seconds", with = "compact::required")]
    pub timeout: Duration,
}

fn thirty_seconds() -> Duration {
    Duration::from_secs(30)
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "an address or a list of addresses")]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

impl EmailOptions {
    pub(super) fn build(
        &self,
        name: &str,
        around: &Surroundings<'_>,
    ) -> Result<Email, ChannelError> {
        let from = mailbox("from", &self.from)?;
        let to = self.to.iter().map(|to| mailbox("to", to));
        let to = to.collect::<Result<Vec<_>, _>>()?;
        if to.is_empty() {
            return Err(ChannelError::new("`to` names nobody"));
        }
        let unsubscribe = self.unsubscribe.as_deref().map(unsubscribe).transpose()?;
        Ok(Email {
            name: name.to_owned(),
            envelope: Envelope::new(name, from, to, unsubscribe),
            wording: Wording::new(
                name,
                self.template.as_ref(),
                (Syntax::Header, Syntax::Text),
                around,
            )?,
            server: Arc::new(Server {
                host: self.host.clone(),
                port: self.port.unwrap_or(self.tls.port()),
                mode: self.tls,
                parameters: self.parameters(around)?,
                credentials: self.credentials(around)?,
                timeout: self.timeout,
            }),
            line: tokio::sync::Mutex::default(),
            parts: Mutex::default(),
        })
    }

    fn credentials(&self, around: &Surroundings<'_>) -> Result<Option<Credentials>, ChannelError> {
        let (file, env) = (self.password_file.as_deref(), self.password_env.as_deref());
        let password = secret::read("password", None, file, env, around)?;
        match (&self.user, password) {
            (None, None) => Ok(None),
            (Some(user), Some(password)) => Ok(Some(login(user, &password))),
            (Some(_), None) => Err(ChannelError::new(
                "`user` needs a password: `password_file` or `password_env`",
            )),
            (None, Some(_)) => Err(ChannelError::new("the password needs a `user`")),
        }
    }

    fn parameters(&self, around: &Surroundings<'_>) -> Result<Option<TlsParameters>, ChannelError> {
        let mut parameters = TlsParameters::builder(self.host.clone());
        if let Some(file) = &self.ca_file {
            let path = around.base_dir.join(file);
            let bad = |error: &dyn std::fmt::Display| {
                ChannelError::new(format!("`ca_file`: {}: {error}", path.display()))
            };
            let pem = fs::read(&path).map_err(|error| bad(&error))?;
            let certificate = Certificate::from_pem(&pem).map_err(|error| bad(&error))?;
            parameters = parameters.add_root_certificate(certificate);
        }
        if self.tls == TlsMode::None {
            return Ok(None);
        }
        let parameters = parameters
            .build()
            .map_err(|error| ChannelError::new(format!("TLS cannot be used: {error}")))?;
        Ok(Some(parameters))
    }
}

fn login(user: &str, password: &SecretString) -> Credentials {
    Credentials::new(user.to_owned(), password.expose_secret().to_owned())
}

fn mailbox(key: &str, text: &str) -> Result<Mailbox, ChannelError> {
    text.parse().map_err(|error| {
        ChannelError::new(format!("`{key}`: `{text}` is no mail address: {error}"))
    })
}

/// An address for `List-Unsubscribe`: nothing in it may end the angle brackets or the line.
fn unsubscribe(text: &str) -> Result<String, ChannelError> {
    let is_known = text.starts_with("mailto:") || text.starts_with("https://");
    let is_clean = text
        .chars()
        .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ','));
    if is_known && is_clean {
        return Ok(text.to_owned());
    }
    Err(ChannelError::new(
        "`unsubscribe` is neither `mailto:ADDRESS` nor an https address",
    ))
}

/// Mails every parcel to the same people.
pub(super) struct Email {
    name: String,
    server: Arc<Server>,
    /// Open while mails follow one another.
    line: tokio::sync::Mutex<Option<Conversation>>,
    envelope: Envelope,
    wording: Wording,
    /// Who has the mail of a delivery already, while others were put off: by key.
    parts: Mutex<HashMap<String, Vec<Address>>>,
}

#[async_trait]
impl Channel for Email {
    fn name(&self) -> &str {
        &self.name
    }

    fn preview(&self, parcel: &Parcel) -> String {
        match letter(parcel, &self.envelope, &self.wording) {
            Ok(letter) => String::from_utf8_lossy(&letter.formatted()).into_owned(),
            Err(error) => format!("no mail can be made: {error}"),
        }
    }

    /// Connects, protects the connection, logs in, and says good-bye.
    async fn probe(&self) -> Result<String, DeliveryError> {
        let line = self.server.connect().await;
        line.map_err(|refusal| told(&refusal))?.close().await;
        let protected = match self.server.mode {
            TlsMode::Starttls => "over STARTTLS",
            TlsMode::Tls => "over TLS",
            TlsMode::None => "without TLS",
        };
        Ok(match self.server.credentials {
            Some(_) => format!("the mail server accepts the log-in {protected}"),
            None => format!("the mail server answers {protected}; there is no log-in"),
        })
    }

    /// Over the connection that the mail before left open. Where the server has closed it meanwhile, a new one is tried
    /// once.
    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let mut line = self.line.lock().await;
        let is_used = line.is_some();
        let mut result = self.send(&mut line, parcel).await;
        if is_used && result.as_ref().is_err_and(Trouble::is_before_the_letter) {
            result = self.send(&mut line, parcel).await;
        }
        result.map_err(Trouble::into_error)
    }

    async fn rest(&self) {
        if let Some(line) = self.line.lock().await.take() {
            line.close().await;
        }
    }
}

/// Why a mail did not go out.
enum Trouble {
    /// No connection.
    NoLine(Refusal),
    /// The server closed a connection, perhaps before it had the letter.
    HungUp(Refusal),
    /// All else.
    Refused(DeliveryError),
}

impl Trouble {
    fn is_before_the_letter(&self) -> bool {
        matches!(self, Self::HungUp(refusal) if !refusal.is_after_letter)
    }

    fn into_error(self) -> DeliveryError {
        match self {
            Self::NoLine(refusal) | Self::HungUp(refusal) => told(&refusal),
            Self::Refused(error) => error,
        }
    }
}

fn told(refusal: &Refusal) -> DeliveryError {
    match refusal.is_permanent {
        true => DeliveryError::permanent(&refusal.why),
        false => DeliveryError::retry(&refusal.why),
    }
}

impl Email {
    /// Sends one parcel over the line, which is opened when there is none, and dropped when it is of no use.
    async fn send(&self, line: &mut Option<Conversation>, parcel: &Parcel) -> Result<(), Trouble> {
        let letter = letter(parcel, &self.envelope, &self.wording).map_err(|error| {
            let why = format!("no mail can be made: {error}");
            Trouble::Refused(DeliveryError::permanent(why))
        })?;
        if line.is_none() {
            *line = Some(self.server.connect().await.map_err(Trouble::NoLine)?);
        }
        let open = line.as_mut().expect("it was opened above");
        let to = self.missing(&parcel.key);
        let from = &self.envelope.from.email;
        match open.send(from, &to, &letter.formatted()).await {
            Ok(outcome) => self.judge(&parcel.key, outcome),
            Err(refusal) if refusal.is_hung_up => {
                *line = None;
                Err(Trouble::HungUp(refusal))
            }
            Err(refusal) => Err(Trouble::Refused(told(&refusal))),
        }
    }

    /// Who does not have the mail of this delivery yet.
    fn missing(&self, key: &str) -> Vec<Address> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let have = parts.get(key).map(Vec::as_slice).unwrap_or_default();
        let all = self.envelope.to.iter().map(|to| to.email.clone());
        all.filter(|address| !have.contains(address)).collect()
    }

    /// Those who were put off are tried again, without those who have it. Who was refused for good is told
    /// in the log; when that is everybody, the delivery is dead.
    fn judge(&self, key: &str, outcome: Outcome) -> Result<(), Trouble> {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut have = parts.remove(key).unwrap_or_default();
        have.extend(outcome.taken);
        let why = |(address, refusal): &(Address, Refusal)| format!("{address}: {}", refusal.why);
        let put_off = outcome.refused.iter().find(|(_, r)| !r.is_permanent);
        if let Some(put_off) = put_off {
            let why = why(put_off);
            // Those who will never take it are done, too.
            let never = outcome.refused.iter().filter(|(_, r)| r.is_permanent);
            let never: Vec<Address> = never.map(|(address, _)| address.clone()).collect();
            if have.len() + never.len() > 0 && parts.len() < PARTS_MAX {
                have.extend(never);
                parts.insert(key.to_owned(), have);
            }
            return Err(Trouble::Refused(DeliveryError::retry(why)));
        }
        match outcome.refused.first() {
            Some(first) if have.is_empty() => {
                Err(Trouble::Refused(DeliveryError::permanent(why(first))))
            }
            _ => {
                for refused in &outcome.refused {
                    tracing::warn!(
                        "{}: a recipient did not get {key}: {}",
                        self.name,
                        why(refused)
                    );
                }
                Ok(())
            }
        }
    }
}
