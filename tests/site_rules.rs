//! Rules for sites, from the config to the article: what is taken and why, and pages that are followed.

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;
#[path = "common/stand_in.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod stand_in;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use ::wirewatch::extract::{Page, explain};

use program::wirewatch;
use stand_in::{Reply, StandIn};

const URL: &str = "https://www.harbour.example/news/1";

/// A page of our own whose markup says little: the story is in `.txt`, and so is what is not of it.
const PAGE: &str = r#"<html lang="en"><head><title>Harbour opens again | Harbour News</title>
<meta property="article:published_time" content="2026-11-22T07:00:00Z"></head><body>
<nav><a href="/">Home</a></nav>
<h1>Harbour opens again</h1>
<div class="meta"><span class="who">By Ana Lopez</span> <span class="when">21 November 2026, 18:30</span></div>
<div class="txt">
<p>The harbour of the old town opened again on Sunday after eleven months of work on its two long piers.</p>
<div class="promo">Our <b>morning letter</b> tells you what the town speaks of, every day before breakfast &lt;script&gt;.</div>
<p>Read also: The ferry that never came</p>
<p>The first ferry left at seven in the morning with two hundred people on board, said the harbour master.</p>
<p style="display:none">Words for search engines.</p>
<p>She expects forty ships a week until the spring, and twice as many when the fish market is finished.</p>
</div>
<div class="foot"><p>The harbour office answers questions of readers on every working day from nine to five.</p></div>
</body></html>"#;

const RULE: &str = r#"[[site]]
match  = "*.harbour.example"
body   = [".no-longer", ".txt"]
author = ".who"
date   = ".when"
remove = [".promo"]
"#;

/// A folder to work in.
struct Bed {
    dir: tempfile::TempDir,
}

impl Bed {
    fn new() -> Self {
        let bed = Self { dir: tempfile::tempdir().expect("a folder") };
        bed.write("page.html", PAGE);
        bed.write("sites.toml", RULE);
        bed
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    /// A command in the folder, without a config anywhere.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirewatch"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env_remove("WIREWATCH_CONFIG")
            .env("XDG_CONFIG_HOME", self.path("none"));
        command
    }

    /// Its output and exit code.
    fn said(&self, arguments: &[&str]) -> (String, Option<i32>) {
        said(self.command(arguments).output().expect("the program starts"))
    }

    fn tried(&self, arguments: &[&str]) -> Value {
        let all = [&["article", "test", "page.html", "--url", URL, "--json"], arguments].concat();
        let (out, code) = self.said(&all);
        assert_eq!(code, Some(0), "{out}");
        serde_json::from_str(&out).expect("JSON")
    }
}

fn said(output: Output) -> (String, Option<i32>) {
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).expect("UTF-8"), output.status.code())
}

/// Text and reason of the lines.
fn reasons(tried: &Value) -> Vec<(String, String)> {
    let lines = tried["lines"].as_array().expect("lines").iter();
    let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines.map(|line| (words(&line["text"]).chars().take(12).collect(), words(&line["reason"]))).collect()
}

#[test]
fn every_line_is_shown_in_the_order_of_the_page_with_its_reason() {
    let bed = Bed::new();
    let tried = bed.tried(&["--site-rules", "sites.toml"]);
    let outside = "outside of `body` of [[site]]";
    let expected = [
        ("Home", "navigation"),
        ("Harbour open", outside),
        ("By Ana Lopez", outside),
        ("The harbour ", ""),
        ("Our morning ", "removed by [[site]]"),
        ("Read also: T", "read-also label"),
        ("The first fe", ""),
        ("Words for se", "hidden"),
        ("She expects ", ""),
        ("The harbour ", outside),
    ];
    let expected = expected.map(|(text, reason)| (text.to_owned(), reason.to_owned()));
    assert_eq!(reasons(&tried), expected);
    assert_eq!(tried["rule"], "[[site]] *.harbour.example");
    assert_eq!(tried["authors"], serde_json::json!(["Ana Lopez"]));
    assert_eq!(tried["published"], "2026-11-21T18:30:00Z");
    assert_eq!(tried["published_by"], "[[site]]");
    assert_eq!(tried["lang"], "en");
    assert_eq!(tried["confident"], true);

    let without = bed.tried(&[]);
    assert_eq!(without["rule"], Value::Null);
    assert_eq!(without["published_by"], "meta article:published_time");
    let unlikely = reasons(&without).into_iter().filter(|(_, reason)| reason.starts_with("not likely of the story (0."));
    assert!(unlikely.count() > 0, "{without}");
}

#[test]
fn taken_lines_are_green_on_terminals_only() {
    let bed = Bed::new();
    let arguments = ["article", "test", "page.html", "--url", URL, "--site-rules", "sites.toml"];
    let (out, code) = bed.said(&arguments);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("\n+ The first ferry left"), "{out}");
    assert!(out.contains("\n- Our morning letter") && out.contains("<script>.  (removed by [[site]])\n"), "{out}");
    assert!(out.contains("\npublished      2026-11-21T18:30:00Z ([[site]])\n"), "{out}");
    assert!(!out.contains('\u{1b}'), "{out}");
    let (out, _) = bed.said(&[&arguments[..], &["--color", "always"]].concat());
    assert!(out.contains("\u{1b}[32m+ The first ferry left"), "{out}");
    assert!(out.contains("\u{1b}[2m- Our morning letter"), "{out}");
    let (out, _) = bed.said(&[&arguments[..], &["--color", "never"]].concat());
    assert!(!out.contains('\u{1b}'), "{out}");
}

#[test]
fn the_page_side_by_side_holds_no_script_and_nothing_of_the_page_unescaped() {
    let bed = Bed::new();
    let (out, code) = bed.said(&["article", "test", "page.html", "--url", URL, "--html", "out.html"]);
    assert_eq!(code, Some(0), "{out}");
    let page = fs::read_to_string(bed.path("out.html")).expect("it was written");
    assert!(page.contains("<th>The page</th><th>The article</th>"), "{page}");
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    assert!(page.contains("default-src 'none'") && !page.contains("http://"), "{page}");
    let taken = "<td dir=\"auto\" class=\"taken\">The first ferry left";
    assert!(page.contains(taken), "{page}");
}

#[test]
fn pages_come_from_standard_input_too_and_one_without_an_article_is_a_problem() {
    let bed = Bed::new();
    let mut child = bed
        .command(&["article", "test", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(b"<html><body></body></html>").expect("it reads");
    let (out, code) = said(child.wait_with_output().expect("it ends"));
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("rule           none"), "{out}");
    let (out, code) = bed.said(&["article", "test", "no-such-page.html"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("no-such-page.html: cannot be read"), "{out}");
}

#[test]
fn a_rule_that_finds_nothing_is_told_and_the_page_read_without_it() {
    let bed = Bed::new();
    bed.write("old.toml", "[[site]]\nmatch = \"*.harbour.example\"\nbody = \".old\"\ntitle = \"h1.old\"\n");
    let tried = bed.tried(&["--site-rules", "old.toml"]);
    let without = bed.tried(&[]);
    assert_eq!((&tried["body"], &tried["title"]), (&without["body"], &without["title"]));
    let notes = tried["notes"].to_string();
    for note in ["`body` finds nothing on this page, which was read without it", "`title` finds nothing on this page"] {
        assert!(notes.contains(&format!("[[site]] *.harbour.example: {note}")), "{notes}");
    }
}

#[test]
fn files_of_ftr_site_config_are_read_from_a_folder() {
    let bed = Bed::new();
    fs::create_dir(bed.path("rules")).expect("a folder");
    bed.write(
        "rules/harbour.example.txt",
        "body: //div[contains(concat(' ',normalize-space(@class),' '),' txt ')]\n\
         author: //span[@class='who']\ndate: //span[@class='when']\n\
         strip_id_or_class: promo\nhttp_header(user-agent): x\ntest_url: https://www.harbour.example/news/2\n",
    );
    let tried = bed.tried(&["--site-rules", "rules"]);
    let own = bed.tried(&["--site-rules", "sites.toml"]);
    for key in ["body", "authors", "published"] {
        assert_eq!(tried[key], own[key], "{key}");
    }
    assert_eq!(tried["rule"], "harbour.example.txt");
    assert_eq!(tried["not_understood"], serde_json::json!(["line 5: `http_header(user-agent)` is not understood"]));
}

#[test]
fn an_imported_rule_that_finds_a_small_part_of_the_text_is_not_believed() {
    let bed = Bed::new();
    let more = (1..9).map(|pier| format!("<p>Pier number {pier} is {pier} metres longer than the plans of the town said, and nobody knows why.</p>"));
    bed.write("page.html", &PAGE.replace("<div class=\"foot\">", &format!("<div class=\"more\">{}", more.collect::<String>())));
    fs::create_dir(bed.path("rules")).expect("a folder");
    bed.write("rules/harbour.example.txt", "body: //div[@class='txt']/p[1]\n");
    let tried = bed.tried(&["--site-rules", "rules"]);
    assert!(tried["notes"].to_string().contains("finds a small part of the text"), "{tried}");
    assert!(tried["body"].as_str().expect("a body").contains("The first ferry left"), "{tried}");
}

#[test]
fn the_filter_takes_the_rules_of_a_file_or_of_a_config() {
    let bed = Bed::new();
    let config = format!("{RULE}[[feed]]\nurl = \"https://www.harbour.example/rss\"\n");
    bed.write("config.toml", &config);
    let body = |arguments: &[&str]| {
        let mut child = bed
            .command(&[&["extract"], arguments].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let line = serde_json::json!({ "id": 1, "file": "page.html", "url": URL });
        writeln!(child.stdin.take().expect("a pipe"), "{line}").expect("it reads");
        let (out, code) = said(child.wait_with_output().expect("it ends"));
        assert_eq!(code, Some(0), "{out}");
        let answer: Value = serde_json::from_str(&out).expect("JSON");
        answer["authors"].to_string() + answer["published"].as_str().unwrap_or_default()
    };
    let by_rule = "[\"Ana Lopez\"]2026-11-21T18:30:00Z";
    assert_eq!(body(&["--site-rules", "sites.toml"]), by_rule);
    assert_eq!(body(&["--config", "config.toml"]), by_rule);
    assert_ne!(body(&[]), by_rule);
    bed.write("bad.toml", "[[site]]\nmatch = \"x.example\"\nbody = \"p[\"\n");
    let (out, code) = bed.said(&["extract", "--site-rules", "bad.toml"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("bad.toml:3:8") && out.contains("no CSS selector"), "{out}");
}

#[test]
fn rules_do_not_make_hostile_pages_slow() {
    let lines = [
        "body: //div//div//p[contains(., 'x')]",
        "strip: //*[.//p[contains(., 'y')]]",
        "strip: //p/following-sibling::p[position() mod 2]",
        "strip: //p[preceding-sibling::p]/ancestor::div",
    ];
    let file = format!("{}\nstrip_id_or_class: ad{}", lines.join("\n"), "\nstrip: //div//div".repeat(10));
    let rule = ::wirewatch::extract::site::ftr::parse(&file, "x.txt");
    assert_eq!(rule.not_understood.len(), 1, "{:?}", rule.not_understood);
    let nested = "<div><p>x".repeat(50_000);
    let flat = "<p class=a>A line of the page that goes on and on.</p>".repeat(20_000);
    let page = Page { url: "https://hostile.example/1", content_type: Some("text/html") };
    for html in [nested, flat] {
        let started = Instant::now();
        let explained = explain(html.as_bytes(), &page, Some(&rule));
        assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
        println!("{:?}, {} lines", started.elapsed(), explained.lines.len());
    }
}

/// A site with one feed and the pages that `page` gives for a path; `{host}` in a page is its address.
fn site(page: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> StandIn {
    StandIn::start(move |asked| {
        let host = asked.headers()["host"].to_str().expect("a host").to_owned();
        let path = asked.uri().to_string();
        let body = match path.as_str() {
            "/feed" => Some(
                "<rss version='2.0'><channel><title>x</title><item><title>Long story</title>\
                 <link>http://{host}/story</link><guid>1</guid></item></channel></rss>"
                    .to_owned(),
            ),
            path => page(path),
        };
        match body {
            Some(body) => Reply {
                status: 200,
                headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
                body: body.replace("{host}", &host).into_bytes(),
                ..Reply::default()
            },
            None => Reply::status(404),
        }
    })
}

/// One page of a long story. No site names of other pages are on it.
fn part(number: usize, rest: &str) -> String {
    let text = format!(
        "<p>Part {number} tells how the harbour was built, stone by stone, in the years that the town remembers well.</p>\
         <p>Part {number} ends with a storm that took three of the five cranes and left the piers as they were.</p>"
    );
    format!(
        "<html lang=en><title>Long story</title><body><h1>Long story</h1><div class=text><p>A story in many parts, \
         told by those who were there.</p>{text}<p>Edited by the harbour desk.</p></div>{rest}</body></html>"
    )
}

/// Polls and reads once with a rule for the site; answers with the stored article.
fn read_with(site: &StandIn, rule: &str, fetch: &str) -> Value {
    let bed = Bed::new();
    let addr = site.addr;
    let config = format!(
        "[store]\npath = \"w.db\"\n[fetch]\nhost_delay = \"0s\"\nallow = [\"{addr}\"]\n{fetch}\n\
         [[feed]]\nurl = \"{}\"\nlang = \"en\"\n[watch.x]\ntitle = \"x\"\nmatch = '\"zzz\"'\n\
         [[site]]\nmatch = \"{addr}\"\n{rule}\n",
        site.url("/feed")
    );
    bed.write("config.toml", &config);
    let run = |arguments: &[&str]| {
        let output = wirewatch(&bed.path("config.toml"), arguments).output();
        let (out, code) = said(output.expect("the program starts"));
        assert_eq!(code, Some(0), "{out}");
        out
    };
    run(&["run", "--once"]);
    let shown = run(&["article", "show", &site.url("/story"), "--json"]);
    serde_json::from_str(&shown).expect("JSON")
}

fn parts(article: &Value) -> Vec<usize> {
    let body = article["body"].as_str().expect("a body");
    let begins = body.lines().filter_map(|line| line.strip_prefix("Part ")?.split_once(" tells"));
    begins.map(|(number, _)| number.parse().expect("a number")).collect()
}

fn asked(site: &StandIn) -> Vec<String> {
    let asked = site.asked().into_iter().map(|(asked, _)| asked.uri().to_string());
    asked.filter(|path| path != "/feed").collect()
}

const NEXT: &str = "body = \".text\"\nnext_page = \"a.next\"";

fn next(address: &str) -> String {
    format!("<a class=next href='{address}'>next</a>")
}

#[test]
fn pages_of_an_article_are_joined_in_order_and_repeated_lines_told_once() {
    let site = site(|path| match path {
        "/story" => Some(part(1, &next("/story?page=2"))),
        "/story?page=2" => Some(part(2, &next("/story?page=3#top"))),
        // The last page leads back to the first.
        "/story?page=3" => Some(part(3, &next("/story"))),
        _ => None,
    });
    let article = read_with(&site, NEXT, "");
    assert_eq!(parts(&article), [1, 2, 3], "{article}");
    let body = article["body"].as_str().expect("a body");
    assert_eq!(body.matches("A story in many parts").count(), 1, "{body}");
    assert_eq!(body.matches("Edited by the harbour desk.").count(), 1, "{body}");
    assert!(body.ends_with("Edited by the harbour desk."), "{body}");
    assert!(article["notes"].to_string().contains("it was read already"), "{article}");
    let pages = ["/robots.txt", "/story", "/story?page=2", "/story?page=3"];
    assert_eq!(asked(&site), pages, "robots.txt is asked first, every page once");
}

#[test]
fn what_cannot_be_followed_is_noted_and_what_there_is_stays() {
    for (rest, why) in [
        (next("/gone"), "page 2 of the article (http://HOST/gone): "),
        (next("https://elsewhere.example/2"), "it is on another site"),
        (next("http://127.0.0.1:9/2"), "it is on another site"),
        (next("/private/2"), "robots.txt"),
        (next("/same"), "it says nothing new"),
    ] {
        let rest = Box::leak(rest.into_boxed_str());
        let site = site(|path| match path {
            "/robots.txt" => Some("User-agent: *\nDisallow: /private/\n".to_owned()),
            "/story" => Some(part(1, rest)),
            "/same" => Some(part(1, "")),
            "/private/2" => Some(part(2, "")),
            _ => None,
        });
        let article = read_with(&site, NEXT, "");
        assert_eq!(parts(&article), [1], "{article}");
        let why = why.replace("HOST", &site.addr.to_string());
        assert!(article["notes"].to_string().contains(&why), "{why}: {article}");
        assert!(!asked(&site).contains(&"/private/2".to_owned()));
    }
}

#[test]
fn no_article_has_endless_pages_and_their_bytes_are_bounded() {
    let endless = |path: &str| {
        let number: usize = path.strip_prefix("/story")?.trim_start_matches('/').parse().unwrap_or(1);
        Some(part(number, &next(&format!("/story/{}", number + 1))))
    };
    let site_of_many = site(endless);
    let article = read_with(&site_of_many, NEXT, "");
    assert_eq!(parts(&article), (1..=21).collect::<Vec<_>>());
    assert!(article["notes"].to_string().contains("more than 20 further pages"), "{article}");

    let site_of_many = site(endless);
    let article = read_with(&site_of_many, NEXT, "body_bytes_max = 1700");
    assert_eq!(parts(&article), [1, 2, 3], "{article}");
    assert!(article["notes"].to_string().contains("the pages together have more than 1700 bytes"), "{article}");
}

#[test]
fn pages_are_followed_by_rule_only() {
    let site = site(|path| (path == "/story").then(|| part(1, &next("/story?page=2"))));
    let article = read_with(&site, "body = \".text\"", "");
    assert_eq!(parts(&article), [1]);
    assert_eq!(asked(&site), ["/robots.txt", "/story"]);
}

#[test]
fn another_version_is_read_in_place_of_the_page() {
    let head = "<link rel=amphtml href='/amp'><a class=print href='/print'>print</a>";
    let site = site(move |path| match path {
        "/story" => Some(format!("{head}{}", part(1, head))),
        "/amp" => Some(part(2, "")),
        "/print" => Some(part(3, &next("/print/2"))),
        "/print/2" => Some(part(4, "")),
        "/short" => Some("<div class=text><p>Too short.</p></div>".to_owned()),
        _ => None,
    });
    let amp = read_with(&site, "body = \".text\"\nalternative = \"amp\"", "");
    assert_eq!(parts(&amp), [2], "{amp}");
    assert!(amp["notes"].to_string().contains("read from http://127.0.0.1"), "{amp}");
    let print = format!("{NEXT}\nalternative = \"print\"\nprint = \"a.print\"");
    assert_eq!(parts(&read_with(&site, &print, "")), [3, 4]);
}
