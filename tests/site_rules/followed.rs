//! Further pages of an article and other versions of it, as the daemon reads them.

use serde_json::Value;

use crate::bed::{Bed, said};
use crate::program::wirewatch;
use crate::stand_in::{Reply, StandIn};

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
    let begins = body
        .lines()
        .filter_map(|line| line.strip_prefix("Part ")?.split_once(" tells"));
    begins
        .map(|(number, _)| number.parse().expect("a number"))
        .collect()
}

fn asked(site: &StandIn) -> Vec<String> {
    let asked = site
        .asked()
        .into_iter()
        .map(|(asked, _)| asked.uri().to_string());
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
    assert_eq!(
        body.matches("Edited by the harbour desk.").count(),
        1,
        "{body}"
    );
    assert!(body.ends_with("Edited by the harbour desk."), "{body}");
    assert!(
        article["notes"].to_string().contains("it was read already"),
        "{article}"
    );
    let pages = ["/robots.txt", "/story", "/story?page=2", "/story?page=3"];
    assert_eq!(
        asked(&site),
        pages,
        "robots.txt is asked first, every page once"
    );
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
        assert!(
            article["notes"].to_string().contains(&why),
            "{why}: {article}"
        );
        assert!(!asked(&site).contains(&"/private/2".to_owned()));
    }
}

#[test]
fn no_article_has_endless_pages_and_their_bytes_are_bounded() {
    let endless = |path: &str| {
        let number: usize = path
            .strip_prefix("/story")?
            .trim_start_matches('/')
            .parse()
            .unwrap_or(1);
        Some(part(number, &next(&format!("/story/{}", number + 1))))
    };
    let site_of_many = site(endless);
    let article = read_with(&site_of_many, NEXT, "");
    assert_eq!(parts(&article), (1..=21).collect::<Vec<_>>());
    assert!(
        article["notes"]
            .to_string()
            .contains("more than 20 further pages"),
        "{article}"
    );

    let site_of_many = site(endless);
    let article = read_with(&site_of_many, NEXT, "body_bytes_max = 1700");
    assert_eq!(parts(&article), [1, 2, 3], "{article}");
    assert!(
        article["notes"]
            .to_string()
            .contains("the pages together have more than 1700 bytes"),
        "{article}"
    );
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
    assert!(
        amp["notes"]
            .to_string()
            .contains("read from http://127.0.0.1"),
        "{amp}"
    );
    let print = format!("{NEXT}\nalternative = \"print\"\nprint = \"a.print\"");
    assert_eq!(parts(&read_with(&site, &print, "")), [3, 4]);
}

#[test]
fn the_amp_version_is_read_where_the_page_says_little() {
    let page = |head: &str| {
        format!(
            "<html lang=en><title>Long story</title>{head}<link rel=amphtml href='/amp'><body><h1>Long story</h1>\
             <p>Please wait.</p></body></html>"
        )
    };
    let amp = |path: &str, story: &'static str, version: Option<&'static str>| {
        let story = page(story);
        let site = site(move |asked| match asked {
            "/story" => Some(story.clone()),
            "/amp" => version.map(|rest| part(2, rest)),
            _ => None,
        });
        let article = read_with(&site, "remove = [\".promo\"]", "");
        (article, asked(&site).contains(&path.to_owned()))
    };
    let (article, was_asked) = amp("/amp", "", Some(""));
    assert_eq!(article["origin"], "amp", "{article}");
    assert!(was_asked && parts(&article) == [2], "{article}");
    // It cannot be had: the page stands, and says so.
    let (article, _) = amp("/amp", "", None);
    let notes = article["notes"].to_string();
    assert!(
        notes.contains("the AMP version http://127.0.0.1"),
        "{article}"
    );
    assert_ne!(article["origin"], "amp");
    // What is to be paid for is not read by another door.
    let paid = "<meta property='article:content_tier' content='locked'>";
    let (_, was_asked) = amp("/amp", paid, Some(""));
    assert!(!was_asked);
}

#[test]
fn a_page_is_tried_as_politely_as_it_is_read() {
    let site = site(|path| match path {
        "/robots.txt" => Some("User-agent: *\nDisallow: /private/\n".to_owned()),
        "/story" | "/private/1" => Some(part(1, &next("/story?page=2"))),
        _ => None,
    });
    let bed = Bed::new();
    let addr = site.addr;
    let rule = format!("[[site]]\nmatch = \"{addr}\"\n{NEXT}\n");
    bed.write(
        "config.toml",
        &format!("[fetch]\nallow = [\"{addr}\"]\n{rule}"),
    );
    let tried = |path: &str| {
        let arguments = ["article", "test", &site.url(path), "--color", "never"];
        said(
            wirewatch(&bed.path("config.toml"), &arguments)
                .output()
                .expect("the program starts"),
        )
    };
    let (out, code) = tried("/story");
    assert_eq!(code, Some(0), "{out}");
    assert!(
        out.contains("+ Part 1 tells how the harbour was built"),
        "{out}"
    );
    assert!(
        out.contains(&format!("next page      {}\n", site.url("/story?page=2"))),
        "{out}"
    );
    let (out, code) = tried("/private/1");
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("robots.txt"), "{out}");
    assert_eq!(
        asked(&site),
        ["/robots.txt", "/story", "/robots.txt"],
        "the next page is named only"
    );
}
