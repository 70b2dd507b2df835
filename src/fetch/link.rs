//! The `Link` header (RFC 8288): hubs, alternates and pages that an answer names.

use reqwest::header::{HeaderMap, LINK};
use url::Url;

/// Links that are read of one answer: a document names a handful.
const LINKS_MAX: usize = 64;

/// One relation of one link of a `Link` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderLink {
    /// The target, absolute.
    pub url: Url,
    /// One relation type, in lower case. A link with several (`rel="self hub"`) is given once for each.
    pub rel: String,
}

/// The links of an answer from `base`. What is malformed is left out; a link whose context is another
/// document (`anchor`) says nothing about this one and is left out too.
pub(super) fn header_links(headers: &HeaderMap, base: &Url) -> Vec<HeaderLink> {
    let mut links = Vec::new();
    for value in headers.get_all(LINK) {
        let text = String::from_utf8_lossy(value.as_bytes());
        let mut rest = text.as_ref();
        while let Some((target, parameters, after)) = next_link(rest) {
            rest = after;
            if parameters.iter().any(|(name, _)| name == "anchor") {
                continue;
            }
            // The first `rel` counts (RFC 8288, 3.3).
            let rel = parameters.iter().find(|(name, _)| name == "rel");
            let (Some((_, rels)), Ok(url)) = (rel, base.join(target)) else {
                continue;
            };
            for rel in rels.split_ascii_whitespace() {
                let rel = rel.to_ascii_lowercase();
                links.push(HeaderLink {
                    url: url.clone(),
                    rel,
                });
                if links.len() == LINKS_MAX {
                    return links;
                }
            }
        }
    }
    links
}

type Parameters = Vec<(String, String)>;

/// The next `<target>; name=value; ...` of a header, and what follows it.
fn next_link(text: &str) -> Option<(&str, Parameters, &str)> {
    let start = text.find('<')? + 1;
    let (target, mut rest) = text[start..].split_once('>')?;
    let mut parameters = Vec::new();
    loop {
        rest = rest.trim_start();
        let Some(after) = rest.strip_prefix(';') else {
            // A comma, or rubbish up to the next one.
            let end = rest.find(',').map_or(rest.len(), |comma| comma + 1);
            return Some((target.trim(), parameters, &rest[end..]));
        };
        let end = after.find(['=', ';', ',']).unwrap_or(after.len());
        let name = after[..end].trim().to_ascii_lowercase();
        rest = &after[end..];
        let mut value = String::new();
        if let Some(given) = rest.strip_prefix('=') {
            (value, rest) = parameter_value(given.trim_start());
        }
        if !name.is_empty() {
            parameters.push((name, value));
        }
    }
}

/// A token or a quoted string (RFC 9110, 5.6.4), and what follows it.
fn parameter_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        return (text[..end].trim_end().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, &quoted[at + 1..]),
            _ => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn links(values: &[&str]) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(LINK, HeaderValue::from_str(value).expect("a value"));
        }
        let base = Url::parse("https://news.example/feeds/world.xml").expect("a URL");
        let links = header_links(&headers, &base).into_iter();
        links.map(|link| (link.rel, link.url.to_string())).collect()
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(rel, url)| ((*rel).to_owned(), (*url).to_owned()))
            .collect()
    }

    #[test]
    fn links_are_read_from_every_header_and_every_part_of_it() {
        assert_eq!(
            links(&[
                r#"<https://hub.example/>; rel="hub", <world.xml>; rel=self"#,
                r#"</a,b;c>; title="x, <y>; rel=no"; REL="Next https://rel.example/X""#,
            ]),
            owned(&[
                ("hub", "https://hub.example/"),
                ("self", "https://news.example/feeds/world.xml"),
                ("next", "https://news.example/a,b;c"),
                ("https://rel.example/x", "https://news.example/a,b;c"),
            ])
        );
    }

    #[test]
    fn what_is_malformed_costs_only_itself() {
        for (value, expected) in [
            ("", vec![]),
            ("nonsense", vec![]),
            ("<unclosed; rel=hub", vec![]),
            ("</x>", vec![]),
            ("</x>; rel", vec![]),
            (r#"</x>; rel="hub"#, vec![("hub", "https://news.example/x")]),
            (
                r#"<http://[>; rel=hub, </y>; rel=hub"#,
                vec![("hub", "https://news.example/y")],
            ),
            (r#"</x>; anchor="/other"; rel=hub"#, vec![]),
            (
                "</x>;;rel=hub;rel=self junk, </y> rel=hub",
                vec![("hub", "https://news.example/x")],
            ),
            (
                r#"</x>; title="a \" b"; rel = "hub" "#,
                vec![("hub", "https://news.example/x")],
            ),
        ] {
            assert_eq!(links(&[value]), owned(&expected), "{value}");
        }
    }

    #[test]
    fn a_header_full_of_links_is_cut() {
        let value = "</x>; rel=hub, ".repeat(1000);
        assert_eq!(links(&[&value]).len(), LINKS_MAX);
    }
}
