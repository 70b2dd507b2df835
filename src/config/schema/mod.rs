//! The JSON Schema of `config.toml`, for editors: what may stand where, and what it means.
//!
//! Made of the tables in `keys`; a test compares these with what the program reads.

#[rustfmt::skip] // One key a line.
mod channel_keys;
#[rustfmt::skip] // One key a line.
mod keys;

use serde_json::{Map, Value, json};

use channel_keys::CHANNEL;
use keys::{Key, Kind, LIST_ABOUT, POLICY, TOP};

/// What a name may not hold (see `source::is_name`, which is stricter: JSON Schema knows no classes of letters).
const NAME: &str = r#"^[^\s.,;:/\\'"()\[\]{}]+$"#;
/// As `Period` reads it.
const PERIOD: &str =
    r"^\s*([0-9]+\s*(ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?|y|years?)\s*)+$";
/// As `Size` reads it.
const SIZE: &str = r"^\s*[0-9]+\s*(B|[kK]B|MB|GB|TB|KiB|MiB|GiB|TiB)?\s*$";
/// A weight of a list's terms.
const WEIGHT: &str = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$";

/// The schema (draft 7, which TOML editors know) of the config and of the files that it includes.
#[must_use]
pub fn schema() -> Value {
    let mut schema = table(TOP);
    let own = [
        ("$schema", "http://json-schema.org/draft-07/schema#"),
        ("title", "wirewatch"),
        (
            "description",
            "config.toml of wirewatch and the files that it includes",
        ),
    ];
    for (key, value) in own {
        schema.insert(key.to_owned(), value.into());
    }
    Value::Object(schema)
}

/// A table with these keys and no others.
fn table(keys: &[Key]) -> Map<String, Value> {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| (key.name.to_owned(), described(of_kind(key.kind), key.about)))
        .collect();
    let required: Vec<&str> = keys
        .iter()
        .filter(|key| key.is_required)
        .map(|key| key.name)
        .collect();
    let mut table = Map::new();
    table.insert("type".to_owned(), "object".into());
    table.insert("additionalProperties".to_owned(), false.into());
    table.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        table.insert("required".to_owned(), required.into());
    }
    table
}

fn described(mut schema: Value, about: &str) -> Value {
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), about.into());
    }
    schema
}

fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Texts => texts(),
        Kind::OneOrMany => json!({ "anyOf": [{ "type": "string" }, texts()] }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Number(least, most) => json!({ "type": "number", "minimum": least, "maximum": most }),
        Kind::Period => json!({ "type": "string", "pattern": PERIOD }),
        Kind::Periods => {
            json!({ "type": "array", "items": { "type": "string", "pattern": PERIOD }, "maxItems": 16 })
        }
        Kind::KeptPeriod => {
            json!({ "anyOf": [{ "const": "off" }, { "type": "string", "pattern": PERIOD }] })
        }
        Kind::Size => json!({ "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": SIZE },
        ] }),
        Kind::OneOf(words) => json!({ "enum": words }),
        Kind::Headers => headers(),
        Kind::Statuses => json!({
            "type": "array",
            "items": { "type": "integer", "minimum": 100, "maximum": 599 },
        }),
        Kind::Labels => named(json!({ "type": "string" })),
        Kind::Table(keys) => table(keys).into(),
        Kind::Tables(keys) => json!({ "type": "array", "items": table(keys) }),
        Kind::Named(keys) => named(table(keys).into()),
        Kind::Channels => named(json!({ "oneOf": channels() })),
        Kind::Lists => named(list()),
    }
}

fn texts() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

/// `[kind.NAME]`.
fn named(inner: Value) -> Value {
    json!({ "type": "object", "propertyNames": { "pattern": NAME }, "additionalProperties": inner })
}

fn headers() -> Value {
    let place = |key: &str| {
        json!({
            "type": "object", "additionalProperties": false,
            "properties": { key: { "type": "string" } }, "required": [key],
        })
    };
    let value = json!({ "anyOf": [{ "type": "string" }, place("file"), place("env")] });
    json!({ "type": "object", "additionalProperties": value })
}

/// One table for each kind of channel.
fn channels() -> Vec<Value> {
    CHANNEL
        .iter()
        .map(|(kind, about, keys)| {
            let all: Vec<Key> = keys.iter().chain(POLICY).copied().collect();
            let mut table = table(&all);
            if let Some(Value::Object(properties)) = table.get_mut("properties") {
                properties.insert("kind".to_owned(), json!({ "const": kind }));
            }
            let kind_is_required = |required: &Value| {
                let mut required = required.as_array().cloned().unwrap_or_default();
                required.insert(0, "kind".into());
                required
            };
            let required = kind_is_required(table.get("required").unwrap_or(&Value::Null));
            table.insert("required".to_owned(), required.into());
            described(table.into(), about)
        })
        .collect()
}

fn list() -> Value {
    json!({
        "type": "object",
        "description": LIST_ABOUT,
        "properties": {
            "any": described(texts(), "Terms of weight 1"),
            "include": described(texts(), "NAMEs of lists whose terms are its terms too; builtin:NAME is the built-in one"),
        },
        "patternProperties": { WEIGHT: described(texts(), "Terms of this weight in score($NAME)") },
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use toml::de::ValueDeserializer;

    use super::*;
    use crate::channel::ChannelOptions;
    use crate::config::source::{EVERYWHERE, MAIN_ONLY};
    use crate::config::tables as toml_of;
    use crate::fetch::FetchOptions;
    use crate::rules::{NamedToml, WatchTest, WatchToml};

    /// The keys that a table may have, as its reader tells them of one that it does not know.
    fn known<T: DeserializeOwned>(before: &str) -> Vec<String> {
        let text = format!("{{ {before}no-such-key = 1 }}");
        let read = ValueDeserializer::parse(&text).expect("it is TOML");
        let Err(error) = T::deserialize(read) else {
            panic!("an unknown key is let through");
        };
        let told = error.message().to_owned();
        let told = told.split_once("expected").expect("it tells the known").1;
        let mut keys: Vec<String> = told
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        keys.sort_unstable();
        keys
    }

    fn sorted(keys: &[Key]) -> Vec<String> {
        let mut names: Vec<String> = keys.iter().map(|key| key.name.to_owned()).collect();
        names.sort_unstable();
        names
    }

    fn keys_of(name: &str) -> &'static [Key] {
        let key = TOP.iter().find(|key| key.name == name).expect("a table");
        match key.kind {
            Kind::Table(keys) | Kind::Tables(keys) | Kind::Named(keys) => keys,
            _ => panic!("{name} has no keys"),
        }
    }

    #[test]
    fn the_schema_has_the_keys_that_are_read() {
        for (table, known) in [
            ("keep", known::<toml_of::KeepToml>("")),
            ("fetch", known::<FetchOptions>("")),
            ("extract", known::<toml_of::ExtractToml>("")),
            ("alert", known::<toml_of::AlertToml>("")),
            ("health", known::<toml_of::HealthToml>("")),
            ("websub", known::<toml_of::WebsubToml>("")),
            ("metrics", known::<toml_of::MetricsToml>("")),
            ("feed", known::<toml_of::FeedToml>("")),
            ("host", known::<toml_of::HostToml>("")),
            ("site", known::<toml_of::SiteToml>("")),
            ("digest", known::<toml_of::DigestToml>("")),
            ("route", known::<toml_of::RouteToml>("")),
            ("watch", known::<WatchToml>("")),
            ("person", known::<NamedToml>("")),
            ("org", known::<NamedToml>("")),
        ] {
            assert_eq!(sorted(keys_of(table)), known, "[{table}]");
        }
        let mut store = known::<toml_of::StoreToml>("");
        // A mistake: it has moved.
        store.retain(|key| key != "keep_bodies");
        assert_eq!(sorted(keys_of("store")), store);
        let test = keys_of("watch").iter().find(|key| key.name == "test");
        let Some(Kind::Tables(test)) = test.map(|key| key.kind) else {
            panic!("a watch has tests");
        };
        assert_eq!(sorted(test), known::<WatchTest>(""));
        let mut top = sorted(TOP);
        top.retain(|name| !MAIN_ONLY.contains(&&**name) && !EVERYWHERE.contains(&&**name));
        assert!(top.is_empty(), "{top:?}");
        assert_eq!(TOP.len(), MAIN_ONLY.len() + EVERYWHERE.len());
    }

    #[test]
    fn the_schema_has_every_kind_of_channel() {
        let kinds: Vec<&str> = CHANNEL.iter().map(|(kind, _, _)| *kind).collect();
        assert_eq!(kinds, ChannelOptions::KINDS);
        for (kind, _, keys) in CHANNEL {
            let known = known::<ChannelOptions>(&format!("kind = \"{kind}\", "));
            assert_eq!(sorted(keys), known, "{kind}");
        }
        assert_eq!(sorted(POLICY), known::<toml_of::PolicyToml>(""));
    }
}
