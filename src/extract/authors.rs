//! Names of authors out of what pages write in their place.

use std::sync::LazyLock;

use regex::Regex;

use super::title::squashed;

/// Words before a name in a byline.
static BEFORE_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:(?:written by|story by|by|von|oleh|penulis|reporter|por|par|di|door|af|av|текст|автор|yazan|tác giả|作者|记者|記者|文|كتب|بقلم)(?:\s*[:：]\s*|\s+))+",
    )
    .expect("a constant pattern")
});
/// What stands between names. "y", "e" and "i" join names in Romance and Slavic bylines.
static BETWEEN_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*(?:[,;|、，；]|\s(?:/|and|und|et|y|e|dan|och|og|en|и|ve|&)\s)\s*")
        .expect("a constant pattern")
});

/// Longest name; longer texts are sentences.
const NAME_CHARS_MAX: usize = 60;

/// Names out of raw bylines: without addresses, labels, the site's own name, and each once.
#[must_use]
pub fn names(raw: &[String], site_names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    // A profile's address stands where a name should: its parts are no names.
    for byline in raw.iter().filter(|byline| !byline.contains("://")) {
        let byline = BEFORE_NAMES.replace(byline.trim(), "");
        for name in BETWEEN_NAMES.split(&byline) {
            let name = name
                .trim()
                .trim_matches(['"', '\'', '-', '–', '.', ' ', '*']);
            let name = name.strip_suffix("기자").map_or(name, str::trim_end);
            let is = |other: &str| squashed(other) == squashed(name);
            let known = names.iter().any(|other| is(other));
            let site = site_names.iter().any(|site| is(site));
            if is_name(name) && !known && !site {
                names.push(name.to_owned());
            }
        }
    }
    names
}

fn is_name(text: &str) -> bool {
    let chars = text.chars().count();
    (2..=NAME_CHARS_MAX).contains(&chars)
        && text.chars().any(char::is_alphabetic)
        && !text.contains(['@', '{', '<', '>', '\\', ':', '_'])
        && !is_slug(text)
        && !text.starts_with("www.")
}

/// "ana-lopez": the end of a profile's address.
fn is_slug(text: &str) -> bool {
    text.contains('-')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn bylines_become_names() {
        for (raw, expected) in [
            (vec!["By Ana Lopez and Bo Li"], vec!["Ana Lopez", "Bo Li"]),
            (vec!["Oleh: Siti Rahma"], vec!["Siti Rahma"]),
            (
                vec!["Ana Lopez", "ana lopez", "Example News"],
                vec!["Ana Lopez"],
            ),
            (vec!["https://www.facebook.com/example"], vec![]),
            (vec!["张三、李四"], vec!["张三", "李四"]),
            (
                vec!["Ana Lopez", "ana-lopez", "(Image: Example)"],
                vec!["Ana Lopez"],
            ),
            (vec!["Byron Yates"], vec!["Byron Yates"]),
            (vec!["desk@example.org", ""], vec![]),
        ] {
            let raw: Vec<String> = raw.into_iter().map(str::to_owned).collect();
            assert_eq!(names(&raw, &["Example News"]), expected, "{raw:?}");
        }
    }
}
