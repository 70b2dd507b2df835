//! Which articles a rule may hit, told by their words alone: some hundred times cheaper than to analyse them.
//!
//! An article that is held back is never hit: of each word of a text it is asked whether it may be one that the rule
//! needs, whatever stands around it. What the sieve cannot tell it lets through. `tests/past_sieve.rs` holds it to that
//! on random rules and articles.

mod letters;
mod words;

use std::rc::Rc;

use regex::Regex;
use rustc_hash::FxHashMap;

use self::letters::{Stretch, stretches};
use self::words::{Lexicon, Seen, WordId, Words};
use super::compile::needs::{Form, Need, needs};
use super::source::RuleSource;
use crate::text::{self, Script};

/// An article as the sieve looks at it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SievedText<'a> {
    /// Title of the page.
    pub title: &'a str,
    /// Body of the page.
    pub body: &'a str,
    /// Title as the feed's entry gave it.
    pub entry_title: &'a str,
    /// Summary as the feed's entry gave it.
    pub entry_summary: &'a str,
    /// Language as [`super::DocumentInput`] has it; where there is none the article is let through.
    pub lang: Option<&'a str>,
}

/// A sieve for one watch. Made once for each thread: it remembers the words that it has seen.
#[derive(Debug)]
pub struct Sieve {
    test: Test,
    words: Words,
    /// By the last word of their rows.
    rows: FxHashMap<WordId, Vec<Row>>,
    regexes: Vec<(Regex, usize)>,
    /// Groups of forms, any of which is needed; whether they are needed in a title.
    groups: Vec<bool>,
    by_lang: FxHashMap<String, Lexicon>,
}

/// The needs of a rule over groups of forms.
#[derive(Debug)]
enum Test {
    True,
    Group(usize),
    All(Vec<Test>),
    AtLeast(usize, Vec<Test>),
    Lang(Vec<String>),
}

/// Words in a row that are a form of something needed.
#[derive(Debug, Clone)]
struct Row {
    /// The word before the last one, if there is one.
    before: Option<WordId>,
    group: usize,
}

/// What was found of an article.
struct Found<'a> {
    lang: &'a str,
    /// By group.
    groups: Vec<bool>,
    in_title: bool,
    /// Something could not be told.
    is_unknown: bool,
}

impl Sieve {
    /// The sieve of a watch of `source`; `None` when there is no such watch, or nothing can be held back by words.
    #[must_use]
    pub fn new(source: &RuleSource, watch: &str) -> Option<Self> {
        let need = needs(source, watch)?;
        let mut sieve = Self {
            test: Test::True,
            words: Words::default(),
            rows: FxHashMap::default(),
            regexes: Vec::new(),
            groups: Vec::new(),
            by_lang: FxHashMap::default(),
        };
        let mut known = Vec::new();
        sieve.test = sieve.test_of(&need, &mut known)?;
        (!sieve.groups.is_empty()).then_some(sieve)
    }

    /// The test of a need; `None` when a form cannot be looked for.
    fn test_of(&mut self, need: &Need, known: &mut Vec<(Rc<Vec<Form>>, bool)>) -> Option<Test> {
        let all = |sieve: &mut Self, parts: &[Need], known: &mut Vec<_>| -> Option<Vec<Test>> {
            parts
                .iter()
                .map(|part| sieve.test_of(part, known))
                .collect()
        };
        Some(match need {
            Need::Nothing => Test::True,
            Need::Forms(forms) => Test::Group(self.group(forms, false, known)?),
            Need::FormsInTitle(forms) => Test::Group(self.group(forms, true, known)?),
            Need::All(parts) => Test::All(all(self, parts, known)?),
            Need::Any(parts) => Test::AtLeast(1, all(self, parts, known)?),
            Need::Several { at_least, parts } => Test::AtLeast(*at_least, all(self, parts, known)?),
            Need::Lang(langs) => Test::Lang(langs.clone()),
        })
    }

    /// The number of a group of forms.
    fn group(
        &mut self,
        forms: &Rc<Vec<Form>>,
        in_title: bool,
        known: &mut Vec<(Rc<Vec<Form>>, bool)>,
    ) -> Option<usize> {
        let key = (Rc::clone(forms), in_title);
        if let Some(group) = known.iter().position(|known| *known == key) {
            return Some(group);
        }
        let group = self.groups.len();
        for form in forms.iter() {
            match form {
                Form::Regex(written) => self.regexes.push((Regex::new(written).ok()?, group)),
                Form::Words(words) => {
                    let ids: Vec<WordId> = words.iter().map(|word| self.words.add(word)).collect();
                    let (last, before) = ids.split_last()?;
                    let before = before.last().copied();
                    let rows = self.rows.entry(*last).or_default();
                    if !rows
                        .iter()
                        .any(|row| row.before == before && row.group == group)
                    {
                        rows.push(Row { before, group });
                    }
                }
            }
        }
        self.groups.push(in_title);
        known.push(key);
        Some(group)
    }

    /// Whether the watch may hit an article; when it answers `false`, it does not.
    pub fn may_hit(&mut self, article: &SievedText<'_>) -> bool {
        let Some(lang) = article.lang.and_then(text::shortest_tag) else {
            return true;
        };
        if has_two_languages(article) {
            return true;
        }
        let mut lexicon = match self.by_lang.remove(&lang) {
            Some(lexicon) => lexicon,
            None => Lexicon::new(&self.words, &lang),
        };
        lexicon.forget_if_full();
        let may_hit = self.search(article, &lang, &mut lexicon);
        self.by_lang.insert(lang, lexicon);
        may_hit
    }

    fn search(&self, article: &SievedText<'_>, lang: &str, lexicon: &mut Lexicon) -> bool {
        let mut found = Found {
            lang,
            groups: vec![false; self.groups.len()],
            in_title: true,
            is_unknown: false,
        };
        if self.passes(&found) {
            return true;
        }
        // Titles first: most of what is needed in a title is needed there alone.
        let titles = [article.title, article.entry_title];
        let texts = [article.body, article.entry_summary];
        for (text, in_title) in titles
            .map(|t| (t, true))
            .into_iter()
            .chain(texts.map(|t| (t, false)))
        {
            found.in_title = in_title;
            if self.search_text(text, lexicon, &mut found) {
                return true;
            }
        }
        false
    }

    /// Looks through a text until the article is known to pass.
    fn search_text(&self, text: &str, lexicon: &mut Lexicon, found: &mut Found<'_>) -> bool {
        if !self.regexes.is_empty() && self.match_regexes(text, found) && self.passes(found) {
            return true;
        }
        let mut before = Seen::Other;
        let mut passes = false;
        stretches(text, |Stretch { text, is_joined }| {
            let seen = lexicon.look_up(&self.words, text, is_joined);
            if seen != Seen::Other && self.note(lexicon, before, (seen, is_joined), found) {
                passes = self.passes(found);
            }
            before = seen;
            !passes
        });
        passes
    }

    /// Notes what a word is part of; true when that is new.
    fn note(
        &self,
        lexicon: &Lexicon,
        before: Seen,
        (seen, is_joined): (Seen, bool),
        found: &mut Found<'_>,
    ) -> bool {
        let Seen::Set(set) = seen else {
            found.is_unknown |= seen == Seen::Unknown;
            return true;
        };
        let ids = lexicon.set(set);
        let stood_before: &[WordId] = match before {
            Seen::Set(set) => lexicon.set(set),
            Seen::Other | Seen::Unknown => &[],
        };
        let mut is_new = false;
        for row in ids.iter().filter_map(|id| self.rows.get(id)).flatten() {
            let stands = row.before.is_none_or(|word| {
                stood_before.contains(&word) || (is_joined && ids.contains(&word))
            });
            let counts = found.in_title || !self.groups[row.group];
            if stands && counts && !found.groups[row.group] {
                found.groups[row.group] = true;
                is_new = true;
            }
        }
        is_new
    }

    fn match_regexes(&self, text: &str, found: &mut Found<'_>) -> bool {
        let mut is_new = false;
        for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}']) {
            let line = line.trim();
            for (regex, group) in &self.regexes {
                let counts = found.in_title || !self.groups[*group];
                if counts && !found.groups[*group] && regex.is_match(line) {
                    found.groups[*group] = true;
                    is_new = true;
                }
            }
        }
        is_new
    }

    fn passes(&self, found: &Found<'_>) -> bool {
        found.is_unknown || holds(&self.test, found)
    }
}

fn holds(test: &Test, found: &Found<'_>) -> bool {
    match test {
        Test::True => true,
        Test::Group(group) => found.groups[*group],
        Test::All(parts) => parts.iter().all(|part| holds(part, found)),
        Test::AtLeast(least, parts) => {
            let held = parts.iter().filter(|part| holds(part, found));
            held.take(*least).count() == *least
        }
        Test::Lang(langs) => langs.iter().any(|lang| lang == found.lang),
    }
}

/// The entry may be of another language than the page: its words are then stemmed by another one.
fn has_two_languages(article: &SievedText<'_>) -> bool {
    let script = |text: &str| text.chars().find(|c| c.is_alphabetic()).map(Script::of);
    let page = script(article.title).or_else(|| script(article.body));
    let entry = script(article.entry_title).or_else(|| script(article.entry_summary));
    page.is_some() && entry.is_some() && page != entry
}
