//! The email channel against a real mail server (aiosmtpd).

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::parts::has_part;
use jiff::Timestamp;
use tempfile::TempDir;
use wirewatch::channel::{
    Channel, ChannelError, ChannelOptions, DeliveryError, Parcel, Surroundings,
};
use wirewatch::model::{AlertKind, Digest, Message};
use wirewatch::world::{AddressGuard, World};

const PASSWORD: &str = "p@ss wörd";

/// A running mail server with a folder of its own; it ends with its standard input.
struct MailServer {
    dir: TempDir,
    port: u16,
    process: Child,
}

impl MailServer {
    /// `None` when a part is missing; the test is then skipped.
    fn start(mode: &str) -> Option<Self> {
        Self::start_with(mode, &["-CA", "ca.pem", "-CAkey", "ca.key"])
    }

    /// A server with a certificate that `openssl req` signs with these options.
    fn start_with(mode: &str, signing: &[&str]) -> Option<Self> {
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

    /// A channel to `to` through this server, with these further keys.
    fn channel(&self, to: &str, keys: &str) -> Result<Box<dyn Channel>, ChannelError> {
        let port = self.port;
        let options = format!(
            "kind = \"email\"\nhost = \"localhost\"\nport = {port}\nfrom = \"Wirewatch <ops@example.org>\"\n\
             to = \"{to}\"\n{keys}"
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
    fn mails(&self) -> Vec<String> {
        (1..)
            .map_while(|n| fs::read_to_string(self.dir.path().join(format!("{n}.eml"))).ok())
            .collect()
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

fn parcel(key: &str) -> Parcel {
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
                since: None,
                until: now,
                ..Digest::default()
            }),
        },
        sent_at: now,
        created_at: now,
    }
}

fn header<'a>(mail: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = mail.lines().take_while(|line| !line.is_empty());
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn a_mail_goes_out_over_starttls_and_tls_with_a_log_in() {
    for mode in ["starttls", "tls"] {
        let Some(server) = MailServer::start(mode) else {
            return;
        };
        fs::write(server.dir.path().join("password"), format!("{PASSWORD}\n")).expect("a file");
        for password in [
            "password_file = \"password\"",
            "password_env = \"MAIL_PASSWORD\"",
        ] {
            let keys =
                format!("tls = \"{mode}\"\nca_file = \"ca.pem\"\nuser = \"ana\"\n{password}");
            let channel = server.channel("ana@example.org", &keys).expect("a channel");
            channel.deliver(&parcel("g1.post")).await.expect("taken");
        }
        let mails = server.mails();
        assert_eq!(mails.len(), 2);
        assert_eq!(header(&mails[0], "X-Wirewatch-Delivery"), Some("g1.post"));
        assert_eq!(header(&mails[0], "To"), Some("ana@example.org"));
        let ids: Vec<_> = mails
            .iter()
            .map(|mail| header(mail, "Message-ID"))
            .collect();
        assert!(ids[0].is_some() && ids[0] == ids[1], "{ids:?}");
        assert!(mails[0].contains("text/plain") && mails[0].contains("text/html"));
    }
}

#[tokio::test]
async fn a_wrong_password_is_permanent_and_not_told() {
    let Some(server) = MailServer::start("starttls") else {
        return;
    };
    fs::write(server.dir.path().join("password"), "hunter2").expect("a file");
    let keys = "ca_file = \"ca.pem\"\nuser = \"ana\"\npassword_file = \"password\"";
    let channel = server.channel("ana@example.org", keys).expect("a channel");
    let error = channel.deliver(&parcel("g1.post")).await.expect_err("535");
    assert!(
        matches!(error, DeliveryError::Permanent { .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("535") && !error.to_string().contains("hunter2"),
        "{error}"
    );
}

#[tokio::test]
async fn a_self_signed_certificate_is_trusted_when_named() {
    let Some(server) = MailServer::start_with("starttls", &[]) else {
        return;
    };
    let keys = "ca_file = \"cert.pem\"\nuser = \"ana\"\npassword_env = \"MAIL_PASSWORD\"";
    let channel = server.channel("ana@example.org", keys).expect("a channel");
    channel.deliver(&parcel("g1.post")).await.expect("taken");
}

#[tokio::test]
async fn a_server_whose_certificate_is_unknown_gets_nothing() {
    let Some(server) = MailServer::start("starttls") else {
        return;
    };
    let channel = server.channel("ana@example.org", "").expect("a channel");
    let error = channel
        .deliver(&parcel("g1.post"))
        .await
        .expect_err("no trust");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_unless_it_may() {
    let Some(server) = MailServer::start("plain") else {
        return;
    };
    let channel = server.channel("ana@example.org", "").expect("a channel");
    let error = channel
        .deliver(&parcel("g1.post"))
        .await
        .expect_err("no STARTTLS");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    assert!(server.mails().is_empty());
    let channel = server
        .channel("ana@example.org", "tls = \"none\"")
        .expect("a channel");
    channel.deliver(&parcel("g1.post")).await.expect("taken");
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_greylisting_server_is_tried_again_and_a_refusal_is_final() {
    let Some(server) = MailServer::start("plain") else {
        return;
    };
    let grey = server
        .channel("grey@example.org", "tls = \"none\"")
        .expect("a channel");
    for _ in 0..2 {
        let error = grey.deliver(&parcel("g1.post")).await.expect_err("451");
        assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
        assert!(error.to_string().contains("come back later"), "{error}");
    }
    grey.deliver(&parcel("g1.post")).await.expect("taken");
    let never = server
        .channel("never@example.org", "tls = \"none\"")
        .expect("a channel");
    let error = never.deliver(&parcel("g2.post")).await.expect_err("550");
    assert!(
        matches!(error, DeliveryError::Permanent { .. }),
        "{error:?}"
    );
    assert_eq!(server.mails().len(), 1);
}
