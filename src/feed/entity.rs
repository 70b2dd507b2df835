//! Character references: the named ones of HTML and the numeric ones, with the mistakes browsers forgive.

use std::borrow::Cow;

/// The longest name in the table of HTML is 31 letters.
const NAME_BYTES_MAX: usize = 33;

/// Names that HTML knows without the semicolon and that newspapers do write so.
const BARE_NAMES: [&str; 7] = ["amp", "lt", "gt", "quot", "nbsp", "copy", "reg"];

/// What bytes 0x80 to 0x9F mean in windows-1252: `&#150;` was never meant as a control (HTML, 13.2.5.80).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of one reference, given what stands between `&` and `;`.
pub(super) fn reference(name: &str) -> Option<Cow<'static, str>> {
    if let Some(number) = name.strip_prefix('#') {
        return numeric(number).map(|found| Cow::Owned(found.to_string()));
    }
    // Nearly all references of escaped HTML are these; the table of HTML has two thousand.
    let usual = match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        _ => "",
    };
    if !usual.is_empty() {
        return Some(Cow::Borrowed(usual));
    }
    html_escape::NAMED_ENTITIES
        .binary_search_by(|(known, _)| (*known).cmp(name.as_bytes()))
        .ok()
        .map(|at| Cow::Borrowed(html_escape::NAMED_ENTITIES[at].1))
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    }
    .ok()?;
    match code {
        0x80..=0x9f => WINDOWS_1252.get((code - 0x80) as usize).copied(),
        // NUL, surrogates and what lies beyond Unicode: HTML shows the replacement character.
        _ => Some(
            char::from_u32(code)
                .filter(|&c| c != '\0')
                .unwrap_or('\u{fffd}'),
        ),
    }
}

/// Splits text that begins with `&` into the reference's meaning and what follows; `None` if it is just an ampersand.
pub(super) fn leading(text: &str) -> Option<(Cow<'static, str>, &str)> {
    let body = text.strip_prefix('&')?;
    let end = body
        .bytes()
        .take(NAME_BYTES_MAX)
        .position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#'))
        .unwrap_or_else(|| body.len().min(NAME_BYTES_MAX));
    let name = body.get(..end)?;
    let rest = &body[end..];
    if let Some(rest) = rest.strip_prefix(';') {
        return reference(name).map(|found| (found, rest));
    }
    let bare = BARE_NAMES.contains(&name) && !rest.starts_with('=');
    bare.then(|| reference(name).map(|found| (found, rest)))?
}

/// Resolves every reference of a text.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = match leading(&rest[at..]) {
            Some((found, after)) => {
                out.push_str(&found);
                after
            }
            None => {
                out.push('&');
                &rest[at + 1..]
            }
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn references_become_characters_and_ampersands_stay() {
        for (written, meant) in [
            ("a &amp; b", "a & b"),
            ("caf&eacute;", "café"),
            ("&#8211;&#x2014;", "–—"),
            ("&#150; &#146;", "– ’"),
            ("&#0;&#xD800;", "\u{fffd}\u{fffd}"),
            ("R&D; AT&T & Co", "R&D; AT&T & Co"),
            ("?a=1&copy=2", "?a=1&copy=2"),
            ("&copy 2026", "© 2026"),
            ("&", "&"),
            ("&;&#;&#x;", "&;&#;&#x;"),
        ] {
            assert_eq!(decode(written), meant, "{written}");
        }
    }
}
