//! What the line classifier knows of each line: numbers with names. `model.tsv` asks for them by these names.
//!
//! Linear in the page: sums over lines are differences of running sums, and every block is looked at once.

use rustc_hash::{FxHashMap, FxHashSet};

use super::blocks::{Block, FAR, Line, Outline, Tag, ends_sentence};
use super::labels::{self, Label};
use super::lines::weight;
use super::names::{ROLE_NAMES, ROLES};
use super::shingles::{self, Words};
use super::{dates, metadata::Metadata};

/// What the page says of its article elsewhere: lines that agree with it are of the article.
#[derive(Debug, Default)]
pub struct Witnesses {
    title: FxHashSet<u32>,
    title_text: String,
    description: FxHashSet<u64>,
    body: FxHashSet<u64>,
    authors: Vec<String>,
    lang: Option<String>,
}

impl Witnesses {
    /// The witnesses of a page.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            title: shingles::words(&metadata.title).into_iter().collect(),
            title_text: super::title::squashed(&metadata.title),
            description: shingles::of_text(metadata.description.as_deref().unwrap_or_default()),
            body: shingles::of_text(metadata.json_ld_body.as_deref().unwrap_or_default()),
            authors: metadata
                .authors
                .iter()
                .map(|name| super::title::squashed(name))
                .filter(|name| name.chars().count() > 2)
                .collect(),
            lang: metadata.lang.clone(),
        }
    }
}

/// What is counted of one line by itself.
#[derive(Debug, Default)]
struct Facts {
    chars: f32,
    words: f32,
    links: f32,
    ink: f32,
    link_ink: f32,
    ends_sentence: bool,
    marks: f32,
    commas: f32,
    digits: f32,
    capitals: f32,
    starts_small: bool,
    quotes: bool,
    signs: f32,
    address: bool,
    label: f32,
    title_share: f32,
    title_cover: f32,
    is_title: bool,
    description: f32,
    body: f32,
    author: bool,
    date: bool,
}

/// No such thing on this page.
const NONE: f32 = -1.0;
/// Farthest that a label is remembered, in lines.
const LABEL_LINES: f32 = 30.0;
/// Least length of a paragraph that says where the story is, and its largest share of links.
const PARAGRAPH_CHARS: f32 = 60.0;
const PARAGRAPH_LINKS: f32 = 0.35;
/// Share of the paragraphs that the story's block must hold.
const CORE_SHARE: f32 = 0.7;
/// Levels of blocks around a line that are described.
const LEVELS: usize = 3;
/// Lines before and behind that are described.
const NEIGHBOURS: usize = 2;
/// Longest byline or date line.
const SHORT_CHARS: f32 = 80.0;

/// The table of features of a page, one row a line.
pub struct Table<'a> {
    outline: &'a Outline,
    facts: Vec<Facts>,
    /// Running sums over the lines: characters, characters in links, lines that are paragraphs.
    chars: Vec<f32>,
    ink: Vec<f32>,
    link_ink: Vec<f32>,
    paragraphs: Vec<f32>,
    /// Nearest block around each block that holds more lines.
    around: Vec<usize>,
    signatures: FxHashMap<u64, Signature>,
    repeats: FxHashMap<&'a str, f32>,
    since_label: Vec<f32>,
    /// Index of the line that is the headline.
    title: Option<usize>,
    core: Core,
}

/// Lines whose blocks are made alike.
#[derive(Debug, Default, Clone, Copy)]
struct Signature {
    lines: f32,
    chars: f32,
    ink: f32,
    link_ink: f32,
    mass: f32,
}

/// The innermost block that holds most of a mass, and where others lie from it.
#[derive(Debug, Default)]
struct Core {
    block: usize,
    /// Depth of the innermost block around both the core and each block.
    meets: Vec<usize>,
}

impl Core {
    /// `sums` are running sums of the mass over the lines.
    fn of(blocks: &[Block], sums: &[f32]) -> Self {
        let whole = sums.last().copied().unwrap_or_default();
        let held = |block: &Block| sums[block.end] - sums[block.first];
        let block = blocks
            .iter()
            .rposition(|block| held(block) >= whole * CORE_SHARE)
            .unwrap_or_default();
        let mut on_chain = vec![false; blocks.len()];
        let mut at = block;
        while at != 0 {
            on_chain[at] = true;
            at = blocks[at].parent;
        }
        on_chain[0] = true;
        let mut meets = vec![0; blocks.len()];
        for (index, block) in blocks.iter().enumerate() {
            meets[index] = if on_chain[index] { block.depth } else { meets[block.parent] };
        }
        Self { block, meets }
    }

    /// Levels from the core up to what it shares with a block; 0 inside of it.
    fn levels_up(&self, blocks: &[Block], block: usize) -> f32 {
        float(blocks[self.block].depth - self.meets[block])
    }

    /// Levels from a block of the core up to it.
    fn levels_down(&self, blocks: &[Block], block: usize) -> f32 {
        float(blocks[block].depth - self.meets[block])
    }
}

#[expect(clippy::cast_precision_loss, reason = "pages are shorter than 2^24 lines")]
fn float(number: usize) -> f32 {
    number as f32
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

fn ratio(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn running(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut sum = 0.0;
    std::iter::once(0.0)
        .chain(values.map(|value| {
            sum += value;
            sum
        }))
        .collect()
}

impl<'a> Table<'a> {
    /// Describes the lines of a page.
    #[must_use]
    pub fn new(outline: &'a Outline, witnesses: &Witnesses) -> Self {
        let facts: Vec<Facts> = outline.lines.iter().map(|line| Facts::of(line, witnesses)).collect();
        let is_paragraph = |fact: &Facts| {
            fact.chars >= PARAGRAPH_CHARS && ratio(fact.link_ink, fact.ink) < PARAGRAPH_LINKS
        };
        let paragraphs = running(
            facts
                .iter()
                .map(|fact| if is_paragraph(fact) { fact.chars } else { 0.0 }),
        );
        let mut signatures: FxHashMap<u64, Signature> = FxHashMap::default();
        let mut repeats: FxHashMap<&str, f32> = FxHashMap::default();
        for (line, fact) in outline.lines.iter().zip(&facts) {
            let signature = signatures.entry(outline.blocks[line.block].signature).or_default();
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
            facts,
        }
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
        put("repeats", self.repeats.get(line.text.as_str()).copied().unwrap_or_default());
        put("depth", float(block.depth));
    }

    fn names(&self, index: usize, put: &mut impl FnMut(&'static str, f32)) {
        let line = &self.outline.lines[index];
        let block = &self.outline.blocks[line.block];
        for role in 0..ROLES {
            let own = line.roles & (1 << role) != 0;
            let levels = if own { 0 } else { block.near[role].min(FAR) };
            put(ROLE_NAMES[role], f32::from(levels));
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
        put("core_up", self.core.levels_up(&self.outline.blocks, line.block));
        put("core_down", self.core.levels_down(&self.outline.blocks, line.block));
        put("core_before", ratio(self.paragraphs[index], whole_paragraphs));
        put("core_behind", ratio(whole_paragraphs - self.paragraphs[index + 1], whole_paragraphs));
    }

    /// The nearest block around a line with other lines in it.
    fn around_of_line(&self, index: usize) -> usize {
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
            ["before_1_chars", "before_1_links", "before_1_heading", "before_1_alike", "before_1_label"],
            ["before_2_chars", "before_2_links", "before_2_heading", "before_2_alike", "before_2_label"],
        ];
        const BEHIND: [[&str; 5]; NEIGHBOURS] = [
            ["behind_1_chars", "behind_1_links", "behind_1_heading", "behind_1_alike", "behind_1_label"],
            ["behind_2_chars", "behind_2_links", "behind_2_heading", "behind_2_alike", "behind_2_label"],
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

    /// Calls `put` with what the first stage's answers say of the surroundings of every line.
    ///
    /// `answers` are probabilities, one a line.
    pub fn opinions<'t>(&'t self, answers: &'t [f32]) -> Opinions<'t> {
        let mass = running(
            self.facts
                .iter()
                .zip(answers)
                .map(|(fact, answer)| fact.chars * answer),
        );
        let mut alike: FxHashMap<u64, Signature> = FxHashMap::default();
        for (index, line) in self.outline.lines.iter().enumerate() {
            let signature = alike.entry(self.outline.blocks[line.block].signature).or_default();
            signature.mass += self.facts[index].chars * answers[index];
            signature.chars += self.facts[index].chars;
        }
        let good = |at: &usize| answers[*at] > 0.5 && self.facts[*at].chars >= PARAGRAPH_CHARS;
        let all = 0..answers.len();
        Opinions {
            table: self,
            core: Core::of(&self.outline.blocks, &mass),
            first: all.clone().find(good),
            last: all.clone().rfind(good),
            good_before: good_before(all.clone().map(|at| good(&at))),
            good_behind: {
                let mut back = good_before(all.rev().map(|at| good(&at)));
                back.reverse();
                back
            },
            mass,
            alike,
            answers,
        }
    }
}

/// Lines since the last one that is good; many when there is none.
fn good_before(good: impl Iterator<Item = bool>) -> Vec<f32> {
    let mut since = 99.0_f32;
    good.map(|is_good| {
        let before = since;
        since = if is_good { 1.0 } else { (since + 1.0).min(99.0) };
        before
    })
    .collect()
}

/// What the first stage thinks of the surroundings of lines.
pub struct Opinions<'t> {
    table: &'t Table<'t>,
    answers: &'t [f32],
    mass: Vec<f32>,
    alike: FxHashMap<u64, Signature>,
    core: Core,
    first: Option<usize>,
    last: Option<usize>,
    good_before: Vec<f32>,
    good_behind: Vec<f32>,
}

impl Opinions<'_> {
    /// Calls `put` with every opinion about a line, in order.
    pub fn each(&self, index: usize, put: &mut impl FnMut(&'static str, f32)) {
        const BEFORE: [&str; 3] = ["p_before_1", "p_before_2", "p_before_3"];
        const BEHIND: [&str; 3] = ["p_behind_1", "p_behind_2", "p_behind_3"];
        let table = self.table;
        let line = &table.outline.lines[index];
        put("p", self.answers[index]);
        for (far, name) in BEFORE.into_iter().enumerate() {
            put(name, self.answer(index.checked_sub(far + 1)));
        }
        for (far, name) in BEHIND.into_iter().enumerate() {
            put(name, self.answer(Some(index + far + 1)));
        }
        put("p_near", self.mean(index.saturating_sub(3), index + 4));
        put("p_wide", self.mean(index.saturating_sub(8), index + 9));
        let mut at = table.around_of_line(index);
        for name in ["p_block_1", "p_block_2", "p_block_3"] {
            let block = &table.outline.blocks[at];
            put(name, self.mean(block.first, block.end));
            at = table.around[at];
        }
        let alike = self.alike.get(&table.outline.blocks[line.block].signature);
        let alike = alike.copied().unwrap_or_default();
        let whole = self.mass.last().copied().unwrap_or_default();
        put("p_alike", ratio(alike.mass, alike.chars));
        put("p_alike_share", ratio(alike.mass, whole));
        put("p_core_up", self.core.levels_up(&table.outline.blocks, line.block));
        put("p_core_down", self.core.levels_down(&table.outline.blocks, line.block));
        put("p_before", ratio(self.mass[index], whole));
        put("p_behind", ratio(whole - self.mass[index + 1], whole));
        put("p_whole", whole);
        put("good_before", self.good_before[index]);
        put("good_behind", self.good_behind[index]);
        let from = |at: Option<usize>| at.map_or(99.0, |at| float(index) - float(at));
        put("from_first", from(self.first));
        put("from_last", from(self.last));
    }

    fn answer(&self, index: Option<usize>) -> f32 {
        index.and_then(|at| self.answers.get(at)).copied().unwrap_or(NONE)
    }

    /// Mean answer of a range of lines, long ones counted for more.
    fn mean(&self, first: usize, end: usize) -> f32 {
        let end = end.min(self.answers.len());
        let chars = &self.table.chars;
        ratio(self.mass[end] - self.mass[first], chars[end] - chars[first])
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
            since = if fact.label > 0.0 { 0.0 } else { (since + 1.0).min(LABEL_LINES) };
            since
        })
        .collect()
}

impl Facts {
    fn of(line: &Line, witnesses: &Witnesses) -> Self {
        let text = line.text.as_str();
        let mut facts = Self {
            chars: float(weight(text)),
            links: float(line.links),
            link_ink: float(line.link_chars),
            ends_sentence: ends_sentence(text),
            ..Self::default()
        };
        facts.count(text);
        let words = shingles::words(text);
        facts.words = float(words.len());
        facts.compare(text, &words, witnesses);
        facts.label = label_code(text);
        facts
    }

    fn count(&mut self, text: &str) {
        let mut ink = 0;
        let mut before = ' ';
        for c in text.chars() {
            if c.is_whitespace() {
                before = c;
                continue;
            }
            ink += 1;
            match c {
                '.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟' | '۔' => self.marks += 1.0,
                ',' | '،' | '，' | '、' | ';' | '；' => self.commas += 1.0,
                '|' | '•' | '»' | '«' | '©' | '→' | '/' | '›' | '▶' | '·' | '#' | '+' => self.signs += 1.0,
                '"' | '“' | '”' | '„' | '「' | '»' => self.quotes = true,
                '@' => self.address = true,
                c if c.is_numeric() => self.digits += 1.0,
                c if before == ' ' && c.is_uppercase() => self.capitals += 1.0,
                _ => {}
            }
            before = c;
        }
        self.ink = float(ink);
        self.starts_small = text.chars().next().is_some_and(char::is_lowercase);
        self.address |= text.contains("http") || text.contains("www.");
    }

    fn compare(&mut self, text: &str, words: &Words, witnesses: &Witnesses) {
        let in_title = words.iter().filter(|word| witnesses.title.contains(word)).count();
        self.title_share = ratio(float(in_title), self.words);
        self.title_cover = ratio(float(in_title), float(witnesses.title.len()));
        self.description = shingles::share(words, &witnesses.description);
        self.body = shingles::share(words, &witnesses.body);
        if self.chars > SHORT_CHARS * 3.0 {
            return;
        }
        let near_title = self.title_share > 0.8 && self.title_cover > 0.8;
        if self.chars <= SHORT_CHARS || near_title {
            let squashed = super::title::squashed(text);
            self.is_title = near_title && squashed == witnesses.title_text;
            self.author = witnesses.authors.iter().any(|name| squashed.contains(name.as_str()));
        }
        self.date = self.chars <= SHORT_CHARS
            && self.digits > 0.0
            && dates::parse(text, witnesses.lang.as_deref()).is_some();
    }
}

fn label_code(text: &str) -> f32 {
    match labels::label_of(&labels::folded(text)) {
        None => 0.0,
        Some(Label::Credit) => 1.0,
        Some(Label::Begins) => 2.0,
        Some(Label::ReadAlso(_)) => 3.0,
        Some(Label::Alone) => 4.0,
    }
}

/// Names of the features of a stage, in order.
#[must_use]
pub fn names(stage: usize) -> Vec<String> {
    let outline = Outline {
        lines: vec![Line::default()],
        blocks: vec![Block {
            parent: 0,
            tag: Tag::Other,
            depth: 0,
            near: [FAR; ROLES],
            signature: 0,
            own: 0,
            first: 0,
            end: 1,
        }], ..Outline::default() };
    let table = Table::new(&outline, &Witnesses::default());
    let mut names = Vec::new();
    let mut put = |name: &'static str, _| names.push(name.to_owned());
    table.each(0, &mut put);
    if stage > 1 {
        table.opinions(&[0.0]).each(0, &mut put);
    }
    names
}
