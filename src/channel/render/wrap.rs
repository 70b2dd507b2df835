//! Line breaking by columns: wide characters take two, combining ones none; scripts without spaces are broken
//! where Unicode allows it (UAX #14, with dictionaries for Thai, Lao, Khmer and Burmese).

use icu_segmenter::LineSegmenter;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::marks;
use crate::text::is_spaceless;

/// Breaks `text` into lines of at most `width` columns; every line begins with `indent` spaces.
/// Words are kept whole unless they hold a script without spaces, or are longer than a line and no address:
/// half an address leads nowhere.
pub(super) fn wrap(text: &str, indent: usize, width: usize) -> Vec<String> {
    let room = width.saturating_sub(indent).max(8);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut filled = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut space = if line.is_empty() { "" } else { " " };
        for part in parts(word, room) {
            let part_columns = columns(part);
            if filled + space.len() + part_columns > room && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                filled = 0;
                space = "";
            }
            line.push_str(space);
            line.push_str(part);
            filled += space.len() + part_columns;
            space = "";
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    let indent = " ".repeat(indent);
    lines.into_iter().map(|l| format!("{indent}{l}")).collect()
}

/// Columns that a text takes, with what its marks become.
fn columns(text: &str) -> usize {
    text.width() + text.chars().filter(|c| marks::is_two_wide(*c)).count()
}

/// A word cut where lines may be broken.
fn parts(word: &str, room: usize) -> Vec<&str> {
    let mut cuts: Vec<usize> = Vec::new();
    if word.chars().any(is_spaceless) {
        cuts = LineSegmenter::new_dictionary(Default::default())
            .segment_str(word)
            .filter(|at| *at > 0 && *at < word.len() && may_break(word, *at))
            .collect();
    }
    cuts.push(word.len());
    let mut parts = Vec::with_capacity(cuts.len());
    let mut begin = 0;
    for cut in cuts {
        let part = &word[begin..cut];
        begin = cut;
        if columns(part) > room && !part.contains("://") {
            hard(part, room, &mut parts);
        } else {
            parts.push(part);
        }
    }
    parts
}

/// Marks stay with what they enclose.
fn may_break(word: &str, at: usize) -> bool {
    let (before, after) = word.split_at(at);
    !before.ends_with(marks::is_begin) && !after.starts_with(marks::is_end)
}

/// Cuts what is longer than a line, never before a combining mark.
fn hard<'a>(part: &'a str, room: usize, parts: &mut Vec<&'a str>) {
    let (mut begin, mut filled) = (0, 0);
    for (at, c) in part.char_indices() {
        let wide = c.width().unwrap_or(0) + usize::from(marks::is_two_wide(c));
        if filled + wide > room && wide > 0 && at > begin && may_break(part, at) {
            parts.push(&part[begin..at]);
            (begin, filled) = (at, 0);
        }
        filled += wide;
    }
    parts.push(&part[begin..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    #[test]
    fn lines_fit_whatever_the_script() {
        for text in [
            "The 中华人民共和国外交部长王毅十一月二十四日抵达莫斯科，开始访问。 short words follow",
            "รัฐมนตรีว่าการกระทรวงการต่างประเทศจีนเดินทางเยือนกรุงมอสโกเพื่อหารือกับรัสเซีย",
            "ロシアのラブロフ外相は王毅外相と会談した。が゙ぎ゙ぐ゙げ゙ご゙か゚き゚く゚け゚こ゚が゙ぎ゙ぐ゙げ゙ご゙",
            "रूस के विदेश मंत्री सर्गेई लावरोव ने मॉस्को में चीन के विदेश मंत्री वांग यी से मुलाकात की",
            "الصيني في موسكو نائب الوزير يوم الاثنين للبحث في العلاقات بين البلدين والقضايا الدولية",
            "외교부장은 모스크바에서 세르게이 라브로프 러시아 외무장관과 회담했다",
            &"z\u{301}\u{323}".repeat(200),
            &"👩‍👩‍👧 ".repeat(40),
        ] {
            for width in [20, 31, 72] {
                let lines = wrap(text, 3, width);
                assert!(
                    lines.iter().all(|l| l.width() <= width),
                    "{width}: {lines:#?}"
                );
                assert!(lines.iter().all(|l| l.starts_with("   ")));
                assert_eq!(joined(&lines.concat()), joined(text));
                assert!(
                    lines
                        .iter()
                        .all(|l| !l.trim().starts_with(['，', '。', '\u{301}', '゙']))
                );
            }
        }
    }

    #[test]
    fn an_address_stays_whole_and_a_mark_with_its_word() {
        let url = "https://news.example/a-very-long-path/that-does-not-fit";
        assert_eq!(wrap(&format!("see {url} now"), 0, 20), ["see", url, "now"]);
        assert!(wrap("", 2, 20).is_empty());
        let marked = format!("{}中国{}外长", marks::MARK_BEGIN, marks::MARK_END);
        let text = marked.repeat(9);
        for line in wrap(&text, 0, 15) {
            assert!(
                !line.starts_with(marks::is_end) && !line.ends_with(marks::is_begin),
                "{line}"
            );
        }
    }
}
