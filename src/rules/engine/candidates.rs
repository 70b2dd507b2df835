//! Which watches an article may hit or nearly hit, by the terms that may stand in it.
//!
//! A watch is known by the rarest of the groups of terms that it needs, and let through when the others may be
//! there too: what an article costs grows with the watches that nearly hit, not with their number.

use rustc_hash::FxHashMap;

use super::condition::Group;
use super::near_miss::Conjunct;
use super::pattern::{TermId, number};
use super::rows::{NumberSet, Rows};
use super::term_index::{Rarity, TermIndex};

/// Number of a group of terms.
type GroupId = u32;

/// Groups with misspelt words that are tried one by one, where the rest of a watch was found. To look for more of
/// them in every article, by what is left of its words when letters are taken out, takes less.
const FUZZY_TRIED_MAX: usize = 256;
/// Dearer than any group without such words.
const NEVER_KNOWN_BY: u64 = 1 << 40;

/// Stands for a group where a watch is known by one only.
const NO_GROUP: GroupId = GroupId::MAX;

/// A watch that is known by a group, and another group without which that is no use.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    watch: u32,
    other: GroupId,
}

/// A group that a conjunct of a watch needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Need {
    conjunct: u32,
    group: GroupId,
}

/// How to find watches.
#[derive(Debug, Default)]
pub(in crate::rules) struct Candidates {
    groups: usize,
    /// Watches are known by the first of them, so many; of the others it only matters whether they are here.
    known: GroupId,
    /// By term.
    groups_of: Rows<GroupId>,
    /// By group.
    known_by: Rows<Known>,
    /// By watch.
    needs: Rows<Need>,
    /// By watch: the conjuncts each of which may be all that a near miss lacks.
    may_lack: Box<[Lackable]>,
}

/// Conjuncts of a watch each of which may be all that a near miss lacks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::rules) struct Lackable(u64);

impl Lackable {
    pub fn of(conjuncts: &[Conjunct]) -> Self {
        let strongest = |conjunct: &Conjunct| match conjunct.is_exclusion() {
            true => 0,
            false => conjunct.condition.strongest(),
        };
        let all: usize = conjuncts.iter().map(strongest).sum();
        let mut lackable = 0;
        for (at, missing) in conjuncts.iter().enumerate() {
            // More must have been found than is missing.
            if all - strongest(missing) > missing.condition.demands() {
                lackable |= bit(number(at));
            }
        }
        Self(lackable)
    }

    pub fn has(self, conjunct: u32) -> bool {
        self.0 & bit(conjunct) != 0
    }
}

/// The last bit stands for all conjuncts from there on.
fn bit(conjunct: u32) -> u64 {
    1 << conjunct.min(u64::BITS - 1)
}

/// Gathers what watches need.
#[derive(Debug, Default)]
pub(in crate::rules) struct Gathering {
    ids: FxHashMap<Group, GroupId>,
    groups: Vec<Group>,
    /// Watch and need.
    needs: Vec<(u32, Need)>,
    may_lack: Vec<Lackable>,
}

impl Gathering {
    /// Adds the next watch.
    pub fn add(&mut self, conjuncts: &[Conjunct], index: &TermIndex) {
        let watch = number(self.may_lack.len());
        let breadth = |term| index.rarity(term).words;
        for (conjunct, one) in (0..).zip(conjuncts) {
            let mut groups = Vec::new();
            one.condition.requirements(&breadth, &mut groups);
            for group in groups {
                let group = self.id(group);
                self.needs.push((watch, Need { conjunct, group }));
            }
        }
        self.may_lack.push(Lackable::of(conjuncts));
    }

    fn id(&mut self, group: Group) -> GroupId {
        if let Some(id) = self.ids.get(&group) {
            return *id;
        }
        let id = number(self.groups.len());
        self.groups.push(Group::clone(&group));
        self.ids.insert(group, id);
        id
    }

    /// Chooses what watches are known by, and has the index tell of those terms.
    pub fn finish(mut self, index: &mut TermIndex) -> Candidates {
        self.needs.sort_unstable();
        self.needs.dedup();
        let rarities: Vec<Rarity> = (0..number(index.terms()))
            .map(|t| index.rarity(t))
            .collect();
        let fuzzy = self.groups.iter();
        let fuzzy = fuzzy.filter(|group| group.iter().any(|t| rarities[*t as usize].is_fuzzy));
        let is_worth = fuzzy.count() > FUZZY_TRIED_MAX;
        let costs = self.costs(&rarities, if is_worth { 1 } else { NEVER_KNOWN_BY });
        let mut known: Vec<(GroupId, Known)> = Vec::new();
        for needs in self.needs.chunk_by(|(one, _), (other, _)| one == other) {
            let watch = needs[0].0;
            let needs: Vec<Need> = needs.iter().map(|(_, need)| *need).collect();
            let chosen = choose(&needs, self.may_lack[watch as usize], &costs);
            known.extend(chosen.map(|(group, other)| (group, Known { watch, other })));
        }
        let by = known.iter().map(|(group, _)| *group);
        let mut is_known_by = NumberSet::below(self.groups.len());
        by.for_each(|group| {
            is_known_by.insert(group);
        });
        self.index_fuzzy(index, &rarities, &is_known_by);
        self.number_anew(&is_known_by, &mut known);
        // What is not told of says nothing by its absence.
        let told: Vec<bool> = self
            .groups
            .iter()
            .map(|group| group.iter().all(|term| index.is_told(*term)))
            .collect();
        for (_, known) in &mut known {
            if known.other != NO_GROUP && !told[known.other as usize] {
                known.other = NO_GROUP;
            }
        }
        self.needs.retain(|(_, need)| told[need.group as usize]);
        let groups = (0..).zip(&self.groups);
        let pairs = groups.flat_map(|(id, group)| group.iter().map(move |term| (*term, id)));
        Candidates {
            groups: self.groups.len(),
            known: number(is_known_by.count()),
            groups_of: Rows::new(index.terms(), pairs),
            known_by: Rows::new(self.groups.len(), known.iter().copied()),
            needs: Rows::new(self.may_lack.len(), self.needs.iter().copied()),
            may_lack: self.may_lack.into(),
        }
    }

    /// Gives the first numbers to the groups that watches are known by.
    fn number_anew(&mut self, is_known_by: &NumberSet, known: &mut [(GroupId, Known)]) {
        let (first, rest): (Vec<GroupId>, Vec<GroupId>) =
            (0..number(self.groups.len())).partition(|group| is_known_by.contains(*group));
        let mut new = vec![NO_GROUP; self.groups.len()];
        let mut old: Vec<Option<Group>> = std::mem::take(&mut self.groups)
            .into_iter()
            .map(Some)
            .collect();
        for at in first.into_iter().chain(rest) {
            new[at as usize] = number(self.groups.len());
            self.groups.extend(old[at as usize].take());
        }
        for (group, known) in known {
            *group = new[*group as usize];
            if known.other != NO_GROUP {
                known.other = new[known.other as usize];
            }
        }
        for (_, need) in &mut self.needs {
            need.group = new[need.group as usize];
        }
    }

    /// How often a group will be found. A word that many watches need is a frequent word.
    fn costs(&self, rarities: &[Rarity], of_fuzzy: u64) -> Vec<u64> {
        let mut users = vec![0_u32; rarities.len()];
        let mut uses = vec![0_u32; self.groups.len()];
        for (_, need) in &self.needs {
            uses[need.group as usize] += 1;
        }
        for (group, uses) in self.groups.iter().zip(uses) {
            for term in group.iter() {
                users[*term as usize] += uses;
            }
        }
        let cost = |term: &TermId| {
            let rarity = rarities[*term as usize];
            let own = u64::from(users[*term as usize]) * rarity.words as u64;
            own + if rarity.is_fuzzy { of_fuzzy } else { 0 }
        };
        let groups = self.groups.iter();
        groups.map(|group| group.iter().map(cost).sum()).collect()
    }

    /// Terms with fuzzy patterns are told of where a watch is known by them, and where they are many: to try one
    /// is cheap, to try hundreds is not.
    fn index_fuzzy(&self, index: &mut TermIndex, rarities: &[Rarity], is_known_by: &NumberSet) {
        const TRIED_MAX: usize = 8;
        let is_fuzzy = |term: &TermId| rarities[*term as usize].is_fuzzy;
        let mut terms: Vec<TermId> = Vec::new();
        for (id, group) in (0..).zip(&self.groups) {
            let fuzzy: Vec<TermId> = group
                .iter()
                .copied()
                .filter(|term| is_fuzzy(term))
                .collect();
            if is_known_by.contains(id) || fuzzy.len() > TRIED_MAX {
                terms.extend(fuzzy);
            }
        }
        index.index_fuzzy(terms.into_iter());
    }
}

/// The groups that a watch is known by, each with another without which it is no use. If none of the conjuncts may
/// be lacking, that is the rarest group and the next. Else a near miss may lack the conjunct that the rarest is of,
/// so that it takes a group of another conjunct too.
fn choose(
    needs: &[Need],
    may_lack: Lackable,
    costs: &[u64],
) -> impl Iterator<Item = (GroupId, GroupId)> + use<> {
    let cost = |need: &Need| costs[need.group as usize];
    let mut sorted = needs.to_vec();
    sorted.sort_by_key(cost);
    let mut firm = sorted.iter().filter(|need| !may_lack.has(need.conjunct));
    let (first_firm, second_firm) = (firm.next(), firm.next());
    let other = |of: GroupId| {
        let firm = first_firm.into_iter().chain(second_firm);
        let mut others = firm.map(|need| need.group).filter(|group| *group != of);
        others.next().unwrap_or(NO_GROUP)
    };
    let first = sorted.first();
    let second = first.and_then(|first| sorted.iter().find(|n| n.conjunct != first.conjunct));
    let pair = first.map_or(0, cost) + second.map_or(0, cost);
    let mut chosen = Vec::new();
    match first_firm {
        Some(firm) if cost(firm) <= pair => chosen.push((firm.group, other(firm.group))),
        _ => {
            let lone = first.is_some_and(|first| !may_lack.has(first.conjunct));
            chosen.extend(first.map(|need| (need.group, other(need.group))));
            if !lone {
                chosen.extend(second.map(|need| (need.group, other(need.group))));
            }
        }
    }
    chosen.into_iter()
}

impl Candidates {
    /// The watches, ascending, that may hit or nearly hit a document in which these terms may stand.
    pub fn of(&self, terms: &[TermId]) -> Vec<u32> {
        let mut here = NumberSet::below(self.groups);
        let mut groups: Vec<GroupId> = Vec::new();
        for row in self.groups_of.rows(terms.iter().copied()) {
            for group in row {
                if here.insert(*group) && *group < self.known {
                    groups.push(*group);
                }
            }
        }
        let mut watches: Vec<u32> = Vec::new();
        for known in self.known_by.rows(groups.into_iter()) {
            let known = known.iter();
            let known = known.filter(|one| one.other == NO_GROUP || here.contains(one.other));
            watches.extend(known.map(|one| one.watch));
        }
        watches.sort_unstable();
        watches.dedup();
        let needs = self.needs.rows(watches.iter().copied());
        let mut needs = needs.into_iter();
        watches.retain(|watch| {
            let needs = needs.next().unwrap_or_default();
            self.lacks_little(*watch, needs, &here)
        });
        watches
    }

    /// Whether a watch lacks nothing, or one conjunct that a near miss may lack.
    fn lacks_little(&self, watch: u32, needs: &[Need], here: &NumberSet) -> bool {
        let mut lacking = None;
        for need in needs.iter().filter(|need| !here.contains(need.group)) {
            let is_second = lacking.is_some_and(|conjunct| conjunct != need.conjunct);
            if is_second || !self.may_lack(watch).has(need.conjunct) {
                return false;
            }
            lacking = Some(need.conjunct);
        }
        true
    }

    /// The conjuncts each of which may be all that a near miss of a watch lacks.
    pub fn may_lack(&self, watch: u32) -> Lackable {
        self.may_lack[watch as usize]
    }
}
