//! A running mail server (aiosmtpd, `server.py`) for tests of the email channel.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use jiff::Timestamp;
use tempfile::TempDir;
use wirewatch::channel::{Channel, ChannelError, ChannelOptions, Parcel, Surroundings};
use wirewatch::model::{AlertKind, Digest, Message};
use wirewatch::world::{AddressGuard, World};

use crate::common::parts::has_part;

pub const PASSWORD: &str = "p@ss wörd";

/// A running mail server with a folder of its own; it ends with its standard input.
pub struct MailServer {
    pub dir: TempDir,
    port: u16,
    process: Child,
}

impl MailServer {
    /// `None` when a part is missing; the test is then skipped.
    pub fn start(mode: &str) -> Option<Self> {
        Self::start_with(mode, &["-CA", "ca.pem", "-CAkey", "ca.key"])
    }

    /// A server with a certificate that `openssl req` signs with these options.
    pub fn start_with(mode: &str, signing: &[&str]) -> Option<Self> {
        let parts = has_part(
            "python3 with aiosmtpd",
            "python3",
            &["-c", "import aiosmtpd"],
        ) && has_part("openssl", "openssl", &["version"]);
        if !parts {
            return None;
        }
        let dir = tempfile::tempdir().expect("a directory");
        make_certificates(dir.path(), signing);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp/server.py");
        let mut process = Command::new("python3")
            .args([&script, Path::new(mode), dir.path()])
            .args([dir.path().join("cert.pem"), dir.path().join("key.pem")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It tells of every broken handshake, which is what some tests are about.
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 runs");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let port = line.trim().parse().expect("a port");
        Some(Self { dir, port, process })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A channel to `to` through this server, with these further keys.
    pub fn channel(&self, to: &str, keys: &str) -> Result<Box<dyn Channel>, ChannelError> {
        self.channel_at(self.port, to, keys)
    }

    /// The same through another port.
    pub fn channel_at(
        &self,
        port: u16,
        to: &str,
        keys: &str,
    ) -> Result<Box<dyn Channel>, ChannelError> {
        let options = format!(
            "kind = \"email\"\nhost = \"localhost\"\nport = {port}\nfrom = \"Wirewatch <ops@example.org>\"\n\
             to = [\"{to}\"]\n{keys}"
        );
        let options: ChannelOptions = toml::from_str(&options).expect("valid options");
        options.build(
            "post",
            &Surroundings {
                base_dir: self.dir.path(),
                world: &World::real(),
                guard: &AddressGuard::default(),
                env: &|name| (name == "MAIL_PASSWORD").then(|| PASSWORD.to_owned()),
            },
        )
    }

    /// The mails that the server took, in order.
    pub fn mails(&self) -> Vec<String> {
        (1..)
            .map_while(|n| fs::read_to_string(self.dir.path().join(format!("{n}.eml"))).ok())
            .collect()
    }

    /// Whom the server took mail N (from 1) for.
    pub fn recipients(&self, n: usize) -> Vec<String> {
        let path = self.dir.path().join(format!("{n}.to"));
        let text = fs::read_to_string(path).expect("a mail");
        text.lines().map(str::to_owned).collect()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        let log = fs::read(self.dir.path().join("connections"));
        log.map_or(0, |log| log.len())
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// A certificate authority of our own (`ca.pem`) and a certificate for localhost (`cert.pem`).
fn make_certificates(dir: &Path, signing: &[&str]) {
    let openssl = |args: &[&str]| {
        let run = Command::new("openssl")
            .args(args)
            .current_dir(dir)
            .output()
            .expect("it runs");
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
    };
    let new_key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"];
    let authority = [
        "req",
        "-x509",
        "-subj",
        "/CN=Test CA",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    ];
    openssl(&[&authority[..], &new_key].concat());
    let server = [
        "req",
        "-x509",
        "-subj",
        "/CN=localhost",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
    ];
    openssl(&[&server[..], &new_key, signing].concat());
}

/// A parcel with this key.
pub fn parcel(key: &str) -> Parcel {
    let now: Timestamp = "2026-11-22T07:30:00Z".parse().expect("a time");
    Parcel {
        key: key.to_owned(),
        kind: AlertKind::Digest,
        channel: "post".to_owned(),
        message: Message::Digest {
            digest: Box::new(Digest {
                name: "morning".to_owned(),
                title: "China–Russia diplomacy 外长".to_owned(),
                timezone: "Asia/Jakarta".to_owned(),
                until: now,
                ..Digest::default()
            }),
        },
        sent_at: now,
        created_at: now,
        thread: None,
    }
}

/// A header line of a mail, unfolded.
pub fn header<'a>(mail: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = mail.lines().take_while(|line| !line.is_empty());
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}
