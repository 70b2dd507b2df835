//! The alertmanager channel against a real Prometheus Alertmanager (Debian's `prometheus-alertmanager`).

#[allow(dead_code, reason = "shared with tests that use more of it")]
mod common {
    pub mod alertmanager;
    pub mod parts;
}

use std::path::Path;
use std::time::Duration;

use common::alertmanager::{Alertmanager, wait_until};
use jiff::Timestamp;
use wirewatch::channel::{Channel, ChannelOptions, Parcel, Surroundings, test_parcel};
use wirewatch::model::{AlertKind, Message, StoryId};
use wirewatch::world::{AddressGuard, World};

fn channel(running: &Alertmanager) -> Box<dyn Channel> {
    let port = running.port;
    let options = format!("kind = \"alertmanager\"\nurl = \"http://127.0.0.1:{port}\"");
    let options: ChannelOptions = toml::from_str(&options).expect("options");
    let allow = format!("127.0.0.1:{port}").parse().expect("a rule");
    let around = Surroundings {
        base_dir: Path::new("."),
        world: &World::real(),
        guard: &AddressGuard::new(vec![allow]),
        env: &|_| None,
    };
    options.build("am", &around).expect("a channel")
}

fn parcel(kind: AlertKind, story: i64, key: &str) -> Parcel {
    #[expect(
        clippy::disallowed_methods,
        reason = "the other program looks at the real time"
    )]
    let now = Timestamp::now();
    let mut parcel = test_parcel("am", now);
    (parcel.kind, parcel.key) = (kind, key.to_owned());
    let Message::Alert { alert, .. } = &mut parcel.message else {
        panic!("the test message is an alert");
    };
    alert.story = StoryId(story);
    alert.first_seen = "2026-11-22T07:30:00Z".parse().expect("a time");
    parcel
}

/// The row of docs/channels.md: the same parcel twice, and every later word on a story, is one notification.
#[tokio::test]
async fn a_second_delivery_is_no_second_notification_and_the_end_resolves() {
    let Some(running) = Alertmanager::start() else {
        return;
    };
    for (kind, story, key) in [
        (AlertKind::New, 1, "k1"),
        // As after a kill between sending and committing.
        (AlertKind::New, 1, "k1"),
        (AlertKind::Update, 1, "k2"),
        (AlertKind::New, 2, "k3"),
    ] {
        let channel = self::channel(&running);
        channel
            .deliver(&parcel(kind, story, key))
            .await
            .expect("taken");
    }
    wait_until("both stories are told", || {
        running.count("firing", "s1") > 0 && running.count("firing", "s2") > 0
    });
    // Several group intervals, in which a second notification would come.
    tokio::time::sleep(Duration::from_secs(2)).await;
    channel(&running)
        .deliver(&parcel(AlertKind::Update, 1, "k4"))
        .await
        .expect("taken");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        (running.count("firing", "s1"), running.count("firing", "s2")),
        (1, 1)
    );
    let ended = parcel(AlertKind::Ended, 1, "k5");
    channel(&running).deliver(&ended).await.expect("taken");
    wait_until("the end is told", || running.count("resolved", "s1") > 0);
    assert_eq!(running.count("resolved", "s2"), 0);
}
