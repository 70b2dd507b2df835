//! A channel that is down for a day: what waits for it goes out in order when it is back, nothing is lost or sent twice, and
//! the other channel's deliveries are as quick as before, while it is down and while it drains.
//!
//! The daemon, its store and its sockets are real; its clock is the machine's, moved on by an hour 24 times. The long form has
//! 10,000 deliveries waiting: `WIREWATCH_WAITING=10000 WIREWATCH_RATE=50 cargo test --release --test outage -- --nocapture`.

mod common {
    pub mod made_words;
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub mod stand_in;
}

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::made_words::words;
use common::stand_in::{Asked, Reply, StandIn, header};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags};
use wirewatch::config::Config;
use wirewatch::daemon::{Daemon, Mode};
use wirewatch::pipeline::{Compute, Pipeline, Setup};
use wirewatch::store::{OpenMode, SqliteStore};
use wirewatch::world::{Clock, World};

const FEEDS: u64 = 20;

/// Hours that the channel is down.
const HOURS: u64 = 24;

/// Entries in a feed: more than come between two polls.
const WINDOW: usize = 40;

/// Longest time for anything.
const PATIENCE: Duration = Duration::from_secs(900);

/// The machine's clock, moved on by hand.
#[derive(Default)]
struct MovedClock(AtomicI64);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.0.load(Ordering::SeqCst));
        World::real().clock.now() + ahead
    }
}

/// What a receiver has taken: the key, and when. In order.
type Taken = Arc<Mutex<Vec<(String, Timestamp)>>>;

/// The site: feeds that bring as many articles as were published.
struct Press {
    clock: Arc<MovedClock>,
    /// The items of each feed.
    feeds: Mutex<Vec<Vec<String>>>,
    published: AtomicU64,
}

impl Press {
    /// Publishes so many more articles, through the feeds in turn.
    fn publish(&self, count: u64) {
        let date = self.clock.now().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let mut feeds = self.feeds.lock().expect("the feeds");
        for _ in 0..count {
            let number = self.published.fetch_add(1, Ordering::SeqCst);
            let words = words(number);
            let title = format!("{} meteor {}", &words[..20], &words[21..41]);
            let at = usize::try_from(number % FEEDS).expect("a small number");
            feeds[at].push(format!(
                "<item><title>{title}</title><guid isPermaLink=\"false\">{number}</guid><pubDate>{date}</pubDate>\
                 <description>{words}</description></item>"
            ));
        }
    }

    fn count(&self) -> usize {
        usize::try_from(self.published.load(Ordering::SeqCst)).expect("a small number")
    }

    fn answer(&self, asked: &Asked) -> Reply {
        let feed = asked.uri().path().trim_start_matches('/');
        let feed: usize = feed.parse().expect("a feed's number");
        let feeds = self.feeds.lock().expect("the feeds");
        let shown = &feeds[feed][feeds[feed].len().saturating_sub(WINDOW)..];
        let items = shown.concat();
        let text =
            format!("<rss version=\"2.0\"><channel><title>Sky</title>{items}</channel></rss>");
        Reply {
            headers: vec![("content-type", "application/rss+xml".to_owned())],
            body: text.into_bytes(),
            ..Reply::status(200)
        }
    }
}

/// A receiver of webhooks that keeps what it took.
fn receiver(clock: &Arc<MovedClock>, is_up: &Arc<AtomicBool>) -> (StandIn, Taken) {
    let taken = Taken::default();
    let (kept, clock, is_up) = (Arc::clone(&taken), Arc::clone(clock), Arc::clone(is_up));
    let server = StandIn::start(move |asked| {
        if !is_up.load(Ordering::SeqCst) {
            return Reply::status(503);
        }
        let key = header(asked, "webhook-id").to_owned();
        kept.lock().expect("the log").push((key, clock.now()));
        Reply::status(200)
    });
    (server, taken)
}

struct Bed {
    dir: tempfile::TempDir,
    clock: Arc<MovedClock>,
    press: Arc<Press>,
    is_up: Arc<AtomicBool>,
    /// What the channel that will be down has taken, and the other one.
    down: Taken,
    other: Taken,
    daemon: Daemon,
    _servers: [StandIn; 3],
}

impl Bed {
    async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(MovedClock::default());
        let press = Arc::new(Press {
            clock: Arc::clone(&clock),
            feeds: Mutex::new(vec![Vec::new(); FEEDS as usize]),
            published: AtomicU64::new(0),
        });
        let shelf = Arc::clone(&press);
        let site = StandIn::start(move |asked| shelf.answer(asked));
        let is_up = Arc::new(AtomicBool::new(true));
        let (hook, down) = receiver(&clock, &is_up);
        let (desk, other) = receiver(&clock, &Arc::new(AtomicBool::new(true)));
        let config = write_config(dir.path(), &site, &hook, &desk);
        let world = World {
            clock: clock.clone(),
            ..World::real()
        };
        let setup = Config::load(&config).expect("a config");
        let setup = Setup::new(setup, &world, &|_| None).expect("a setup");
        let name = "the test of an outage".to_owned();
        let store = SqliteStore::open(&dir.path().join("w.db"), OpenMode::Daemon { name });
        let store = Arc::new(store.expect("an open store"));
        let compute = Compute::new(2);
        let pipeline = Pipeline::new(store.clone(), store, world, compute, |_| None, setup);
        let daemon = Daemon::new(pipeline, "the test of an outage");
        daemon.sync(false).await.expect("a sync");
        Self {
            dir,
            clock,
            press,
            is_up,
            down,
            other,
            daemon,
            _servers: [site, hook, desk],
        }
    }

    fn wait_an_hour(&self) {
        self.clock.0.fetch_add(3_600, Ordering::SeqCst);
        self.daemon.wake();
    }

    /// Publishes so many articles, some a second, and waits until the other channel has them.
    async fn publish_slowly(&self, count: u64) {
        // A debug build on a busy machine has enough to do with the lower one.
        let each = number("WIREWATCH_RATE", 10) / 10;
        for _ in 0..count / each {
            self.press.publish(each);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.press.publish(count % each);
        self.other_has_all().await;
    }

    async fn other_has_all(&self) {
        let all = self.press.count();
        until("the other channel has everything", || {
            len(&self.other) == all
        })
        .await;
    }

    /// Keys of the channel's deliveries in the order in which they were promised, and when.
    fn promised(&self, channel: &str) -> Vec<(String, Timestamp)> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let db =
            Connection::open_with_flags(self.dir.path().join("w.db"), flags).expect("a database");
        let mut rows = db
            .prepare("select key, created_at from delivery where channel = ?1 order by id")
            .expect("SQL");
        let rows = rows.query_map([channel], |row| {
            let at = Timestamp::from_millisecond(row.get(1)?).expect("a time");
            Ok((row.get(0)?, at))
        });
        rows.expect("rows").map(|row| row.expect("a row")).collect()
    }

    /// How long the deliveries of the other channel took that it got between the two numbers, in milliseconds.
    fn latencies(&self, from: usize, to: usize) -> Vec<i128> {
        let promised: BTreeMap<String, Timestamp> = self.promised("desk").into_iter().collect();
        let taken = self.other.lock().expect("the log");
        let took = |(key, at): &(String, Timestamp)| at.duration_since(promised[key]).as_millis();
        let mut all: Vec<i128> = taken[from..to].iter().map(took).collect();
        all.sort_unstable();
        all
    }
}

fn write_config(dir: &Path, site: &StandIn, hook: &StandIn, desk: &StandIn) -> std::path::PathBuf {
    let mut config = format!(
        "[store]\npath = \"w.db\"\n[health]\nenabled = false\n[alert]\nbursts = false\n\
         [fetch]\ncontact = \"mailto:ops@example.org\"\nhost_delay = \"0s\"\nhost_parallel = 8\n\
         allow = [\"127.0.0.1:*\"]\n[watch.meteor]\nmatch = '\"meteor\"'\n\
         [channel.hook]\nkind = \"webhook\"\nurl = \"{}\"\n[channel.desk]\nkind = \"webhook\"\nurl = \"{}\"\n",
        hook.url("/"),
        desk.url("/")
    );
    let allowed = [site, hook, desk].map(|server| format!("\"{}\"", server.addr));
    config = config.replace("\"127.0.0.1:*\"", &allowed.join(", "));
    for feed in 0..FEEDS {
        let url = site.url(&format!("/{feed}"));
        write!(
            config,
            "[[feed]]\nurl = \"{url}\"\ninterval = \"1s\"\nlang = \"en\"\n"
        )
        .expect("a string");
    }
    let path = dir.join("config.toml");
    std::fs::write(&path, config).expect("a file");
    path
}

fn len(taken: &Taken) -> usize {
    taken.lock().expect("the log").len()
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "it never came to be: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn percentile(sorted: &[i128], hundredths: usize) -> i128 {
    let at = (sorted.len() * hundredths / 100).min(sorted.len() - 1);
    sorted[at]
}

fn show(when: &str, sorted: &[i128]) -> i128 {
    let p99 = percentile(sorted, 99);
    println!(
        "the other channel {when}: {} deliveries, p50 {} ms, p99 {p99} ms, most {} ms",
        sorted.len(),
        percentile(sorted, 50),
        sorted[sorted.len() - 1]
    );
    p99
}

fn number(name: &str, usual: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "how a test is told its size")]
    let value = std::env::var(name);
    value.map_or(usual, |value| {
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number"))
    })
}

/// Before, down, and back again.
async fn a_day(bed: &Bed, waiting: u64) {
    // Measured for about as long as a tenth of them take.
    let sample = (waiting / 10).max(100);
    bed.publish_slowly(sample).await;
    until("the channel has everything", || {
        len(&bed.down) == len(&bed.other)
    })
    .await;
    let before = len(&bed.other);

    bed.is_up.store(false, Ordering::SeqCst);
    for hour in 0..HOURS {
        // What comes in the last hour comes slowly: nearly all of the backlog waits already.
        let left = waiting - hour * ((waiting - sample) / (HOURS - 1));
        if hour + 1 < HOURS {
            bed.press.publish((waiting - sample) / (HOURS - 1));
            bed.other_has_all().await;
            bed.wait_an_hour();
        } else {
            bed.publish_slowly(left).await;
        }
    }
    let (filled, had) = (len(&bed.other), len(&bed.down));
    assert_eq!((filled as u64, had), (sample + waiting, before));

    bed.is_up.store(true, Ordering::SeqCst);
    bed.wait_an_hour();
    let back = Instant::now();
    // Others are told meanwhile.
    let mut drained = None;
    let drains = async {
        until("the channel has what waited", || len(&bed.down) >= filled).await;
        drained = Some(back.elapsed());
    };
    tokio::join!(drains, bed.publish_slowly(sample));
    until("the channel has everything", || {
        len(&bed.down) == len(&bed.other)
    })
    .await;

    let drained = drained.expect("it was drained").as_secs_f64();
    println!(
        "{waiting} waited; drained in {drained:.1} s, {:.0} a second",
        waiting as f64 / drained
    );
    let sample = usize::try_from(sample).expect("a small number");
    let usual = show("before", &bed.latencies(0, before));
    let down = show("while one is down", &bed.latencies(filled - sample, filled));
    let during = show("while it drains", &bed.latencies(filled, len(&bed.other)));
    // Far above what a busy machine does by itself, far below what waiting for another channel would take.
    let bound = 3 * usual + 500;
    assert!(
        down < bound && during < bound,
        "before {usual}, down {down}, draining {during} ms"
    );
    check(bed);
}

/// Everything once, in the order of the promises.
fn check(bed: &Bed) {
    let promised: Vec<String> = bed.promised("hook").into_iter().map(|row| row.0).collect();
    let taken: Vec<String> = bed
        .down
        .lock()
        .expect("the log")
        .iter()
        .map(|row| row.0.clone())
        .collect();
    let distinct: BTreeSet<&String> = taken.iter().collect();
    assert_eq!(distinct.len(), taken.len(), "something came twice");
    let first = promised.iter().zip(&taken).position(|(a, b)| a != b);
    assert_eq!((first, promised.len()), (None, taken.len()), "not in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_was_down_for_a_day_drains_in_order_and_holds_up_nobody() {
    let waiting = number("WIREWATCH_WAITING", 300);
    let bed = Bed::new().await;
    let runs = bed.daemon.run(Mode::Forever);
    let acts = async {
        a_day(&bed, waiting).await;
        bed.daemon.stop();
    };
    let (ended, ()) = tokio::join!(runs, acts);
    ended.expect("it ends well");
}
