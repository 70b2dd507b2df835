//! The words that a rule needs, and which of them a word of a text is.

use rustc_hash::FxHashMap;

use super::letters::readings;
use crate::rules::compile::needs::{WordForm, WordLikeness};
use crate::text::{self, Stemmer};

/// Number of a word that is needed.
pub(super) type WordId = u32;

/// Words of texts that are remembered; more are forgotten all at once.
const KNOWN_MAX: usize = 300_000;

/// The words of all forms.
#[derive(Debug, Default)]
pub(super) struct Words {
    ids: FxHashMap<WordForm, WordId>,
    by_fold: FxHashMap<Box<str>, Vec<WordId>>,
    prefixes: Vec<(Box<str>, WordId)>,
    /// Words of which letters may be wrong, by their first.
    fuzzy: FxHashMap<char, Vec<(Box<str>, usize, WordId)>>,
}

impl Words {
    /// The number of a word.
    pub fn add(&mut self, form: &WordForm) -> WordId {
        if let Some(id) = self.ids.get(form) {
            return *id;
        }
        let id = WordId::try_from(self.ids.len()).expect("a rule has fewer than 4 billion words");
        self.ids.insert(form.clone(), id);
        let fold = form.fold.clone();
        match form.likeness {
            WordLikeness::Stem => self.by_fold.entry(fold).or_default().push(id),
            WordLikeness::Prefix => self.prefixes.push((fold, id)),
            WordLikeness::Fuzzy(wrong) => {
                let first = fold.chars().next().unwrap_or_default();
                let of_first = self.fuzzy.entry(first).or_default();
                of_first.push((fold, wrong.into(), id));
            }
        }
        id
    }

    /// The words by their stems in a language.
    fn by_stem(&self, stemmer: &Stemmer) -> FxHashMap<Box<str>, Vec<WordId>> {
        let mut by_stem: FxHashMap<Box<str>, Vec<WordId>> = FxHashMap::default();
        for (fold, ids) in &self.by_fold {
            let stem = stemmer.stem(fold);
            by_stem.entry(stem.into()).or_default().extend(ids);
        }
        by_stem
    }
}

/// What a word of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// None of the words that are needed.
    Other,
    /// These; an index for [`Lexicon::set`].
    Set(u32),
    /// It cannot be said.
    Unknown,
}

/// The words of texts in one language, looked up once each.
#[derive(Debug)]
pub(super) struct Lexicon {
    stemmer: Stemmer,
    by_stem: FxHashMap<Box<str>, Vec<WordId>>,
    known: FxHashMap<Box<str>, Seen>,
    sets: Vec<Vec<WordId>>,
}

impl Lexicon {
    pub fn new(words: &Words, lang: &str) -> Self {
        let stemmer = Stemmer::new(lang);
        Self {
            by_stem: words.by_stem(&stemmer),
            stemmer,
            known: FxHashMap::default(),
            sets: Vec::new(),
        }
    }

    /// Keeps memory bounded; not while an article is looked at, whose words are told by number.
    pub fn forget_if_full(&mut self) {
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
            self.sets.clear();
        }
    }

    pub fn set(&self, number: u32) -> &[WordId] {
        &self.sets[number as usize]
    }

    /// What a stretch of a text is.
    pub fn look_up(&mut self, words: &Words, stretch: &str, is_joined: bool) -> Seen {
        if let Some(seen) = self.known.get(stretch) {
            return *seen;
        }
        let mut found = Vec::new();
        let rows = match is_joined {
            true => readings(stretch),
            false => Some(vec![stretch]),
        };
        let seen = match rows {
            None => Seen::Unknown,
            Some(rows) => {
                rows.iter()
                    .for_each(|row| self.add_all(words, row, &mut found));
                found.sort_unstable();
                found.dedup();
                self.seen(found)
            }
        };
        self.known.insert(stretch.into(), seen);
        seen
    }

    fn seen(&mut self, found: Vec<WordId>) -> Seen {
        if found.is_empty() {
            return Seen::Other;
        }
        self.sets.push(found);
        let number = u32::try_from(self.sets.len() - 1);
        Seen::Set(number.expect("there are no more sets than known words"))
    }

    fn add_all(&self, words: &Words, row: &str, found: &mut Vec<WordId>) {
        let fold = text::fold(row);
        found.extend(words.by_fold.get(fold.as_str()).into_iter().flatten());
        found.extend(
            self.by_stem
                .get(&*self.stemmer.stem(&fold))
                .into_iter()
                .flatten(),
        );
        let prefixes = words.prefixes.iter();
        found.extend(
            prefixes
                .filter(|(prefix, _)| fold.starts_with(&**prefix))
                .map(|(_, id)| id),
        );
        let Some(first) = fold.chars().next() else {
            return;
        };
        for (wanted, wrong, id) in words.fuzzy.get(&first).into_iter().flatten() {
            let longer = wanted.chars().count().abs_diff(fold.chars().count());
            if **wanted == *fold
                || (longer <= *wrong && strsim::osa_distance(wanted, &fold) <= *wrong)
            {
                found.push(*id);
            }
        }
    }
}
