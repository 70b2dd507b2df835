//! `wirewatch channel`: what is listed, what a test sends, and what is said when it does not work.

mod common;
#[path = "smtp/mail_server.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod mail_server;
#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use mail_server::MailServer;
use program::wirewatch;

/// Writes a config with this channel; runs `wirewatch channel ...`: exit code, output, error output.
fn run(dir: &Path, channels: &str, args: &[&str]) -> (i32, String, String) {
    let config = dir.join("config.toml");
    let text = format!(
        "[fetch]\nallow = [\"127.0.0.0/8\"]\n[watch.talks]\nmatch = '\"talks\"'\n{channels}"
    );
    fs::write(&config, text).expect("a file");
    let args = [&["channel"][..], args].concat();
    let output = wirewatch(&config, &args).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("an exit code");
    (code, text(&output.stdout), text(&output.stderr))
}

fn test(channel: &str) -> (i32, String, String) {
    let dir = tempfile::tempdir().expect("a directory");
    run(
        dir.path(),
        &format!("[channel.c]\n{channel}"),
        &["test", "c"],
    )
}

/// A server that gives everybody the same answer; its port.
fn server(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut bytes = [0; 65_536];
            let _ = stream.read(&mut bytes);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

#[test]
fn channels_are_listed_with_who_uses_them_and_what_is_wrong() {
    let dir = tempfile::tempdir().expect("a directory");
    let channels = "[channel.desk]\nkind = \"file\"\npath = \"a.jsonl\"\n\
                    [channel.chat]\nkind = \"slack\"\nurl_file = \"none\"\n\
                    [digest.morning]\nschedule = \"daily 07:00\"\nchannels = [\"desk\"]\n";
    let (code, out, _) = run(dir.path(), channels, &["list"]);
    assert_eq!(code, 1);
    assert!(out.contains("desk  file   all      morning  ok"), "{out}");
    assert!(
        out.contains("chat  slack  all      -        `url_file`: cannot read"),
        "{out}"
    );
    let (_, out, _) = run(dir.path(), channels, &["list", "--json"]);
    let rows: Vec<serde_json::Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(rows[1]["name"], "desk");
    assert_eq!(rows[1]["watches"][0], "talks");
    assert!(rows[1]["error"].is_null() && rows[0]["error"].is_string());
}

#[test]
fn a_test_message_goes_out() {
    let dir = tempfile::tempdir().expect("a directory");
    let channel = "[channel.desk]\nkind = \"file\"\npath = \"a.jsonl\"\n";
    let (code, out, err) = run(dir.path(), channel, &["test", "desk"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.starts_with("desk (file) has taken the test message test-"),
        "{out}"
    );
    let line = fs::read_to_string(dir.path().join("a.jsonl")).expect("a file");
    assert!(line.contains("\"kind\":\"test\""), "{line}");
    let (code, _, err) = run(dir.path(), channel, &["test", "dsek"]);
    assert_eq!(code, 1);
    assert!(err.contains("did you mean desk?"), "{err}");
}

#[test]
fn a_dry_run_shows_what_would_go_out_without_secrets() {
    let dir = tempfile::tempdir().expect("a directory");
    for (kind, keys) in [
        ("ntfy", "to_file = \"secret\"\ntoken_file = \"secret\""),
        ("telegram", "to = \"42\"\ntoken_file = \"secret\""),
        ("slack", "url = \"https://hooks.example/t0p-secret\""),
        ("webhook", "url = \"https://hooks.example/t0p-secret\""),
        (
            "alertmanager",
            "url = \"http://127.0.0.1:9093\"\ntoken_file = \"secret\"",
        ),
        (
            "matrix",
            "url = \"https://m.example\"\nto = \"!r:m.example\"\ntoken_file = \"secret\"",
        ),
    ] {
        fs::write(dir.path().join("secret"), "t0p-secret\n").expect("a file");
        let channel = format!("[channel.c]\nkind = \"{kind}\"\n{keys}\n");
        let (code, out, err) = run(dir.path(), &channel, &["test", "c", "--dry-run"]);
        assert_eq!(code, 0, "{kind}: {err}");
        assert!(out.contains("This is a test"), "{kind}: {out}");
        assert!(
            !out.contains("t0p") && !err.contains("t0p"),
            "{kind}: {out}{err}"
        );
    }
    let mail = "[channel.c]\nkind = \"email\"\nhost = \"none.invalid\"\nfrom = \"a@a.example\"\nto = \"b@a.example\"\n";
    let (code, out, _) = run(dir.path(), mail, &["test", "c", "--dry-run"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("Message-ID: <") && out.contains("Auto-Submitted"),
        "{out}"
    );
}

#[test]
fn what_went_wrong_is_told_in_words_with_what_to_do() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let free = free.expect("a port").port();
    let not_found =
        server("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let denied =
        server("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mute = silent.local_addr().expect("an address").port();
    let hook = |rest: &str| format!("kind = \"webhook\"\nurl = \"{rest}\"\n");
    for (channel, words, advice) in [
        (
            hook("https://no-such-name.invalid/"),
            "no address found",
            "the name is not known",
        ),
        (
            hook(&format!("http://127.0.0.1:{free}/")),
            "refused",
            "nobody listens there",
        ),
        (
            hook(&format!("http://127.0.0.1:{not_found}/t0p")),
            "404 Not Found",
            "nothing at this address",
        ),
        (
            hook(&format!("http://127.0.0.1:{denied}/t0p")),
            "401 Unauthorized",
            "does not accept the token",
        ),
        (
            hook(&format!("https://127.0.0.1:{not_found}/t0p")),
            "no answer",
            "no TLS is spoken",
        ),
        (
            hook(&format!("http://127.0.0.1:{mute}/")) + "timeout = \"200ms\"",
            "did not answer in time",
            "grants more time",
        ),
        (
            "kind = \"file\"\npath = \"none/a.jsonl\"".to_owned(),
            "cannot append",
            "the folder is not there",
        ),
        (
            "kind = \"command\"\nrun = [\"./none\"]".to_owned(),
            "cannot be started",
            "is the program there",
        ),
        (
            "kind = \"command\"\nrun = [\"false\"]".to_owned(),
            "exit code 1",
            "try the program by hand",
        ),
        (
            format!(
                "kind = \"email\"\nhost = \"127.0.0.1\"\nport = {free}\nfrom = \"a@a.example\"\nto = \"b@a.example\""
            ),
            "refused",
            "nobody listens there",
        ),
    ] {
        let (code, out, err) = test(&channel);
        assert_eq!(code, 1, "{channel}: {out}");
        assert!(err.contains(words), "{channel}: {err}");
        assert!(
            err.contains("what to do: ") && err.contains(advice),
            "{channel}: {err}"
        );
        assert!(!err.contains("t0p"), "{err}");
    }
    // What the guard says holds the advice.
    let (_, _, err) = test(&hook("http://10.0.0.1/"));
    assert!(
        err.contains("add \"10.0.0.1:80\" to [fetch] allow"),
        "{err}"
    );
}

#[test]
fn a_mail_server_that_does_not_know_us_is_told_apart() {
    let Some(server) = MailServer::start("starttls") else {
        return;
    };
    let mail = |keys: &str| {
        let port = server.port();
        let channel = format!(
            "[channel.c]\nkind = \"email\"\nhost = \"localhost\"\nport = {port}\nfrom = \"a@a.example\"\n\
             to = \"never@a.example\"\nuser = \"ana\"\npassword_file = \"pw\"\n{keys}"
        );
        fs::write(server.dir.path().join("pw"), "hunter2").expect("a file");
        run(server.dir.path(), &channel, &["test", "c"])
    };
    let (code, _, err) = mail("");
    assert_eq!(code, 1);
    assert!(err.contains("`ca_file`"), "{err}");
    let (code, _, err) = mail("ca_file = \"ca.pem\"");
    assert_eq!(code, 1);
    assert!(
        err.contains("535") && err.contains("does not accept the log-in"),
        "{err}"
    );
    assert!(!err.contains("hunter2"), "{err}");
}

#[test]
fn check_points_at_a_template_that_does_not_compile() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = dir.path().join("config.toml");
    let text = "[channel.chat]\nkind = \"slack\"\nurl = \"https://a.example/x\"\n[channel.chat.template]\n\
                title = \"{{ title }}\"\nbody = \"\"\"\nfirst\n  {{ title }\n\"\"\"\n";
    fs::write(&config, text).expect("a file");
    let output = wirewatch(&config, &["check", "--no-store"])
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    for words in [
        "[channel.chat]",
        "`body`, line 2, column",
        "  {{ title }",
        "config.toml:6:",
    ] {
        assert!(told.contains(words), "{words} is missing in\n{told}");
    }
}
