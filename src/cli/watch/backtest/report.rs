//! What a backtest found, in numbers and samples.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::replay::{Outcome, Replay, day_of};
use super::row::Found;
use crate::model::{ArticleId, rfc3339};
use crate::rules::{RuleTerm, rule_terms};

/// Samples nearest a bound.
const NEAREST: usize = 5;

/// Everything, as `--json` prints it.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub watch: String,
    pub since: String,
    pub until: String,
    /// Articles were held back by their words.
    pub sieved: bool,
    #[serde(skip)]
    pub asked_for_all: bool,
    pub articles: Articles,
    pub hits: usize,
    pub days: Vec<Day>,
    pub languages: Vec<Share>,
    pub feeds: Vec<Share>,
    pub gained: Vec<Sample>,
    pub lost: Vec<Sample>,
    /// Hits that passed the rule's bounds by least.
    pub nearest_hits: Vec<Sample>,
    /// Near misses, those that missed a bound by least first.
    pub nearest_misses: Vec<Sample>,
    pub near_misses: usize,
    /// Terms of the rule that stand in no hit.
    pub unfired: Vec<RuleTerm>,
    /// Terms of the rule.
    pub terms: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Articles {
    pub tried: u64,
    pub analysed: u64,
    pub without_body: u64,
    pub failed: u64,
    pub oldest: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Day {
    #[serde(serialize_with = "as_text")]
    pub day: Date,
    pub articles: u64,
    pub hits: u64,
    pub gained: u64,
    pub lost: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Share {
    pub name: String,
    pub hits: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Sample {
    pub url: String,
    pub title: String,
    pub lang: Option<String>,
    pub first_seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    #[serde(skip)]
    day: Option<Date>,
}

fn as_text<S: serde::Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

impl Report {
    pub fn new(replay: &Replay, outcome: Outcome, until: Timestamp) -> Self {
        let now = ids(&outcome.hits);
        let lost: Vec<Sample>;
        let known: HashSet<ArticleId>;
        if replay.before.is_some() {
            known = ids(&outcome.hits_before);
            let before = outcome.hits_before.iter();
            lost = before
                .filter(|found| !now.contains(&found.id))
                .map(Sample::of)
                .collect();
        } else {
            known = outcome.stored.iter().map(|stored| stored.id).collect();
            // What has no text any more was not tried.
            let gone = outcome
                .stored
                .iter()
                .filter(|stored| stored.has_text && !now.contains(&stored.id));
            lost = gone
                .map(|stored| Sample {
                    url: stored.url.clone(),
                    title: stored.title.clone(),
                    lang: stored.lang.clone(),
                    first_seen: rfc3339(stored.first_seen),
                    margin: None,
                    why: String::new(),
                    day: Some(day_of(stored.first_seen)),
                })
                .collect();
        }
        let new = outcome
            .hits
            .iter()
            .filter(|found| !known.contains(&found.id));
        let gained: Vec<Sample> = new.map(Sample::of).collect();
        let terms = rule_terms(&replay.now.source, &replay.now.watch);
        let number_of_terms = terms.len();
        let unfired = terms
            .into_iter()
            .filter(|term| !outcome.terms.contains(&term.term));
        Self {
            watch: replay.now.watch.clone(),
            since: rfc3339(replay.since),
            until: rfc3339(until),
            sieved: replay.is_sieved(),
            asked_for_all: replay.asked_for_all,
            articles: Articles {
                tried: outcome.days.values().sum(),
                analysed: outcome.analysed,
                without_body: outcome.without_body,
                failed: outcome.failed,
                oldest: outcome.oldest.map(rfc3339),
            },
            hits: outcome.hits.len(),
            days: days(&outcome, (&gained, &lost), until),
            languages: shares(&outcome.hits, |found| found.lang.clone()),
            feeds: shares(&outcome.hits, |found| found.feed.clone()),
            nearest_hits: nearest(&outcome.hits, |margin| margin),
            nearest_misses: nearest_misses(&outcome.near_misses),
            near_misses: outcome.near_misses.len(),
            gained,
            lost,
            unfired: unfired.collect(),
            terms: number_of_terms,
        }
    }
}

impl Sample {
    fn of(found: &Found) -> Self {
        Self {
            url: found.url.clone(),
            title: found.title.clone(),
            lang: found.lang.clone(),
            first_seen: rfc3339(found.first_seen),
            margin: found.margin,
            why: found.why.clone(),
            day: Some(day_of(found.first_seen)),
        }
    }
}

fn ids(found: &[Found]) -> HashSet<ArticleId> {
    found.iter().map(|found| found.id).collect()
}

/// Every day from the first with an article to the last, those without any included.
fn days(outcome: &Outcome, (gained, lost): (&[Sample], &[Sample]), until: Timestamp) -> Vec<Day> {
    let mut by_day: BTreeMap<Date, Day> = BTreeMap::new();
    let empty = |day| Day {
        day,
        articles: 0,
        hits: 0,
        gained: 0,
        lost: 0,
    };
    if let Some(first) = outcome.days.keys().next() {
        let last = day_of(until).max(*first);
        let all = std::iter::successors(Some(*first), |day| day.checked_add(1.day()).ok());
        by_day.extend(
            all.take_while(|day| *day <= last)
                .map(|day| (day, empty(day))),
        );
    }
    let mut count = |day: Option<Date>, add: &dyn Fn(&mut Day)| {
        if let Some(day) = day {
            add(by_day.entry(day).or_insert_with(|| empty(day)));
        }
    };
    for (day, articles) in &outcome.days {
        count(Some(*day), &|day| day.articles += articles);
    }
    for found in &outcome.hits {
        count(Some(day_of(found.first_seen)), &|day| day.hits += 1);
    }
    for sample in gained {
        count(sample.day, &|day| day.gained += 1);
    }
    for sample in lost {
        count(sample.day, &|day| day.lost += 1);
    }
    by_day.into_values().collect()
}

/// Hits by a name, most first.
fn shares(hits: &[Found], name_of: impl Fn(&Found) -> Option<String>) -> Vec<Share> {
    let mut by_name: BTreeMap<String, u64> = BTreeMap::new();
    for found in hits {
        let name = name_of(found).unwrap_or_else(|| "unknown".to_owned());
        *by_name.entry(name).or_default() += 1;
    }
    let shares = by_name.into_iter().map(|(name, hits)| Share { name, hits });
    let mut shares: Vec<Share> = shares.collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.hits));
    shares
}

/// Those with the smallest distance to a bound.
fn nearest(found: &[Found], distance: impl Fn(f64) -> f64) -> Vec<Sample> {
    let with = found
        .iter()
        .filter_map(|found| Some((distance(found.margin?), found)));
    let mut with: Vec<(f64, &Found)> = with.collect();
    with.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    with.into_iter()
        .take(NEAREST)
        .map(|(_, found)| Sample::of(found))
        .collect()
}

/// Near misses by a bound, then the newest of those that failed otherwise.
fn nearest_misses(found: &[Found]) -> Vec<Sample> {
    let mut samples = nearest(found, |margin| -margin);
    let others = found.iter().rev().filter(|found| found.margin.is_none());
    samples.extend(others.take(NEAREST - samples.len()).map(Sample::of));
    samples
}
