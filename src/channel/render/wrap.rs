//! Line breaking by columns: wide characters take two, and may be broken anywhere.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Breaks `text` into lines of at most `width` columns; every line begins with `indent` spaces.
/// Words are kept whole (an address must stay one) unless they hold wide characters.
pub(super) fn wrap(text: &str, indent: usize, width: usize) -> Vec<String> {
    let room = width.saturating_sub(indent).max(8);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut space = if line.is_empty() { "" } else { " " };
        for part in parts(word) {
            let wanted = line.width() + space.len() + part.width();
            if wanted > room && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                space = "";
            }
            line.push_str(space);
            line.push_str(part);
            space = "";
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    let indent = " ".repeat(indent);
    lines.into_iter().map(|l| format!("{indent}{l}")).collect()
}

/// A word cut behind each wide character that no closing mark follows.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len();
        let mut letters = rest.char_indices().peekable();
        while let Some((at, c)) = letters.next() {
            let next = letters.peek().map(|(_, next)| *next);
            let wide = |c: char| c.width() == Some(2);
            let breaks = wide(c) || next.is_some_and(wide);
            if breaks && next.is_some_and(|next| !is_closing(next)) && !is_opening(c) {
                end = at + c.len_utf8();
                break;
            }
        }
        let (part, behind) = rest.split_at(end);
        rest = behind;
        Some(part)
    })
}

fn is_closing(c: char) -> bool {
    "。，、！？：；）」』】》〉”’,.!?:;)]".contains(c) || c == super::text::MARK_END
}

fn is_opening(c: char) -> bool {
    "（「『【《〈“‘([".contains(c) || c == super::text::MARK_BEGIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_whatever_the_script() {
        let text =
            "The 中华人民共和国外交部长王毅十一月二十四日抵达莫斯科，开始访问。 short words follow";
        for width in [20, 31, 72] {
            let lines = wrap(text, 3, width);
            assert!(lines.iter().all(|l| l.width() <= width + 2), "{lines:#?}");
            assert!(lines.iter().all(|l| l.starts_with("   ")));
            let joined: String = lines.concat().split_whitespace().collect();
            assert_eq!(joined, text.split_whitespace().collect::<String>());
            assert!(lines.iter().all(|l| !l.trim().starts_with('，')));
        }
    }

    #[test]
    fn an_address_stays_whole() {
        let url = "https://news.example/a-very-long-path/that-does-not-fit";
        assert_eq!(wrap(&format!("see {url} now"), 0, 20), ["see", url, "now"]);
        assert!(wrap("", 2, 20).is_empty());
    }
}
