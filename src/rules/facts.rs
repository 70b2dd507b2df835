//! What is known of an article besides its text, and what a rule may ask of it.

use std::fmt;
use std::sync::Arc;

use crate::text::{self, gazetteer};

/// What is known of an article besides its text. What is not known makes every question about it false.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Address of the article.
    pub url: String,
    /// Addresses of the feeds that named it.
    pub feeds: Vec<String>,
    /// Countries of these feeds, ISO 3166 codes.
    pub feed_countries: Vec<String>,
    /// Tags of the feeds and of the page.
    pub tags: Vec<String>,
    /// Authors.
    pub authors: Vec<String>,
    /// Seconds since it was published.
    pub age_s: Option<i64>,
}

/// A question about an article as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum FactTest {
    /// Any of these languages.
    Lang(Vec<String>),
    /// Any of these feeds: hosts, or addresses with `*`.
    Feed(Vec<String>),
    /// Any of these countries of a feed.
    FeedCountry(Vec<String>),
    Tag(String),
    Author(String),
    /// An address with `*`.
    Url(String),
    /// Words of the body.
    Words(Bound, u32),
    /// Seconds.
    Age(Bound, i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Bound {
    AtLeast,
    Below,
}

/// What a document answers from.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Answers<'a> {
    pub facts: &'a Facts,
    pub lang: Option<&'a str>,
    pub words: u32,
}

impl FactTest {
    /// Whether it is so.
    pub fn holds(&self, answers: Answers<'_>) -> bool {
        let facts = answers.facts;
        match self {
            Self::Lang(langs) => answers.lang.is_some_and(|lang| has(langs, lang)),
            Self::Feed(patterns) => {
                let feeds = || facts.feeds.iter().map(String::as_str);
                patterns
                    .iter()
                    .any(|pattern| feeds().any(|feed| is_feed(pattern, feed)))
            }
            Self::FeedCountry(codes) => facts.feed_countries.iter().any(|code| has(codes, code)),
            Self::Tag(tag) => {
                let wanted = text::fold(tag);
                facts.tags.iter().any(|tag| text::fold(tag) == wanted)
            }
            Self::Author(name) => facts.authors.iter().any(|author| names(author, name)),
            Self::Url(pattern) => is_like(pattern, &facts.url),
            Self::Words(bound, words) => bound.holds(&answers.words, words),
            Self::Age(bound, seconds) => facts
                .age_s
                .is_some_and(|age_s| bound.holds(&age_s, seconds)),
        }
    }

    /// The languages that it asks for, if it asks for any.
    pub fn langs(&self) -> Option<&[String]> {
        match self {
            Self::Lang(langs) => Some(langs),
            _ => None,
        }
    }

    /// What the article says to it, for an explanation.
    pub fn told(&self, answers: Answers<'_>) -> String {
        let facts = answers.facts;
        let joined = |values: &[String]| match values {
            [] => "unknown".to_owned(),
            values => values.join(", "),
        };
        match self {
            Self::Lang(_) => answers.lang.unwrap_or("unknown").to_owned(),
            Self::Feed(_) => joined(&facts.feeds),
            Self::FeedCountry(_) => joined(&facts.feed_countries),
            Self::Tag(_) => joined(&facts.tags),
            Self::Author(_) => joined(&facts.authors),
            Self::Url(_) => joined(std::slice::from_ref(&facts.url)),
            Self::Words(..) => answers.words.to_string(),
            Self::Age(..) => match facts.age_s {
                Some(age_s) => written_period(age_s),
                None => "unknown".to_owned(),
            },
        }
    }
}

impl Bound {
    fn holds<T: PartialOrd>(self, value: &T, bound: &T) -> bool {
        match self {
            Self::AtLeast => value >= bound,
            Self::Below => value < bound,
        }
    }
}

fn has(values: &[String], value: &str) -> bool {
    values.iter().any(|known| known == value)
}

/// A pattern with a path is one of the address, one without of the host and those below it.
fn is_feed(pattern: &str, feed: &str) -> bool {
    if pattern.contains(['/', '*']) {
        return is_like(pattern, feed);
    }
    let rest = feed.split_once("://").map_or(feed, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default().to_lowercase();
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => &host,
    };
    let wanted = pattern.to_lowercase();
    host.strip_suffix(wanted.as_str())
        .is_some_and(|below| below.is_empty() || below.ends_with('.'))
}

/// Whether an address is like a pattern in which `*` stands for anything. Without a scheme in the pattern
/// that of the address does not count.
fn is_like(pattern: &str, url: &str) -> bool {
    let (pattern, url) = (pattern.to_lowercase(), url.to_lowercase());
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let url = match pattern.contains("://") {
        true => url.as_str(),
        false => rest,
    };
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = url.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether the words of a name stand next to each other among those of an author.
fn names(author: &str, name: &str) -> bool {
    let words = |text: &str| -> Vec<Arc<str>> {
        let tokens = text::analyse(text, None).tokens;
        tokens.into_iter().map(|token| token.fold).collect()
    };
    let (author, name) = (words(author), words(name));
    !name.is_empty() && author.windows(name.len()).any(|window| *window == *name)
}

/// Countries that a host's ending names; not those whose endings are sold to everybody.
#[must_use]
pub fn country_of_host(host: &str) -> Option<&'static str> {
    const SOLD: &[&str] = &[
        "AI", "CC", "CO", "FM", "GG", "IO", "LA", "LY", "ME", "NU", "SH", "TO", "TV", "VC", "WS",
    ];
    let (_, ending) = host.trim_end_matches('.').rsplit_once('.')?;
    let code = match ending.to_uppercase() {
        code if code == "UK" => "GB".to_owned(),
        code if code == "SU" => "RU".to_owned(),
        code => code,
    };
    if SOLD.contains(&code.as_str()) {
        return None;
    }
    gazetteer::codes().find(|known| *known == code)
}

/// Seconds that `2d`, `36h`, `90m` or `1w` last.
pub(in crate::rules) fn period(written: &str) -> Option<i64> {
    let digits = written.find(|c: char| !c.is_ascii_digit())?;
    let number: i64 = written[..digits].parse().ok()?;
    let unit = match &written[digits..] {
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    number.checked_mul(unit).filter(|seconds| *seconds > 0)
}

fn written_period(seconds: i64) -> String {
    let units = [(604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m")];
    let whole = units.iter().find(|(unit, _)| seconds % unit == 0);
    match whole {
        Some((unit, sign)) if seconds != 0 => format!("{}{sign}", seconds / unit),
        _ => format!("{}m", seconds / 60),
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtLeast => ">=",
            Self::Below => "<",
        })
    }
}

impl fmt::Display for FactTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |values: &[String]| format!("[\"{}\"]", values.join("\", \""));
        match self {
            Self::Lang(langs) => write!(f, "lang in [{}]", langs.join(", ")),
            Self::Feed(feeds) => write!(f, "feed in {}", quoted(feeds)),
            Self::FeedCountry(codes) => match codes.as_slice() {
                [code] => write!(f, "feed-country == \"{code}\""),
                codes => write!(f, "feed-country in {}", quoted(codes)),
            },
            Self::Tag(tag) => write!(f, "tag:\"{tag}\""),
            Self::Author(name) => write!(f, "author:\"{name}\""),
            Self::Url(pattern) => write!(f, "url:\"{pattern}\""),
            Self::Words(bound, words) => write!(f, "words {bound} {words}"),
            Self::Age(bound, seconds) => write!(f, "age {bound} {}", written_period(*seconds)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_with_stars() {
        for (pattern, url, expected) in [
            ("*.go.id/*", "https://www.kemlu.go.id/berita/1", true),
            ("*.go.id/*", "https://go.id/", false),
            ("*.go.id/*", "https://a.go.id.example/x", false),
            ("https://a.example/*", "http://a.example/x", false),
            ("a.example", "https://a.example", true),
            ("a.example", "https://a.example/x", false),
            ("*/Sport/*", "https://a.example/sport/x", true),
            ("a*a", "a", false),
            ("*a*b*", "xaxbx", true),
        ] {
            assert_eq!(is_like(pattern, url), expected, "{pattern} {url}");
        }
    }

    #[test]
    fn a_feed_is_named_by_its_host_or_address() {
        for (pattern, feed, expected) in [
            ("kompas.com", "https://rss.kompas.com/feed", true),
            ("kompas.com", "https://kompas.com:8080/feed", true),
            ("kompas.com", "https://nokompas.com/feed", false),
            ("kompas.com/a*", "https://kompas.com/a.xml", true),
            ("https://kompas.com/a.xml", "https://kompas.com/a.xml", true),
        ] {
            assert_eq!(is_feed(pattern, feed), expected, "{pattern} {feed}");
        }
    }

    #[test]
    fn hosts_betray_their_country() {
        for (host, country) in [
            ("www.antaranews.co.id", Some("ID")),
            ("bbc.co.uk", Some("GB")),
            ("ec.europa.eu", Some("EU")),
            ("news.example.io", None),
            ("example.com", None),
            ("localhost", None),
        ] {
            assert_eq!(country_of_host(host), country, "{host}");
        }
    }

    #[test]
    fn authors_are_named_word_by_word() {
        assert!(names("By Jané  DOE, Reuters", "jane doe"));
        assert!(!names("Jane Doering", "Jane Doe"));
    }
}
