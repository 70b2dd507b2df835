//! A TLS server with a certificate that nobody trusts.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::common::parts::has_part;

/// `openssl s_server` with a certificate that nobody trusts.
pub struct TlsServer {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    process: Child,
    /// Its `cert.pem` and `key.pem`.
    pub dir: TempDir,
}

impl TlsServer {
    /// With a certificate for this name and 127.0.0.1. `None` when openssl is missing; the test is then skipped.
    pub fn start(name: &str) -> Option<Self> {
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
                &format!("/CN={name}"),
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
        Some(Self { port, process, dir })
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
