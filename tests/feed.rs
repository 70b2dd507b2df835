//! Feed documents as newspapers publish them (`tests/fixtures/feeds/cases.toml`), and the same documents
//! damaged at random: every one is read as its case says, and nothing makes the room panic.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;
use wirewatch::feed::{FeedError, Hints, PageSelectors, parse, parse_page};
use wirewatch::model::{FeedFormat, FeedKind, FeedLinks, ParsedEntry, ParsedFeed, Syndication};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

/// One document and what is asserted of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    file: PathBuf,
    why: String,
    content_type: Option<String>,
    base_url: Option<String>,
    content_location: Option<String>,
    format: Option<FeedFormat>,
    title: Option<String>,
    link: Option<String>,
    language: Option<String>,
    entries: Option<usize>,
    first: Option<First>,
    key_prefix: Option<String>,
    note: Option<String>,
    /// Where feed-rs differs: how the words begin, empty for "nowhere".
    discrepancy: Option<String>,
    syndication: Option<Syndication>,
    links: Option<FeedLinks>,
    #[serde(default)]
    kind: FeedKind,
    /// Selectors, for `kind = "page"`.
    select: Option<Select>,
    error: Option<String>,
    /// [`FailureKind`](wirewatch::model::FailureKind) of the error.
    failure: Option<String>,
}

/// Selectors as the config writes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Select {
    links: String,
    title: Option<String>,
    date: Option<String>,
}

impl Select {
    fn compiled(&self) -> PageSelectors {
        let selector = |text: &String| text.parse().expect("every selector of a case is one");
        PageSelectors {
            links: selector(&self.links),
            title: self.title.as_ref().map(selector),
            date: self.date.as_ref().map(selector),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    id: Option<String>,
    key: Option<String>,
    title: Option<String>,
    link: Option<String>,
    links: Option<Vec<String>>,
    published: Option<String>,
    updated: Option<String>,
    authors: Option<Vec<String>>,
    categories: Option<Vec<String>>,
    enclosures: Option<Vec<String>>,
    summary: Option<String>,
    content: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds")
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(folder().join("cases.toml")).expect("cases.toml is there");
    toml::from_str::<Cases>(&text)
        .expect("cases.toml is TOML")
        .case
}

fn read(case: &Case) -> Vec<u8> {
    std::fs::read(folder().join(&case.file)).expect("every case has its file")
}

fn hints(case: &Case) -> Hints {
    Hints {
        content_type: case.content_type.clone(),
        base_url: case.base_url.clone(),
        content_location: case.content_location.clone(),
        lang: None,
        kind: case.kind,
        compare: true,
    }
}

fn parsed(case: &Case) -> Result<ParsedFeed, FeedError> {
    match &case.select {
        Some(select) => parse_page(&read(case), &hints(case), &select.compiled()),
        None => parse(&read(case), &hints(case)),
    }
}

#[test]
fn every_document_is_read_as_its_case_says() {
    let mut wrong = Vec::new();
    let cases = cases();
    for case in &cases {
        let mut faults = Vec::new();
        match (parsed(case), &case.error) {
            (Err(error), Some(expected)) => {
                same("error", &error.to_string(), expected, &mut faults);
                let failure = Some(error.kind().name().to_owned());
                named("failure", &failure, &case.failure, &mut faults);
            }
            (Err(error), None) => faults.push(error.to_string()),
            (Ok(_), Some(expected)) => faults.push(format!("no error, but: {expected}")),
            (Ok(feed), None) => check_feed(case, &feed, &mut faults),
        }
        if !faults.is_empty() {
            wrong.push(format!(
                "{} ({}):\n  {}",
                case.file.display(),
                case.why,
                faults.join("\n  ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 25);
}

fn check_feed(case: &Case, feed: &ParsedFeed, faults: &mut Vec<String>) {
    if let Some(format) = case.format {
        same("format", &feed.format, &Some(format), faults);
    }
    named("title", &feed.title, &case.title, faults);
    named("link", &feed.link, &case.link, faults);
    named("language", &feed.language, &case.language, faults);
    if let Some(count) = case.entries {
        same("entries", &feed.entries.len(), &count, faults);
    }
    if let Some(expected) = &case.discrepancy {
        let found = feed.discrepancy.as_ref().map(ToString::to_string);
        let found = found.unwrap_or_default();
        if found.is_empty() != expected.is_empty() || !found.starts_with(expected) {
            faults.push(format!(
                "discrepancy: found {found:?}, expected {expected:?}"
            ));
        }
    }
    if let Some(syndication) = &case.syndication {
        same("syndication", &feed.syndication, syndication, faults);
    }
    if let Some(links) = &case.links {
        same("links", &feed.links, links, faults);
    }
    if let Some(note) = &case.note
        && !feed.notes.contains(note)
    {
        faults.push(format!("no note {note:?} in {:?}", feed.notes));
    }
    let Some(entry) = feed.entries.first() else {
        return;
    };
    if let Some(prefix) = &case.key_prefix
        && !entry.key.starts_with(prefix)
    {
        faults.push(format!("key {:?}", entry.key));
    }
    if let Some(first) = &case.first {
        check_entry(entry, first, faults);
    }
}

fn check_entry(entry: &ParsedEntry, first: &First, faults: &mut Vec<String>) {
    named("id", &entry.id, &first.id, faults);
    named("key", &Some(entry.key.clone()), &first.key, faults);
    named("title", &entry.title, &first.title, faults);
    named("link", &entry.link, &first.link, faults);
    named("summary", &entry.summary, &first.summary, faults);
    named("content", &entry.content, &first.content, faults);
    named(
        "published",
        &entry.published.map(|at| at.to_string()),
        &first.published,
        faults,
    );
    named(
        "updated",
        &entry.updated.map(|at| at.to_string()),
        &first.updated,
        faults,
    );
    for (field, found, expected) in [
        ("links", &entry.links, &first.links),
        ("authors", &entry.authors, &first.authors),
        ("categories", &entry.categories, &first.categories),
        ("enclosures", &entry.enclosures, &first.enclosures),
    ] {
        if let Some(expected) = expected {
            same(field, found, expected, faults);
        }
    }
}

fn named(field: &str, found: &Option<String>, expected: &Option<String>, faults: &mut Vec<String>) {
    if expected.is_some() {
        same(field, found, expected, faults);
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    field: &str,
    found: &T,
    expected: &T,
    faults: &mut Vec<String>,
) {
    if found != expected {
        faults.push(format!("{field}: found {found:?}, expected {expected:?}"));
    }
}

/// xorshift64: the same documents on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).expect("it is below a usize")
    }
}

/// Flips bytes, cuts the end off, takes a piece out, or splices a piece of another document in.
fn damage(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    const SHARP: &[u8] = b"<>&;'\"/!?[]-\0\x80\xff={}";
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(5) {
            0 => bytes.truncate(at),
            1 if !bytes.is_empty() => {
                bytes[at] = u8::try_from(chance.below(256)).expect("it is below 256")
            }
            2 if !bytes.is_empty() => bytes[at] = SHARP[chance.below(SHARP.len())],
            3 => {
                let end = (at + chance.below(40)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
            _ => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len());
                let to = (from + chance.below(200)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
        }
    }
    bytes
}

#[test]
fn no_damage_makes_it_panic() {
    let seeds: Vec<Vec<u8>> = cases().iter().map(read).collect();
    let mut chance = Chance(0x5eed_2026_1122_0730);
    for _ in 0..4000 {
        let bytes = damage(&seeds, &mut chance);
        // A panic names the test; the document is rebuilt from the seed.
        parse(&bytes, &Hints::default()).ok();
    }
}

#[test]
fn hostile_documents_take_linear_time() {
    const TIMES: usize = 100_000;
    let rss = |inner: String| {
        format!("<rss><channel><item><title>x</title>{inner}</item></channel></rss>")
    };
    for (name, document) in [
        ("nested elements", rss("<b>".repeat(TIMES))),
        (
            "nested escaped elements",
            rss(format!(
                "<description>{}</description>",
                "&lt;b>".repeat(TIMES)
            )),
        ),
        ("unclosed comments", rss("<!--".repeat(TIMES))),
        ("unclosed CDATA", rss("<![CDATA[".repeat(TIMES))),
        ("unclosed instructions", rss("<?".repeat(TIMES))),
        (
            "unclosed scripts",
            rss(format!(
                "<description>{}</description>",
                "&lt;script>".repeat(TIMES)
            )),
        ),
        (
            "open quotes",
            rss(format!(
                "<description>{}</description>",
                "&lt;a b=\"".repeat(TIMES)
            )),
        ),
        ("references", rss("&amp;".repeat(TIMES))),
        ("ampersands", rss("&".repeat(TIMES))),
        (
            "attributes",
            rss(format!("<a {}/>", "b='c' ".repeat(TIMES))),
        ),
        (
            "items",
            "<rss><channel>".to_owned() + &"<item>".repeat(TIMES),
        ),
        ("links", rss("<link>a</link>".repeat(TIMES))),
        (
            "categories",
            rss((0..TIMES)
                .map(|n| format!("<category>{n}</category>"))
                .collect()),
        ),
        ("JSON", "[".repeat(TIMES)),
        ("document types", "<!DOCTYPE a [".repeat(TIMES)),
    ] {
        let start = Instant::now();
        parse(document.as_bytes(), &Hints::default()).ok();
        let took = start.elapsed();
        // Generous: a quadratic reader takes minutes here.
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
    }
}
