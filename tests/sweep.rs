//! Kill -9 at any moment, with every kind of channel that is local: nothing is lost, and nothing told twice but what cannot
//! be helped.
//!
//! The real program reads a site of the test's own, and tells through a mail server (aiosmtpd: STARTTLS, a log-in, greylisting, a
//! lost acknowledgement), a webhook, files of JSON Lines, an Atom and a JSON feed, a command, standard output and a real Prometheus
//! Alertmanager. The long form: `WIREWATCH_KILLS=500 WIREWATCH_ARTICLES=1000 cargo test --release --test sweep -- --nocapture`; a run
//! is repeated with `WIREWATCH_SEED`.

#[allow(dead_code, reason = "shared with tests that use more of it")]
mod common {
    pub mod alertmanager;
    pub mod made_words;
    pub mod parts;
    pub mod program;
    pub mod stand_in;
}
#[path = "smtp/mail_server.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod mail_server;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::alertmanager::{Alertmanager, wait_until};
use common::made_words::words;
use common::program::{Running, wirewatch};
use common::stand_in::{Reply, StandIn, header};
use mail_server::{MailServer, PASSWORD};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;
use wirewatch::world::World;

/// Entries in a feed.
const PER_FEED: u64 = 50;

/// Kills fall so long after the start of the process.
const LIFE_MS_MAX: u64 = 1_500;

/// Longest time that a whole world may take after its last kill.
const FINISH: Duration = Duration::from_secs(1_200);

const CHANNELS: [&str; 9] = [
    "file", "hook", "mail", "grey", "atom", "jsonfeed", "command", "am", "stdout",
];

/// Those for which a kill between sending and committing may not be seen at all.
const NEVER_TWICE: [&str; 4] = ["file", "atom", "jsonfeed", "am"];

struct Stage {
    dir: TempDir,
    site: StandIn,
    hook: StandIn,
    mail: MailServer,
    alertmanager: Alertmanager,
    articles: u64,
    starts: u64,
}

impl Stage {
    /// `None` when a part is missing; the test is then skipped.
    fn new(articles: u64) -> Option<Self> {
        let mail = MailServer::start("starttls")?;
        fs::write(mail.dir.path().join("password"), PASSWORD).expect("a file");
        let alertmanager = Alertmanager::start()?;
        let stage = Self {
            dir: tempfile::tempdir().expect("a directory"),
            site: StandIn::start(move |asked| answer(asked.uri().path(), articles)),
            // Slow enough for kills to fall between its "yes" and the commit.
            hook: StandIn::start(|_| Reply {
                pause: Duration::from_millis(2),
                ..Reply::status(200)
            }),
            mail,
            alertmanager,
            articles,
            starts: 0,
        };
        stage.write_config();
        Some(stage)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write_config(&self) {
        let am = self.alertmanager.port;
        let mut config = format!(
            "[store]\npath = \"w.db\"\n[health]\nenabled = false\n[alert]\nstories = \"copies\"\n\
             [fetch]\ncontact = \"mailto:ops@example.org\"\nhost_delay = \"0s\"\nhost_parallel = 8\n\
             allow = [\"{}\", \"{}\", \"127.0.0.1:{am}\"]\n\
             [watch.meteor]\nmatch = '\"meteor\"'\n",
            self.site.addr, self.hook.addr
        );
        for feed in 0..self.articles.div_ceil(PER_FEED) {
            let url = self.site.url(&format!("/feed/{feed}"));
            write!(config, "[[feed]]\nurl = \"{url}\"\nlang = \"en\"\n").expect("a string");
        }
        for (name, to) in [
            ("mail", "ana@example.org"),
            ("grey", "grey@example.org\", \"lostack@example.org"),
        ] {
            let dir = self.mail.dir.path().display();
            write!(
                config,
                "[channel.{name}]\nkind = \"email\"\nhost = \"localhost\"\nport = {}\nfrom = \"Wirewatch <{name}@example.org>\"\n\
                 to = [\"{to}\"]\nca_file = \"{dir}/ca.pem\"\nuser = \"ana\"\npassword_file = \"{dir}/password\"\n",
                self.mail.port()
            )
            .expect("a string");
        }
        let kept = self.articles + 1;
        write!(
            config,
            "[channel.file]\nkind = \"file\"\npath = \"alerts.jsonl\"\n\
             [channel.hook]\nkind = \"webhook\"\nurl = \"{}\"\n\
             [channel.atom]\nkind = \"atom\"\npath = \"alerts.atom\"\nentries = {kept}\n\
             [channel.jsonfeed]\nkind = \"jsonfeed\"\npath = \"alerts.json\"\nentries = {kept}\n\
             [channel.command]\nkind = \"command\"\nrun = [\"/bin/sh\", \"-c\", \"cat > /dev/null; echo $WIREWATCH_KEY >> told\"]\n\
             [channel.am]\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:{am}\"\n\
             [channel.stdout]\nkind = \"stdout\"\n",
            self.hook.url("/")
        )
        .expect("a string");
        fs::write(self.path("config.toml"), config).expect("the config is written");
    }

    fn start(&mut self) -> Running {
        self.starts += 1;
        let log = self.path(&format!("log.{}", self.starts));
        Running::start(wirewatch(&self.path("config.toml"), &["run"]), &log)
    }

    fn database(&self) -> Option<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        Connection::open_with_flags(self.path("w.db"), flags).ok()
    }

    /// True when everything has been read, judged and sent.
    fn is_done(&self) -> bool {
        let left = "select (select count(*) from article where state in ('wanted', 'read'))
            + (select count(*) from delivery where state = 'pending')";
        let Some(db) = self.database() else {
            return false;
        };
        let number = |sql: &str| {
            db.query_row(sql, [], |row| row.get::<_, i64>(0))
                .unwrap_or(-1)
        };
        number("select count(*) from alert") == self.articles.cast_signed() && number(left) == 0
    }

    fn finish(&mut self) {
        let mut running = self.start();
        running.until_said("running:");
        let started = Instant::now();
        while !self.is_done() {
            assert!(
                started.elapsed() < FINISH && running.has_not_ended(),
                "it does not come to an end: {}",
                running.said()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        running.signal("TERM");
        assert!(running.end().success(), "{}", running.said());
    }

    /// Keys of the deliveries of a channel, all of them sent.
    fn promised(&self, channel: &str) -> BTreeSet<String> {
        let db = self.database().expect("a database");
        let unsent: i64 = db
            .query_row(
                "select count(*) from delivery where state <> 'sent'",
                [],
                |row| row.get(0),
            )
            .expect("a number");
        assert_eq!(unsent, 0, "something was not sent");
        let mut keys = db
            .prepare("select key from delivery where channel = ?1")
            .expect("SQL");
        let keys = keys.query_map([channel], |row| row.get(0)).expect("rows");
        keys.collect::<Result<_, _>>().expect("keys")
    }

    /// How often each delivery of a channel came to its receiver, by key; for an Alertmanager, by story.
    fn arrived(&self, channel: &str) -> BTreeMap<String, u64> {
        let names: Vec<String> = match channel {
            "file" => lines(&self.path("alerts.jsonl"))
                .iter()
                .map(|line| text_of(&serde_json::from_str(line).expect("JSON"), "delivery"))
                .collect(),
            "hook" => self
                .hook
                .asked()
                .iter()
                .map(|(asked, _)| header(asked, "webhook-id").to_owned())
                .collect(),
            "mail" | "grey" => self.mails(channel),
            "command" => lines(&self.path("told")),
            "am" => self
                .alertmanager
                .told()
                .into_iter()
                .map(|(_, story)| story)
                .collect(),
            "atom" => {
                let text = fs::read(self.path("alerts.atom")).expect("a feed");
                let feed = feed_rs::parser::parse(&text[..]).expect("an Atom feed");
                feed.entries.into_iter().map(|entry| entry.id).collect()
            }
            "jsonfeed" => {
                let text = fs::read_to_string(self.path("alerts.json")).expect("a feed");
                let feed: Value = serde_json::from_str(&text).expect("JSON");
                feed["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .map(|item| text_of(item, "id"))
                    .collect()
            }
            "stdout" => (1..=self.starts)
                .flat_map(|n| lines(&self.path(&format!("log.{n}"))))
                .filter_map(|line| {
                    Some(
                        line.split_once("wirewatch alert show ")?
                            .1
                            .split_whitespace()
                            .next()?
                            .to_owned(),
                    )
                })
                .collect(),
            other => panic!("{other}"),
        };
        let mut arrived = BTreeMap::new();
        for name in names {
            *arrived.entry(name).or_default() += 1;
        }
        arrived
    }

    /// Keys of the mails of a channel. One key has one `Message-ID`, and no two keys share one.
    fn mails(&self, channel: &str) -> Vec<String> {
        let (mut keys, mut ids) = (Vec::new(), BTreeMap::new());
        for mail in self.mail.mails() {
            let of = |name: &str| {
                mail_server::header(&mail, name)
                    .unwrap_or_default()
                    .to_owned()
            };
            if !of("From").contains(&format!("{channel}@example.org")) {
                continue;
            }
            let key = of("X-Wirewatch-Delivery");
            let known = ids.entry(key.clone()).or_insert_with(|| of("Message-ID"));
            assert_eq!(*known, of("Message-ID"), "one delivery, one Message-ID");
            keys.push(key);
        }
        let distinct: BTreeSet<&String> = ids.values().collect();
        assert_eq!(
            distinct.len(),
            ids.len(),
            "two deliveries share a Message-ID"
        );
        keys
    }

    /// Nothing lost, and repeats only where and as often as they may be.
    fn check(&self, kills: u64) {
        wait_until("the Alertmanager has told everything", || {
            self.arrived("am").len() as u64 >= self.articles
        });
        for channel in CHANNELS {
            let (promised, arrived) = (self.promised(channel), self.arrived(channel));
            assert_eq!(promised.len() as u64, self.articles, "{channel}");
            assert_eq!(
                arrived.len() as u64,
                self.articles,
                "{channel} lost some, or told what was not asked"
            );
            if ["file", "hook", "mail", "grey", "command"].contains(&channel) {
                let arrived: BTreeSet<String> = arrived.keys().cloned().collect();
                assert_eq!(arrived, promised, "{channel}");
            }
            let repeats: u64 = arrived.values().map(|times| times - 1).sum();
            let allowed = match channel {
                _ if NEVER_TWICE.contains(&channel) => 0,
                // Two of its mails are put off and one acknowledgement is lost, whatever is killed.
                "grey" => kills + 3,
                _ => kills,
            };
            assert!(
                repeats <= allowed,
                "{channel}: {repeats} repeats at {kills} kills"
            );
            println!(
                "{channel}: {} delivered, {repeats} repeated, 0 lost",
                arrived.len()
            );
        }
    }
}

fn text_of(value: &Value, key: &str) -> String {
    value[key].as_str().expect("a text").to_owned()
}

fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The site: feeds, and no pages, so that articles are made of entries.
fn answer(path: &str, articles: u64) -> Reply {
    let Some(feed) = path
        .strip_prefix("/feed/")
        .and_then(|n| n.parse::<u64>().ok())
    else {
        return Reply::status(404);
    };
    let mut text =
        "<rss version=\"2.0\"><channel><title>Sky</title><link>https://sky.example/</link>"
            .to_owned();
    let now = World::real().clock.now();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT");
    for number in feed * PER_FEED..((feed + 1) * PER_FEED).min(articles) {
        let words = words(number);
        let title = format!("{} meteor {}", &words[..20], &words[21..41]);
        write!(
            text,
            "<item><title>{title}</title><guid>{number}</guid><pubDate>{date}</pubDate><description>{words}</description></item>"
        )
        .expect("a string");
    }
    text.push_str("</channel></rss>");
    Reply {
        headers: vec![("content-type", "application/rss+xml".to_owned())],
        body: text.into_bytes(),
        ..Reply::status(200)
    }
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

#[test]
fn kills_lose_nothing_through_any_channel() {
    let kills = number("WIREWATCH_KILLS", 50);
    let articles = number("WIREWATCH_ARTICLES", 150);
    let seed = number("WIREWATCH_SEED", u64::from(std::process::id()));
    println!("WIREWATCH_SEED={seed}");
    let mut chance = StdRng::seed_from_u64(seed);
    let (mut killed, mut worlds) = (0, 0);
    let started = Instant::now();
    while killed < kills {
        let Some(mut world) = Stage::new(articles) else {
            return;
        };
        let before = killed;
        while killed < kills && !world.is_done() {
            let mut running = world.start();
            std::thread::sleep(Duration::from_millis(chance.random_range(0..LIFE_MS_MAX)));
            assert!(
                running.has_not_ended(),
                "it ended by itself: {}",
                running.said()
            );
            running.kill();
            killed += 1;
        }
        world.finish();
        world.check(killed - before);
        worlds += 1;
    }
    println!(
        "{killed} kills in {worlds} worlds of {articles} articles, {:.0} s",
        started.elapsed().as_secs_f64()
    );
}
