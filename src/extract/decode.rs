//! Bytes of a page to text: which character encoding, in what order of trust.
//!
//! The byte order mark wins; then bytes that can only be UTF-8; then what the server says; then what
//! the page says; then a guess from the bytes. A label that does not fit the bytes is passed over:
//! wrong labels are more common on news sites than wrong bytes.

use std::sync::LazyLock;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use regex::bytes::Regex;

use super::detect;

/// How far into the page an encoding label is looked for. HTML asks for it in the first 1,024 bytes;
/// real pages put scripts before it.
pub const LABEL_WITHIN_BYTES: usize = 8 * 1024;

/// One undecodable character in so many non-ASCII ones is a broken character, not a wrong encoding.
const GOOD_CHARS_PER_BAD: usize = 100;

static META_CHARSET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)<meta\b[^>]{0,400}?charset\s*=\s*["']?\s*([a-z0-9_:.\-]+)"#)
        .expect("a constant pattern")
});
static XML_ENCODING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([a-z0-9_:.\-]+)"#)
        .expect("a constant pattern")
});

/// The text of a page, and what was noticed on the way.
///
/// `content_type` is the value of the HTTP header of that name. Never fails: bytes that no encoding
/// explains become U+FFFD.
#[must_use]
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> (String, Vec<String>) {
    decode_from(bytes, content_type, "")
}

/// The same for a page of a known address, whose country tells encodings apart that look alike.
#[must_use]
pub fn decode_from(
    bytes: &[u8],
    content_type: Option<&str>,
    page_url: &str,
) -> (String, Vec<String>) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return (text.into_owned(), Vec::new());
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.is_ascii()
    {
        return (text.to_owned(), Vec::new());
    }
    let mut notes = Vec::new();
    let mut labels = [
        ("HTTP", content_type.and_then(header_label)),
        ("meta", meta_label(bytes)),
    ];
    // Servers send this one for want of a better; the page knows what it was written in.
    if labels[0].1.as_deref().is_some_and(is_western) && labels[1].1.is_some() {
        labels.swap(0, 1);
    }
    for (origin, label) in labels {
        let Some(label) = label else { continue };
        let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
            notes.push(format!("unknown charset in {origin}: {label}"));
            continue;
        };
        let doubted = usable(encoding) == WINDOWS_1252 && !detect::looks_western(bytes);
        match decode_as(bytes, usable(encoding)) {
            Ok(text) if !doubted => return (text, notes),
            _ => notes.push(format!("charset in {origin} does not fit: {label}")),
        }
    }
    if let Ok(text) = decode_as(bytes, UTF_8) {
        return (text, notes);
    }
    let guess = detect::guess(bytes, page_url);
    notes.push(format!("charset guessed: {}", guess.name()));
    let (text, _) = guess.decode_without_bom_handling(bytes);
    (text.into_owned(), notes)
}

/// Decodes, unless so much is malformed that the encoding must be wrong.
fn decode_as(bytes: &[u8], encoding: &'static Encoding) -> Result<String, ()> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    if malformed {
        let bad = text.matches('\u{FFFD}').count();
        let beyond_ascii = text.chars().filter(|c| !c.is_ascii()).count();
        if bad * GOOD_CHARS_PER_BAD > beyond_ascii {
            return Err(());
        }
    }
    Ok(text.into_owned())
}

/// The encoding that a label means on the web (HTML, "prescan a byte stream"): whoever could read an
/// ASCII label did not read UTF-16.
fn usable(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16BE || encoding == UTF_16LE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    }
}

fn is_western(label: &str) -> bool {
    Encoding::for_label(label.as_bytes()) == Some(WINDOWS_1252)
}

fn header_label(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

fn meta_label(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(LABEL_WITHIN_BYTES)];
    let found = META_CHARSET
        .captures(head)
        .or_else(|| XML_ENCODING.captures(head))?;
    Some(String::from_utf8_lossy(&found[1]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSSIAN: &str = "Глава МИД Китая Ван И прибыл в Москву с официальным визитом, сообщили во вторник в министерстве.";
    const CHINESE: &str =
        "中国外交部长王毅周二抵达莫斯科，将与俄罗斯外长举行会谈，双方将讨论两国关系。";
    const JAPANESE: &str =
        "中国の王毅外相は火曜日にモスクワに到着し、ロシアの外相と会談する予定です。";

    #[test]
    fn the_encoding_is_found_in_the_order_of_trust() {
        let cases: &[(&str, &str, &str, Option<&str>, &str)] = &[
            (
                "header",
                "windows-1251",
                "",
                Some("text/html; charset=windows-1251"),
                RUSSIAN,
            ),
            (
                "quoted header",
                "koi8-r",
                "",
                Some("text/html; Charset=\"KOI8-R\""),
                RUSSIAN,
            ),
            (
                "meta",
                "gb18030",
                "<meta charset=gb2312>",
                Some("text/html"),
                CHINESE,
            ),
            (
                "meta http-equiv",
                "shift_jis",
                "<meta http-equiv=content-type content='text/html; charset=Shift_JIS'>",
                None,
                JAPANESE,
            ),
            (
                "XML declaration",
                "windows-1251",
                "<?xml version='1.0' encoding='windows-1251'?>",
                None,
                RUSSIAN,
            ),
            (
                "UTF-8 whatever the labels say",
                "utf-8",
                "<meta charset=gbk>",
                Some("text/html; charset=iso-8859-1"),
                CHINESE,
            ),
            (
                "a label that does not fit",
                "gb18030",
                "<meta charset=utf-8>",
                Some("text/html; charset=utf-8"),
                CHINESE,
            ),
            ("no label, GB18030", "gb18030", "", None, CHINESE),
            ("no label, windows-1251", "windows-1251", "", None, RUSSIAN),
            ("no label, KOI8-R", "koi8-r", "", None, RUSSIAN),
            ("no label, Shift_JIS", "shift_jis", "", None, JAPANESE),
            (
                "unknown label",
                "euc-kr",
                "<meta charset=nonsense>",
                None,
                "중국 외교부장이 모스크바를 방문했다. 양국 외교장관이 회담을 했다.",
            ),
        ];
        for (name, encoding, head, content_type, text) in cases {
            let page = format!("{head}<p>{text}</p>");
            let encoding = Encoding::for_label(encoding.as_bytes()).unwrap();
            let (bytes, _, unmappable) = encoding.encode(&page);
            assert!(!unmappable, "{name}");
            let (decoded, notes) = decode(&bytes, *content_type);
            assert!(decoded.contains(text), "{name}: {decoded} {notes:?}");
        }
    }

    #[test]
    fn the_servers_stopgap_does_not_outweigh_the_page() {
        let (bytes, _, _) = encoding_rs::GB18030.encode(CHINESE);
        let header = Some("text/html; charset=ISO-8859-1");
        let labelled = [b"<meta charset=gb2312>".as_slice(), &bytes].concat();
        assert!(decode(&labelled, header).0.ends_with(CHINESE));
        let bare = [b"<html lang=zh>".as_slice(), &bytes].concat();
        assert!(decode(&bare, header).0.ends_with(CHINESE));
        let german = "Über die Brücke führt ein Weg. ".repeat(40);
        let (bytes, _, _) = WINDOWS_1252.encode(&german);
        assert_eq!(decode(&bytes, header).0, german);
    }

    #[test]
    fn byte_order_marks_win() {
        let mut utf16 = vec![0xFF, 0xFE];
        utf16.extend("<p>Москва</p>".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(
            decode(&utf16, Some("text/html; charset=utf-8")).0,
            "<p>Москва</p>"
        );
        assert_eq!(
            decode("\u{FEFF}é".as_bytes(), Some("text/html; charset=latin1")).0,
            "é"
        );
    }

    #[test]
    fn a_character_cut_in_two_does_not_make_the_page_another_encoding() {
        let mut bytes = RUSSIAN.repeat(3).into_bytes();
        bytes.pop();
        bytes.push(0xD0);
        let (text, _) = decode(&bytes, None);
        assert!(text.starts_with(RUSSIAN), "{text}");
    }
}
