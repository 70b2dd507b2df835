//! A site with one feed, a config that watches it for meteors, and the program over both.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::program::wirewatch;
use crate::stand_in::{Reply, StandIn, header};

/// Pages by path: content type and bytes.
type Pages = Arc<Mutex<BTreeMap<String, (String, Vec<u8>)>>>;

pub struct Bed {
    pub dir: tempfile::TempDir,
    pub site: StandIn,
    pages: Pages,
}

impl Bed {
    /// Nothing on the site yet; `more` stands at the end of the config.
    pub fn new(more: &str) -> Self {
        let pages = Pages::default();
        let shelf = Arc::clone(&pages);
        let site = StandIn::start(move |asked| {
            let path = asked.uri().to_string();
            match shelf.lock().expect("the pages").get(&path) {
                Some((content_type, body)) if content_type == "status" => {
                    Reply::status(body.len() as u16)
                }
                Some((content_type, body)) => {
                    let etag = format!("\"{}\"", blake3::hash(body).to_hex());
                    let is_known = header(asked, "if-none-match") == etag;
                    Reply {
                        status: if is_known { 304 } else { 200 },
                        headers: vec![("content-type", content_type.clone()), ("etag", etag)],
                        body: if is_known { Vec::new() } else { body.clone() },
                        ..Reply::default()
                    }
                }
                None => Reply::status(404),
            }
        });
        let bed = Self {
            dir: tempfile::tempdir().expect("a folder"),
            site,
            pages,
        };
        bed.configure(more);
        bed
    }

    /// Writes the config anew.
    pub fn configure(&self, more: &str) {
        let (addr, feed) = (self.site.addr, self.site.url("/feed"));
        let config = format!(
            "[store]\npath = \"w.db\"\n[fetch]\nhost_delay = \"0s\"\nhost_parallel = 8\nallow = [\"{addr}\"]\n\
             [[feed]]\nurl = \"{feed}\"\n[channel.desk]\nkind = \"file\"\npath = \"alerts.jsonl\"\n\
             [watch.meteor]\ntitle = \"meteor\"\nmatch = '\"meteor\"'\n{}",
            more.replace("{addr}", &addr.to_string())
        );
        fs::write(self.path("config.toml"), config).expect("a file");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn url(&self, name: &str) -> String {
        self.site.url(&format!("/{name}"))
    }

    /// Puts a page on the site.
    pub fn page(&self, name: &str, html: &str) {
        self.page_of(name, "text/html; charset=utf-8", html.as_bytes());
    }

    pub fn page_of(&self, name: &str, content_type: &str, bytes: &[u8]) {
        let mut pages = self.pages.lock().expect("the pages");
        pages.insert(
            format!("/{name}"),
            (content_type.to_owned(), bytes.to_vec()),
        );
    }

    /// From now on a page is answered with a status and nothing else.
    pub fn status(&self, name: &str, status: u16) {
        self.page_of(name, "status", &vec![b' '; status as usize]);
    }

    /// How often a page was asked for, and how often `304` was the answer.
    pub fn asked_for(&self, name: &str) -> (usize, usize) {
        let path = format!("/{name}");
        let asked = self.site.asked();
        let of_page = asked.iter().filter(|(asked, _)| asked.uri().path() == path);
        let known = of_page.clone().filter(|(_, status)| *status == 304);
        (of_page.count(), known.count())
    }

    /// What the channel was told so far.
    pub fn messages(&self) -> Vec<Value> {
        let lines = fs::read_to_string(self.path("alerts.jsonl")).unwrap_or_default();
        let lines = lines.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    /// Puts the feed on the site: an entry, with its title, for each page.
    pub fn feed(&self, entries: &[(&str, &str)]) {
        let now = wirewatch::world::World::real().clock.now();
        let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000");
        let mut rss = "<rss version='2.0'><channel><title>Sky</title>".to_owned();
        for (name, title) in entries {
            let link = self.url(name);
            write!(
                rss,
                "<item><guid isPermaLink='false'>{name}</guid><link>{link}</link><title>{title}</title>\
                 <description>{title}, says the feed.</description><pubDate>{date}</pubDate></item>"
            )
            .expect("a string");
        }
        rss.push_str("</channel></rss>");
        self.page("feed", &rss);
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = wirewatch(&self.path("config.toml"), arguments).output();
        output.expect("the program starts")
    }

    /// Runs a command that must end well; answers with its standard output.
    pub fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// One pass over all feeds.
    pub fn pass(&self) {
        self.said(&["run", "--once", "--all"]);
    }

    pub fn shown(&self, name: &str) -> Value {
        let shown = self.said(&["article", "show", &self.url(name), "--json"]);
        serde_json::from_str(&shown).expect("JSON")
    }

    /// What the channel was told so far: kinds of messages.
    pub fn told(&self) -> Vec<String> {
        let lines = fs::read_to_string(self.path("alerts.jsonl")).unwrap_or_default();
        let kind = |line: &str| {
            let told: Value = serde_json::from_str(line).expect("JSON");
            told["kind"].as_str().expect("a kind").to_owned()
        };
        lines.lines().map(kind).collect()
    }

    /// One number out of the database.
    pub fn count(&self, sql: &str) -> i64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let db = Connection::open_with_flags(self.path("w.db"), flags).expect("a database");
        db.query_row(sql, [], |row| row.get(0)).expect("a number")
    }

    /// Changes the database, as nobody but a test does.
    pub fn tamper(&self, sql: &str) {
        let db = Connection::open(self.path("w.db")).expect("a database");
        db.execute_batch(sql).expect("SQL");
    }

    /// Requests for anything but the feed and `robots.txt`.
    pub fn pages_asked(&self) -> usize {
        let asked = self.site.asked();
        let paths = asked.iter().map(|(asked, _)| asked.uri().path().to_owned());
        paths
            .filter(|path| path != "/feed" && path != "/robots.txt")
            .count()
    }
}

/// A page of our own: a story about a meteor, and a paragraph of class `more` that a rule may take out.
pub fn story(title: &str, more: &str) -> String {
    format!(
        "<html lang='en'><head><title>{title}</title></head><body><nav><a href='/'>Home</a></nav><main><article>\
         <h1>{title}</h1><div class='text'>\
         <p>A bright <em>meteor</em> was seen over the <a href='/lake?a=1&amp;b=2'>northern lake</a> on Monday evening, \
         and hundreds of people came to the shore to look for pieces of it.</p>\
         <h2>What is known</h2>\
         <p>The stone weighed about 12 kilograms when it reached the ground, said the observatory in the town, \
         and it broke into three parts.</p><p class='more'>{more}</p>\
         <p>Nobody was hurt, and the police have closed the road along the water until the end of the week.</p>\
         </div></article></main><footer><p>All rights reserved.</p></footer></body></html>"
    )
}

/// What stands in the paragraph that a rule takes out: numbers and names, as corrections are about.
pub const MORE: &str = "Professor Anna Keller of the University of Oulu counted 41 fragments in the northern lake, \
    the largest of which weighs 7 kilograms.";

/// A rule that takes it out.
pub const RULE: &str = "[[site]]\nmatch = \"{addr}\"\nbody = \".text\"\nremove = [\".more\"]\n";
/// The rule without that.
pub const RULE_BEFORE: &str = "[[site]]\nmatch = \"{addr}\"\nbody = \".text\"\n";
