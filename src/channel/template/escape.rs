//! Foreign text as literal text, whatever the target takes for markup.

use minijinja::Value;
use serde::Deserialize;

use crate::channel::render::{guarded, markdown_escaped, plain};

/// Ends a name before it begins: no chat knows a person who is called so.
const BREAK: char = '\u{2060}';

/// What a text becomes part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Syntax {
    /// Plain text without any markup.
    Text,
    /// HTML.
    Html,
    /// Markdown, as Discord, Gotify and Mattermost read it.
    Markdown,
    /// Slack's mrkdwn.
    Slack,
    /// The HTML of Telegram.
    Telegram,
    /// One line of a mail or HTTP header.
    Header,
    /// A terminal.
    Terminal,
    /// A cell of a table for spreadsheets.
    Csv,
    /// A JSON value, quotes included.
    Json,
    /// A part of an address.
    Url,
}

impl Syntax {
    /// All of them, with the names of their filters.
    pub const ALL: [(&'static str, Self); 10] = [
        ("text", Self::Text),
        ("html", Self::Html),
        ("markdown", Self::Markdown),
        ("slack", Self::Slack),
        ("telegram", Self::Telegram),
        ("header", Self::Header),
        ("terminal", Self::Terminal),
        ("csv", Self::Csv),
        ("json", Self::Json),
        ("url", Self::Url),
    ];

    /// The names, for the config's schema.
    pub const NAMES: [&'static str; 10] = [
        "text", "html", "markdown", "slack", "telegram", "header", "terminal", "csv", "json", "url",
    ];

    /// A text that shows up as it is. Line breaks become spaces and what steers a terminal or turns a line
    /// around is left out, except in JSON, which can say it harmlessly.
    #[must_use]
    pub fn escape(self, text: &str) -> String {
        match self {
            Self::Text | Self::Header | Self::Terminal => plain(text),
            Self::Html => html(&plain(text)),
            Self::Telegram => html(&unmentioned(&plain(text))),
            Self::Markdown => markdown_unmentioned(&markdown_escaped(&plain(text))),
            Self::Slack => slack(&plain(text)),
            Self::Csv => csv(&plain(text)),
            Self::Json => guarded(serde_json::Value::from(text).to_string()),
            Self::Url => percent(text),
        }
    }

    /// The same for a value of a template: lists and tables as JSON where the target is JSON, and nothing as nothing.
    pub(super) fn escape_value(self, value: &Value) -> String {
        match (self, value.as_str()) {
            (_, Some(text)) => self.escape(text),
            (Self::Json, None) => {
                guarded(serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()))
            }
            _ if value.is_none() || value.is_undefined() => String::new(),
            _ => self.escape(&value.to_string()),
        }
    }

    /// A link of these words, where the target has links; else the words with the address behind them. Only
    /// addresses of the web become links.
    #[must_use]
    pub fn link(self, url: &str, words: &str) -> String {
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        let is_clean =
            !url.contains(['<', '>', '|', '\\', '"']) && plain(url) == url && !url.contains(' ');
        let shown = self.escape(words);
        if !is_web || !is_clean {
            return shown;
        }
        match self {
            Self::Html | Self::Telegram => format!("<a href=\"{}\">{shown}</a>", html(url)),
            Self::Markdown => format!("[{shown}](<{url}>)"),
            Self::Slack => format!("<{}|{shown}>", entities(url)),
            _ => self.escape(&format!("{words} {url}")),
        }
    }
}

/// HTML's five.
fn html(text: &str) -> String {
    entities(text).replace('"', "&quot;").replace('\'', "&#39;")
}

fn entities(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Nobody is pinged: a character without width stands behind `@`.
fn unmentioned(text: &str) -> String {
    text.replace('@', "@\u{2060}").replace('＠', "＠\u{2060}")
}

/// The same in Markdown, where every `@` of a text is escaped and those of addresses are not.
pub(super) fn markdown_unmentioned(markdown: &str) -> String {
    markdown.replace("\\@", "\\@\u{2060}")
}

/// Slack has no escape for its own marks: they count at the edge of a word only, so a character without width
/// is put on both sides of them.
fn slack(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' | '_' | '~' | '`' => out.extend([BREAK, c, BREAK]),
            '@' | '＠' | '<' => out.extend([c, BREAK]),
            // :names: of pictures.
            ':' if rest
                .peek()
                .is_some_and(|next| next.is_alphanumeric() || "+-_".contains(*next)) =>
            {
                out.extend([c, BREAK]);
            }
            c => out.push(c),
        }
    }
    entities(&out)
}

/// What a spreadsheet would take for a formula begins with an apostrophe.
fn csv(text: &str) -> String {
    let guard = match text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '|', '%'])
    {
        true => "'",
        false => "",
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// Everything but what may stand in a segment of a path and in a query alike (RFC 3986).
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:@!$*,;".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    // Dots alone are steps up or down the path.
    match out.as_str() {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => out,
    }
}
