//! Where the secrets of a config stand: as written, whether or not the rest of it is right. No secret is read.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::problem::{SourceFile, line_column};
use crate::channel::CREDENTIALS;

/// Keys that hold a secret; with `_file` they name a file that does, with `_env` a variable.
const SECRETS: [&str; 7] = [
    "password", "token", "secret", "bearer", "cookies", "url", "to",
];
/// Kinds of channels whose address is the secret; that of others names a server.
const SECRET_URL: [&str; 5] = ["webhook", "slack", "discord", "mattermost", "teams"];
/// Headers whose value is one.
const SECRET_HEADERS: [&str; 4] = ["authorization", "cookie", "key", "token"];

/// A secret of the config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretPlace {
    /// The config file.
    pub file: PathBuf,
    /// The line in it, from 1.
    pub line: usize,
    /// The table: `channel.mail`, `feed`, `host`, `fetch`.
    pub table: String,
    /// The key.
    pub key: String,
    /// Where the secret is.
    pub source: SecretSource,
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// In the config itself.
    Inline,
    /// In this file.
    File(PathBuf),
    /// In a file of this name that systemd hands over.
    Credential(String),
    /// In this variable of the environment.
    Variable(String),
}

/// The secrets that the files of a config name; `files` are those that were read, the main file first.
#[must_use]
pub fn secret_places(files: &[SourceFile]) -> Vec<SecretPlace> {
    let base = files.first().and_then(|main| main.path.parent());
    let base = base.unwrap_or(Path::new(""));
    files
        .iter()
        .flat_map(|file| {
            let mut search = Search {
                file,
                base,
                found: Vec::new(),
            };
            let (document, _) = DeTable::parse_recoverable(&file.text);
            search.document(document.get_ref());
            search.found
        })
        .collect()
}

struct Search<'a> {
    file: &'a SourceFile,
    base: &'a Path,
    found: Vec<SecretPlace>,
}

impl Search<'_> {
    fn document(&mut self, document: &DeTable<'_>) {
        for (name, value) in document {
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("channel", DeValue::Table(channels)) => {
                    for (name, channel) in channels {
                        if let DeValue::Table(channel) = channel.get_ref() {
                            self.table(&format!("channel.{}", name.get_ref()), channel);
                        }
                    }
                }
                (name @ ("feed" | "host"), DeValue::Array(tables)) => {
                    for table in tables {
                        if let DeValue::Table(table) = table.get_ref() {
                            self.table(name, table);
                        }
                    }
                }
                ("fetch", DeValue::Table(fetch)) => self.table("fetch", fetch),
                _ => {}
            }
        }
    }

    fn table(&mut self, table: &str, keys: &DeTable<'_>) {
        let kind = keys.get("kind").and_then(|kind| kind.get_ref().as_str());
        for (key, value) in keys {
            let key = key.get_ref().as_ref();
            let Some(text) = value.get_ref().as_str() else {
                if let ("headers", DeValue::Table(headers)) = (key, value.get_ref()) {
                    self.headers(table, headers);
                }
                continue;
            };
            let file_of = key.strip_suffix("_file");
            let variable_of = key.strip_suffix("_env");
            let source = if file_of.is_some_and(|name| SECRETS.contains(&name)) {
                Some(self.named(text))
            } else if variable_of.is_some_and(|name| SECRETS.contains(&name)) {
                Some(SecretSource::Variable(text.to_owned()))
            } else if key == "client_key" {
                Some(SecretSource::File(self.base.join(text)))
            } else {
                is_secret(kind, key, text).then_some(SecretSource::Inline)
            };
            self.add(table, key, value, source);
        }
    }

    fn named(&self, text: &str) -> SecretSource {
        match text.strip_prefix(CREDENTIALS) {
            Some(name) => SecretSource::Credential(name.to_owned()),
            None => SecretSource::File(self.base.join(text)),
        }
    }

    fn headers(&mut self, table: &str, headers: &DeTable<'_>) {
        for (name, value) in headers {
            let lower = name.get_ref().to_ascii_lowercase();
            let named = |key: &str| value.get_ref().get(key)?.get_ref().as_str();
            let is_secret = SECRET_HEADERS.iter().any(|word| lower.contains(word));
            let source = match (named("file"), named("env"), value.get_ref()) {
                (Some(file), ..) => Some(SecretSource::File(self.base.join(file))),
                (None, Some(name), _) => Some(SecretSource::Variable(name.to_owned())),
                (None, None, DeValue::String(_)) if is_secret => Some(SecretSource::Inline),
                _ => None,
            };
            self.add(table, &format!("headers.{}", name.get_ref()), value, source);
        }
    }

    fn add(
        &mut self,
        table: &str,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        source: Option<SecretSource>,
    ) {
        let Some(source) = source else { return };
        self.found.push(SecretPlace {
            file: self.file.path.clone(),
            line: line_column(&self.file.text, value.span().start).0,
            table: table.to_owned(),
            key: key.to_owned(),
            source,
        });
    }
}

/// Whether the value of a key is a secret itself.
fn is_secret(channel: Option<&str>, key: &str, text: &str) -> bool {
    match key {
        "password" | "token" | "secret" | "bearer" | "cookies" => true,
        // A login in an address, of a feed or a proxy.
        "url" | "proxy" => {
            channel.is_some_and(|kind| SECRET_URL.contains(&kind))
                || Url::parse(text).is_ok_and(|url| url.password().is_some())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema;

    #[test]
    fn secrets_are_found_in_a_config_that_is_wrong_elsewhere() {
        let text = r#"
[fetch]
proxy = "http://ana:pw@proxy.example:3128"
[[feed]]
url = "https://news.example/"
bearer_file = "feed-token"
headers = { X-Api-Key = "k", Accept-Language = "id", Cookie = { file = "jar" } }
[channel.mail]
kind = "email"
host = "h
password_file = "$CREDENTIALS_DIRECTORY/secret_smtp"
[channel.chat]
kind = "slack"
url = "https://hooks.slack.example/x"
template = { body_file = "chat.txt" }
[channel.push]
kind = "ntfy"
url = "https://ntfy.example"
to = "news"
token = "tk"
to_env = "TOPIC"
"#;
        let file = SourceFile {
            path: "/etc/w/config.toml".into(),
            text: text.into(),
        };
        let found = secret_places(&[file]);
        let shown: Vec<String> = found
            .iter()
            .map(|place| format!("{}.{} {:?}", place.table, place.key, place.source))
            .collect();
        let mut expected = vec![
            "fetch.proxy Inline",
            "feed.bearer_file File(\"/etc/w/feed-token\")",
            "feed.headers.X-Api-Key Inline",
            "feed.headers.Cookie File(\"/etc/w/jar\")",
            "channel.mail.password_file Credential(\"secret_smtp\")",
            "channel.chat.url Inline",
            "channel.push.token Inline",
            "channel.push.to_env Variable(\"TOPIC\")",
        ];
        expected.sort_unstable();
        let mut shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        shown.sort_unstable();
        assert_eq!(shown, expected);
        assert!(found.iter().any(|place| place.line == 3));
    }

    #[test]
    fn every_secret_of_the_schema_is_known() {
        fn keys(value: &serde_json::Value, found: &mut Vec<String>) {
            if let Some(properties) = value.get("properties").and_then(|keys| keys.as_object()) {
                found.extend(properties.keys().cloned());
            }
            match value {
                serde_json::Value::Object(map) => map.values().for_each(|value| keys(value, found)),
                serde_json::Value::Array(all) => all.iter().for_each(|value| keys(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        keys(&schema(), &mut found);
        let secret = found.iter().filter_map(|key| key.strip_suffix("_env"));
        let secret: Vec<&str> = secret.filter(|key| *key != "pass").collect();
        assert!(secret.len() > 5, "{secret:?}");
        for key in secret {
            assert!(SECRETS.contains(&key), "{key}");
        }
    }
}
