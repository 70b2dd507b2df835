//! Where literals stand without which regular expressions cannot match, in capital or small letters.
//!
//! Most are letters or digits of ASCII in a row, three or more: those are looked for in the words of an article, in normal
//! form, and in the words that rules name once for all articles. The others are looked for in its text.

use aho_corasick::AhoCorasick;

use super::infix::InfixIndex;
use super::regex_parts::lower_into;
use crate::rules::document::FieldText;
use crate::text;

/// Literals in small letters, each with the number of what it belongs to.
#[derive(Debug, Default)]
pub(super) struct Literals {
    words: InfixIndex,
    /// Looked for one by one where no automaton looks for all of them.
    others: Vec<String>,
    /// By literal.
    owners_of_others: Vec<u32>,
    search: Option<AhoCorasick>,
}

impl Literals {
    /// Adds a literal.
    pub fn add(&mut self, literal: String, owner: u32) {
        // A part of a word in other letters, or one of several words, would be found far too often: `sident` of président.
        let letters = literal.trim_matches(|letter: char| !letter.is_alphanumeric());
        if !self.words.add(letters, owner) {
            self.others.push(literal);
            self.owners_of_others.push(owner);
        }
    }

    /// Makes ready what can be made only once all is added.
    pub fn finish(&mut self) {
        self.words.finish();
        // It cannot be built of literals of gigabytes: slow is better than a story that is missed.
        if let Ok(search) = AhoCorasick::new(&self.others)
            && !self.others.is_empty()
        {
            self.search = Some(search);
            self.others = Vec::new();
        }
    }

    /// Whether there are any that are looked for in words.
    pub fn is_in_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// Calls `found` with the owner of each literal that stands in a word in normal form, the same perhaps several times.
    pub fn in_word(&self, word: &str, found: impl FnMut(u32)) {
        self.words.find(word, found);
    }

    /// Calls `found` with the owners of the literals in each paragraph that are not found by the words of the field, and
    /// the paragraph, the same perhaps several times.
    pub fn in_text(&self, field: &FieldText, mut found: impl FnMut(u32, u32)) {
        if self.is_in_words() && text::leaves_endings_out(field.lang()) {
            self.in_endings(field, &mut found);
        }
        if self.search.is_none() && self.others.is_empty() {
            return;
        }
        let mut lower = String::new();
        for (paragraph, range) in (0..).zip(&field.analysis.paragraphs) {
            lower.clear();
            lower_into(&field.text[range.clone()], &mut lower);
            let hits = self.search.iter();
            let hits = hits.flat_map(|search| search.find_overlapping_iter(&lower));
            let by_one = (0..self.others.len()).filter(|at| lower.contains(&self.others[*at]));
            for at in hits.map(|hit| hit.pattern().as_usize()).chain(by_one) {
                found(self.owners_of_others[at], paragraph);
            }
        }
    }

    /// Looks for those that are found by words in what stands behind words and is part of none.
    fn in_endings(&self, field: &FieldText, found: &mut impl FnMut(u32, u32)) {
        /// An apostrophe and the fewest letters that a literal has.
        const BYTES_MIN: usize = 4;
        let tokens = &field.analysis.tokens;
        let next = tokens.iter().skip(1).map(|token| token.start as usize);
        let ends = next.chain([field.text.len()]);
        let mut lower = String::new();
        for (token, end) in tokens.iter().zip(ends) {
            let behind = field.text.get(token.end as usize..end);
            if let Some(behind) = behind.filter(|behind| behind.len() >= BYTES_MIN) {
                lower.clear();
                lower_into(behind, &mut lower);
                self.words
                    .find(&lower, |owner| found(owner, token.paragraph));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::document::{Document, DocumentInput};

    /// Texts of odd pieces, the same in every run.
    fn odd_texts() -> impl Iterator<Item = String> {
        const PIECES: [&str; 30] = [
            "abc", "Kilo", "\u{212a}", "\u{17f}", "'", "’", "é", "e\u{301}", "中", "한국", "-",
            " ", ".", "İ", "ABC", "42", "\u{ad}", "\u{200b}", "мир", "s", "'s", "`", "\n", "。",
            "ﬁ", "½", "x", "ab'", "\u{327}", "Ⅷ",
        ];
        let mut state = 7_u64;
        let mut below = move |bound: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % bound
        };
        (0..3_000).map(move |_| {
            let pieces = 1 + below(12);
            (0..pieces).map(|_| PIECES[below(PIECES.len())]).collect()
        })
    }

    fn document(text: &str, lang: &str) -> Document {
        Document::new(DocumentInput {
            body: text.to_owned(),
            lang: Some(lang.to_owned()),
            ..DocumentInput::default()
        })
    }

    /// The owners of what is found in a document, each once.
    fn found(literals: &Literals, document: &Document) -> Vec<u32> {
        let mut found = Vec::new();
        for field in document.fields() {
            for word in &field.analysis.words {
                literals.in_word(&word.fold, |owner| found.push(owner));
            }
            literals.in_text(field, |owner, _| found.push(owner));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn letters_in_a_row_are_found_wherever_they_stand() {
        for text in odd_texts() {
            let mut lower = String::new();
            lower_into(&text, &mut lower);
            let runs = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
            let runs: Vec<&str> = runs.filter(|run| run.len() >= 3).collect();
            for lang in ["", "en", "fr", "it", "so", "ar", "tr", "az"] {
                let document = document(&text, lang);
                for (owner, run) in (0..).zip(&runs) {
                    let mut literals = Literals::default();
                    literals.add((*run).to_owned(), owner);
                    literals.finish();
                    assert_eq!(
                        found(&literals, &document),
                        [owner],
                        "{run} in {text:?}, {lang}"
                    );
                }
            }
        }
    }

    #[test]
    fn literals_are_found_in_words_or_in_the_text() {
        let mut literals = Literals::default();
        for (owner, literal) in (0..).zip(["cve-", "kilo", "санкци", "俄罗", "of the bank", "g-7"])
        {
            literals.add(literal.to_owned(), owner);
        }
        literals.finish();
        for (text, lang, expected) in [
            ("a CVE-2026, no sanction", "en", vec![0]),
            ("САНКЦИИ", "ru", vec![2]),
            ("против Санкций: cve-1", "ru", vec![0, 2]),
            ("the \u{212a}ilo", "en", vec![1]),
            ("俄罗斯 and BANKERS at the G-7", "en", vec![3, 5]),
            ("out of the BANK's hands", "en", vec![4]),
            ("Erdoğan'kilodan", "tr", vec![1]),
            ("Erdoğan'kilodan", "en", vec![1]),
            ("nothing", "en", vec![]),
        ] {
            assert_eq!(found(&literals, &document(text, lang)), expected, "{text}");
        }
    }
}
