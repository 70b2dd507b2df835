//! The program with its host memory: the filter with a file, the daemon with its store.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::common::wirewatch;
use crate::site::{Design, LANGUAGES, MadePage, page};
use crate::stand_in::{Reply, StandIn};

fn well(mut command: Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs `extract --host-memory` over pages in `folder`; the bodies in input order.
fn filter(folder: &Path, pages: &[MadePage], memory: &str) -> Vec<String> {
    let mut input = String::new();
    for (index, made) in pages.iter().enumerate() {
        let name = format!("{index}.html");
        fs::write(folder.join(&name), &made.html).expect("a page is written");
        input += &format!(
            "{}\n",
            serde_json::json!({ "id": index, "url": made.url, "file": name })
        );
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .args(["extract", "--jobs", "3", "--host-memory", memory])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child
        .stdin
        .take()
        .expect("an input")
        .write_all(input.as_bytes())
        .expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let answers: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let ids: Vec<u64> = answers
        .iter()
        .filter_map(|answer| answer["id"].as_u64())
        .collect();
    assert_eq!(
        ids,
        (0..pages.len() as u64).collect::<Vec<_>>(),
        "in input order"
    );
    answers
        .iter()
        .map(|answer| answer["body"].as_str().expect("a body").to_owned())
        .collect()
}

fn foreign(made: &MadePage, body: &str) -> usize {
    body.lines()
        .filter(|line| made.foreign.iter().any(|foreign| foreign == line))
        .count()
}

#[test]
fn the_filter_learns_as_it_goes_and_a_second_run_knows_all_from_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    // The pages of all hosts in turn, as a crawl brings them.
    let pages: Vec<MadePage> = (0..8)
        .flat_map(|number| (0..LANGUAGES).map(move |language| page(language, number, Design::Old)))
        .collect();
    let first = filter(folder.path(), &pages, "hosts.json");
    let second = filter(folder.path(), &pages, "hosts.json");
    for (index, (made, (first, second))) in pages.iter().zip(first.iter().zip(&second)).enumerate()
    {
        let known = index / LANGUAGES >= 3;
        assert_eq!(foreign(made, first) == 0, known, "{index} {first}");
        assert_eq!(foreign(made, second), 0, "{index}");
        assert!(
            made.body
                .iter()
                .all(|line| second.lines().any(|found| found == line)),
            "{index}"
        );
    }
    let text = fs::read_to_string(folder.path().join("hosts.json")).expect("the file is there");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        file["hosts"].as_object().map(serde_json::Map::len),
        Some(LANGUAGES)
    );
    fs::write(folder.path().join("hosts.json"), "[").expect("written");
    let mut broken = Command::new(env!("CARGO_BIN_EXE_wirewatch"));
    broken
        .args(["extract", "--host-memory", "hosts.json"])
        .current_dir(folder.path())
        .stdin(Stdio::null());
    let output = broken.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

/// A site with a feed of made pages.
struct Site {
    folder: tempfile::TempDir,
    server: StandIn,
    shelf: Arc<Mutex<BTreeMap<String, String>>>,
    items: Vec<String>,
}

impl Site {
    fn new() -> Self {
        let shelf = Arc::new(Mutex::new(BTreeMap::<String, String>::new()));
        let pages = Arc::clone(&shelf);
        let server = StandIn::start(move |asked| {
            match pages.lock().expect("pages").get(asked.uri().path()) {
                Some(text) => Reply {
                    status: 200,
                    body: text.clone().into_bytes(),
                    ..Reply::default()
                },
                None => Reply::status(404),
            }
        });
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!(
            "[store]\npath = \"w.db\"\n[fetch]\ncontact = \"mailto:ops@example.org\"\nhost_delay = \"0s\"\n\
             allow = [\"{}\"]\n[[feed]]\nurl = \"{}\"\n",
            server.addr,
            server.url("/feed")
        );
        fs::write(folder.path().join("config.toml"), config).expect("written");
        Self {
            folder,
            server,
            shelf,
            items: Vec::new(),
        }
    }

    /// Puts a page on the site and into its feed.
    fn publish(&mut self, number: u64) -> (String, MadePage) {
        let made = page(0, number, Design::Old);
        let url = self.server.url(&format!("/p/{number}"));
        self.items.push(format!(
            "<item><title>Number {number}</title><link>{url}</link></item>"
        ));
        let feed = format!(
            "<rss version=\"2.0\"><channel><title>Made</title>{}</channel></rss>",
            self.items.concat()
        );
        let mut shelf = self.shelf.lock().expect("pages");
        shelf.insert(format!("/p/{number}"), made.html.clone());
        shelf.insert("/feed".to_owned(), feed);
        drop(shelf);
        (url, made)
    }

    fn say(&self, arguments: &[&str]) -> String {
        well(wirewatch(
            &self.folder.path().join("config.toml"),
            arguments,
        ))
    }

    fn body(&self, url: &str) -> String {
        let article: Value =
            serde_json::from_str(&self.say(&["article", "show", url, "--json"])).expect("JSON");
        article["body"].as_str().expect("it was read").to_owned()
    }
}

#[test]
fn one_process_learns_what_the_next_leaves_out_and_people_can_see_and_forget_it() {
    let mut site = Site::new();
    let old: Vec<_> = (0..4).map(|number| site.publish(number)).collect();
    site.say(&["run", "--once"]);
    assert!(
        old.iter()
            .filter(|(url, made)| foreign(made, &site.body(url)) > 0)
            .count()
            >= 3
    );
    let (url, made) = site.publish(4);
    site.say(&["run", "--once", "--all"]);
    let body = site.body(&url);
    assert_eq!(foreign(&made, &body), 0, "{body}");
    assert!(
        made.body
            .iter()
            .all(|line| body.lines().any(|found| found == line)),
        "{body}"
    );

    let host = site.server.addr.to_string();
    let shown = site.say(&["host", "show", &host]);
    assert!(shown.contains("from 5 articles"), "{shown}");
    assert!(
        made.foreign.iter().all(|line| shown.contains(&line[..20])),
        "{shown}"
    );
    let shown = site.say(&["host", "show", &url, "--json"]);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(
        shown["memory"]["recurring"].as_array().map(Vec::len),
        Some(4),
        "{shown}"
    );

    site.say(&["host", "forget", &host]);
    let output = wirewatch(
        &site.folder.path().join("config.toml"),
        &["host", "show", &host],
    )
    .output();
    assert_eq!(output.expect("it starts").status.code(), Some(1));
    let (url, made) = site.publish(5);
    site.say(&["run", "--once", "--all"]);
    assert!(foreign(&made, &site.body(&url)) > 0, "it learns anew");
}
