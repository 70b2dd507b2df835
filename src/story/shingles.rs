//! Same text: a sketch of the shingles of a body, and how far one body is contained in another.

use crate::text::Analysis;

use super::hash;

/// A shingle is as many tokens as make three words; a character of a spaceless script counts half.
const HALF_WORDS: u32 = 6;

/// Smallest hashes kept. 160 estimate a containment of one half to about 6 points.
pub(super) const SKETCH_MAX: usize = 160;

/// The smallest hashes of a text's shingles ("bottom k"), ascending, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sketch {
    pub hashes: Vec<u32>,
}

/// A token's hash, and how many half words it counts for.
type Hashed = (u64, u32);

/// A text repeats most of its words: each is hashed once.
fn hashed(texts: &[&Analysis]) -> Vec<Hashed> {
    let mut tokens = Vec::with_capacity(texts.iter().map(|text| text.tokens.len()).sum());
    for text in texts {
        let words: Vec<u64> = text.words.iter().map(|w| hash::of_str(&w.fold)).collect();
        tokens.extend(text.tokens.iter().map(|token| {
            let half_words = if token.spaceless { 1 } else { 2 };
            (words[token.word as usize], half_words)
        }));
    }
    tokens
}

fn shingle(tokens: &[Hashed]) -> u32 {
    hash::short(hash::of_hashes(tokens.iter().map(|(hash, _)| *hash)))
}

/// The shortest runs of tokens that fill a shingle, one for each token that one ends with.
fn shingles(tokens: &[Hashed]) -> Vec<u32> {
    let mut shingles = Vec::with_capacity(tokens.len());
    let (mut begin, mut filled) = (0, 0);
    for (end, (_, half_words)) in tokens.iter().enumerate() {
        filled += half_words;
        while filled - tokens[begin].1 >= HALF_WORDS {
            filled -= tokens[begin].1;
            begin += 1;
        }
        if filled >= HALF_WORDS {
            shingles.push(shingle(&tokens[begin..=end]));
        }
    }
    shingles
}

/// The smallest, ascending, each once.
fn smallest(mut hashes: Vec<u32>) -> Vec<u32> {
    /// Enough of a long text, unless it repeats itself a lot.
    const TRIED: usize = 2 * SKETCH_MAX;
    if hashes.len() > 2 * TRIED {
        let (few, _, _) = hashes.select_nth_unstable(TRIED);
        let few = sorted(few.to_vec());
        if few.len() == SKETCH_MAX {
            return few;
        }
    }
    hashes = sorted(hashes);
    hashes.shrink_to_fit();
    hashes
}

fn sorted(mut hashes: Vec<u32>) -> Vec<u32> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(SKETCH_MAX);
    hashes
}

/// What two sketches say of the two texts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Overlap {
    /// Part of the shorter text that stands in the longer one, 0 to 1.
    pub containment: f64,
    /// Sampled shingles that they have in common.
    pub common: usize,
}

impl Sketch {
    /// Sketches the tokens of texts, one behind the other; stems are not used, since a copy is a copy of words.
    pub fn of(texts: &[&Analysis]) -> Self {
        let tokens = hashed(texts);
        let mut hashes = shingles(&tokens);
        if hashes.is_empty() && !tokens.is_empty() {
            hashes.push(shingle(&tokens));
        }
        Self {
            hashes: smallest(hashes),
        }
    }

    /// Above this value the sketch says nothing; a short text is sketched whole.
    fn reach(&self) -> u32 {
        match self.hashes.get(SKETCH_MAX - 1) {
            Some(last) => *last,
            None => u32::MAX,
        }
    }

    /// Compares the part of both sketches that both cover.
    pub fn overlap(&self, other: &Self) -> Overlap {
        let reach = self.reach().min(other.reach());
        let covered = |sketch: &Self| sketch.hashes.partition_point(|hash| *hash <= reach);
        let (ours, theirs) = (covered(self), covered(other));
        let common = common(&self.hashes[..ours], &other.hashes[..theirs]);
        let shorter = ours.min(theirs);
        Overlap {
            containment: if shorter == 0 {
                0.0
            } else {
                common as f64 / shorter as f64
            },
            common,
        }
    }
}

/// Tells for the price of a few instructions a shingle that two sketches have little in common, as nearly all do.
#[derive(Debug)]
pub(super) struct Sieve {
    /// 1 where a shingle of the sketch has the number, else 0.
    holds: Box<[u8; SIEVE_SIZE]>,
}

/// One of a hundred shingles of another text passes by chance.
const SIEVE_SIZE: usize = 1 << 14;

impl Sieve {
    /// The sieve of a sketch.
    pub fn of(sketch: &Sketch) -> Self {
        let mut holds = Box::new([0; SIEVE_SIZE]);
        for hash in &sketch.hashes {
            holds[Self::place(*hash)] = 1;
        }
        Self { holds }
    }

    /// The lower bits: a sketch has the smallest hashes, so that the upper ones are much the same.
    fn place(hash: u32) -> usize {
        hash as usize % SIEVE_SIZE
    }

    /// At least as many as the other sketch has in common with this one.
    pub fn common_at_most(&self, other: &Sketch) -> usize {
        let passing = other
            .hashes
            .iter()
            .map(|hash| self.holds[Self::place(*hash)]);
        passing.map(usize::from).sum()
    }
}

/// Elements that two ascending lists have in common.
pub(super) fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut common) = (0, 0, 0);
    // Without branches: which of two hashes is smaller is a matter of chance.
    while i < a.len() && j < b.len() {
        let (ours, theirs) = (a[i], b[j]);
        common += usize::from(ours == theirs);
        i += usize::from(ours <= theirs);
        j += usize::from(theirs <= ours);
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::analyse;

    fn sketch(text: &str) -> Sketch {
        Sketch::of(&[&analyse(text, None)])
    }

    fn numbered(range: std::ops::Range<u32>) -> String {
        range.map(|n| format!("word{n} ")).collect()
    }

    #[test]
    fn a_part_is_contained_in_the_whole_even_when_small() {
        let whole = sketch(&numbered(0..2000));
        for part in [0..800, 500..560, 1900..2000] {
            let overlap = sketch(&numbered(part.clone())).overlap(&whole);
            assert!(overlap.containment > 0.95, "{part:?}: {overlap:?}");
        }
        let other = sketch(&numbered(3000..5000)).overlap(&whole);
        assert_eq!((other.containment, other.common), (0.0, 0));
    }

    #[test]
    fn the_sieve_never_says_too_little() {
        let whole = sketch(&numbered(0..2000));
        let sieve = Sieve::of(&whole);
        for part in [0..800, 500..560, 1900..2100, 3000..5000] {
            let part = sketch(&numbered(part));
            let most = sieve.common_at_most(&part);
            assert!(most >= common(&whole.hashes, &part.hashes));
        }
        let other = sketch(&numbered(3000..5000));
        assert!(sieve.common_at_most(&other) < 8, "it lets too much pass");
    }

    #[test]
    fn half_a_text_is_estimated_as_half() {
        let overlap = sketch(&numbered(0..1000)).overlap(&sketch(&numbered(500..1500)));
        assert!((overlap.containment - 0.5).abs() < 0.15, "{overlap:?}");
    }

    #[test]
    fn texts_shorter_than_a_shingle_have_one_and_empty_ones_none() {
        assert_eq!(sketch("Breaking news").hashes.len(), 1);
        assert_eq!(sketch("王毅访问").hashes.len(), 1);
        assert_eq!(sketch("").overlap(&sketch("")).containment, 0.0);
        assert_eq!(sketch("中国外长王毅访问莫斯科").hashes.len(), 6);
    }
}
