//! What an Alertmanager is told. `tests/channel_alertmanager.rs` asks a real one.

use super::*;
use crate::channel::tests::{alert, digest, health, late, parcel, surroundings};
use crate::world::local_server::{LocalServer, answer};

fn channel(url: &str, keys: &str) -> Result<Alertmanager, ChannelError> {
    let options = format!("url = \"{url}\"\n{keys}");
    let options: AlertmanagerOptions = toml::from_str(&options).expect("options");
    surroundings(std::path::Path::new("."), |around| {
        options.build("am", around)
    })
}

fn told(parcel: &Parcel) -> Value {
    let channel = channel("http://127.0.0.1:9093", "labels = { env = \"test\" }");
    let body = channel.expect("a channel").body(parcel);
    serde_json::from_str(&body).expect("JSON")
}

#[test]
fn an_alert_is_known_by_its_labels_and_ends_in_time() {
    let mut parcel = parcel(alert());
    let first = told(&parcel);
    let labels = json!({
        "alertname": "wirewatch", "watch": "china-russia", "story": "s3", "severity": "high", "env": "test",
    });
    assert_eq!(first[0]["labels"], labels);
    assert_eq!(first[0]["startsAt"], "2026-11-22T07:30:00Z");
    assert_eq!(first[0]["endsAt"], "2026-11-25T07:30:00Z");
    assert_eq!(
        first[0]["generatorURL"],
        "https://kabar.example/menlu?id=1&x=2"
    );
    parcel.sent_at += jiff::SignedDuration::from_hours(1);
    parcel.kind = AlertKind::Update;
    parcel.key = "another".to_owned();
    let later = told(&parcel);
    assert_eq!(later[0]["labels"], labels);
    assert_eq!(later[0]["endsAt"], "2026-11-25T08:30:00Z", "refreshed");
    parcel.kind = AlertKind::Ended;
    assert_eq!(told(&parcel)[0]["endsAt"], "2026-11-22T08:30:00Z");
}

#[test]
fn what_is_no_alert_is_known_by_its_key() {
    for (message, name) in [
        (digest(), "wirewatch_digest"),
        (health(), "wirewatch_health"),
    ] {
        let told = told(&parcel(message));
        assert_eq!(told[0]["labels"]["alertname"], name);
        assert_eq!(told[0]["labels"]["delivery"], "a17.1.desk");
        assert_eq!(told[0]["endsAt"], "2026-11-22T08:30:00Z");
    }
    assert_eq!(told(&parcel(late()))[0]["labels"]["story"], "s3");
}

#[tokio::test]
async fn the_log_in_goes_out_and_is_told_nowhere() {
    let server = LocalServer::start(|_| answer("400 Bad Request", "", b"\"no hunter2\"")).await;
    let channel = channel(&server.url("/am/"), "token = \"hunter2\"").expect("a channel");
    let error = channel.deliver(&parcel(alert())).await.expect_err("400");
    assert!(
        matches!(error, DeliveryError::Permanent { .. }),
        "{error:?}"
    );
    assert!(!error.to_string().contains("hunter2"), "{error}");
    assert!(!channel.preview(&parcel(alert())).contains("hunter2"));
    let seen = server.seen().remove(0);
    assert_eq!(seen.target, "/am/api/v2/alerts");
    assert_eq!(seen.header("authorization"), Some(&b"Bearer hunter2"[..]));
}

#[test]
fn options_that_cannot_work_are_refused() {
    for (keys, words) in [
        ("user = \"ana\"", "needs a password"),
        ("password_env = \"MAIL_PW\"", "needs a `user`"),
        ("token = \"t\"\nuser = \"ana\"", "both"),
        ("labels = { \"a-b\" = \"c\" }", "`labels`: a-b"),
    ] {
        let error = channel("http://127.0.0.1:9093", keys).err().expect(words);
        assert!(error.to_string().contains(words), "{error}");
    }
}
