//! The alert as text on standard output.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::Deserialize;

use super::render::{TextStyle, message_text};
use super::template::{Syntax, TemplateOptions, Wording};
use super::{Channel, ChannelError, DeliveryError, Parcel, Surroundings};

/// Options of `kind = "stdout"`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StdoutOptions {
    /// Colours; without it on a terminal only, and not when `NO_COLOR` is set.
    pub colour: Option<bool>,
    /// A text in place of the built-in one.
    pub template: Option<TemplateOptions>,
}

impl StdoutOptions {
    pub(super) fn build(
        &self,
        name: &str,
        around: &Surroundings<'_>,
    ) -> Result<Stdout, ChannelError> {
        let wanted = || {
            let refused = (around.env)("NO_COLOR").is_some_and(|value| !value.is_empty());
            io::stdout().is_terminal() && !refused
        };
        let style = TextStyle {
            colour: self.colour.unwrap_or_else(wanted),
            ..TextStyle::default()
        };
        let syntaxes = (Syntax::Terminal, Syntax::Terminal);
        let wording = Wording::new(name, self.template.as_ref(), syntaxes, around)?;
        let mut stdout = Stdout::with_writer(name, style, io::stdout());
        stdout.wording = Some(wording.without_html()?);
        Ok(stdout)
    }
}

/// Writes messages as text, one after the other, each followed by an empty line.
pub struct Stdout {
    name: String,
    style: TextStyle,
    /// `None` for the built-in text.
    wording: Option<Wording>,
    /// One message at a time, so that two never mix.
    writer: Arc<Mutex<dyn Write + Send>>,
}

impl Stdout {
    /// A channel that writes elsewhere (the demo, tests).
    pub fn with_writer(name: &str, style: TextStyle, writer: impl Write + Send + 'static) -> Self {
        Self {
            name: name.to_owned(),
            style,
            wording: None,
            writer: Arc::new(Mutex::new(writer)),
        }
    }
}

#[async_trait]
impl Channel for Stdout {
    fn name(&self) -> &str {
        &self.name
    }

    fn preview(&self, parcel: &Parcel) -> String {
        let text = match &self.wording {
            Some(wording) => wording.words(parcel, &self.style).whole(),
            None => message_text(&parcel.message, parcel.kind, &self.style),
        };
        format!("{}\n\n", text.trim_end())
    }

    async fn probe(&self) -> Result<String, DeliveryError> {
        Ok("standard output; under systemd that is the journal".to_owned())
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let text = self.preview(parcel);
        let writer = Arc::clone(&self.writer);
        let write = move || {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            writer.write_all(text.as_bytes())?;
            writer.flush()
        };
        // A reader that does not read (a pipe, a stopped terminal) must not stop anybody else.
        let written = tokio::task::spawn_blocking(write).await;
        let written = written.unwrap_or_else(|panic| Err(io::Error::other(panic)));
        written.map_err(|error| {
            DeliveryError::retry(format!("cannot write to standard output: {error}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::channel::tests::{HOSTILE, alert, hostile, parcel, surroundings};

    #[tokio::test]
    async fn messages_are_written_one_after_the_other() {
        let (mut reader, writer) = io::pipe().expect("a pipe");
        let channel = Stdout::with_writer("terminal", TextStyle::default(), writer);
        assert_eq!(channel.name(), "terminal");
        for _ in 0..2 {
            channel.deliver(&parcel(alert())).await.expect("written");
        }
        drop(channel);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("text");
        let halves = text.split_at(text.len() / 2);
        assert_eq!(halves.0, halves.1, "two whole messages");
        assert!(
            halves.0.contains("Wang Yi") && halves.0.ends_with("\n\n"),
            "{text}"
        );
    }

    #[test]
    fn a_hostile_title_steers_no_terminal_in_a_template_either() {
        let options = "[template]\ntitle = \"{{ title }}\"\nbody = \"{{ title }} {{ text }}\"";
        let options: StdoutOptions = toml::from_str(options).expect("options");
        let built = surroundings(std::path::Path::new("."), |around| {
            options.build("terminal", around)
        });
        let channel = built.expect("a channel");
        for title in HOSTILE {
            let text = channel.preview(&hostile(title));
            let steers = |c: char| c.is_control() && c != '\n';
            assert!(
                !text.contains(steers) && !text.contains('\u{202e}'),
                "{text:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_closed_reader_is_tried_again() {
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let channel = Stdout::with_writer("terminal", TextStyle::default(), writer);
        let error = channel.deliver(&parcel(alert())).await.expect_err("closed");
        assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    }
}
