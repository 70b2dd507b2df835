//! The features of every line of a page: of its own, of the names around it, of its blocks, place and neighbours.

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::core::Core;
use super::facts::{Facts, Witnesses};
use super::{NONE, PARAGRAPH_CHARS, flag, float, ratio, running};
use crate::extract::blocks::{Block, FAR, Outline, Tag};
use crate::extract::names::ROLE_NAMES;
use crate::extract::shingles::Words;

/// Largest share of links in a paragraph that says where the story is.
const PARAGRAPH_LINKS: f32 = 0.35;
/// Farthest that a label is remembered, in lines.
const LABEL_LINES: f32 = 30.0;
/// Levels of blocks around a line that are described.
const LEVELS: usize = 3;
/// Lines before and behind that are described.
const NEIGHBOURS: usize = 2;

/// The table of features of a page, one row a line.
pub struct Table<'a> {
    pub(super) outline: &'a Outline,
    pub(super) facts: Vec<Facts>,
    /// Running sums over the lines: characters, characters in links, lines that are paragraphs.
    pub(super) chars: Vec<f32>,
    ink: Vec<f32>,
    link_ink: Vec<f32>,
    paragraphs: Vec<f32>,
    /// Nearest block around each block that holds more lines.
    pub(super) around: Vec<usize>,
    signatures: FxHashMap<u64, Signature>,
    repeats: FxHashMap<&'a str, f32>,
    since_label: Vec<f32>,
    /// Index of the line that is the headline.
    title: Option<usize>,
    core: Core,
    declared: bool,
}

/// Lines whose blocks are made alike.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Signature {
    pub(super) lines: f32,
    pub(super) chars: f32,
    pub(super) ink: f32,
    pub(super) link_ink: f32,
}

impl<'a> Table<'a> {
    /// Describes the lines of a page.
    #[must_use]
    pub fn new(outline: &'a Outline, witnesses: &Witnesses) -> Self {
        let facts: Vec<Facts> = outline
            .lines
            .iter()
            .map(|line| Facts::of(line, witnesses))
            .collect();
        let is_paragraph = |fact: &Facts| {
            fact.chars >= PARAGRAPH_CHARS && ratio(fact.link_ink, fact.ink) < PARAGRAPH_LINKS
        };
        let paragraphs = running(
            facts
                .iter()
                .map(|fact| if is_paragraph(fact) { fact.chars } else { 0.0 }),
        );
        let mut signatures: FxHashMap<u64, Signature> = FxHashMap::default();
        let mut repeats: FxHashMap<&str, f32> =
            FxHashMap::with_capacity_and_hasher(facts.len(), FxBuildHasher);
        for (line, fact) in outline.lines.iter().zip(&facts) {
            let signature = signatures
                .entry(outline.blocks[line.block].signature)
                .or_default();
            signature.lines += 1.0;
            signature.chars += fact.chars;
            signature.ink += fact.ink;
            signature.link_ink += fact.link_ink;
            *repeats.entry(&line.text).or_default() += 1.0;
        }
        Self {
            outline,
            chars: running(facts.iter().map(|fact| fact.chars)),
            ink: running(facts.iter().map(|fact| fact.ink)),
            link_ink: running(facts.iter().map(|fact| fact.link_ink)),
            around: around(&outline.blocks),
            since_label: since_label(&facts),
            title: facts.iter().position(|fact| fact.is_title),
            core: Core::of(&outline.blocks, &paragraphs),
            paragraphs,
            signatures,
            repeats,
            declared: witnesses.declared,
            facts,
        }
    }

    /// The words of every line, as [`crate::extract::shingles::words`] gives them.
    #[must_use]
    pub fn into_words(self) -> Vec<Words> {
        self.facts.into_iter().map(|fact| fact.said).collect()
    }

    /// Calls `put` with every feature of a line, in order.
    pub fn each(&self, index: usize, put: &mut impl FnMut(&'static str, f32)) {
        self.own(index, put);
        self.names(index, put);
        self.levels(index, put);
        self.place(index, put);
        self.neighbours(index, put);
    }

    fn own(&self, index: usize, put: &mut impl FnMut(&'static str, f32)) {
        let (line, fact) = (&self.outline.lines[index], &self.facts[index]);
        let block = &self.outline.blocks[line.block];
        put("chars", fact.chars);
        put("words", fact.words);
        put("link_density", ratio(fact.link_ink, fact.ink));
        put("links", fact.links);
        put("bold", ratio(float(line.bold_chars), fact.ink));
        put("italic", ratio(float(line.italic_chars), fact.ink));
        put("heading", flag(line.heading));
        put("tag", float(usize::from(block.tag as u8)));
        put("after_break", flag(line.after_break));
        put("ends_sentence", flag(fact.ends_sentence));
        put("marks", fact.marks);
        put("commas", fact.commas);
        put("digits", ratio(fact.digits, fact.ink));
        put("capitals", ratio(fact.capitals, fact.words));
        put("starts_small", flag(fact.starts_small));
        put("quotes", flag(fact.quotes));
        put("signs", fact.signs);
        put("address", flag(fact.address));
        put("label", fact.label);
        put("since_label", self.since_label[index]);
        put("title_share", fact.title_share);
        put("title_cover", fact.title_cover);
        put("description", fact.description);
        put("ld_body", fact.body);
        put("author", flag(fact.author));
        put("date", flag(fact.date));
        put(
            "repeats",
            self.repeats
                .get(line.text.as_str())
                .copied()
                .unwrap_or_default(),
        );
        put("depth", float(block.depth));
    }

    fn names(&self, index: usize, put: &mut impl FnMut(&'static str, f32)) {
        let line = &self.outline.lines[index];
        let block = &self.outline.blocks[line.block];
        for (role, (name, &near)) in ROLE_NAMES.iter().zip(&block.near).enumerate() {
            let own = line.roles & (1 << role) != 0;
            let levels = if own { 0 } else { near.min(FAR) };
            put(name, f32::from(levels));
        }
    }

    fn levels(&self, index: usize, put: &mut impl FnMut(&'static str, f32)) {
        const NAMES: [[&str; 4]; LEVELS] = [
            ["lines_1", "chars_1", "links_1", "mean_1"],
            ["lines_2", "chars_2", "links_2", "mean_2"],
            ["lines_3", "chars_3", "links_3", "mean_3"],
        ];
        let line = &self.outline.lines[index];
        let whole = self.chars.last().copied().unwrap_or_default();
        let alike = self.alike(index);
        put("alike_lines", alike.lines);
        put("alike_chars", ratio(alike.chars, whole));
        put("alike_mean", ratio(alike.chars, alike.lines));
        put("alike_links", ratio(alike.link_ink, alike.ink));
        let mut at = self.around_of_line(index);
        for names in NAMES {
            let block = &self.outline.blocks[at];
            let sum = |sums: &[f32]| sums[block.end] - sums[block.first];
            let lines = float(block.end - block.first);
            put(names[0], lines);
            put(names[1], ratio(sum(&self.chars), whole));
            put(names[2], ratio(sum(&self.link_ink), sum(&self.ink)));
            put(names[3], ratio(sum(&self.chars), lines));
            at = self.around[at];
        }
        let block = &self.outline.blocks[self.around_of_line(index)];
        let paragraphs = self.paragraphs[block.end] - self.paragraphs[block.first];
        let chars = self.chars[block.end] - self.chars[block.first];
        put("paragraphs_1", ratio(paragraphs, chars));
        let whole_paragraphs = self.paragraphs.last().copied().unwrap_or_default();
        put(
            "core_up",
            self.core.levels_up(&self.outline.blocks, line.block),
        );
        put(
            "core_down",
            self.core.levels_down(&self.outline.blocks, line.block),
        );
        put(
            "core_before",
            ratio(self.paragraphs[index], whole_paragraphs),
        );
        put(
            "core_behind",
            ratio(
                whole_paragraphs - self.paragraphs[index + 1],
                whole_paragraphs,
            ),
        );
    }

    /// A heading of the first two ranks, not the page's own headline, with a byline or date of its own close below.
    pub fn opens_story(&self, index: usize) -> bool {
        const NEAR: usize = 3;
        let line = &self.outline.lines[index];
        let rank = self.outline.blocks[line.block].tag;
        if !line.heading
            || !matches!(rank, Tag::Heading1 | Tag::Heading2)
            || self.facts[index].is_title
        {
            return false;
        }
        let below = self.facts.iter().skip(index + 1).take(NEAR);
        below
            .take_while(|fact| fact.chars < PARAGRAPH_CHARS * 2.0)
            .any(|fact| fact.date)
    }

    /// The nearest block around a line with other lines in it.
    pub(super) fn around_of_line(&self, index: usize) -> usize {
        let block = self.outline.lines[index].block;
        if self.outline.blocks[block].end - self.outline.blocks[block].first > 1 {
            block
        } else {
            self.around[block]
        }
    }

    fn alike(&self, index: usize) -> Signature {
        let signature = self.outline.blocks[self.outline.lines[index].block].signature;
        self.signatures.get(&signature).copied().unwrap_or_default()
    }

    fn place(&self, index: usize, put: &mut impl FnMut(&'static str, f32)) {
        let whole = self.chars.last().copied().unwrap_or_default();
        put("declared", flag(self.declared));
        put("lines", float(self.facts.len()));
        put("page_chars", whole);
        put("place", ratio(float(index), float(self.facts.len())));
        put("chars_before", ratio(self.chars[index], whole));
        let (lines, chars) = match self.title {
            Some(title) => (
                float(index) - float(title),
                self.chars[index] - self.chars[title],
            ),
            None => (-999.0, 0.0),
        };
        put("from_title", lines);
        put("chars_from_title", chars);
    }

    fn neighbours(&self, index: usize, put: &mut impl FnMut(&'static str, f32)) {
        const BEFORE: [[&str; 5]; NEIGHBOURS] = [
            [
                "before_1_chars",
                "before_1_links",
                "before_1_heading",
                "before_1_alike",
                "before_1_label",
            ],
            [
                "before_2_chars",
                "before_2_links",
                "before_2_heading",
                "before_2_alike",
                "before_2_label",
            ],
        ];
        const BEHIND: [[&str; 5]; NEIGHBOURS] = [
            [
                "behind_1_chars",
                "behind_1_links",
                "behind_1_heading",
                "behind_1_alike",
                "behind_1_label",
            ],
            [
                "behind_2_chars",
                "behind_2_links",
                "behind_2_heading",
                "behind_2_alike",
                "behind_2_label",
            ],
        ];
        for (far, names) in BEFORE.iter().enumerate() {
            self.neighbour(index, index.checked_sub(far + 1), names, put);
        }
        for (far, names) in BEHIND.iter().enumerate() {
            let at = index + far + 1;
            self.neighbour(index, (at < self.facts.len()).then_some(at), names, put);
        }
    }

    fn neighbour(
        &self,
        index: usize,
        other: Option<usize>,
        names: &[&'static str; 5],
        put: &mut impl FnMut(&'static str, f32),
    ) {
        let Some(other) = other else {
            names.iter().for_each(|name| put(name, NONE));
            return;
        };
        let (line, fact) = (&self.outline.lines[other], &self.facts[other]);
        let signature = |at: usize| self.outline.blocks[self.outline.lines[at].block].signature;
        put(names[0], fact.chars);
        put(names[1], ratio(fact.link_ink, fact.ink));
        put(names[2], flag(line.heading));
        put(names[3], flag(signature(index) == signature(other)));
        put(names[4], fact.label);
    }
}

/// For every block the nearest one around it that holds more lines.
fn around(blocks: &[Block]) -> Vec<usize> {
    let mut around: Vec<usize> = vec![0; blocks.len()];
    for (index, block) in blocks.iter().enumerate().skip(1) {
        let parent = &blocks[block.parent];
        around[index] = if parent.end - parent.first > block.end - block.first {
            block.parent
        } else {
            around[block.parent]
        };
    }
    around
}

fn since_label(facts: &[Facts]) -> Vec<f32> {
    let mut since = LABEL_LINES;
    facts
        .iter()
        .map(|fact| {
            since = if fact.label > 0.0 {
                0.0
            } else {
                (since + 1.0).min(LABEL_LINES)
            };
            since
        })
        .collect()
}
