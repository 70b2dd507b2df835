//! What the first stage's answers say of the surroundings of every line.

use rustc_hash::FxHashMap;

use super::core::Core;
use super::table::{Signature, Table};
use super::{NONE, PARAGRAPH_CHARS, float, ratio, running};

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

impl Table<'_> {
    /// Calls `put` with what the first stage's answers say of the surroundings of every line.
    ///
    /// `answers` are probabilities, one a line.
    #[must_use]
    pub fn opinions<'t>(&'t self, answers: &'t [f32]) -> Opinions<'t> {
        let mass = running(
            self.facts
                .iter()
                .zip(answers)
                .map(|(fact, answer)| fact.chars * answer),
        );
        let mut alike: FxHashMap<u64, Signature> = FxHashMap::default();
        for (index, line) in self.outline.lines.iter().enumerate() {
            let signature = alike
                .entry(self.outline.blocks[line.block].signature)
                .or_default();
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
        put(
            "p_core_up",
            self.core.levels_up(&table.outline.blocks, line.block),
        );
        put(
            "p_core_down",
            self.core.levels_down(&table.outline.blocks, line.block),
        );
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
        index
            .and_then(|at| self.answers.get(at))
            .copied()
            .unwrap_or(NONE)
    }

    /// Mean answer of a range of lines, long ones counted for more.
    fn mean(&self, first: usize, end: usize) -> f32 {
        let end = end.min(self.answers.len());
        let chars = &self.table.chars;
        ratio(self.mass[end] - self.mass[first], chars[end] - chars[first])
    }
}

/// Lines since the last one that is good; many when there is none.
fn good_before(good: impl Iterator<Item = bool>) -> Vec<f32> {
    let mut since = 99.0_f32;
    good.map(|is_good| {
        let before = since;
        since = if is_good {
            1.0
        } else {
            (since + 1.0).min(99.0)
        };
        before
    })
    .collect()
}
