//! `wirewatch store export` and `import`: everything goes out as JSON Lines, and comes back.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use rusqlite::Connection;
use serde_json::Value;

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared by tests that need other parts of it")]
mod program;
#[path = "common/stand_in.rs"]
#[allow(dead_code, reason = "shared by tests that need other parts of it")]
mod stand_in;
#[path = "common/stocked.rs"]
#[allow(dead_code, reason = "shared by tests that need other parts of it")]
mod stocked;

use stocked::Stocked;

/// Another database, empty, with a config of its own in the folder.
fn other(bed: &Stocked, name: &str) -> std::path::PathBuf {
    let config = bed.path().join(format!("{name}.toml"));
    let text = format!("[store]\npath = \"{name}.db\"\n[watch.w]\nmatch = '\"earthquake\"'\n");
    fs::write(&config, text).expect("a config");
    config
}

fn store(config: &Path, arguments: &[&str]) -> Output {
    let all: Vec<&str> = [&["store"], arguments].concat();
    program::wirewatch(config, &all)
        .current_dir(config.parent().expect("a folder"))
        .output()
        .expect("it runs")
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn sql(bed: &Stocked, sql: &str) {
    Connection::open(bed.path().join("w.db"))
        .expect("a database")
        .execute_batch(sql)
        .expect("SQL");
}

/// A database with rows in as many tables as sixty articles bring, and a few more.
fn stocked() -> Stocked {
    let bed = Stocked::new();
    sql(
        &bed,
        "update hit set score = 0.1 + 0.2 where rowid = 1;
         insert into purged values (x'00ff');
         insert into mute (watch, by, at, why) values ('w', 'änn', 1, 'a \"quoted\" line' || char(10) || 'and more');
         insert into audit (at, by, what) values (1, 'ann', 'muted');
         delete from audit;
         insert into story (id, created_at, updated_at) values (9000000000000000001, 1, 1);",
    );
    bed
}

#[test]
fn the_export_of_an_import_is_the_export() {
    let bed = stocked();
    let config = bed.path().join("config.toml");
    let exported = store(&config, &["export", "a.jsonl"]);
    assert!(exported.status.success(), "{}", err(&exported));
    let first = fs::read(bed.path().join("a.jsonl")).unwrap();
    let lines: Vec<Value> = first
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("JSON"))
        .collect();
    assert_eq!(lines[0]["#"], "wirewatch-export");
    assert_eq!(lines[0]["schema"], 15);
    assert_eq!(lines[lines.len() - 1]["rows"], lines.len() - 2);
    let of = |table: &str| lines.iter().filter(|line| line["#"] == table).count();
    let conn = Connection::open(bed.path().join("w.db")).unwrap();
    for table in [
        "feed",
        "article",
        "article_version",
        "entry",
        "hit",
        "alert",
        "alert_event",
        "delivery",
        "kept_page",
        "host_memory",
        "purged",
    ] {
        let rows: i64 = conn
            .query_row(&format!("select count(*) from {table}"), [], |row| {
                row.get(0)
            })
            .unwrap();
        assert!(
            rows > 0 && rows as usize == of(table),
            "{table}: {rows} and {}",
            of(table)
        );
    }

    let copy = other(&bed, "copy");
    let imported = store(&copy, &["import", "a.jsonl", "--json"]);
    assert!(imported.status.success(), "{}", err(&imported));
    let told: Value = serde_json::from_slice(&imported.stdout).unwrap();
    assert_eq!(told["rows"], lines.len() - 2);
    let exported = store(&copy, &["export", "b.jsonl"]);
    assert!(exported.status.success(), "{}", err(&exported));
    assert!(
        first == fs::read(bed.path().join("b.jsonl")).unwrap(),
        "they differ"
    );

    // The search index was made anew, and finds the same.
    let check = store(&copy, &["check"]);
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stdout)
    );
    let found = |config: &Path| {
        let search = program::wirewatch(
            config,
            &["search", "strike", "port", "--json", "--limit", "99"],
        )
        .output()
        .unwrap();
        assert!(search.status.success(), "{}", err(&search));
        String::from_utf8_lossy(&search.stdout).into_owned()
    };
    assert_eq!(found(&config), found(&copy));
    let run = program::wirewatch(&copy, &["run", "--once"])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", err(&run));
}

#[test]
fn a_pipe_carries_it_from_one_database_to_another() {
    let bed = stocked();
    let copy = other(&bed, "copy");
    let mut out = program::wirewatch(&bed.path().join("config.toml"), &["store", "export", "-"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let imported = program::wirewatch(&copy, &["store", "import", "-"])
        .stdin(out.stdout.take().unwrap())
        .output()
        .unwrap();
    assert!(imported.status.success(), "{}", err(&imported));
    assert!(out.wait().unwrap().success());
    assert!(store(&copy, &["check"]).status.success());
    let again = store(&copy, &["import", "-"]);
    assert!(err(&again).contains("is not empty"), "{}", err(&again));
}

#[test]
fn what_is_cut_off_or_changed_is_refused_with_its_line_and_leaves_nothing() {
    let bed = stocked();
    let config = bed.path().join("config.toml");
    assert!(store(&config, &["export", "a.jsonl"]).status.success());
    let whole = fs::read_to_string(bed.path().join("a.jsonl")).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let number = lines
        .iter()
        .position(|line| line.starts_with("{\"#\":\"article\""))
        .expect("an article");
    let without_one = [&lines[..number], &lines[number + 1..]].concat().join("\n");
    let changed = |from: &str, to: &str| {
        let mut lines = lines.clone();
        let line = lines[number].replacen(from, to, 1);
        assert_ne!(line, lines[number]);
        lines[number] = &line;
        lines.join("\n")
    };
    let number_told = format!("line {}", number + 1);
    let head = |from: &str, to: &str| whole.replacen(from, to, 1);
    let cases = [
        (String::new(), "line 1 is missing"),
        ("{}\n".to_owned(), "line 1 is not the head"),
        ("no JSON\n".to_owned(), "line 1 is no JSON object"),
        (
            head("\"schema\":15", "\"schema\":77"),
            "install that version",
        ),
        (head("\"format\":1", "\"format\":2"), "install that version"),
        (
            lines[..lines.len() - 1].join("\n"),
            "the export was cut off",
        ),
        (lines[..number].join("\n"), "the export was cut off"),
        (whole[..whole.len() / 2].to_owned(), "line "),
        (without_one, "counts other rows"),
        (
            changed("\"#\":\"article\"", "\"#\":\"artikel\""),
            "no such table",
        ),
        (changed("\"host\":", "\"hst\":"), "has a column `hst`"),
        (
            changed("\"backlog\":0", "\"backlog\":[]"),
            "has no value in `backlog`",
        ),
        (
            changed("\"backlog\":0", "\"backlog\":\"no\""),
            number_told.as_str(),
        ),
        (
            changed("\"id\":1", "\"id\":777777"),
            "refers to a row of article that is not there",
        ),
    ];
    let copy = other(&bed, "copy");
    for (text, why) in cases {
        fs::write(bed.path().join("bad.jsonl"), text).unwrap();
        let imported = store(&copy, &["import", "bad.jsonl"]);
        assert_eq!(imported.status.code(), Some(1), "{why}");
        assert!(err(&imported).contains(why), "{why}: {}", err(&imported));
        for entry in fs::read_dir(bed.path()).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(
                !name.starts_with("copy.db") || name == "copy.db.lock",
                "{why}: {name}"
            );
        }
    }
}

#[test]
fn an_export_of_an_older_schema_is_updated() {
    let bed = stocked();
    let copy = other(&bed, "copy");
    let text = "{\"#\":\"wirewatch-export\",\"format\":1,\"schema\":1,\"version\":\"0.0.1\"}\n\
        {\"#\":\"feed\",\"id\":1,\"url\":\"https://a.example/rss\",\"host\":\"a.example\",\"kind\":\"feed\",\"tags\":\"[]\",\"position\":0,\
         \"polled_at\":0,\"failures\":0,\"due_at\":0,\"leased_until\":0,\"lease_no\":0,\"attempt\":0}\n\
        {\"#\":\"end\",\"rows\":1}\n";
    fs::write(bed.path().join("old.jsonl"), text).unwrap();
    let imported = store(&copy, &["import", "old.jsonl"]);
    assert!(imported.status.success(), "{}", err(&imported));
    assert!(store(&copy, &["check"]).status.success());
    let conn = Connection::open(bed.path().join("copy.db")).unwrap();
    let state: String = conn
        .query_row("select state from feed", [], |row| row.get(0))
        .unwrap();
    assert_eq!(state, "{}", "a column of a later migration");
}

#[test]
fn an_export_replaces_nothing_unasked_and_works_beside_the_daemon() {
    let bed = stocked();
    let config = bed.path().join("config.toml");
    let mut daemon = program::Running::start(
        program::wirewatch(&config, &["run"]),
        &bed.path().join("log"),
    );
    daemon.until_said("running:");
    fs::write(bed.path().join("there"), "mine").unwrap();
    let refused = store(&config, &["export", "there"]);
    assert!(err(&refused).contains("--force"), "{}", err(&refused));
    assert_eq!(fs::read(bed.path().join("there")).unwrap(), b"mine");
    assert!(
        store(&config, &["export", "there", "--force"])
            .status
            .success()
    );
    let refused = store(&config, &["import", "there"]);
    assert!(
        err(&refused).contains("in use by wirewatch run"),
        "{}",
        err(&refused)
    );
    assert!(daemon.has_not_ended());
}
