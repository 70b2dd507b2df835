//! A database of many stored articles, for `wirewatch watch backtest`: `cargo bench --bench past -- FOLDER [COUNT] [FILE]`.
//!
//! Makes FOLDER/config.toml, which includes `examples/watches/`, and FOLDER/w.db with COUNT articles (100,000 where
//! nothing is said) first seen in the last 90 days: the texts of FILE (JSON Lines with title, body and lang), or made
//! ones, over and over, each with its paragraphs in another order and a sentence of words that no other article has.
//! The same seed makes the same texts. They go through the store's own verbs. Time the command itself then:
//!
//! `time wirewatch --config FOLDER/config.toml watch backtest china-russia --since 100d`

#[path = "../tests/common/chance.rs"]
mod chance;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chance::Chance;
use jiff::{SignedDuration, Timestamp};
use wirewatch::model::{
    Article, EntryDate, FeedFormat, FeedId, FeedKind, FeedSpec, Lessee, ParsedEntry, PollOutcome,
    PollResult, PolledEntry, ReadOutcome, Validators,
};
use wirewatch::store::{FeedScope, OpenMode, Queries, SqliteStore, Store};
use wirewatch::world::World;

const COUNT: usize = 100_000;
const FEEDS: usize = 20;
/// Articles of one poll.
const POLL: usize = 500;
const DAYS: i64 = 90;

impl Chance {
    fn word(&mut self) -> String {
        const SYLLABLES: [&str; 12] = [
            "ka", "ri", "mo", "ten", "sul", "ban", "dor", "mi", "la", "ves", "gro", "pin",
        ];
        let length = 2 + self.below(3);
        (0..length).map(|_| SYLLABLES[self.below(12)]).collect()
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<String> = (0..count).map(|_| self.word()).collect();
        words.join(" ")
    }
}

struct Text {
    title: String,
    body: String,
    lang: String,
}

fn texts(file: Option<&Path>, chance: &mut Chance) -> Vec<Text> {
    let Some(file) = file else {
        return (0..2_000)
            .map(|_| Text {
                title: chance.words(8),
                body: (0..8).map(|_| chance.words(60) + ".\n").collect(),
                lang: "en".to_owned(),
            })
            .collect();
    };
    let text = fs::read_to_string(file).expect("the file of articles can be read");
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let of = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap_or("").to_owned();
    lines
        .map(|line| Text {
            title: of(&line, "title"),
            body: of(&line, "body"),
            lang: of(&line, "lang"),
        })
        .collect()
}

/// The text once more, as another article.
fn another(text: &Text, chance: &mut Chance) -> Article {
    let mut paragraphs: Vec<&str> = text.body.lines().collect();
    let by = chance.below(paragraphs.len().max(1));
    paragraphs.rotate_left(by);
    Article {
        title: text.title.clone(),
        body: format!("{}\n{}.", paragraphs.join("\n"), chance.words(12)),
        lang: Some(text.lang.clone()).filter(|lang| !lang.is_empty()),
        ..Article::default()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let Some(folder) = arguments.first().map(PathBuf::from) else {
        println!("left out: name a folder (see the head of benches/past.rs)");
        return;
    };
    let count = arguments
        .get(1)
        .map_or(COUNT, |count| count.parse().expect("a number"));
    let mut chance = Chance(7);
    let texts = texts(arguments.get(2).map(Path::new), &mut chance);
    fs::create_dir_all(&folder).expect("the folder can be made");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = format!(
        "include = [\"{}/examples/watches/*.toml\"]\n[store]\npath = \"w.db\"\n",
        root.display()
    );
    fs::write(folder.join("config.toml"), config).expect("the folder can be written");
    let path = folder.join("w.db");
    assert!(
        !path.exists(),
        "{}: name a folder without a database",
        path.display()
    );
    let name = "benches/past".to_owned();
    let store = SqliteStore::open(&path, OpenMode::Daemon { name }).expect("a new database");
    let now = World::real().clock.now();
    let feeds = feeds(&store, now).await;
    let polls = count.div_ceil(POLL);
    let span = SignedDuration::from_hours(24 * DAYS);
    for poll in 0..polls {
        let ago = span * i32::try_from(polls - poll).expect("some thousands")
            / i32::try_from(polls).expect("some thousands");
        let at = now - ago;
        let entries = POLL.min(count - poll * POLL);
        fill(
            &store,
            feeds[poll % FEEDS],
            (poll, entries),
            at,
            &texts,
            &mut chance,
        )
        .await;
    }
    store.close().await.expect("it closes");
    println!("{}: {count} articles", path.display());
}

async fn feeds(store: &SqliteStore, now: Timestamp) -> Vec<FeedId> {
    let specs = (0..FEEDS).map(|n| {
        let spec = FeedSpec {
            url: format!("https://site{n}.example/rss"),
            host: format!("site{n}.example"),
            kind: FeedKind::Feed,
            tags: Vec::new(),
            lang: None,
            interval: None,
        };
        (Arc::new(spec), now)
    });
    let specs: Vec<_> = specs.collect();
    store.sync_feeds(&specs, now).await.expect("feeds");
    let views = store.feeds().await.expect("feeds");
    views.iter().map(|view| view.id).collect()
}

/// One poll of a feed, and the reading of all that it names.
async fn fill(
    store: &SqliteStore,
    feed: FeedId,
    (poll, entries): (usize, usize),
    at: Timestamp,
    texts: &[Text],
    chance: &mut Chance,
) {
    let lessee = Lessee {
        name: "bench".to_owned(),
        now: at,
        hold: SignedDuration::from_hours(1),
    };
    let scope = FeedScope::One {
        feed,
        since: Timestamp::MAX,
    };
    let claims = store.claim_feeds(&lessee, scope, 1, 1, &[]).await;
    let claim = claims.expect("a claim").pop().expect("the feed is free");
    let entries = (0..entries).map(|n| {
        let key = format!("{poll}-{n}");
        PolledEntry {
            hash: *blake3::hash(key.as_bytes()).as_bytes(),
            article_url: format!("https://pages.example/{key}"),
            article_host: "pages.example".to_owned(),
            backlog: false,
            late: false,
            date: EntryDate::Sent,
            entry: ParsedEntry {
                title: Some(texts[(poll * POLL + n) % texts.len()].title.clone()),
                key,
                ..ParsedEntry::default()
            },
        }
    });
    let outcome = PollOutcome {
        state: None,
        at,
        due_at: at,
        host_not_before: None,
        older: Vec::new(),
        result: PollResult::Fetched {
            validators: Validators::default(),
            body_hash: None,
            format: FeedFormat::Rss,
            title: None,
            language: None,
            entries: entries.collect(),
        },
    };
    store
        .commit_poll(feed, claim.lease_no, outcome)
        .await
        .expect("a commit");
    let wanted = store
        .claim_wanted(&lessee, POLL, POLL, &[])
        .await
        .expect("a claim");
    let commits = wanted.into_iter().map(|claim| {
        let number: Vec<usize> = claim
            .item
            .url
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .split('-')
            .filter_map(|number| number.parse().ok())
            .collect();
        let text = &texts[(number[0] * POLL + number[1]) % texts.len()];
        let article = another(text, chance);
        let outcome = ReadOutcome::Read {
            at,
            article: Box::new(article),
            validators: Validators::default(),
            search_title: String::new(),
            search_body: String::new(),
            why: None,
            host_not_before: None,
            learnt: None,
            pages: Vec::new(),
            own: None,
        };
        store.commit_read(claim.item.id, claim.lease_no, outcome)
    });
    for committed in futures_util::future::join_all(commits).await {
        committed.expect("a commit");
    }
}
