//! `[channel.NAME]` of the config, and how it becomes a channel.

use std::path::Path;

use serde::Deserialize;

use super::feed_file::Form;
use super::{
    AlertmanagerOptions, Channel, CommandOptions, EmailOptions, FeedFileOptions, FileOptions,
    HttpOptions, ServiceOptions, StdoutOptions, WebhookOptions,
};
use crate::world::{AddressGuard, SecretError, World};

/// Options that cannot work. The message is for people and carries no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ChannelError(String);

impl ChannelError {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl From<SecretError> for ChannelError {
    fn from(error: SecretError) -> Self {
        Self(error.to_string())
    }
}

/// What a channel needs to know of the place it works in.
pub struct Surroundings<'a> {
    /// The directory that relative paths are relative to: the config's.
    pub base_dir: &'a Path,
    /// Time, network and chance.
    pub world: &'a World,
    /// Which addresses may be reached.
    pub guard: &'a AddressGuard,
    /// The environment, for secrets that are kept there: rooms do not read it themselves.
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

/// The options of a channel of any kind. An unknown kind is an error that lists these.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ChannelOptions {
    /// Standard output.
    Stdout(StdoutOptions),
    /// A file of JSON Lines.
    File(FileOptions),
    /// A POST of JSON.
    Webhook(WebhookOptions),
    /// A mail.
    Email(EmailOptions),
    /// An Atom feed.
    Atom(FeedFileOptions),
    /// A JSON Feed.
    Jsonfeed(FeedFileOptions),
    /// A program.
    Command(CommandOptions),
    /// A Prometheus Alertmanager.
    Alertmanager(AlertmanagerOptions),
    /// A request that a preset describes.
    Http(Box<HttpOptions>),
    /// ntfy.
    Ntfy(ServiceOptions),
    /// Gotify.
    Gotify(ServiceOptions),
    /// Slack.
    Slack(ServiceOptions),
    /// Discord.
    Discord(ServiceOptions),
    /// Telegram.
    Telegram(ServiceOptions),
    /// Matrix.
    Matrix(ServiceOptions),
    /// Mattermost.
    Mattermost(ServiceOptions),
    /// Microsoft Teams.
    Teams(ServiceOptions),
    /// PagerDuty.
    Pagerduty(ServiceOptions),
}

impl ChannelOptions {
    /// The known values of `kind`.
    pub const KINDS: [&'static str; 18] = [
        "stdout",
        "file",
        "webhook",
        "email",
        "atom",
        "jsonfeed",
        "command",
        "alertmanager",
        "http",
        "ntfy",
        "gotify",
        "slack",
        "discord",
        "telegram",
        "matrix",
        "mattermost",
        "teams",
        "pagerduty",
    ];

    /// Makes the channel. Reads its secrets, but does not touch the network.
    ///
    /// # Errors
    /// [`ChannelError`] when the options cannot work.
    pub fn build(
        &self,
        name: &str,
        around: &Surroundings<'_>,
    ) -> Result<Box<dyn Channel>, ChannelError> {
        Ok(match self {
            Self::Stdout(options) => Box::new(options.build(name, around)?),
            Self::File(options) => Box::new(options.build(name, around)),
            Self::Webhook(options) => Box::new(options.build(name, around)?),
            Self::Email(options) => Box::new(options.build(name, around)?),
            Self::Atom(options) => Box::new(options.build(name, Form::Atom, around)?),
            Self::Jsonfeed(options) => Box::new(options.build(name, Form::Json, around)?),
            Self::Command(options) => Box::new(options.build(name, around)?),
            Self::Alertmanager(options) => Box::new(options.build(name, around)?),
            Self::Http(options) => Box::new(options.build(name, around)?),
            Self::Ntfy(options)
            | Self::Gotify(options)
            | Self::Slack(options)
            | Self::Discord(options)
            | Self::Telegram(options)
            | Self::Matrix(options)
            | Self::Mattermost(options)
            | Self::Teams(options)
            | Self::Pagerduty(options) => {
                Box::new(options.build_kind(name, self.kind(), around)?)
            }
        })
    }

    /// True for a channel that asks nothing of the network.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(
            self,
            Self::Stdout(_) | Self::File(_) | Self::Atom(_) | Self::Jsonfeed(_) | Self::Command(_)
        )
    }

    /// The word that `kind` has.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Stdout(_) => "stdout",
            Self::File(_) => "file",
            Self::Webhook(_) => "webhook",
            Self::Email(_) => "email",
            Self::Atom(_) => "atom",
            Self::Jsonfeed(_) => "jsonfeed",
            Self::Command(_) => "command",
            Self::Alertmanager(_) => "alertmanager",
            Self::Http(_) => "http",
            Self::Ntfy(_) => "ntfy",
            Self::Gotify(_) => "gotify",
            Self::Slack(_) => "slack",
            Self::Discord(_) => "discord",
            Self::Telegram(_) => "telegram",
            Self::Matrix(_) => "matrix",
            Self::Mattermost(_) => "mattermost",
            Self::Teams(_) => "teams",
            Self::Pagerduty(_) => "pagerduty",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ChannelOptions, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn every_known_kind_is_read() {
        for kind in ChannelOptions::KINDS {
            let error = read(&format!("kind = \"{kind}\"\nno_such_key = 1")).expect_err(kind);
            assert!(!error.contains("unknown variant"), "{error}");
        }
        assert!(read("kind = \"stdout\"").is_ok());
        assert!(read("kind = \"file\"\npath = \"alerts.jsonl\"").is_ok());
        let url = "https://hook.example/t0p";
        let webhook = read(&format!(
            "kind = \"webhook\"\nurl = \"{url}\"\ntimeout = \"3s\""
        ));
        let shown = format!("{:?}", webhook.expect("a webhook"));
        assert!(
            shown.contains("timeout: 3s") && !shown.contains("t0p"),
            "{shown}"
        );
        let people = r#"to = ["Ana <ana@example.org>", "ben@example.org"]"#;
        assert!(
            read(&format!(
                "kind = \"email\"\nhost = \"h\"\nfrom = \"o@h\"\n{people}"
            ))
            .is_ok()
        );
    }

    #[test]
    fn what_is_unknown_is_named_with_what_is_known() {
        let error = read("kind = \"pager\"").expect_err("unknown kind");
        for kind in ChannelOptions::KINDS {
            assert!(error.contains(kind), "{error}");
        }
        let error = read("kind = \"file\"\npaht = \"x\"").expect_err("unknown key");
        assert!(
            error.contains("`paht`") && error.contains("`path`"),
            "{error}"
        );
    }
}
