//! The fetcher against a real TLS server (openssl).

mod common;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use common::parts::has_part;
use tempfile::TempDir;
use url::Url;
use wirewatch::fetch::{Accept, FetchError, FetchOptions, Fetcher, Request};
use wirewatch::world::World;

/// `openssl s_server` with a certificate that nobody trusts.
struct TlsServer {
    port: u16,
    process: Child,
    _dir: TempDir,
}

impl TlsServer {
    /// `None` when openssl is missing; the test is then skipped.
    fn start() -> Option<Self> {
        if !has_part("openssl", "openssl", &["version"]) {
            return None;
        }
        let dir = tempfile::tempdir().expect("a directory");
        let made = Command::new("openssl")
            .args([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            ])
            .args([
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
            ])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-keyout", "key.pem", "-out", "cert.pem"])
            .current_dir(dir.path())
            .output()
            .expect("it runs");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        // openssl does not tell which port it took, so one is looked for.
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a port").port();
        let mut process = Command::new("openssl")
            .args(["s_server", "-accept", &format!("127.0.0.1:{port}"), "-www"])
            .args(["-key", "key.pem", "-cert", "cert.pem"])
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let stdout = process.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        assert!(lines.any(|line| line == "ACCEPT"), "it does not listen");
        Some(Self {
            port,
            process,
            _dir: dir,
        })
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_no_passing_trouble() {
    let Some(server) = TlsServer::start() else {
        return;
    };
    let options = FetchOptions {
        allow: vec!["127.0.0.0/8".parse().expect("a rule")],
        ..FetchOptions::default()
    };
    let fetcher = Fetcher::new(options, World::real()).expect("a fetcher");
    let url = format!("https://127.0.0.1:{}/", server.port);
    let url = Url::parse(&url).expect("a URL");
    match fetcher.get(Request::new(url, Accept::Page)).await {
        Err(FetchError::Network { why, transient, .. }) => {
            assert!(!transient, "{why}");
            assert!(why.contains("invalid peer certificate"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}
