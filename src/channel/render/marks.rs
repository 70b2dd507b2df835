//! Signs that stand for begin and end of a mark until a text is broken into lines. Private-use characters:
//! `plain` removes them from everything foreign.

use super::text::TextStyle;

/// Begin of what matched.
pub(super) const MARK_BEGIN: char = '\u{e000}';
/// End of what matched.
pub(super) const MARK_END: char = '\u{e001}';
/// Begin of words that were taken out.
pub(super) const GONE_BEGIN: char = '\u{e002}';
/// End of words that were taken out.
pub(super) const GONE_END: char = '\u{e003}';
/// Begin of words that were put in.
pub(super) const ADDED_BEGIN: char = '\u{e004}';
/// End of words that were put in.
pub(super) const ADDED_END: char = '\u{e005}';

/// A space at which no line is broken.
pub(super) const GLUE: char = '\u{e006}';

/// What each becomes: without colours, and with.
const SHOWN: [(char, &str, &str); 7] = [
    (MARK_BEGIN, ">", "\u{1b}[1;33m"),
    (MARK_END, "<", "\u{1b}[0m"),
    (GONE_BEGIN, "[-", "\u{1b}[31m[-"),
    (GONE_END, "-]", "-]\u{1b}[0m"),
    (ADDED_BEGIN, "{+", "\u{1b}[1;32m{+"),
    (ADDED_END, "+}", "+}\u{1b}[0m"),
    (GLUE, " ", " "),
];

/// Puts what is shown in the place of the signs.
pub(super) fn shown(line: &str, style: &TextStyle) -> String {
    let mut line = line.to_owned();
    for (sign, bare, coloured) in SHOWN {
        line = line.replace(sign, if style.colour { coloured } else { bare });
    }
    line
}

/// It opens something.
pub(super) fn is_begin(c: char) -> bool {
    matches!(c, MARK_BEGIN | GONE_BEGIN | ADDED_BEGIN)
}

/// It closes something.
pub(super) fn is_end(c: char) -> bool {
    matches!(c, MARK_END | GONE_END | ADDED_END)
}

/// It is shown in two columns.
pub(super) fn is_two_wide(c: char) -> bool {
    matches!(c, GONE_BEGIN..=ADDED_END)
}
