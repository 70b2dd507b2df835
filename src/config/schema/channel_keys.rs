//! Every key of `[channel.NAME]`, by kind.

use super::keys::{COUNT, Key, Kind, key, must};
use crate::channel::Syntax;

/// The kinds of channels: kind, what it is, its keys besides `kind`.
pub(super) const CHANNEL: &[(&str, &str, &[Key])] = &[
    (
        "stdout",
        "Text on standard output",
        &[
            key("colour", Kind::Flag, "Colours; only on a terminal when it is missing"),
            TEXTS,
        ],
    ),
    (
        "file",
        "A file of JSON Lines",
        &[must("path", Kind::Text, "The file, relative to the config; made when it is missing")],
    ),
    (
        "webhook",
        "A POST of JSON (Standard Webhooks)",
        &[
            key("url", Kind::Text, "Where to post to; or url_file, url_env"),
            key("url_file", Kind::Text, "File that holds the address"),
            key("url_env", Kind::Text, "Environment variable that holds the address"),
            key("ca_file", Kind::Text, "PEM file of certificates that are trusted besides the system's"),
            key("secret", Kind::Text, "Key of the signature; better in secret_file or secret_env"),
            key("secret_file", Kind::Text, "File that holds the key"),
            key("secret_env", Kind::Text, "Environment variable that holds the key"),
            key("timeout", Kind::Text, "Most time for one try [10s]"),
        ],
    ),
    (
        "email",
        "A mail over SMTP",
        &[
            must("host", Kind::Text, "The mail server"),
            key("port", Kind::Whole(0, u16::MAX as u64), "Its port; the usual one for tls when it is missing"),
            key("tls", Kind::OneOf(&["starttls", "tls", "none"]), "Protection of the connection [starttls]"),
            key("ca_file", Kind::Text, "PEM file of certificates that are trusted besides the system's"),
            key("user", Kind::Text, "Name to log in with"),
            key("password_file", Kind::Text, "File that holds the password"),
            key("password_env", Kind::Text, "Environment variable that holds the password"),
            TEXTS,
            key("unsubscribe", Kind::Text, "Where a reader can take themself off the list: mailto: or https"),
            must("from", Kind::Text, "Sender, Name <address> or an address"),
            must("to", Kind::OneOrMany, "Recipients: one or a list"),
            key("timeout", Kind::Text, "Most time for one step of the conversation [30s]"),
        ],
    ),
    ("atom", "An Atom feed in a file, for feed readers", FEED_FILE),
    ("jsonfeed", "A JSON Feed in a file, for feed readers", FEED_FILE),
    (
        "command",
        "A program that reads the message as JSON",
        &[
            must("run", Kind::Texts, "The program and its arguments; no shell is involved"),
            key("env", Kind::Labels, "Variables of its environment"),
            key("pass_env", Kind::Texts, "NAMEs of variables that are handed on"),
            key("timeout", Kind::Text, "Most time for one delivery [30s]"),
        ],
    ),
    (
        "alertmanager",
        "A Prometheus Alertmanager",
        &[
            key("url", Kind::Text, "Its address, without /api; or url_file, url_env"),
            key("url_file", Kind::Text, "File that holds the address"),
            key("url_env", Kind::Text, "Environment variable that holds the address"),
            key("user", Kind::Text, "User for basic authentication"),
            key("password_file", Kind::Text, "File that holds the password"),
            key("password_env", Kind::Text, "Environment variable that holds the password"),
            key("token", Kind::Text, "Bearer token; better in token_file or token_env"),
            key("token_file", Kind::Text, "File that holds the token"),
            key("token_env", Kind::Text, "Environment variable that holds the token"),
            key("labels", Kind::Labels, "Labels of every alert besides its own"),
            key("resolve_after", Kind::Text, "How long an alert stays open when nothing more is told of it [3d]"),
            key("ca_file", Kind::Text, "PEM file of certificates that are trusted besides the system's"),
            key("timeout", Kind::Text, "Most time for one try [10s]"),
            TEXTS,
        ],
    ),
    ("http", "A request that a preset describes (docs/channels.md)", HTTP),
    ("ntfy", "ntfy: to = the topic", SERVICE),
    ("gotify", "Gotify: url, token = that of an application", SERVICE),
    ("slack", "Slack: url = the incoming webhook", SERVICE),
    ("discord", "Discord: url = the webhook", SERVICE),
    ("telegram", "Telegram: token = that of the bot, to = the chat", SERVICE),
    ("matrix", "Matrix: url = the homeserver, token, to = the id of the room", SERVICE),
    ("mattermost", "Mattermost: url = the incoming webhook", SERVICE),
    ("teams", "Microsoft Teams: url = the workflow", SERVICE),
    ("pagerduty", "PagerDuty: token = the integration key", SERVICE),
];

const TEXTS: Key = key("template", Kind::Table(TEMPLATE), "Texts in place of the built-in ones (docs/channels.md)");

const TEMPLATE: &[Key] = &[
    key("title", Kind::Text, "Template of title, subject or summary"),
    key("body", Kind::Text, "Template of the text"),
    key("body_file", Kind::Text, "File of it, relative to the config"),
    key("html", Kind::Text, "Template of the HTML part of a mail"),
    key("html_file", Kind::Text, "File of it, relative to the config"),
];

const FEED_FILE: &[Key] = &[
    key("path", Kind::Text, "The file, relative to the config"),
    key("dir", Kind::Text, "A folder instead: one feed of everything (all) and one for each watch"),
    key("title", Kind::Text, "Title of the feed [wirewatch]"),
    key("url", Kind::Text, "Where readers find the file, or the folder"),
    key("entries", COUNT, "Most entries that are kept [100]"),
    TEXTS,
];

/// What stands in the channel of a service.
macro_rules! service {
    ($($own:expr),*) => {
        &[
            $($own,)*
            key("url", Kind::Text, "Address of the service or its webhook; or url_file, url_env"),
            key("url_file", Kind::Text, "File that holds the address"),
            key("url_env", Kind::Text, "Environment variable that holds the address"),
            key("token", Kind::Text, "Token or key; better in token_file or token_env"),
            key("token_file", Kind::Text, "File that holds the token"),
            key("token_env", Kind::Text, "Environment variable that holds the token"),
            key("to", Kind::Text, "Topic, chat, room or channel; or to_file, to_env"),
            key("to_file", Kind::Text, "File that holds it"),
            key("to_env", Kind::Text, "Environment variable that holds it"),
            key("with", Kind::Labels, "Further values, with.NAME in a preset"),
            key("ca_file", Kind::Text, "PEM file of certificates that are trusted besides the system's"),
            key("timeout", Kind::Text, "Most time for one try [10s]"),
            TEXTS,
        ]
    };
}

const SERVICE: &[Key] = service!();

const HTTP: &[Key] = service!(
    key("preset", Kind::Text, "NAME of a built-in preset"),
    key("preset_file", Kind::Text, "TOML file of a preset, relative to the config"),
    key("request", Kind::Table(REQUEST), "The preset itself (docs/channels.md)")
);

const SYNTAX: Kind = Kind::OneOf(&Syntax::NAMES);

const REQUEST: &[Key] = &[
    key("about", Kind::Text, "What it is, for people"),
    key("method", Kind::Text, "Method of the request [POST]"),
    key("url", Kind::Text, "The usual address, for channels that give none"),
    key("address", Kind::Text, "Template of the request's address [{{ url }}]"),
    key("needs", Kind::Labels, "What a channel must give (url, token, to), with what it is"),
    key("headers", Kind::Labels, "Templates of headers; an empty one is not sent"),
    must("body", Kind::Text, "Template of the body"),
    key("body_syntax", SYNTAX, "How values in the body are escaped [json]"),
    key("content_type", Kind::Text, "Content-Type of the body [application/json]"),
    key("markup", SYNTAX, "What the service takes the text for [text]"),
    key("title_markup", SYNTAX, "What the service takes the title for [text]"),
    key("title_chars_max", COUNT, "Longest title, in characters [250]"),
    key("text_chars_max", COUNT, "Longest text, in UTF-16 units"),
    key("text_bytes_max", COUNT, "Longest text, in bytes"),
    key("key", Kind::OneOf(&["header", "path", "body", "none"]), "Where the key goes [none]"),
    key("permanent", Kind::Statuses, "Answers that no further try makes good [400 401 403 404 410 413 422]"),
    key("resolves", Kind::Flag, "The service is told when a story has ended [false]"),
    key("pace", Kind::Text, "How many messages it puts up with, such as 20/1m"),
    key("retry_after", Kind::Text, "Member of a JSON answer that says when to come again"),
    key("probe", Kind::Table(PROBE), "A GET that tries service and token without a message"),
];

const PROBE: &[Key] = &[
    must("address", Kind::Text, "Template of its address, on the host of url"),
    key("headers", Kind::Labels, "Templates of headers; an empty one is not sent"),
    key("says", Kind::Text, "Template of what a success means, for people"),
];
