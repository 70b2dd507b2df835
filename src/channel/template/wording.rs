//! The words of a message: the user's, or the built-in ones.

use std::fs;
use std::path::PathBuf;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Deserialize;

use super::escape::markdown_unmentioned;
use super::{Context, Syntax, Template};
use crate::channel::payload::object;
use crate::channel::render::{
    TextStyle, message_html, message_markdown, message_text, slack_text, subject, unmentioned,
};
use crate::channel::{ChannelError, Parcel, Surroundings};

/// `[channel.NAME.template]`: texts in place of the built-in ones.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateOptions {
    /// The title, subject or summary.
    pub title: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// File of the text, relative to the config.
    pub body_file: Option<PathBuf>,
    /// The HTML part of a mail.
    pub html: Option<String>,
    /// File of it, relative to the config.
    pub html_file: Option<PathBuf>,
}

/// What a channel says, in its own syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::channel) struct Words {
    /// One line.
    pub title: String,
    /// The text.
    pub body: String,
    /// The title is the user's.
    pub has_own_title: bool,
    /// The body is the user's.
    pub has_own_body: bool,
}

impl Words {
    /// Title and body in one. The built-in body begins with what the title says.
    pub fn whole(&self) -> String {
        match self.has_own_title {
            true => format!("{}\n{}", self.title, self.body),
            false => self.body.clone(),
        }
    }
}

/// The texts of one channel, compiled.
pub(in crate::channel) struct Wording {
    channel: String,
    title_syntax: Syntax,
    body_syntax: Syntax,
    title: Option<Template>,
    body: Option<Template>,
    html: Option<Template>,
}

impl Wording {
    /// Compiles the templates of a channel, if it has any.
    pub fn new(
        channel: &str,
        options: Option<&TemplateOptions>,
        (title_syntax, body_syntax): (Syntax, Syntax),
        around: &Surroundings<'_>,
    ) -> Result<Self, ChannelError> {
        let nothing = TemplateOptions::default();
        let options = options.unwrap_or(&nothing);
        let compiled = |key: &str, text: &Option<String>, file: &Option<PathBuf>, syntax| {
            let source = source(key, text.as_ref(), file.as_ref(), around)?;
            source
                .map(|(key, source)| Template::new(&key, &source, syntax))
                .transpose()
        };
        Ok(Self {
            channel: channel.to_owned(),
            title_syntax,
            body_syntax,
            title: compiled("title", &options.title, &None, title_syntax)?,
            body: compiled("body", &options.body, &options.body_file, body_syntax)?,
            html: compiled("html", &options.html, &options.html_file, Syntax::Html)?,
        })
    }

    /// Refuses `html` for what is no mail.
    pub fn without_html(self) -> Result<Self, ChannelError> {
        match self.html {
            Some(_) => Err(ChannelError::new(
                "`html` is the HTML part of a mail; write `body`",
            )),
            None => Ok(self),
        }
    }

    /// The words of a parcel.
    pub fn words(&self, parcel: &Parcel, style: &TextStyle) -> Words {
        let own_title = self.own(self.title.as_ref(), self.title_syntax, parcel, style);
        let own_body = self.own(self.body.as_ref(), self.body_syntax, parcel, style);
        Words {
            has_own_title: own_title.is_some(),
            has_own_body: own_body.is_some(),
            title: own_title.map_or_else(
                || {
                    self.title_syntax
                        .escape(&subject(&parcel.message, parcel.kind))
                },
                // A title is one line, whatever the template says.
                |title| title.split_whitespace().collect::<Vec<_>>().join(" "),
            ),
            body: own_body.unwrap_or_else(|| built_in(self.body_syntax, parcel, style)),
        }
    }

    /// The user's HTML part. A user who has written a text but no HTML wants the text alone: `Some(None)`.
    pub fn html(&self, parcel: &Parcel) -> Option<Option<String>> {
        let style = TextStyle::default();
        match (&self.html, &self.body) {
            (Some(html), _) => self.own(Some(html), Syntax::Html, parcel, &style).map(Some),
            (None, Some(_)) => Some(None),
            (None, None) => None,
        }
    }

    fn own(
        &self,
        template: Option<&Template>,
        syntax: Syntax,
        parcel: &Parcel,
        style: &TextStyle,
    ) -> Option<String> {
        match template?.render(&context(syntax, parcel, style)) {
            Ok(text) => Some(text),
            Err(why) => {
                let (channel, key) = (&self.channel, &parcel.key);
                tracing::warn!(
                    "[channel.{channel}.template] {why}; {key} is sent with the built-in text"
                );
                None
            }
        }
    }
}

/// What a user's template can name: the message as JSON channels get it, `subject` and `text`.
fn context(syntax: Syntax, parcel: &Parcel, style: &TextStyle) -> Context {
    let mut context = Context::new();
    if let serde_json::Value::Object(object) = object(parcel) {
        let values = object.into_iter();
        context.extend(values.map(|(key, value)| (key, Value::from(Serde(value)))));
    }
    let subject = subject(&parcel.message, parcel.kind);
    context.insert("subject".to_owned(), Value::from(subject));
    let text = built_in(syntax, parcel, style);
    context.insert("text".to_owned(), Value::from_safe_string(text));
    context
}

/// The text or the file that a key gives, with the key that gives it.
fn source(
    key: &str,
    text: Option<&String>,
    file: Option<&PathBuf>,
    around: &Surroundings<'_>,
) -> Result<Option<(String, String)>, ChannelError> {
    match (text, file) {
        (Some(_), Some(_)) => Err(ChannelError::new(format!(
            "both `{key}` and `{key}_file` are given"
        ))),
        (Some(text), None) => Ok(Some((key.to_owned(), text.clone()))),
        (None, Some(file)) => {
            let path = around.base_dir.join(file);
            let text = fs::read_to_string(&path).map_err(|error| {
                ChannelError::new(format!("`{key}_file`: {}: {error}", path.display()))
            })?;
            Ok(Some((format!("{key}_file"), text)))
        }
        (None, None) => Ok(None),
    }
}

/// The built-in text of a message in a syntax.
pub(in crate::channel) fn built_in(syntax: Syntax, parcel: &Parcel, style: &TextStyle) -> String {
    let (message, kind) = (&parcel.message, parcel.kind);
    let text = || message_text(message, kind, style).trim_end().to_owned();
    match syntax {
        Syntax::Html => message_html(message, kind),
        Syntax::Markdown => markdown_unmentioned(message_markdown(message, kind).trim_end()),
        Syntax::Slack => slack_text(message, kind).trim_end().to_owned(),
        Syntax::Telegram => unmentioned(&text())
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;"),
        Syntax::Header => subject(message, kind),
        Syntax::Csv | Syntax::Json | Syntax::Url => syntax.escape(&text()),
        Syntax::Text | Syntax::Terminal => text(),
    }
}
