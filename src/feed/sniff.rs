//! What a document is that is no feed: login page, bot check and soft 404 are different troubles.

use super::address::document_base;
use super::discover::{self, FoundKind};
use super::text::{self, Shape};
use super::{Foreign, Hints, signs};

/// How far signs are looked for; pages say early what they are.
const HEAD_BYTES: usize = 64 * 1024;
/// A wall says little. A page with more to read carries the same scripts and forms, and is no wall.
const WALL_CHARS_MAX: usize = 3_000;
/// Characters of which nineteen in twenty must be text.
const SAMPLE_CHARS: usize = 512;

/// Elements that pages begin with, besides the blocks.
const PAGE_ROOTS: [&str; 14] = [
    "html", "head", "body", "meta", "title", "link", "a", "b", "span", "font", "img", "i",
    "noscript", "strong",
];

/// Names a document that has no feed in it; `root` is its first element.
pub(super) fn foreign(document: &str, root: Option<String>, hints: &Hints) -> Foreign {
    if is_binary(document) {
        return Foreign::Binary;
    }
    let Some(root) = root else {
        return Foreign::Text;
    };
    let head = &document[..document.floor_char_boundary(HEAD_BYTES)];
    let is_page = text::is_block(&root)
        || text::is_hidden(&root)
        || PAGE_ROOTS.contains(&&*root)
        || head.to_ascii_lowercase().contains("<!doctype html");
    if !is_page {
        return Foreign::Xml(root);
    }
    let title = element(head, "title");
    wall(head, title.as_deref()).unwrap_or_else(|| Foreign::Page {
        feeds: linked_feeds(head, hints),
        title,
    })
}

/// What stands in the way, by a page that was sent with a refusal. That something is missing is said by the status.
pub(super) fn refusal(document: &str) -> Option<Foreign> {
    let head = &document[..document.floor_char_boundary(HEAD_BYTES)];
    let found = head
        .contains('<')
        .then(|| wall(head, element(head, "title").as_deref()));
    found?.filter(|what| !matches!(what, Foreign::Missing(_)))
}

/// The feeds that a page names in its head.
fn linked_feeds(head: &str, hints: &Hints) -> Vec<String> {
    let base = document_base(hints);
    let found = base.map(|base| discover::linked_feeds(head, &base));
    let declared = found.into_iter().flatten();
    let declared = declared.filter(|found| found.kind == FoundKind::Link);
    declared.map(|found| found.url.into()).collect()
}

/// What a page is that stands in the way of another one.
pub(super) fn wall(head: &str, title: Option<&str>) -> Option<Foreign> {
    let visible = compact(&text::html(head, Shape::Line));
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| visible.contains(phrase));
    let names = |text: Option<&str>, phrases: &[&str]| {
        let text = text.map(compact).unwrap_or_default();
        phrases.iter().any(|phrase| text.contains(phrase))
    };
    let is_short = visible.chars().count() <= WALL_CHARS_MAX;
    if names(title, signs::BOT) || (is_short && says(signs::BOT)) {
        return Some(Foreign::BotCheck);
    }
    let heading = element(head, "h1");
    let is_missing = |text: Option<&str>| names(text, signs::MISSING) || has_404(text);
    if is_missing(title) || (is_short && is_missing(heading.as_deref())) {
        return Some(Foreign::Missing(title.map(str::to_owned).or(heading)));
    }
    if !is_short {
        return None;
    }
    let markup = compact(head);
    let holds = |marks: &[&str]| marks.iter().any(|mark| markup.contains(mark));
    if holds(&["type=\"password\"", "type='password'", "type=password"])
        || names(title, signs::LOGIN_TITLES)
    {
        return Some(Foreign::LoginPage);
    }
    [
        (holds(signs::BOT_MARKUP), Foreign::BotCheck),
        (says(signs::SCRIPT), Foreign::Script),
        (says(signs::CONSENT), Foreign::Consent),
    ]
    .into_iter()
    .find_map(|(is_it, what)| is_it.then_some(what))
}

/// Lower case without white space.
fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The number as a word of its own.
fn has_404(text: Option<&str>) -> bool {
    let mut words = text
        .unwrap_or_default()
        .split(|c: char| !c.is_alphanumeric());
    words.any(|word| word == "404")
}

/// Most of it means nothing as text.
fn is_binary(document: &str) -> bool {
    let sample = || document.chars().take(SAMPLE_CHARS);
    let odd = sample().filter(|&c| c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()));
    odd.count() * 20 > sample().count()
}

/// The text of the first element of that name.
pub(super) fn element(document: &str, name: &str) -> Option<String> {
    let mut rest = document;
    loop {
        rest = &rest[rest.find('<')? + 1..];
        let Some(tag) = rest.get(..name.len()) else {
            continue;
        };
        let follows = rest.as_bytes().get(name.len());
        let is_whole = follows.is_some_and(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
        if tag.eq_ignore_ascii_case(name) && is_whole {
            break;
        }
    }
    let rest = &rest[rest.find('>')? + 1..];
    let close = format!("</{name}");
    let end = rest.to_ascii_lowercase().find(&close)?;
    let text = text::html(&rest[..end], Shape::Line);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{Hints, foreign};

    #[test]
    fn walls_are_named_in_many_languages() {
        let page = |title: &str, body: &str| {
            format!("<html><head><title>{title}</title></head><body>{body}</body></html>")
        };
        for (title, body, name) in [
            ("Just a moment...", "", "a bot check"),
            ("Kabar", "Pastikan Anda bukan robot", "a bot check"),
            ("Вести", "Я не робот", "a bot check"),
            ("新聞", "我不是機器人", "a bot check"),
            (
                "News",
                "<script>window._cf_chl_opt={}</script>",
                "a bot check",
            ),
            ("Masuk", "<input name=email>", "a login page"),
            ("Intranet", "<input type = 'password'>", "a login page"),
            ("ログイン", "", "a login page"),
            (
                "Kabar",
                "Silakan aktifkan JavaScript",
                "a page that needs JavaScript",
            ),
            (
                "ニュース",
                "JavaScriptを有効にしてください",
                "a page that needs JavaScript",
            ),
            (
                "Journal",
                "<button>Tout accepter</button>",
                "a page that asks for consent",
            ),
            (
                "News",
                "<h1>Error 404</h1>",
                "a page that says it is not there (“News”)",
            ),
            (
                "お探しのページは見つかりません",
                "",
                "a page that says it is not there (“お探しのページは見つかりません”)",
            ),
            (
                "Страница не найдена",
                "",
                "a page that says it is not there (“Страница не найдена”)",
            ),
            ("4040 Wege", "Willkommen", "an HTML page (“4040 Wege”)"),
        ] {
            let page = page(title, body);
            let found = foreign(&page, Some("html".to_owned()), &Hints::default());
            assert_eq!(found.to_string(), name, "{page}");
        }
    }

    #[test]
    fn a_page_with_much_to_read_is_no_wall() {
        let news = "Menteri luar negeri bertemu di Moskow pada hari Minggu. ".repeat(100);
        let page = format!(
            "<html><title>Kabar</title><form><input type=password></form>{news}\
             <script src=g-recaptcha.js></script>Aktifkan JavaScript</html>"
        );
        let found = foreign(&page, Some("html".to_owned()), &Hints::default());
        assert_eq!(found.to_string(), "an HTML page (“Kabar”)");
    }
}
