//! The article that a page describes in JSON-LD (schema.org), wherever in the graph it stands.

use std::collections::HashMap;

use scraper::Html;
use serde_json::{Map, Value};

use super::select;

/// Types whose objects describe the page's own article, without the prefix that some pages write.
const ARTICLE_TYPES: &[&str] = &[
    "Article",
    "NewsArticle",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "BackgroundNewsArticle",
    "OpinionNewsArticle",
    "ReviewNewsArticle",
    "AskPublicNewsArticle",
    "AdvertiserContentArticle",
    "SatiricalArticle",
    "LiveBlogPosting",
    "BlogPosting",
    "SocialMediaPosting",
    "Report",
    "ScholarlyArticle",
    "TechArticle",
    "Review",
    "CreativeWork",
];
/// Types that know a date or a title when no article does.
const PAGE_TYPES: &[&str] = &["WebPage", "ItemPage", "VideoObject"];
/// Keys under which the article may lie.
const WRAPPERS: &[&str] = &[
    "@graph",
    "mainEntity",
    "mainEntityOfPage",
    "hasPart",
    "itemReviewed",
];
/// How deep wrappers are followed.
const WRAPPERS_DEEP: usize = 4;

/// What JSON-LD says of the article. All text is as written, but for HTML entities.
#[derive(Debug, Default)]
pub struct JsonLd {
    /// `headline`, else `name`.
    pub headline: Option<String>,
    /// `author`, else `creator`, as names.
    pub authors: Vec<String>,
    /// `datePublished`.
    pub published: Option<String>,
    /// `dateModified`.
    pub modified: Option<String>,
    /// `url` or `mainEntityOfPage`.
    pub url: Option<String>,
    /// First `image`.
    pub image: Option<String>,
    /// Name of the `publisher`.
    pub publisher: Option<String>,
    /// `articleBody`.
    pub body: Option<String>,
    /// `isAccessibleForFree` is false.
    pub paid: bool,
    /// `inLanguage`.
    pub lang: Option<String>,
}

/// Reads the page's JSON-LD; `page_url` tells its article from others that it lists.
#[must_use]
pub fn read(html: &Html, page_url: &str) -> JsonLd {
    let mut objects = Vec::new();
    let mut names = HashMap::new();
    for script in select::all(html, r#"script[type^="application/ld+json"]"#) {
        for value in parse(&script.text().collect::<String>()) {
            gather(value, WRAPPERS_DEEP, &mut objects, &mut names);
        }
    }
    let best = objects
        .iter()
        .filter(|object| is_a(object, ARTICLE_TYPES))
        .max_by_key(|object| worth(object, page_url));
    let page = objects.iter().find(|object| is_a(object, PAGE_TYPES));
    let mut found = best
        .map(|object| describe(object, &names))
        .unwrap_or_default();
    if let Some(page) = page {
        let page = describe(page, &names);
        found.published = found.published.or(page.published);
        found.modified = found.modified.or(page.modified);
        found.headline = found.headline.or(page.headline);
        found.image = found.image.or(page.image);
        found.lang = found.lang.or(page.lang);
    }
    found
}

/// Every value in a script; pages write several, with line breaks inside of strings and other mistakes.
fn parse(script: &str) -> Vec<Value> {
    let script = script
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("<![CDATA[")
        .trim_end_matches("-->")
        .trim_end_matches("//]]>")
        .trim_end_matches("]]>")
        .trim_end_matches(';');
    let read = |text: &str| -> (Vec<Value>, bool) {
        let mut values = Vec::new();
        for value in serde_json::Deserializer::from_str(text).into_iter() {
            match value {
                Ok(value) => values.push(value),
                Err(_) => return (values, false),
            }
        }
        (values, true)
    };
    let (values, whole) = read(script);
    if whole {
        return values;
    }
    let (repaired, _) = read(&repaired(script));
    if repaired.len() >= values.len() {
        repaired
    } else {
        values
    }
}

/// Control characters become spaces, commas before a closing bracket go.
fn repaired(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut in_string = false;
    let mut escaped = false;
    for c in script.chars() {
        let c = if c.is_control() { ' ' } else { c };
        if in_string {
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if c == '"' {
            in_string = true;
        } else if matches!(c, '}' | ']') {
            let kept = out.trim_end().trim_end_matches(',').len();
            out.truncate(kept);
        }
        out.push(c);
    }
    out
}

/// Flattens arrays and wrappers into objects, and notes who an `@id` is.
fn gather(
    value: Value,
    deep: usize,
    objects: &mut Vec<Map<String, Value>>,
    names: &mut HashMap<String, String>,
) {
    match value {
        Value::Array(values) => {
            for value in values {
                gather(value, deep, objects, names);
            }
        }
        Value::Object(object) => {
            if let (Some(id), Some(name)) = (text(&object, "@id"), text(&object, "name")) {
                names.insert(id, name);
            }
            if deep > 0 {
                for inner in WRAPPERS.iter().filter_map(|key| object.get(*key)) {
                    if inner.is_object() || inner.is_array() {
                        gather(inner.clone(), deep - 1, objects, names);
                    }
                }
            }
            objects.push(object);
        }
        _ => {}
    }
}

fn is_a(object: &Map<String, Value>, types: &[&str]) -> bool {
    let matches = |value: &Value| {
        value.as_str().is_some_and(|name| {
            let name = name.rsplit(['/', ':', '#']).next().unwrap_or(name);
            types.contains(&name)
        })
    };
    match object.get("@type") {
        Some(Value::Array(names)) => names.iter().any(matches),
        Some(name) => matches(name),
        None => false,
    }
}

/// How much an object looks like the page's own article; of equals the last wins, so ties prefer more text.
fn worth(object: &Map<String, Value>, page_url: &str) -> (bool, bool, usize, usize) {
    let own = address(object).is_some_and(|address| same_page(&address, page_url));
    let typed = !is_a(object, &["CreativeWork", "Review"]);
    let known = [
        "headline",
        "datePublished",
        "author",
        "articleBody",
        "description",
        "image",
    ]
    .iter()
    .filter(|key| object.contains_key(**key))
    .count();
    let body = text(object, "articleBody").map_or(0, |body| body.len());
    (own, typed, known, body)
}

/// The same address but for scheme, query, fragment and a slash at the end.
fn same_page(a: &str, b: &str) -> bool {
    let core = |url: &str| {
        let url = url.split(['?', '#']).next().unwrap_or_default();
        let url = url.split_once("://").map_or(url, |(_, rest)| rest);
        url.trim_end_matches('/')
            .trim_start_matches("www.")
            .to_owned()
    };
    !a.is_empty() && core(a) == core(b)
}

fn describe(object: &Map<String, Value>, names: &HashMap<String, String>) -> JsonLd {
    let people = |key: &str| {
        object
            .get(key)
            .map(|value| people(value, names))
            .unwrap_or_default()
    };
    let mut authors = people("author");
    if authors.is_empty() {
        authors = people("creator");
    }
    JsonLd {
        headline: text(object, "headline").or_else(|| text(object, "name")),
        authors,
        published: text(object, "datePublished"),
        modified: text(object, "dateModified"),
        url: address(object),
        image: object.get("image").and_then(image),
        publisher: people("publisher").into_iter().next(),
        body: text(object, "articleBody"),
        paid: matches!(object.get("isAccessibleForFree"), Some(Value::Bool(false)))
            || text(object, "isAccessibleForFree")
                .is_some_and(|free| free.eq_ignore_ascii_case("false")),
        lang: text(object, "inLanguage"),
    }
}

fn address(object: &Map<String, Value>) -> Option<String> {
    text(object, "url").or_else(|| match object.get("mainEntityOfPage") {
        Some(Value::Object(page)) => text(page, "@id").or_else(|| text(page, "url")),
        _ => text(object, "mainEntityOfPage"),
    })
}

/// A name, an object with a name or an `@id`, or a list of these.
fn people(value: &Value, names: &HashMap<String, String>) -> Vec<String> {
    match value {
        Value::String(name) => vec![select::unescaped(name)],
        Value::Array(values) => values
            .iter()
            .flat_map(|value| people(value, names))
            .collect(),
        Value::Object(person) => match person.get("name") {
            Some(name @ (Value::String(_) | Value::Array(_))) => people(name, names),
            _ => text(person, "@id")
                .and_then(|id| names.get(&id).cloned())
                .into_iter()
                .collect(),
        },
        _ => Vec::new(),
    }
}

fn image(value: &Value) -> Option<String> {
    match value {
        Value::String(url) => Some(url.clone()),
        Value::Array(values) => values.iter().find_map(image),
        Value::Object(object) => text(object, "url")
            .or_else(|| text(object, "contentUrl"))
            .or_else(|| text(object, "@id")),
        _ => None,
    }
}

/// A text field without markup entities; the first of a list; nothing when empty.
fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    let value = match object.get(key)? {
        Value::Array(values) => values.first()?,
        value => value,
    };
    let text = match value {
        Value::String(text) => select::unescaped(text),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(json: &str) -> JsonLd {
        let html = format!("<script type='application/ld+json'>{json}</script>");
        read(
            &Html::parse_document(&html),
            "https://news.example/world/1?from=feed",
        )
    }

    #[test]
    fn the_article_is_found_wherever_it_stands() {
        let article = r#"{"@type":"NewsArticle","headline":"Right"}"#;
        for json in [
            article.to_owned(),
            format!("[{{\"@type\":\"Organization\",\"name\":\"Wrong\"}},{article}]"),
            format!("{{\"@graph\":[{{\"@type\":\"WebPage\",\"name\":\"Wrong\"}},{article}]}}"),
            format!("{{\"@type\":\"WebPage\",\"name\":\"Wrong\",\"mainEntity\":{article}}}"),
            r#"{"@type":["Thing","http://schema.org/ReportageNewsArticle"],"headline":"Right"}"#.to_owned(),
            "{\"@type\":\"LiveBlogPosting\",\n\"headline\":\"Right\",\"description\":\"broken\nline\",}".to_owned(),
            format!("<!-- {article}; -->"),
            format!("{{\"@type\":\"BreadcrumbList\"}} {article}"),
            concat!(
                r#"[{"@type":"Article","headline":"Wrong","datePublished":"2024-01-01","url":"https://news.example/2"},"#,
                r#"{"@type":"Article","headline":"Right","url":"http://www.news.example/world/1/"}]"#
            )
            .to_owned(),
        ] {
            assert_eq!(page(&json).headline.as_deref(), Some("Right"), "{json}");
        }
    }

    #[test]
    fn authors_are_names_however_they_are_written() {
        for (authors, expected) in [
            (r#""Ana Lopez""#, vec!["Ana Lopez"]),
            (
                r#"{"@type":"Person","name":"Ana Lopez"}"#,
                vec!["Ana Lopez"],
            ),
            (
                r#"[{"name":"Ana Lopez"},{"name":"D&#39;Arc"}]"#,
                vec!["Ana Lopez", "D'Arc"],
            ),
            (
                r#"{"name":["Ana Lopez","Bo Li"]}"#,
                vec!["Ana Lopez", "Bo Li"],
            ),
            (r##"{"@id":"#ana"}"##, vec!["Ana Lopez"]),
            ("null", vec![]),
        ] {
            let json = format!(
                r##"{{"@graph":[{{"@type":"NewsArticle","author":{authors}}},{{"@type":"Person","@id":"#ana","name":"Ana Lopez"}}]}}"##
            );
            assert_eq!(page(&json).authors, expected, "{authors}");
        }
    }

    #[test]
    fn what_is_no_json_is_nothing() {
        for json in ["", "{", "nonsense", "[1,null,\"x\"]", &"[".repeat(10_000)] {
            assert!(page(json).headline.is_none());
        }
    }
}
