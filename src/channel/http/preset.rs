//! How a service wants to be told: a TOML file, built in or the user's.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use serde::Deserialize;

use super::about::Limits;
use super::probe::{Probe, Question};
use crate::channel::render::TextStyle;
use crate::channel::template::{
    Context, Syntax, Template, TemplateOptions, Wording, Words, built_in,
};
use crate::channel::wire::PERMANENT;
use crate::channel::{ChannelError, Parcel, Surroundings};
use crate::model::Cap;

/// The built-in presets by name.
const BUILT_IN: [(&str, &str); 9] = [
    ("ntfy", include_str!("presets/ntfy.toml")),
    ("gotify", include_str!("presets/gotify.toml")),
    ("slack", include_str!("presets/slack.toml")),
    ("discord", include_str!("presets/discord.toml")),
    ("telegram", include_str!("presets/telegram.toml")),
    ("matrix", include_str!("presets/matrix.toml")),
    ("mattermost", include_str!("presets/mattermost.toml")),
    ("teams", include_str!("presets/teams.toml")),
    ("pagerduty", include_str!("presets/pagerduty.toml")),
];

/// Where a service looks for the key by which it knows a second try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    /// A header.
    Header,
    /// The path of the address.
    Path,
    /// A member of the body.
    Body,
    /// Nowhere: a second try is a second message.
    #[default]
    None,
}

/// How a service wants to be told. Address, headers and body are templates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What it is, for people.
    pub about: Option<String>,
    /// The method of the request.
    #[serde(default = "post")]
    pub method: String,
    /// The service's usual address, for channels that give none.
    pub url: Option<String>,
    /// The address of the request; what stands in it is escaped as a part of an address.
    #[serde(default = "bare_url")]
    pub address: String,
    /// What a channel must give (`url`, `token`, `to`), with what it is.
    #[serde(default)]
    pub needs: BTreeMap<String, String>,
    /// Headers; one that turns out empty is not sent.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// What the body is: values in it are escaped so.
    #[serde(default = "json")]
    pub body_syntax: Syntax,
    /// `Content-Type` of the body.
    #[serde(default = "json_type")]
    pub content_type: String,
    /// What the service takes the text for.
    #[serde(default = "plain_text")]
    pub markup: Syntax,
    /// What the service takes the title for.
    #[serde(default = "plain_text")]
    pub title_markup: Syntax,
    /// Longest title, in characters.
    #[serde(default = "title_chars_max")]
    pub title_chars_max: usize,
    /// Longest text, in UTF-16 units.
    #[serde(default = "no_bound")]
    pub text_chars_max: usize,
    /// Longest text, in bytes of UTF-8.
    #[serde(default = "no_bound")]
    pub text_bytes_max: usize,
    /// Where the key goes; for people and for tests, the templates put it there.
    #[serde(default)]
    pub key: KeyPlace,
    /// Answers that no further try makes good.
    #[serde(default = "permanent")]
    pub permanent: Vec<u16>,
    /// The service takes back what was said: it is told when a story has ended.
    #[serde(default)]
    pub resolves: bool,
    /// How many messages it puts up with in how long a time, such as `20/1m`.
    pub pace: Option<String>,
    /// Member of a JSON answer that says in how many seconds to come again (milliseconds when its name ends
    /// in `_ms`), where there is no `Retry-After`.
    pub retry_after: Option<String>,
    /// A question that tries service and token without a message.
    pub probe: Option<Probe>,
}

fn post() -> String {
    "POST".to_owned()
}

fn bare_url() -> String {
    "{{ url }}".to_owned()
}

fn json() -> Syntax {
    Syntax::Json
}

fn json_type() -> String {
    "application/json".to_owned()
}

fn plain_text() -> Syntax {
    Syntax::Text
}

fn title_chars_max() -> usize {
    250
}

fn no_bound() -> usize {
    1 << 20
}

fn permanent() -> Vec<u16> {
    PERMANENT.to_vec()
}

impl Preset {
    /// The names of the built-in presets.
    #[cfg(test)]
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A built-in preset.
    pub fn built_in(name: &str) -> Result<Self, ChannelError> {
        let Some((_, text)) = BUILT_IN.iter().find(|(known, _)| *known == name) else {
            let known = BUILT_IN.map(|(name, _)| name).join(", ");
            return Err(ChannelError::new(format!(
                "`preset`: there is no {name}; built in are {known}"
            )));
        };
        Ok(toml::from_str(text).expect("the built-in presets are read by their tests"))
    }

    /// A user's preset.
    pub fn read(path: &Path) -> Result<Self, ChannelError> {
        let wrong = |error: &dyn std::fmt::Display| {
            ChannelError::new(format!("`preset_file`: {}: {error}", path.display()))
        };
        let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
        toml::from_str(&text).map_err(|error| wrong(&error))
    }
}

/// A request as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub method: String,
    pub address: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// A preset whose templates are compiled.
pub(super) struct Recipe {
    pub preset: Preset,
    pub pace: Option<Cap>,
    address: Template,
    headers: Vec<(String, Template)>,
    body: Template,
    wording: Wording,
    pub question: Option<Question>,
}

impl Recipe {
    pub fn new(
        name: &str,
        preset: Preset,
        template: Option<&TemplateOptions>,
        around: &Surroundings<'_>,
    ) -> Result<Self, ChannelError> {
        let headers = preset.headers.iter().map(|(name, source)| {
            let template = Template::new("headers", source, Syntax::Header)?;
            Ok((name.clone(), template))
        });
        let syntaxes = (preset.title_markup, preset.markup);
        let pace = preset.pace.as_deref().map(str::parse::<Cap>).transpose();
        Ok(Self {
            pace: pace.map_err(|error| ChannelError::new(format!("`pace`: {error}")))?,
            address: Template::new("address", &preset.address, Syntax::Url)?,
            headers: headers.collect::<Result<_, ChannelError>>()?,
            body: Template::new("request", &preset.body, preset.body_syntax)?,
            wording: Wording::new(name, template, syntaxes, around)?.without_html()?,
            question: preset.probe.as_ref().map(Question::new).transpose()?,
            preset,
        })
    }

    /// What is said. A text of the user's that is too long is not cut, which might tear its marks: the built-in one
    /// is sent in its place.
    pub fn words(&self, parcel: &Parcel) -> Words {
        let style = TextStyle::default();
        let mut words = self.wording.words(parcel, &style);
        if words.has_own_body && !self.limits().fits(&words.whole()) {
            let key = &parcel.key;
            tracing::warn!(
                "{key} is sent with the built-in text: that of the template is longer than the service takes"
            );
            words.has_own_body = false;
            words.body = built_in(self.preset.markup, parcel, &style);
        }
        words
    }

    pub fn limits(&self) -> Limits {
        Limits {
            title_chars: self.preset.title_chars_max,
            text_chars: self.preset.text_chars_max,
            text_bytes: self.preset.text_bytes_max,
        }
    }

    /// The request.
    ///
    /// # Errors
    /// In words, when a template fails.
    pub fn request(&self, context: &Context) -> Result<Sent, String> {
        let mut headers = vec![("Content-Type".to_owned(), self.preset.content_type.clone())];
        for (name, template) in &self.headers {
            let value = template.render(context)?;
            if !value.trim().is_empty() {
                headers.push((name.clone(), value));
            }
        }
        Ok(Sent {
            method: self.preset.method.to_ascii_uppercase(),
            address: self.address.render(context)?,
            headers,
            body: self.body.render(context)?.trim().to_owned(),
        })
    }

    /// How long an answer asks to be left alone in its body.
    pub fn asked_wait(&self, answer: &str) -> Option<SignedDuration> {
        let path = self.preset.retry_after.as_ref()?;
        let answer: serde_json::Value = serde_json::from_str(answer).ok()?;
        let asked = path
            .split('.')
            .try_fold(&answer, |value, name| value.get(name));
        let asked = asked?.as_f64().filter(|asked| (0.0..1e9).contains(asked))?;
        let seconds = if path.ends_with("_ms") {
            asked / 1000.0
        } else {
            asked
        };
        SignedDuration::try_from_secs_f64(seconds).ok()
    }
}
