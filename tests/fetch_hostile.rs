//! The fetcher against the shared corpus of hostile input, where it is at hand.

mod common;
#[path = "common/corpus.rs"]
mod corpora;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use common::parts::has_part;
use corpora::corpus;
use serde_json::Value;
use tempfile::TempDir;
use url::Url;
use wirewatch::fetch::{Accept, Access, AccessOptions, FetchOptions, Fetcher, Request, parse_url};
use wirewatch::model::FailureKind;
use wirewatch::world::{MapResolver, Secret, World};

/// Classes whose cases end in the fetcher, when they fail.
const CLASSES: [&str; 9] = [
    "broken",
    "size",
    "slow",
    "redirect-loop",
    "redirect",
    "ssrf",
    "credential-leak",
    "compression-bomb",
    "gone",
];

/// `server.py` of the corpus, with the server that nothing may ever ask beside it.
struct Server {
    port: u16,
    process: Child,
    log: TempDir,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let free = || {
            let listener = TcpListener::bind("127.0.0.1:0");
            let addr = listener.and_then(|listener| listener.local_addr());
            addr.expect("a port").port()
        };
        let (port, canary) = (free(), free());
        let log = tempfile::tempdir().expect("a directory");
        let mut process = Command::new("python3")
            .arg(folder.join("server.py"))
            .args(["--port", &port.to_string()])
            .args(["--canary-port", &canary.to_string()])
            .arg("--log")
            .arg(log.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let stdout = process.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let said = lines.next();
        assert!(said.is_some_and(|line| line.contains("cases on")));
        Self { port, process, log }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("the corpus can be read");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn fetcher(allow: &[String], deadline: Duration, proxy: Option<&str>) -> Fetcher {
    let mut world = World::real();
    // Names of the public web lead to a public address where nobody is asked.
    let public = "93.184.216.34:0".parse().expect("an address");
    world.resolver = Arc::new(MapResolver::all_to(public));
    let options = FetchOptions {
        allow: allow
            .iter()
            .map(|rule| rule.parse().expect("a rule"))
            .collect(),
        host_delay: Duration::ZERO,
        deadline,
        proxy: proxy.map(|proxy| proxy.parse().expect("a proxy")),
        ..FetchOptions::default()
    };
    Fetcher::new(options, world).expect("a fetcher")
}

/// A request with everything that must not leak.
fn request(url: &str) -> Request {
    let url = Url::parse(url).expect("a URL");
    let secret = || Secret::Known("s3cret".to_owned().into());
    let options = AccessOptions {
        headers: vec![("X-Token".to_owned(), secret())],
        login: Some(("ana".to_owned(), secret())),
        cookies: Some(secret()),
        ..AccessOptions::default()
    };
    let access = Access::new(&url, &options, &|_| None).expect("an access");
    Request {
        access: Arc::new(access),
        ..Request::new(url, Accept::Feed)
    }
}

#[tokio::test]
async fn hostile_servers_fail_as_the_corpus_says() {
    let Some(folder) = corpus("hostile") else {
        return;
    };
    if !has_part("Python", "python3", &["--version"]) {
        return;
    }
    let server = Server::start(&folder);
    let allow = [format!("127.0.0.1:{}", server.port)];
    let (patient, hasty) = (
        fetcher(&allow, Duration::from_secs(30), None),
        fetcher(&allow, Duration::from_millis(1500), None),
    );
    let mut wrong = Vec::new();
    let mut tried = 0;
    for case in lines(&folder.join("cases.jsonl")) {
        let text = |pointer: &str| case.pointer(pointer).and_then(Value::as_str);
        let (id, class) = (
            text("/id").unwrap_or_default(),
            text("/class").unwrap_or_default(),
        );
        let served = matches!(text("/kind"), Some("feed" | "page" | "server"));
        if !CLASSES.contains(&class) || !served {
            continue;
        }
        tried += 1;
        let fetcher = if class == "slow" { &hasty } else { &patient };
        let url = format!("http://127.0.0.1:{}/case/{id}", server.port);
        let kind = fetcher
            .get(request(&url))
            .await
            .map_err(|error| error.kind());
        let expected = text("/expect/error_kind");
        let fits = match (&kind, expected) {
            (Ok(_), None) => true,
            (Err(kind), Some(expected)) => kind.name() == expected,
            (Err(_), None) => text("/expect/outcome") == Some("either"),
            (Ok(_), Some(_)) => false,
        };
        if !fits {
            let got = kind.as_ref().map(|_| "a body").map_err(|kind| kind.name());
            wrong.push(format!("{id}: {got:?}, and {expected:?} is expected"));
        }
    }
    assert!(tried > 0, "the corpus has such cases");
    assert!(wrong.is_empty(), "of {tried}:\n{}", wrong.join("\n"));
    let canary = fs::read_to_string(server.log.path().join("canary.log"));
    assert!(canary.is_err(), "asked what must not be asked: {canary:?}");
}

#[tokio::test]
async fn addresses_are_blocked_and_allowed_as_the_corpus_says() {
    let Some(folder) = corpus("hostile") else {
        return;
    };
    // Behind a proxy that is not there: what is allowed goes nowhere, and no test leaves this machine.
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let proxy = format!("http://{}", nobody.expect("a free port"));
    let fetcher = fetcher(&[], Duration::from_secs(5), Some(&proxy));
    let mut wrong = Vec::new();
    for line in lines(&folder.join("ssrf_urls.jsonl")) {
        let url = line["url"].as_str().expect("an address");
        let blocked = match parse_url(url) {
            Err(_) => true,
            Ok(url) => {
                let answer = fetcher.get(Request::new(url, Accept::Feed)).await;
                let error = answer.expect_err("nobody answers");
                error.kind() == FailureKind::BlockedAddress
            }
        };
        if blocked != (line["verdict"] == "block") {
            wrong.push(line.to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
