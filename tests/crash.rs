//! Kill -9 at any moment loses nothing and repeats nothing but the step in hand.
//!
//! The real program works on the demo site and is killed again and again, then finishes undisturbed.
//! What it found and told must be what a run finds and tells that nobody disturbed. A longer sweep:
//! `WIREWATCH_KILLS=2000 cargo test --test crash`; a run is repeated with `WIREWATCH_SEED`.

mod common {
    pub mod news_site;
    pub mod program;
    pub mod stand_in;
}

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::news_site::NewsSite;
use common::program::{PATIENCE, Running, wirewatch};
use common::stand_in::{Asked, Reply, StandIn, header};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;
use wirewatch::world::World;

const WATCH: &str = include_str!("../examples/watches/china-russia.toml");

/// Kills in one world; then the next one begins, so that there is always work to be killed at.
const KILLS_PER_WORLD: u64 = 17;

/// So many of them while an article is being corrected.
const KILLS_OF_CORRECTION: u64 = 2;

/// In the moody world the receiver refuses these of its first calls; more would only be more waiting,
/// because a try that failed is made again after 5 to 10 s.
const REFUSED: [usize; 2] = [1, 4];

/// Kills fall so long after the start of the process or, every other time, after the start of its work.
const LIFE_MS_MAX: u64 = 400;

/// The receiver takes up to this long, so that kills fall also between its "yes" and the commit.
const PAUSE_MS_MAX: u64 = 200;

/// A delivery that the receiver got.
#[derive(Debug, Clone)]
struct Post {
    /// `webhook-id`.
    key: String,
    /// Number of the process that sent it.
    process: u64,
    accepted: bool,
    body: Value,
}

/// One database, one site, one receiver; processes come and go.
struct Stage {
    dir: TempDir,
    news: NewsSite,
    hook: StandIn,
    processes: AtomicU64,
}

impl Stage {
    /// A receiver that is slow and, if `moody`, refuses now and then.
    fn new(seed: u64, moody: bool) -> Self {
        let chance = Mutex::new(StdRng::seed_from_u64(seed));
        let calls = AtomicUsize::new(0);
        let hook = StandIn::start(move |_| {
            let pause = chance.lock().expect("chance").random_range(0..PAUSE_MS_MAX);
            let call = calls.fetch_add(1, Ordering::SeqCst);
            let refused = moody && REFUSED.contains(&call);
            Reply {
                pause: Duration::from_millis(pause),
                ..Reply::status(if refused { 503 } else { 200 })
            }
        });
        Self {
            dir: tempfile::tempdir().expect("a directory"),
            news: NewsSite::start(),
            hook,
            processes: AtomicU64::new(0),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes the config and starts the daemon. Every process posts to a path of its own, so that the
    /// receiver knows who sent what.
    fn start(&self) -> Running {
        let process = self.processes.fetch_add(1, Ordering::SeqCst) + 1;
        // Which of two stories another report joins may depend on what was judged before it, and so on
        // the order in which feeds happen to answer, kill or no kill; a copy joins what it repeats.
        let hook = format!(
            "\n[alert]\nstories = \"copies\"\n[channel.hook]\nkind = \"webhook\"\nurl = \"{}\"\n",
            self.hook.url(&format!("/{process}"))
        );
        let allow = format!("allow = [\"{}\", ", self.hook.addr);
        let site = &self.news.site;
        let config = site
            .config_toml(&format!("{WATCH}{hook}"))
            .replace("allow = [", &allow);
        std::fs::write(self.path("config.toml"), config).expect("the config is written");
        let command = wirewatch(&self.path("config.toml"), &["run"]);
        Running::start(command, &self.path("log"))
    }

    fn posts(&self) -> Vec<Post> {
        let asked = self.hook.asked();
        let posts = asked
            .iter()
            .map(|(asked, status)| post(asked, *status == 200));
        posts.collect()
    }

    /// How many of the processes lived long enough to send something.
    fn senders(&self) -> usize {
        let posts = self.posts();
        let senders: BTreeSet<u64> = posts.iter().map(|post| post.process).collect();
        senders.len()
    }

    /// True when everything has been read, judged and sent.
    fn is_done(&self) -> bool {
        let Some(db) = self.database() else {
            return false;
        };
        let left = "select (select count(*) from feed where first_success_at is null)
            + (select count(*) from article where state in ('wanted', 'read'))
            + (select count(*) from delivery where state = 'pending')
            + (select not exists (select 1 from feed))";
        db.query_row(left, [], |row| row.get::<_, i64>(0))
            .is_ok_and(|left| left == 0)
    }

    /// The database as it lies there: a look that writes would clean up after the killed process.
    fn database(&self) -> Option<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        Connection::open_with_flags(self.path("wirewatch.db"), flags).ok()
    }

    /// Lets a daemon finish, and stops it as a service manager does.
    fn finish(&self, done: impl Fn(&Self) -> bool) {
        let mut running = self.start();
        running.until_said("running:");
        let started = Instant::now();
        while !done(self) {
            assert!(
                started.elapsed() < PATIENCE && running.has_not_ended(),
                "it does not come to an end: {}",
                running.said()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        running.signal("TERM");
        assert!(running.end().success(), "{}", running.said());
    }

    fn was_corrected(&self) -> bool {
        let posts = self.posts();
        let mut corrections = posts
            .iter()
            .filter(|post| post.body["kind"] == "correction");
        corrections.any(|post| post.accepted)
    }

    fn correct(&self) {
        let now = World::real().clock.now();
        self.news.site.correct(now).expect("a second edition");
    }

    /// What was found, in words that are the same in every world.
    fn findings(&self) -> Findings {
        let mut command = wirewatch(&self.path("config.toml"), &["alert", "list", "--json"]);
        let output = command.output().expect("the program runs");
        assert!(output.status.success(), "{output:?}");
        let backlog = self.backlog();
        let lines = String::from_utf8(output.stdout).expect("UTF-8");
        let mut findings = Findings::default();
        for line in lines.lines() {
            let alert: Value = serde_json::from_str(line).expect("JSON");
            let articles = alert["articles"].as_array().expect("articles");
            let urls = articles.iter().map(|article| text(&article["url"]));
            let group: BTreeSet<String> = urls.clone().map(|url| self.news.stable(url)).collect();
            let is_listed_only = urls.clone().all(|url| backlog.contains(url));
            assert_eq!(text(&alert["state"]) == "backlog", is_listed_only, "{line}");
            for url in urls {
                let place = (self.news.stable(url), backlog.contains(url));
                let watch = text(&alert["watch"]).to_owned();
                let is_new = findings.articles.entry(watch).or_default().insert(place);
                assert!(is_new, "{url} is in two alerts of one watch");
            }
            findings.groups.insert(group);
        }
        findings
    }

    /// Addresses of the articles that were old at the first poll.
    fn backlog(&self) -> BTreeSet<String> {
        let db = self.database().expect("a database");
        texts(&db, "select url from article where backlog = 1")
            .into_iter()
            .collect()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn texts(db: &Connection, sql: &str) -> Vec<String> {
    let mut statement = db.prepare(sql).expect("SQL");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("texts")
}

fn post(asked: &Asked, accepted: bool) -> Post {
    Post {
        key: header(asked, "webhook-id").to_owned(),
        process: asked.uri().path()[1..].parse().expect("a number"),
        accepted,
        body: serde_json::from_slice(asked.body()).expect("JSON"),
    }
}

/// What a world came to.
#[derive(Debug, Default)]
struct Findings {
    /// By watch: the articles that stand in its alerts, and whether each was old at the first poll.
    articles: BTreeMap<String, BTreeSet<(String, bool)>>,
    /// How they are grouped into alerts.
    groups: BTreeSet<BTreeSet<String>>,
}

/// Each alert told once, under one key, and no key for two things.
fn check_posts(world: &Stage) -> u64 {
    let posts = world.posts();
    let mut told: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut accepted: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for post in &posts {
        assert_eq!(post.key, post.body["delivery"], "header and body agree");
        let first = told.entry(&post.key).or_insert(&post.body);
        for field in ["id", "kind", "watch"] {
            assert_eq!(first[field], post.body[field], "one key for two things");
        }
        if post.accepted {
            accepted.entry(&post.key).or_default().push(post.process);
        }
    }
    let news = told.values().filter(|body| body["kind"] == "new");
    let ids: Vec<&str> = news.filter_map(|body| body["id"].as_str()).collect();
    let distinct: BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "an alert told under two keys");
    let mut repeats = 0;
    for (key, processes) in &accepted {
        let distinct: BTreeSet<&u64> = processes.iter().collect();
        assert_eq!(
            distinct.len(),
            processes.len(),
            "{key} was sent twice by one process"
        );
        repeats += processes.len() as u64 - 1;
    }
    check_outbox(world, &accepted.keys().copied().collect());
    repeats
}

/// What the database says of its deliveries is what the receiver saw.
fn check_outbox(world: &Stage, accepted: &BTreeSet<&str>) {
    let db = world.database().expect("a database");
    let rows = |sql: &str| texts(&db, sql);
    assert_eq!(rows("pragma integrity_check"), ["ok"]);
    assert_eq!(
        rows("select \"table\" from pragma_foreign_key_check"),
        [""; 0]
    );
    let sent = rows("select key from delivery where channel = 'hook' and state = 'sent'");
    assert_eq!(
        sent.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        *accepted
    );
    assert_eq!(
        rows("select key || ' ' || state from delivery where state <> 'sent'"),
        [""; 0]
    );
    let untold = "select cast(id as text) from alert where state <> 'backlog' and not exists (
        select 1 from delivery where alert_id = alert.id and kind = 'new' and channel = 'hook')";
    assert_eq!(rows(untold), [""; 0], "alerts that nobody was told of");
    assert_eq!(
        rows("select url from article where state = 'parked'"),
        [""; 0]
    );
}

/// Starts and kills `kills` processes.
fn kill_again_and_again(
    world: &Stage,
    kills: u64,
    chance: &mut StdRng,
    done: impl Fn(&Stage) -> bool,
) -> u64 {
    let mut killed = 0;
    while killed < kills && !done(world) {
        let mut running = world.start();
        if chance.random() {
            running.until_said("running:");
        }
        std::thread::sleep(Duration::from_millis(chance.random_range(0..LIFE_MS_MAX)));
        assert!(
            running.has_not_ended(),
            "it ended by itself: {}",
            running.said()
        );
        running.kill();
        killed += 1;
    }
    killed
}

fn number(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "how a test is told its size")]
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

fn undisturbed() -> Findings {
    let world = Stage::new(0, false);
    world.finish(Stage::is_done);
    world.correct();
    world.finish(Stage::was_corrected);
    assert_eq!(check_posts(&world), 0, "nothing is repeated");
    world.findings()
}

#[test]
fn a_killed_daemon_loses_nothing_and_repeats_nothing_but_the_step_in_hand() {
    let wanted = number("WIREWATCH_KILLS").unwrap_or(50);
    let seed = number("WIREWATCH_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("WIREWATCH_SEED={seed}");
    let mut chance = StdRng::seed_from_u64(seed);
    let reference = undisturbed();
    assert!(!reference.articles["china-russia"].is_empty());
    let (mut kills, mut repeats, mut worlds, mut senders) = (0, 0, 0, 0);
    let started = Instant::now();
    while kills < wanted {
        let left = wanted - kills;
        let moody = left <= KILLS_PER_WORLD;
        let world = Stage::new(chance.random(), moody);
        let of_work = left.min(KILLS_PER_WORLD - KILLS_OF_CORRECTION);
        kills += kill_again_and_again(&world, of_work, &mut chance, Stage::is_done);
        if !world.is_done() {
            world.finish(Stage::is_done);
        }
        world.correct();
        let of_correction = (wanted - kills).min(KILLS_OF_CORRECTION);
        kills += kill_again_and_again(&world, of_correction, &mut chance, Stage::was_corrected);
        world.finish(|world| world.was_corrected() && world.is_done());
        repeats += check_posts(&world);
        let found = world.findings();
        assert_eq!(found.articles, reference.articles, "WIREWATCH_SEED={seed}");
        assert_eq!(found.groups, reference.groups, "WIREWATCH_SEED={seed}");
        worlds += 1;
        senders += world.senders();
    }
    println!(
        "{kills} kills in {worlds} worlds, {senders} processes sent something, {repeats} deliveries repeated, {:.1} s",
        started.elapsed().as_secs_f64()
    );
}
