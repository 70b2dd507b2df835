//! The conversation with a mail server: one connection for several letters, and a word for every recipient.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;

use super::TlsMode;
use crate::channel::render::plain;
use crate::world::causes;

/// How a server is reached.
pub(super) struct Server {
    pub host: String,
    pub port: u16,
    pub mode: TlsMode,
    pub parameters: Option<TlsParameters>,
    pub credentials: Option<Credentials>,
    /// Most time for one step of the conversation.
    pub timeout: Duration,
}

/// Why a step failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// In words, without secrets.
    pub why: String,
    /// No further try makes it good.
    pub is_permanent: bool,
    /// The connection is of no use any more.
    pub is_hung_up: bool,
    /// The letter was under way: perhaps the server has it.
    pub is_after_letter: bool,
}

/// A connection over which letters are sent, one after the other.
pub(super) struct Conversation {
    server: Arc<Server>,
    connection: AsyncSmtpConnection,
}

/// What became of one letter.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Who has it now.
    pub taken: Vec<Address>,
    /// Who was refused, and why.
    pub refused: Vec<(Address, Refusal)>,
}

impl Server {
    /// Connects, protects the connection as the config says, and logs in.
    pub async fn connect(self: &Arc<Self>) -> Result<Conversation, Refusal> {
        let opened = tokio::time::timeout(2 * self.timeout, self.open()).await;
        match opened {
            Ok(opened) => opened.map_err(|error| self.refusal(&error)),
            Err(_) => Err(self.silence()),
        }
    }

    async fn open(self: &Arc<Self>) -> Result<Conversation, SmtpError> {
        let hello = ClientId::default();
        let (wrapped, upgraded) = match self.mode {
            TlsMode::Tls => (self.parameters.clone(), None),
            TlsMode::Starttls => (None, self.parameters.clone()),
            TlsMode::None => (None, None),
        };
        let address = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.timeout), &hello, wrapped, None)
                .await?;
        if let Some(parameters) = upgraded {
            connection.starttls(parameters, &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(Conversation {
            server: Arc::clone(self),
            connection,
        })
    }

    fn refusal(&self, error: &SmtpError) -> Refusal {
        let words = match (error.status(), causes(error).last()) {
            (None, Some(cause)) => cause.to_string(),
            _ => error.to_string(),
        };
        let hint = hint(&words).unwrap_or_default();
        // 421: the server closes the connection. Without a status nobody knows where the conversation is.
        let is_hung_up = error
            .status()
            .is_none_or(|status| status.to_string() == "421");
        Refusal {
            // What a server says may hold anything.
            why: plain(&format!("mail server {}: {words}{hint}", self.host)),
            is_permanent: error.is_permanent(),
            is_hung_up,
            is_after_letter: false,
        }
    }

    fn silence(&self) -> Refusal {
        Refusal {
            why: format!("mail server {} did not answer in time", self.host),
            is_permanent: false,
            is_hung_up: true,
            is_after_letter: false,
        }
    }
}

impl Conversation {
    /// Sends one letter. A recipient who is refused does not keep it from the others.
    ///
    /// # Errors
    /// When nobody got it, because of the connection, the sender or the letter itself.
    pub async fn send(
        &mut self,
        from: &Address,
        to: &[Address],
        letter: &[u8],
    ) -> Result<Outcome, Refusal> {
        self.say(self.mail(from, to)?).await?;
        let mut outcome = Outcome::default();
        for address in to {
            match self.say(Rcpt::new(address.clone(), Vec::new())).await {
                Ok(_) => outcome.taken.push(address.clone()),
                Err(refusal) if refusal.is_hung_up => return Err(refusal),
                Err(refusal) => outcome.refused.push((address.clone(), refusal)),
            }
        }
        if outcome.taken.is_empty() {
            self.reset().await;
            return Ok(outcome);
        }
        let sent = match self.say(Data).await {
            Ok(_) => self.transmit(letter).await.map_err(|refusal| Refusal {
                is_after_letter: true,
                ..refusal
            }),
            Err(refusal) => Err(refusal),
        };
        match sent {
            Ok(_) => Ok(outcome),
            Err(refusal) => {
                if !refusal.is_hung_up {
                    self.reset().await;
                }
                Err(refusal)
            }
        }
    }

    /// Says good-bye; whether it is answered does not matter.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(self.server.timeout, self.connection.quit()).await;
    }

    fn mail(&self, from: &Address, to: &[Address]) -> Result<Mail, Refusal> {
        let all = || std::iter::once(from).chain(to);
        let is_ascii = all().all(|address| AsRef::<str>::as_ref(address).is_ascii());
        let knows = |extension| self.connection.server_info().supports_feature(extension);
        let parameters = match is_ascii {
            true => Vec::new(),
            false if knows(Extension::SmtpUtfEight) => vec![MailParameter::SmtpUtfEight],
            false => {
                return Err(Refusal {
                    why: format!(
                        "mail server {} knows no addresses beyond ASCII (SMTPUTF8)",
                        self.server.host
                    ),
                    is_permanent: true,
                    is_hung_up: false,
                    is_after_letter: false,
                });
            }
        };
        Ok(Mail::new(Some(from.clone()), parameters))
    }

    async fn say(&mut self, command: impl Display) -> Result<Response, Refusal> {
        let said =
            tokio::time::timeout(self.server.timeout, self.connection.command(command)).await;
        self.heard(said)
    }

    async fn transmit(&mut self, letter: &[u8]) -> Result<Response, Refusal> {
        // Servers look for viruses before they answer: RFC 5321 (4.5.3.2.6) grants them ten minutes.
        let patience = self.server.timeout * 4;
        // As one write: where the end of the letter is one of its own, it waits until the server has acknowledged the letter
        // (Nagle), and servers take 40 ms for that.
        let sent = tokio::time::timeout(patience, self.connection.command(ended(letter))).await;
        self.heard(sent)
    }

    fn heard<T>(
        &self,
        heard: Result<Result<T, SmtpError>, tokio::time::error::Elapsed>,
    ) -> Result<T, Refusal> {
        match heard {
            Ok(heard) => heard.map_err(|error| self.server.refusal(&error)),
            Err(_) => Err(self.server.silence()),
        }
    }

    /// Back to the begin; a failure shows with the next command.
    async fn reset(&mut self) {
        let _ = self.say(Rset).await;
    }
}

/// A letter as it is transmitted (RFC 5321, 4.5.2): a line that begins with a dot gets another one, and a dot alone ends it.
fn ended(letter: &[u8]) -> String {
    let letter = String::from_utf8_lossy(letter);
    let mut out = String::with_capacity(letter.len() + letter.len() / 50 + 5);
    for line in letter.split_inclusive('\n') {
        if line.starts_with('.') {
            out.push('.');
        }
        out.push_str(line);
    }
    if !out.ends_with("\r\n") {
        out.push_str("\r\n");
    }
    out.push_str(".\r\n");
    out
}

/// What to do about the two errors that everybody with a mail server of their own meets once. rustls
/// gives them as names.
fn hint(words: &str) -> Option<&'static str> {
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

#[cfg(test)]
mod tests {
    use super::ended;

    #[test]
    fn a_dot_at_the_begin_of_a_line_is_doubled_and_one_alone_ends_the_letter() {
        for (letter, expected) in [
            ("a\r\nb\r\n", "a\r\nb\r\n.\r\n"),
            ("a\r\nb", "a\r\nb\r\n.\r\n"),
            (".\r\n..a\r\nb.c\r\n", "..\r\n...a\r\nb.c\r\n.\r\n"),
            ("a\n.\nb: \u{fc}\r\n", "a\n..\nb: \u{fc}\r\n.\r\n"),
            ("", "\r\n.\r\n"),
        ] {
            assert_eq!(ended(letter.as_bytes()), expected);
        }
    }
}
