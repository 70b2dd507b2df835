//! A program that gets the message as JSON on its standard input. No shell is involved.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::fmt::serde::unsigned_duration::friendly::compact;
use serde::Deserialize;

use rustix::fs::Access;

use self::child::{Ended, run};
use super::durable::may;
use super::payload::payload;
use super::render::plain;
use super::secret::blotted;
use super::{Channel, ChannelError, DeliveryError, Parcel, Surroundings};

mod child;
#[cfg(test)]
mod tests;

/// Where programs are looked for: the environment of the daemon does not decide it.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Exit codes of `sysexits.h` that no further try makes good: wrong usage (64), wrong data (65), no such
/// addressee (67, 68), no permission (77), wrong config (78). Everything else is tried again, so that a script
/// that only knows 1 loses nothing.
const PERMANENT: [i32; 6] = [64, 65, 67, 68, 77, 78];

/// Characters of the program's last line that are told.
const LINE_CHARS_MAX: usize = 300;

/// Options of `kind = "command"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandOptions {
    /// The program and its arguments, each a text of its own. A program with a slash in it is relative to the config.
    pub run: Vec<String>,
    /// Variables of its environment, which is otherwise empty but for `PATH`, `LANG` and those of the delivery.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// NAMEs of variables that are handed on from the daemon's environment.
    #[serde(default)]
    pub pass_env: Vec<String>,
    /// Most time for one delivery; then the program and all it has started are killed.
    #[serde(default = "thirty_seconds", with = "compact::required")]
    pub timeout: Duration,
}

fn thirty_seconds() -> Duration {
    Duration::from_secs(30)
}

impl CommandOptions {
    pub(super) fn build(
        &self,
        name: &str,
        around: &Surroundings<'_>,
    ) -> Result<Command, ChannelError> {
        let (program, arguments) = self.run.split_first().ok_or_else(|| {
            ChannelError::new("`run` is empty: give the program and its arguments")
        })?;
        let program = match program.contains('/') {
            true => around.base_dir.join(program),
            false => PathBuf::from(program),
        };
        let mut env = BTreeMap::from([
            ("PATH".to_owned(), PATH.to_owned()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ]);
        let mut secrets = Vec::new();
        for name in &self.pass_env {
            let value = (around.env)(name).ok_or_else(|| {
                ChannelError::new(format!(
                    "`pass_env`: the environment variable {name} is not set"
                ))
            })?;
            secrets.push(value.clone().into());
            env.insert(name.clone(), value);
        }
        env.extend(self.env.clone());
        Ok(Command {
            name: name.to_owned(),
            program,
            arguments: arguments.to_vec(),
            env,
            secrets,
            folder: around.base_dir.to_owned(),
            timeout: self.timeout,
        })
    }
}

/// Starts one program for every parcel.
pub(super) struct Command {
    name: String,
    program: PathBuf,
    arguments: Vec<String>,
    env: BTreeMap<String, String>,
    /// Values of `pass_env`, which may be secret.
    secrets: Vec<secrecy::SecretString>,
    folder: PathBuf,
    timeout: Duration,
}

#[async_trait]
impl Channel for Command {
    fn name(&self) -> &str {
        &self.name
    }

    fn preview(&self, parcel: &Parcel) -> String {
        let mut line = self.program.display().to_string();
        for argument in &self.arguments {
            line.push_str(&format!(" {argument:?}"));
        }
        let env: String = own_env(parcel)
            .map(|(name, value)| format!("{name}={value}\n"))
            .concat();
        format!("{line}\n{env}\n{}\n", payload(parcel))
    }

    /// Looks for the program, and does not start it.
    async fn probe(&self) -> Result<String, DeliveryError> {
        let program = self.found();
        may(&program, Access::EXEC_OK).map_err(|error| {
            DeliveryError::retry(format!("{} cannot be started: {error}", program.display()))
        })?;
        if program.is_dir() {
            let why = format!("{} cannot be started: it is a folder", program.display());
            return Err(DeliveryError::retry(why));
        }
        Ok(format!("{} is there and can be started", program.display()))
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.env)
            .envs(own_env(parcel));
        if !self.folder.as_os_str().is_empty() {
            command.current_dir(&self.folder);
        }
        let input = format!("{}\n", payload(parcel));
        let ended = run(command, input.into_bytes(), self.timeout).await;
        self.verdict(ended)
    }
}

/// What a program is told besides its input, for those that only want to know the key. Nothing foreign is in it.
fn own_env(parcel: &Parcel) -> [(&'static str, String); 3] {
    [
        ("WIREWATCH_KEY", parcel.key.clone()),
        ("WIREWATCH_KIND", parcel.kind.name().to_owned()),
        ("WIREWATCH_CHANNEL", parcel.channel.clone()),
    ]
}

impl Command {
    /// The program as the system would find it.
    fn found(&self) -> PathBuf {
        if self.program.components().count() > 1 {
            return self.program.clone();
        }
        let path = self.env.get("PATH").map(String::as_str).unwrap_or_default();
        let found = std::env::split_paths(path).map(|folder| folder.join(&self.program));
        let mut found = found.filter(|program| program.is_file());
        found.next().unwrap_or_else(|| self.program.clone())
    }

    fn verdict(&self, ended: std::io::Result<Ended>) -> Result<(), DeliveryError> {
        let program = self.program.display();
        let ended = ended.map_err(|error| {
            DeliveryError::retry(format!("{program} cannot be started: {error}"))
        })?;
        let why = match (ended.code, ended.signal, ended.timed_out) {
            (Some(0), _, false) => return Ok(()),
            (_, _, true) => format!(
                "{program} did not end within {} s and was killed",
                self.timeout.as_secs_f64()
            ),
            (Some(code), _, _) => format!("{program} ended with exit code {code}"),
            (None, Some(signal), _) => format!("{program} was ended by signal {signal}"),
            (None, None, _) => format!("{program} ended in an unknown way"),
        };
        let line: String = plain(&ended.last_line)
            .chars()
            .take(LINE_CHARS_MAX)
            .collect();
        let why = match line.as_str() {
            "" => why,
            line => format!("{why}: {}", blotted(line, &self.secrets)),
        };
        let is_permanent = ended.code.is_some_and(|code| PERMANENT.contains(&code));
        Err(match is_permanent && !ended.timed_out {
            true => DeliveryError::permanent(why),
            false => DeliveryError::retry(why),
        })
    }
}
