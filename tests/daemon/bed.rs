//! A folder with a config, and a site behind it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Running, wirewatch};
use crate::stand_in::{Asked, Reply, StandIn, header};

/// Feeds by path.
type Pages = Arc<Mutex<BTreeMap<String, Page>>>;

#[derive(Clone)]
struct Page {
    body: String,
    pause: Duration,
}

/// Everything one test needs; it is gone with the value.
pub struct Bed {
    pub dir: TempDir,
    pub site: StandIn,
    pages: Pages,
}

impl Bed {
    /// A site with nothing on it, and a config that polls these paths of it at these intervals, watches
    /// for meteors and appends to `alerts.jsonl`. `more` stands at its end.
    pub fn new(feeds: &[(&str, &str)], more: &str) -> Self {
        let pages = Pages::default();
        let shelf = Arc::clone(&pages);
        let site = StandIn::start(move |asked| answer(&shelf, asked));
        let dir = tempfile::tempdir().expect("a directory");
        let mut config = format!(
            "include = [\"watches/*.toml\"]\n[store]\npath = \"w.db\"\n\
             [fetch]\ncontact = \"mailto:ops@example.org\"\nhost_delay = \"0s\"\nallow = [\"{}\"]\n",
            site.addr
        );
        for (path, interval) in feeds {
            let url = site.url(path);
            write!(
                config,
                "[[feed]]\nurl = \"{url}\"\ninterval = \"{interval}\"\nlang = \"en\"\n"
            )
            .expect("a string");
        }
        config.push_str("[channel.desk]\nkind = \"file\"\npath = \"alerts.jsonl\"\n");
        config.push_str(more);
        let bed = Self { dir, site, pages };
        bed.write("config.toml", &config);
        fs::create_dir(bed.path("watches")).expect("a folder");
        bed.watch("meteor");
        bed
    }

    /// Writes the watch for one word into a file of its own.
    pub fn watch(&self, word: &str) {
        let text = format!("[watch.{word}]\ntitle = \"{word}\"\nmatch = '\"{word}\"'\n");
        self.write(&format!("watches/{word}.toml"), &text);
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Puts a feed on the site; its answer takes as long as the pause.
    pub fn serve(&self, path: &str, body: String, pause: Duration) {
        let mut pages = self.pages.lock().expect("the pages");
        pages.insert(path.to_owned(), Page { body, pause });
    }

    /// The feed's requests so far.
    pub fn polls(&self, path: &str) -> Vec<Asked> {
        let asked = self.site.asked().into_iter().map(|(asked, _)| asked);
        asked.filter(|asked| asked.uri().path() == path).collect()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        wirewatch(&self.path("config.toml"), arguments)
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output();
        output.expect("the program starts")
    }

    /// Runs a command that must end well; answers with its standard output.
    pub fn run_well(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Starts the daemon and waits until it works.
    pub fn start(&self) -> Running {
        let mut running = Running::start(self.command(&["run"]), &self.path("log"));
        running.until_said("running:");
        running
    }

    /// What the channel was told so far.
    pub fn told(&self) -> Vec<Value> {
        let lines = fs::read_to_string(self.path("alerts.jsonl")).unwrap_or_default();
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        lines.collect()
    }

    /// One number out of the database.
    pub fn count(&self, sql: &str) -> i64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let db = Connection::open_with_flags(self.path("w.db"), flags).expect("a database");
        db.query_row(sql, [], |row| row.get(0)).expect("a number")
    }
}

fn answer(pages: &Pages, asked: &Asked) -> Reply {
    let page = pages
        .lock()
        .expect("the pages")
        .get(asked.uri().path())
        .cloned();
    let Some(page) = page else {
        return Reply::status(404);
    };
    let etag = format!("\"{}\"", blake3::hash(page.body.as_bytes()).to_hex());
    let known = header(asked, "if-none-match") == etag;
    Reply {
        status: if known { 304 } else { 200 },
        headers: vec![
            ("etag", etag),
            (
                "content-type",
                "application/rss+xml; charset=utf-8".to_owned(),
            ),
        ],
        body: if known {
            Vec::new()
        } else {
            page.body.into_bytes()
        },
        pause: page.pause,
    }
}

/// An entry of a feed. Its page does not exist, so that the article is made of the entry.
pub struct Entry {
    pub name: String,
    pub title: String,
    pub text: String,
    pub published: Timestamp,
}

/// An RSS document.
pub fn rss(entries: &[Entry]) -> String {
    let mut text = "<rss version=\"2.0\"><channel><title>Sky</title>".to_owned();
    for Entry {
        name,
        title,
        text: body,
        published,
    } in entries
    {
        let date = published.strftime("%a, %d %b %Y %H:%M:%S +0000");
        write!(
            text,
            "<item><guid isPermaLink=\"false\">{name}</guid><link>http://127.0.0.1:9/{name}</link>\
             <title>{title}</title><description>{body}</description><pubDate>{date}</pubDate></item>"
        )
        .expect("a string");
    }
    text.push_str("</channel></rss>");
    text
}

/// Now, as the program would say it.
pub fn now() -> Timestamp {
    wirewatch::world::World::real().clock.now()
}

/// An entry about a word; what else it says is like no other number's, so that it is a story of its own.
pub fn entry(word: &str, number: usize, published: Timestamp) -> Entry {
    let name = format!("{word}-{number}");
    let words = gibberish(&name, 40);
    Entry {
        title: format!("{} {word} {}", &words[..20], &words[21..41]),
        text: words,
        name,
        published,
    }
}

/// So many words of six letters, the same for the same seed, of a language that nobody speaks.
pub fn gibberish(seed: &str, words: usize) -> String {
    let mut reader = blake3::Hasher::new().update(seed.as_bytes()).finalize_xof();
    let mut bytes = vec![0; 6 * words];
    reader.fill(&mut bytes);
    let letters = |word: &[u8]| {
        word.iter()
            .map(|byte| char::from(b'a' + byte % 26))
            .collect()
    };
    let words: Vec<String> = bytes.chunks(6).map(letters).collect();
    words.join(" ")
}
