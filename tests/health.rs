//! Feeds in trouble, over the whole line: what polls commit, what is decided of it, what a channel is told.
//! The clock is moved by hand. Where a history of weeks is needed its polls are committed straight to the
//! store; the other tests poll a site on a real socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "common/stand_in.rs"]
#[expect(dead_code, reason = "the site is reached by the feeds' own names")]
mod stand_in;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use stand_in::{Reply, StandIn, header};
use tempfile::TempDir;
use wirewatch::config::Config;
use wirewatch::daemon::{Daemon, Mode};
use wirewatch::model::{
    FailureKind, Feed, FeedFormat, FeedHealth, Lessee, ParsedEntry, PollOutcome, PollResult,
    PollState, PolledEntry, Validators,
};
use wirewatch::pipeline::{Compute, Pipeline, Setup};
use wirewatch::store::{FeedScope, OpenMode, Queries, SqliteStore, Store};
use wirewatch::world::{FixedRandom, ManualClock, MapResolver, World};

const FEEDS: [&str; 4] = [
    "http://kabar.example/dunia",
    "http://kabar.example/ekonomi",
    "http://kabar.example/olahraga",
    "http://vestnik.example/rss",
];

const HEALTH: &str = "[health]\nchannels = [\"desk\"]\n";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// What the site answers, by address; 404 without a word about it.
type Answers = Arc<Mutex<BTreeMap<String, Reply>>>;

/// A daemon on its folder, at its own time.
struct Bed {
    dir: TempDir,
    site: StandIn,
    answers: Answers,
    clock: Arc<ManualClock>,
    daemon: Daemon,
    store: Arc<SqliteStore>,
}

impl Bed {
    async fn new(health: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = "[store]\npath = \"w.db\"\n[fetch]\nhost_delay = \"0s\"\n\
             allow = [\"127.0.0.0/8\"]\n"
            .to_owned();
        for url in FEEDS {
            config.push_str(&format!("[[feed]]\nurl = \"{url}\"\n"));
        }
        config.push_str("[channel.desk]\nkind = \"file\"\npath = \"told.jsonl\"\n");
        config.push_str("[channel.other]\nkind = \"file\"\npath = \"other.jsonl\"\n");
        config.push_str(health);
        fs::write(dir.path().join("config.toml"), config).unwrap();
        let start = "2026-11-23T00:00:00Z".parse().unwrap();
        let answers = Answers::default();
        let shelf = Arc::clone(&answers);
        let site = StandIn::start(move |asked| {
            let address = format!("http://{}{}", header(asked, "host"), asked.uri().path());
            let reply = shelf.lock().unwrap().get(&address).cloned();
            reply.unwrap_or_else(|| Reply::status(404))
        });
        Self::open(dir, site, answers, Arc::new(ManualClock::new(start))).await
    }

    async fn open(dir: TempDir, site: StandIn, answers: Answers, clock: Arc<ManualClock>) -> Self {
        let world = World {
            clock: clock.clone(),
            resolver: Arc::new(MapResolver::all_to(site.addr)),
            random: Arc::new(FixedRandom(0.5)),
        };
        let config = Config::load(&dir.path().join("config.toml")).unwrap();
        let name = "the health test".to_owned();
        let path = dir.path().join("w.db");
        let store = Arc::new(SqliteStore::open(&path, OpenMode::Daemon { name }).unwrap());
        let setup = Setup::new(config, &world, &|_| None).unwrap();
        let pipeline = Pipeline::new(
            store.clone(),
            store.clone(),
            world,
            Compute::new(1),
            |_| None,
            setup,
        );
        let daemon = Daemon::new(pipeline, "the health test");
        daemon.sync(false).await.unwrap();
        Self {
            dir,
            site,
            answers,
            clock,
            daemon,
            store,
        }
    }

    /// Ends the process and starts the next one at the same time.
    async fn restart(self) -> Self {
        let Self {
            dir,
            site,
            answers,
            clock,
            daemon,
            store,
        } = self;
        drop((daemon, store));
        Self::open(dir, site, answers, clock).await
    }

    /// What the site answers from now on for these feeds: a status, and an RSS document with these entries.
    fn serve(&self, feeds: &[&str], status: u16, entries: &[&str]) {
        let items = entries.iter().map(|name| {
            format!("<item><guid isPermaLink=\"false\">{name}</guid><title>{name}</title></item>")
        });
        let items: String = items.collect();
        let body =
            format!("<rss version=\"2.0\"><channel><title>Wire</title>{items}</channel></rss>");
        for url in feeds {
            let reply = Reply {
                status,
                body: body.clone().into_bytes(),
                ..Reply::default()
            };
            self.answers
                .lock()
                .unwrap()
                .insert((*url).to_owned(), reply);
        }
    }

    /// Some time later every feed is polled, and all that follows is done.
    async fn poll_all_after(&self, wait: SignedDuration) {
        self.clock.advance(wait);
        self.daemon.run(Mode::Once { all: true }).await.unwrap();
    }

    fn now(&self) -> Timestamp {
        self.daemon.pipeline.world.clock.now()
    }

    /// Commits one poll of each of the feeds; nothing is due after it for a year.
    async fn poll(&self, feeds: &[&str], outcome: impl Fn(&Feed) -> (PollResult, PollState)) {
        let lessee = Lessee {
            name: "poller".to_owned(),
            now: self.now(),
            hold: hours(1),
        };
        let views = self.store.feeds().await.unwrap();
        for view in views
            .iter()
            .filter(|view| feeds.contains(&view.url.as_str()))
        {
            let scope = FeedScope::One {
                feed: view.id,
                since: Timestamp::MAX,
            };
            let claims = self.store.claim_feeds(&lessee, scope, 1, 1, &[]).await;
            let claim = claims.unwrap().pop().unwrap();
            let (result, state) = outcome(&claim.item);
            let outcome = PollOutcome {
                at: self.now(),
                result,
                due_at: self.now() + hours(24 * 365),
                host_not_before: None,
                older: Vec::new(),
                state: Some(Box::new(state)),
            };
            let committed = self
                .store
                .commit_poll(view.id, claim.lease_no, outcome)
                .await;
            assert!(committed.unwrap().is_done());
        }
    }

    async fn answer(&self, feeds: &[&str]) {
        let now = self.now();
        self.poll(feeds, |feed| {
            (fetched(&feed.spec.url, now), PollState::default())
        })
        .await;
    }

    async fn fail(&self, feeds: &[&str]) {
        self.fail_as(feeds, FailureKind::Timeout, "no answer in 30 s")
            .await;
    }

    async fn fail_as(&self, feeds: &[&str], kind: FailureKind, why: &str) {
        let now = self.now();
        self.poll(feeds, |feed| {
            let result = PollResult::Failed {
                why: why.to_owned(),
                kind,
                status: None,
            };
            let mut state = feed.state.clone();
            state.failing_since.get_or_insert(now);
            state.failure = Some(kind);
            (result, state)
        })
        .await;
    }

    /// One pass through to the last delivery.
    async fn pass(&self) {
        self.daemon.run(Mode::Once { all: false }).await.unwrap();
    }

    fn lines(&self, file: &str) -> Vec<Value> {
        let path: PathBuf = self.dir.path().join(file);
        let text = fs::read_to_string(path).unwrap_or_default();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    }

    fn told(&self) -> Vec<Value> {
        self.lines("told.jsonl")
    }
}

/// A document with one entry that is new, without a page.
fn fetched(url: &str, now: Timestamp) -> PollResult {
    PollResult::Fetched {
        validators: Validators::default(),
        body_hash: None,
        format: FeedFormat::Rss,
        title: None,
        language: Some("en".to_owned()),
        entries: vec![PolledEntry {
            entry: ParsedEntry {
                key: format!("{url} {now}"),
                title: Some("Something happened".to_owned()),
                ..ParsedEntry::default()
            },
            hash: *blake3::hash(now.to_string().as_bytes()).as_bytes(),
            article_url: String::new(),
            article_host: String::new(),
            backlog: false,
            late: false,
            date: Default::default(),
        }],
    }
}

#[tokio::test]
async fn a_host_that_fails_for_a_day_is_told_once_and_so_is_its_recovery() {
    let bed = Bed::new(HEALTH).await;
    let (host, other) = (&FEEDS[..3], &FEEDS[3..]);
    bed.answer(&FEEDS).await;
    for _ in 0..9 {
        bed.clock.advance(hours(2));
        bed.fail(host).await;
        bed.answer(other).await;
        bed.pass().await;
    }
    assert_eq!(bed.told(), [] as [Value; 0], "not yet a day");
    bed.clock.advance(hours(8));
    bed.fail(host).await;
    bed.pass().await;
    let told = bed.told();
    assert_eq!(told.len(), 1, "{told:#?}");
    let groups = told[0]["begun"].as_array().unwrap();
    assert_eq!((&told[0]["kind"], groups.len()), (&"health".into(), 1));
    assert_eq!(groups[0]["kind"], "failing");
    assert_eq!(groups[0]["hosts"], serde_json::json!(["kabar.example"]));
    assert_eq!(groups[0]["since"], "2026-11-23T02:00:00Z");
    let feeds = groups[0]["feeds"].as_array().unwrap();
    assert_eq!(feeds.len(), 3);
    assert_eq!(
        feeds[0]["why"],
        "10 polls failed for 24 h: no answer in 30 s"
    );
    assert_eq!(
        bed.lines("other.jsonl"),
        [] as [Value; 0],
        "one channel is named"
    );

    let bed = bed.restart().await;
    bed.pass().await;
    bed.clock.advance(hours(24));
    bed.fail(host).await;
    bed.pass().await;
    assert_eq!(bed.told().len(), 1, "nothing is repeated");
    let bad = bed.store.feeds().await.unwrap();
    let bad = bad.iter().filter(|feed| feed.health == FeedHealth::Failing);
    assert_eq!(bad.filter(|feed| feed.troubles.len() == 1).count(), 3);

    bed.clock.advance(hours(1));
    bed.answer(host).await;
    let bed = bed.restart().await;
    bed.pass().await;
    bed.pass().await;
    let told = bed.told();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert_eq!(told[1]["begun"], serde_json::json!([]));
    let over = told[1]["over"].as_array().unwrap();
    assert_eq!(
        (over.len(), over[0]["feeds"].as_array().unwrap().len()),
        (1, 3)
    );
    assert_eq!(over[0]["feeds"][0]["until"], "2026-11-25T03:00:00Z");
    assert_ne!(told[0]["delivery"], told[1]["delivery"]);
    let history = bed.store.feed_history(FEEDS[0]).await.unwrap().unwrap();
    assert_eq!(history.troubles.len(), 1);
    assert_eq!(history.troubles[0].ended, Some(bed.now()));
    let polls: Vec<_> = history.polls.iter().map(|poll| poll.polls).collect();
    assert_eq!(polls, [1, 11, 1], "answered, failed eleven times, answered");
}

/// Kinds and numbers of feeds of the groups of a message.
fn groups(message: &Value, which: &str) -> Vec<(String, usize)> {
    let groups = message[which].as_array().unwrap().iter();
    groups
        .map(|group| {
            let kind = group["kind"].as_str().unwrap().to_owned();
            (kind, group["feeds"].as_array().unwrap().len())
        })
        .collect()
}

#[tokio::test]
async fn real_polls_lead_to_one_message_for_each_thing_that_happens() {
    let one = |kind: &str, feeds: usize| vec![(kind.to_owned(), feeds)];
    let bed = Bed::new(HEALTH).await;
    let (host, other) = (&FEEDS[..3], &FEEDS[3..]);
    bed.serve(&FEEDS, 200, &["one", "two"]);
    bed.poll_all_after(hours(0)).await;
    bed.serve(host, 500, &[]);
    bed.serve(other, 200, &[]);
    bed.poll_all_after(hours(1)).await;
    assert_eq!(bed.told(), [] as [Value; 0], "neither is believed at once");
    bed.poll_all_after(hours(2)).await;
    assert_eq!(groups(&bed.told()[0], "begun"), one("empty", 1));
    for _ in 0..5 {
        bed.poll_all_after(hours(4)).await;
    }
    assert_eq!(bed.told().len(), 1, "22 hours are no day");
    bed.poll_all_after(hours(4)).await;
    let bed = bed.restart().await;
    bed.poll_all_after(hours(4)).await;
    let told = bed.told();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert_eq!(groups(&told[1], "begun"), one("failing", 3));
    let why = told[1]["begun"][0]["feeds"][0]["why"].as_str().unwrap();
    assert!(
        why.starts_with("8 polls failed for 26 h: ") && why.contains("500"),
        "{why}"
    );

    bed.serve(&FEEDS, 200, &["one", "two", "three"]);
    bed.poll_all_after(hours(1)).await;
    let told = bed.told();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert_eq!(groups(&told[2], "begun"), []);
    assert_eq!(
        groups(&told[2], "over"),
        [("failing".to_owned(), 3), ("empty".to_owned(), 1)]
    );

    bed.serve(other, 410, &[]);
    bed.poll_all_after(hours(1)).await;
    assert_eq!(bed.told().len(), 3, "a 410 is confirmed first");
    bed.poll_all_after(hours(2)).await;
    let bed = bed.restart().await;
    let asked = bed.site.asked().len();
    bed.poll_all_after(hours(48)).await;
    let told = bed.told();
    assert_eq!(told.len(), 4, "{told:#?}");
    assert_eq!(groups(&told[3], "begun"), one("gone", 1));
    assert_eq!(
        bed.site.asked().len() - asked,
        3,
        "what is gone is not polled"
    );
}

#[tokio::test]
async fn a_daemon_that_was_stopped_for_a_week_cries_about_nobody() {
    let bed = Bed::new(HEALTH).await;
    for _ in 0..24 * 20 {
        bed.answer(&FEEDS[..1]).await;
        bed.clock.advance(hours(1));
    }
    bed.fail(&FEEDS[3..]).await;
    bed.clock.advance(hours(24 * 7));
    let bed = bed.restart().await;
    bed.pass().await;
    assert_eq!(bed.told(), [] as [Value; 0]);
    // The first poll afterwards finds that there was nothing new in the meantime.
    bed.poll(&FEEDS[..1], |feed| {
        let validators = feed.validators.clone();
        (PollResult::NotModified { validators }, feed.state.clone())
    })
    .await;
    bed.pass().await;
    let told = bed.told();
    assert_eq!(
        (told.len(), &told[0]["begun"][0]["kind"]),
        (1, &"silent".into())
    );
}

/// Runs a command beside the daemon.
fn command(bed: &Bed, arguments: &[&str]) -> (String, Option<i32>) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .arg("--config")
        .arg(bed.dir.path().join("config.toml"))
        .args(arguments)
        .env("TZ", "UTC")
        .output()
        .unwrap();
    (
        String::from_utf8(output.stdout).unwrap(),
        output.status.code(),
    )
}

#[tokio::test]
async fn lists_show_what_is_wrong_in_one_word_and_in_words() {
    let bed = Bed::new(HEALTH).await;
    bed.answer(&FEEDS).await;
    bed.pass().await;
    assert_eq!(
        command(&bed, &["feed", "list", "--bad", "--json"]),
        (String::new(), Some(0))
    );
    bed.clock.advance(hours(1));
    bed.fail(&FEEDS[..1]).await;
    bed.clock.advance(hours(25));
    bed.fail(&FEEDS[..1]).await;
    bed.poll(&FEEDS[1..2], |feed| {
        let state = PollState {
            poll_url: Some("http://kabar.example/new".to_owned()),
            rolled_over_at: Some(feed.last_success_at.unwrap() + hours(26)),
            ..feed.state.clone()
        };
        let validators = Validators {
            etag: Some(b"\"v7\"".to_vec()),
            last_modified: None,
        };
        (PollResult::Unchanged { validators }, state)
    })
    .await;
    bed.pass().await;

    let (list, code) = command(&bed, &["feed", "list", "--bad", "--exit-code"]);
    assert_eq!(code, Some(1));
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 3, "{list}");
    assert!(lines[1].starts_with("failing (2)"), "{list}");
    assert!(
        lines[1].ends_with("dunia: timeout: no answer in 30 s"),
        "{list}"
    );
    assert!(lines[2].starts_with("moved"), "{list}");
    let (json, _) = command(&bed, &["feed", "list", "--json"]);
    let feeds: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(feeds.len(), 4);
    assert_eq!(
        (&feeds[0]["health"], &feeds[0]["failure"]),
        (&"failing".into(), &"timeout".into())
    );
    let kinds: Vec<&Value> = feeds[1]["troubles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trouble| &trouble["kind"])
        .collect();
    assert_eq!(kinds, ["moved", "lost"]);

    let (shown, code) = command(&bed, &["feed", "show", FEEDS[1]]);
    assert_eq!(code, Some(0));
    for words in [
        "state          moved",
        "polled at      http://kabar.example/new",
        "etag           \"v7\"",
        "moved since 2026-11-24 02:00 UTC until now: it has moved for good",
        "2026-11-23 00:00 UTC 1 new entries",
        "2026-11-23 00:00 UTC Something happened",
    ] {
        assert!(shown.contains(words), "no `{words}` in:\n{shown}");
    }
    let (shown, _) = command(&bed, &["feed", "show", FEEDS[0], "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        (&shown["polls"][0]["failure"], &shown["polls"][0]["polls"]),
        (&"timeout".into(), &2.into())
    );
    let (status, _) = command(&bed, &["status"]);
    assert!(
        status.contains("in trouble   http://kabar.example/dunia: failing"),
        "{status}"
    );
    assert_eq!(
        command(&bed, &["feed", "show", "https://no.example/"]).1,
        Some(1)
    );

    // A trouble's words are those of its beginning; the last error may be another by now.
    let (shown, _) = command(&bed, &["feed", "show", FEEDS[0]]);
    assert!(!shown.contains("last error"), "{shown}");
    bed.clock.advance(hours(2));
    bed.fail_as(&FEEDS[..1], FailureKind::Tls, "the certificate has expired")
        .await;
    let (shown, _) = command(&bed, &["feed", "show", FEEDS[0]]);
    let words = "no answer in 30 s; last error: tls: the certificate has expired";
    assert!(shown.contains(words), "no `{words}` in:\n{shown}");
}

#[test]
fn wrong_values_are_refused_where_they_stand() {
    let check = |health: &str, place: &str, words: &str| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let config = format!("[channel.desk]\nkind = \"stdout\"\n[health]\n{health}\n");
        fs::write(&path, config).unwrap();
        let problems = Config::load(&path).expect_err(health);
        let shown = problems.to_string();
        assert!(shown.contains(&format!("config.toml:{place}:")), "{shown}");
        let helps = problems
            .list
            .iter()
            .filter_map(|problem| problem.help.as_deref());
        let all = helps.fold(shown.clone(), |all, help| all + help);
        assert!(all.contains(words), "{all}");
    };
    check("channels = [\"dask\"]", "4:13", "did you mean `desk`?");
    check("failing_after = \"1 dy\"", "4:17", "3d");
    check("failing_after = \"10s\"", "4:17", "too short");
    check("missing_after = \"0s\"", "4:17", "too short");
    check("silent_factor = 0", "4:17", "between 1 and 100");
    check("silent_factor = nan", "4:17", "between 1 and 100");
    check("silent_factor = \"5\"", "4:17", "expected f64");
    check("silent_facter = 5", "4:1", "did you mean `silent_factor`?");
    check("enabled = 1", "4:11", "boolean");
}

#[tokio::test]
async fn what_is_switched_off_is_not_looked_at() {
    let bed = Bed::new("[health]\nenabled = false\n").await;
    bed.fail(&FEEDS).await;
    bed.clock.advance(hours(48));
    bed.fail(&FEEDS).await;
    bed.pass().await;
    assert_eq!(bed.told(), [] as [Value; 0]);
    let feeds = bed.store.feeds().await.unwrap();
    assert!(feeds.iter().all(|feed| feed.troubles.is_empty()));
}

#[tokio::test]
async fn without_a_word_about_channels_every_channel_is_told() {
    let bed = Bed::new("[health]\nfailing_after = \"2h\"\n").await;
    bed.fail(&FEEDS[3..]).await;
    bed.clock.advance(hours(2));
    bed.fail(&FEEDS[3..]).await;
    bed.pass().await;
    assert_eq!((bed.told().len(), bed.lines("other.jsonl").len()), (1, 1));
}
