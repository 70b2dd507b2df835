//! Programs that do well, badly, and not at all.

use std::fs;
use std::path::Path;
use std::time::Instant;

use super::*;
use crate::channel::tests::{alert, parcel, surroundings, view};
use crate::model::Message;

fn command(dir: &Path, script: &str, keys: &str) -> Command {
    fs::write(dir.join("script.sh"), script).expect("a file");
    let options = format!("run = [\"/bin/sh\", \"script.sh\"]\n{keys}");
    let options: CommandOptions = toml::from_str(&options).expect("options");
    surroundings(dir, |around| options.build("run", around)).expect("a command")
}

async fn outcome(script: &str) -> Result<(), DeliveryError> {
    let dir = tempfile::tempdir().expect("a directory");
    let command = command(dir.path(), script, "timeout = \"5s\"");
    command.deliver(&parcel(alert())).await
}

#[tokio::test]
async fn the_message_comes_in_whole_and_the_environment_is_clean() {
    let dir = tempfile::tempdir().expect("a directory");
    let script = "cat > got.json\nenv | sort > got.env\n";
    let keys = "pass_env = [\"MAIL_PW\"]\nenv = { DESK = \"asia\" }";
    let mut view = view();
    view.title = "$(touch hacked); `touch hacked` && touch hacked".to_owned();
    let parcel = parcel(Message::Alert {
        alert: Box::new(view),
        correction: None,
    });
    let command = command(dir.path(), script, keys);
    command.deliver(&parcel).await.expect("exit code 0");
    let got = fs::read_to_string(dir.path().join("got.json")).expect("a file");
    assert_eq!(got, format!("{}\n", payload(&parcel)));
    let env = fs::read_to_string(dir.path().join("got.env")).expect("a file");
    let names: Vec<&str> = env
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    let known = [
        "DESK", "LANG", "MAIL_PW", "OLDPWD", "PATH", "PWD", "SHLVL", "_",
    ];
    let foreign: Vec<_> = names
        .iter()
        .filter(|name| !known.contains(name) && !name.starts_with("WIREWATCH_"))
        .collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert!(env.contains("WIREWATCH_KEY=a17.1.desk\n"), "{env}");
    assert!(!dir.path().join("hacked").exists());
    assert!(!command.preview(&parcel).contains("from env"));
}

#[tokio::test]
async fn the_exit_code_decides() {
    outcome("exit 0").await.expect("sent");
    for code in [1, 2, 69, 74, 75, 126, 127] {
        let error = outcome(&format!("echo no luck >&2; exit {code}")).await;
        let error = error.expect_err("not sent");
        assert!(
            matches!(error, DeliveryError::Retry { .. }),
            "{code}: {error:?}"
        );
        let words = format!("ended with exit code {code}: no luck");
        assert!(error.to_string().ends_with(&words), "{error}");
    }
    for code in PERMANENT {
        let error = outcome(&format!("exit {code}"))
            .await
            .expect_err("not sent");
        assert!(
            matches!(error, DeliveryError::Permanent { .. }),
            "{code}: {error:?}"
        );
    }
    let error = outcome("kill -9 $$").await.expect_err("not sent");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    assert!(error.to_string().contains("signal 9"), "{error}");
}

#[tokio::test]
async fn the_last_line_is_told_and_nothing_in_it_steers() {
    let script = "yes filler | head -c 100000; printf 'one\\ntwo\\033[31m red\\n\\n' >&2; exit 1";
    let error = outcome(script).await.expect_err("not sent").to_string();
    assert!(error.ends_with(": two [31m red"), "{error}");
    let dir = tempfile::tempdir().expect("a directory");
    let script = "echo the password is $MAIL_PW; exit 1";
    let command = command(dir.path(), script, "pass_env = [\"MAIL_PW\"]");
    let error = command
        .deliver(&parcel(alert()))
        .await
        .expect_err("not sent");
    assert!(
        error.to_string().ends_with(": the password is ***"),
        "{error}"
    );
}

#[tokio::test]
async fn who_takes_too_long_is_killed_with_all_it_started() {
    let dir = tempfile::tempdir().expect("a directory");
    let script = "sleep 60 & echo $! > child\necho waiting\nwait\n";
    let command = command(dir.path(), script, "timeout = \"300ms\"");
    let error = command.deliver(&parcel(alert())).await.expect_err("slow");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    let words = "did not end within 0.3 s and was killed: waiting";
    assert!(error.to_string().contains(words), "{error}");
    let child = fs::read_to_string(dir.path().join("child")).expect("a file");
    let status = format!("/proc/{}/status", child.trim());
    // Until somebody has collected it, a killed process is listed as a zombie.
    let is_gone = || {
        let state = fs::read_to_string(&status).unwrap_or_default();
        state.is_empty() || state.contains("State:\tZ")
    };
    let begin = Instant::now();
    while !is_gone() {
        assert!(begin.elapsed() < Duration::from_secs(20), "it lives on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn nobody_waits_for_a_pipe_that_is_left_open_or_never_read() {
    let begin = Instant::now();
    outcome("sleep 4 & exit 0").await.expect("sent");
    assert!(begin.elapsed() < Duration::from_secs(3));
    let dir = tempfile::tempdir().expect("a directory");
    let mut view = view();
    view.title = "x".repeat(1 << 20);
    let long = parcel(Message::Alert {
        alert: Box::new(view),
        correction: None,
    });
    let command = command(dir.path(), "exit 0", "");
    command.deliver(&long).await.expect("sent without reading");
}

#[tokio::test]
async fn what_cannot_be_started_says_so() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = |run: &str| toml::from_str::<CommandOptions>(&format!("run = {run}"));
    let missing = options("[\"./no-such\"]").expect("options");
    let missing = surroundings(dir.path(), |around| missing.build("run", around));
    let error = missing
        .expect("it may come")
        .deliver(&parcel(alert()))
        .await;
    let error = error.expect_err("it is not there");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    assert!(error.to_string().contains("cannot be started"), "{error}");
    for (keys, words) in [
        ("[]", "`run` is empty"),
        ("[\"x\"]\npass_env = [\"NOT_SET\"]", "NOT_SET is not set"),
    ] {
        let options = options(keys).expect("options");
        let error = surroundings(dir.path(), |around| options.build("run", around)).err();
        assert!(error.expect(words).to_string().contains(words));
    }
}

/// The row of docs/channels.md: a program that keeps keys has each parcel once.
#[tokio::test]
async fn the_same_parcel_twice_has_one_key() {
    let dir = tempfile::tempdir().expect("a directory");
    let script =
        "cat > /dev/null\nmkdir \"$WIREWATCH_KEY\" 2>/dev/null && echo once >> times\nexit 0\n";
    for _ in 0..2 {
        let command = command(dir.path(), script, "");
        command.deliver(&parcel(alert())).await.expect("sent");
    }
    let times = fs::read_to_string(dir.path().join("times")).expect("a file");
    assert_eq!(times, "once\n");
}
