//! Bytes to text: which encoding a feed document is in (RFC 7303, 3, and what servers get wrong).

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far an XML declaration is looked for: some servers put a comment before it.
const DECLARATION_WITHIN: usize = 1024;

/// A document as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded<'a> {
    /// The text, without byte order mark; the bytes themselves when they are UTF-8.
    pub text: Cow<'a, str>,
    /// What had to be guessed or dropped, in words.
    pub notes: Vec<String>,
}

/// Decodes a document; never fails, a byte that means nothing becomes U+FFFD.
///
/// The order is byte order mark, the pattern of UTF-32 and UTF-16, the charset of `Content-Type`, the
/// XML declaration, UTF-8 if it is valid, and then chardetng with `hint` (a top-level domain or
/// language). A label under which the bytes are malformed is dropped.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
    hint: Option<&str>,
) -> Decoded<'a> {
    let mut notes = Vec::new();
    if let Some(text) = wide(bytes) {
        let text = text.into();
        return Decoded { text, notes };
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.is_ascii() && !bytes.contains(&0x1b) {
        return Decoded {
            text: String::from_utf8_lossy(bytes),
            notes,
        };
    }
    let valid_utf8 = std::str::from_utf8(bytes).ok();
    for label in labels(bytes, content_type) {
        match by_label(&label, bytes, valid_utf8) {
            Ok(text) => return Decoded { text, notes },
            Err(why) => notes.push(why),
        }
    }
    if let Some(text) = valid_utf8 {
        let text = text.into();
        return Decoded { text, notes };
    }
    let says_utf8 = named_utf8(bytes, content_type);
    if let Some(text) = damaged_utf8(bytes, says_utf8) {
        notes.push("the UTF-8 is damaged in places".to_owned());
        return Decoded { text, notes };
    }
    let encoding = detect(bytes, hint);
    notes.push(format!("the encoding was guessed: {}", encoding.name()));
    let text = encoding.decode_without_bom_handling(bytes).0;
    Decoded { text, notes }
}

/// UTF-32 and UTF-16, known by their byte order mark or by where the zeros of `<` stand.
fn wide(bytes: &[u8]) -> Option<String> {
    let starts = |mark: &[u8]| bytes.starts_with(mark);
    if starts(b"\xff\xfe\0\0") || starts(b"<\0\0\0") {
        return Some(utf32(bytes, u32::from_le_bytes));
    }
    if starts(b"\0\0\xfe\xff") || starts(b"\0\0\0<") {
        return Some(utf32(bytes, u32::from_be_bytes));
    }
    let open = |text: &[u8]| matches!(text, b"<" | b"{" | b"[" | b" " | b"\n" | b"\r" | b"\t");
    let encoding = match bytes {
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        [first, 0, _, 0, ..] if open(&[*first]) => UTF_16LE,
        [0, first, 0, _, ..] if open(&[*first]) => UTF_16BE,
        _ => return None,
    };
    Some(encoding.decode_with_bom_removal(bytes).0.into_owned())
}

fn utf32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> String {
    bytes
        .chunks_exact(4)
        .map(|four| {
            let code = number([four[0], four[1], four[2], four[3]]);
            char::from_u32(code).unwrap_or('\u{fffd}')
        })
        .filter(|&character| character != '\u{feff}')
        .collect()
}

/// The value of `charset` in a media type.
fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The `encoding` of the XML declaration, or the charset of a page's `<meta>`.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_WITHIN)]);
    xml_encoding(&head).or_else(|| meta_charset(&head))
}

fn xml_encoding(head: &str) -> Option<String> {
    let declaration = &head[head.find("<?xml")?..];
    let declaration = &declaration[..declaration.find("?>")?];
    let value = declaration.split_once("encoding")?.1.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = value[1..].split(quote).next()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

fn meta_charset(head: &str) -> Option<String> {
    let head = head.to_ascii_lowercase();
    let meta = &head[head.find("<meta")?..];
    let value = meta.split_once("charset")?.1.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_:.".contains(c);
    let end = value.find(|c| !is_part(c)).unwrap_or(value.len());
    (end > 0).then(|| value[..end].to_owned())
}

/// Decodes as a label says, or says why not.
fn by_label<'a>(
    label: &str,
    bytes: &'a [u8],
    valid_utf8: Option<&str>,
) -> Result<Cow<'a, str>, String> {
    let encoding = Encoding::for_label(label.as_bytes())
        .ok_or_else(|| format!("the encoding “{label}” is unknown"))?;
    let ascii = matches!(label.to_ascii_lowercase().as_str(), "us-ascii" | "ascii");
    // Bytes that are no UTF-16 by pattern are none by label; a server's default of Latin-1 (or ASCII)
    // over valid multi-byte UTF-8 is a server's mistake: by chance such text practically never arises.
    let refuted = ascii
        || [UTF_16LE, UTF_16BE].contains(&encoding)
        || (encoding == WINDOWS_1252 && valid_utf8.is_some());
    let text = (!refuted)
        .then(|| encoding.decode_without_bom_handling_and_without_replacement(bytes))
        .flatten();
    text.ok_or_else(|| format!("the document is not in the encoding it names, “{label}”"))
}

/// What the document is said to be encoded in: by the header, then by itself.
fn labels(bytes: &[u8], content_type: Option<&str>) -> impl Iterator<Item = String> {
    let labels = [content_type.and_then(charset), declared(bytes)];
    labels.into_iter().flatten()
}

/// Whether header or declaration call a document UTF-8.
fn named_utf8(bytes: &[u8], content_type: Option<&str>) -> bool {
    labels(bytes, content_type).any(|label| Encoding::for_label(label.as_bytes()) == Some(UTF_8))
}

/// UTF-8 with a few broken places (a cut download, some pasted bytes): most of its non-ASCII
/// characters are whole, which no other encoding brings about by chance.
///
/// Where a label says UTF-8, it is enough that half of the words are whole: of a word in another
/// encoding a pair of bytes may pass for UTF-8, but hardly all of it.
fn damaged_utf8(bytes: &[u8], says_utf8: bool) -> Option<Cow<'_, str>> {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    let is_utf8 = whole > broken.saturating_mul(4) || (says_utf8 && half_of_the_words(bytes));
    is_utf8.then(|| UTF_8.decode_without_bom_handling(bytes).0)
}

/// Whether half of the runs of non-ASCII bytes are UTF-8.
fn half_of_the_words(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    let words = bytes.split(u8::is_ascii).filter(|word| !word.is_empty());
    for word in words {
        match std::str::from_utf8(word) {
            Ok(_) => whole += 1,
            Err(_) => broken += 1,
        }
    }
    whole > 0 && whole >= broken
}

fn detect(bytes: &[u8], hint: Option<&str>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let domain = hint.map(str::to_ascii_lowercase);
    let domain = domain
        .as_deref()
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase()) && !name.is_empty());
    detector.guess(domain.map(str::as_bytes), Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GB18030, KOI8_R, WINDOWS_1251};

    use super::decode;

    const RUSSIAN: &str = "<rss><channel><title>Министр иностранных дел прибыл в Москву на переговоры</title></channel></rss>";

    fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes_of).collect()
    }

    #[test]
    fn utf16_and_utf32_need_no_mark() {
        let wide = |bytes_of: fn(u32) -> [u8; 4]| -> Vec<u8> {
            RUSSIAN
                .chars()
                .flat_map(|c| bytes_of(u32::from(c)))
                .collect()
        };
        for bytes in [
            utf16(RUSSIAN, u16::to_le_bytes),
            utf16(RUSSIAN, u16::to_be_bytes),
            utf16(&format!("\u{feff}{RUSSIAN}"), u16::to_be_bytes),
            wide(u32::to_le_bytes),
            wide(u32::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes, None, None).text, RUSSIAN);
        }
    }

    #[test]
    fn the_header_goes_before_the_declaration_and_a_lie_is_dropped() {
        let koi8 = KOI8_R.encode(RUSSIAN).0;
        let header = Some("text/xml; charset=koi8-r");
        assert_eq!(decode(&koi8, header, None).text, RUSSIAN);
        let declared = format!("<?xml version='1.0' encoding='windows-1251'?>{RUSSIAN}");
        let bytes = WINDOWS_1251.encode(&declared).0;
        assert_eq!(decode(&bytes, None, None).text, declared);
        assert_eq!(
            decode(&bytes, Some("text/xml; charset=utf-8"), None).text,
            declared
        );
        let page = format!("<html><meta charset=windows-1251>{RUSSIAN}");
        let bytes = WINDOWS_1251.encode(&page).0;
        assert_eq!(decode(&bytes, None, None).text, page);
        let latin = Some("text/xml; charset=iso-8859-1");
        assert_eq!(decode(RUSSIAN.as_bytes(), latin, None).text, RUSSIAN);
    }

    #[test]
    fn without_a_label_the_encoding_is_guessed() {
        let chinese = "<rss><title>中国外交部长访问莫斯科，与俄罗斯外长举行会谈，双方讨论了双边关系</title></rss>";
        let taiwan = "<rss><title>外交部長訪問莫斯科，與俄羅斯外長舉行會談，雙方討論了兩國的關係</title></rss>";
        for (bytes, expected) in [
            (WINDOWS_1251.encode(RUSSIAN).0, RUSSIAN),
            (KOI8_R.encode(RUSSIAN).0, RUSSIAN),
            (GB18030.encode(chinese).0, chinese),
            (BIG5.encode(taiwan).0, taiwan),
        ] {
            let decoded = decode(&bytes, None, None);
            assert_eq!(decoded.text, expected);
            assert!(decoded.notes[0].starts_with("the encoding was guessed"));
        }
    }

    #[test]
    fn one_bad_byte_does_not_spoil_utf8() {
        let mut bytes = RUSSIAN.as_bytes().to_vec();
        bytes.insert(40, 0xff);
        assert!(decode(&bytes, None, None).text.contains("на переговоры"));
        let (utf8, chinese) = (
            Some("text/xml; charset=utf-8"),
            "中国外交部长访问莫斯科，双方讨论了双边关系",
        );
        let decoded = decode(b"<a>caf\xc3\xa9 \xff\xfe\x80</a>", utf8, None);
        assert_eq!(decoded.text, "<a>caf\u{e9} \u{fffd}\u{fffd}\u{fffd}</a>");
        let mislabelled = GB18030.encode(chinese).0;
        assert_eq!(decode(&mislabelled, utf8, None).text, chinese);
    }
}
