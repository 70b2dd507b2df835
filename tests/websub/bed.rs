//! A daemon with one feed, and a hub on a socket.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use wirewatch::config::Config;
use wirewatch::daemon::{Daemon, Mode, service};
use wirewatch::model::{
    Feed, FeedId, FeedLinks, FeedView, Lessee, PollOutcome, PollResult, PollState,
    SubscriptionState, SubscriptionView, Validators,
};
use wirewatch::pipeline::{Compute, Pipeline, Setup};
use wirewatch::store::{FeedScope, OpenMode, Queries, SqliteStore, Store};
use wirewatch::world::{FixedRandom, ManualClock, MapResolver, World};

use crate::stand_in::{Asked, OwnThread, Reply, StandIn, header};

/// How long anything may take before a test gives up: these tests share a small machine with others.
const PATIENCE: Duration = Duration::from_secs(30);

/// Path of the hub.
pub const HUB_PATH: &str = "/hub?a=b";

/// Everything one test needs; it is gone with the value.
pub struct Bed {
    pub hub: StandIn,
    pub clock: Arc<ManualClock>,
    pub daemon: Daemon,
    hub_url: String,
    callback: SocketAddr,
    hub_says: Arc<AtomicU16>,
    dir: TempDir,
    run: Option<OwnThread>,
}

/// A form that a hub was sent, in the order of its fields.
pub type Form = Vec<(String, String)>;

impl Bed {
    /// A daemon whose one feed was polled once and named the hub; it runs.
    pub async fn start() -> Self {
        Self::with_hub("").await
    }

    /// The same with this address of the hub (empty: its socket's), or several with blanks between. Every name
    /// leads to the hub.
    pub async fn with_hub(url: &str) -> Self {
        let mut bed = Self::new(url, |_| Reply::status(404)).await;
        bed.polled().await;
        bed.run();
        bed
    }

    /// One whose feed is polled by the daemon itself; `feed` makes its answer, given the address of the hub.
    pub async fn polling(feed: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let mut bed = Self::new("", feed).await;
        bed.run();
        until("the feed is polled", async || bed.entries().await > 0).await;
        bed
    }

    async fn new(url: &str, feed: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let hub_says = Arc::new(AtomicU16::new(202));
        let says = Arc::clone(&hub_says);
        let hub = StandIn::start(move |asked| match asked.method().as_str() {
            "POST" => Reply::status(says.load(Ordering::SeqCst)),
            _ => feed(&format!("http://{}{HUB_PATH}", header(asked, "host"))),
        });
        let callback = free_address();
        let dir = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(ManualClock::new(begin()));
        write_config(&dir, &config(&hub, callback, ""));
        let daemon = daemon(&dir, &clock, hub.addr);
        let bed = Self {
            hub_url: match url {
                "" => hub.url(HUB_PATH),
                url => url.to_owned(),
            },
            hub,
            clock,
            daemon,
            callback,
            hub_says,
            dir,
            run: None,
        };
        bed.daemon.sync(false).await.expect("feeds are synced");
        bed
    }

    /// One whose subscription the hub has verified for `lease_seconds`.
    pub async fn verified(lease_seconds: u64) -> Self {
        let bed = Self::start().await;
        bed.until_asked(1).await;
        assert_eq!(bed.verify(lease_seconds).0, 200);
        bed
    }

    fn run(&mut self) {
        let daemon = self.daemon.clone();
        let ((), run) = OwnThread::start(async move || {
            ((), async move {
                daemon.run(Mode::Forever).await.expect("it runs");
            })
        });
        self.run = Some(run);
    }

    /// Ends the daemon on the spot and starts another on the same database.
    pub async fn restart(&mut self) {
        self.run = None;
        // The database is free when nobody holds the first daemon any more.
        let elsewhere = self.dir.path().join("elsewhere.db");
        self.daemon = daemon_at(&self.dir, &self.clock, self.hub.addr, elsewhere);
        self.daemon = daemon(&self.dir, &self.clock, self.hub.addr);
        self.daemon.sync(false).await.expect("feeds are synced");
        self.run();
    }

    /// Replaces the config and has the daemon read it.
    pub async fn reload(&self, config: &str) {
        write_config(&self.dir, config);
        let path = self.dir.path().join("config.toml");
        service::reload(&self.daemon, &path)
            .await
            .expect("the config is in force");
    }

    /// The config; `feed` stands at the end of its feed.
    pub fn config(&self, feed: &str) -> String {
        config(&self.hub, self.callback, feed)
    }

    /// Lets the daemon listen elsewhere from the next config on.
    pub fn move_callback(&mut self) {
        self.callback = free_address();
    }

    /// What the hub answers to requests.
    pub fn hub_says(&self, status: u16) {
        self.hub_says.store(status, Ordering::SeqCst);
    }

    pub fn topic(&self) -> String {
        self.hub.url("/rss?edition=1&lang=en")
    }

    /// Commits a poll that found the hub and nothing new; the next one is far away.
    pub async fn polled(&self) {
        let claim = self.claim_feed().await;
        let state = PollState {
            links: FeedLinks {
                itself: Some(self.topic()),
                hubs: self.hub_url.split(' ').map(str::to_owned).collect(),
                ..FeedLinks::default()
            },
            ..PollState::default()
        };
        let outcome = PollOutcome {
            at: self.now(),
            result: PollResult::NotModified {
                validators: validators(),
            },
            due_at: self.now() + SignedDuration::from_hours(24 * 365),
            host_not_before: None,
            older: Vec::new(),
            state: Some(Box::new(state)),
        };
        let store = &self.daemon.pipeline.store;
        let committed = store.commit_poll(FeedId(1), claim.1, outcome).await;
        assert!(committed.expect("a commit").is_done());
    }

    /// The feed as the poll stage gets it, with the number of the lease.
    pub async fn claim_feed(&self) -> (Feed, i64) {
        let scope = FeedScope::One {
            feed: FeedId(1),
            since: Timestamp::MAX,
        };
        let lessee = Lessee {
            name: "the test".to_owned(),
            now: self.now(),
            hold: SignedDuration::ZERO,
        };
        let store = &self.daemon.pipeline.store;
        let mut claims = store
            .claim_feeds(&lessee, scope, 1, 1, &[])
            .await
            .expect("a claim");
        let claim = claims.pop().expect("the feed is free");
        (claim.item, claim.lease_no)
    }

    pub fn now(&self) -> Timestamp {
        self.daemon.pipeline.world.clock.now()
    }

    /// Moves the clock and lets the daemon see it.
    pub fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
        self.daemon.wake();
    }

    /// The forms that the hub was sent so far.
    pub fn forms(&self) -> Vec<Form> {
        let asked = self.hub.asked();
        let posts = asked.iter().filter(|(asked, _)| asked.method() == "POST");
        posts.map(|(asked, _)| form(asked)).collect()
    }

    /// Waits until the hub was sent so many forms, and gives the last.
    pub async fn until_asked(&self, number: usize) -> Form {
        until(&format!("{number} requests"), async || {
            self.forms().len() >= number
        })
        .await;
        assert_eq!(self.forms().len(), number);
        self.forms().pop().expect("there is one")
    }

    pub async fn view(&self) -> Option<SubscriptionView> {
        let queries = &self.daemon.pipeline.queries;
        queries.subscription(FeedId(1)).await.expect("an answer")
    }

    /// Waits until the subscription is in this state.
    pub async fn until_state(&self, state: SubscriptionState) -> SubscriptionView {
        until(&format!("{state:?}"), async || {
            self.view().await.is_some_and(|view| view.state == state)
        })
        .await;
        self.view().await.expect("a subscription")
    }

    /// Waits until the daemon has noted so many requests in a row; the clock must not move before.
    pub async fn until_noted(&self, tries: u32) {
        until(&format!("{tries} tries"), async || {
            self.view().await.is_some_and(|view| view.tries == tries)
        })
        .await;
    }

    /// Path of the callback, as the hub was told it last.
    pub fn path(&self) -> String {
        let forms = self.forms();
        path_of(field(forms.last().expect("a request"), "hub.callback"))
    }

    /// What the hub uses to sign.
    pub fn secret(&self) -> String {
        let forms = self.forms();
        field(forms.first().expect("a request"), "hub.secret").to_owned()
    }

    /// The hub's question, as it should be asked.
    pub fn verify(&self, lease_seconds: u64) -> (u16, String) {
        self.ask("subscribe", &self.topic(), lease_seconds)
    }

    pub fn ask(&self, mode: &str, topic: &str, lease_seconds: u64) -> (u16, String) {
        self.ask_at(&self.path(), mode, topic, lease_seconds)
    }

    /// As [`Bed::verify`], at another callback than the one that was told last.
    pub fn verify_at(&self, callback: &str, lease_seconds: u64) -> (u16, String) {
        let path = path_of(callback);
        self.ask_at(&path, "subscribe", &self.topic(), lease_seconds)
    }

    fn ask_at(&self, path: &str, mode: &str, topic: &str, lease_seconds: u64) -> (u16, String) {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", mode)
            .append_pair("hub.topic", topic)
            .append_pair("hub.challenge", "<chal len=ge>")
            .append_pair("hub.lease_seconds", &lease_seconds.to_string())
            .finish();
        self.get(&format!("{path}?{query}"))
    }

    pub fn get(&self, target: &str) -> (u16, String) {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: w\r\n\r\n").as_bytes())
    }

    /// Pushes a body with this value of `X-Hub-Signature`, or none.
    pub fn push(&self, signature: &str, body: &str) -> u16 {
        let signed = match signature {
            "" => String::new(),
            signature => format!("X-Hub-Signature: {signature}\r\n"),
        };
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: w\r\nContent-Type: application/rss+xml\r\n{signed}\
             Content-Length: {}\r\n\r\n{body}",
            self.path(),
            body.len()
        );
        self.send(request.as_bytes()).0
    }

    /// Sends bytes to the callback; answers with status and body.
    pub fn send(&self, request: &[u8]) -> (u16, String) {
        let started = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(self.callback) {
                Ok(stream) => break stream,
                Err(error) => assert!(started.elapsed() < PATIENCE, "nobody listens: {error}"),
            }
            std::thread::yield_now();
        };
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        // A server that has seen enough may close before the end of a body.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).expect("UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).expect("a status");
        (status.parse().expect("a number"), body.to_owned())
    }

    /// True when nobody listens for hubs.
    pub fn is_closed(&self) -> bool {
        TcpStream::connect(self.callback).is_err()
    }

    pub async fn entries(&self) -> u64 {
        self.feed().await.entries
    }

    /// The feed as `feed list` shows it.
    pub async fn feed(&self) -> FeedView {
        let feeds = self.daemon.pipeline.queries.feeds().await;
        feeds.expect("feeds").swap_remove(0)
    }

    /// Lines of the channel that alerts go to.
    pub fn told(&self) -> Vec<String> {
        let text = fs::read_to_string(self.dir.path().join("alerts.jsonl")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

pub fn begin() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().expect("a time")
}

pub fn validators() -> Validators {
    Validators {
        etag: Some(b"\"polled\"".to_vec()),
        last_modified: None,
    }
}

pub fn field<'a>(form: &'a Form, name: &str) -> &'a str {
    let found = form.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value)
}

fn path_of(callback: &str) -> String {
    let url = url::Url::parse(callback).expect("an absolute address");
    url.path().to_owned()
}

fn form(asked: &Asked) -> Form {
    assert_eq!(asked.uri(), HUB_PATH);
    let content_type = header(asked, "content-type");
    assert_eq!(content_type, "application/x-www-form-urlencoded");
    let pairs = url::form_urlencoded::parse(asked.body()).into_owned();
    pairs.collect()
}

/// An RSS document with entries of these names about a word; their pages cannot be had.
pub fn rss(word: &str, names: &[&str]) -> String {
    let items: String = names
        .iter()
        .map(|name| {
            format!(
                "<item><guid isPermaLink=\"false\">{name}</guid><link>http://127.0.0.1:9/{name}</link>\
                 <title>A {word} was seen over {name}</title><description>{name} {word}</description>\
                 <pubDate>Mon, 23 Nov 2026 08:59:00 +0000</pubDate></item>"
            )
        })
        .collect();
    format!("<rss version=\"2.0\"><channel><title>Sky</title>{items}</channel></rss>")
}

/// Waits until something holds.
pub async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "it never came to be: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// An address that was free a moment ago.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

fn config(hub: &StandIn, callback: SocketAddr, feed: &str) -> String {
    format!(
        "[store]\npath = \"w.db\"\n\
         [fetch]\nhost_delay = \"0s\"\nbody_bytes_max = 20000\nallow = [\"{}\"]\n\
         [websub]\nlisten = \"{callback}\"\ncallback = \"http://{callback}/web/sub\"\n\
         [[feed]]\nurl = \"{}\"\nlang = \"en\"\n{feed}\n\
         [channel.desk]\nkind = \"file\"\npath = \"alerts.jsonl\"\n\
         [watch.meteor]\ntitle = \"meteor\"\nmatch = '\"meteor\"'\n",
        hub.addr,
        hub.url("/rss")
    )
}

fn write_config(dir: &TempDir, text: &str) {
    fs::write(dir.path().join("config.toml"), text).expect("a file");
}

fn daemon(dir: &TempDir, clock: &Arc<ManualClock>, hub: SocketAddr) -> Daemon {
    daemon_at(dir, clock, hub, dir.path().join("w.db"))
}

fn daemon_at(dir: &TempDir, clock: &Arc<ManualClock>, hub: SocketAddr, path: PathBuf) -> Daemon {
    let config = Config::load(&dir.path().join("config.toml")).expect("a config");
    let name = "the test of websub".to_owned();
    let store = SqliteStore::open(&path, OpenMode::Daemon { name }).expect("an open store");
    let store = Arc::new(store);
    let world = World {
        clock: Arc::clone(clock) as _,
        resolver: Arc::new(MapResolver::all_to(hub)),
        random: Arc::new(FixedRandom(0.5)),
    };
    let setup = Setup::new(config, &world, &|_| None).expect("a setup");
    let verbs: Arc<dyn Store> = Arc::clone(&store) as _;
    let queries: Arc<dyn Queries> = store;
    let compute = Compute::new(2);
    let pipeline = Pipeline::new(verbs, queries, world, compute, |_| None, setup);
    Daemon::new(pipeline, "the test of websub")
}
