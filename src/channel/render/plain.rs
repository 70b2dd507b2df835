//! Foreign text made harmless: one line, no controls.

/// Takes out what could steer a terminal or turn a line around, and folds white space: control
/// characters (escape sequences lose their escape), bidirectional overrides, isolates and marks,
/// line separators, tag and private-use characters, noncharacters. Joiners stay: Persian and Hindi need them.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let kept = word.chars().filter(|c| !is_steering(*c));
        let before = line.len();
        if before > 0 {
            line.push(' ');
        }
        let filled = line.len();
        line.extend(kept);
        if line.len() == filled {
            line.truncate(before);
        }
    }
    line
}

/// As [`plain`], but white space at the ends is kept as one space: for pieces of a sentence.
pub(super) fn plain_piece(text: &str) -> String {
    let inner = plain(text);
    if inner.is_empty() {
        let blank = text.chars().any(char::is_whitespace);
        return if blank { " ".to_owned() } else { inner };
    }
    let before = if text.starts_with(char::is_whitespace) {
        " "
    } else {
        ""
    };
    let after = if text.ends_with(char::is_whitespace) {
        " "
    } else {
        ""
    };
    format!("{before}{inner}{after}")
}

/// Whether a character turns a line around, hides, or stands for nothing that is meant to be seen.
pub(super) fn is_steering(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{206a}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}' | '\u{e000}'..='\u{f8ff}'
        | '\u{e0000}'..='\u{e007f}' | '\u{f0000}'..)
}

/// The first `max` characters, with an ellipsis when there were more.
pub(super) fn shorten(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_is_left() {
        for (written, shown) in [
            ("a\u{1b}[31mred\u{7}", "a [31mred"),
            ("evil\u{202e}txt.exe", "eviltxt.exe"),
            ("  two\r\n lines\t", "two lines"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("\u{200b}\u{2066}", ""),
            ("a \u{200b} b", "a b"),
            ("\u{9b}1A", "1A"),
            ("no\u{fffe}char\u{ffff}", "nochar"),
        ] {
            assert_eq!(plain(written), shown);
        }
        assert_eq!(plain_piece(" spoke\u{202e} "), " spoke ");
        assert_eq!(plain_piece("\n"), " ");
        assert_eq!(shorten("王毅访问", 2), "王毅…");
        assert_eq!(shorten("王毅", 2), "王毅");
    }
}
