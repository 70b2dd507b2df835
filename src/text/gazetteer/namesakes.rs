//! Persons and places that bear the name of a state: `namesakes.tsv`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

static WRITTEN: &str = include_str!("namesakes.tsv");

static NAMESAKES: LazyLock<FxHashMap<&'static str, Namesakes>> = LazyLock::new(|| {
    let mut found: FxHashMap<&'static str, Namesakes> = FxHashMap::default();
    for line in WRITTEN.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let form = fields.next().unwrap_or_default();
        let kind = fields.next().unwrap_or_default();
        let words = fields.next().unwrap_or_default();
        let namesakes = found.entry(form).or_default();
        match kind {
            "given" => {
                namesakes.is_given = true;
                namesakes.followed_by = words.split_whitespace().collect();
            }
            "family" => {
                namesakes.is_family = true;
                namesakes.behind = words.split_whitespace().collect();
            }
            "word" => namesakes.is_word = true,
            "place" => {
                let (theirs, ours) = words.split_once('|').unwrap_or((words, ""));
                namesakes.elsewhere = theirs.split_whitespace().collect();
                namesakes.here = ours.split_whitespace().collect();
            }
            _ => {}
        }
    }
    found
});

/// Who else bears a name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Namesakes {
    /// It is a given name.
    pub is_given: bool,
    /// What follows it then; anything that may be a name where this is empty.
    pub followed_by: Vec<&'static str>,
    /// It is a family name.
    pub is_family: bool,
    /// What stands before it then; anything that may be a name where this is empty.
    pub behind: Vec<&'static str>,
    /// It is another word in other languages than its own.
    pub is_word: bool,
    /// Words, in normal form, of articles on a place elsewhere.
    pub elsewhere: Vec<&'static str>,
    /// Words of articles on the state all the same.
    pub here: Vec<&'static str>,
}

/// Who else bears a name that is written so.
#[must_use]
pub fn namesakes(form: &str) -> Option<&'static Namesakes> {
    NAMESAKES.get(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_what_it_can_be_read_to_say() {
        for line in WRITTEN.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            assert!(
                ["given", "family", "word", "place"].contains(&fields[1]),
                "{line}"
            );
            assert!(fields.len() == 3 || fields[1] != "place", "{line}");
            let words = fields.get(2).map_or("", |words| words);
            if fields[1] == "place" {
                assert_eq!(words, crate::text::fold(words), "{line}");
            }
        }
        let georgia = namesakes("Georgia").unwrap();
        assert!(georgia.is_given && georgia.elsewhere.contains(&"atlanta"));
        assert!(namesakes("georgia").is_none());
    }
}
