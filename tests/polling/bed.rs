//! Feeds on a site that answers by script, and a pipeline whose clock is moved by hand.
//!
//! The pipeline is the program's own (store, fetcher, stages); only clock, chance and names are the test's.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use wirewatch::config::Config;
use wirewatch::daemon::Daemon;
use wirewatch::model::{FeedView, Lessee};
use wirewatch::pipeline::{self, Compute, Pipeline, Setup, poll::Polled};
use wirewatch::store::{FeedScope, OpenMode, Queries, SqliteStore, Store};
use wirewatch::world::{Clock, FixedRandom, ManualClock, MapResolver, World};

use crate::stand_in::{Asked, Reply, StandIn, header};

/// Answers by host and path: the first of a queue is taken, the last one stays.
type Script = Arc<Mutex<BTreeMap<String, VecDeque<Reply>>>>;

/// Everything one test needs; it is gone with the value.
pub struct Bed {
    pub dir: TempDir,
    pub site: StandIn,
    pub clock: Arc<ManualClock>,
    script: Script,
    daemon: Option<Daemon>,
    store: Option<Arc<SqliteStore>>,
}

/// When the clock of every bed begins: a Monday morning.
pub fn begin() -> Timestamp {
    at("2026-11-23T08:00:00Z")
}

pub fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

pub fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

pub fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

impl Bed {
    /// A bed whose config has these feeds: an address, and lines of its `[[feed]]` table if there are any.
    /// Every host name leads to the site; its answers are told with [`Bed::answers`].
    pub fn new(feeds: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        Self::over(dir, feeds)
    }

    /// The same in a folder that holds a database already.
    pub fn over(dir: TempDir, feeds: &[(&str, &str)]) -> Self {
        let script = Script::default();
        let shelf = Arc::clone(&script);
        let site = StandIn::start(move |asked| next_answer(&shelf, asked));
        let mut bed = Self {
            dir,
            site,
            clock: Arc::new(ManualClock::new(begin())),
            script,
            daemon: None,
            store: None,
        };
        bed.configure(feeds);
        bed
    }

    /// Writes another config; it is in force after [`Bed::restart`] or [`Bed::reload`].
    pub fn configure(&mut self, feeds: &[(&str, &str)]) {
        let mut config =
            "[store]\npath = \"w.db\"\n[fetch]\ncontact = \"mailto:ops@example.org\"\n\
             host_delay = \"0s\"\nhost_parallel = 8\nallow = [\"127.0.0.0/8\"]\n"
                .to_owned();
        for (url, more) in feeds {
            write!(config, "[[feed]]\nurl = \"{url}\"\n{more}\n").expect("a string");
        }
        std::fs::write(self.config_path(), config).expect("a file");
    }

    fn config_path(&self) -> PathBuf {
        self.dir.path().join("config.toml")
    }

    pub fn database(&self) -> PathBuf {
        self.dir.path().join("w.db")
    }

    /// Ends the process that has the database, as far as a test can, and starts another one.
    pub async fn restart(&mut self) {
        self.daemon = None;
        self.store = None;
        let name = "the polling tests".to_owned();
        let store = SqliteStore::open(&self.database(), OpenMode::Daemon { name });
        let store = Arc::new(store.expect("an open store"));
        let setup = self.setup();
        let pipeline = Pipeline::new(
            store.clone(),
            store.clone(),
            self.world(),
            Compute::new(2),
            |_| None,
            setup,
        );
        self.store = Some(store);
        let daemon = Daemon::new(pipeline, "the polling tests");
        daemon.sync(false).await.expect("a sync");
        self.daemon = Some(daemon);
    }

    /// Puts the config that was written last in force.
    pub async fn reload(&mut self) {
        let setup = self.setup();
        let daemon = self.daemon.as_ref().expect("it was started");
        daemon.pipeline.swap(setup);
        daemon.sync(true).await.expect("a sync");
    }

    fn setup(&self) -> Setup {
        let config = Config::load(&self.config_path()).expect("a config");
        Setup::new(config, &self.world(), &|_| None).expect("a setup")
    }

    fn world(&self) -> World {
        World {
            clock: self.clock.clone(),
            resolver: Arc::new(MapResolver::all_to(self.site.addr)),
            random: Arc::new(FixedRandom(0.5)),
        }
    }

    /// Tells what an address answers: one after the other, the last one for good.
    pub fn answers(&self, url: &str, replies: impl IntoIterator<Item = Reply>) {
        let mut script = self.script.lock().expect("the script");
        let key = without_scheme(url).to_owned();
        script.insert(key, replies.into_iter().collect());
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock and polls what is due then.
    pub async fn poll_at(&mut self, time: Timestamp) -> Vec<Polled> {
        self.clock.advance(time.duration_since(self.now()));
        self.poll_due().await
    }

    /// Moves the clock by so much and polls what is due then.
    pub async fn poll_after(&mut self, wait: SignedDuration) -> Vec<Polled> {
        self.clock.advance(wait);
        self.poll_due().await
    }

    /// Polls what is due now.
    pub async fn poll_due(&mut self) -> Vec<Polled> {
        self.claim_and_poll(FeedScope::Due).await
    }

    /// Moves the clock to the time at which the feed is due next, and polls.
    pub async fn poll_next(&mut self, url: &str) -> Vec<Polled> {
        let due = self.feed(url).await.next_poll.expect("it is polled");
        let time = due.max(self.now());
        self.poll_at(time).await
    }

    /// Claims and polls until there is nothing left.
    pub async fn claim_and_poll(&mut self, scope: FeedScope) -> Vec<Polled> {
        if self.daemon.is_none() {
            self.restart().await;
        }
        let pipeline = &self.daemon.as_ref().expect("it was started").pipeline;
        let lessee = self.lessee();
        let mut polled = Vec::new();
        loop {
            let claims = pipeline.store.claim_feeds(&lessee, scope, 64, 64, &[]);
            let claims = claims.await.expect("claims");
            if claims.is_empty() {
                return polled;
            }
            for claim in claims {
                let (result, committed) = pipeline::poll::work(pipeline, claim)
                    .await
                    .expect("a commit");
                assert!(committed.is_done(), "nobody else polls");
                polled.push(result);
            }
        }
    }

    /// Claims without polling; gives how many there were.
    pub async fn claimed(&self, limit: usize, per_host: usize) -> usize {
        let store = self.store.as_ref().expect("it was started");
        let lessee = self.lessee();
        let claims = store.claim_feeds(&lessee, FeedScope::Due, limit, per_host, &[]);
        claims.await.expect("claims").len()
    }

    fn lessee(&self) -> Lessee {
        Lessee {
            name: "the polling tests".to_owned(),
            now: self.now(),
            hold: minutes(2),
        }
    }

    /// A feed as `feed list` shows it.
    pub async fn feed(&self, url: &str) -> FeedView {
        let store = self.store.as_ref().expect("it was started");
        let feeds = store.feeds().await.expect("the feeds");
        let found = feeds.into_iter().find(|feed| feed.url == url);
        found.unwrap_or_else(|| panic!("{url} is not stored"))
    }

    /// Time until the feed is due again.
    pub async fn wait(&self, url: &str) -> SignedDuration {
        let due = self.feed(url).await.next_poll.expect("it is polled");
        due.duration_since(self.now())
    }

    /// The requests for an address so far.
    pub fn asked(&self, url: &str) -> Vec<Asked> {
        let wanted = without_scheme(url);
        let asked = self.site.asked().into_iter().map(|(asked, _)| asked);
        asked.filter(|asked| address(asked) == wanted).collect()
    }

    /// How many of them there are.
    pub fn count(&self, url: &str) -> usize {
        self.asked(url).len()
    }

    /// One value out of the database, as text.
    pub fn value(&self, sql: &str) -> String {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let db = Connection::open_with_flags(self.database(), flags).expect("a database");
        let value: rusqlite::types::Value =
            db.query_row(sql, [], |row| row.get(0)).expect("a value");
        match value {
            rusqlite::types::Value::Null => String::new(),
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Real(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Blob(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Changes the database behind the program's back.
    pub fn change(&self, sql: &str) {
        let db = Connection::open(self.database()).expect("a database");
        db.execute_batch(sql).expect("a change");
    }
}

fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

fn address(asked: &Asked) -> String {
    format!("{}{}", header(asked, "host"), asked.uri())
}

fn next_answer(script: &Script, asked: &Asked) -> Reply {
    let mut script = script.lock().expect("the script");
    let Some(replies) = script.get_mut(&address(asked)) else {
        return Reply::status(404);
    };
    let last = replies.len() <= 1;
    let reply = if last {
        replies.front().cloned()
    } else {
        replies.pop_front()
    };
    let reply = reply.unwrap_or_else(|| Reply::status(404));
    not_modified(asked, &reply).unwrap_or(reply)
}

/// 304 for who has it already, as servers do it.
fn not_modified(asked: &Asked, reply: &Reply) -> Option<Reply> {
    let value = |name: &str| {
        let found = reply.headers.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.as_str())
    };
    let etag = value("etag").filter(|_| reply.status == 200)?;
    let known = header(asked, "if-none-match") == etag;
    known.then(|| Reply {
        status: 304,
        body: Vec::new(),
        ..reply.clone()
    })
}

/// An answer with headers and a body.
pub fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
    let headers = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    Reply {
        status,
        headers: headers.collect(),
        body: body.as_bytes().to_vec(),
        ..Reply::default()
    }
}

/// 200 with these headers and a body.
pub fn ok(headers: &[(&'static str, &str)], body: &str) -> Reply {
    reply(200, headers, body)
}

/// An RSS document with these entries, each with a date if one is given, and with `more` in its channel.
pub fn rss(more: &str, entries: &[(&str, Option<Timestamp>)]) -> String {
    let mut text =
        format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Wire</title>{more}");
    for (name, published) in entries {
        write!(
            text,
            "<item><guid isPermaLink=\"false\">{name}</guid><title>Title of {name}</title>\
             <link>https://pages.example/{name}</link><description>About {name}.</description>"
        )
        .expect("a string");
        if let Some(published) = published {
            let date = published.strftime("%a, %d %b %Y %H:%M:%S +0000");
            write!(text, "<pubDate>{date}</pubDate>").expect("a string");
        }
        text.push_str("</item>");
    }
    text.push_str("</channel></rss>");
    text
}

/// An RSS document with undated entries.
pub fn plain(names: &[&str]) -> String {
    let entries: Vec<_> = names.iter().map(|name| (*name, None)).collect();
    rss("", &entries)
}
