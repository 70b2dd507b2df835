//! Config, tests, secrets; and who may not read them.

use std::fs;
use std::os::unix::process::CommandExt;

use crate::bed::{Answer, Bed, GOOD};

/// `nobody` of Debian.
const NOBODY: u32 = 65_534;

#[test]
fn a_fresh_install_has_nothing_wrong() {
    let bed = Bed::new(GOOD);
    let answer = bed.ask(&["--offline"]);
    answer.check_well();
    answer.check("config", "ok", &["0 feeds, 1 watches, 1 channels"]);
    answer.check(
        "config-warning",
        "warning",
        &["there is no [[feed]]", "wirewatch feed add"],
    );
    answer.check("watch-tests", "ok", &["all 1 tests"]);
    answer.check("contact", "ok", &["mailto:desk@kantor-berita.id"]);
    answer.check("database", "ok", &["there is none yet"]);
    assert!(answer.of_check("backup").is_empty(), "none is due yet");
    answer.check(
        "channel",
        "ok",
        &["desk (file)", "alerts.jsonl can be written"],
    );
    assert!(!bed.path("w.db").exists() && !bed.path("alerts.jsonl").exists());

    // For people: headings, one line each, what to do, the sum.
    let shown = bed.command(&["--offline"]).output().expect("it runs");
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.starts_with("Config\n  ok       "), "{shown}");
    for part in [
        "\nSecrets\n",
        "\n  warning  ",
        "\n           -> ",
        "\nnothing is wrong; ",
    ] {
        assert!(shown.contains(part), "{part:?}: {shown}");
    }
}

#[test]
fn the_examples_contact_and_none_are_warned_about() {
    for contact in ["contact = \"mailto:you@example.org\"", ""] {
        let bed = Bed::new(&GOOD.replace("contact = \"mailto:desk@kantor-berita.id\"", contact));
        let answer = bed.ask(&["--offline"]);
        answer.check(
            "contact",
            "warning",
            &["cannot write to anybody", "[fetch]"],
        );
        answer.check_well();
    }
}

#[test]
fn a_broken_config_is_shown_and_the_rest_is_looked_at() {
    let bed = Bed::new(&GOOD.replace("'\"talks\"'", "'\"talks\" nearr \"peace\"'"));
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check("config", "wrong", &["config.toml:9:"]);
    answer.check("database", "ok", &["w.db: there is none yet"]);
    answer.check("channel", "skipped", &["when the config is right"]);
    let shown = bed.command(&["--offline"]).output().expect("it runs");
    // As `check` shows it: the line with a mark.
    let err = String::from_utf8_lossy(&shown.stderr);
    assert!(err.contains("match = '\"talks\" nearr"), "{err}");

    fs::remove_file(bed.path("config.toml")).expect("it is there");
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check("config", "wrong", &["no such file", "wirewatch init"]);
}

#[test]
fn a_test_that_fails_is_named() {
    let bed = Bed::new(&GOOD.replace("The talks go on", "Nothing goes on"));
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check(
        "watch-tests",
        "wrong",
        &["watch.talks", "wirewatch watch explain talks"],
    );
}

#[test]
fn secrets_that_others_may_read_are_told_with_the_command() {
    let table = "[channel.push]\nkind = \"ntfy\"\nto = \"news\"\ntoken_file = \"tok en\"\n";
    let bed = Bed::with(table);
    let path = bed.path("tok en");
    let state = |mode: u32| {
        bed.write("tok en", "hunter2\n", mode);
        bed.ask(&["--offline"])
    };
    let answer = state(0o644);
    assert_eq!(answer.code, 1);
    let command = format!("chmod 600 '{}'", path.display());
    answer.check(
        "secret-file",
        "wrong",
        &[
            "everybody",
            "mode 644",
            "`token_file` of [channel.push]",
            &command,
        ],
    );
    state(0o640).check(
        "secret-file",
        "warning",
        &["its group", "mode 640", &command],
    );
    let answer = state(0o600);
    answer.check("secret-file", "ok", &["only its owner"]);
    answer.check_well();
    assert!(!answer.text.contains("hunter2"));
    fs::remove_file(path).expect("it is there");
    let answer = bed.ask(&["--offline"]);
    answer.check("secret-file", "wrong", &["no such file", "install -m 600"]);
}

#[test]
fn a_secret_in_the_config_is_as_secret_as_the_config() {
    let bed = Bed::with("[channel.push]\nkind = \"ntfy\"\nto = \"news\"\ntoken = \"hunter2\"\n");
    let answer = bed.ask(&["--offline"]);
    answer.check("secret-in-config", "ok", &["`token` of [channel.push]"]);
    answer.check_well();
    bed.set_mode(&bed.path("config.toml"), 0o644);
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check(
        "secret-in-config",
        "wrong",
        &["everybody", "mode 644", "chmod o-rwx", "`token_file`"],
    );
    assert!(!answer.text.contains("hunter2"), "{}", answer.text);
}

#[test]
fn credentials_of_systemd_are_looked_for_where_it_puts_them() {
    let bed = Bed::with(
        "[channel.push]\nkind = \"ntfy\"\nto = \"news\"\ntoken_file = \"$CREDENTIALS_DIRECTORY/other_ntfy\"\n",
    );
    // Without the service they are nowhere, which is no mistake.
    let answer = bed.ask(&["--offline"]);
    answer.check("credential", "skipped", &["the service does not run"]);
    let channels = answer.of_check("channel");
    let push = channels
        .iter()
        .find(|row| row[1].starts_with("push"))
        .expect("a row");
    assert_eq!(push[0], "skipped", "{push:?}");
    answer.check_well();
    // As the service has them.
    let in_service = || {
        let mut command = bed.command(&["--json", "--offline"]);
        command.env("CREDENTIALS_DIRECTORY", bed.path("given"));
        Answer::of(command.output().expect("it runs"))
    };
    fs::create_dir(bed.path("given")).expect("a folder");
    in_service().check(
        "credential",
        "wrong",
        &["does not have it", "systemctl restart"],
    );
    bed.write("given/other_ntfy", "hunter2", 0o400);
    in_service().check("credential", "ok", &["hands it over"]);
}

#[test]
fn a_variable_that_is_not_set_is_told() {
    let bed =
        Bed::with("[channel.push]\nkind = \"ntfy\"\nto = \"news\"\ntoken_env = \"PUSH_TOKEN\"\n");
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check(
        "secret-variable",
        "wrong",
        &["PUSH_TOKEN", "is not set", "Environment="],
    );
    let mut command = bed.command(&["--json", "--offline"]);
    let answer = Answer::of(
        command
            .env("PUSH_TOKEN", "hunter2")
            .output()
            .expect("it runs"),
    );
    answer.check("secret-variable", "ok", &["PUSH_TOKEN"]);
    answer.check_well();
    assert!(!answer.text.contains("hunter2"));
}

/// The doctor as a user who may read nothing; `None` where only root could become one.
fn as_nobody(bed: &Bed) -> Option<Answer> {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: only root can ask as another user");
        return None;
    }
    // The program's own folder may be shut to others.
    let program = bed.path("wirewatch");
    fs::copy(env!("CARGO_BIN_EXE_wirewatch"), &program).expect("a copy");
    bed.set_mode(&program, 0o755);
    bed.set_mode(&bed.path("."), 0o755);
    let output = std::process::Command::new(program)
        .arg("--config")
        .arg(bed.path("config.toml"))
        .args(["doctor", "--offline", "--json"])
        .uid(NOBODY)
        .gid(NOBODY)
        .output();
    Some(Answer::of(output.expect("it runs")))
}

#[test]
fn who_may_not_read_is_told_so_and_nothing_is_called_wrong() {
    let bed = Bed::new(GOOD);
    let Some(answer) = as_nobody(&bed) else {
        return;
    };
    answer.check(
        "config",
        "skipped",
        &["may not read it", "sudo wirewatch --config /"],
    );
    answer.check_well();

    // Who may read the config, and neither a feed's secret nor the database.
    let feed = "[[feed]]\nurl = \"http://127.0.0.1:9/\"\nbearer_file = \"token\"\n";
    let bed = Bed::with(&format!(
        "{feed}[channel.push]\nkind = \"ntfy\"\nto = \"news\"\ntoken_file = \"token\"\n"
    ));
    bed.write("token", "hunter2", 0o600);
    bed.set_mode(&bed.path("config.toml"), 0o644);
    bed.write("w.db", "", 0o600);
    let answer = as_nobody(&bed).expect("root");
    answer.check("config", "skipped", &["`bearer_file`", "may not read it"]);
    answer.check(
        "database",
        "skipped",
        &["nobody may not read it", "usermod -aG wirewatch nobody"],
    );
    // Nor is a folder that somebody else writes to.
    std::os::unix::fs::chown(bed.path("."), Some(1), None).expect("root");
    as_nobody(&bed)
        .expect("root")
        .check("state-folder", "skipped", &["belongs to somebody else"]);
    std::os::unix::fs::chown(bed.path("."), Some(0), None).expect("root");
    let answer = as_nobody(&bed).expect("root");
    // A folder that may be read and not written to is another matter: nobody could run it there.
    answer.check("state-folder", "wrong", &["nobody may not write there"]);
}
