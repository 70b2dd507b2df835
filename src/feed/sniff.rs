//! What a document is that is no feed: login page, bot check and soft 404 are different troubles.

use super::Foreign;
use super::text::{self, Shape};

/// How far signs are looked for; pages say early what they are.
const HEAD_BYTES: usize = 64 * 1024;

/// Signs of a page that wants to see a person.
const BOT_SIGNS: [&str; 8] = [
    "cf-challenge",
    "cf_chl_",
    "/cdn-cgi/challenge-platform",
    "g-recaptcha",
    "h-captcha",
    "captcha-delivery",
    "just a moment...",
    "verify you are human",
];

/// Names a document that has no feed in it; `root` is its first element.
pub(super) fn foreign(document: &str, root: Option<String>) -> Foreign {
    let head = document
        .get(..document.floor_char_boundary(HEAD_BYTES))
        .unwrap_or(document);
    let head = head.to_ascii_lowercase();
    let Some(root) = root else {
        return Foreign::Text;
    };
    let is_page = text::is_block(&root)
        || text::is_hidden(&root)
        || matches!(
            &*root,
            "html" | "head" | "body" | "meta" | "title" | "link" | "a" | "b" | "span"
        )
        || head.contains("<!doctype html");
    if !is_page {
        return Foreign::Xml(root);
    }
    if BOT_SIGNS.iter().any(|sign| head.contains(sign)) {
        return Foreign::BotCheck;
    }
    if head.contains("type=\"password\"")
        || head.contains("type='password'")
        || head.contains("type=password")
    {
        return Foreign::LoginPage;
    }
    Foreign::Page(title(document))
}

fn title(document: &str) -> Option<String> {
    let at = document
        .find("<title")
        .or_else(|| document.find("<TITLE"))?;
    let rest = &document[at..];
    let rest = &rest[rest.find('>')? + 1..];
    let title = text::html(&rest[..rest.find("</")?], Shape::Line);
    (!title.is_empty()).then_some(title)
}
