//! Where a value stands in a file of the config, so that a mistake underlines the value itself and not the
//! table around it or the key before it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::feeds::shown_url;
use super::problem::SourceFile;

/// A table of the config that is wrong in a way that only shows when it is put in force.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'a> {
    /// The `[[feed]]` with this address.
    Feed(&'a str),
    /// One of the `[[host]]`.
    Host,
    /// `[fetch]`.
    Fetch,
    /// `[channel.NAME]`.
    Channel(&'a str),
}

/// The value that a message is about: that of the first key of the table which the message names in backticks, in
/// the table itself or in one inside it. Without such a key, the address or the table.
#[must_use]
pub fn place_of(
    files: &[SourceFile],
    owner: Owner<'_>,
    message: &str,
) -> Option<(PathBuf, Range<usize>)> {
    let mut whole = None;
    for file in files {
        let (document, _) = DeTable::parse_recoverable(&file.text);
        for table in tables(document.get_ref(), owner) {
            let found = quoted(message).find_map(|key| keyed(table, key, message));
            if let Some(at) = found {
                return Some((file.path.clone(), at));
            }
            let address = table.get_ref().get("url");
            let named = address.filter(|_| matches!(owner, Owner::Feed(_)));
            let at = named.unwrap_or(table).span();
            whole.get_or_insert((file.path.clone(), at));
        }
    }
    whole
}

/// Where a watch stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchSpans {
    /// The file.
    pub file: PathBuf,
    /// Its `match`.
    pub expression: Range<usize>,
    /// Its tests, each at its `expect`.
    pub tests: Vec<Range<usize>>,
}

/// Where all watches stand, by NAME.
#[must_use]
pub fn watch_spans(files: &[SourceFile]) -> BTreeMap<String, WatchSpans> {
    let mut found = BTreeMap::new();
    for file in files {
        let (document, _) = DeTable::parse_recoverable(&file.text);
        let watches = document.get_ref().get("watch").map(Spanned::get_ref);
        let Some(DeValue::Table(watches)) = watches else {
            continue;
        };
        for (name, watch) in watches {
            let Some(expression) = watch.get_ref().get("match") else {
                continue;
            };
            let tests = match watch.get_ref().get("test").map(Spanned::get_ref) {
                Some(DeValue::Array(tests)) => tests.iter().map(expectation).collect(),
                _ => Vec::new(),
            };
            let spans = WatchSpans {
                file: file.path.clone(),
                expression: expression.span(),
                tests,
            };
            found.insert(name.get_ref().to_string(), spans);
        }
    }
    found
}

fn expectation(test: &Spanned<DeValue<'_>>) -> Range<usize> {
    test.get_ref().get("expect").unwrap_or(test).span()
}

/// The tables that may be meant.
fn tables<'t, 'i>(document: &'t DeTable<'i>, owner: Owner<'_>) -> Vec<&'t Spanned<DeValue<'i>>> {
    let all = |kind| match document.get(kind).map(Spanned::get_ref) {
        Some(DeValue::Array(tables)) => tables.iter().collect(),
        _ => Vec::new(),
    };
    match owner {
        Owner::Feed(url) => {
            let mut feeds: Vec<_> = all("feed");
            feeds.retain(|feed| {
                let written = feed
                    .get_ref()
                    .get("url")
                    .and_then(|url| url.get_ref().as_str());
                written.is_some_and(|written| shown_url(written) == url)
            });
            feeds
        }
        Owner::Host => all("host"),
        Owner::Fetch => document.get("fetch").into_iter().collect(),
        Owner::Channel(name) => {
            let channels = document.get("channel");
            let named = channels.and_then(|channels| channels.get_ref().get(name));
            named.into_iter().collect()
        }
    }
}

/// The value of a key in a table or in one inside it. Of several tables the message is about the one whose
/// texts it repeats.
fn keyed(table: &Spanned<DeValue<'_>>, key: &str, message: &str) -> Option<Range<usize>> {
    let DeValue::Table(inner) = table.get_ref() else {
        return None;
    };
    if let Some(value) = inner.get(key) {
        return repeats(value, message).then(|| value.span());
    }
    inner
        .iter()
        .find_map(|(_, value)| keyed(value, key, message))
}

/// True when the message repeats a name that the value gives, or the value is no text that could be repeated.
fn repeats(value: &Spanned<DeValue<'_>>, message: &str) -> bool {
    match value.get_ref() {
        DeValue::String(text) => message.contains(&**text) || !is_variable(message),
        DeValue::Table(inner) => inner.iter().any(|(_, value)| repeats(value, message)),
        _ => true,
    }
}

fn is_variable(message: &str) -> bool {
    message.contains("environment variable")
}

/// What stands in backticks.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

/// Where a mistake lies that serde found in `value`: the text that its message repeats, else the value behind the key
/// that it points at, else what it points at.
pub(super) fn of_mistake(
    value: &Spanned<DeValue<'_>>,
    span: Option<Range<usize>>,
    message: &str,
) -> Range<usize> {
    let Some(span) = span else {
        return value.span();
    };
    let behind = value_at(value, &span);
    let told = behind.and_then(|value| quoted(message).find_map(|text| text_at(value, text)));
    told.or(behind.map(Spanned::span)).unwrap_or(span)
}

/// The value at a place, or behind the key that stands there.
fn value_at<'t, 'i>(
    value: &'t Spanned<DeValue<'i>>,
    at: &Range<usize>,
) -> Option<&'t Spanned<DeValue<'i>>> {
    if value.span() == *at {
        return Some(value);
    }
    match value.get_ref() {
        DeValue::Table(table) => table
            .iter()
            .find_map(|(key, inner)| match key.span() == *at {
                true => Some(inner),
                false => value_at(inner, at),
            }),
        DeValue::Array(elements) => elements.iter().find_map(|element| value_at(element, at)),
        _ => None,
    }
}

/// Where a text stands as a value.
fn text_at(value: &Spanned<DeValue<'_>>, text: &str) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::String(written) => (**written == *text).then(|| value.span()),
        DeValue::Table(table) => table.iter().find_map(|(_, inner)| text_at(inner, text)),
        DeValue::Array(elements) => elements.iter().find_map(|element| text_at(element, text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, owner: Owner<'_>, message: &str) -> Option<String> {
        let files = [SourceFile {
            path: "config.toml".into(),
            text: text.into(),
        }];
        let (_, at) = place_of(&files, owner, message)?;
        Some(text[at].to_owned())
    }

    #[test]
    fn the_value_itself_is_found() {
        let text = "# https://b.example/ is good\n[[feed]]\nurl = \"https://a.example/\"\npassword_env = \"A\"\n\
                    [[feed]]\nurl = \"https://ana:x@b.example/\"\npassword_env = \"B\"\n\
                    headers = { X-Key = { env = \"KEY\" } }\n\
                    [[host]]\nmatch = \"a.example\"\nheaders = { X-Key = { env = \"ONE\" } }\n\
                    [[host]]\nmatch = \"b.example\"\nheaders = { X-Key = { env = \"TWO\" } }\n\
                    [fetch]\nproxy = \"x\"\n[channel.desk]\nkind = \"webhook\"\nurl_env = \"U\"\n";
        let unset =
            |key: &str, name: &str| format!("`{key}`: the environment variable {name} is not set");
        let b = Owner::Feed("https://b.example/");
        for (owner, message, expected) in [
            (b, unset("password_env", "B"), "\"B\""),
            (b, unset("X-Key", "KEY"), "{ env = \"KEY\" }"),
            (b, "no reason".to_owned(), "\"https://ana:x@b.example/\""),
            (Owner::Host, unset("X-Key", "TWO"), "{ env = \"TWO\" }"),
            (Owner::Channel("desk"), unset("url_env", "U"), "\"U\""),
            (Owner::Fetch, "`proxy` is wrong".to_owned(), "\"x\""),
        ] {
            assert_eq!(
                found(text, owner, &message).as_deref(),
                Some(expected),
                "{message}"
            );
        }
        assert_eq!(found(text, Owner::Channel("other"), "x"), None);
    }
}
