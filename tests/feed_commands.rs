//! `wirewatch feed add|import|export|remove` as a person and a script use them, over a site of the test's own.

mod common {
    pub mod parts;
    pub mod stand_in;
}

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::parts::has_part;
use common::stand_in::{Reply, StandIn};
use serde_json::Value;

/// A folder with a config, and a site that it may reach.
struct Place {
    dir: tempfile::TempDir,
    site: StandIn,
    config: String,
}

impl Place {
    /// A site that answers these paths. `SITE` in a body or header is the site's own address.
    fn new(pages: &[(&str, &str)]) -> Self {
        let pages: HashMap<String, String> = pages
            .iter()
            .map(|&(path, body)| (path.to_owned(), body.to_owned()))
            .collect();
        let site = StandIn::start(move |asked| {
            let path = asked
                .uri()
                .path_and_query()
                .map_or("/", |path| path.as_str());
            let site = format!("http://{}", common::stand_in::header(asked, "host"));
            match pages.get(path) {
                None => Reply::status(404),
                Some(body) if body.starts_with("301 ") => Reply {
                    status: 301,
                    headers: vec![("location", body[4..].replace("SITE", &site))],
                    ..Reply::default()
                },
                Some(body) => Reply {
                    status: 200,
                    headers: vec![("content-type", media_type(body).to_owned())],
                    body: body.replace("SITE", &site).into_bytes(),
                    ..Reply::default()
                },
            }
        });
        let dir = tempfile::tempdir().expect("a temporary folder");
        let config = format!(
            "# mine\n[fetch]\nhost_delay = \"0s\"\nallow = [\"{}\"]   # the site\n\n[[feed]] # the first\n\
             url = \"{}\"\ntags = [\"old\"]\n\n# the end\n",
            site.addr,
            site.url("/known.xml")
        );
        fs::write(dir.path().join("config.toml"), &config).expect("the config is written");
        Self { dir, site, config }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("config.toml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).expect("the config is there")
    }

    /// The lines that were added to the config; the others must be as they were.
    fn added(&self) -> String {
        let text = self.text();
        let (before, after) = self
            .config
            .split_at(self.config.find("\n# the end").expect("it ends"));
        let added = text
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after));
        added
            .unwrap_or_else(|| panic!("something else changed:\n{text}"))
            .to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirewatch"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env_remove("WIREWATCH_CONFIG")
            .env_remove("RUST_LOG")
            .env("NO_COLOR", "1");
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Said {
        said(self.command(arguments), input)
    }
}

/// Runs a command with this standard input.
fn said(mut command: Command, input: &str) -> Said {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it has a standard input");
    // A program that does not read it may have ended.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    Said(child.wait_with_output().expect("the program ends"))
}

struct Said(Output);

impl Said {
    fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    fn rows(&self) -> Vec<Value> {
        let lines = self.out();
        let rows = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON Lines"));
        rows.collect()
    }
}

fn media_type(body: &str) -> &'static str {
    match body {
        _ if body.starts_with("<rss")
            || body.starts_with("<urlset")
            || body.starts_with("<sitemap") =>
        {
            "application/xml"
        }
        _ if body.starts_with("User-agent") => "text/plain",
        _ => "text/html; charset=utf-8",
    }
}

fn rss(name: &str) -> String {
    let items: String = (1..=4)
        .map(|n| {
            format!(
                "<item><title>{name} story {n}</title><link>SITE/{name}/{n}</link>\
                 <pubDate>Sun, 22 Nov 2026 0{n}:00:00 GMT</pubDate></item>"
            )
        })
        .collect();
    format!("<rss version=\"2.0\"><channel><title>{name}</title>{items}</channel></rss>")
}

const HEAD: &str = "<html><head><title>Site</title>\
    <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/comments/feed/\">\
    <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/world.xml\">\
    <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/gone.xml\">\
    <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/world.xml?again\">\
    <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/known.xml\">\
    </head><body>Welcome</body></html>";

/// A site whose front page names its feeds: the world's, one that the config has, and that of comments.
fn named() -> Place {
    let (world, known, comments) = (rss("World"), rss("Known"), rss("Comments"));
    Place::new(&[
        ("/", HEAD),
        ("/world.xml", &world),
        ("/world.xml?again", &world),
        ("/known.xml", &known),
        ("/comments/feed/", &comments),
    ])
}

#[test]
fn a_feed_is_looked_at_and_added() {
    let place = named();
    let url = place.site.url("/world.xml");
    let said = place.run(&["feed", "add", &url, "--tag", "x"]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert!(
        said.out().starts_with("“World”, RSS, 4 entries, newest "),
        "{}",
        said.out()
    );
    assert_eq!(
        place.added(),
        format!("\n[[feed]] # World\nurl = \"{url}\"\ntags = [\"x\"]\n")
    );
    let said = place.run(&["feed", "add", &url.replace("http:", "HTTP:")]);
    assert_eq!(said.code(), Some(1));
    assert!(said.err().contains("already"), "{}", said.err());
}

#[test]
fn without_a_terminal_the_feeds_of_a_page_are_listed_and_none_is_added() {
    let place = named();
    let said = place.run(&["feed", "add", &place.site.url("/")]);
    assert_eq!(said.code(), Some(2), "{}", said.err());
    let expected = [
        &format!("  1  {}", place.site.url("/world.xml")),
        "     “World”, RSS, 4 entries, newest ",
        "       · World story 1",
        "       · World story 3",
        &format!("  2  {}", place.site.url("/known.xml")),
        "(named by the page, in the config already)",
        &format!("  3  {}", place.site.url("/comments/feed/")),
    ];
    let mut rest = said.out();
    for part in expected {
        let at = rest
            .find(part)
            .unwrap_or_else(|| panic!("`{part}` is missing in {}", said.out()));
        rest = rest.split_off(at + part.len());
    }
    assert!(
        !said.out().contains("story 4") && !said.out().contains("again"),
        "{}",
        said.out()
    );
    assert!(
        said.err().contains("--first, --all or --choose"),
        "{}",
        said.err()
    );
    assert_eq!(place.added(), "");
    // What the page names is enough: the usual places were not asked.
    assert!(
        place.site.asked().len() <= 6,
        "{}",
        place.site.asked().len()
    );
}

#[test]
fn flags_choose_in_place_of_a_person() {
    for (flags, code, added) in [
        (&["--first"][..], 0, &["/world.xml"][..]),
        (
            &["--all", "--tag", "t"],
            0,
            &["/world.xml", "/comments/feed/"],
        ),
        (&["--choose", "3,1"], 0, &["/comments/feed/", "/world.xml"]),
        (&["--choose", "2"], 1, &[]),
        (&["--choose", "9"], 1, &[]),
        (&["--first", "--all"], 2, &[]),
        (&["--json"], 2, &[]),
    ] {
        let place = named();
        let url = place.site.url("/");
        let said = place.run(&[&["feed", "add", &url], flags].concat());
        assert_eq!(said.code(), Some(code), "{flags:?}: {}", said.err());
        let tables = place.added();
        let urls = tables
            .lines()
            .filter_map(|line| line.strip_prefix("url = "));
        let expected = added
            .iter()
            .map(|path| format!("\"{}\"", place.site.url(path)));
        assert_eq!(
            urls.collect::<Vec<_>>(),
            expected.collect::<Vec<_>>(),
            "{flags:?}"
        );
        if flags.contains(&"t") {
            assert_eq!(tables.matches("tags = [\"t\"]").count(), 2);
        }
    }
}

#[test]
fn programs_get_one_object_for_every_feed() {
    let place = named();
    let said = place.run(&[
        "feed",
        "add",
        &place.site.url("/"),
        "--json",
        "--choose",
        "1",
    ]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    let rows = said.rows();
    assert_eq!(rows.len(), 3);
    let first = &rows[0];
    assert_eq!(first["url"], place.site.url("/world.xml"));
    assert_eq!(
        (&first["number"], &first["entries"]),
        (&1.into(), &4.into())
    );
    assert_eq!(
        (&first["format"], &first["found_by"]),
        (&"rss".into(), &"link".into())
    );
    assert_eq!(first["newest"], "2026-11-22T04:00:00Z");
    assert_eq!(first["titles"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        (&first["added"], &first["known"]),
        (&true.into(), &false.into())
    );
    assert_eq!(
        (&rows[1]["added"], &rows[1]["known"]),
        (&false.into(), &true.into())
    );
}

#[test]
fn on_a_terminal_a_person_chooses_by_number() {
    if !has_part("script (util-linux)", "script", &["--version"]) {
        return;
    }
    for (typed, added) in [
        ("7\n1,3\n", &["/world.xml", "/comments/feed/"][..]),
        ("\n", &["/world.xml"]),
        ("none\n", &[]),
    ] {
        let place = named();
        let program = env!("CARGO_BIN_EXE_wirewatch");
        let line = format!("{program} feed add {}", place.site.url("/"));
        let mut command = Command::new("script");
        command
            .args(["-qec", &line, "/dev/null"])
            .current_dir(place.dir.path());
        let said = said(command, typed);
        assert!(said.out().contains("Add which?"), "{}", said.out());
        let tables = place.added();
        let urls = tables
            .lines()
            .filter_map(|line| line.strip_prefix("url = "));
        let expected = added
            .iter()
            .map(|path| format!("\"{}\"", place.site.url(path)));
        assert_eq!(
            urls.collect::<Vec<_>>(),
            expected.collect::<Vec<_>>(),
            "{}",
            said.out()
        );
    }
}

/// What `feed add SITE/ --json` lists: addresses below the site, and how they were found.
fn found(pages: &[(&str, &str)], flags: &[&str]) -> Vec<String> {
    let place = Place::new(pages);
    let url = place.site.url("/");
    let said = place.run(&[&["feed", "add", &url, "--json"], flags].concat());
    let rows = said.rows();
    assert_eq!(
        said.code(),
        Some(if rows.is_empty() { 1 } else { 2 }),
        "{}",
        said.err()
    );
    let rows = rows.iter().map(|row| {
        let address = row["url"].as_str().expect("an address");
        let path = address.strip_prefix(&format!("http://{}", place.site.addr));
        format!(
            "{} {}",
            path.expect("of the site"),
            row["found_by"].as_str().expect("a word")
        )
    });
    rows.collect()
}

#[test]
fn feeds_are_found_in_every_way() {
    let (a, b) = (rss("A"), rss("B"));
    let page = "<html><body>Nothing named</body></html>";
    let linking = "<html><body><a href=\"/news/all.rss\">RSS</a></body></html>";
    let catalogue = "<html><body><a href=\"/rss\">Our feeds</a></body></html>";
    let feeds = "<html><body><a href=\"/a.xml\">A</a><a href=\"/b.xml\">B</a></body></html>";
    let naming =
        "<html><head><link rel=alternate type=application/rss+xml href=/a.xml></head></html>";
    assert_eq!(
        found(&[("/", linking), ("/news/all.rss", &a)], &[]),
        ["/news/all.rss anchor"]
    );
    assert_eq!(
        found(
            &[
                ("/", catalogue),
                ("/rss", feeds),
                ("/a.xml", &a),
                ("/b.xml", &b)
            ],
            &[]
        ),
        ["/a.xml anchor", "/b.xml anchor"]
    );
    let lying = [
        ("/", page),
        ("/feed.xml", a.as_str()),
        ("/index.xml", b.as_str()),
    ];
    assert_eq!(found(&lying, &[]), ["/feed.xml usual_place"]);
    assert_eq!(
        found(&lying, &["--thorough"]),
        ["/feed.xml usual_place", "/index.xml usual_place"]
    );
    let named = [
        ("/", naming),
        ("/a.xml", a.as_str()),
        ("/feed", b.as_str()),
        ("/rss", a.as_str()),
    ];
    assert_eq!(found(&named, &[]), ["/a.xml link"]);
    assert_eq!(
        found(&named, &["--thorough"]),
        ["/a.xml link", "/feed usual_place"]
    );
    let moved = [
        ("/", naming),
        ("/a.xml", "301 SITE/new.xml"),
        ("/new.xml", a.as_str()),
    ];
    assert_eq!(found(&moved, &[]), ["/new.xml link"]);
}

#[test]
fn a_page_without_any_feed_is_proposed_as_a_page() {
    let articles: String = (0..6)
        .map(|n| format!("<h2 class=\"entry\"><a href=\"/n/{n}\">The minister arrived in the capital, part {n}</a></h2>"))
        .collect();
    let page = format!("<html><body>{articles}</body></html>");
    let place = Place::new(&[("/", &page)]);
    let url = place.site.url("/");
    let said = place.run(&["feed", "add", &url]);
    assert_eq!(said.code(), Some(1));
    for part in [
        "no feed was found",
        "kind  = \"page\"",
        "links = \"h2.entry a\"   # 6 links",
        &format!("url   = \"{url}\""),
    ] {
        assert!(said.err().contains(part), "{}", said.err());
    }
    // A site is not asked without end.
    assert!(
        place.site.asked().len() <= 30,
        "{}",
        place.site.asked().len()
    );
    assert_eq!(place.added(), "");
}

#[test]
fn a_plain_sitemap_is_shown_as_a_table_to_paste() {
    let sitemap = "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
                   <url><loc>SITE/a</loc></url></urlset>";
    let place = Place::new(&[("/sitemap.xml", sitemap)]);
    let url = place.site.url("/sitemap.xml");
    let said = place.run(&["feed", "add", &url]);
    assert_eq!(said.code(), Some(1));
    let table = format!("[[feed]]\nurl  = \"{url}\"\nkind = \"sitemap\"\n");
    assert!(said.err().contains(&table), "{}", said.err());
    assert_eq!(place.added(), "");
    // Pasted, it is polled.
    let config = format!("{}\n{table}", place.text());
    fs::write(place.path(), config).expect("the config is written");
    let said = place.run(&["feed", "poll", &url]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert!(said.out().contains("1 new entries"), "{}", said.out());
}

#[test]
fn a_wall_is_named_when_a_feed_is_added() {
    let wall = "<html><head><title>Just a moment...</title></head></html>";
    let site = StandIn::start(move |_| Reply {
        status: 403,
        headers: vec![("content-type", "text/html".to_owned())],
        body: wall.into(),
        ..Reply::default()
    });
    let place = Place::new(&[]);
    let config = place
        .text()
        .replace(&place.site.addr.to_string(), &site.addr.to_string());
    fs::write(place.path(), config).expect("the config is written");
    let said = place.run(&["feed", "add", &site.url("/rss")]);
    assert_eq!(said.code(), Some(1));
    let words = "the server answers 403 (Forbidden): a bot check; --no-fetch adds it unseen";
    assert!(said.err().contains(words), "{}", said.err());
}

#[test]
fn what_cannot_be_fetched_is_not_added_and_the_message_says_what_to_do() {
    let place = Place::new(&[
        ("/text", "just words"),
        ("/moved.xml", "301 SITE/known.xml"),
        ("/known.xml", &rss("Known")),
    ]);
    let closed = "http://127.0.0.1:9/feed";
    for (url, part) in [
        (place.site.url("/missing"), "404"),
        (place.site.url("/missing"), "front page"),
        (closed.to_owned(), "[fetch] allow"),
        (place.site.url("/moved.xml"), "moved for good"),
    ] {
        let said = place.run(&["feed", "add", &url]);
        assert_eq!(said.code(), Some(1), "{url}: {}", said.err());
        assert!(
            said.err().contains("nothing was added") || said.err().contains("already"),
            "{}",
            said.err()
        );
        assert!(said.err().contains(part), "{url}: {}", said.err());
    }
    assert_eq!(place.added(), "");
    assert_eq!(
        place.run(&["feed", "add", closed, "--no-fetch"]).code(),
        Some(0)
    );
    assert!(place.added().contains(closed));
}

#[test]
fn a_feed_that_has_moved_for_good_is_offered_under_its_new_address() {
    let feed = rss("Moved");
    for (flags, added) in [(&[][..], "/old.xml"), (&["--first"], "/new.xml")] {
        let place = Place::new(&[("/old.xml", "301 SITE/new.xml"), ("/new.xml", &feed)]);
        let url = place.site.url("/old.xml");
        let said = place.run(&[&["feed", "add", &url], flags].concat());
        assert_eq!(said.code(), Some(0), "{}", said.err());
        assert!(
            place.added().contains(&place.site.url(added)),
            "{}",
            place.added()
        );
        let told = format!("has moved for good to {}", place.site.url("/new.xml"));
        assert_eq!(
            said.err().contains(&told),
            flags.is_empty(),
            "{}",
            said.err()
        );
    }
}

#[test]
fn a_feed_is_removed_in_any_spelling_and_a_miss_names_the_nearest() {
    let place = Place::new(&[]);
    let known = place.site.url("/known.xml");
    let said = place.run(&["feed", "remove", &place.site.url("/knwon.xml")]);
    assert_eq!(said.code(), Some(1));
    assert!(
        said.err().contains(&format!("did you mean {known}?")),
        "{}",
        said.err()
    );
    let said = place.run(&["feed", "remove", &known.replace("http", "HTTP")]);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert!(!place.text().contains("[[feed]]"), "{}", place.text());
    let said = place.run(&["feed", "remove", &known]);
    assert!(said.err().contains("feed list"), "{}", said.err());
}

const LIST: &str = "<?xml version=\"1.0\"?>\n<opml version=\"1.0\"><body>\n\
    <outline text=\"../../../etc/cron.d/x\">\n\
    <outline type=\"rss\" text=\"A &amp; &eacute;\u{7}\" xmlUrl=\"https://a.example/rss\" language=\"ru\"/>\n\
    <outline text=\"Deep News\"><outline xmlUrl=\"https://b.example/rss\"/></outline>\n\
    </outline>\n\
    <outline xmlUrl=\"file:///etc/passwd\"/>\n\
    <outline xmlUrl=\"http://169.254.169.254/latest\"/>\n\
    <outline xmlUrl=\"https://A.example:443/rss\"/>\n\
    <outline xmlUrl=\"SITE/known.xml\"/>";

#[test]
fn a_list_is_imported_in_one_go() {
    let place = Place::new(&[]);
    let list = LIST.replace("SITE", &place.site.url(""));
    fs::write(place.dir.path().join("feeds.opml"), &list).expect("the list is written");
    let tables = "[[feed]] # A & é\nurl = \"https://a.example/rss\"\ntags = [\"etc-cron-d-x\", \"mine\"]\nlang = \"ru\"\n\n\
                  [[feed]]\nurl = \"https://b.example/rss\"\ntags = [\"etc-cron-d-x\", \"deep-news\", \"mine\"]\n";

    let said = place.run(&["feed", "import", "feeds.opml", "--tag", "mine", "--dry-run"]);
    assert_eq!(said.code(), Some(1), "{}", said.err());
    assert_eq!(said.out(), tables);
    assert_eq!(place.added(), "", "a dry run adds nothing");

    let said = place.run(&["feed", "import", "feeds.opml", "--tag", "mine"]);
    assert_eq!(said.code(), Some(1), "{}", said.err());
    assert_eq!(
        said.out(),
        "2 feeds added to config.toml, 1 there already, 1 twice in the list, 2 refused\n"
    );
    let refused: Vec<String> = said.err().lines().map(str::to_owned).collect();
    assert_eq!(refused.len(), 2, "{}", said.err());
    assert!(refused[0].starts_with("feeds.opml:7: file:///etc/passwd: only http and https"));
    assert!(refused[1].starts_with("feeds.opml:8: http://169.254.169.254/latest: "));
    assert_eq!(place.added(), format!("\n{tables}"));
    let files = fs::read_dir(place.dir.path()).expect("the folder");
    assert_eq!(files.count(), 2, "nothing else is written");

    let said = place.run_with(&["feed", "import", "-"], &list);
    assert_eq!(said.code(), Some(1));
    assert!(said.out().starts_with("0 feeds added"), "{}", said.out());
    let said = place.run_with(&["feed", "import", "-"], "<html></html>");
    assert_eq!(said.code(), Some(1));
    assert!(
        said.err().contains("standard input: this is no OPML"),
        "{}",
        said.err()
    );
}

#[test]
fn what_is_exported_is_imported_alike() {
    let place = Place::new(&[]);
    let config = format!(
        "{}\n[[feed]]\nurl = \"https://who:secret@b.example/?a=1&b=2\"\ntags = [\"world\", \"id\"]\nlang = \"id\"\n\n\
         [[feed]]\nurl = \"https://c.example/\"\n",
        place.config
    );
    fs::write(place.path(), config).expect("the config is written");
    let exported = place.run(&["feed", "export"]);
    assert_eq!(exported.code(), Some(0), "{}", exported.err());
    assert!(!exported.out().contains("secret"), "{}", exported.out());
    let other = Place::new(&[]);
    let allow = format!("[fetch]\nallow = [\"{}\"]\n", place.site.addr);
    fs::write(other.path(), allow).expect("the config is written");
    let said = other.run_with(&["feed", "import", "-"], &exported.out());
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert_eq!(other.run(&["feed", "export"]).out(), exported.out());
    let only = place.run(&["feed", "export", "--tag", "world"]).out();
    assert_eq!(only.matches("xmlUrl").count(), 1, "{only}");
    assert!(
        only.contains("language=\"id\" category=\"world,id\""),
        "{only}"
    );
}

#[test]
fn five_thousand_feeds_take_a_moment() {
    let place = Place::new(&[]);
    let feeds: String = (0..5000)
        .map(|n| format!("<outline text=\"Feed {n}\" xmlUrl=\"https://h{n}.example/rss\"/>\n"))
        .collect();
    let started = Instant::now();
    let said = place.run_with(
        &["feed", "import", "-"],
        &format!("<opml><body>{feeds}</body></opml>"),
    );
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert!(said.out().starts_with("5000 feeds added"), "{}", said.out());
    // Far above what it takes unoptimised; one edit of the file for every feed takes minutes.
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{:?}",
        started.elapsed()
    );
    eprintln!("5,000 feeds: {:?}", started.elapsed());
    assert_eq!(place.added().matches("[[feed]]").count(), 5000);
}

#[test]
fn folders_without_end_are_survived() {
    let place = Place::new(&[]);
    let list = format!(
        "<opml><body>{}<outline xmlUrl=\"https://a.example/rss\"/>{}</body></opml>",
        "<outline text=\"x\">".repeat(100_000),
        "</outline>".repeat(100_000)
    );
    let said = place.run_with(&["feed", "import", "-"], &list);
    assert_eq!(said.code(), Some(0), "{}", said.err());
    assert_eq!(
        place.added(),
        "\n[[feed]]\nurl = \"https://a.example/rss\"\ntags = [\"x\"]\n"
    );
    assert!(Path::new(&place.path()).exists());
}
