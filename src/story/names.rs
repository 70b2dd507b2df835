//! What may be a name in scripts that have no capitals.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::text::{Script, Token};

/// How a report tells names from other words, and how far their sounds can be trusted. Thai and the
/// other scripts without spaces beside Han and Kana give no names: nothing shows where a word ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Writing {
    /// By capitals: Latin, Cyrillic, Greek, Armenian.
    #[default]
    Cased,
    /// Not at all: Arabic, Hebrew, the scripts of India. Any word may be a name.
    Uncased,
    /// Foreign names stand in syllables: Han, Kana, Hangul. Any of them may be a name.
    Syllabic,
}

impl Writing {
    /// As stored.
    pub fn to_byte(self) -> u8 {
        self as u8
    }

    /// Reads the stored form.
    pub fn from_byte(byte: u8) -> Option<Self> {
        [Self::Cased, Self::Uncased, Self::Syllabic]
            .into_iter()
            .find(|writing| writing.to_byte() == byte)
    }

    /// That of most of the tokens.
    pub fn of<'a>(tokens: impl IntoIterator<Item = &'a Token>) -> Self {
        let (mut cased, mut uncased, mut syllabic) = (0, 0, 0);
        for token in tokens {
            match token.fold.chars().next().map(Script::of) {
                Some(Script::Han | Script::Kana) => syllabic += 1,
                Some(Script::Hangul) => syllabic += 2,
                Some(Script::Latin | Script::Cyrillic | Script::Greek | Script::Armenian) => {
                    cased += 2;
                }
                None | Some(Script::Other) => {}
                Some(_) => uncased += 2,
            }
        }
        match () {
            () if syllabic > cased.max(uncased) => Self::Syllabic,
            () if uncased > cased => Self::Uncased,
            () => Self::Cased,
        }
    }
}

/// Characters that Chinese writes foreign names with. Few of them are common elsewhere, so that a run
/// of them is a name more often than not.
const TRANSCRIBING: &str = include_str!("transcribing.txt");

static TRANSCRIBING_SET: LazyLock<FxHashSet<char>> =
    LazyLock::new(|| TRANSCRIBING.chars().collect());

/// Fewest characters of a name in Han or Kana.
const RUN_MIN: usize = 3;

/// Words that may be names, folded, each as often as it stands there: runs of katakana, runs of Han
/// characters that transcribe, and all words of other scripts without capitals.
pub(super) fn candidates(tokens: &[Token]) -> Vec<Cow<'_, str>> {
    let mut found: Vec<Cow<'_, str>> = Vec::new();
    for run in tokens.chunk_by(|a, b| a.end == b.start && a.spaceless && script(a) == script(b)) {
        if run[0].spaceless {
            let pieces = run.split(|token| !may_transcribe(token));
            let names = pieces.filter(|piece| piece.len() >= RUN_MIN);
            found.extend(names.map(|piece| piece.iter().map(|token| &*token.fold).collect()));
        } else if is_uncased(script(&run[0])) {
            found.push(Cow::Borrowed(&run[0].stem));
        }
    }
    found
}

fn script(token: &Token) -> Script {
    Script::of(token.fold.chars().next().unwrap_or_default())
}

fn is_uncased(script: Script) -> bool {
    !matches!(
        script,
        Script::Latin | Script::Cyrillic | Script::Greek | Script::Armenian | Script::Other
    )
}

/// Whether a character of a spaceless script may be part of a foreign name.
fn may_transcribe(token: &Token) -> bool {
    token.fold.chars().all(|c| match Script::of(c) {
        Script::Kana => ('ァ'..='ヿ').contains(&c),
        Script::Han => TRANSCRIBING_SET.contains(&c),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::analyse;

    #[test]
    fn what_may_be_a_name_is_found_without_capitals() {
        for (text, lang, writing, names) in [
            (
                "王毅同拉夫罗夫在莫斯科举行会谈",
                "zh",
                Writing::Syllabic,
                &["拉夫罗夫", "莫斯科"][..],
            ),
            (
                "セルゲイ・ラブロフ外相と会談",
                "ja",
                Writing::Syllabic,
                &["セルゲイ", "ラブロフ"],
            ),
            (
                "라브로프와 회담",
                "ko",
                Writing::Syllabic,
                &["라브로프", "회담"],
            ),
            ("Lavrov in Moscow", "en", Writing::Cased, &[]),
        ] {
            let tokens = analyse(text, Some(lang)).tokens;
            assert_eq!(candidates(&tokens), names, "{text}");
            assert_eq!(Writing::of(&tokens), writing, "{text}");
        }
        let arabic = analyse("لافروف في موسكو", Some("ar")).tokens;
        assert_eq!(Writing::of(&arabic), Writing::Uncased);
        assert_eq!(candidates(&arabic).len(), 3);
    }
}
