//! Whole pages of several languages and encodings against what should be read from them, and pages made to do harm.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use wirewatch::extract::{Extracted, Page, extract};
use wirewatch::model::{Article, DateSource};

/// What `NAME.toml` says of `NAME.html`.
#[derive(Debug, PartialEq, Deserialize)]
struct Expected {
    url: String,
    content_type: Option<String>,
    title: String,
    lang: Option<String>,
    published: Option<String>,
    modified: Option<String>,
    canonical_url: Option<String>,
    image: Option<String>,
    site_name: Option<String>,
    authors: Vec<String>,
    confident: bool,
    /// Notes that must be there; there may be others.
    notes: Vec<String>,
    /// The lines of the body.
    body: Vec<String>,
    /// Metadata that only some pages have; left out, it is not looked at.
    more: Option<More>,
}

/// The rest of the metadata.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct More {
    published_from: Option<DateSource>,
    modified_from: Option<DateSource>,
    section: Option<String>,
    tags: Vec<String>,
    paid: bool,
    live: bool,
    amp_url: Option<String>,
    next_url: Option<String>,
    print_url: Option<String>,
}

fn more(article: &Article) -> More {
    More {
        published_from: article.published_from,
        modified_from: article.modified_from,
        section: article.section.clone(),
        tags: article.tags.clone(),
        paid: article.paid,
        live: article.live,
        amp_url: article.amp_url.clone(),
        next_url: article.next_url.clone(),
        print_url: article.print_url.clone(),
    }
}

/// The fixture as it would be written for what was found.
fn found(expected: &Expected, extracted: Extracted) -> Expected {
    let confident = extracted.is_confident();
    let article = extracted.article;
    let required = |note: &String| expected.notes.contains(note);
    Expected {
        url: expected.url.clone(),
        more: expected.more.as_ref().map(|_| more(&article)),
        content_type: expected.content_type.clone(),
        title: article.title,
        lang: article.lang,
        published: article.published.map(|date| date.written),
        modified: article.modified.map(|date| date.written),
        canonical_url: article.canonical_url,
        image: article.image,
        site_name: article.site_name,
        authors: article.authors,
        confident,
        notes: article.notes.into_iter().filter(required).collect(),
        body: article.body.lines().map(str::to_owned).collect(),
    }
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages");
    let entries = fs::read_dir(folder).expect("the fixtures are in the repository");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let mut pages: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    pages.sort();
    pages
}

#[test]
fn pages_are_read_as_expected() {
    let pages = fixtures();
    assert!(pages.len() >= 12, "{} fixtures", pages.len());
    let mut wrong = Vec::new();
    for path in pages {
        let text = fs::read_to_string(&path).expect("a readable fixture");
        let expected: Expected = toml::from_str(&text).expect("a fixture in TOML");
        let bytes = fs::read(path.with_extension("html")).expect("a page beside its TOML");
        let page = Page {
            url: &expected.url,
            content_type: expected.content_type.as_deref(),
        };
        let extracted = extract(&bytes, &page);
        let notes = extracted.article.notes.clone();
        let found = found(&expected, extracted);
        if found != expected {
            wrong.push(format!(
                "{}\nfound {found:#?}\nexpected {expected:#?}\nall notes {notes:#?}",
                path.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Pages that are cheap to send and dear to parse.
fn hostile_pages() -> Vec<(&'static str, Vec<u8>)> {
    let nested = |open: &str, close: &str, times: usize| {
        format!(
            "<html><title>Deep</title><body>{}text{}",
            open.repeat(times),
            close.repeat(times)
        )
    };
    let attributes: String = (0..2_000).map(|n| format!("<font size={n}>")).collect();
    let bombs = vec![
        ("100,000 elements deep", nested("<div>", "</div>", 100_000)),
        (
            "100,000 lists deep",
            nested("<ul><li>", "</li></ul>", 100_000),
        ),
        (
            "100,000 tables deep",
            nested("<table><tr><td>", "", 100_000),
        ),
        ("a million unclosed tags", nested("<b>", "", 1_000_000)),
        (
            "a million unclosed paragraphs",
            nested("<p>", "", 1_000_000),
        ),
        (
            "formatting that is opened again in every block",
            attributes + &"<p>x</p>".repeat(100_000),
        ),
        (
            "deep JSON-LD",
            format!(
                "<script type=application/ld+json>{}</script>",
                "[".repeat(1_000_000)
            ),
        ),
        (
            "JSON-LD of quotation marks",
            format!(
                "<script type=application/ld+json>[\"{}</script>",
                "\" ".repeat(1_000_000)
            ),
        ),
        (
            "a title of separators",
            format!("<title>{}</title><h1>a</h1>", "a - ".repeat(1_000_000)),
        ),
        (
            "datelines without end",
            "<p class=date>1 Jan 2024 10:00".repeat(50_000),
        ),
        (
            "a million attributes",
            format!("<p {}>x", "a=1 ".repeat(1_000_000)),
        ),
        ("a million brackets", "<".repeat(1_000_000)),
        ("one long line", "word ".repeat(1_000_000)),
        (
            "an endless comment",
            format!("<!--{}", "- ".repeat(1_000_000)),
        ),
    ];
    let mut pages: Vec<(&str, Vec<u8>)> = bombs
        .into_iter()
        .map(|(name, html)| (name, html.into_bytes()))
        .collect();
    pages.push(("no bytes", Vec::new()));
    pages.push(("zero bytes", vec![0; 100_000]));
    pages.push(("all bytes", (0..=255u8).cycle().take(200_000).collect()));
    pages.push(("half a UTF-16 page", b"\xFF\xFE<\0p\0>".to_vec()));
    pages
}

/// The stack of a worker is small, so that recursion over the depth of a page shows.
const STACK_BYTES: usize = 1024 * 1024;
/// Far above what a debug build needs on a busy machine; a quadratic page takes hours.
const TIME_MAX: Duration = Duration::from_secs(60);

#[test]
fn hostile_pages_end_in_time_and_on_a_small_stack() {
    for (name, bytes) in hostile_pages() {
        let started = Instant::now();
        let worker = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let page = Page {
                    url: "https://hostile.example/1",
                    content_type: Some("text/html"),
                };
                extract(&bytes, &page).article.notes
            });
        let notes = worker.expect("a thread").join();
        assert!(notes.is_ok(), "{name}: panicked");
        println!(
            "{name}: {:?} {:?}",
            started.elapsed(),
            notes.unwrap_or_default()
        );
        assert!(
            started.elapsed() < TIME_MAX,
            "{name}: {:?}",
            started.elapsed()
        );
    }
}
