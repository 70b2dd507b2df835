//! The alertmanager channel against a real Prometheus Alertmanager (Debian's `prometheus-alertmanager`).

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::parts::has_part;
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use wirewatch::channel::{Channel, ChannelOptions, Parcel, Surroundings, test_parcel};
use wirewatch::model::{AlertKind, Message, StoryId};
use wirewatch::world::{AddressGuard, World};

/// What the Alertmanager tells its receiver: status and story of each alert, in order.
type Told = Arc<Mutex<Vec<(String, String)>>>;

struct Running {
    _dir: TempDir,
    port: u16,
    process: Child,
    told: Told,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Running {
    /// `None` when the part is missing; the test is then skipped.
    fn start() -> Option<Self> {
        let program = "prometheus-alertmanager";
        if !has_part(program, program, &["--version"]) {
            return None;
        }
        let told = Told::default();
        let receiver = receiver(Arc::clone(&told));
        let dir = tempfile::tempdir().expect("a directory");
        let config = format!(
            "route: {{receiver: hook, group_by: ['...'], group_wait: 200ms, group_interval: 400ms, repeat_interval: 4h}}\n\
             receivers:\n- name: hook\n  webhook_configs:\n  - {{url: 'http://127.0.0.1:{receiver}/', send_resolved: true}}\n"
        );
        fs::write(dir.path().join("am.yml"), config).expect("a file");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let port = port.expect("a free port").port();
        let process = Command::new(program)
            .arg(format!(
                "--config.file={}",
                dir.path().join("am.yml").display()
            ))
            .arg(format!(
                "--storage.path={}",
                dir.path().join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--cluster.listen-address=")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let running = Self {
            _dir: dir,
            port,
            process,
            told,
        };
        wait_until("it is ready", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Some(running)
    }

    fn channel(&self) -> Box<dyn Channel> {
        let port = self.port;
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

    /// How often it was told that the story has this status.
    fn count(&self, status: &str, story: &str) -> usize {
        let told = self.told.lock().expect("the log");
        let wanted = (status.to_owned(), story.to_owned());
        told.iter().filter(|told| **told == wanted).count()
    }
}

/// A receiver that keeps what it is told; its port.
fn receiver(told: Told) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let Some(body) = read_body(&mut stream) else {
                continue;
            };
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            for alert in body["alerts"].as_array().expect("alerts") {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let row = (text(&alert["status"]), text(&alert["labels"]["story"]));
                told.lock().expect("the log").push(row);
            }
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(answer);
        }
    });
    port
}

fn read_body(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.split("content-length: ").nth(1)?;
        let length: usize = length.split("\r\n").next()?.trim().parse().ok()?;
        let begin = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        if bytes.len() >= begin + length {
            return Some(bytes[begin..begin + length].to_vec());
        }
    }
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "waited for: {what}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
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
    let Some(running) = Running::start() else {
        return;
    };
    for (kind, story, key) in [
        (AlertKind::New, 1, "k1"),
        // As after a kill between sending and committing.
        (AlertKind::New, 1, "k1"),
        (AlertKind::Update, 1, "k2"),
        (AlertKind::New, 2, "k3"),
    ] {
        let channel = running.channel();
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
    running
        .channel()
        .deliver(&parcel(AlertKind::Update, 1, "k4"))
        .await
        .expect("taken");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        (running.count("firing", "s1"), running.count("firing", "s2")),
        (1, 1)
    );
    let ended = parcel(AlertKind::Ended, 1, "k5");
    running.channel().deliver(&ended).await.expect("taken");
    wait_until("the end is told", || running.count("resolved", "s1") > 0);
    assert_eq!(running.count("resolved", "s2"), 0);
}
