//! What stands in place of an article: a consent form, a captcha, a paywall, or no text at all.

use super::blocks::{self, Line};
use super::labels::{self, Obstacle};
use super::lines;
use super::parsed::Parsed;

/// A page with a longer text is an article, whatever its banners say.
const ARTICLE_CHARS_MIN: usize = 250;
/// Longest text of a wall: some explain at length what they do with cookies.
const WALL_CHARS_MAX: usize = 4_000;
/// Characters that are looked at to tell text from other data.
const SNIFFED_CHARS: usize = 4_096;
/// One character in so many may be no text: broken pages have some.
const TEXT_CHARS_PER_BAD: usize = 20;

/// How the files begin that servers send under `text/html` by mistake.
const SIGNATURES: &[&[u8]] = &[
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"RIFF",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
    b"MZ\x90",
    b"OggS",
    b"ID3",
    b"\x00\x00\x00\x18ftyp",
    b"\x00\x00\x00\x20ftyp",
    b"wOFF",
    b"wOF2",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
];

/// Whether the bytes, decoded to `text`, are no page but a document, picture or archive.
#[must_use]
pub fn is_binary(bytes: &[u8], text: &str) -> bool {
    if SIGNATURES.iter().any(|start| bytes.starts_with(start)) {
        return true;
    }
    let sniffed = text.chars().take(SNIFFED_CHARS);
    let (all, bad) = sniffed.fold((0, 0), |(all, bad), c| {
        (all + 1, bad + usize::from(is_no_text(c)))
    });
    bad * TEXT_CHARS_PER_BAD > all
}

/// The binary data bytes of the MIME Sniffing standard, and what could not be decoded.
fn is_no_text(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{e}'..='\u{1a}' | '\u{1c}'..='\u{1f}' | '\u{fffd}')
}

/// Something that keeps readers from the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wall {
    /// What it wants, in words.
    pub why: &'static str,
    /// The text that was found is the wall's own.
    pub in_place: bool,
}

/// The wall of a page of which `lines` were found; `title` is its headline.
#[must_use]
pub fn find(page: &Parsed<'_>, title: &str, lines: &[&Line]) -> Option<Wall> {
    let found: usize = lines.iter().map(|line| lines::weight(&line.text)).sum();
    if found > WALL_CHARS_MAX {
        return None;
    }
    let title = title.to_lowercase();
    let texts: Vec<String> = lines.iter().map(|line| line.text.to_lowercase()).collect();
    let in_place = labels::obstacles().iter().find(|obstacle| {
        let speaking: usize = texts
            .iter()
            .filter(|text| speaks_of(obstacle, text))
            .map(|text| lines::weight(text))
            .sum();
        // A headline may quote a wall ("Access denied"), and an article may speak of one; a wall does both.
        speaking > 0 && (speaking * 2 > found || speaks_of(obstacle, &title))
    });
    if let Some(obstacle) = in_place {
        return Some(Wall {
            why: obstacle.why,
            in_place: true,
        });
    }
    if found >= ARTICLE_CHARS_MIN {
        return None;
    }
    let visible = blocks::lines(page)
        .into_iter()
        .map(|line| line.text.to_lowercase());
    let visible = visible.collect::<Vec<_>>().join("\n");
    let obstacle = labels::obstacles()
        .iter()
        .find(|obstacle| speaks_of(obstacle, &visible))?;
    Some(Wall {
        why: obstacle.why,
        in_place: found == 0,
    })
}

fn speaks_of(obstacle: &Obstacle, text: &str) -> bool {
    obstacle
        .phrases
        .iter()
        .any(|phrase| text.contains(phrase.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(texts: &[&str]) -> Vec<Line> {
        let line = |text: &&str| Line {
            text: (*text).to_owned(),
            ..Line::default()
        };
        texts.iter().map(line).collect()
    }

    fn wall(title: &str, texts: &[&str], page: &str) -> Option<bool> {
        find(
            &Parsed::page(page),
            title,
            &lines_of(texts).iter().collect::<Vec<_>>(),
        )
        .map(|wall| wall.in_place)
    }

    #[test]
    fn a_wall_is_told_from_an_article_with_a_banner() {
        let story =
            "The ministers met on Monday and spoke about trade, rivers and rail. ".repeat(6);
        let terms = "We and our 900 partners store information on a device. ".repeat(20);
        for (name, title, texts, page, expected) in [
            (
                "consent",
                "Before you continue",
                vec!["Before you continue", "We use cookies."],
                "",
                Some(true),
            ),
            (
                "long consent",
                "Before you continue to News",
                vec!["We use cookies.", &terms],
                "",
                Some(true),
            ),
            (
                "captcha",
                "Attention",
                vec!["Please verify you are human by ticking the box."],
                "",
                Some(true),
            ),
            (
                "paywall",
                "Talks in Moscow",
                vec!["Subscribe to read the full article."],
                "",
                Some(true),
            ),
            (
                "story with a banner",
                "Talks",
                vec![story.as_str(), "We use cookies."],
                "",
                None,
            ),
            (
                "news of walls",
                "Access denied: the border is shut",
                vec![&story, &story],
                "",
                None,
            ),
            (
                "brief with a banner",
                "Talks",
                vec!["The ministers met."],
                "<p>We use cookies.</p>",
                Some(false),
            ),
            (
                "nothing but a banner",
                "Talks",
                vec![],
                "<p>We use cookies.</p>",
                Some(true),
            ),
            (
                "brief",
                "Talks",
                vec!["The ministers met."],
                "<p>The ministers met.</p>",
                None,
            ),
        ] {
            assert_eq!(wall(title, &texts, page), expected, "{name}");
        }
    }

    #[test]
    fn files_of_other_kinds_are_no_pages() {
        let noise: Vec<u8> = (0..=255).cycle().take(4_000).collect();
        for (bytes, binary) in [
            (&b"%PDF-1.7 ..."[..], true),
            (b"\x89PNG\r\n", true),
            (&noise, true),
            (b"<p>plain</p>", false),
            (b"\x1b$B%K%e!<%9\x1b(B", false),
            (b"", false),
        ] {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(is_binary(bytes, &text), binary, "{text:.20}");
        }
    }
}
