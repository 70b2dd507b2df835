//! Words for the full-text index, and for queries to it.

use super::fold::fold;
use super::language::shortest_tag;
use super::scripts::Script;
use super::segment::dictionary_words;
use super::stem::Stemmer;
use super::tokens::{Word, words};

/// The words of a text in normal form, separated by single spaces, not stemmed.
///
/// Stretches in scripts without spaces are cut by dictionary; Korean words lose their particles,
/// without which no query would find them. Documents and queries take the same way, so that their
/// words meet; the words are letters, digits and the few signs that stand inside words
/// (`'`, `.`, `,`, `"`), so a caller that builds a query expression must quote them.
#[must_use]
pub fn search_words(text: &str, lang: Option<&str>) -> String {
    let lang = lang.and_then(shortest_tag);
    let korean = Stemmer::new("ko");
    let mut line = String::with_capacity(text.len());
    let mut push = |word: &str| {
        let folded = fold(word);
        let is_hangul = folded
            .chars()
            .next()
            .is_some_and(|c| Script::of(c) == Script::Hangul);
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(
            if is_hangul {
                korean.stem(&folded)
            } else {
                folded.into()
            }
            .as_ref(),
        );
    };
    let mut stretch = 0..0;
    words(text, lang.as_deref(), |Word { range, spaceless }| {
        let touches = stretch.end == range.start;
        if !(spaceless && touches) {
            dictionary_words(&text[stretch.clone()])
                .into_iter()
                .for_each(&mut push);
            stretch = range.end..range.end;
        }
        if spaceless {
            stretch = if touches { stretch.start } else { range.start }..range.end;
        } else {
            push(&text[range]);
        }
    });
    dictionary_words(&text[stretch])
        .into_iter()
        .for_each(&mut push);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_cut() {
        let cases = [
            ("China's Embassy—Visits", None, "china embassy visits"),
            ("Rusya'nın Çin'e", Some("tr"), "rusya cin"),
            (
                "中国外交部长王毅 in Moskau",
                None,
                "中国 外交部 长 王 毅 in moskau",
            ),
            ("중국과 러시아는", None, "중국 러시아"),
            ("", None, ""),
            ("。。", None, ""),
        ];
        for (text, lang, expected) in cases {
            assert_eq!(search_words(text, lang), expected, "{text}");
        }
    }

    #[test]
    fn a_query_finds_its_document() {
        let cases = [
            ("รัสเซียและจีนหารือกัน", "จีน"),
            ("ロシアと中国が会談", "ロシア"),
            ("俄罗斯总统访问中国", "俄罗斯"),
            ("Die Straße nach ŁÓDŹ", "lodz"),
            ("وزير الخارجية الصيني", "الخارجيه"),
        ];
        for (document, query) in cases {
            let words = search_words(document, None);
            let query = search_words(query, None);
            assert!(
                words.split(' ').any(|word| word == query),
                "{query} in {words}"
            );
        }
    }
}
