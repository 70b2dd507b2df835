//! What a `robots.txt` says to wirewatch (RFC 9309). Pure.

use std::time::Duration;

/// The name by which a file can speak to wirewatch.
const PRODUCT: &str = "wirewatch";

/// Rules that are kept of one file; an honest one has some dozens.
const RULES_MAX: usize = 5_000;

/// Longest distance that a file can ask for.
const CRAWL_DELAY_MAX: Duration = Duration::from_secs(60);

/// The rules of the group that speaks to wirewatch. The default allows everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rules {
    list: Vec<Rule>,
    /// Distance between requests that the file asks for, capped.
    pub(super) crawl_delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    /// What stands between the wildcards, in normal form.
    parts: Vec<String>,
    /// The pattern ended with `$`.
    to_the_end: bool,
    /// Octets of the pattern: of two that match, the longer decides.
    length: usize,
}

/// To whom the lines that follow speak.
#[derive(Default, Clone, Copy)]
struct Audience {
    us: bool,
    everybody: bool,
    /// A rule has been seen: the next `User-agent` opens another group.
    closed: bool,
}

impl Rules {
    /// Reads a file. What is no line of the format is skipped, so that a page in its place forbids nothing.
    pub(super) fn parse(text: &str) -> Self {
        let (mut ours, mut everybodys) = (Self::default(), Self::default());
        let mut named = false;
        let mut audience = Audience::default();
        for line in text.trim_start_matches('\u{feff}').split(['\r', '\n']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "user-agent" => {
                    if audience.closed {
                        audience = Audience::default();
                    }
                    audience.us |= is_us(value);
                    audience.everybody |= value == "*";
                    named |= audience.us;
                }
                key @ ("allow" | "disallow" | "crawl-delay") => {
                    audience.closed = true;
                    if audience.us {
                        ours.add(key, value);
                    }
                    if audience.everybody {
                        everybodys.add(key, value);
                    }
                }
                _ => {}
            }
        }
        if named { ours } else { everybodys }
    }

    fn add(&mut self, key: &str, value: &str) {
        if key == "crawl-delay" {
            let seconds = value.parse().ok().filter(|seconds: &f64| *seconds >= 0.0);
            let asked = seconds.map(|seconds| seconds.min(CRAWL_DELAY_MAX.as_secs_f64()));
            self.crawl_delay = asked.map(Duration::from_secs_f64).or(self.crawl_delay);
        } else if !value.is_empty() && self.list.len() < RULES_MAX {
            self.list.push(Rule::new(key == "allow", value));
        }
    }

    /// True when the file lets wirewatch fetch a path with its query: the longest rule that matches
    /// decides, `Allow` before `Disallow`, and without one everything is allowed.
    pub(super) fn allow(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let path = normal(path, true);
        let matching = self.list.iter().filter(|rule| rule.matches(&path));
        let decisive = matching.max_by_key(|rule| (rule.length, rule.allow));
        decisive.is_none_or(|rule| rule.allow)
    }

    /// Bytes that it costs to remember them.
    pub(super) fn weight(&self) -> usize {
        let rules = self.list.iter();
        rules
            .map(|rule| rule.length + (1 + rule.parts.len()) * size_of::<Rule>())
            .sum()
    }
}

impl Rule {
    fn new(allow: bool, pattern: &str) -> Self {
        let (pattern, to_the_end) = match pattern.strip_suffix('$') {
            Some(pattern) => (pattern, true),
            None => (pattern, false),
        };
        let parts = pattern.split('*').map(|part| normal(part, false));
        Self {
            allow,
            length: pattern.len() + usize::from(to_the_end),
            parts: parts.collect(),
            to_the_end,
        }
    }

    /// One pass from left to right: for patterns with `*` only, the earliest place of every part is as
    /// good as any later one.
    fn matches(&self, path: &str) -> bool {
        let Some((first, others)) = self.parts.split_first() else {
            return true;
        };
        let Some(mut rest) = path.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some((last, middle)) = others.split_last() else {
            return !self.to_the_end || rest.is_empty();
        };
        for part in middle {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        if self.to_the_end {
            rest.ends_with(last.as_str())
        } else {
            rest.contains(last.as_str())
        }
    }
}

/// True when a `User-agent` line names wirewatch: only its letters count, `wirewatch/1.0` is meant for us.
fn is_us(value: &str) -> bool {
    let end = value.find(|c: char| !c.is_ascii_alphabetic() && c != '-' && c != '_');
    value[..end.unwrap_or(value.len())].eq_ignore_ascii_case(PRODUCT)
}

/// One spelling for paths that are the same (RFC 9309, 2.2.2): octets are percent-encoded unless they
/// are plain, and plain ones are not. In a path `*` and `$` are plain octets, but not in a pattern.
fn normal(text: &str, is_path: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&byte, rest)) = bytes.split_first() {
        let hex = (byte == b'%').then(|| rest.get(..2)).flatten();
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes = if decoded.is_some() { &rest[2..] } else { rest };
        let octet = decoded.unwrap_or(byte);
        let is_unreserved = octet.is_ascii_alphanumeric() || b"-._~".contains(&octet);
        let is_wild = octet == b'$' || (is_path && octet == b'*');
        let keep = match decoded {
            Some(_) => is_unreserved,
            None => octet.is_ascii() && !is_wild,
        };
        if keep {
            out.push(char::from(octet));
        } else {
            out.push_str(&format!("%{octet:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, bool)]) {
        let rules = Rules::parse(text);
        for (path, allowed) in expected {
            assert_eq!(rules.allow(path), *allowed, "{path} in {text}");
        }
    }

    #[test]
    fn the_group_that_names_us_counts_and_else_everybodys() {
        let text = "User-agent: *\nDisallow: /\n\nUser-Agent: other\nUSER-AGENT: WireWatch/2.0 # us\n\
                    disallow: /a\nSitemap: https://x.example/s.xml\nDisallow: /b\nUser-agent: third\nDisallow: /c";
        check(
            text,
            &[("/", true), ("/a", false), ("/b/x", false), ("/c", true)],
        );
        check("User-agent: wirewatcher\nDisallow: /", &[("/", true)]);
        check(
            "User-agent: *\nDisallow: /x",
            &[("/x", false), ("/y", true)],
        );
        // Two groups for one robot are one.
        let twice = "user-agent: wirewatch\ndisallow: /a\n\nuser-agent: wirewatch\ndisallow: /b";
        check(twice, &[("/a", false), ("/b", false)]);
        // A group without rules frees us from everybody's.
        check(
            "User-agent: *\nDisallow: /\nUser-agent: wirewatch",
            &[("/", true)],
        );
        check("Disallow: /", &[("/", true)]);
    }

    #[test]
    fn the_longest_rule_decides_and_allow_wins_a_draw() {
        let text = "User-agent: *\nDisallow: /\nAllow: /news\nDisallow: /news/private\nAllow: /same\nDisallow: /same";
        check(
            text,
            &[
                ("/", false),
                ("/news", true),
                ("/newspaper", true),
                ("/news/private/1", false),
                ("/same", true),
                ("/robots.txt", true),
            ],
        );
        check("User-agent: *\nDisallow:\n", &[("/anything", true)]);
    }

    #[test]
    fn wildcards_and_ends() {
        for (pattern, path, matches) in [
            ("/*.php$", "/a/b.php", true),
            ("/*.php$", "/a.php?x=1", false),
            ("/*.php", "/a.php?x=1", true),
            ("/fish*", "/fish", true),
            ("/a*b*c", "/a-c-b-c", true),
            ("/a*b*c$", "/abcd", false),
            ("/a*c$", "/abcabc", true),
            ("/x$", "/x", true),
            ("/x$", "/xy", false),
            ("*/print/", "/a/print/1", true),
            ("/*?", "/a?b", true),
            ("/**a", "/xa", true),
            ("/ab*b$", "/ab", false),
            ("print", "/print", false),
            ("/price$tag", "/price$tag", true),
            ("/%7ejoe/%2a", "/~joe/*", true),
            (
                "/новости",
                "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1",
                true,
            ),
            ("/a%2fb", "/a/b", false),
            ("/a%3Db", "/a%3db", true),
        ] {
            let text = format!("User-agent: *\nDisallow: {pattern}");
            check(&text, &[(path, !matches)]);
        }
    }

    #[test]
    fn delays_are_numbers_of_seconds_up_to_a_minute() {
        let delay = |value: &str| {
            let text = format!("User-agent: *\nCrawl-delay: {value}");
            Rules::parse(&text)
                .crawl_delay
                .map(|delay| delay.as_millis())
        };
        assert_eq!(delay("2"), Some(2_000));
        assert_eq!(delay("0.5"), Some(500));
        for wrong in ["", "soon", "-3", "NaN"] {
            assert_eq!(delay(wrong), None, "{wrong}");
        }
        assert_eq!(delay("999999999999999999999"), Some(60_000));
        assert_eq!(delay("inf"), Some(60_000));
    }

    #[test]
    fn a_hostile_file_costs_little() {
        let bait = format!("/{}", "*a".repeat(50));
        let mut text = "User-agent: *\n".to_owned();
        while text.len() < 500 << 10 {
            text.push_str(&format!("Disallow: {bait}b$\n"));
        }
        let rules = Rules::parse(&text);
        assert!(rules.list.len() <= RULES_MAX);
        let begun = std::time::Instant::now();
        assert!(rules.allow(&format!("/{}", "a".repeat(8_000))));
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{:?}",
            begun.elapsed()
        );
        check("<!doctype html>\n<p>User: nobody", &[("/", true)]);
        check(
            "\u{feff}\0User-agent\n:\n: :\r\rUser-agent: *\rDisallow: /x",
            &[("/x", false)],
        );
    }
}
