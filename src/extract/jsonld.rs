//! The article that a page describes in JSON-LD (schema.org), wherever in the graph it stands.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{repair, select};

/// Types whose objects describe the page's own article, besides those that end in "Article" or "Posting".
const ARTICLE_TYPES: &[&str] = &["Report", "Review", "CreativeWork"];
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
/// Most objects that are looked at.
const OBJECTS_MAX: usize = 2_000;
/// Most names, tags or sections of one object.
const LIST_MAX: usize = 100;

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
    /// First `articleSection`.
    pub section: Option<String>,
    /// `keywords`, apart.
    pub tags: Vec<String>,
    /// The article is a live blog.
    pub live: bool,
    /// `headline` of every article that is described; pages list others too.
    pub headlines: Vec<String>,
    /// The title is an article's `headline`, no other object's name.
    pub is_headline: bool,
}

/// Most headlines that are kept.
const HEADLINES_MAX: usize = 8;

/// Reads the page's JSON-LD; `page_url` tells its article from others that it lists.
#[must_use]
pub fn read(scripts: &[&str], page_url: &str) -> JsonLd {
    let values: Vec<Value> = scripts
        .iter()
        .flat_map(|script| repair::values(script))
        .collect();
    let mut objects = Vec::new();
    let mut names = HashMap::new();
    for value in &values {
        gather(value, WRAPPERS_DEEP, &mut objects, &mut names);
    }
    let best = objects
        .iter()
        .copied()
        .filter(|object| is_article(object))
        .max_by_key(|object| worth(object, page_url));
    let mut found = best
        .map(|object| describe(object, &names))
        .unwrap_or_default();
    let articles = objects.iter().filter(|object| is_article(object));
    let headlines = articles.filter_map(|object| text(object, "headline"));
    found.headlines = headlines.take(HEADLINES_MAX).collect();
    for page in objects
        .iter()
        .filter(|object| is_a(object, PAGE_TYPES))
        .take(3)
    {
        let page = describe(page, &names);
        found.published = found.published.or(page.published);
        found.modified = found.modified.or(page.modified);
        found.headline = found.headline.or(page.headline);
        found.image = found.image.or(page.image);
        found.lang = found.lang.or(page.lang);
        found.paid |= best.is_none() && page.paid;
    }
    found
}

/// Flattens arrays and wrappers into objects, and notes who an `@id` is. The parser bounds the nesting of arrays.
fn gather<'v>(
    value: &'v Value,
    deep: usize,
    objects: &mut Vec<&'v Map<String, Value>>,
    names: &mut HashMap<String, String>,
) {
    match value {
        Value::Array(values) => {
            for value in values {
                gather(value, deep, objects, names);
            }
        }
        Value::Object(object) if objects.len() < OBJECTS_MAX => {
            if let (Some(id), Some(name)) = (text(object, "@id"), text(object, "name")) {
                names.insert(id, name);
            }
            objects.push(object);
            if deep > 0 {
                for inner in WRAPPERS.iter().filter_map(|key| object.get(*key)) {
                    gather(inner, deep - 1, objects, names);
                }
            }
        }
        _ => {}
    }
}

fn is_article(object: &Map<String, Value>) -> bool {
    is_a(object, ARTICLE_TYPES)
        || has_type(object, |name| {
            name.ends_with("Article") || name.ends_with("Posting")
        })
}

fn is_a(object: &Map<String, Value>, types: &[&str]) -> bool {
    has_type(object, |name| types.contains(&name))
}

/// One of an object's types, without the prefix that some pages write, is as asked.
fn has_type(object: &Map<String, Value>, wanted: impl Fn(&str) -> bool) -> bool {
    let matches = |value: &Value| {
        value
            .as_str()
            .is_some_and(|name| wanted(name.rsplit(['/', ':', '#']).next().unwrap_or(name)))
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
    let headline = text(object, "headline");
    JsonLd {
        headlines: Vec::new(),
        is_headline: headline.is_some() && is_article(object),
        headline: headline.or_else(|| text(object, "name")),
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
        section: text(object, "articleSection"),
        tags: object.get("keywords").map(tags).unwrap_or_default(),
        live: is_a(object, &["LiveBlogPosting"]) || object.contains_key("liveBlogUpdate"),
    }
}

/// One text with commas, or a list of texts or of objects with names.
fn tags(value: &Value) -> Vec<String> {
    match value {
        Value::String(all) => select::listed(all),
        Value::Array(values) => values
            .iter()
            .take(LIST_MAX)
            .filter_map(|value| match value {
                Value::String(tag) => Some(select::unescaped(tag)),
                Value::Object(tag) => text(tag, "name"),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
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
        Value::Array(values) => values
            .iter()
            .take(LIST_MAX)
            .flat_map(|value| person(value, names))
            .collect(),
        value => person(value, names),
    }
}

fn person(value: &Value, names: &HashMap<String, String>) -> Vec<String> {
    match value {
        Value::String(name) => vec![select::unescaped(name)],
        Value::Object(person) => match person.get("name") {
            Some(Value::String(name)) => vec![select::unescaped(name)],
            Some(Value::Array(all)) => all
                .iter()
                .take(LIST_MAX)
                .filter_map(Value::as_str)
                .map(select::unescaped)
                .collect(),
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
        read(&[json], "https://news.example/world/1?from=feed")
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
