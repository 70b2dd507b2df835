//! Every channel's log-in, and that nobody is told anything.

use std::fs;
use std::net::TcpListener;

use crate::bed::{Answer, Bed};
use crate::mail_server::{MailServer, PASSWORD};
use crate::stand_in::{Asked, Reply, StandIn, header};

/// The one finding of a channel.
fn of_channel(answer: &Answer, name: &str) -> [String; 4] {
    let found = answer.of_check("channel");
    let own = |row: &&[String; 4]| row[1].starts_with(&format!("{name} ("));
    found
        .iter()
        .find(own)
        .unwrap_or_else(|| panic!("{}", answer.text))
        .clone()
}

#[track_caller]
fn check(answer: &Answer, name: &str, state: &str, words: &[&str]) {
    let row = of_channel(answer, name);
    assert_eq!(row[0], state, "{row:?}");
    for word in words {
        assert!(row.join(" | ").contains(word), "{word}: {row:?}");
    }
}

#[test]
fn a_mail_servers_log_in_is_tried_and_no_mail_goes_out() {
    for mode in ["starttls", "tls"] {
        let Some(server) = MailServer::start(mode) else {
            return;
        };
        let bed = Bed::with(&format!(
            "[channel.mail]\nkind = \"email\"\nhost = \"localhost\"\nport = {}\ntls = \"{mode}\"\nuser = \"ana\"\n\
             password_file = \"password\"\nca_file = \"{}\"\nfrom = \"a@example.org\"\nto = \"b@example.org\"\n",
            server.port(),
            server.dir.path().join("ca.pem").display()
        ));
        bed.write("password", PASSWORD, 0o600);
        let answer = bed.ask(&[]);
        check(&answer, "mail", "ok", &["accepts the log-in"]);
        answer.check_well();
        bed.write("password", "hunter2", 0o600);
        let answer = bed.ask(&[]);
        assert_eq!(answer.code, 1);
        check(
            &answer,
            "mail",
            "wrong",
            &["(535)", "look at `user` and the password"],
        );
        assert!(!answer.text.contains("hunter2") && !answer.text.contains(PASSWORD));
        assert_eq!(server.connections(), 2);
        // Offline nobody is asked.
        let answer = bed.ask(&["--offline"]);
        check(&answer, "mail", "skipped", &["--offline"]);
        assert_eq!(server.connections(), 2);
        assert!(server.mails().is_empty());
    }
}

#[test]
fn a_mail_server_that_nobody_vouches_for_is_told_apart() {
    let Some(server) = MailServer::start("starttls") else {
        return;
    };
    let bed = Bed::with(&format!(
        "[channel.mail]\nkind = \"email\"\nhost = \"localhost\"\nport = {}\nfrom = \"a@example.org\"\nto = \"b@example.org\"\n",
        server.port()
    ));
    check(
        &bed.ask(&[]),
        "mail",
        "wrong",
        &["UnknownIssuer", "`ca_file`"],
    );
    assert!(server.mails().is_empty());
}

/// A service that knows the token `tok-en`; a POST or PUT is a message.
fn service() -> StandIn {
    StandIn::start(|asked: &Asked| {
        let path = asked.uri().path();
        let bearer = header(asked, "authorization");
        let is_known = path.contains("tok-en") || bearer == "Bearer tok-en";
        Reply::status(match (asked.method().as_str(), path) {
            ("GET", "/version" | "/v1/health" | "/hook" | "/sms/ping") => 200,
            ("GET", _) if is_known => 200,
            _ => 401,
        })
    })
}

#[test]
fn services_are_asked_what_changes_nothing() {
    let service = service();
    let url = service.url("");
    let bed = Bed::with(&format!(
        "[channel.telegram]\nkind = \"telegram\"\nurl = \"{url}\"\ntoken_file = \"token\"\nto = \"7\"\n\
         [channel.matrix]\nkind = \"matrix\"\nurl = \"{url}\"\ntoken_file = \"token\"\nto = \"!r:m.example\"\n\
         [channel.gotify]\nkind = \"gotify\"\nurl = \"{url}\"\ntoken_file = \"token\"\n\
         [channel.ntfy]\nkind = \"ntfy\"\nurl = \"{url}\"\nto = \"news\"\n\
         [channel.locked]\nkind = \"ntfy\"\nurl = \"{url}\"\nto = \"news\"\ntoken_file = \"token\"\n\
         [channel.discord]\nkind = \"discord\"\nurl = \"{url}/hook\"\n\
         [channel.manager]\nkind = \"alertmanager\"\nurl = \"{url}\"\ntoken_file = \"token\"\n\
         [channel.sms]\nkind = \"http\"\nurl = \"{url}/sms\"\n\
         [channel.sms.request]\nbody = \"x\"\n\
         probe = {{ address = \"{{{{ url }}}}/ping\", says = \"it pings\" }}\n\
         [channel.slack]\nkind = \"slack\"\nurl = \"{url}/services/s3cret\"\n\
         [channel.webhook]\nkind = \"webhook\"\nurl = \"{url}/services/s3cret\"\n"
    ));
    bed.write("token", "tok-en\n", 0o600);
    let answer = bed.ask(&[]);
    for (name, words) in [
        ("telegram", "the token of the bot is accepted"),
        ("matrix", "the access token is accepted"),
        ("gotify", "only a message shows"),
        ("ntfy", "the server is well"),
        ("locked", "the token is accepted"),
        ("discord", "the webhook is there"),
        ("manager", "the log-in is accepted"),
        ("sms", "it pings"),
        ("slack", "127.0.0.1 can be reached; whether it takes"),
        ("webhook", "127.0.0.1 can be reached; whether it takes"),
    ] {
        check(&answer, name, "ok", &[words]);
    }
    answer.check_well();
    let mut asked: Vec<String> = service
        .asked()
        .iter()
        .map(|(asked, _)| format!("{} {}", asked.method(), asked.uri().path()))
        .collect();
    asked.sort();
    // Slack and the webhook saw a connection, and no request.
    assert_eq!(
        asked,
        [
            "GET /_matrix/client/v3/account/whoami",
            "GET /api/v2/status",
            "GET /bottok-en/getMe",
            "GET /hook",
            "GET /sms/ping",
            "GET /v1/account",
            "GET /v1/health",
            "GET /version",
        ]
    );

    bed.write("token", "wr0ng\n", 0o600);
    let answer = bed.ask(&[]);
    assert_eq!(answer.code, 1);
    for name in ["telegram", "matrix", "locked", "manager"] {
        check(
            &answer,
            name,
            "wrong",
            &["answers 401", "does not accept the token"],
        );
    }
    check(&answer, "gotify", "ok", &[]);
    assert!(
        !answer.text.contains("wr0ng") && !answer.text.contains("s3cret"),
        "{}",
        answer.text
    );
}

#[test]
fn places_on_this_machine_are_tried_without_writing() {
    let bed = Bed::with(
        "[channel.lost]\nkind = \"file\"\npath = \"no/alerts.jsonl\"\n\
         [channel.feed]\nkind = \"atom\"\ndir = \"feeds\"\n\
         [channel.none]\nkind = \"jsonfeed\"\npath = \"no/feed.json\"\n\
         [channel.script]\nkind = \"command\"\nrun = [\"./notify\"]\n\
         [channel.found]\nkind = \"command\"\nrun = [\"sh\", \"-c\", \"touch ran\"]\n\
         [channel.out]\nkind = \"stdout\"\n",
    );
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    check(&answer, "lost", "wrong", &["cannot append to", "make it"]);
    check(&answer, "feed", "ok", &["files can be made in"]);
    check(&answer, "none", "wrong", &["cannot write in", "make it"]);
    check(
        &answer,
        "script",
        "wrong",
        &["notify cannot be started", "is the program there"],
    );
    check(&answer, "found", "ok", &["/sh is there and can be started"]);
    check(&answer, "out", "ok", &["standard output"]);
    bed.write("notify", "#!/bin/sh\ntouch ran\n", 0o644);
    let script = of_channel(&bed.ask(&["--offline"]), "script");
    assert!(script[2].contains("Permission denied"), "{script:?}");
    bed.set_mode(&bed.path("notify"), 0o755);
    check(
        &bed.ask(&["--offline"]),
        "script",
        "ok",
        &["can be started"],
    );
    let mut names: Vec<String> = fs::read_dir(bed.path("."))
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    assert_eq!(names, ["config.toml", "notify"]);
}

#[test]
fn a_receiver_that_is_not_there_or_says_nothing_is_told_with_what_to_do() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let free = free.expect("a port").port();
    // It takes connections and never says a word.
    let mute = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mute_port = mute.local_addr().expect("an address").port();
    let bed = Bed::with(&format!(
        "[channel.gone]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{free}/\"\n\
         [channel.mute]\nkind = \"webhook\"\nurl = \"https://127.0.0.1:{mute_port}/\"\ntimeout = \"300ms\"\n\
         [channel.plain]\nkind = \"slack\"\nurl = \"http://none.invalid/\"\n"
    ));
    let answer = bed.ask(&[]);
    assert_eq!(answer.code, 1);
    check(
        &answer,
        "gone",
        "wrong",
        &["Connection refused", "nobody listens there"],
    );
    check(&answer, "mute", "wrong", &["did not answer in time"]);
    check(
        &answer,
        "plain",
        "wrong",
        &["none.invalid", "the name is not known"],
    );
}
