//! Words by their beginnings: `"minist*"`.

use rustc_hash::FxHashMap;

use super::pattern::{PatternId, Symbol};

/// Characters of a beginning that are looked at first; no beginning is shorter.
const HEAD: usize = 3;

/// A beginning, and the words before it where it ends a phrase.
#[derive(Debug)]
pub(super) struct Prefix {
    pub before: Box<[Symbol]>,
    pub pattern: PatternId,
}

/// All beginnings. A word costs one look-up, and one more for each length that a beginning with its first
/// letters has.
#[derive(Debug, Default)]
pub(super) struct PrefixIndex {
    lengths: FxHashMap<[char; HEAD], Vec<u16>>,
    by_beginning: FxHashMap<Box<str>, Vec<Prefix>>,
}

impl PrefixIndex {
    pub fn is_empty(&self) -> bool {
        self.by_beginning.is_empty()
    }

    /// Adds a beginning in normal form, of at least three characters.
    pub fn add(&mut self, beginning: &str, prefix: Prefix) {
        let (Some(head), Ok(length)) = (head(beginning), u16::try_from(beginning.chars().count()))
        else {
            return;
        };
        let lengths = self.lengths.entry(head).or_default();
        if let Err(at) = lengths.binary_search(&length) {
            lengths.insert(at, length);
        }
        self.by_beginning
            .entry(beginning.into())
            .or_default()
            .push(prefix);
    }

    /// Calls `found` for everything that a word in normal form begins with.
    pub fn find<'p>(&'p self, word: &str, mut found: impl FnMut(&'p Prefix)) {
        let Some(lengths) = head(word).and_then(|head| self.lengths.get(&head)) else {
            return;
        };
        let mut ends = word
            .char_indices()
            .map(|(at, _)| at)
            .skip(1)
            .chain([word.len()]);
        let mut passed = 0;
        for length in lengths {
            let Some(end) = ends.nth((length - passed - 1).into()) else {
                return;
            };
            passed = *length;
            let prefixes = self.by_beginning.get(&word[..end]);
            prefixes.into_iter().flatten().for_each(&mut found);
        }
    }
}

fn head(word: &str) -> Option<[char; HEAD]> {
    let mut chars = word.chars();
    Some([chars.next()?, chars.next()?, chars.next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_beginning_of_a_word_is_found() {
        let beginnings = [
            "min",
            "minis",
            "minister",
            "ministers",
            "mon",
            "мин",
            "école",
        ];
        let mut index = PrefixIndex::default();
        for (id, beginning) in beginnings.iter().enumerate() {
            let prefix = Prefix {
                before: Box::new([]),
                pattern: u32::try_from(id).unwrap(),
            };
            index.add(beginning, prefix);
        }
        for word in [
            "minister",
            "mi",
            "",
            "minés",
            "монета",
            "министр",
            "écoles",
            "mono",
        ] {
            let mut found = Vec::new();
            index.find(word, |prefix| {
                found.push(beginnings[prefix.pattern as usize])
            });
            let expected: Vec<&str> = beginnings
                .into_iter()
                .filter(|beginning| word.starts_with(beginning))
                .collect();
            assert_eq!(found, expected, "{word}");
        }
    }
}
