//! The built-in presets against real sockets: what goes over the wire, and what it is taken for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::preset::Preset;
use super::*;
use crate::channel::ChannelOptions;
use crate::channel::tests::{
    HOSTILE, alert, digest, health, hostile, late, parcel, surroundings, view,
};
use crate::model::{AlertKind, Message};
use crate::world::local_server::{LocalServer, Seen, answer};

/// A channel of this kind with these further keys, to a server of the tests.
fn channel(dir: &Path, kind: &str, keys: &str) -> Result<Box<dyn Channel>, ChannelError> {
    let options =
        format!("kind = \"{kind}\"\ntoken = \"t0p:secret\"\nto = \"!room/1:x.example\"\n{keys}");
    let options: ChannelOptions = toml::from_str(&options).expect("options");
    surroundings(dir, |around| options.build("desk", around))
}

/// Sends a parcel through a preset; what the server saw.
async fn seen(kind: &str, keys: &str, parcel: &Parcel) -> Seen {
    let server = LocalServer::start(|_| answer("200 OK", "", b"ok")).await;
    let keys = format!("url = \"{}\"\n{keys}", server.url("/hooks/t0ken"));
    let channel = channel(Path::new("."), kind, &keys).expect("a channel");
    channel.deliver(parcel).await.expect("taken");
    server.seen().remove(0)
}

fn body(seen: &Seen) -> Value {
    let text = String::from_utf8_lossy(&seen.body);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

fn header(seen: &Seen, name: &str) -> String {
    String::from_utf8_lossy(seen.header(name).unwrap_or_default()).into_owned()
}

#[test]
fn a_service_that_takes_back_is_told_the_end_and_none_is_hurried() {
    let url = "url = \"http://127.0.0.1:1\"";
    for kind in Preset::names() {
        let channel = channel(Path::new("."), kind, url).expect("a channel");
        assert_eq!(channel.resolves(), kind == "pagerduty", "{kind}");
        let bounded = !["gotify", "mattermost"].contains(&kind);
        assert_eq!(channel.pace().is_some(), bounded, "{kind}");
    }
    let keys = format!("{url}\nrequest = {{ body = \"x\", pace = \"fast\" }}");
    let error = channel(Path::new("."), "http", &keys)
        .err()
        .expect("no pace");
    assert!(error.to_string().starts_with("`pace`: "), "{error}");
}

#[tokio::test]
async fn every_preset_tells_every_message_as_json() {
    for kind in Preset::names() {
        for message in [alert(), late(), digest(), health()] {
            let seen = seen(kind, "", &parcel(message)).await;
            assert!(body(&seen).is_object(), "{kind}");
            assert_eq!(header(&seen, "content-type"), "application/json");
        }
    }
}

#[tokio::test]
async fn each_service_is_told_as_it_wants() {
    let parcel = parcel(alert());
    let ntfy = seen("ntfy", "", &parcel).await;
    assert_eq!(header(&ntfy, "x-sequence-id"), "a17.1.desk");
    assert_eq!(header(&ntfy, "authorization"), "Bearer t0p:secret");
    let told = body(&ntfy);
    assert_eq!(
        (&told["topic"], &told["priority"]),
        (&json!("!room/1:x.example"), &json!(4))
    );
    assert_eq!(told["click"], "https://kabar.example/menlu?id=1&x=2");

    let gotify = seen("gotify", "", &parcel).await;
    assert_eq!(gotify.target, "/hooks/t0ken/message");
    assert_eq!(header(&gotify, "x-gotify-key"), "t0p:secret");
    assert_eq!(
        body(&gotify)["extras"]["client::display"]["contentType"],
        "text/markdown"
    );

    let slack = body(&seen("slack", "", &parcel).await);
    assert_eq!(slack["mrkdwn"], false);
    let discord = body(&seen("discord", "", &parcel).await);
    assert_eq!(discord["allowed_mentions"], json!({ "parse": [] }));

    let telegram = seen("telegram", "", &parcel).await;
    assert_eq!(telegram.target, "/hooks/t0ken/bott0p:secret/sendMessage");
    let told = body(&telegram);
    assert_eq!(
        (&told["parse_mode"], &told["disable_notification"]),
        (&json!("HTML"), &json!(false))
    );

    let matrix = seen("matrix", "", &parcel).await;
    assert_eq!(
        matrix.target,
        "/hooks/t0ken/_matrix/client/v3/rooms/!room%2F1:x.example/send/m.room.message/a17.1.desk"
    );
    assert_eq!(header(&matrix, "authorization"), "Bearer t0p:secret");

    let teams = body(&seen("teams", "", &parcel).await);
    let card = &teams["attachments"][0]["content"];
    assert_eq!(card["type"], "AdaptiveCard");
    assert!(
        card["body"]
            .as_array()
            .is_some_and(|blocks| blocks.len() > 3)
    );

    let mut pager = parcel.clone();
    let told = body(&seen("pagerduty", "", &pager).await);
    assert_eq!(
        (&told["event_action"], &told["dedup_key"]),
        (&json!("trigger"), &json!("a17.1.desk"))
    );
    assert_eq!(
        (&told["routing_key"], &told["payload"]["severity"]),
        (&json!("t0p:secret"), &json!("error"))
    );
    (pager.kind, pager.key) = (AlertKind::Ended, "a17.4.desk".to_owned());
    pager.thread = Some("a17.1.desk".to_owned());
    let told = body(&seen("pagerduty", "", &pager).await);
    assert_eq!(
        (&told["event_action"], &told["dedup_key"]),
        (&json!("resolve"), &json!("a17.1.desk"))
    );
}

/// The table of docs/channels.md: what a receiver that counts by key counts, when each parcel comes twice.
#[tokio::test]
async fn the_same_parcel_twice_is_counted_by_its_key() {
    for kind in Preset::names() {
        let counted: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
        let log = Arc::clone(&counted);
        let place = Preset::built_in(kind).expect("a preset").key;
        let server = LocalServer::start(move |seen| {
            let key = match place {
                KeyPlace::Header => header(seen, "x-sequence-id"),
                KeyPlace::Path => seen
                    .target
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                KeyPlace::Body => body(seen)["dedup_key"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                KeyPlace::None => format!("{} without a key", log.lock().expect("it").len()),
            };
            *log.lock().expect("the log").entry(key).or_default() += 1;
            answer("200 OK", "", b"")
        })
        .await;
        let url = format!("url = \"{}\"", server.url("/"));
        for key in ["k1", "k2", "k1", "k2"] {
            let mut parcel = parcel(alert());
            parcel.key = key.to_owned();
            // A new channel is what a new process has.
            let channel = channel(Path::new("."), kind, &url).expect("a channel");
            channel.deliver(&parcel).await.expect("taken");
        }
        let shown = counted.lock().expect("the log").len();
        let keyed = ["ntfy", "matrix", "pagerduty"].contains(&kind);
        assert_eq!(place != KeyPlace::None, keyed, "{kind}");
        assert_eq!(shown, if keyed { 2 } else { 4 }, "{kind}");
    }
}

#[tokio::test]
async fn waits_and_refusals_are_understood() {
    for (kind, status, headers, words, wait) in [
        (
            "ntfy",
            "429 Too Many",
            "Retry-After: 7\r\n",
            "{}",
            Some(7_000),
        ),
        (
            "discord",
            "429 Too Many",
            "",
            "{\"retry_after\": 1.5}",
            Some(1_500),
        ),
        (
            "telegram",
            "429 Too Many",
            "",
            "{\"parameters\": {\"retry_after\": 30}}",
            Some(30_000),
        ),
        (
            "matrix",
            "429 Too Many",
            "",
            "{\"retry_after_ms\": 250}",
            Some(250),
        ),
        ("slack", "503 Away", "", "no_service", None),
    ] {
        let server = LocalServer::start(move |_| answer(status, headers, words.as_bytes())).await;
        let url = format!("url = \"{}\"", server.url("/"));
        let channel = channel(Path::new("."), kind, &url).expect("a channel");
        match channel.deliver(&parcel(alert())).await {
            Err(DeliveryError::Retry { after, why }) => {
                let after = after.map(|after| after.as_millis());
                assert_eq!(after, wait, "{kind}: {why}");
            }
            other => panic!("{kind}: {other:?}"),
        }
    }
    let server =
        LocalServer::start(|_| answer("404 Not Found", "", b"no bott0p:secret here")).await;
    let url = format!("url = \"{}\"", server.url("/"));
    let channel = channel(Path::new("."), "telegram", &url).expect("a channel");
    let error = channel.deliver(&parcel(alert())).await.expect_err("404");
    assert_eq!(
        error,
        DeliveryError::Permanent {
            why: "127.0.0.1 answers 404 Not Found: no bot*** here".to_owned()
        }
    );
    assert!(!channel.preview(&parcel(alert())).contains("t0p"));
}

#[tokio::test]
async fn a_user_writes_a_preset() {
    let dir = tempfile::tempdir().expect("a directory");
    let preset = r#"
        address = "{{ url }}/send?to={{ to }}&key={{ key }}"
        body_syntax = "url"
        content_type = "application/x-www-form-urlencoded"
        body = "text={{ text }}&from={{ with.from }}"
        key = "path"
        permanent = [418]
        text_chars_max = 40
        [headers]
        X-Empty = "{% if with.no is defined %}no{% endif %}"
        X-Kind = "{{ kind }}"
    "#;
    fs::write(dir.path().join("sms.toml"), preset).expect("a file");
    let server = LocalServer::start(|_| answer("418 Teapot", "", b"")).await;
    let keys = format!(
        "preset_file = \"sms.toml\"\nurl = \"{}\"\nwith = {{ from = \"a&b\" }}",
        server.url("/")
    );
    let channel = channel(dir.path(), "http", &keys).expect("a channel");
    let error = channel.deliver(&parcel(alert())).await.expect_err("418");
    assert!(
        matches!(error, DeliveryError::Permanent { .. }),
        "{error:?}"
    );
    let seen = server.seen().remove(0);
    assert_eq!(seen.target, "/send?to=!room%2F1:x.example&key=a17.1.desk");
    assert!(seen.header("x-empty").is_none());
    assert_eq!(header(&seen, "x-kind"), "new");
    let form = String::from_utf8(seen.body).expect("ASCII");
    assert!(form.ends_with("%0A%E2%80%A6&from=a%26b"), "{form}");
}

#[test]
fn presets_that_cannot_work_are_refused() {
    let url = "url = \"http://127.0.0.1:1\"";
    for (kind, keys, words) in [
        ("http", url, "nothing says what the request is"),
        (
            "http",
            "preset = \"icq\"",
            "`preset`: there is no icq; built in are ntfy",
        ),
        ("http", "preset_file = \"none.toml\"", "`preset_file`: "),
        (
            "http",
            &format!("{url}\nrequest = {{ body = \"{{{{ a\" }}"),
            "`request`, line 1, column",
        ),
        (
            "slack",
            "",
            "`url` is missing: address of the incoming webhook",
        ),
        ("gotify", "url = \"ftp://a.example\"", "`url`: "),
        (
            "slack",
            &format!("{url}\ntemplate = {{ html = \"x\" }}"),
            "`html`",
        ),
        (
            "slack",
            &format!("{url}\ntemplate = {{ body = \"\\n  {{% fi %}}\" }}"),
            "`body`, line 2, column",
        ),
    ] {
        let error = channel(Path::new("."), kind, keys)
            .err()
            .expect(words)
            .to_string();
        assert!(error.contains(words) && !error.contains("t0p"), "{error}");
    }
    let bare: ChannelOptions = toml::from_str("kind = \"ntfy\"").expect("options");
    let error = surroundings(Path::new("."), |around| bare.build("n", around)).err();
    assert_eq!(
        error.expect("no topic").to_string(),
        "`to` is missing: the topic"
    );
}

#[tokio::test]
async fn a_request_never_leaves_the_host_of_the_config() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let keys = format!(
        "url = \"{}\"\nrequest = {{ address = \"{{{{ with.a }}}}\", body = \"x\" }}\nwith = {{ a = \"x\" }}",
        server.url("/")
    );
    let built = channel(Path::new("."), "http", &keys).expect("a channel");
    let error = built
        .deliver(&parcel(alert()))
        .await
        .expect_err("no address");
    assert!(error.to_string().contains("no address"), "{error}");
    let keys = keys.replace("{{ with.a }}", "http://evil.example/{{ token }}");
    let built = channel(Path::new("."), "http", &keys).expect("a channel");
    let error = built
        .deliver(&parcel(alert()))
        .await
        .expect_err("elsewhere");
    assert!(error.to_string().contains("another host"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_long_text_is_cut_between_lines_and_one_of_the_user_is_not_cut() {
    let mut long = view();
    long.articles = vec![long.articles[0].clone(); 8];
    for article in &mut long.articles {
        article.title = "<&>*_[".repeat(40);
    }
    let long = parcel(Message::Alert {
        alert: Box::new(long),
        correction: None,
    });
    for (kind, most) in [("discord", 2_000), ("telegram", 4_096), ("slack", 4_000)] {
        let told = body(&seen(kind, "", &long).await);
        let text = told
            .get("content")
            .or(told.get("text"))
            .and_then(Value::as_str);
        let text = text.expect("a text");
        assert!(text.encode_utf16().count() <= most, "{kind}");
        let open = kind != "discord" && text.rfind('&').is_some_and(|at| !text[at..].contains(';'));
        assert!(!open, "{kind}: {text}");
    }
    let keys = "template = { body = \"{% for n in range(900) %}<b>mine</b>{% endfor %}\" }";
    let told = body(&seen("telegram", keys, &long).await);
    let text = told["text"].as_str().expect("a text");
    assert!(!text.contains("mine") && text.contains("Menlu"), "{text}");
}

/// Every text in a JSON body.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(values) => values.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn a_hostile_title_is_literal_text_at_every_service() {
    for kind in Preset::names() {
        for title in HOSTILE {
            let told = body(&seen(kind, "", &hostile(title)).await);
            let mut all = Vec::new();
            texts(&told, &mut all);
            let all = all.join("\n");
            assert!(
                !all.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\0', '\r']),
                "{kind}: {all}"
            );
            // What a template would have made of it.
            assert!(
                !all.contains("49") || !title.contains("7 * 7"),
                "{kind}: {all}"
            );
            if ["slack", "telegram"].contains(&kind) {
                assert!(!all.contains('<'), "{kind}: {all}");
            }
            if ["slack", "discord", "mattermost", "telegram"].contains(&kind) {
                assert!(
                    !all.contains("@everyone") && !all.contains("<@U"),
                    "{kind}: {all}"
                );
            }
            if ["discord", "mattermost", "gotify"].contains(&kind) {
                // Gotify's title is plain text.
                let marked = told.get("message").and_then(Value::as_str).unwrap_or(&all);
                let own = marked
                    .replace("\\*", "")
                    .replace("\\]", "")
                    .replace("\\<", "");
                assert!(
                    !own.contains("**bold") && !own.contains("](java") && !own.contains("<img"),
                    "{kind}: {all}"
                );
            }
        }
    }
}
