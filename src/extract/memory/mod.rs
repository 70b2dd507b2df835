//! What is remembered of the pages of one host: lines that stand on several articles, and the paths of blocks
//! that carry the body.
//!
//! A value without I/O and without a clock: what is old is counted in pages. It is bounded, and the least useful
//! part of it is forgotten first. `recall.rs` uses it while a page is read and notes what the page shows,
//! `learn.rs` takes that note in. `docs/host-memory.md` tells the whole of it to users.

mod learn;
mod recall;
#[cfg(test)]
mod tests;
mod words;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

pub use learn::Learnt;
pub use recall::{Impression, Recall};
pub use words::host_of;

/// Articles of a host that a line must stand on to be foreign to all of them, and pages that a path must have
/// been seen on before it is believed.
pub const ARTICLES_MIN: u8 = 3;
/// A sentence that stands only on articles about one matter is background to them; on so many it goes all the same.
const RELATED_ARTICLES_MIN: u8 = 8;
/// Least weight of a line that may be such a sentence.
const SENTENCE_WEIGHT_MIN: usize = 100;
/// Bounds, in the same order as the fields of [`HostMemory`].
const LINES_MAX: usize = 512;
const PATHS_MAX: usize = 128;
const URLS_MAX: usize = 256;
const ARTICLES_MAX: usize = 40;
/// Counts are halved when so many pages have passed.
const HALF_LIFE_PAGES: u32 = 64;
/// Pages in a row without a trusted path after which the paths are forgotten.
const LOST_PAGES_MAX: u8 = 4;
/// Pages in a row that are unsure on a host that was sure: from here on the memory is passed over ...
const UNSURE_PAGES: u8 = 4;
/// ... and from here on it is forgotten.
const UNSURE_PAGES_MAX: u8 = 12;
/// Farthest that the memory moves the log-odds of a line, for and against it.
const TRUST_MAX: f32 = 1.0;
const DISTRUST_MAX: f32 = 1.5;

/// What the pages of one host taught.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostMemory {
    /// Form of this value when it is stored; see [`HostMemory::decode`].
    version: u8,
    /// Articles learnt from; the clock of everything below.
    pages: u32,
    /// Pages in a row that were unsure, on a host that was sure before.
    unsure: u8,
    /// How sure the host is: up with a confident page, down with another.
    sure: u8,
    /// Pages in a row on which no trusted path was.
    lost: u8,
    /// Lines that were taken for the body, or nearly.
    lines: Vec<KnownLine>,
    /// Paths of blocks, as `blocks.rs` signs them.
    paths: Vec<KnownPath>,
    /// Addresses learnt from, oldest first: none counts twice.
    urls: VecDeque<u32>,
    /// The newest articles, oldest first: a copy of one counts for nothing.
    articles: VecDeque<Sketch>,
}

/// The form of [`HostMemory`] that this program writes.
const VERSION: u8 = 1;

/// A line by the hash of its words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct KnownLine(
    /// Hash.
    u64,
    /// Articles that it was seen on, decayed.
    u8,
    /// Value of `pages` when it was last seen.
    u32,
    /// What the headlines of all of these articles have in common; see [`words::topics`].
    u64,
    /// How it begins, for people; only of lines that recur.
    Box<str>,
);

impl KnownLine {
    fn recurs(&self) -> bool {
        self.1 >= ARTICLES_MIN
    }

    /// One article more, and it recurs; or it does.
    fn nearly_recurs(&self) -> bool {
        self.1 + 1 >= ARTICLES_MIN
    }
}

/// A path of blocks by its signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct KnownPath(
    /// Signature.
    u64,
    /// Pages that it was seen on, decayed; so are the others.
    u8,
    /// Pages of which it held most of the body.
    u8,
    /// Lines of the body in it.
    u16,
    /// Other lines in it.
    u16,
    /// Value of `pages` when it was last seen.
    u32,
);

impl KnownPath {
    /// It carries the body of most pages that it is on.
    fn is_trusted(&self) -> bool {
        self.2 >= ARTICLES_MIN && u16::from(self.2) * 2 > u16::from(self.1)
    }

    /// What it says for a line in it, in log-odds.
    fn says(&self) -> f32 {
        if self.1 < ARTICLES_MIN {
            return 0.0;
        }
        let odds = (f32::from(self.3) + 0.5) / (f32::from(self.4) + 0.5);
        let says = odds.ln() / 2.0;
        if self.is_trusted() {
            says.clamp(0.0, TRUST_MAX)
        } else if self.3 == 0 {
            says.clamp(-DISTRUST_MAX, 0.0)
        } else {
            0.0
        }
    }
}

/// The longest lines of an article and their weights: enough to know a copy or a new version of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sketch {
    lines: Vec<(u32, u16)>,
    topics: u64,
}

/// How a line is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Judgement {
    /// It stands on several articles of the host.
    Recurs,
    /// Its path speaks for it or against it: log-odds.
    Leans(f32),
}

/// A line as far as the memory is concerned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineOfPage {
    /// Hash of its words; none when it has no letters.
    pub hash: Option<u64>,
    /// Signature of its block.
    pub path: u64,
    /// A sentence that may be background to a running story.
    pub is_long_sentence: bool,
}

impl HostMemory {
    /// What is known of a line; nothing is known of most. `common` is [`HostMemory::common_topics`].
    #[must_use]
    pub fn judge(&self, line: &LineOfPage, common: u64) -> Option<Judgement> {
        let known = line.hash.and_then(|hash| self.line(hash));
        if let Some(known) = known.filter(|known| known.recurs()) {
            let related = known.3 & !common != 0 && known.1 < RELATED_ARTICLES_MIN;
            if !(line.is_long_sentence && related) {
                return Some(Judgement::Recurs);
            }
        }
        let path = self.paths.iter().find(|path| path.0 == line.path)?;
        let says = path.says();
        (says != 0.0).then_some(Judgement::Leans(says))
    }

    /// The words that most headlines of the host share: they tell no matter from another.
    #[must_use]
    pub fn common_topics(&self) -> u64 {
        let is_common = |bit: &u32| {
            let with = self
                .articles
                .iter()
                .filter(|one| one.topics & (1 << bit) != 0);
            with.count() * 2 > self.articles.len()
        };
        (0..u64::BITS)
            .filter(is_common)
            .fold(0, |common, bit| common | (1 << bit))
    }

    /// Articles learnt from.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// True when nothing is to be asked of it: too little was seen, or what it says has been wrong of late.
    #[must_use]
    pub fn is_passed_over(&self) -> bool {
        self.pages < u32::from(ARTICLES_MIN) || self.unsure >= UNSURE_PAGES
    }

    /// Signatures of the paths that have carried the body of at least three articles.
    fn trusted(&self) -> Vec<u64> {
        let trusted = self.paths.iter().filter(|path| path.is_trusted());
        trusted.map(|path| path.0).collect()
    }

    fn line(&self, hash: u64) -> Option<&KnownLine> {
        let at = self.lines.binary_search_by_key(&hash, |line| line.0).ok()?;
        Some(&self.lines[at])
    }

    /// For the store: a text of a few kilobytes, which packs well.
    #[must_use]
    pub fn encode(&self) -> String {
        // Lines of one page stand together and share numbers: that packs better than the order of the hashes.
        let mut stored = self.clone();
        stored.lines.sort_by_key(|line| (line.2, line.3));
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// The memory in a stored text; nothing is remembered when it is of another version or damaged.
    #[must_use]
    pub fn decode(text: &str) -> Self {
        serde_json::from_str::<Self>(text)
            .map(Self::sound)
            .unwrap_or_default()
    }

    /// The value as read from a file; nothing is remembered when it is of another version or out of bounds.
    #[must_use]
    pub fn sound(mut self) -> Self {
        let fits = self.lines.len() <= LINES_MAX
            && self.paths.len() <= PATHS_MAX
            && self.urls.len() <= URLS_MAX
            && self.articles.len() <= ARTICLES_MAX;
        if self.version != VERSION || !fits {
            return Self::default();
        }
        self.lines.sort_by_key(|line| line.0);
        self
    }

    /// What is remembered, for people.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut recurring: Vec<(u8, String)> = self
            .lines
            .iter()
            .filter(|line| line.recurs())
            .map(|line| (line.1, line.4.to_string()))
            .collect();
        recurring.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        Summary {
            pages: self.pages,
            lines: self.lines.len(),
            recurring,
            trusted_paths: self.paths.iter().filter(|path| path.is_trusted()).count(),
            distrusted_paths: self.paths.iter().filter(|path| path.says() < 0.0).count(),
            passed_over: self.is_passed_over(),
        }
    }
}

/// What is remembered of a host, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Articles learnt from.
    pub pages: u32,
    /// Lines in memory.
    pub lines: usize,
    /// Lines that stand on several articles: on how many (decayed), and how they begin. Most frequent first.
    pub recurring: Vec<(u8, String)>,
    /// Paths that carry the body.
    pub trusted_paths: usize,
    /// Paths that never did.
    pub distrusted_paths: usize,
    /// Nothing is asked of the memory: it is too young, or the pages have changed.
    pub passed_over: bool,
}
