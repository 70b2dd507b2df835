//! Where sentences end, and where words end in scripts without spaces.

use std::ops::Range;

use icu_segmenter::{SentenceSegmenter, WordSegmenter};

use super::fold::fold;

/// Words that end in a full stop without ending the sentence, folded, without the stop.
const ABBREVIATIONS: &[&str] = &[
    // titles
    "mr", "mrs", "ms", "dr", "prof", "st", "sen", "rep", "gov", "gen", "col", "lt", "sgt", "capt",
    "maj", "rev", "hon", "jr", "sr", "dra", "drs", "ir", "hr", "fr", "sra", "srta", "mme", "mlle",
    "sig", "ing", "dipl", "phd", "h", "hj", "kh", "tn", "ny", "mgr", "inz", "ks", "gral", "mons",
    "pres", "supt", // places, firms, numbers, references
    "no", "nos", "nr", "vol", "art", "fig", "pp", "ed", "vs", "etc", "al", "ca", "cf", "approx",
    "inc", "ltd", "co", "corp", "bros", "dept", "ave", "blvd", "mt", "ft", "jl", "jln", "kab",
    "tel", "hlm", "bzw", "usw", "ca", "vgl", "mio", "mrd", "str", "evtl", "ggf", "inkl", "zzgl",
    "sog", "abs", "tzn", "np", "ul", "al", "im", "godz", "tys", "mln", "mld", "proc", "num", "nro",
    "aprox", "pag", "av", // months
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec",
    "dez", // Russian and Ukrainian
    "ул", "г", "гг", "им", "стр", "руб", "тыс", "млн", "млрд", "трлн", "др", "пр", "проф", "акад",
    "ген", "см", "ст", "кв", "обл", "пос", "долл", "коп", "мин", "сек", "рис", "табл", "вул", "м",
    "р", "рр",
];

/// The sentences of one line, as byte ranges of it, trimmed, none blank.
pub(super) fn sentences(line: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    while start < line.len() {
        let end = end_of_piece(line, start);
        let piece = &line[start..end];
        if !piece.trim().is_empty() {
            match found.last_mut() {
                Some(last) if runs_on(&line[last.clone()], piece) => last.end = end,
                _ => found.push(start..end),
            }
        }
        start = end;
    }
    for range in &mut found {
        *range = trimmed(line, range.clone());
    }
    found
}

/// Where what begins at `start` ends by UAX #29. Nine tenths of a text stand before a sign that may end a sentence, and
/// are passed over: of them only the word before the sign counts.
fn end_of_piece(line: &str, start: usize) -> usize {
    let rest = &line[start..];
    let Some(sign) = rest.find(may_end_sentence) else {
        return line.len();
    };
    let from = start + rest[..sign].rfind(' ').unwrap_or(0);
    let mut ends = SentenceSegmenter::new(Default::default()).segment_str(&line[from..]);
    let end = ends.find(|end| *end > 0);
    end.map_or(line.len(), |end| from + end)
}

/// Whether a sentence may end at this sign: no for what is in no text its end, yes where it is not known.
fn may_end_sentence(sign: char) -> bool {
    match sign {
        '\0'..='\u{7f}' => matches!(sign, '.' | '!' | '?' | '\n' | '\r'),
        '\u{a0}'..='\u{588}' | '\u{620}'..='\u{6d3}' | '\u{904}'..='\u{963}' => false,
        '\u{966}'..='\u{9ff}' | '\u{e00}'..='\u{e7f}' | '\u{2010}'..='\u{201f}' => false,
        '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => false,
        _ => true,
    }
}

/// Words of a stretch of text in a script without spaces, cut by dictionary.
pub(super) fn dictionary_words(stretch: &str) -> Vec<&str> {
    let mut start = 0;
    let mut words = Vec::new();
    // Not `new_auto`: its neural model is two hundred times slower for Thai and no better.
    for end in WordSegmenter::new_dictionary(Default::default()).segment_str(stretch) {
        let word = &stretch[start..end];
        if word.chars().any(char::is_alphanumeric) {
            words.push(word);
        }
        start = end;
    }
    words
}

/// The range without the white space at its ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = &text[range.clone()];
    let start = range.start + (slice.len() - slice.trim_start().len());
    start..start + slice.trim().len()
}

/// Whether the sentence goes on after a full stop that UAX #29 takes for its end.
fn runs_on(before: &str, after: &str) -> bool {
    let Some(head) = before.trim_end().strip_suffix('.') else {
        return false;
    };
    let word = head
        .rsplit(|c: char| !c.is_alphanumeric() && c != '.')
        .next()
        .unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let is_dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() == 1);
    // "in the U.S. The ..." does end; "U.S. Senate" does not. A short word that opens sentences decides.
    if is_dotted {
        return !opens_sentence(after);
    }
    let is_ordinal = !word.is_empty()
        && word.len() <= 2
        && word.bytes().all(|byte| byte.is_ascii_digit())
        && after.trim_start().starts_with(char::is_alphabetic);
    is_initial || is_ordinal || ABBREVIATIONS.contains(&fold(word).as_str())
}

/// Whether the text begins with a word that seldom stands capitalised inside a sentence.
fn opens_sentence(text: &str) -> bool {
    const OPENERS: &[&str] = &[
        "the", "a", "an", "in", "on", "at", "it", "he", "she", "they", "we", "but", "and", "this",
        "that", "these", "those", "there", "for", "as", "if", "when", "while", "after", "its",
        "his", "her",
    ];
    let word = text.split_whitespace().next().unwrap_or_default();
    OPENERS.contains(&fold(word).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[&str]) {
        let found: Vec<&str> = sentences(line)
            .into_iter()
            .map(|range| &line[range])
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        check(" One here.  Two there! ", &["One here.", "Two there!"]);
        check(
            "Dr. Smith met Mrs. Jones. They left.",
            &["Dr. Smith met Mrs. Jones.", "They left."],
        );
        check(
            "He moved to the U.S. The firm stayed.",
            &["He moved to the U.S.", "The firm stayed."],
        );
        check("The U.S. Senate voted.", &["The U.S. Senate voted."]);
        check("George W. Bush spoke.", &["George W. Bush spoke."]);
        check(
            "Дом на ул. Ленина сгорел. Жертв нет.",
            &["Дом на ул. Ленина сгорел.", "Жертв нет."],
        );
        check(
            "Am 3. Mai kam er. Er blieb.",
            &["Am 3. Mai kam er.", "Er blieb."],
        );
        check(
            "王毅访问莫斯科。双方会谈！结束？",
            &["王毅访问莫斯科。", "双方会谈！", "结束？"],
        );
        check("「行く。」と言った。", &["「行く。」", "と言った。"]);
        check("रूस ने कहा। चीन ने कहा।", &["रूस ने कहा।", "चीन ने कहा।"]);
        check("   ", &[]);
        check("", &[]);
    }

    /// The same without passing anything over.
    fn ends_by_rule(line: &str) -> Vec<usize> {
        let ends = SentenceSegmenter::new(Default::default()).segment_str(line);
        ends.filter(|end| *end > 0).collect()
    }

    fn ends(line: &str) -> Vec<usize> {
        let (mut ends, mut start) = (Vec::new(), 0);
        while start < line.len() {
            start = end_of_piece(line, start);
            ends.push(start);
        }
        ends
    }

    #[test]
    fn what_is_passed_over_ends_no_sentence() {
        // What is passed over is judged here; what is not, by the same means on both sides.
        let signs = ('\0'..='\u{1000}').chain('\u{2000}'..='\u{a000}');
        for sign in signs.chain('\u{ac00}'..='\u{d7ff}') {
            for text in [format!("ab{sign} Cd"), format!("Ab {sign}Cd")] {
                assert_eq!(ends(&text), ends_by_rule(&text), "{sign:?}");
            }
        }
        let parts = [
            "A", "b", "No", "ein", "7", " ", " ", ".", "!", "?", ",", "\u{301}", "\u{ad}", "\"",
            "”", ")", "(", "\u{a0}", "…", "王", "。", "の", "。」", "я", "Я", "।", "क", "ا", "؟",
            "-", ":", "\u{2028}", "\t", "\u{85}", "가", "\u{200b}",
        ];
        let mut chance = 7_u64;
        for _ in 0..40_000 {
            let mut text = String::new();
            for _ in 0..14 {
                chance = chance
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                text.push_str(parts[(chance >> 33) as usize % parts.len()]);
            }
            assert_eq!(ends(&text), ends_by_rule(&text), "{text:?}");
        }
    }

    #[test]
    fn words_without_spaces() {
        assert_eq!(
            dictionary_words("俄罗斯外交部长"),
            ["俄罗斯", "外交部", "长"]
        );
        assert!(dictionary_words("รัสเซียและจีน").contains(&"จีน"));
        assert!(dictionary_words("。、").is_empty());
    }
}
