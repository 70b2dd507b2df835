//! The mail of a digest as people open it: its text in mutt, its HTML in w3m.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use wirewatch::channel::{ChannelOptions, Parcel, Surroundings};
use wirewatch::model::{AlertKind, Digest, Message};
use wirewatch::world::{AddressGuard, World};

use crate::facts::squeezed;
use crate::made;
use crate::parts::has_part;

const FIXTURE: &str = include_str!("../fixtures/render/digest.json");

fn digest() -> Digest {
    serde_json::from_str(FIXTURE).expect("a digest")
}

/// The mail as a mail server takes it.
async fn mail(dir: &Path, digest: Digest) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp/server.py");
    let mut server = Command::new("python3")
        .args([&script, Path::new("plain"), dir])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut port = String::new();
    let stdout = server.stdout.take().expect("it is piped");
    BufReader::new(stdout).read_line(&mut port).expect("a line");
    let options = format!(
        "kind = \"email\"\nhost = \"localhost\"\nport = {}\ntls = \"none\"\nfrom = \"ops@example.org\"\n\
         to = [\"desk@example.org\"]\n",
        port.trim()
    );
    let options: ChannelOptions = toml::from_str(&options).expect("valid options");
    let surroundings = Surroundings {
        base_dir: dir,
        world: &World::real(),
        guard: &AddressGuard::default(),
        env: &|_| None,
    };
    let channel = options.build("post", &surroundings).expect("a channel");
    let until = digest.until;
    let parcel = Parcel {
        key: "g1.post".to_owned(),
        kind: AlertKind::Digest,
        channel: "post".to_owned(),
        message: Message::Digest {
            digest: Box::new(digest),
        },
        sent_at: until,
        thread: None,
        created_at: until,
    };
    channel.deliver(&parcel).await.expect("taken");
    drop(server.stdin.take());
    server.wait().expect("it ends");
    fs::read_to_string(dir.join("1.eml")).expect("a mail")
}

/// What mutt shows of the only mail of a mailbox.
fn in_mutt(dir: &Path) -> String {
    let rules = "set charset=utf-8\nset pipe_decode=yes\nset wait_key=no\nset quit=yes\nset sleep_time=0\n\
        set folder=.\nalternative_order text/plain text/html\nset header_cache=\"\"\n\
        push \"<pipe-message>cat >shown.txt<enter><exit>\"\n";
    fs::write(dir.join("muttrc"), rules).expect("a file");
    let mut child = Command::new("script")
        .args(["-qec", "mutt -n -F muttrc -R -f mbox", "/dev/null"])
        .current_dir(dir)
        .env("HOME", dir)
        .env("TERM", "xterm")
        .env("LC_ALL", "C.UTF-8")
        // It must stay open: at the end of its input mutt goes before it has shown anything.
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("script runs");
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(100));
        if child.try_wait().expect("a child").is_some() {
            break;
        }
    }
    child.kill().ok();
    child.wait().expect("it ends");
    fs::read_to_string(dir.join("shown.txt")).expect("mutt has shown it")
}

#[tokio::test]
async fn a_mail_reads_well_in_mutt_and_its_html_in_w3m() {
    let has_server = has_part(
        "python3 with aiosmtpd",
        "python3",
        &["-c", "import aiosmtpd"],
    );
    let has_mutt =
        has_part("mutt", "mutt", &["-v"]) && has_part("script", "script", &["--version"]);
    if !has_server || !has_mutt || !has_part("w3m", "w3m", &["-version"]) {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let digest = digest();
    let mail = mail(dir.path(), digest.clone()).await;
    assert!(mail.contains("multipart/alternative"));
    let mbox = format!(
        "From ops@example.org Sun Nov 22 00:30:00 2026\n{}\n",
        mail.replace("\r\n", "\n")
    );
    fs::write(dir.path().join("mbox"), mbox).expect("a file");
    let text = in_mutt(dir.path());
    assert!(
        text.contains("Subject: [wirewatch] China–Russia diplomacy: 1 new, 1 updated"),
        "{text}"
    );

    let html = dir.path().join("digest.html");
    fs::write(&html, wirewatch::channel::render::digest_html(&digest)).expect("a file");
    let dumped = Command::new("w3m")
        .args([
            "-dump",
            "-T",
            "text/html",
            "-O",
            "UTF-8",
            "-I",
            "UTF-8",
            "-cols",
            "72",
        ])
        .arg(&html)
        .env("HOME", dir.path())
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("w3m runs");
    let dumped = String::from_utf8_lossy(&dumped.stdout).into_owned();
    for (reader, shown) in [("mutt", &text), ("w3m", &dumped)] {
        let squeezed_shown = squeezed(shown);
        for item in &digest.items {
            let alert = &item.alert;
            for part in [&alert.title, &alert.evidence[0].sentence] {
                let part = squeezed(part);
                assert!(
                    squeezed_shown.contains(&part),
                    "{reader} lacks {part}\n{shown}"
                );
            }
            for command in ["show", "mute", "mark"] {
                let command = format!("wirewatch alert {command} {}", alert.id);
                // In the text a command stays on one line; w3m breaks lines where it likes.
                let stands = match reader {
                    "mutt" => shown.contains(&command),
                    _ => squeezed_shown.contains(&squeezed(&command)),
                };
                assert!(stands, "{reader} lacks {command}\n{shown}");
            }
        }
        // What is said of the whole.
        for words in [
            "1 new, 1 updated, 1 corrected, 0 ended",
            "41 of 43 feeds polled, 2 failing",
            "today 5",
        ] {
            assert!(
                squeezed_shown.contains(&squeezed(words)),
                "{reader} lacks {words}\n{shown}"
            );
        }
    }
}

#[test]
fn the_text_says_what_is_new_in_words_of_its_own() {
    let text = wirewatch::channel::render::digest_text(&digest(), &Default::default());
    for words in [
        "[-24 نوفمبر-]",
        "1 new source; new languages: ru",
        "2 sources told before",
        "same text: 1",
    ] {
        assert!(text.contains(words), "{words} is missing\n{text}");
    }
    let quiet = wirewatch::channel::render::digest_text(&made::heartbeat(), &Default::default());
    assert!(!quiet.contains("Why:"), "{quiet}");
}
