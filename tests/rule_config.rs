//! Rules in a config: persons, organisations and lists of several files, mistakes at their place, and what is
//! known of an article besides its text, from the feed to the explanation.

use std::fs;

use serde_json::Value;
use wirewatch::config::Config;

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;
#[path = "common/stand_in.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod stand_in;

use program::wirewatch;
use stand_in::{Reply, StandIn};

/// Loads a config and one file that it includes; gives what is wrong with it, without the folder.
fn problems(main: &str, included: &str) -> String {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("config.toml");
    let main = format!("include = [\"names.toml\"]\n{main}\n[channel.c]\nkind = \"stdout\"\n");
    fs::write(&path, main).expect("a file");
    fs::write(dir.path().join("names.toml"), included).expect("a file");
    let told = match Config::load(&path) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    };
    told.replace(&format!("{}/", dir.path().display()), "")
}

const RULES: &str = r#"
[watch.w]
match = '''person:$envoys and score($words) >= 2 and org:acme'''
[list.words]
include = ["more", "builtin:diplomacy"]
"#;

const NAMES: &str = r#"
[person.zang]
names = ["Zang Hunhui", "臧"]
misspellings = 1
context = '''any("envoy", $more)'''
[org.acme]
names = ["Acme"]
[list.envoys]
any = ["zang"]
[list.more]
2 = ["pact"]
"#;

#[test]
fn what_rules_name_may_stand_in_any_file() {
    assert_eq!(problems(RULES, NAMES), "");
}

#[test]
fn mistakes_are_told_where_they_stand() {
    for (from, to, told) in [
        (
            "\"Zang Hunhui\"",
            "\"?!\"",
            "names.toml:3:11: this term has no word to look for",
        ),
        (
            "any(\"envoy\"",
            "all(\"envoy\"",
            "names.toml:5:14: `context` cannot take several things at once",
        ),
        (
            "[\"zang\"]",
            "[\"zeng\"]",
            "config.toml:4:12: in the list `envoys`: there is no person `zeng`",
        ),
        (
            "2 = [\"pact\"]",
            "include = [\"words\"]",
            "names.toml:11:13: the list `words` includes itself: words → more → words",
        ),
        (
            "misspellings = 1",
            "misspellings = 5",
            "names.toml:4:16: `misspellings` is a number from 0 to 2",
        ),
        (
            "misspellings = 1",
            "misspelling = 1",
            "names.toml:4:1: unknown key `misspelling`",
        ),
        (
            "[org.acme]\nnames = [\"Acme\"]",
            "[org.acme]\nnames = []",
            "names.toml:7:9: org.acme has no names",
        ),
        (
            "[org.acme]",
            "[orgs.acme]",
            "names.toml:6:2: unknown key `orgs`",
        ),
    ] {
        assert!(NAMES.contains(from), "{from}");
        let problems = problems(RULES, &NAMES.replace(from, to));
        assert!(problems.contains(told), "{told} is not in:\n{problems}");
    }
    let twice = problems(&format!("{RULES}[org.acme]\nnames = [\"Acme\"]\n"), NAMES);
    assert!(
        twice.contains("[org.acme] stands in another file too"),
        "{twice}"
    );
}

#[test]
fn the_country_of_a_feed_is_a_code() {
    let feed = |country: &str| {
        format!(
            "[[feed]]\nurl = \"https://news.example/\"\ncountry = \"{country}\"\n[watch.w]\nmatch = '\"a\"'"
        )
    };
    assert_eq!(problems(&feed("ID"), ""), "");
    let told = problems(&feed("Indonesia"), "");
    assert!(
        told.contains("config.toml:4:11: `Indonesia` is not the code of a country"),
        "{told}"
    );
}

const PAGE: &str = "<html lang='id'><head><title>Gempa kuat di Sumatra</title>\
    <meta name='author' content='Siti Rahma'><meta property='article:tag' content='Bencana'></head><body><article>\
    <h1>Gempa kuat di Sumatra</h1>\
    <p>Gempa kuat mengguncang Sumatra pada hari Senin dan warga berlari ke luar rumah mereka.</p>\
    <p>Badan meteorologi mengatakan tidak ada ancaman tsunami, dan tim penyelamat sudah berangkat.</p>\
    <p>Listrik padam di beberapa kecamatan sampai malam, kata seorang pejabat daerah itu.</p>\
    </article></body></html>";

const ASKED: &str = r#""gempa" and feed-country == "ID" and tag:"asia" and tag:"bencana" and author:"siti rahma"
    and url:"*/berita/*" and feed in ["127.0.0.1"] and lang in [id] and words >= 20 and age < 1d"#;

#[test]
fn facts_come_with_the_article() {
    let now = wirewatch::world::World::real().clock.now();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let site = StandIn::start(move |asked| {
        let host = asked.headers()["host"].to_str().expect("a host").to_owned();
        let (content_type, body) = match asked.uri().path() {
            "/feed" => (
                "application/rss+xml",
                format!(
                    "<rss version='2.0'><channel><title>Berita</title><item><link>http://{host}/berita/1</link>\
                     <title>Gempa kuat di Sumatra</title><pubDate>{date}</pubDate></item></channel></rss>"
                ),
            ),
            "/berita/1" => ("text/html; charset=utf-8", PAGE.to_owned()),
            _ => return Reply::status(404),
        };
        Reply {
            status: 200,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into_bytes(),
            ..Reply::default()
        }
    });
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("config.toml");
    let (addr, feed) = (site.addr, site.url("/feed"));
    let none = "\"gempa\" and \"sumatra\" and feed-country == \"ID\" and not tag:\"bencana\"";
    let watches =
        format!("[watch.all]\nmatch = '''{ASKED}'''\n[watch.none]\nmatch = '''{none}'''\n");
    let config = format!(
        "[store]\npath = \"w.db\"\n[fetch]\nhost_delay = \"0s\"\nallow = [\"{addr}\"]\n[[feed]]\nurl = \"{feed}\"\n\
         tags = [\"Asia\"]\ncountry = \"ID\"\n[channel.desk]\nkind = \"file\"\npath = \"alerts.jsonl\"\n{watches}"
    );
    fs::write(&path, config).expect("a file");
    let run = wirewatch(&path, &["run", "--once"])
        .output()
        .expect("it runs");
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let alerts = fs::read_to_string(dir.path().join("alerts.jsonl")).unwrap_or_default();
    let url = site.url("/berita/1");
    let explain = |name: &str| -> (Option<i32>, String) {
        let said = wirewatch(&path, &["watch", "explain", name, &url])
            .output()
            .expect("it runs");
        let told = [said.stdout, said.stderr].concat();
        (
            said.status.code(),
            String::from_utf8_lossy(&told).into_owned(),
        )
    };
    let (code, told) = explain("all");
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(alerts.lines().count(), 1, "{alerts}\n{told}");
    for line in [
        "✓ \"gempa\"",
        "    title: Gempa = \"gempa\"",
        "✓ feed-country == \"ID\" (it is ID)",
        "✓ tag:\"bencana\" (it is Asia, Bencana)",
        "✓ lang in [id] (it is id)",
    ] {
        assert!(told.contains(line), "{line} is not in:\n{told}");
    }
    let (code, told) = explain("none");
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("✗ not\n    ✓ tag:\"bencana\""), "{told}");
    assert!(told.contains("near miss: found: \"gempa\""), "{told}");
    let (code, told) = explain("al");
    assert_ne!(code, Some(0));
    assert!(
        told.contains("there is no watch `al`; did you mean `all`?"),
        "{told}"
    );
    let said = wirewatch(&path, &["watch", "explain", "all", &url, "--json"])
        .output()
        .expect("it runs");
    let json: Value = serde_json::from_slice(&said.stdout).expect("JSON");
    assert_eq!(
        (&json["hit"], &json["explained"]["part"]),
        (&true.into(), &"all".into())
    );
}
