//! Lists of feeds as readers exchange them: OPML 1.0 and 2.0 (<https://opml.org/spec2.opml>).
//!
//! Reading takes what people have: any encoding, attributes in any case, broken XML, folders nested
//! without end. Folders become tags; a title is a label and never a path. Only `http` and `https`
//! addresses are given; what is refused is told with its line.

mod read;
#[cfg(test)]
mod tests;
mod write;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub use read::read;
pub use write::write;

/// Letters of a tag; the rest of a longer name is left out.
const TAG_CHARS_MAX: usize = 64;

/// A feed in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedFeed {
    /// Address, `http` or `https`, as it was written.
    pub url: String,
    /// Title, plain text on one line.
    pub title: Option<String>,
    /// Address of the site (`htmlUrl`), as it was written.
    pub site: Option<String>,
    /// Names of the folders around it, outermost first, then its categories; made by [`tag`].
    pub tags: Vec<String>,
    /// Language (BCP 47), if the list names one that is known.
    pub lang: Option<String>,
    /// Line of the list it was read from, from 1; 0 for one that was not read.
    pub line: usize,
}

/// A feed of a list that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedFeed {
    /// Line of the list, from 1.
    pub line: usize,
    /// What the list says.
    pub address: String,
    /// Why it is not taken, in words.
    pub why: String,
}

/// A list, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opml {
    /// Every feed once, in the order of the list.
    pub feeds: Vec<ListedFeed>,
    /// What was refused, in the order of the list.
    pub refused: Vec<RefusedFeed>,
    /// How many feeds stood in the list again; their tags were added to the first.
    pub repeated: usize,
}

/// A document in which there is no outline at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no OPML: there is no <outline> in it")]
pub struct NoOpml;

/// A name made into a tag: letters and digits of any script in lower case, one `-` in place of
/// everything between them. `None` when nothing is left.
///
/// Whatever a list calls its folders, the result is neither a path nor an option of a command.
#[must_use]
pub fn tag(name: &str) -> Option<String> {
    let mut tag = String::new();
    let mut chars = 0;
    let mut gap = false;
    for c in name.nfc().flat_map(char::to_lowercase) {
        // Joiners are part of Persian and Hindi words, and nothing is seen of them.
        if matches!(c, '\u{200c}' | '\u{200d}' | '\u{ad}') {
            continue;
        }
        let kept = c.is_alphanumeric() || c == '_' || (is_combining_mark(c) && !tag.is_empty());
        if !kept {
            gap = true;
            continue;
        }
        if gap && !tag.is_empty() {
            tag.push('-');
            chars += 1;
        }
        gap = false;
        if chars >= TAG_CHARS_MAX {
            break;
        }
        tag.push(c);
        chars += 1;
    }
    let tag = tag.trim_end_matches('-');
    (!tag.is_empty()).then(|| tag.to_owned())
}
