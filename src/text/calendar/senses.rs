//! What a word can mean, given the language it is probably in.

use super::table::{self, Entry, Sense};

/// A set of months (1 to 12).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Months(u16);

/// A set of weekdays (1 is Monday).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Months {
    fn add(&mut self, month: u8) {
        self.0 |= 1 << month;
    }

    /// No month at all.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The months in both sets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The months in either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The month, if there is one only.
    #[must_use]
    pub fn only(self) -> Option<i8> {
        (self.0.count_ones() == 1).then(|| self.0.trailing_zeros() as i8)
    }

    /// The months in order.
    pub fn iter(self) -> impl Iterator<Item = i8> {
        (1..=12).filter(move |month| self.0 & (1 << month) != 0)
    }
}

impl Weekdays {
    /// No weekday at all.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the set has a weekday (1 is Monday).
    #[must_use]
    pub fn contains(self, weekday: i8) -> bool {
        (1..=7).contains(&weekday) && self.0 & (1 << weekday) != 0
    }
}

/// What a name can mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Senses {
    /// Months it names in the language that was asked for.
    pub own: Months,
    /// Months it names in English, the language of RFC 822.
    pub english: Months,
    /// Months it names in other languages; in those of few newspapers only if it names none in the others.
    pub foreign: Months,
    /// A month of the Persian calendar, 1 to 12.
    pub persian: Option<i8>,
    /// Weekdays it names, in whatever language.
    pub weekdays: Weekdays,
    /// Says afternoon (`true`) or morning (`false`).
    pub afternoon: Option<bool>,
}

/// Latin names shorter than this are words in too many languages: they count in their own one only.
const FOREIGN_LETTERS_MIN: usize = 3;

impl Senses {
    fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>, language: Option<&str>) -> Self {
        let mut senses = Self::default();
        let mut rare = Months::default();
        for entry in entries {
            let own = language.is_some_and(|language| entry.is_of(language));
            let near = own || entry.is_of("en");
            let is_word = entry.key.is_ascii() && entry.key.len() < FOREIGN_LETTERS_MIN;
            if is_word && !near {
                continue;
            }
            match entry.sense {
                Sense::Month(month) if own => senses.own.add(month),
                Sense::Month(month) if near => senses.english.add(month),
                Sense::Month(month) if entry.is_widespread => senses.foreign.add(month),
                Sense::Month(month) => rare.add(month),
                Sense::PersianMonth(month) => senses.persian = Some(month as i8),
                Sense::Weekday(day) => senses.weekdays.0 |= 1 << day,
                // `de` is morning in Hungary and nothing of the kind in Spain; other scripts are safe.
                Sense::Morning if near || !entry.key.is_ascii() => senses.afternoon = Some(false),
                Sense::Afternoon if near || !entry.key.is_ascii() => senses.afternoon = Some(true),
                Sense::Morning | Sense::Afternoon => {}
            }
        }
        if senses.foreign.is_empty() {
            senses.foreign = rare;
        }
        senses
    }

    /// Names a month of the Gregorian calendar in some language.
    #[must_use]
    pub fn is_month(&self) -> bool {
        !self.months().is_empty()
    }

    /// The months of the language that fits best: the one asked for, English, any.
    #[must_use]
    pub fn months(&self) -> Months {
        [self.own, self.english, self.foreign]
            .into_iter()
            .find(|months| !months.is_empty())
            .unwrap_or_default()
    }
}

/// A name at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leading {
    /// What it can mean; nothing at all if the word is no name.
    pub senses: Senses,
    /// Bytes of the text that it takes.
    pub bytes: usize,
}

/// Words of the longest name ("mwedi wa nnyano na nnyano na u").
const WORDS_MAX: usize = 8;
/// Digits that belong to a name have no more places (`tháng 12`).
const DIGITS_MAX: usize = 2;

/// The longest name at the beginning of a folded text ([`crate::text::fold`]), else its first word.
///
/// `language` is a shortest tag ([`crate::text::shortest_tag`]). A word that is no name is taken for a
/// shortened or inflected one if that leaves one month only.
#[must_use]
pub fn leading(text: &str, language: Option<&str>) -> Leading {
    let (key, ends) = words(text);
    for &(bytes, length) in ends.iter().rev() {
        let named = table::named(&key[..length]);
        if !named.is_empty() {
            let senses = Senses::of(named, language);
            return Leading { senses, bytes };
        }
    }
    let Some(&(bytes, length)) = ends.first() else {
        let bytes = text.chars().next().map_or(0, char::len_utf8);
        return Leading {
            senses: Senses::default(),
            bytes,
        };
    };
    let senses = inexact(&key[..length], language).unwrap_or_default();
    Leading { senses, bytes }
}

/// The month (1 to 12) that a word names, in full, shortened or inflected; `None` if that is open.
#[must_use]
pub fn month(word: &str, language: Option<&str>) -> Option<i8> {
    let key = table::key(word);
    let named = table::named(&key);
    if named.is_empty() {
        return inexact(&key, language)?.months().only();
    }
    Senses::of(named, language).months().only()
}

/// The key of the first words, and where each word ends: in the text and in the key.
fn words(text: &str) -> (String, Vec<(usize, usize)>) {
    let mut key = String::with_capacity(32);
    let mut ends: Vec<(usize, usize)> = Vec::with_capacity(WORDS_MAX);
    let mut digits = 0;
    let mut is_inside = false;
    for (at, character) in text.char_indices() {
        let is_digit = character.is_ascii_digit();
        let is_letter = !is_digit && (character.is_ascii_alphabetic() || !character.is_ascii());
        let was_digit = digits > 0;
        let ends_word = is_inside && (!(is_digit || is_letter) || is_digit != was_digit);
        if ends_word {
            ends.push((at, key.trim_end().len()));
            is_inside = false;
        }
        digits = if is_digit { digits + 1 } else { 0 };
        let is_joint = matches!(character, ' ' | '-' | '.' | '\'' | '"');
        let is_over = !(is_digit || is_letter || is_joint) || is_stop(character);
        if ends.len() == WORDS_MAX || is_over {
            return (key, ends);
        }
        if digits > DIGITS_MAX {
            // The number is no part of the name, nor is what came of it so far.
            return (key, ends);
        }
        is_inside |= is_digit || is_letter;
        table::push(&mut key, character);
    }
    if is_inside {
        ends.push((text.len(), key.len()));
    }
    (key, ends)
}

/// Marks of other scripts that end a name.
fn is_stop(character: char) -> bool {
    matches!(
        character,
        '،' | '、' | '。' | '，' | '–' | '—' | '‐' | '·' | '年' | '년'
    )
}

/// Letters that a shortened name must have, and a name that stands before an ending.
const STEM_CHARS_MIN: usize = 3;
/// Longest ending of a case or a clitic (Basque *azaroaren*, Turkish *Kasım'da*).
const ENDING_CHARS_MAX: usize = 4;

/// A name that the word begins, or that begins the word; `None` unless all such names mean one month.
///
/// Names of other languages than the one that is expected do not count: they fit too often by chance.
fn inexact(word: &str, language: Option<&str>) -> Option<Senses> {
    let letters = word.chars().count();
    if letters < STEM_CHARS_MIN || word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let one_month = |entries: &[Entry]| {
        let months = entries
            .iter()
            .filter(|entry| matches!(entry.sense, Sense::Month(_)));
        let near =
            |entry: &&Entry| language.is_none_or(|tag| entry.is_of(tag) || entry.is_of("en"));
        let senses = Senses::of(months.filter(near), language);
        senses.months().only().map(|_| senses)
    };
    // בנובמבר: Hebrew and Arabic write the preposition and the name as one word.
    let prefixed = word
        .strip_prefix(['ב', 'ل'])
        .map(table::named)
        .and_then(one_month);
    let shortened = || one_month(table::beginning(word));
    let inflected = || {
        let ends = word.char_indices().map(|(at, _)| at).rev();
        let stems = ends.take(ENDING_CHARS_MAX.min(letters - STEM_CHARS_MIN));
        stems
            .map(|at| table::named(&word[..at]))
            .find_map(one_month)
    };
    prefixed.or_else(shortened).or_else(inflected)
}

#[cfg(test)]
mod tests;
