//! `wirewatch store purge`: what was deleted is nowhere in the file any more, and does not come back.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use serde_json::Value;
use wirewatch::store::{OpenMode, Queries, SqliteStore};

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared by tests that need other parts of it")]
mod program;
#[path = "common/recorded_site.rs"]
mod recorded_site;
#[path = "common/stand_in.rs"]
#[allow(dead_code, reason = "shared by tests that need other parts of it")]
mod stand_in;

use recorded_site::{HTML, RSS, recorded_site};
use stand_in::StandIn;

/// Articles of the feed `/feed`.
const FIRST: &[&str] = &["alpha", "bravo", "charlie", "delta"];
/// Articles of the feed `/other`; one is of both.
const OTHER: &[&str] = &["charlie", "echo", "foxtrot"];

/// A site with two feeds, and a database that has read them.
struct Bed {
    dir: tempfile::TempDir,
    site: StandIn,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Bed {
    fn new() -> Self {
        let (site, asked) = recorded_site(|path, host, date| match path {
            "/feed" => Some((RSS, feed(host, date, FIRST))),
            "/other" => Some((RSS, feed(host, date, OTHER))),
            _ => Some((HTML, page(path.strip_prefix("/news/")?))),
        });
        let dir = tempfile::tempdir().expect("a folder");
        let addr = site.addr;
        let config = format!(
            "[store]\npath = \"w.db\"\nbackups = {{ folder = \"backups\", every = \"1h\" }}\n\
             [fetch]\nhost_delay = \"0s\"\nhost_parallel = 8\nallow = [\"{addr}\"]\n\
             [[feed]]\nurl = \"http://{addr}/feed\"\n[[feed]]\nurl = \"http://{addr}/other\"\n\
             [channel.desk]\nkind = \"file\"\npath = \"alerts.jsonl\"\n\
             [watch.quake]\nmatch = '\"earthquake\"'\n[watch.lone]\nmatch = '\"quokkadelta\"'\n\
             [digest.day]\nschedule = \"daily 07:00\"\nwatches = [\"*\"]\nchannels = [\"desk\"]\n"
        );
        fs::write(dir.path().join("config.toml"), config).expect("a config");
        let bed = Self { dir, site, asked };
        bed.run_once();
        // What the hosts' pages teach, and a digest that quotes it all.
        bed.sql("update digest_schedule set next_at = 1");
        bed.run_once();
        bed
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.site.addr)
    }

    fn sql(&self, sql: &str) {
        Connection::open(self.path("w.db"))
            .expect("a database")
            .execute_batch(sql)
            .expect("SQL");
    }

    fn count(&self, sql: &str) -> i64 {
        let conn = Connection::open(self.path("w.db")).expect("a database");
        conn.query_row(sql, [], |row| row.get(0)).expect("a number")
    }

    fn run_once(&self) {
        let run = program::wirewatch(&self.path("config.toml"), &["run", "--once", "--all"])
            .output()
            .expect("it runs");
        assert!(run.status.success(), "{}", err(&run));
    }

    fn store(&self, arguments: &[&str]) -> Output {
        let all: Vec<&str> = [&["store"], arguments].concat();
        program::wirewatch(&self.path("config.toml"), &all)
            .output()
            .expect("it runs")
    }

    /// Which of the articles have left anything in the bytes of a file: of title, text, quotation, address.
    fn in_bytes(&self, name: &str) -> BTreeSet<&'static str> {
        let bytes = fs::read(self.path(name))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let all = FIRST.iter().chain(OTHER).copied();
        all.filter(|name| {
            ["zebra", "quokka", "/news/"].iter().any(|start| {
                let word = format!("{start}{name}");
                memchr::memmem::find(&bytes, word.as_bytes()).is_some()
            })
        })
        .collect()
    }

    fn in_database(&self) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        for name in ["w.db", "w.db-wal", "w.db-shm", "w.db-journal"] {
            found.extend(self.in_bytes(name));
        }
        found
    }

    /// Pieces of the compressed texts and pages of an article, each of which no other article's have: much of the pages is
    /// the same.
    fn packed(&self, name: &str) -> Vec<Vec<u8>> {
        let own = self.blobs(&format!("article.url like '%/news/{name}'"));
        let others = self
            .blobs(&format!("article.url not like '%/news/{name}'"))
            .concat();
        assert!(own.len() >= 2, "{name}: body and page are packed");
        let piece = |blob: &Vec<u8>| {
            let mut pieces = blob.windows(24);
            let piece = pieces.find(|piece| memchr::memmem::find(&others, piece).is_none());
            piece.expect("something that is its own").to_vec()
        };
        own.iter().map(piece).collect()
    }

    fn blobs(&self, which: &str) -> Vec<Vec<u8>> {
        let conn = Connection::open(self.path("w.db")).expect("a database");
        let sql = format!(
            "select page from kept_page join article on article.id = article_id where {which} union all
             select body from article_version join article on article.id = article_id where {which}"
        );
        let mut statement = conn.prepare(&sql).expect("SQL");
        let blobs = statement
            .query_map([], |row| row.get::<_, Vec<u8>>(0))
            .expect("an answer");
        blobs.map(|blob| blob.expect("bytes")).collect()
    }

    fn holds(&self, piece: &[u8]) -> bool {
        ["w.db", "w.db-wal"].iter().any(|name| {
            let bytes = fs::read(self.path(name)).unwrap_or_default();
            memchr::memmem::find(&bytes, piece).is_some()
        })
    }

    fn is_sound(&self) {
        let check = self.store(&["check"]);
        assert!(
            check.status.success(),
            "{}",
            String::from_utf8_lossy(&check.stdout)
        );
    }
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", err(output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn feed(host: &str, date: &str, names: &[&str]) -> String {
    let items: String = names
        .iter()
        .map(|name| {
            format!(
                "<item><link>http://{host}/news/{name}</link><title>Zebra{name} tells of the coast</title>\
                 <description>Quokka{name} and the earthquake</description><pubDate>{date}</pubDate></item>"
            )
        })
        .collect();
    format!("<rss version='2.0'><channel><title>News</title>{items}</channel></rss>")
}

/// A page whose text is long enough to be stored compressed.
fn page(name: &str) -> String {
    let paragraphs: String = (1..8)
        .map(|number| {
            format!(
                "<p>Paragraph {number} says that quokka{name} felt the earthquake at the coast in the night, and that the \
                 boats of zebra{name} went out on day {number} as on every other day of the year.</p>"
            )
        })
        .collect();
    format!(
        "<html lang='en'><head><title>Zebra{name} tells of the coast</title></head><body><article>\
         <h1>Zebra{name} tells of the coast</h1>{paragraphs}</article></body></html>"
    )
}

fn all() -> BTreeSet<&'static str> {
    FIRST.iter().chain(OTHER).copied().collect()
}

fn all_but(gone: &[&str]) -> BTreeSet<&'static str> {
    all()
        .into_iter()
        .filter(|name| !gone.contains(name))
        .collect()
}

#[tokio::test]
async fn an_article_is_deleted_from_every_byte_of_the_file_and_does_not_come_back() {
    let bed = Bed::new();
    assert_eq!(bed.in_database(), all());
    assert_eq!(bed.count("select count(*) from digest"), 1);
    let pieces = bed.packed("bravo");
    assert!(pieces.iter().all(|piece| bed.holds(piece)));

    let would = json(&bed.store(&[
        "purge",
        "--url",
        &bed.url("/news/bravo"),
        "--dry-run",
        "--json",
    ]));
    assert_eq!(would["dry_run"], true);
    for (what, number) in [
        ("articles", 1),
        ("entries", 1),
        ("pages", 1),
        ("hits", 1),
        ("digests", 1),
    ] {
        assert_eq!(would["purged"][what], number, "{what}");
    }
    let asked = bed.store(&["purge", "--url", &bed.url("/news/bravo")]);
    assert_eq!(asked.status.code(), Some(1));
    assert!(err(&asked).contains("--yes"), "{}", err(&asked));
    assert_eq!(bed.in_database(), all(), "nobody has said yes");

    let did = json(&bed.store(&["purge", "--url", &bed.url("/news/bravo"), "--yes", "--json"]));
    assert_eq!(did["purged"], would["purged"]);
    assert_eq!(bed.in_database(), all_but(&["bravo"]));
    assert!(
        !pieces.iter().any(|piece| bed.holds(piece)),
        "packed texts and pages are gone"
    );
    bed.is_sound();

    // What is left is told as before.
    let store = SqliteStore::open(&bed.path("w.db"), OpenMode::ReadOnly).unwrap();
    let digest = store
        .closed_digest("day", None)
        .await
        .unwrap()
        .expect("it is kept");
    let told = serde_json::to_string(&digest).unwrap().to_lowercase();
    assert!(
        told.contains("zebraalpha") && !told.contains("bravo"),
        "{told}"
    );
    let alerts = serde_json::to_string(&store.alerts(Default::default()).await.unwrap()).unwrap();
    assert!(
        alerts.contains("/news/alpha") && !alerts.contains("bravo"),
        "{alerts}"
    );
    drop(store);

    // The feed still names it.
    bed.asked.lock().unwrap().clear();
    let backups = || {
        fs::read_dir(bed.path("backups"))
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
    };
    for old in backups() {
        assert!(
            bed.in_bytes(&old.display().to_string()).contains("bravo"),
            "an older backup holds it"
        );
        fs::remove_file(old).unwrap();
    }
    bed.run_once();
    let asked = bed.asked.lock().unwrap().clone();
    assert!(asked.contains(&"/feed".to_owned()), "{asked:?}");
    assert!(!asked.contains(&"/news/bravo".to_owned()), "{asked:?}");
    assert_eq!(bed.in_database(), all_but(&["bravo"]));
    for new in backups() {
        let held = bed.in_bytes(&new.display().to_string());
        assert_eq!(
            held,
            all_but(&["bravo"]),
            "the next backup does not hold it"
        );
    }
}

#[test]
fn an_alert_that_told_of_nothing_else_goes_whole_and_its_trail_says_so() {
    let bed = Bed::new();
    assert_eq!(
        bed.count("select count(*) from alert where watch = 'lone'"),
        1
    );
    let acked = program::wirewatch(&bed.path("config.toml"), &["alert", "ack", "a2", "a1"])
        .output()
        .unwrap();
    assert!(acked.status.success(), "{}", err(&acked));
    let did = json(&bed.store(&["purge", "--url", &bed.url("/news/delta"), "--yes", "--json"]));
    assert_eq!(did["purged"]["alerts"], 1);
    assert_eq!(
        bed.count("select count(*) from alert where watch = 'lone'"),
        0
    );
    assert_eq!(
        bed.count("select count(*) from audit"),
        2,
        "who has done something stays"
    );
    assert_eq!(
        bed.count("select count(*) from audit where object = 'an alert that was deleted'"),
        1
    );
    assert_eq!(bed.in_database(), all_but(&["delta"]));
    bed.is_sound();
    bed.run_once();
    assert_eq!(bed.in_database(), all_but(&["delta"]));
}

#[test]
fn a_feed_is_purged_but_for_what_another_one_named() {
    let bed = Bed::new();
    let unknown = bed.store(&["purge", "--feed", &bed.url("/nothing"), "--yes"]);
    assert!(err(&unknown).contains("knows no feed"), "{}", err(&unknown));
    let did = json(&bed.store(&["purge", "--feed", &bed.url("/other"), "--yes", "--json"]));
    assert_eq!(did["purged"]["articles"], 2);
    assert_eq!(did["purged"]["entries"], 3);
    assert_eq!(bed.in_database(), all_but(&["echo", "foxtrot"]));
    bed.is_sound();
    bed.run_once();
    assert_eq!(bed.in_database(), all_but(&["echo", "foxtrot"]));
    assert_eq!(bed.count("select count(*) from entry"), 4);
}

#[test]
fn all_before_a_day_is_purged() {
    let bed = Bed::new();
    let nothing = json(&bed.store(&["purge", "--before", "2020-01-31", "--json"]));
    assert_eq!(nothing["purged"]["articles"], 0);
    let wrong = bed.store(&["purge", "--before", "soon", "--yes"]);
    assert!(err(&wrong).contains("is no time"), "{}", err(&wrong));
    let did = bed.store(&["purge", "--before", "2199-01-01", "--yes"]);
    assert!(did.status.success(), "{}", err(&did));
    let told = String::from_utf8_lossy(&did.stdout).into_owned();
    assert!(
        told.starts_with("6 articles and 7 entries deleted"),
        "{told}"
    );
    assert!(
        told.contains("until the newest 7 were made after now"),
        "{told}"
    );
    assert_eq!(bed.in_database(), BTreeSet::new());
    for table in [
        "article",
        "entry",
        "hit",
        "alert",
        "story",
        "kept",
        "host_memory",
        "story_article",
    ] {
        assert_eq!(
            bed.count(&format!("select count(*) from {table}")),
            0,
            "{table}"
        );
    }
    bed.is_sound();
    bed.run_once();
    assert_eq!(bed.in_database(), BTreeSet::new());
}

#[test]
fn beside_a_daemon_only_the_preview_works() {
    let bed = Bed::new();
    let config = bed.path("config.toml");
    let mut daemon =
        program::Running::start(program::wirewatch(&config, &["run"]), &bed.path("log"));
    daemon.until_said("running:");
    let url = bed.url("/news/alpha");
    assert_eq!(
        json(&bed.store(&["purge", "--url", &url, "--dry-run", "--json"]))["purged"]["articles"],
        1
    );
    let refused = bed.store(&["purge", "--url", &url, "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("in use by wirewatch run"),
        "{}",
        err(&refused)
    );
    assert_eq!(bed.count("select count(*) from article"), 6);
}

#[test]
fn a_purge_that_was_killed_is_done_again_and_leaves_nothing() {
    let bed = Bed::new();
    let url = bed.url("/news/bravo");
    // The rows are deleted, and the file was not written anew: without `secure_delete` their bytes are still there.
    bed.sql(
        "pragma foreign_keys = off;
         create temp table going as select id from article where url like '%/news/bravo';
         delete from article_version where article_id in (select id from going);
         delete from article_words where rowid in (select id from going);
         delete from kept where article_id in (select id from going);
         delete from kept_page where article_id in (select id from going);
         delete from hit where article_id in (select id from going);
         update story_article set copy_of = null where copy_of in (select id from going);
         delete from story_article where article_id in (select id from going);
         delete from story_key where fingerprint_id in (select id from fingerprint where article_id in (select id from going));
         delete from fingerprint where article_id in (select id from going);
         delete from alert_article where article_id in (select id from going);
         delete from reread where article_id in (select id from going);
         update alert_event set article_id = (select article_id from alert_article as aa where aa.alert_id = alert_event.alert_id);
         update digest set digest = '{}';
         delete from host_memory;
         delete from entry where article_id in (select id from going);
         delete from article where id in (select id from going)",
    );
    assert!(bed.in_database().contains("bravo"));
    // A command that reads keeps the WAL from being cut, which is told.
    let reader = Connection::open(bed.path("w.db")).unwrap();
    reader
        .execute_batch("begin; select count(*) from feed")
        .unwrap();
    let _: i64 = reader
        .query_row("select count(*) from feed", [], |row| row.get(0))
        .unwrap();
    let did = bed.store(&["purge", "--url", &url, "--yes"]);
    assert_eq!(did.status.code(), Some(1));
    assert!(err(&did).contains("another command reads"), "{}", err(&did));
    drop(reader);
    let did = bed.store(&["purge", "--url", &url, "--yes"]);
    assert!(did.status.success(), "{}", err(&did));
    assert_eq!(bed.in_database(), all_but(&["bravo"]));
    bed.is_sound();
}
