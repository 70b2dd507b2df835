//! The JSON Schema of the config: shipped as the program prints it, and true to what the program reads.

mod common;
#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::parts::has_part;
use program::wirewatch;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shipped() -> PathBuf {
    root().join("packaging/wirewatch.schema.json")
}

#[test]
fn the_shipped_schema_is_what_the_program_prints() {
    let printed = wirewatch(Path::new("none"), &["schema"]).output();
    let printed = printed.expect("the program runs").stdout;
    let file = fs::read(shipped()).unwrap_or_default();
    assert!(
        printed == file,
        "run `wirewatch schema > packaging/wirewatch.schema.json`"
    );
}

/// Reads paths and texts as JSON Lines, says of each whether the schema accepts it.
const VALIDATOR: &str = r"
import json, sys, tomllib
from jsonschema import Draft7Validator
schema = json.load(open(sys.argv[1]))
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
for line in sys.stdin:
    errors = validator.iter_errors(tomllib.loads(json.loads(line)))
    print(json.dumps([error.json_path + ': ' + error.message for error in errors]))
";

/// What the schema says against each of these files.
fn judged(texts: &[String]) -> Vec<Vec<String>> {
    let mut child = Command::new("python3")
        .args(["-c", VALIDATOR])
        .arg(shipped())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let lines: String = texts
        .iter()
        .map(|text| format!("{}\n", serde_json::Value::from(text.as_str())))
        .collect();
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(lines.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let answers: Vec<Vec<String>> = answers
        .lines()
        .map(|line| serde_json::from_str(line).expect("a list of texts"))
        .collect();
    assert_eq!(answers.len(), texts.len());
    answers
}

fn has_validator() -> bool {
    has_part(
        "python3 with jsonschema",
        "python3",
        &["-c", "import jsonschema, tomllib"],
    )
}

#[test]
fn whatever_is_shipped_is_accepted() {
    if !has_validator() {
        return;
    }
    let mut files = vec![root().join("config.toml")];
    for folder in ["examples/watches", "examples/desks", "src/rules/lists"] {
        let entries = fs::read_dir(root().join(folder)).expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        files.extend(paths.filter(|path| path.extension().is_some_and(|end| end == "toml")));
    }
    assert!(files.len() > 20);
    let texts: Vec<String> = files
        .iter()
        .map(|path| fs::read_to_string(path).expect("a text"))
        .collect();
    for (file, errors) in files.iter().zip(judged(&texts)) {
        assert!(errors.is_empty(), "{}: {errors:?}", file.display());
    }
}

#[test]
fn every_key_is_accepted_as_the_program_accepts_it() {
    if !has_validator() {
        return;
    }
    let texts = [
        r#"
include = []
[store]
path = "w.db"
[keep]
bodies = "1h 30m"
pages = "off"
pages_bytes_max = 4096
[fetch]
host_delay = "500ms"
allow = ["127.0.0.1:8800"]
[alert]
stories = "copies"
[health]
silent_factor = 5
channels = ["mail"]
[[feed]]
url = "https://news.example/"
kind = "page"
links = "a"
headers = { X-Key = { env = "KEY" }, Accept = "text/html" }
[[host]]
match = "*.news.example"
[[site]]
match = "news.example"
body = ["article", "main"]
remove = ".ad"
[channel.mail]
kind = "email"
host = "localhost"
tls = "none"
from = "a@example.org"
to = ["b@example.org"]
[digest.morning]
schedule = "daily 07:00"
"#,
        r#"
[watch."überfall"]
match = '"a"'
labels = { desk = "asia" }
[[watch."überfall".test]]
title = "a"
feed-country = "ID"
expect = "match"
[list.l]
any = ["a"]
"2.5" = ["b"]
-1 = ["c"]
include = ["builtin:sport"]
[person.p]
names = ["P"]
misspellings = 2
[channel.c]
kind = "stdout"
"#,
    ]
    .map(str::to_owned);
    for (text, errors) in texts.iter().zip(judged(&texts)) {
        assert!(errors.is_empty(), "{errors:?}");
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("config.toml");
        fs::write(&path, text).expect("a file");
        let loaded = wirewatch::config::Config::load(&path);
        assert!(loaded.is_ok(), "{}", loaded.expect_err("checked"));
    }
}

#[test]
fn unknown_keys_and_wrong_types_are_refused() {
    if !has_validator() {
        return;
    }
    let wrong = [
        "strore = {}",
        "[store]\npaht = \"x\"",
        "[keep]\nbodies = 90",
        "[keep]\nbodies = \"90\"",
        "[keep]\npages_bytes_max = \"two\"",
        "[fetch]\nconcurrency = 0",
        "[alert]\nstories = \"all\"",
        "[health]\nsilent_factor = 0.5",
        "[websub]\nlisten = \"127.0.0.1:1\"",
        "[[feed]]\ntags = []",
        "[[feed]]\nurl = 1",
        "[feed]\nurl = \"https://a.example/\"",
        "[[feed]]\nurl = \"https://a.example/\"\nheaders = { a = { path = \"x\" } }",
        "[[host]]\nhost_delay = \"1s\"",
        "[watch.w]\ntitle = \"no match\"",
        "[watch.w]\nmatch = '\"a\"'\nseverity = \"urgent\"",
        "[watch.w]\nmatch = '\"a\"'\nlabels = { a = 1 }",
        "[watch.w]\nmatch = '\"a\"'\n[[watch.w.test]]\ntitle = \"a\"",
        "[watch.w]\nmatch = '\"a\"'\n[[watch.w.test]]\nexpect = \"hit\"",
        "[watch.\"a b\"]\nmatch = '\"a\"'",
        "[list.l]\nall = [\"a\"]",
        "[list.l]\nany = \"a\"",
        "[person.p]\nnames = [\"a\"]\nmisspellings = 3",
        "[org.o]\ncontext = \"a\"",
        "[channel.c]\nkind = \"pager\"",
        "[channel.c]\npath = \"x\"",
        "[channel.c]\nkind = \"file\"\nurl = \"x\"",
        "[digest.d]\nwatches = [\"*\"]",
    ]
    .map(str::to_owned);
    for (text, errors) in wrong.iter().zip(judged(&wrong)) {
        assert!(!errors.is_empty(), "accepted:\n{text}");
    }
}
