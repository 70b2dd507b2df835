//! What changed between two wordings, word by word; scripts without spaces sign by sign.

use serde::Serialize;
use unicode_width::UnicodeWidthChar;

use super::plain::{plain, shorten};
use crate::text::is_spaceless;

/// Characters of a wording that are compared: a sentence has fewer.
const CHARS_MAX: usize = 2_000;
/// Characters of common words kept beside a change.
const BESIDE_MAX: usize = 140;
/// Two wordings with less than this share of common words are told whole, one after the other.
const COMMON_MIN: f64 = 0.3;

/// What became of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Fate {
    Same,
    Gone,
    Added,
}

/// Words with one fate, with the spaces between them, and none at the ends of what was taken out or put in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct DiffPiece {
    pub fate: Fate,
    pub text: String,
}

/// A word, with whether a space stands before it.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    spaced: bool,
}

impl PartialEq for Word<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// The pieces of a change, in order; what was taken out stands before what came in its place.
pub(super) fn diff(before: &str, after: &str) -> Vec<DiffPiece> {
    let (before, after) = (plain(before), plain(after));
    let (before, after) = (shorten(&before, CHARS_MAX), shorten(&after, CHARS_MAX));
    let (old, new) = (words(&before), words(&after));
    let mut steps = steps(&old, &new);
    let common = steps.iter().filter(|(fate, _)| *fate == Fate::Same).count();
    if (common as f64) < COMMON_MIN * old.len().min(new.len()) as f64 {
        let gone = old.iter().map(|word| (Fate::Gone, *word));
        let added = new.iter().map(|word| (Fate::Added, *word));
        steps = gone.chain(added).collect();
    }
    abridged(pieces(&with_units(steps)))
}

/// A number that changed is told with the word behind it: `24 November` rather than `24`.
/// The steps of a run of changes stay in their order, since pieces are put together by fate.
fn with_units<'a>(steps: Vec<(Fate, Word<'a>)>) -> Vec<(Fate, Word<'a>)> {
    let mut out: Vec<(Fate, Word<'a>)> = Vec::with_capacity(steps.len());
    for (fate, word) in steps {
        let run = out
            .rsplit(|(of, _)| *of == Fate::Same)
            .next()
            .unwrap_or(&[]);
        let ends_in_number = |wanted: Fate| {
            let mut of_fate = run.iter().rev().filter(|(of, _)| *of == wanted);
            of_fate.next().is_some_and(|(_, word)| is_number(word.text))
        };
        let is_unit = fate == Fate::Same
            && word.spaced
            && word.text.chars().all(char::is_alphabetic)
            && ends_in_number(Fate::Gone)
            && ends_in_number(Fate::Added);
        if is_unit {
            out.extend([(Fate::Gone, word), (Fate::Added, word)]);
        } else {
            out.push((fate, word));
        }
    }
    out
}

fn is_number(word: &str) -> bool {
    word.chars().any(char::is_numeric) && !word.chars().any(char::is_alphabetic)
}

/// Runs of letters and digits, numbers with what groups their digits, single signs, and each character of a script
/// without spaces with its marks.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let (mut begin, mut spaced) = (0, false);
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        if c == ' ' {
            (begin, spaced) = (at + 1, true);
            continue;
        }
        let end = at + c.len_utf8();
        let before = text[begin..at].chars().next_back();
        let behind = text[end..].chars().nth(1);
        let runs_on = letters.peek().is_some_and(|(_, next)| {
            // 1,204 and 7.5 and 18:30 are one word each.
            let groups = |sign: char| matches!(sign, ',' | '.' | ':');
            let digit = |c: Option<char>| c.is_some_and(char::is_numeric);
            if groups(*next) && c.is_numeric() && digit(behind)
                || groups(c) && digit(before) && next.is_numeric()
            {
                return true;
            }
            let is_mark = next.width() == Some(0) && *next != ' ';
            let of_word = |c: char| c.is_alphanumeric() || c.width() == Some(0);
            is_mark || of_word(c) && of_word(*next) && !is_spaceless(c) && !is_spaceless(*next)
        });
        if !runs_on {
            words.push(Word {
                text: &text[begin..end],
                spaced,
            });
            (begin, spaced) = (end, false);
        }
    }
    words
}

/// The longest common subsequence, as steps from one wording to the other.
fn steps<'a>(old: &[Word<'a>], new: &[Word<'a>]) -> Vec<(Fate, Word<'a>)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = rest.take_while(|(a, b)| a == b).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let (gone, added) = (&old[head..old_end], &new[head..new_end]);
    // longest[i][j] is that of gone[i..] and added[j..].
    let width = added.len() + 1;
    let mut longest = vec![0_u32; (gone.len() + 1) * width];
    for i in (0..gone.len()).rev() {
        for j in (0..added.len()).rev() {
            longest[i * width + j] = match gone[i] == added[j] {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let mut steps: Vec<(Fate, Word<'a>)> = new[..head].iter().map(|w| (Fate::Same, *w)).collect();
    let (mut i, mut j) = (0, 0);
    while i < gone.len() || j < added.len() {
        if i < gone.len() && j < added.len() && gone[i] == added[j] {
            steps.push((Fate::Same, added[j]));
            (i, j) = (i + 1, j + 1);
        } else if j == added.len()
            || i < gone.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1]
        {
            steps.push((Fate::Gone, gone[i]));
            i += 1;
        } else {
            steps.push((Fate::Added, added[j]));
            j += 1;
        }
    }
    steps.extend(new[new_end..].iter().map(|w| (Fate::Same, *w)));
    steps
}

/// Puts words of one fate together, and between two common ones all that is gone before all that was added.
fn pieces(steps: &[(Fate, Word<'_>)]) -> Vec<DiffPiece> {
    let mut pieces: Vec<DiffPiece> = Vec::new();
    for run in steps.chunk_by(|(a, _), (b, _)| (*a == Fate::Same) == (*b == Fate::Same)) {
        for fate in [Fate::Same, Fate::Gone, Fate::Added] {
            let mut words = run
                .iter()
                .filter(|(of, _)| *of == fate)
                .map(|(_, word)| word);
            let Some(first) = words.next() else { continue };
            let mut text = first.text.to_owned();
            for word in words {
                if word.spaced {
                    text.push(' ');
                }
                text.push_str(word.text);
            }
            space_out(&mut pieces, fate, first.spaced);
            pieces.push(DiffPiece { fate, text });
        }
    }
    pieces
}

/// Spaces stand in common pieces; what came in the place of something follows it at once.
fn space_out(pieces: &mut Vec<DiffPiece>, fate: Fate, spaced: bool) {
    let Some(last) = pieces.last_mut().filter(|_| spaced) else {
        return;
    };
    match last.fate {
        Fate::Same => last.text.push(' '),
        _ if fate == Fate::Added => {}
        _ => pieces.push(DiffPiece {
            fate: Fate::Same,
            text: " ".to_owned(),
        }),
    }
}

/// Shortens common words far from a change.
fn abridged(mut pieces: Vec<DiffPiece>) -> Vec<DiffPiece> {
    let last = pieces.len().saturating_sub(1);
    for (place, piece) in pieces.iter_mut().enumerate() {
        let letters: Vec<char> = piece.text.chars().collect();
        let (head, tail) = match (piece.fate, place == 0, place == last) {
            (Fate::Same, true, false) => (0, BESIDE_MAX),
            (Fate::Same, false, true) => (BESIDE_MAX, 0),
            (Fate::Same, false, false) => (BESIDE_MAX, BESIDE_MAX),
            _ => (3 * BESIDE_MAX, 0),
        };
        if letters.len() > head + tail + 1 {
            let (begin, end) = (&letters[..head], &letters[letters.len() - tail..]);
            piece.text = begin.iter().chain(['…'].iter()).chain(end).collect();
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let pieces = diff(before, after);
        let shown = pieces.iter().map(|piece| match piece.fate {
            Fate::Same => piece.text.clone(),
            Fate::Gone => format!("[-{}-]", piece.text),
            Fate::Added => format!("{{+{}+}}", piece.text),
        });
        shown.collect()
    }

    #[test]
    fn only_what_changed_is_marked() {
        for (before, after, expected) in [
            (
                "He met 12 officials on Monday.",
                "He met 14 officials on Tuesday.",
                "He met [-12 officials-]{+14 officials+} on [-Monday-]{+Tuesday+}.",
            ),
            ("in Moscow", "never in Moscow", "{+never+} in Moscow"),
            ("a b c d", "a d", "a [-b c-] d"),
            ("same", "same", "same"),
            ("Gone whole.", "", "[-Gone whole.-]"),
            ("", "New.", "{+New.+}"),
            (
                "中国外长二十四日访问莫斯科。",
                "中国外长二十三日访问莫斯科。",
                "中国外长二十[-四-]{+三+}日访问莫斯科。",
            ),
            (
                "السفير يوم 24 نوفمبر.",
                "السفير يوم 23 نوفمبر.",
                "السفير يوم [-24 نوفمبر-]{+23 نوفمبر+}.",
            ),
            (
                "quite another sentence",
                "nothing in common here",
                "[-quite another sentence-]{+nothing in common here+}",
            ),
            ("1,204 dead", "1,206 dead", "[-1,204 dead-]{+1,206 dead+}"),
            ("at 18:30, on", "at 18:45, on", "at [-18:30-]{+18:45+}, on"),
            ("Room 5.", "Room 6.", "Room [-5-]{+6+}."),
        ] {
            let shown = shown(before, after);
            let expected = expected.to_owned();
            assert_eq!(shown, expected, "{before} -> {after}");
        }
    }

    /// Both wordings can be read off the pieces.
    #[test]
    fn nothing_is_lost() {
        let squeezed = |text: String| text.split_whitespace().collect::<String>();
        let texts = [
            "Menteri Luar Negeri Tiongkok, Wang Yi, tiba di Moskow pada 24 November.",
            "Menteri Luar Negeri Tiongkok (Wang Yi) berangkat dari Moskow pada 23 November!",
            "रूस के विदेश मंत्री ने मॉस्को में मुलाकात की",
            "चीन के विदेश मंत्री ने मॉस्को में मुलाकात की",
            "รัฐมนตรีจีนเยือนมอสโก",
            "รัฐมนตรีจีนเยือนกรุงมอสโกว์",
            "",
        ];
        for before in texts {
            for after in texts {
                let pieces = diff(before, after);
                let side = |other: Fate| -> String {
                    let pieces = pieces.iter().filter(|piece| piece.fate != other);
                    squeezed(pieces.map(|piece| piece.text.as_str()).collect())
                };
                assert_eq!(side(Fate::Added), squeezed(before.to_owned()));
                assert_eq!(side(Fate::Gone), squeezed(after.to_owned()));
            }
        }
    }

    #[test]
    fn a_change_at_the_end_of_a_long_sentence_is_seen() {
        let long = "word ".repeat(300);
        let shown = shown(&format!("{long}24"), &format!("{long}23"));
        assert!(shown.ends_with("word [-24-]{+23+}"), "{shown}");
        assert!(shown.chars().count() < 200);
    }
}
