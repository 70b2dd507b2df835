//! A mail over SMTP: plain text and HTML in one message.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::fmt::serde::unsigned_duration::friendly::compact;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use self::letter::letter;
use super::render::plain;
use super::{Channel, ChannelError, DeliveryError, Parcel, Surroundings};
use crate::world::{SecretPlaces, causes};

mod letter;

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
        // Without a pool: mails are rare, and a connection of its own has no state that could be stale.
        let mut smtp = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.host)
            .port(self.port.unwrap_or(self.tls.port()))
            .timeout(Some(self.timeout))
            .tls(self.tls(around)?);
        if let Some(credentials) = self.credentials(around)? {
            smtp = smtp.credentials(credentials);
        }
        Ok(Email {
            name: name.to_owned(),
            server: self.host.clone(),
            from,
            to,
            smtp: smtp.build(),
        })
    }

    fn credentials(&self, around: &Surroundings<'_>) -> Result<Option<Credentials>, ChannelError> {
        let places = SecretPlaces {
            key: "password",
            inline: None,
            file: self.password_file.as_deref(),
            env: self.password_env.as_deref(),
        };
        match (&self.user, places.read(around.base_dir, around.env)?) {
            (None, None) => Ok(None),
            (Some(user), Some(password)) => Ok(Some(login(user, &password))),
            (Some(_), None) => Err(ChannelError::new(
                "`user` needs a password: `password_file` or `password_env`",
            )),
            (None, Some(_)) => Err(ChannelError::new("the password needs a `user`")),
        }
    }

    fn tls(&self, around: &Surroundings<'_>) -> Result<Tls, ChannelError> {
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
            return Ok(Tls::None);
        }
        let parameters = parameters
            .build()
            .map_err(|error| ChannelError::new(format!("TLS cannot be used: {error}")))?;
        Ok(match self.tls {
            TlsMode::Tls => Tls::Wrapper(parameters),
            _ => Tls::Required(parameters),
        })
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

/// Mails every parcel to the same people, over a connection of its own.
pub(super) struct Email {
    name: String,
    server: String,
    from: Mailbox,
    to: Vec<Mailbox>,
    smtp: AsyncSmtpTransport<Tokio1Executor>,
}

#[async_trait]
impl Channel for Email {
    fn name(&self) -> &str {
        &self.name
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let letter = letter(parcel, &self.from, &self.to)
            .map_err(|error| DeliveryError::permanent(format!("no mail can be made: {error}")))?;
        match self.smtp.send(letter).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(&error)),
        }
    }
}

impl Email {
    fn refused(&self, error: &SmtpError) -> DeliveryError {
        let words = match (error.status(), causes(error).last()) {
            (None, Some(cause)) => cause.to_string(),
            _ => error.to_string(),
        };
        let hint = certificate_hint(&words).unwrap_or_default();
        // What a server says may hold anything.
        let why = plain(&format!("mail server {}: {words}{hint}", self.server));
        if error.is_permanent() {
            DeliveryError::permanent(why)
        } else {
            DeliveryError::retry(why)
        }
    }
}

/// What to do about the two errors that everybody with a mail server of their own meets once. rustls
/// gives them as names.
fn certificate_hint(words: &str) -> Option<&'static str> {
    if words.contains("CaUsedAsEndEntity") {
        Some(
            " (the server shows a CA's certificate as its own: make a self-signed one with \
             `-addext basicConstraints=critical,CA:FALSE`)",
        )
    } else if words.contains("UnknownIssuer") {
        Some(" (if the server is meant, name the certificate of its CA in `ca_file`)")
    } else {
        None
    }
}
