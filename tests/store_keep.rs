//! How long things are kept, as feeds and watches say; and what happens when the disk is nearly full.

use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;

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

const DAY_MS: i64 = 86_400_000;

/// A site with the feeds `/short`, `/long` and `/plain`; each has one article with its own name, one with `flood` in it, one
/// with `storm`.
struct Bed {
    dir: tempfile::TempDir,
    site: StandIn,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Bed {
    fn new() -> Self {
        let (site, asked) = recorded_site(|path, host, date| {
            Some(match path.strip_prefix("/news/") {
                Some(name) => (HTML, page(name)),
                None => (RSS, feed(host, date, &path[1..])),
            })
        });
        let dir = tempfile::tempdir().expect("a temporary folder");
        Self { dir, site, asked }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes the config: what stands in `[store]`, `[keep]`, and of each feed and watch.
    fn configure(&self, said: &[(&str, &str)]) {
        let addr = self.site.addr;
        let of = |what: &str| {
            said.iter()
                .find(|(name, _)| *name == what)
                .map_or("", |(_, text)| *text)
        };
        let mut config = format!(
            "[store]\npath = \"w.db\"\n{}\n[keep]\nbodies = \"90d\"\npages = \"30d\"\n{}\n\
             [fetch]\nhost_delay = \"0s\"\nhost_parallel = 8\nallow = [\"{addr}\"]\n\
             [channel.desk]\nkind = \"file\"\npath = \"alerts.jsonl\"\n",
            of("store"),
            of("keep")
        );
        for feed in ["short", "long", "plain"] {
            config.push_str(&format!(
                "[[feed]]\nurl = \"http://{addr}/{feed}\"\n{}\n",
                of(feed)
            ));
        }
        for watch in ["flood", "storm"] {
            config.push_str(&format!(
                "[watch.{watch}]\nmatch = '\"{watch}\"'\n{}\n",
                of(watch)
            ));
        }
        fs::write(self.path("config.toml"), config).expect("a config");
    }

    fn command(&self, arguments: &[&str]) -> Output {
        program::wirewatch(&self.path("config.toml"), arguments)
            .output()
            .expect("it runs")
    }

    fn run_once(&self) -> String {
        let run = self.command(&["run", "--once", "--all"]);
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.success(), "{told}");
        told
    }

    fn sql(&self, sql: &str) {
        Connection::open(self.path("w.db"))
            .expect("a database")
            .execute_batch(sql)
            .expect("SQL");
    }

    fn names(&self, sql: &str) -> Vec<String> {
        let conn = Connection::open(self.path("w.db")).expect("a database");
        let mut statement = conn.prepare(sql).expect("SQL");
        let names = statement
            .query_map([], |row| row.get::<_, String>(0))
            .expect("an answer");
        let mut names: Vec<String> = names
            .map(|name| {
                let name = name.expect("a text");
                name.rsplit_once("/news/")
                    .map_or(name.clone(), |(_, end)| end.to_owned())
            })
            .collect();
        names.sort();
        names
    }

    fn bodies(&self) -> Vec<String> {
        self.names("select url from article where has_body = 1")
    }

    fn pages(&self) -> Vec<String> {
        self.names("select url from article join kept on kept.article_id = article.id")
    }

    /// Nothing hangs in the air.
    fn assert_sound(&self) {
        let check = self.command(&["store", "check"]);
        let told = String::from_utf8_lossy(&check.stdout);
        assert!(check.status.success(), "{told}");
    }

    /// Everything is so many days older.
    fn age(&self, days: i64) {
        let by = days * DAY_MS;
        self.sql(&format!(
            "update article set first_seen = first_seen - {by}; update kept set fetched_at = fetched_at - {by};
             update alert set updated_at = updated_at - {by}; update hit set at = at - {by};
             update digest set closed_at = closed_at - {by}"
        ));
    }
}

fn feed(host: &str, date: &str, name: &str) -> String {
    let items: String = [name.to_owned(), format!("{name}-flood"), format!("{name}-storm")]
        .iter()
        .map(|name| {
            format!("<item><link>http://{host}/news/{name}</link><title>News of {name}</title><pubDate>{date}</pubDate></item>")
        })
        .collect();
    format!("<rss version='2.0'><channel><title>News</title>{items}</channel></rss>")
}

fn page(name: &str) -> String {
    let words = name.replace('-', " and ");
    let paragraphs: String = (1..6)
        .map(|number| {
            format!("<p>Sentence {number} of the report says what people at the coast knew of {words} on that day, and what they did.</p>")
        })
        .collect();
    format!(
        "<html lang='en'><head><title>News of {words}</title></head><body><article><h1>News of {words}</h1>{paragraphs}</article></body></html>"
    )
}

fn all_of(feeds: &[&str], ends: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = feeds
        .iter()
        .flat_map(|feed| ends.iter().map(move |end| format!("{feed}{end}")))
        .collect();
    names.sort();
    names
}

#[test]
fn feeds_and_watches_say_how_long_what_they_bring_is_kept() {
    let bed = Bed::new();
    bed.configure(&[
        ("short", "keep = { bodies = \"10d\", pages = \"off\" }"),
        ("long", "keep = { bodies = \"365d\", pages = \"60d\" }"),
        ("flood", "keep = { bodies = \"20d\", pages = \"50d\" }"),
    ]);
    bed.run_once();
    let ends = ["", "-flood", "-storm"];
    let every = ["long", "plain", "short"];
    assert_eq!(bed.bodies(), all_of(&every, &ends));
    // "off" of a feed: but the watch asks for the page of what it has hit.
    let mut pages = [
        all_of(&["long", "plain"], &ends),
        all_of(&["short"], &["-flood"]),
    ]
    .concat();
    pages.sort();
    assert_eq!(bed.pages(), pages);

    bed.age(15);
    bed.run_once();
    let mut bodies = [
        all_of(&["long", "plain"], &ends),
        all_of(&["short"], &["-flood", "-storm"]),
    ]
    .concat();
    bodies.sort();
    assert_eq!(bed.bodies(), bodies, "after 15 days");
    assert_eq!(bed.pages(), pages, "after 15 days");

    bed.age(25);
    bed.run_once();
    let mut bodies = [
        all_of(&["long", "plain"], &["", "-storm"]),
        all_of(&["short"], &["-storm"]),
    ]
    .concat();
    bodies.sort();
    assert_eq!(bed.bodies(), bodies, "after 40 days: the watch says 20");
    let mut pages = [
        all_of(&["long"], &ends),
        all_of(&["plain", "short"], &["-flood"]),
    ]
    .concat();
    pages.sort();
    assert_eq!(bed.pages(), pages, "after 40 days");

    bed.age(60);
    bed.run_once();
    let mut bodies = [
        all_of(&["long"], &["", "-storm"]),
        all_of(&["plain", "short"], &["-storm"]),
    ]
    .concat();
    bodies.sort();
    assert_eq!(bed.bodies(), bodies, "after 100 days");
    assert!(bed.pages().is_empty());

    bed.age(10_000);
    bed.run_once();
    assert_eq!(
        bed.bodies(),
        all_of(&every, &["-storm"]),
        "what a watch has hit that says nothing stays for ever"
    );
    bed.assert_sound();
}

#[test]
fn alerts_stay_for_ever_unless_it_is_said_for_how_long() {
    let bed = Bed::new();
    bed.configure(&[]);
    bed.run_once();
    let alerts = bed.names("select watch from alert").len();
    assert!(alerts >= 2, "{alerts}");
    bed.age(4_000);
    bed.run_once();
    assert_eq!(bed.names("select watch from alert").len(), alerts);
    bed.configure(&[("keep", "alerts = \"5y\"")]);
    // One of them has changed of late.
    bed.sql("update alert set updated_at = updated_at + 3900 * 86400000 where watch = 'storm'");
    bed.run_once();
    assert!(
        bed.names("select watch from alert")
            .iter()
            .all(|watch| watch == "storm")
    );
    assert!(
        bed.names("select watch from hit")
            .iter()
            .all(|watch| watch == "storm")
    );
    assert_eq!(bed.names("select watch from hit").len(), 3);
    assert!(
        bed.bodies().iter().all(|name| name.ends_with("-storm")),
        "{:?}",
        bed.bodies()
    );
    bed.assert_sound();
}

#[test]
fn mistakes_are_shown_where_they_stand() {
    let bed = Bed::new();
    for (what, text, told) in [
        ("short", "keep = { bodies = \"soon\" }", "no length of time"),
        ("short", "keep = { body = \"3d\" }", "body"),
        ("flood", "keep = { pages = 3 }", "keep"),
        ("keep", "alerts = \"3d\"", "too short for alerts"),
        ("store", "free_bytes_min = \"much\"", "number of bytes"),
    ] {
        bed.configure(&[(what, text)]);
        let check = bed.command(&["check"]);
        let said = [check.stdout, check.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(check.status.code(), Some(1), "{text}");
        assert!(said.contains(told), "{text}: {said}");
    }
}

#[test]
fn on_a_disk_that_is_nearly_full_nothing_is_read_and_what_was_read_is_told() {
    let bed = Bed::new();
    bed.configure(&[("store", "free_bytes_min = \"9000 TB\"")]);
    let told = bed.run_once();
    assert!(told.contains("disk is nearly full"), "{told}");
    assert_eq!(
        bed.asked
            .lock()
            .unwrap()
            .iter()
            .filter(|path| path.starts_with("/news/"))
            .count(),
        0
    );
    assert_eq!(
        bed.names("select url from article where state = 'wanted'")
            .len(),
        9,
        "they wait"
    );

    // One was read before the disk filled, and is judged and told now.
    bed.sql(
        "update article set state = 'read', version = 1, has_body = 1 where url like '%/plain-flood';
         insert into article_version (article_id, version, read_at, text_hash, title, lang, origin, meta, body)
             select id, 1, 1, x'00', 'The flood', 'en', 'page', '{}', 'The flood came at night.' from article where state = 'read'",
    );
    let config = bed.path("config.toml");
    let mut daemon =
        program::Running::start(program::wirewatch(&config, &["run"]), &bed.path("log"));
    program::until("the alert is told", || {
        fs::read_to_string(bed.path("alerts.jsonl")).is_ok_and(|alerts| alerts.contains("flood"))
    });
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert_eq!(
        daemon.said().matches("disk is nearly full").count(),
        1,
        "{}",
        daemon.said()
    );
    assert_eq!(
        bed.names("select url from article where state = 'wanted'")
            .len(),
        8
    );

    // There is room again.
    bed.configure(&[("store", "free_bytes_min = 0")]);
    daemon.until_said("has room again");
    program::until("the rest is read", || {
        bed.names("select url from article where state = 'wanted'")
            .is_empty()
    });
    assert_eq!(
        daemon.said().matches("has room again").count(),
        1,
        "{}",
        daemon.said()
    );
}
