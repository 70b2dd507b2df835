//! The daemon on a clock that is moved by hand, and a network that can be switched off.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use wirewatch::config::Config;
use wirewatch::daemon::{Daemon, Mode};
use wirewatch::model::Lessee;
use wirewatch::pipeline::{self, Compute, Pipeline, Setup, poll::Polled};
use wirewatch::store::{FeedScope, OpenMode, SqliteStore};
use wirewatch::world::{Clock, ManualClock, Random, Resolver, World};

use crate::program_bed::gibberish;
use crate::stand_in::{Asked, Reply, StandIn, header};

pub fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

pub fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

pub fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// The state of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    Up,
    /// Names are not found.
    NoNames,
    /// Names are known, and nobody is there.
    NoRoute,
}

/// Every name leads to the site while the network is up.
pub struct Switch {
    network: Mutex<Network>,
    site: SocketAddr,
    /// A port at which nobody listens.
    nobody: SocketAddr,
    asked: AtomicUsize,
}

#[async_trait]
impl Resolver for Switch {
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<SocketAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match *self.network.lock().expect("the switch") {
            Network::Up => Ok(vec![self.site]),
            Network::NoRoute => Ok(vec![self.nobody]),
            Network::NoNames => Err(std::io::Error::other(format!(
                "temporary failure in name resolution of {host}"
            ))),
        }
    }
}

/// Chance that is the same in every run.
struct Seeded(Mutex<StdRng>);

impl Random for Seeded {
    fn fraction(&self) -> f64 {
        self.0.lock().expect("chance").random()
    }
}

/// What the site has published and was asked.
#[derive(Default)]
struct Shelf {
    /// Items of each feed, by its address.
    items: Mutex<BTreeMap<String, Vec<String>>>,
    published: AtomicU64,
    /// Host and time of each request.
    asked: Mutex<Vec<(Timestamp, String)>>,
}

/// Everything one test needs.
pub struct Bed {
    pub dir: tempfile::TempDir,
    pub clock: Arc<ManualClock>,
    pub daemon: Daemon,
    pub feeds: Vec<String>,
    switch: Arc<Switch>,
    shelf: Arc<Shelf>,
    _site: StandIn,
}

impl Bed {
    /// So many feeds on each of so many hosts at a time of the clock; `more` stands at the end of the config.
    pub async fn new(hosts: usize, feeds_of_each: usize, begin: &str, more: &str) -> Self {
        let clock = Arc::new(ManualClock::new(at(begin)));
        let shelf = Arc::new(Shelf::default());
        let (shown, time) = (Arc::clone(&shelf), Arc::clone(&clock));
        let site = StandIn::start(move |asked| answer(&shown, time.now(), asked));
        let feeds: Vec<String> = (0..hosts)
            .flat_map(|host| {
                (0..feeds_of_each).map(move |feed| format!("http://news{host}.example/{feed}"))
            })
            .collect();
        let dir = tempfile::tempdir().expect("a folder");
        let mut config =
            "[store]\npath = \"w.db\"\nfree_bytes_min = 0\n[fetch]\ncontact = \"mailto:ops@example.org\"\n\
             host_delay = \"0s\"\nallow = [\"127.0.0.0/8\"]\n[watch.meteor]\nmatch = '\"meteor\"'\n\
             [channel.desk]\nkind = \"file\"\npath = \"alerts.jsonl\"\n"
                .to_owned();
        for url in &feeds {
            write!(config, "[[feed]]\nurl = \"{url}\"\nlang = \"en\"\n").expect("a string");
        }
        config.push_str(more);
        std::fs::write(dir.path().join("config.toml"), config).expect("a file");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let switch = Arc::new(Switch {
            network: Mutex::new(Network::Up),
            site: site.addr,
            nobody: listener.local_addr().expect("an address"),
            asked: AtomicUsize::new(0),
        });
        drop(listener);
        let daemon = open(&dir, &clock, &switch);
        daemon.sync(false).await.expect("a sync");
        Self {
            dir,
            clock,
            daemon,
            feeds,
            switch,
            shelf,
            _site: site,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn set_network(&self, network: Network) {
        *self.switch.network.lock().expect("the switch") = network;
    }

    /// How often a name was looked up.
    pub fn lookups(&self) -> usize {
        self.switch.asked.load(Ordering::SeqCst)
    }

    /// Publishes one entry about a meteor in a feed; its story is like no other.
    pub fn publish(&self, url: &str) {
        let number = self.shelf.published.fetch_add(1, Ordering::SeqCst);
        let words = gibberish(&number.to_string(), 40);
        let date = self.now().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let item = format!(
            "<item><guid isPermaLink=\"false\">{number}</guid><title>{} meteor {}</title>\
             <description>{words}</description><pubDate>{date}</pubDate></item>",
            &words[..20],
            &words[21..41]
        );
        let mut items = self.shelf.items.lock().expect("the items");
        items.entry(url.to_owned()).or_default().push(item);
    }

    pub fn published(&self) -> i64 {
        i64::try_from(self.shelf.published.load(Ordering::SeqCst)).expect("a small number")
    }

    /// Requests since a time: when, and to which host.
    pub fn asked_since(&self, since: Timestamp) -> Vec<(Timestamp, String)> {
        let asked = self.shelf.asked.lock().expect("the log");
        let later = asked.iter().filter(|(time, _)| *time >= since);
        later.cloned().collect()
    }

    /// One pass over what is due, through to the last delivery.
    pub async fn pass(&self) {
        let pass = self.daemon.run(Mode::Once { all: false });
        pass.await.expect("it ends well");
    }

    /// Polls what is due, and nothing else. Answers with how many answered, and how many failed.
    pub async fn poll_due(&self) -> (usize, usize) {
        let pipeline = &self.daemon.pipeline;
        let (mut well, mut failed) = (0, 0);
        loop {
            let lessee = self.lessee();
            let store = &pipeline.store;
            let claims = store.claim_feeds(&lessee, FeedScope::Due, 64, 64, &[]);
            let claims = claims.await.expect("claims");
            if claims.is_empty() {
                return (well, failed);
            }
            for claim in claims {
                let (polled, committed) = pipeline::poll::work(pipeline, claim)
                    .await
                    .expect("a commit");
                assert!(committed.is_done(), "nobody else polls");
                match polled {
                    Polled::Failed => failed += 1,
                    _ => well += 1,
                }
            }
        }
    }

    /// Claims feeds that are due, without polling them; answers with how many there were.
    pub async fn claim_feeds(&self, limit: usize) -> usize {
        let (store, lessee) = (&self.daemon.pipeline.store, self.lessee());
        let claims = store.claim_feeds(&lessee, FeedScope::Due, limit, limit, &[]);
        claims.await.expect("claims").len()
    }

    /// The same with articles that are to be read.
    pub async fn claim_articles(&self) -> usize {
        let (store, lessee) = (&self.daemon.pipeline.store, self.lessee());
        let claims = store.claim_wanted(&lessee, 64, 64, &[]);
        claims.await.expect("claims").len()
    }

    fn lessee(&self) -> Lessee {
        Lessee {
            name: NAME.to_owned(),
            now: self.now(),
            hold: minutes(2),
        }
    }

    /// One number out of the database.
    pub fn count(&self, sql: &str) -> i64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let path = self.dir.path().join("w.db");
        let db = Connection::open_with_flags(path, flags).expect("a database");
        db.query_row(sql, [], |row| row.get(0)).expect("a number")
    }

    /// What the channel was told of a kind (`new`, `digest`, `health`).
    pub fn told(&self, kind: &str) -> Vec<Value> {
        let lines =
            std::fs::read_to_string(self.dir.path().join("alerts.jsonl")).unwrap_or_default();
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines.filter(|told| told["kind"] == kind).collect()
    }
}

const NAME: &str = "the test of faults";

fn open(dir: &tempfile::TempDir, clock: &Arc<ManualClock>, switch: &Arc<Switch>) -> Daemon {
    let world = World {
        clock: clock.clone(),
        resolver: switch.clone(),
        random: Arc::new(Seeded(Mutex::new(StdRng::seed_from_u64(7)))),
    };
    let config = Config::load(&dir.path().join("config.toml")).expect("a config");
    let setup = Setup::new(config, &world, &|_| None).expect("a setup");
    let name = NAME.to_owned();
    let store = SqliteStore::open(&dir.path().join("w.db"), OpenMode::Daemon { name });
    let store = Arc::new(store.expect("an open store"));
    let compute = Compute::new(2);
    let pipeline = Pipeline::new(store.clone(), store, world, compute, |_| None, setup);
    Daemon::new(pipeline, NAME)
}

fn answer(shelf: &Shelf, now: Timestamp, asked: &Asked) -> Reply {
    let host = header(asked, "host").to_owned();
    let url = format!("http://{host}{}", asked.uri().path());
    shelf.asked.lock().expect("the log").push((now, host));
    let items = shelf.items.lock().expect("the items");
    let items = items.get(&url).map(|items| items.concat());
    let text = format!(
        "<rss version=\"2.0\"><channel><title>Sky</title>{}</channel></rss>",
        items.unwrap_or_default()
    );
    Reply {
        headers: vec![
            ("content-type", "application/rss+xml".to_owned()),
            // A connection that is kept open would outlive the network.
            ("connection", "close".to_owned()),
        ],
        body: text.into_bytes(),
        ..Reply::status(200)
    }
}
