//! The commands as a person types them: words, exit codes, files that stay as they were.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new(config: &str) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join("config.toml"), config).expect("the config is written");
        Self { dir }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Said {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
            .args(arguments)
            .current_dir(self.path())
            .env_remove("WIREWATCH_CONFIG")
            .env_remove("RUST_LOG")
            .env("XDG_CONFIG_HOME", self.path().join("xdg"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child
            .stdin
            .take()
            .expect("it has a standard input")
            .write_all(input.as_bytes())
            .ok();
        Said(child.wait_with_output().expect("the program ends"))
    }
}

struct Said(Output);

impl Said {
    fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
}

const GOOD: &str = r#"# mine
[store]
path = "here.db"

[[feed]] # the only one
url = "http://feeds.example/rss.xml"
tags = ["x"]

[watch.talks]
title = "Talks"
match = '''"talks" near/5 country:CN'''

[[watch.talks.test]]
title  = "China talks go on"
lang   = "en"
expect = "match"

[channel.desk]
kind = "file"
path = "alerts.jsonl"
"#;

/// The config with one thing changed must be refused at `place` with all of `parts` in the message.
fn check_refused(change: (&str, &str), parts: &[&str]) {
    assert!(
        GOOD.contains(change.0),
        "{} is not in the good config",
        change.0
    );
    let place = Place::new(&GOOD.replace(change.0, change.1));
    let said = place.run(&["check"]);
    assert_eq!(
        said.code(),
        Some(1),
        "{change:?} passed: {}{}",
        said.out(),
        said.err()
    );
    for part in parts {
        assert!(
            said.err().contains(part),
            "`{part}` is not in:\n{}",
            said.err()
        );
    }
}

#[test]
fn a_good_config_passes_and_its_tests_are_run() {
    let said = Place::new(GOOD).run(&["check"]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert!(said.out().contains("1 feeds, 1 watches"), "{}", said.out());
    assert!(said.out().contains("1 of 1 tests pass"), "{}", said.out());
}

#[test]
fn mistakes_are_shown_where_they_stand_with_what_to_do() {
    check_refused(
        ("path = \"here.db\"", "pth = \"here.db\""),
        &[
            "config.toml:3:1",
            "unknown key `pth`",
            "did you mean `path`?",
        ],
    );
    check_refused(
        ("[store]", "[stroe]"),
        &[
            "config.toml:2:2",
            "unknown key `stroe`",
            "did you mean `store`?",
        ],
    );
    check_refused(
        ("http://feeds.example/rss.xml", "ftp://127.0.0.1/x"),
        &["config.toml:6:7", "neither http nor https"],
    );
    check_refused(
        ("tags = [\"x\"]", "tag = [\"x\"]"),
        &["config.toml:7:1", "did you mean `tags`?"],
    );
    check_refused(
        ("tags = [\"x\"]", "interval = \"often\""),
        &["config.toml:7:12", "15m"],
    );
    check_refused(
        ("country:CN", "country:China"),
        &["config.toml:11:", "country:CN"],
    );
    check_refused(("near/5", "near/0"), &["config.toml:11:"]);
    check_refused(
        ("kind = \"file\"", "kind = \"fiel\""),
        &["config.toml", "file"],
    );
    check_refused(
        ("path = \"alerts.jsonl\"", "paht = \"alerts.jsonl\""),
        &["did you mean `path`?"],
    );
    check_refused(
        ("title = \"Talks\"", "channels = [\"dask\"]"),
        &["config.toml:10:13", "dask", "did you mean `desk`?"],
    );
    check_refused(
        (
            "[store]",
            "[digest.d]\nschedule = \"weekdays 07:30\"\ntimezone = \"Asia/Jakrta\"\n[store]",
        ),
        &["config.toml:4:12", "Asia/Jakarta"],
    );
    check_refused(
        ("[store]", "[digest.d]\nschedule = \"sometimes\"\n[store]"),
        &["config.toml:3:12", "sometimes"],
    );
    for (line, column, parts) in [
        ("heartbeat = \"often\"", 13, ["`often`", "\"weekly\""]),
        ("heartbeat = \"5m\"", 13, ["`5m`", "an hour or more"]),
        ("cut = 0", 7, ["from 1 to 100", "one line each"]),
    ] {
        let text = format!("[digest.d]\nschedule = \"hourly\"\n{line}\n[store]");
        let place = format!("config.toml:4:{column}");
        check_refused(("[store]", &text), &[&place, parts[0], parts[1]]);
    }
    check_refused(
        (
            "[store]",
            "[digest.d]\nschedule = \"daily 07:30\"\nwatches = [\"talk\"]\n[store]",
        ),
        &["did you mean `talks`?"],
    );
    let websub = |options: &str| format!("[websub]\n{options}\n[store]");
    let callback = "callback = \"https://monitor.example.org/websub\"";
    for (options, parts) in [
        (
            format!("listen = \"here\"\n{callback}"),
            &["config.toml:3:10", "`here`", "\"127.0.0.1:8899\""][..],
        ),
        (
            "listen = \"[::1]:8899\"\ncallback = \"https://w.example/?a=b\"".to_owned(),
            &["config.toml:4:12", "neither `?` nor `#`", "reverse proxy"],
        ),
        (
            "listen = \"[::1]:8899\"\ncallback = \"/websub/\"".to_owned(),
            &["config.toml:4:12"],
        ),
        (callback.to_owned(), &["config.toml:2:", "listen"]),
        (
            format!("port = 8899\n{callback}"),
            &["config.toml:3:1", "unknown key `port`"],
        ),
    ] {
        check_refused(("[store]", &websub(&options)), parts);
    }
    check_refused(
        ("tags = [\"x\"]", "websub = \"no\""),
        &["config.toml:7:10", "boolean"],
    );
    check_refused(("title = \"Talks\"", "title = "), &["config.toml:10:"]);
    check_refused(
        ("expect = \"match\"", "expect = \"no-match\""),
        &["watch.talks.test"],
    );
    check_refused(
        ("# mine", "include = [\"missing.toml\"]"),
        &["missing.toml", "no such file"],
    );
}

#[test]
fn what_run_would_refuse_check_refuses_too() {
    let hook = |options: &str| format!("{GOOD}\n[channel.hook]\nkind = \"webhook\"\n{options}\n");
    for (config, parts) in [
        (
            hook("url = \"http://127.0.0.1:9/x\""),
            &["config.toml:24:7", "[fetch] allow"][..],
        ),
        (
            hook("url = \"https://hooks.example/x\"\nsecret_file = \"missing\""),
            &["config.toml:25:15", "missing"],
        ),
        (
            GOOD.replace("tags = [\"x\"]", "headers = { \"X Bad\" = \"1\" }"),
            &["config.toml:7:13", "no name of a header"],
        ),
        (
            GOOD.replace("tags = [\"x\"]", "kind = \"page\"\nlinks = \"h2 > > a\""),
            &[
                "config.toml:8:9",
                "`h2 > > a` is no CSS selector: dangling combinator",
            ],
        ),
        (
            GOOD.replace("tags = [\"x\"]", "kind = \"page\"\ntitle = \"h2\""),
            &["config.toml:7:8", "a page needs `links`"],
        ),
        (
            GOOD.replace("tags = [\"x\"]", "date = \"time\""),
            &["config.toml:7:8", "`date` is a selector of pages only"],
        ),
    ] {
        let said = Place::new(&config).run(&["check"]);
        assert_eq!(said.code(), Some(1), "{config}{}", said.err());
        for part in parts {
            assert!(
                said.err().contains(part),
                "`{part}` is not in:\n{}",
                said.err()
            );
        }
    }
    let local = GOOD.replace("feeds.example", "127.0.0.1:9");
    let said = Place::new(&local).run(&["check"]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert!(
        said.err().contains("127.0.0.1:9"),
        "a warning about the feed: {}",
        said.err()
    );
}

#[test]
fn mistakes_in_rules_for_sites_are_shown_where_they_stand() {
    let site = |options: &str| format!("[[site]]\nmatch = \"*.news.example\"\n{options}\n[store]");
    for (options, parts) in [
        (
            "body = \"article > > p\"",
            &[
                "config.toml:4:8",
                "`article > > p` is no CSS selector: dangling combinator",
            ][..],
        ),
        (
            "body = \"article\"\nremove = [\".ad\", \"div[\"]",
            &["config.toml:5:18", "`div[` is no CSS selector"],
        ),
        (
            "bdy = \"article\"",
            &[
                "config.toml:4:1",
                "unknown key `bdy`",
                "did you mean `body`?",
            ],
        ),
        (
            "body = 3",
            &["config.toml:4:8", "a text or a list of texts"],
        ),
        (
            "",
            &[
                "config.toml:2:1",
                "says nothing of its pages",
                "next_page or alternative",
            ],
        ),
        (
            "alternative = \"mobile\"",
            &[
                "config.toml:4:15",
                "`mobile` is no version",
                "\"amp\" or \"print\"",
            ],
        ),
        (
            "alternative = \"print\"",
            &["config.toml:4:15", "needs `print`", "a.print"],
        ),
        (
            "body = \"p\"\nprint = \"a\"",
            &["config.toml:5:9", "`print` has no effect here"],
        ),
        (
            "alternative = \"amp\"\nprint = \"a\"",
            &["config.toml:4:15", "belongs to alternative"],
        ),
    ] {
        check_refused(("[store]", &site(options)), parts);
    }
    check_refused(
        (
            "[store]",
            "[[site]]\nmatch = \"https://news.example/\"\nbody = \"p\"\n[store]",
        ),
        &["config.toml:3:9", "names no host"],
    );
    check_refused(
        ("[store]", "[extract]\nsite_rules = \"no/such\"\n[store]"),
        &["config.toml:3:14", "`no/such` is no folder", "HOST.txt"],
    );
    check_refused(
        ("[store]", "[[site]]\nbody = \"p\"\n[store]"),
        &["config.toml:2:1", "match"],
    );
    let twice = site("body = \"p\"\n[[site]]\nmatch = \"*.news.example\"\nbody = \"p\"");
    let said = Place::new(&GOOD.replace("[store]", &twice)).run(&["check"]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert!(
        said.err().contains("this site stands here twice"),
        "{}",
        said.err()
    );
}

#[test]
fn check_tells_what_of_a_folder_of_rules_is_not_understood() {
    let place = Place::new(&GOOD.replace("[store]", "[extract]\nsite_rules = \"rules\"\n[store]"));
    fs::create_dir(place.path().join("rules")).expect("a folder");
    let write = |name: &str, text: &str| {
        fs::write(place.path().join("rules").join(name), text).expect("a file")
    };
    write("a.example.txt", "body: //article\nprune: no\n");
    write("b.example.txt", "body: //article[\nfind_string: x\n");
    let said = place.run(&["check"]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    let expected = "site_rules: 2 files; 2 lines of 1 of them are not understood";
    assert!(said.out().contains(expected), "{}", said.out());
}

#[test]
fn ten_warnings_of_a_kind_are_shown_and_the_rest_is_counted() {
    let feeds = (1..=37).map(|n| format!("\n[[feed]]\nurl = \"http://10.0.0.{n}/rss\"\n"));
    let config = format!("{GOOD}{}", feeds.collect::<String>());
    let said = Place::new(&config).run(&["check"]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    let err = said.err();
    assert_eq!(err.matches("config.toml:").count(), 11, "{err}");
    let rest = "27 more warnings of this kind: the address of a feed is not public";
    assert!(
        err.trim_end().ends_with("and not allowed") && err.contains(rest),
        "{err}"
    );
}

#[test]
fn an_interval_below_a_minute_is_warned_about() {
    for (interval, warned) in [("1s", true), ("59s", true), ("1m", false), ("5m", false)] {
        let config = GOOD.replace("tags = [\"x\"]", &format!("interval = \"{interval}\""));
        let said = Place::new(&config).run(&["check"]);
        assert_eq!(said.code(), Some(0), "{}", said.err());
        let words = said.err().contains("hosts may block who asks so often");
        assert_eq!(words, warned, "{}", said.err());
        assert_eq!(
            said.err().contains("config.toml:7:12"),
            warned,
            "{}",
            said.err()
        );
        // One's own server is one's own to load.
        let own = config.replace("feeds.example", "10.0.0.1");
        let said = Place::new(&own).run(&["check"]);
        assert!(!said.err().contains("hosts may block"), "{}", said.err());
    }
}

#[test]
fn what_the_environment_lacks_is_underlined() {
    let secrets = "user = \"ana\"\npassword_env = \"WIREWATCH_NO_SUCH\"";
    let config = GOOD.replace("tags = [\"x\"]", secrets);
    let said = Place::new(&config).run(&["check"]);
    assert_eq!(said.code(), Some(1), "{}", said.err());
    assert!(said.err().contains("config.toml:8:16"), "{}", said.err());
}

#[test]
fn all_mistakes_are_told_at_once_and_as_json_too() {
    let bad = GOOD
        .replace("path = \"here.db\"", "pth = \"x\"")
        .replace("country:CN", "country:China");
    let place = Place::new(&bad);
    let said = place.run(&["check", "--json"]);
    assert_eq!(said.code(), Some(1));
    let rows: Vec<Value> = said
        .out()
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON Lines"))
        .collect();
    let lines: Vec<_> = rows.iter().map(|row| row["line"].as_u64()).collect();
    assert_eq!(lines, [Some(3), Some(11)], "{}", said.out());
    assert!(rows.iter().all(|row| row["level"] == "error"));
}

#[test]
fn without_a_channel_check_warns_and_passes() {
    let config = GOOD
        .split("[channel.desk]")
        .next()
        .expect("the part before it");
    let said = Place::new(config).run(&["check"]);
    assert_eq!(said.code(), Some(0));
    assert!(said.err().contains("sent nowhere"), "{}", said.err());
}

#[test]
fn the_wrong_command_line_is_another_exit_code() {
    let place = Place::new(GOOD);
    for wrong in [
        &["--bogus"][..],
        &["run", "--all"],
        &["alert", "show", "x17"],
        &["digest", "--since", "soon"],
        &["digest", "now", "d", "--since", "1h"],
        &["digest", "show", "d", "--id", "x1"],
        &["feed", "add", "notaurl"],
        &["feed", "add", "ftp://news.example/rss"],
        &["feed", "add", "https://news.example/", "--interval", "soon"],
    ] {
        assert_eq!(place.run(wrong).code(), Some(2), "{wrong:?}");
    }
    let empty = Place::new("");
    fs::remove_file(empty.path().join("config.toml")).expect("it was there");
    let said = empty.run(&["check"]);
    assert_eq!(said.code(), Some(1));
    assert!(
        said.err()
            .contains("no config file; looked for config.toml"),
        "{}",
        said.err()
    );
}

#[test]
fn every_command_explains_itself() {
    let place = Place::new(GOOD);
    for command in [
        &["run"][..],
        &["demo"],
        &["check"],
        &["feed", "add"],
        &["feed", "import"],
        &["feed", "export"],
        &["feed", "list"],
        &["feed", "remove"],
        &["feed", "poll"],
        &["watch", "list"],
        &["watch", "test"],
        &["alert", "list"],
        &["alert", "show"],
        &["article", "show"],
        &["article", "test"],
        &["host", "show"],
        &["host", "forget"],
        &["digest"],
        &["digest", "now"],
        &["digest", "show"],
        &["digest", "list"],
        &["status"],
        &["search"],
        &["parse"],
        &["extract"],
        &["match"],
        &["group"],
    ] {
        let said = place.run(&[command, &["--help"]].concat());
        assert_eq!(said.code(), Some(0), "{command:?}");
        assert!(
            said.out().contains("Usage: wirewatch"),
            "{command:?}: {}",
            said.out()
        );
    }
}

#[test]
fn help_shows_an_example() {
    let place = Place::new(GOOD);
    for command in [
        &["feed", "add"][..],
        &["feed", "show"],
        &["feed", "poll"],
        &["feed", "remove"],
        &["article", "test"],
        &["parse"],
    ] {
        let said = place.run(&[command, &["--help"]].concat());
        let example = format!("wirewatch {}", command.join(" "));
        let out = said.out();
        let (_, behind) = out.split_once("Options:").expect("options");
        assert!(behind.contains(&example), "{out}");
    }
}

#[test]
fn feeds_are_added_and_removed_and_comments_stay() {
    let place = Place::new(GOOD);
    let said = place.run(&[
        "feed",
        "add",
        "https://news.example/rss",
        "--no-fetch",
        "--tag",
        "id",
        "--lang",
        "id",
        "--interval",
        "15m",
    ]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    let text = fs::read_to_string(place.path().join("config.toml")).expect("the config is there");
    let added = "\n[[feed]]\nurl = \"https://news.example/rss\"\ntags = [\"id\"]\nlang = \"id\"\ninterval = \"15m\"\n";
    assert!(text.contains(added), "{text}");
    assert_eq!(text.replace(added, ""), GOOD, "something else changed");
    assert_eq!(
        place
            .run(&["feed", "add", "https://news.example/rss"])
            .code(),
        Some(1),
        "it is there already"
    );
    assert_eq!(
        place
            .run(&["feed", "add", "https://NEWS.example:443/rss"])
            .code(),
        Some(1),
        "it is there in another spelling"
    );
    assert_eq!(
        place
            .run(&["feed", "remove", "https://news.example/rss"])
            .code(),
        Some(0)
    );
    let text = fs::read_to_string(place.path().join("config.toml")).expect("the config is there");
    assert_eq!(text, GOOD);
}

#[test]
fn before_the_first_run_lists_say_what_to_do() {
    let place = Place::new(GOOD);
    for command in [
        &["alert", "list"][..],
        &["status"],
        &["search", "x"],
        &["digest"],
    ] {
        let said = place.run(command);
        assert_eq!(said.code(), Some(1), "{command:?}");
        assert!(
            said.err().contains("wirewatch run --once"),
            "{command:?}: {}",
            said.err()
        );
    }
    assert_eq!(
        place.run(&["watch", "list", "--json"]).code(),
        Some(0),
        "watches are known without it"
    );
}

#[test]
fn feeds_are_listed_before_they_are_stored() {
    let place = Place::new(GOOD);
    let said = place.run(&["feed", "list"]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert!(said.out().contains("http://feeds.example/rss.xml"));
    assert!(!place.path().join("here.db").exists(), "only looked at");
    assert_eq!(listed(&place), ["http://feeds.example/rss.xml new"]);

    // The first feed is stored now, the second is only in the config.
    place.run(&["feed", "poll", "http://feeds.example/rss.xml"]);
    place.run(&["feed", "add", "--no-fetch", "http://127.0.0.1:9/second.xml"]);
    assert_eq!(
        listed(&place),
        [
            "http://feeds.example/rss.xml failing",
            "http://127.0.0.1:9/second.xml new"
        ]
    );
}

/// Address and state of every feed, as `feed list --json` tells them.
fn listed(place: &Place) -> Vec<String> {
    let said = place.run(&["feed", "list", "--json"]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    let word = |feed: &Value, key: &str| feed[key].as_str().expect("a text").to_owned();
    said.out()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON Lines"))
        .map(|feed| format!("{} {}", word(&feed, "url"), word(&feed, "health")))
        .collect()
}

#[test]
fn a_config_is_never_left_broken_by_feed_add() {
    let place = Place::new(GOOD);
    let file = place.path().join("config.toml");
    let said = place.run(&[
        "feed",
        "add",
        "--no-fetch",
        "https://c.example",
        "--lang",
        "english",
    ]);
    assert_eq!(said.code(), Some(1));
    for part in ["config.toml", "lang = \"english\"", "nothing was added"] {
        assert!(said.err().contains(part), "{}", said.err());
    }
    assert_eq!(fs::read_to_string(&file).expect("it is there"), GOOD);

    let broken = GOOD.replace("path =", "pth =");
    fs::write(&file, &broken).expect("the config is written");
    let said = place.run(&["feed", "add", "https://c.example"]);
    assert_eq!(said.code(), Some(1));
    for part in ["pth", "nothing was added: the config was refused"] {
        assert!(said.err().contains(part), "{}", said.err());
    }
    assert_eq!(fs::read_to_string(&file).expect("it is there"), broken);
}

#[test]
fn a_text_can_be_tried_on_the_watches() {
    let place = Place::new(GOOD);
    let said = place.run_with(
        &["watch", "test", "-", "--json"],
        "China talks resume\nTalks with China began on Monday.",
    );
    assert_eq!(said.code(), Some(0), "{}", said.err());
    let answer: Value = serde_json::from_str(&said.out()).expect("one object");
    assert_eq!(answer["hits"][0]["watch"], "talks");
    let said = place.run_with(
        &["watch", "test", "-"],
        "Rain\nIt rains.\n---\nTalks with China began.",
    );
    let shown = said.out();
    assert!(shown.contains("body, part 2: China ="), "{shown}");
    let said = place.run_with(&["watch", "test", "-"], "Nothing here\nat all.");
    assert!(said.out().contains("no watch hits"), "{}", said.out());
}

#[test]
fn broken_markup_is_no_news_for_the_log() {
    let place = Place::new(GOOD);
    let page = place.dir.path().join("page.html");
    fs::write(page, "<table>stray<tr>text</table><p>China talks").expect("a page is written");
    let said = place.run_with(&["extract"], "{\"id\":1,\"file\":\"page.html\"}\n");
    assert_eq!((said.code(), said.err().as_str()), (Some(0), ""));
    assert!(said.out().contains("\"id\":1"), "{}", said.out());
}

#[test]
fn filters_keep_order_and_stop_at_what_is_no_json() {
    let place = Place::new(GOOD);
    let input = "{\"id\":1,\"title\":\"China talks\",\"lang\":\"en\",\"unknown\":null}\n{\"id\":2,\"title\":null}\n";
    for jobs in ["1", "4"] {
        let said = place.run_with(&["match", "--rules", "config.toml", "--jobs", jobs], input);
        assert_eq!(said.code(), Some(0), "{}", said.err());
        let rows: Vec<Value> = said
            .out()
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON Lines"))
            .collect();
        assert_eq!(rows[0]["id"], 1);
        assert_eq!(rows[0]["watches"], serde_json::json!(["talks"]));
        assert_eq!(rows[0]["topics"], rows[0]["watches"]);
        assert_eq!(rows[1]["watches"], serde_json::json!([]));
        let span = &rows[0]["hits"][0]["evidence"][0];
        assert_eq!(span["field"], "title");
        assert_eq!(span["text"], "China");
    }
    for filter in [
        &["parse"][..],
        &["extract"],
        &["group"],
        &["match", "--rules", "config.toml"],
    ] {
        let said = place.run_with(filter, "no json\n");
        assert_eq!(said.code(), Some(1), "{filter:?}");
        assert!(said.err().contains("line 1"), "{filter:?}: {}", said.err());
    }
    for filter in [&["parse"][..], &["extract"]] {
        let said = place.run_with(filter, "{\"id\":\"x\",\"file\":\"no/such\"}\n");
        assert_eq!(said.code(), Some(0), "{filter:?}");
        let row: Value = serde_json::from_str(said.out().trim()).expect("one object");
        assert_eq!(row["id"], "x");
        assert!(row["error"].is_string(), "{filter:?}: {row}");
    }
}

#[test]
fn groups_are_the_same_for_any_number_of_jobs() {
    let body = "The two ministers met in the old town hall and spoke for three hours about trade, visas and the price of grain. ".repeat(6);
    let mut input = String::new();
    for (id, date) in [
        ("a", "2026-11-22T07:00:00Z"),
        ("b", ""),
        ("c", "yesterday"),
        ("d", "2026-11-22"),
    ] {
        input += &serde_json::json!({"id": id, "title": format!("Ministers meet, says {id}"), "body": body, "published": date}).to_string();
        input.push('\n');
    }
    input += &serde_json::json!({"id": "e", "title": "Storm", "body": "A storm hit the coast and the harbour was closed for two days, the port said.", "published": null}).to_string();
    input.push('\n');
    let place = Place::new(GOOD);
    let answers: Vec<String> = ["1", "3"]
        .iter()
        .map(|jobs| place.run_with(&["group", "--jobs", jobs], &input).out())
        .collect();
    assert_eq!(answers[0], answers[1]);
    let rows: Vec<Value> = answers[0]
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON Lines"))
        .collect();
    assert_eq!(rows.len(), 5);
    for row in &rows[1..4] {
        assert_eq!(row["story"], rows[0]["story"], "{row}");
        assert_eq!(row["near_duplicate_of"], "a", "{row}");
    }
    assert_ne!(rows[4]["story"], rows[0]["story"]);
    assert!(rows[4]["near_duplicate_of"].is_null());
}

#[test]
fn the_example_config_of_the_repository_is_good() {
    let said = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .args([
            "--config",
            concat!(env!("CARGO_MANIFEST_DIR"), "/config.toml"),
            "check",
        ])
        .output()
        .expect("the program starts");
    let said = Said(said);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert!(said.err().is_empty(), "it has no warnings: {}", said.err());
}
