//! The memory at work on one page: lines that recur go, paths lean on what the classifier said; and a note of what
//! the page shows, for the memory to learn from.

use std::cell::OnceCell;

use crate::extract::blocks::{Line, Outline, ends_sentence};
use crate::extract::lines::weight;
use crate::extract::metadata::Metadata;
use crate::extract::title::squashed;

use super::words::{line_hash, own_url, topics, url_hash};
use super::{HostMemory, Judgement, KnownLine, LineOfPage, SENTENCE_WEIGHT_MIN};

/// Lines below this probability are known for foreign anyhow: nothing is learnt from them.
const DOUBTFUL: f32 = 0.1;
/// Lines from this probability on may be taken for the body on another page.
const LIKELY: f32 = 0.3;
/// When less than this share of the text is left, the page is one that says the same every day: the memory keeps out.
const LEFT_SHARE_MIN: f32 = 1.0 / 3.0;
/// A shorter line or summary says nothing that is the article's own, in bytes.
const SUMMARY_BYTES_MIN: usize = 40;
/// A path carries the body when it holds this share of it.
const MAIN_SHARE: f32 = 0.6;
/// How much of a line is kept for people, in characters.
const SAID_CHARS: usize = 80;
/// Most lines and paths noted of one page.
const NOTED_LINES_MAX: usize = 200;
const NOTED_PATHS_MAX: usize = 64;

/// What a page showed. Goes to [`HostMemory::learn`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Impression {
    /// Hash of the article's address.
    pub(super) url: u32,
    /// What the headline is about.
    pub(super) topics: u64,
    /// Lines taken for the body, or nearly, as the classifier alone sees them.
    pub(super) lines: Vec<SeenLine>,
    /// Paths of these and of the doubtful ones.
    pub(super) paths: Vec<SeenPath>,
    /// A trusted path was on the page.
    pub(super) found_path: bool,
    /// The page was read with confidence.
    pub(super) confident: bool,
}

/// A line of a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SeenLine {
    pub hash: u64,
    /// Taken for the body by the classifier.
    pub kept: bool,
    pub weight: u16,
    pub said: Box<str>,
}

/// A path of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SeenPath {
    pub signature: u64,
    /// Lines of the body in it, and other ones.
    pub kept: u16,
    pub left: u16,
    /// It held most of the body.
    pub is_main: bool,
}

/// A memory in use on one page.
#[derive(Debug)]
pub struct Recall<'m> {
    memory: &'m HostMemory,
    impression: Impression,
    dropped: usize,
}

/// A line on its way through.
struct Seen {
    line: LineOfPage,
    probability: f32,
    /// Of likely lines only.
    weight: usize,
    /// The article's own headline or summary: never foreign.
    own: bool,
    recurs: bool,
}

impl<'m> Recall<'m> {
    /// Begins a page.
    #[must_use]
    pub fn new(memory: &'m HostMemory) -> Self {
        Self {
            memory,
            impression: Impression::default(),
            dropped: 0,
        }
    }

    /// Changes the probabilities of a page's lines by what is remembered; `threshold` is where the body begins.
    pub fn adjust(
        &mut self,
        outline: &Outline,
        metadata: &Metadata,
        threshold: f32,
        probabilities: &mut [f32],
    ) {
        let mut seen = self.seen(outline, metadata, threshold, probabilities);
        let trusted = self.memory.trusted();
        self.impression.topics = topics(&metadata.title);
        self.impression.found_path = seen.iter().any(|seen| trusted.contains(&seen.line.path));
        let leanings = self.judge(&mut seen, threshold);
        self.note(outline, &seen, threshold);
        for (seen, (probability, leaning)) in
            seen.iter().zip(probabilities.iter_mut().zip(leanings))
        {
            if seen.recurs {
                self.dropped += usize::from(*probability >= threshold);
                *probability = 0.0;
            } else if leaning != 0.0 {
                *probability = leant(*probability, leaning);
            }
        }
    }

    fn seen(
        &self,
        outline: &Outline,
        metadata: &Metadata,
        threshold: f32,
        probabilities: &[f32],
    ) -> Vec<Seen> {
        let own = Own::of(metadata);
        let look = |(line, &probability): (&Line, &f32)| {
            let path = outline.blocks[line.block].signature;
            if probability < LIKELY.min(threshold) {
                let line = LineOfPage {
                    path,
                    ..LineOfPage::default()
                };
                return Seen {
                    line,
                    probability,
                    weight: 0,
                    own: false,
                    recurs: false,
                };
            }
            let (hash, weight) = (line_hash(&line.text), weight(&line.text));
            // A line that the memory has seen once at most may be noted again without harm.
            let is_known = hash
                .and_then(|hash| self.memory.line(hash))
                .is_some_and(KnownLine::nearly_recurs);
            Seen {
                own: (hash.is_some() && hash == own.title)
                    || (is_known && own.is_summary(&line.text)),
                line: LineOfPage {
                    hash,
                    path,
                    is_long_sentence: weight >= SENTENCE_WEIGHT_MIN && ends_sentence(&line.text),
                },
                probability,
                weight,
                recurs: false,
            }
        };
        outline.lines.iter().zip(probabilities).map(look).collect()
    }

    /// Marks the lines that recur and gives the leanings of the others.
    fn judge(&self, seen: &mut [Seen], threshold: f32) -> Vec<f32> {
        let mut leanings = vec![0.0; seen.len()];
        if self.memory.is_passed_over() {
            return leanings;
        }
        let common = self.memory.common_topics();
        for (seen, leaning) in seen.iter_mut().zip(&mut leanings) {
            if seen.probability < DOUBTFUL {
                continue;
            }
            match self.memory.judge(&seen.line, common) {
                Some(Judgement::Recurs) => seen.recurs = !seen.own,
                // On a page made from another template the paths say nothing.
                Some(Judgement::Leans(by)) if self.impression.found_path => *leaning = by,
                _ => {}
            }
        }
        let sum = |wanted: &dyn Fn(&Seen) -> bool| -> usize {
            let body = seen.iter().filter(|seen| seen.probability >= threshold);
            body.filter(|seen| wanted(seen))
                .map(|seen| seen.weight)
                .sum()
        };
        let (whole, left) = (sum(&|_| true), sum(&|seen| !seen.recurs));
        if float(left) < float(whole) * LEFT_SHARE_MIN {
            seen.iter_mut().for_each(|seen| seen.recurs = false);
        }
        leanings
    }

    /// Notes what the page shows, by the classifier's opinion alone: the memory must not learn from itself.
    fn note(&mut self, outline: &Outline, seen: &[Seen], threshold: f32) {
        let body = |seen: &Seen| seen.probability >= threshold && !seen.recurs;
        let whole: usize = seen
            .iter()
            .filter(|seen| body(seen))
            .map(|seen| seen.weight)
            .sum();
        let mut paths: Vec<(SeenPath, usize)> = Vec::new();
        for (seen, line) in seen.iter().zip(&outline.lines) {
            if seen.probability < DOUBTFUL || seen.own {
                continue;
            }
            if let Some(hash) = seen
                .line
                .hash
                .filter(|_| self.impression.lines.len() < NOTED_LINES_MAX)
            {
                self.impression.lines.push(SeenLine {
                    hash,
                    kept: body(seen),
                    weight: u16::try_from(seen.weight).unwrap_or(u16::MAX),
                    said: line.text.chars().take(SAID_CHARS).collect(),
                });
            }
            let at = paths
                .iter()
                .position(|(path, _)| path.signature == seen.line.path);
            let at = at.unwrap_or_else(|| {
                let signature = seen.line.path;
                paths.push((
                    SeenPath {
                        signature,
                        kept: 0,
                        left: 0,
                        is_main: false,
                    },
                    0,
                ));
                paths.len() - 1
            });
            let (path, mass) = &mut paths[at];
            if body(seen) {
                path.kept += 1;
                *mass += seen.weight;
            } else if !seen.recurs {
                path.left += 1;
            }
            if paths.len() > NOTED_PATHS_MAX {
                break;
            }
        }
        self.impression.paths = paths
            .into_iter()
            .map(|(path, mass)| SeenPath {
                is_main: mass > 0 && float(mass) >= float(whole) * MAIN_SHARE,
                ..path
            })
            .collect();
    }

    /// Ends a page of that address; gives what is to be learnt from it and how many lines went because they recur.
    #[must_use]
    pub fn end(
        mut self,
        page: &str,
        canonical: Option<&str>,
        confident: bool,
    ) -> (Impression, usize) {
        self.impression.url = url_hash(own_url(page, canonical));
        self.impression.confident = confident;
        (self.impression, self.dropped)
    }
}

/// What an article says of itself: other pages of the host show it too, in their lists of what else there is.
struct Own<'a> {
    title: Option<u64>,
    description: &'a str,
    /// Folded when it is first asked for: few pages need it.
    summary: OnceCell<String>,
}

impl<'a> Own<'a> {
    fn of(metadata: &'a Metadata) -> Self {
        Self {
            title: line_hash(&metadata.title),
            description: metadata.description.as_deref().unwrap_or_default(),
            summary: OnceCell::new(),
        }
    }

    /// The line is the article's summary or much of it.
    fn is_summary(&self, line: &str) -> bool {
        let summary = self.summary.get_or_init(|| squashed(self.description));
        let line = squashed(line);
        let is_long = |text: &str| text.len() >= SUMMARY_BYTES_MIN;
        (is_long(&line) && summary.contains(&line))
            || (is_long(summary) && line.starts_with(summary.as_str()))
    }
}

/// A probability moved by some log-odds.
fn leant(probability: f32, by: f32) -> f32 {
    let probability = probability.clamp(1e-6, 1.0 - 1e-6);
    let odds = (probability / (1.0 - probability)).ln() + by;
    1.0 / (1.0 + (-odds).exp())
}

#[expect(clippy::cast_precision_loss, reason = "pages are lighter than 2^24")]
fn float(number: usize) -> f32 {
    number as f32
}
