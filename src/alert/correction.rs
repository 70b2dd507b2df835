//! What changed in substance between two versions of an article.
//!
//! A page changes all day: counters, related links, a paragraph added at the end, a mended typing
//! error. None of that is worth a message. A changed title is, and so is a sentence that was
//! replaced or taken away and spoke of numbers, names, or what made the watch hit.

use std::collections::{BTreeSet, HashSet};

use super::retraction::says_retracted;
use crate::model::{Correction, EvidenceSentence, ReadArticle};
use crate::text::{self, Analysis, Token};

/// Two sentences are versions of one when they share this much of their words (Dice).
const SAME_SENTENCE: f64 = 0.45;

/// Sentences compared: every one that is gone is held against every one that is new, and a page
/// longer than this is a live blog, whose corrections are its readers' daily bread.
const SENTENCES_MAX: usize = 500;

/// Lines up to this many words that differ in digits alone are counters ("1.204 views").
const COUNTER_WORDS: usize = 5;

/// Compares the version judged before with the present one. `None` when there was none before, when
/// the two were made from different sources (page and feed), or when nothing changed in substance.
#[must_use]
pub fn find_correction(article: &ReadArticle, evidence: &[EvidenceSentence]) -> Option<Correction> {
    let after = &article.article;
    if article.gone {
        return Some(retraction(article));
    }
    let before = article.before.as_ref()?;
    let retracted =
        says_retracted(&after.title, &after.body) && !says_retracted(&before.title, &before.body);
    // A live blog is rewritten all day; its readers know.
    if (before.live || after.live) && !retracted {
        return None;
    }
    if before.origin != after.origin || after.body.is_empty() && after.origin.is_page() {
        return None;
    }
    let terms: HashSet<String> = evidence
        .iter()
        .flat_map(|sentence| &sentence.spans)
        .flat_map(|span| words(&span.text))
        .collect();
    let (old, new) = (Text::of(&before.body), Text::of(&after.body));
    let sentence = changed_sentence(&old, &new, &terms);
    let titles = (words(&before.title), words(&after.title));
    if sentence.is_none() && is_same_wording(&titles.0, &titles.1) && !retracted {
        return None;
    }
    let (sentence_before, sentence_after) = sentence.unwrap_or_default();
    Some(Correction {
        url: article.url.clone(),
        title_before: before.title.clone(),
        title_after: after.title.clone(),
        sentence_before,
        sentence_after,
        retracted,
    })
}

/// The page is gone: the last text there was is what was taken back.
fn retraction(article: &ReadArticle) -> Correction {
    let title = &article.article.title;
    Correction {
        url: article.url.clone(),
        title_before: title.clone(),
        title_after: title.clone(),
        sentence_before: String::new(),
        sentence_after: String::new(),
        retracted: true,
    }
}

/// A body cut into sentences.
struct Text<'a> {
    body: &'a str,
    analysis: Analysis,
}

/// One sentence of a [`Text`].
struct Sentence<'a> {
    written: &'a str,
    words: Vec<String>,
    /// Numbers and names: what a correction is usually about.
    facts: BTreeSet<String>,
}

impl<'a> Text<'a> {
    fn of(body: &'a str) -> Self {
        Self {
            body,
            analysis: text::analyse(body, None),
        }
    }

    fn sentences(&self) -> Vec<Sentence<'a>> {
        let ranges = self.analysis.sentences.iter().take(SENTENCES_MAX);
        let mut sentences: Vec<Sentence<'a>> = ranges
            .map(|range| Sentence {
                written: self.body.get(range.clone()).unwrap_or_default().trim(),
                words: Vec::new(),
                facts: BTreeSet::new(),
            })
            .collect();
        for token in &self.analysis.tokens {
            let Some(sentence) = sentences.get_mut(token.sentence as usize) else {
                continue;
            };
            if self.is_fact(sentence.words.len(), token) {
                sentence.facts.insert(token.fold.to_string());
            }
            sentence.words.push(token.fold.to_string());
        }
        sentences
    }

    /// A number, a capital in mid-sentence, or any sign of a script that knows no capitals and no spaces.
    fn is_fact(&self, place: usize, token: &Token) -> bool {
        let written = self.body.get(token.start as usize..token.end as usize);
        let Some(first) = written.and_then(|word| word.chars().next()) else {
            return false;
        };
        token.spaceless || first.is_numeric() || place > 0 && first.is_uppercase()
    }
}

/// The weightiest changed sentence: one that touches the evidence, else the first in the text.
fn changed_sentence(
    old: &Text<'_>,
    new: &Text<'_>,
    terms: &HashSet<String>,
) -> Option<(String, String)> {
    let (old, new) = (old.sentences(), new.sentences());
    let stands = |sentences: &[Sentence<'_>]| -> HashSet<Vec<String>> {
        sentences.iter().map(|s| s.words.clone()).collect()
    };
    let (old_stands, new_stands) = (stands(&old), stands(&new));
    let mut added: Vec<&Sentence<'_>> = new
        .iter()
        .filter(|s| !old_stands.contains(&s.words))
        .collect();
    let mut first = None;
    for gone in old.iter().filter(|s| !new_stands.contains(&s.words)) {
        let successor = take_successor(gone, &mut added);
        let on_evidence = gone.words.iter().any(|word| terms.contains(word));
        if !is_material(gone, successor, on_evidence) {
            continue;
        }
        let after = successor.map(|s| s.written.to_owned()).unwrap_or_default();
        let found = (gone.written.to_owned(), after);
        if on_evidence {
            return Some(found);
        }
        first.get_or_insert(found);
    }
    first
}

/// Finds the sentence that stands in the place of `gone` and takes it out of those added, so that
/// it does not answer for a second one.
fn take_successor<'s, 'a>(
    gone: &Sentence<'a>,
    added: &mut Vec<&'s Sentence<'a>>,
) -> Option<&'s Sentence<'a>> {
    let likeness = |s: &&Sentence<'_>| dice(&gone.words, &s.words);
    let (place, best) = added
        .iter()
        .map(likeness)
        .enumerate()
        .max_by(|(a_place, a), (b_place, b)| a.total_cmp(b).then(b_place.cmp(a_place)))?;
    (best >= SAME_SENTENCE).then(|| added.remove(place))
}

fn is_material(gone: &Sentence<'_>, successor: Option<&Sentence<'_>>, on_evidence: bool) -> bool {
    let Some(successor) = successor else {
        // A line without a full stop is a link, a caption or a label rather than a statement.
        return ends_a_sentence(gone.written) && (on_evidence || !gone.facts.is_empty());
    };
    if is_same_wording(&gone.words, &successor.words) || is_counter(gone, successor) {
        return false;
    }
    // Words added to a sentence that keeps all it said are an addition, unless it is what we hit on.
    on_evidence || !gone.facts.is_subset(&successor.facts)
}

/// The same line with other digits, and too short to state anything.
fn is_counter(gone: &Sentence<'_>, successor: &Sentence<'_>) -> bool {
    let letters = |s: &Sentence<'_>| -> Vec<String> {
        let words = s.words.iter();
        words
            .filter(|word| !word.chars().any(char::is_numeric))
            .cloned()
            .collect()
    };
    gone.words.len() <= COUNTER_WORDS
        && !ends_a_sentence(gone.written)
        && letters(gone) == letters(successor)
}

fn ends_a_sentence(written: &str) -> bool {
    let closing = ['"', '\'', '”', '’', '»', ')', '」', '』', '）'];
    written
        .trim_end_matches(closing)
        .ends_with(['.', '!', '?', '。', '！', '？', '؟', '।', '…', '۔'])
        || written.ends_with(['”', '»', '"', '」'])
}

/// True when two wordings differ in nothing, or in typing errors only: as many words, and each
/// differing pair without digits and within one edit (two for long words).
fn is_same_wording(before: &[String], after: &[String]) -> bool {
    before.len() == after.len()
        && before.iter().zip(after).all(|(a, b)| {
            let length = a.chars().count().min(b.chars().count());
            let edits = if length >= 9 { 2 } else { 1 };
            let number = |word: &str| word.chars().any(char::is_numeric);
            a == b || length >= 4 && !number(a) && !number(b) && strsim::osa_distance(a, b) <= edits
        })
}

fn words(text: &str) -> Vec<String> {
    let tokens = text::analyse(text, None).tokens;
    tokens.into_iter().map(|t| t.fold.to_string()).collect()
}

/// Twice the common words over all words.
fn dice(a: &[String], b: &[String]) -> f64 {
    let (set_a, set_b): (HashSet<_>, HashSet<_>) = (a.iter().collect(), b.iter().collect());
    let all = set_a.len() + set_b.len();
    if all == 0 {
        return 0.0;
    }
    2.0 * set_a.intersection(&set_b).count() as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Article, ArticleId, EntryText, Field, Origin, PartNumber, SentenceSpan};

    fn article(title: &str, body: &str) -> Article {
        Article {
            title: title.to_owned(),
            body: body.to_owned(),
            ..Article::default()
        }
    }

    fn compare(before: Article, after: Article) -> Option<Correction> {
        let article = ReadArticle {
            id: ArticleId(1),
            url: "https://kabar.example/1".to_owned(),
            article: after,
            entry: EntryText::default(),
            feeds: Vec::new(),
            tags: Vec::new(),
            lang_hint: None,
            dated_at: jiff::Timestamp::UNIX_EPOCH,
            first_seen: jiff::Timestamp::UNIX_EPOCH,
            backlog: false,
            late: false,
            version: 2,
            before: Some(before),
            reread: false,
            gone: false,
            story: None,
            judged_by: None,
        };
        let evidence = EvidenceSentence {
            field: Field::Body,
            part: PartNumber::FIRST,
            sentence: "The envoy of China spoke in Moscow.".to_owned(),
            spans: vec![SentenceSpan {
                start: 13,
                end: 18,
                text: "China".to_owned(),
                why: "country:CN".to_owned(),
            }],
        };
        find_correction(&article, &[evidence])
    }

    #[test]
    fn a_notice_in_place_of_the_article_is_a_retraction() {
        let notice = "This article has been removed.";
        let correction = compare(article("Talks", BODY), article("Talks", notice));
        assert!(correction.is_some_and(|found| found.retracted));
    }

    #[test]
    fn a_live_blog_is_not_corrected() {
        let mut before = article("Talks", BODY);
        before.live = true;
        let after = article("Talks", &BODY.replace("12 officials", "14 officials"));
        assert_eq!(compare(before, after), None);
    }

    const BODY: &str = "The envoy of China spoke in Moscow.\nHe met 12 officials on Monday.\n\
        It was raining all day long.\n45 comments";

    fn body(from: &str, to: &str) -> Option<Correction> {
        assert!(BODY.contains(from));
        compare(
            article("Talks", BODY),
            article("Talks", &BODY.replace(from, to)),
        )
    }

    #[test]
    fn numbers_names_and_evidence_are_substance() {
        for (from, to, sentence_after) in [
            (
                "12 officials",
                "14 officials",
                "He met 14 officials on Monday.",
            ),
            ("on Monday", "on Tuesday", "He met 12 officials on Tuesday."),
            ("He met 12 officials on Monday.\n", "", ""),
            (
                "spoke in Moscow",
                "never spoke in Moscow",
                "The envoy of China never spoke in Moscow.",
            ),
        ] {
            let correction = body(from, to).unwrap_or_else(|| panic!("{from} -> {to}"));
            assert_eq!(correction.sentence_after, sentence_after);
            assert!(!correction.sentence_before.is_empty());
        }
    }

    #[test]
    fn the_sentence_that_touches_the_evidence_is_told_first() {
        let after = BODY
            .replace("12 officials", "14 officials")
            .replace("in Moscow", "in Minsk");
        let correction = compare(article("Talks", BODY), article("Talks", &after)).unwrap();
        assert_eq!(
            correction.sentence_before,
            "The envoy of China spoke in Moscow."
        );
    }

    #[test]
    fn counters_links_additions_typing_errors_and_space_are_not() {
        for (from, to) in [
            ("45 comments", "46 comments"),
            ("45 comments", "Read also: China and Russia sign 3 deals"),
            ("45 comments", "45 comments\nA third paragraph names Paris."),
            ("raining", "rainning"),
            ("officials on", "officials  on"),
            ("It was raining all day long.\n", ""),
        ] {
            assert_eq!(body(from, to), None, "{from} -> {to}");
        }
    }

    #[test]
    fn a_changed_title_is_a_correction_and_its_punctuation_is_not() {
        let with = |title: &str| compare(article("Talks in Moscow", BODY), article(title, BODY));
        assert_eq!(with("“Talks” in Moscow"), None);
        let correction = with("Talks in Minsk").unwrap();
        assert_eq!(correction.title_before, "Talks in Moscow");
        assert_eq!(correction.title_after, "Talks in Minsk");
        assert!(correction.sentence_before.is_empty());
    }

    #[test]
    fn chinese_numbers_count_too() {
        let before = article("会谈", "中国外长二十四日访问莫斯科。双方就合作交换了意见。");
        let after = article("会谈", "中国外长二十三日访问莫斯科。双方就合作交换了意见。");
        let correction = compare(before, after).unwrap();
        assert_eq!(correction.sentence_after, "中国外长二十三日访问莫斯科。");
    }

    #[test]
    fn a_page_that_was_made_from_the_feed_before_is_no_correction() {
        let mut before = article("Talks", "A summary with 3 numbers.");
        before.origin = Origin::Entry;
        assert_eq!(compare(before, article("Talks", BODY)), None);
        assert_eq!(compare(article("Talks", BODY), article("Talks", "")), None);
    }
}
