//! A config with a database of sixty read articles, from a site of the test's own.

use std::fs;
use std::path::Path;

use super::program::wirewatch;
use super::stand_in::{Reply, StandIn};

/// Articles of the site.
const ARTICLES: usize = 60;

/// Sentences; article N has those whose number divides it.
const SENTENCES: &[(usize, &str)] = &[
    (1, "The minister spoke to reporters on Monday morning."),
    (2, "She told us that the talks would go on."),
    (3, "A strike closed the port for a third day."),
    (4, "Officials of the union met in the capital."),
    (5, "An earthquake shook the coast in the night."),
    (10, "The strike and the storm cost the port much money."),
];

/// The config and its database; the site has ended.
pub struct Stocked {
    dir: tempfile::TempDir,
    addr: String,
}

impl Stocked {
    /// Polls and reads sixty articles.
    pub fn new() -> Self {
        let now = wirewatch::world::World::real().clock.now();
        let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        let site = StandIn::start(move |asked| {
            let host = asked.headers()["host"].to_str().expect("a host").to_owned();
            let path = asked.uri().path();
            let (content_type, body) = match path.strip_prefix("/news/") {
                Some(number) => (
                    "text/html; charset=utf-8",
                    page(number.parse().expect("a number")),
                ),
                None if path == "/feed" => ("application/rss+xml", feed(&host, &date)),
                None => return Reply::status(404),
            };
            Reply {
                status: 200,
                headers: vec![("content-type", content_type.to_owned())],
                body: body.into_bytes(),
                ..Reply::default()
            }
        });
        let stocked = Self {
            dir: tempfile::tempdir().expect("a folder"),
            addr: site.addr.to_string(),
        };
        stocked.write("[watch.w]\nmatch = '\"earthquake\"'\n");
        let run = wirewatch(&stocked.path().join("config.toml"), &["run", "--once"])
            .output()
            .expect("it runs");
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.success(), "{told}");
        stocked
    }

    /// The folder that holds `config.toml`.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes the config anew, with these rules.
    pub fn write(&self, rules: &str) {
        let addr = &self.addr;
        let config = format!(
            "{rules}\n[store]\npath = \"w.db\"\n[fetch]\nhost_delay = \"0s\"\nhost_parallel = 8\nallow = [\"{addr}\"]\n\
             [[feed]]\nurl = \"http://{addr}/feed\"\nlang = \"en\"\n\
             [channel.desk]\nkind = \"file\"\npath = \"alerts.jsonl\"\n"
        );
        fs::write(self.dir.path().join("config.toml"), config).expect("a file");
    }
}

fn title(number: usize) -> String {
    format!("Report number {number} from the harbour town")
}

fn feed(host: &str, date: &str) -> String {
    let items: String = (1..=ARTICLES)
        .map(|number| {
            let title = title(number);
            format!(
                "<item><link>http://{host}/news/{number}</link><title>{title}</title><pubDate>{date}</pubDate></item>"
            )
        })
        .collect();
    format!("<rss version='2.0'><channel><title>News</title>{items}</channel></rss>")
}

fn page(number: usize) -> String {
    let title = title(number);
    let told: String = SENTENCES
        .iter()
        .filter(|(divides, _)| number.is_multiple_of(*divides))
        .map(|(_, sentence)| {
            format!("<p>{sentence} It was report {number} of the harbour town, said a witness.</p>")
        })
        .collect();
    format!(
        "<html lang='en'><head><title>{title}</title></head><body><article><h1>{title}</h1>{told}\
         <p>The weather of day {number} was calm, and the boats went out as they do on every other day of the year.</p>\
         </article></body></html>"
    )
}
