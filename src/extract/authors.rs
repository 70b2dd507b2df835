//! Names of authors out of what pages write in their place.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::{select, title::squashed};
use crate::text::calendar;

/// Words before a name in a byline.
static BEFORE_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:(?:written by|more about|about|posts by|view all posts by|articles by|story by|words by|posted by|reviewed by|reported by|by|von|text|oleh|penulis|reporter|editor|author|autor|autora|autore|auteur|por|par|di|door|af|av|yazan|tác giả|текст|автор|作者|记者|記者|文|كتب|بقلم)(?:\s*[:：/／|]\s*|\s+))+",
    )
    .expect("a constant pattern")
});
/// Words before the last of several names.
static BEFORE_LAST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^(?:and|und|et|dan)\s+").expect("a constant pattern"));
/// What stands between names. "y", "e" and "i" join names in Romance and Slavic bylines.
static BETWEEN_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\s*(?:[,;|、，；·•\n]|\s[–—-]\s|\s(?:/|and|und|et|y|e|dan|och|og|en|и|ve|&)\s)\s*",
    )
    .expect("a constant pattern")
});
/// What follows names and is none.
static BEHIND_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:\s+(?:for|in)\s+\p{Lu}.*|\s*\b(?:last|updated|published|posted|stand)\b.*|\s+on\s.*|\s*\(.*|\s+\d.*)$",
    )
    .expect("a constant pattern")
});
/// A label of an author inside of a line, and the names behind it.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|[\s|　）)])(?:作\s*者|文|撰文|记者|記者|penulis|reporter|oleh|author|autor|автор|yazar|tác giả|الكاتب|기자)\s*[:：／]\s*([^:：|｜\s][^:：|｜]{0,80})",
    )
    .expect("a constant pattern")
});

/// A label of those who wrote a text, at its end. Editors are no authors.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:(?:作者|撰文|記者|记者)\s*[:：]\s*|^[^，。、；]{0,12}(?:记者|記者)\s+)(\p{Han}{2,4}(?:[\s、　]\p{Han}{2,4}){0,3})",
    )
    .expect("a constant pattern")
});

/// Longest name; longer texts are sentences.
const NAME_CHARS_MAX: usize = 60;
/// Most words of a name.
const NAME_WORDS_MAX: usize = 7;
/// Longest raw byline that is taken apart, in bytes.
const BYLINE_BYTES_MAX: usize = 2_000;
/// Most names of one article.
const NAMES_MAX: usize = 30;
/// Accounts and desks that stand where a name should.
const NOBODY: &[&str] = &[
    "admin",
    "administrator",
    "editor",
    "editors",
    "webmaster",
    "root",
    "user",
    "guest",
    "author",
    "redaksi",
    "redaktion",
    "redaction",
    "redazione",
    "redacción",
    "staff",
    "newsroom",
    "unknown",
    "none",
    "null",
    "undefined",
    "anonymous",
    "follow",
    "share",
    "email",
    "twitter",
    "facebook",
];
/// Labels that stand alone where markup parts them from the name.
const LABELS: &[&str] = &[
    "by",
    "von",
    "written by",
    "author",
    "autor",
    "posted by",
    "words by",
    "oleh",
    "penulis",
    "作者",
    "editor",
    "share",
    "follow",
];
/// Words that make a part of a byline a post or a degree.
const POSTS: &[&str] = &[
    "editor",
    "reporter",
    "correspondent",
    "writer",
    "journalist",
    "contributor",
    "director",
    "manager",
    "redakteur",
    "redakteurin",
    "korrespondent",
    "wartawan",
    "expert",
    "founder",
    "dietitian",
    "producer",
    "phd",
    "mba",
    "msc",
    "minutes",
    "min",
    "read",
    "comments",
];

/// Names out of raw bylines: without addresses, labels, the site's own name, and each once.
#[must_use]
pub fn names(raw: &[String], site_names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let sites: Vec<String> = site_names.iter().map(|site| squashed(site)).collect();
    // A profile's address stands where a name should: its parts are no names.
    let bylines = raw.iter().filter(|byline| !byline.contains("://"));
    for byline in bylines.filter(|byline| byline.len() <= BYLINE_BYTES_MAX) {
        let byline = BEFORE_NAMES.replace(byline.trim(), "");
        let mut parts = 0;
        for part in BETWEEN_NAMES.split(&byline) {
            let part = match parts {
                0 => Cow::Borrowed(part),
                _ => BEFORE_LAST.replace(part.trim(), ""),
            };
            let part = BEFORE_NAMES.replace(part.trim(), "");
            let name = BEHIND_NAMES.replace(&part, "");
            let dated = part[name.len()..]
                .trim_start()
                .starts_with(|c: char| c.is_ascii_digit());
            let name = if dated {
                without_month(name.trim())
            } else {
                name.trim()
            };
            let name = name.trim_matches(['"', '\'', '-', '–', '.', ' ', '*', ':', '|', '»', '■']);
            let name = name.strip_suffix("기자").map_or(name, str::trim_end);
            let key = squashed(name);
            let known = names.iter().any(|other| squashed(other) == key);
            let site = sites.contains(&key);
            // What follows a name may be its post.
            let post = parts > 0 && is_post(name);
            if is_name(name) && !known && !post && !site && names.len() < NAMES_MAX {
                names.push(name.to_owned());
                parts += 1;
            }
        }
    }
    // Next to people, an account of the site is none.
    let is_nobody = |name: &String| {
        let name = name.to_lowercase();
        name.split(' ').all(|word| NOBODY.contains(&word))
    };
    if !site_names.is_empty() {
        names.retain(|name| !is_nobody(name));
    }
    names
}

/// A date stands behind the name: its day is cut off by now, its month is not.
fn without_month(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((rest, last)) if calendar::month(last, None).is_some() => rest,
        None if calendar::month(name, None).is_some() => "",
        _ => name,
    }
}

/// A name as people have: several words that begin large, or a few characters where names have no spaces.
#[must_use]
pub fn is_personal(name: &str) -> bool {
    const WIDE_CHARS_MAX: usize = 5;
    if name.chars().any(crate::text::is_spaceless) {
        return name.chars().count() <= WIDE_CHARS_MAX;
    }
    let words = name.split(' ');
    let large = words
        .clone()
        .filter(|word| word.starts_with(|c: char| !c.is_lowercase()));
    (2..=5).contains(&words.count()) && large.count() >= 2
}

fn is_name(text: &str) -> bool {
    let chars = text.chars().count();
    (2..=NAME_CHARS_MAX).contains(&chars)
        && text.split(' ').count() <= NAME_WORDS_MAX
        && text.chars().any(char::is_alphabetic)
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && !LABELS.contains(&&*text.to_lowercase())
        && !text.contains(['@', '{', '<', '>', '\\', ':', '_', '?', '!', '='])
        && !is_slug(text)
        && !text.starts_with("www.")
}

/// "MD", "Ph.D", "CEPF®", "Senior Editor".
fn is_post(text: &str) -> bool {
    const DEGREE_BYTES_MAX: usize = 7;
    let degree = text.len() <= DEGREE_BYTES_MAX
        && !text.contains(' ')
        && text.is_char_boundary(1)
        && text.chars().filter(char::is_ascii_uppercase).count() >= 2;
    let last = text.rsplit(' ').next().unwrap_or_default().to_lowercase();
    let words = text.to_lowercase();
    degree || POSTS.contains(&&*last) || words.split(' ').any(|word| POSTS[..10].contains(&word))
}

/// "ana-lopez": the end of a profile's address.
fn is_slug(text: &str) -> bool {
    text.contains('-')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// A citation's "Lopez, Ana" as "Ana Lopez".
#[must_use]
pub fn surname_last(cited: &str) -> String {
    let cited = select::unescaped(cited);
    match cited.split_once(',') {
        Some((surname, name)) if !name.contains(',') => {
            format!("{} {}", name.trim(), surname.trim())
        }
        _ => cited,
    }
}

/// Whether a text is nothing but the label of a byline.
#[must_use]
pub fn is_label(text: &str) -> bool {
    let text = text.trim_end_matches([':', '：', ' ']).to_lowercase();
    LABELS[..LABELS.len() - 3].contains(&&*text)
}

/// Whether a line begins like a byline: "By Ana Lopez", "作者 ...". Cheap, for every short line of a page.
#[must_use]
pub fn begins_byline(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "by",
        "von",
        "oleh",
        "par",
        "por",
        "di",
        "door",
        "af",
        "av",
        "text",
        "penulis",
        "reporter",
        "written",
        "words",
        "story",
        "автор",
        "作者",
        "记者",
        "記者",
        "文",
        "撰文",
        "كتب",
        "بقلم",
    ];
    let first = text
        .trim_start()
        .split(|c: char| c.is_whitespace() || c == '／');
    let first = first.into_iter().next().unwrap_or_default();
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(first))
}

/// The raw byline of a line near the headline: the names behind a label, or the whole of "By Ana Lopez".
#[must_use]
pub fn labelled(line: &str) -> Option<String> {
    const BYLINE_CHARS_MAX: usize = 90;
    if let Some(found) = LABELLED.captures(line) {
        let names = found[1].trim();
        // Old pages put several labels into one line.
        let end = names.find([' ', '　']).filter(|_| !names.is_ascii());
        return Some(names[..end.unwrap_or(names.len())].to_owned());
    }
    let rest = BEFORE_NAMES.find(line).map(|label| &line[label.end()..])?;
    let capital = rest
        .chars()
        .next()
        .is_some_and(|first| !first.is_lowercase());
    let short = line.chars().count() <= BYLINE_CHARS_MAX;
    let sentence = line.trim_end().ends_with(['.', '?', '!', ':', '。']);
    (capital && short && !sentence).then(|| line.to_owned())
}

/// The names in a short line that signs a text: "（记者：张三）".
#[must_use]
pub fn signed(line: &str) -> Option<String> {
    const CHARS_MAX: usize = 40;
    if line.is_ascii() || line.chars().count() > CHARS_MAX {
        return None;
    }
    let names = SIGNED.captures(line)?;
    Some(names[1].replace([' ', '　'], "、"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (vec!["Ana Lopez, MD, Ph.D."], vec!["Ana Lopez"]),
            (
                vec!["Ana Lopez, Bo Li, and Cy Wu"],
                vec!["Ana Lopez", "Bo Li", "Cy Wu"],
            ),
            (
                vec!["By Ana Lopez, Senior Editor | May 3, 2024"],
                vec!["Ana Lopez"],
            ),
            (vec!["By Ana Lopez Updated May 3, 2024"], vec!["Ana Lopez"]),
            (vec!["Ana Lopez for Example"], vec!["Ana Lopez"]),
            (vec!["admin"], vec![]),
            (vec!["Von Ana López und Bo Li"], vec!["Ana López", "Bo Li"]),
        ] {
            let raw: Vec<String> = raw.into_iter().map(str::to_owned).collect();
            assert_eq!(names(&raw, &["Example News"]), expected, "{raw:?}");
        }
        assert_eq!(surname_last("Lopez, Ana"), "Ana Lopez");
    }

    #[test]
    fn lines_are_bylines_by_their_labels() {
        for (line, expected) in [
            ("By Ana Lopez", Some("By Ana Lopez")),
            ("by the way, this is nothing", None),
            ("By Tuesday the talks had ended in Moscow.", None),
            ("来源：新华网 作者：张三 2006-12-27", Some("张三")),
            ("作者:张三", Some("张三")),
            ("Penulis: Siti Rahma", Some("Siti Rahma")),
            ("Jakarta, 3 Mei 2024", None),
        ] {
            assert_eq!(labelled(line).as_deref(), expected, "{line}");
        }
        assert_eq!(signed("（记者：张三）").as_deref(), Some("张三"));
        assert_eq!(signed("（责任编辑：张三）"), None);
        assert_eq!(
            signed("例子日报记者 张三 李四").as_deref(),
            Some("张三、李四")
        );
        assert_eq!(signed("他对记者说，会谈已经结束。"), None);
    }
}
