//! A running Prometheus Alertmanager (Debian's `prometheus-alertmanager`) with a receiver that counts.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::parts::has_part;

/// What the Alertmanager tells its receiver: status and story of each alert, in order.
pub type Told = Arc<Mutex<Vec<(String, String)>>>;

/// It ends with the value.
pub struct Alertmanager {
    _dir: TempDir,
    pub port: u16,
    process: Child,
    told: Told,
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Alertmanager {
    /// `None` when the part is missing; the test is then skipped.
    pub fn start() -> Option<Self> {
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

    /// Status and story of each alert that it told its receiver of, in order.
    pub fn told(&self) -> Vec<(String, String)> {
        self.told.lock().expect("the log").clone()
    }

    /// How often it was told that the story has this status.
    pub fn count(&self, status: &str, story: &str) -> usize {
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

/// Waits until something holds.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "waited for: {what}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
