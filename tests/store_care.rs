//! `wirewatch store`: backup, restore, check, optimise, with the real program on real files.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use serde_json::Value;
use wirewatch::store::{OpenMode, SqliteStore};

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared by tests that need other parts of it")]
mod program;

/// A config with a database that holds `articles` articles, each with a body of its own.
struct Bed {
    dir: tempfile::TempDir,
}

impl Bed {
    fn new(articles: usize) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(
            dir.path().join("config.toml"),
            "[store]\npath = \"w.db\"\n[watch.a]\nmatch = '\"a\"'\n",
        )
        .expect("a config");
        let bed = Self { dir };
        drop(SqliteStore::open(&bed.db(), OpenMode::Command).expect("a database"));
        bed.sql(&format!(
            "with recursive n (i) as (select 1 union all select i + 1 from n where i < {articles})
             insert into article (id, url, host, state, backlog, late, first_seen, sort_at, version, judged_version, has_body)
                 select i, 'https://many.example/' || i, 'many.example', 'judged', 0, 0, i, i, 1, 1, 1 from n;
             insert into article_version (article_id, version, read_at, text_hash, title, lang, origin, meta, body)
                 select id, 1, 1, x'00', 't', 'en', 'page', '{{}}', 'body ' || id || hex(randomblob(600)) from article;
             insert into article_words (rowid, title, body) select id, 't', 'body word' || id from article;"
        ));
        bed
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn db(&self) -> PathBuf {
        self.path("w.db")
    }

    fn sql(&self, sql: &str) {
        let conn = Connection::open(self.db()).expect("a database");
        conn.busy_timeout(program::PATIENCE).expect("a timeout");
        conn.execute_batch(sql).expect("SQL");
    }

    fn store(&self, arguments: &[&str]) -> Output {
        let all: Vec<&str> = [&["store"], arguments].concat();
        program::wirewatch(&self.path("config.toml"), &all)
            .current_dir(self.dir.path())
            .output()
            .expect("it runs")
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.dir.path())
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    fn running(&self) -> program::Running {
        let config = self.path("config.toml");
        let mut daemon =
            program::Running::start(program::wirewatch(&config, &["run"]), &self.path("log"));
        daemon.until_said("running:");
        daemon
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn articles(path: &Path) -> i64 {
    let conn = Connection::open(path).expect("a database");
    conn.query_row("select count(*) from article", [], |row| row.get(0))
        .expect("a count")
}

/// Overwrites a page of the file in its middle.
fn damage(path: &Path) {
    let mut file = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .expect("a file");
    let pages = file.metadata().expect("a size").len() / 4096;
    let mut page = [0_u8; 4096];
    for number in pages / 3..pages / 3 + 20 {
        file.seek(SeekFrom::Start(number * 4096)).expect("a place");
        file.read_exact(&mut page).expect("a page");
        page.iter_mut().for_each(|byte| *byte ^= 0x5a);
        file.seek(SeekFrom::Start(number * 4096)).expect("a place");
        file.write_all(&page).expect("written");
    }
}

#[test]
fn a_backup_is_of_one_moment_while_others_write_and_is_one_file() {
    let bed = Bed::new(3_000);
    let mut daemon = bed.running();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Each transaction writes into both tables; a copy that is not of one moment would hold one without the other.
        scope.spawn(|| {
            let conn = Connection::open(bed.db()).expect("a database");
            conn.busy_timeout(program::PATIENCE).expect("a timeout");
            for number in 10_000.. {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let sql = format!(
                    "begin immediate;
                     insert into article (id, url, host, state, backlog, late, first_seen, sort_at)
                         values ({number}, 'x{number}', 'h', 'parked', 0, 0, 1, 1);
                     insert into near_miss values ('w', {number}, 'why', 1);
                     commit"
                );
                conn.execute_batch(&sql).expect("a commit");
            }
        });
        for round in 0..5 {
            let name = format!("b{round}.db");
            let made = bed.store(&["backup", &name, "--json"]);
            assert!(made.status.success(), "{}", err(&made));
            let told: Value = serde_json::from_str(&out(&made)).expect("JSON");
            let path = bed.path(&name);
            assert_eq!(told["bytes"], fs::metadata(&path).unwrap().len());
            assert!(!bed.path(&format!("{name}-wal")).exists());
            let conn = Connection::open(&path).unwrap();
            let apart: i64 = conn
                .query_row(
                    "select (select count(*) from article where id >= 10000) - (select count(*) from near_miss)",
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(apart, 0, "round {round}");
        }
        stop.store(true, Ordering::SeqCst);
    });
    assert!(daemon.has_not_ended());
    let check = bed.store(&["check", "--file", "b4.db"]);
    assert!(check.status.success(), "{}", out(&check));
}

#[test]
fn a_backup_replaces_nothing_unasked_and_never_the_database() {
    let bed = Bed::new(10);
    fs::write(bed.path("there.db"), "mine").unwrap();
    let made = bed.store(&["backup", "there.db"]);
    assert_eq!(made.status.code(), Some(1));
    assert!(err(&made).contains("--force"), "{}", err(&made));
    assert_eq!(fs::read(bed.path("there.db")).unwrap(), b"mine");
    let made = bed.store(&["backup", "there.db", "--force"]);
    assert!(made.status.success(), "{}", err(&made));
    assert!(out(&made).contains("schema 15"), "{}", out(&made));
    assert_eq!(articles(&bed.path("there.db")), 10);
    let made = bed.store(&["backup", "w.db", "--force"]);
    assert!(
        err(&made).contains("is the database itself"),
        "{}",
        err(&made)
    );
    let made = bed.store(&["backup", "-"]);
    assert!(err(&made).contains("store export"), "{}", err(&made));
    let made = bed.store(&["backup", "nowhere/b.db"]);
    assert_eq!(made.status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn strangers_cannot_read_a_backup() {
    use std::os::unix::fs::PermissionsExt;
    let bed = Bed::new(1);
    assert!(bed.store(&["backup", "b.db"]).status.success());
    let mode = fs::metadata(bed.path("b.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o007, 0, "{mode:o}");
}

#[test]
fn a_restored_backup_is_the_database_and_the_old_one_is_kept() {
    let bed = Bed::new(10);
    assert!(bed.store(&["backup", "b.db"]).status.success());
    bed.sql("delete from article_version; delete from article where id > 4");
    let restored = bed.store(&["restore", "b.db", "--json"]);
    assert!(restored.status.success(), "{}", err(&restored));
    let told: Value = serde_json::from_str(&out(&restored)).expect("JSON");
    let kept = PathBuf::from(told["kept_as"].as_str().expect("a path"));
    assert!(
        kept.to_string_lossy().contains("w.db.replaced-"),
        "{}",
        kept.display()
    );
    assert_eq!(articles(&kept), 4);
    assert_eq!(articles(&bed.db()), 10);
    assert!(bed.store(&["check"]).status.success());
    // The daemon starts on it, and writes to it beside commands again.
    let mut daemon = bed.running();
    let refused = bed.store(&["restore", "b.db"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("in use by wirewatch run"),
        "{}",
        err(&refused)
    );
    assert!(daemon.has_not_ended());
}

#[test]
fn only_a_sound_backup_of_this_or_an_older_version_is_restored() {
    let bed = Bed::new(2_000);
    assert!(bed.store(&["backup", "b.db"]).status.success());
    fs::write(
        bed.path("text.db"),
        "no database at all, but some text. ".repeat(99),
    )
    .unwrap();
    fs::write(bed.path("empty.db"), "").unwrap();
    Connection::open(bed.path("other.db"))
        .unwrap()
        .execute_batch("create table t (x)")
        .unwrap();
    fs::copy(bed.path("b.db"), bed.path("newer.db")).unwrap();
    Connection::open(bed.path("newer.db"))
        .unwrap()
        .execute_batch(
            "insert into refinery_schema_history values (99, 'x', '', '1');
             update program set version = '9.1.0', schema = 99",
        )
        .unwrap();
    fs::copy(bed.path("b.db"), bed.path("broken.db")).unwrap();
    damage(&bed.path("broken.db"));
    let before = fs::read(bed.db()).unwrap();
    for (name, why) in [
        ("text.db", "is damaged"),
        ("empty.db", "no backup"),
        ("missing.db", "no such file"),
        ("other.db", "another program"),
        ("newer.db", "wirewatch 9.1.0 or a later one"),
        ("broken.db", "broken.db is damaged"),
    ] {
        let refused = bed.store(&["restore", name]);
        assert_ne!(refused.status.code(), Some(0), "{name}");
        assert!(err(&refused).contains(why), "{name}: {}", err(&refused));
        assert_eq!(fs::read(bed.db()).unwrap(), before, "{name}");
    }
    let left: Vec<String> = bed
        .names()
        .into_iter()
        .filter(|name| name.contains("restored"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_old_backup_is_restored_and_updated_at_the_next_start() {
    let bed = Bed::new(1);
    let old = bed.path("old.db");
    let conn = Connection::open(&old).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in [
        "migrations/sqlite/0001_first.sql",
        "tests/fixtures/store/0001.sql",
    ] {
        conn.execute_batch(&fs::read_to_string(root.join(name)).unwrap())
            .unwrap();
    }
    drop(conn);
    let restored = bed.store(&["restore", "old.db"]);
    assert!(out(&restored).contains("schema 1\n"), "{}", out(&restored));
    let run = program::wirewatch(&bed.path("config.toml"), &["run", "--once"])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", err(&run));
    assert!(bed.path("w.db.before-v15").exists());
    assert_eq!(articles(&bed.db()), 3);
    let check = bed.store(&["check"]);
    assert!(check.status.success(), "{}", out(&check));
}

#[test]
fn a_check_names_the_damage_and_the_sizes() {
    let bed = Bed::new(3_000);
    let check = bed.store(&["check", "--json"]);
    assert!(check.status.success(), "{}", err(&check));
    let told: Value = serde_json::from_str(&out(&check)).expect("JSON");
    assert_eq!(told["damage"].as_array().map(Vec::len), Some(0));
    assert_eq!(told["tables"][0]["name"], "article_version");
    let sum: u64 = told["tables"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|table| table["bytes"].as_u64())
        .sum();
    let all = told["bytes"].as_u64().unwrap();
    assert!(sum <= all && sum * 10 > all * 9, "{sum} of {all}");

    bed.sql("pragma foreign_keys = off; insert into hit values ('w', 99999, 'v', 1, '[]', '[]', 1, 1, null)");
    let check = bed.store(&["check"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(
        out(&check).contains("1 rows of hit refer to rows of article"),
        "{}",
        out(&check)
    );
    bed.sql("delete from hit; delete from article_words where rowid = 7");
    let check = bed.store(&["check"]);
    assert!(
        out(&check).contains("1 articles are not in the search index"),
        "{}",
        out(&check)
    );
    bed.sql("insert into article_words (rowid, title) values (7, 't')");
    assert!(bed.store(&["check"]).status.success());

    bed.sql("pragma wal_checkpoint(truncate)");
    damage(&bed.db());
    let check = bed.store(&["check"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(out(&check).contains("is damaged"), "{}", out(&check));
    assert!(
        out(&check).contains("wirewatch store restore"),
        "{}",
        out(&check)
    );
    fs::write(bed.db(), "scribble ".repeat(2_000)).unwrap();
    let check = bed.store(&["check", "--json"]);
    assert_eq!(check.status.code(), Some(1));
    let told: Value = serde_json::from_str(&out(&check)).expect("JSON");
    assert!(
        told["damage"][0]
            .as_str()
            .unwrap()
            .contains("not a database"),
        "{told}"
    );
}

#[test]
fn optimising_gives_the_bytes_of_what_was_deleted_back() {
    let bed = Bed::new(3_000);
    bed.sql("delete from article_version; delete from article_words; delete from article");
    let optimised = bed.store(&["optimise", "--json"]);
    assert!(optimised.status.success(), "{}", err(&optimised));
    let told: Value = serde_json::from_str(&out(&optimised)).expect("JSON");
    let (before, after) = (
        told["before"].as_u64().unwrap(),
        told["after"].as_u64().unwrap(),
    );
    assert!(after * 5 < before, "{before} to {after}");
    assert!(fs::metadata(bed.db()).unwrap().len() <= after);
    assert!(bed.store(&["check"]).status.success());
}

/// `[store] backups` in the bed's config.
fn with_backups(bed: &Bed, keep: usize) {
    fs::write(
        bed.path("config.toml"),
        format!(
            "[store]\npath = \"w.db\"\nbackups = {{ folder = \"backups\", every = \"1h\", keep = {keep} }}\n[watch.a]\nmatch = '\"a\"'\n"
        ),
    )
    .expect("a config");
}

fn run_once(bed: &Bed) -> Output {
    program::wirewatch(&bed.path("config.toml"), &["run", "--once"])
        .output()
        .expect("it runs")
}

/// The backups of the schedule, oldest first.
fn backups(bed: &Bed) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(bed.path("backups")) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    found.sort();
    found
}

#[test]
fn backups_are_made_on_a_schedule_and_the_newest_are_kept() {
    let bed = Bed::new(20);
    with_backups(&bed, 2);
    assert!(run_once(&bed).status.success());
    let first = backups(&bed);
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(articles(&first[0]), 20);
    assert!(run_once(&bed).status.success());
    assert_eq!(backups(&bed), first, "the next is due in an hour");

    // As if they had been made before; one that a kill cut short, and a file that is nobody's business.
    fs::rename(&first[0], bed.path("backups/wirewatch-20200102T000000Z.db")).unwrap();
    fs::copy(
        bed.path("backups/wirewatch-20200102T000000Z.db"),
        bed.path("backups/wirewatch-20200101T000000Z.db"),
    )
    .unwrap();
    fs::write(
        bed.path("backups/wirewatch-20200103T000000Z.db.part"),
        "half",
    )
    .unwrap();
    fs::write(bed.path("backups/notes.txt"), "mine").unwrap();
    assert!(run_once(&bed).status.success());
    let names: Vec<String> = backups(&bed)
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(names[0], "notes.txt");
    assert_eq!(names[1], "wirewatch-20200102T000000Z.db");
    assert!(names[2].as_str() > "wirewatch-2026", "{names:?}");
}

#[test]
fn a_backup_that_cannot_be_written_stops_nothing() {
    let bed = Bed::new(1);
    with_backups(&bed, 2);
    fs::write(bed.path("backups"), "a file where the folder should be").unwrap();
    let run = run_once(&bed);
    assert!(run.status.success(), "{}", err(&run));
    assert!(err(&run).contains("no backup was made"), "{}", err(&run));
}

#[test]
fn mistakes_in_the_schedule_are_shown_where_they_stand() {
    let bed = Bed::new(1);
    for (backups, told) in [
        ("{ folder = \"b\", every = \"5m\" }", "too often"),
        ("{ folder = \"b\", keep = 0 }", "no backup would be left"),
        ("{ folder = \"\" }", "no folder is named"),
        ("{ every = \"1d\" }", "folder"),
        ("{ folder = \"b\", evry = \"1d\" }", "evry"),
    ] {
        let config =
            format!("[store]\npath = \"w.db\"\nbackups = {backups}\n[watch.a]\nmatch = '\"a\"'\n");
        fs::write(bed.path("config.toml"), config).unwrap();
        let check = program::wirewatch(&bed.path("config.toml"), &["check"])
            .output()
            .unwrap();
        assert_eq!(check.status.code(), Some(1), "{backups}");
        let said = format!("{}{}", out(&check), err(&check));
        assert!(
            said.contains(told) && said.contains("config.toml:3:"),
            "{backups}: {said}"
        );
    }
}

#[test]
fn damage_found_by_a_backup_stops_the_daemon_and_the_advice_works_as_it_is_written() {
    let bed = Bed::new(3_000);
    with_backups(&bed, 3);
    assert!(run_once(&bed).status.success());
    let good = backups(&bed).pop().unwrap();
    let old = bed.path("backups/wirewatch-20200101T000000Z.db");
    fs::rename(&good, &old).unwrap();
    // A newer backup that is damaged itself is not what is offered.
    fs::copy(&old, bed.path("backups/wirewatch-20200102T000000Z.db")).unwrap();
    damage(&bed.path("backups/wirewatch-20200102T000000Z.db"));
    bed.sql("pragma wal_checkpoint(truncate)");
    damage(&bed.db());
    let run = run_once(&bed);
    assert_eq!(run.status.code(), Some(3), "{}", err(&run));
    let told = err(&run);
    assert!(told.contains("w.db is damaged"), "{told}");
    assert!(
        told.contains(&format!("newest good backup is {}", old.display())),
        "{told}"
    );
    assert_eq!(
        backups(&bed).len(),
        2,
        "no damaged backup is kept, no good one goes"
    );

    let line = told
        .lines()
        .find(|line| line.starts_with("  wirewatch "))
        .expect("a command");
    let command = line
        .trim()
        .replacen("wirewatch", env!("CARGO_BIN_EXE_wirewatch"), 1);
    let restored = std::process::Command::new("sh")
        .args(["-c", &command])
        .output()
        .unwrap();
    assert!(restored.status.success(), "{command}: {}", err(&restored));
    assert!(
        bed.names()
            .iter()
            .any(|name| name.starts_with("w.db.damaged-")),
        "{:?}",
        bed.names()
    );
    let run = run_once(&bed);
    assert!(run.status.success(), "{}", err(&run));
    assert_eq!(articles(&bed.db()), 3_000);
}

#[test]
fn a_file_that_is_no_database_any_more_is_refused_by_daemon_and_commands_and_not_touched() {
    let bed = Bed::new(5);
    assert!(bed.store(&["backup", "b.db"]).status.success());
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(bed.path(&format!("w.db{end}")));
    }
    let scribble = "scribble ".repeat(4_000);
    fs::write(bed.db(), &scribble).unwrap();
    for arguments in [
        &["run", "--once"][..],
        &["run"],
        &["status"],
        &["search", "word"],
        &["alert", "list"],
    ] {
        let run = program::wirewatch(&bed.path("config.toml"), arguments)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(3), "{arguments:?}: {}", err(&run));
        assert!(err(&run).contains("is damaged"), "{}", err(&run));
        assert!(
            err(&run).contains("There is no good backup"),
            "{}",
            err(&run)
        );
        assert_eq!(fs::read(bed.db()).unwrap(), scribble.as_bytes());
    }
    let restored = bed.store(&["restore", "b.db"]);
    assert!(
        out(&restored).contains("w.db.damaged-"),
        "{}",
        err(&restored)
    );
    assert_eq!(articles(&bed.db()), 5);
}

#[test]
fn a_kill_while_a_backup_is_restored_leaves_the_old_database_or_the_new_one() {
    let bed = Bed::new(6_000);
    assert!(bed.store(&["backup", "b.db"]).status.success());
    bed.sql("delete from article_version; delete from article_words; delete from article where id > 5000");
    let begun = std::time::Instant::now();
    assert!(bed.store(&["restore", "b.db"]).status.success());
    let takes = begun.elapsed();
    let (mut old, mut new) = (0, 0);
    for round in 0..12 {
        bed.sql("delete from article_version; delete from article_words; delete from article where id > 5000");
        let config = bed.path("config.toml");
        let file = bed.path("b.db").display().to_string();
        let command = program::wirewatch(&config, &["store", "restore", &file]);
        let mut running = program::Running::start(command, &bed.path("log"));
        std::thread::sleep(takes * round / 11);
        running.kill();
        match articles(&bed.db()) {
            5_000 => old += 1,
            6_000 => new += 1,
            other => panic!("round {round}: {other} articles"),
        }
        let check = bed.store(&["check"]);
        let sound = check.status.success() || out(&check).contains("not in the search index");
        assert!(sound, "round {round}: {}", out(&check));
        assert!(
            bed.store(&["restore", "b.db"]).status.success(),
            "round {round}"
        );
    }
    assert!(old > 0, "{old} kills before the end, {new} behind it");
}
