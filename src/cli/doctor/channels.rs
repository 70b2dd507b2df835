//! Each channel as far as it can be tried without a message: the way there, the log-in, the place to write to.

use std::fs;
use std::io::ErrorKind;

use futures_util::future::join_all;

use super::finding::{Check, Finding, Group};
use super::network::PATIENCE;
use super::reach;
use super::subject::Subject;
use crate::channel::{ChannelOptions, advice};
use crate::cli::channel::build;
use crate::cli::{CREDENTIALS, environment};
use crate::config::{Config, SecretSource};

const CHANNEL: Check = Check(Group::Channels, "channel");

/// All channels, at once.
pub(super) async fn look(subject: &Subject, config: &Config, offline: bool) -> Vec<Finding> {
    if config.channels.is_empty() {
        return vec![CHANNEL.warning(
            "there is no channel: alerts are listed and sent nowhere",
            "docs/channels.md has all kinds; `wirewatch channel test NAME` tries one",
        )];
    }
    let all = config.channels.iter();
    join_all(all.map(|(name, options)| one(subject, config, name, options, offline))).await
}

async fn one(
    subject: &Subject,
    config: &Config,
    name: &str,
    options: &ChannelOptions,
    offline: bool,
) -> Finding {
    let about = |finding: Finding| finding.about(format!("{name} ({})", options.kind()));
    if let Some(why) = hidden(subject, name) {
        return about(CHANNEL.skipped(why).advise(&subject.as_root));
    }
    let channel = match build(config, name, options, &environment) {
        Ok(channel) => channel,
        Err(error) => {
            let advice = "put the table right; docs/channels.md has the keys";
            return about(CHANNEL.wrong(error.to_string(), advice));
        }
    };
    if offline && !options.is_local() {
        return about(CHANNEL.skipped("its receiver was not asked (--offline)"));
    }
    let written = channel.writes();
    if let Some((why, what)) = written.and_then(|written| reach::unwritable(subject, &written)) {
        return about(CHANNEL.wrong(why, what));
    }
    about(match tokio::time::timeout(PATIENCE, channel.probe()).await {
        Ok(Ok(words)) => CHANNEL.ok(words),
        Ok(Err(error)) => {
            let usual = format!("try it with a message: wirewatch channel test {name}");
            CHANNEL.wrong(error.to_string(), advice(&error).unwrap_or(&usual))
        }
        Err(_) => CHANNEL.wrong(
            format!("it did not answer within {} s", PATIENCE.as_secs()),
            "it may be overloaded, a firewall may swallow the packets, or the port is another service's",
        ),
    })
}

/// Why whoever asks cannot have a secret of the channel although the service may.
fn hidden(subject: &Subject, name: &str) -> Option<String> {
    let table = format!("channel.{name}");
    let own = subject.secrets().into_iter();
    let mut own = own.filter(|place| place.table == table);
    own.find_map(|place| match place.source {
        SecretSource::Credential(credential) => environment(CREDENTIALS).is_none().then(|| {
            format!(
                "systemd hands {credential} to the running service alone, which {}",
                match subject.is_root {
                    true => "does not run",
                    false => "root may look at",
                }
            )
        }),
        SecretSource::File(path) => fs::File::open(&path)
            .is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
            .then(|| format!("{} may not read {}", subject.user, path.display())),
        SecretSource::Variable(name) => {
            let is_missing = environment(&name).is_none() && subject.runs_as().is_some();
            is_missing.then(|| format!("{name} is not set here; the service may have it"))
        }
        SecretSource::Inline => None,
    })
}
