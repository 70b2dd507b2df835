//! The compiled evaluator against a naive one, which tries every pair of every place.

use std::collections::BTreeSet;

use wirewatch::rules::{Document, DocumentInput, RuleFile, RuleSet};

use crate::random::{Chance, Rule, TABLES, Word, rule, text};

/// First and last word, and the term.
type Place = (usize, usize, usize);
type Places = BTreeSet<Place>;

/// Letters that must be put in, taken out, changed, or swapped with the next.
fn distance(a: &[char], b: &[char]) -> usize {
    match (a, b) {
        ([], rest) | (rest, []) => rest.len(),
        ([x, a_rest @ ..], [y, b_rest @ ..]) => {
            if x == y {
                return distance(a_rest, b_rest);
            }
            let one = distance(a_rest, b)
                .min(distance(a, b_rest))
                .min(distance(a_rest, b_rest));
            match (a_rest, b_rest) {
                ([x2, a_more @ ..], [y2, b_more @ ..]) if x == y2 && y == x2 => {
                    one.min(distance(a_more, b_more)) + 1
                }
                _ => one + 1,
            }
        }
    }
}

fn like(word: &str, wanted: &str, most: usize) -> bool {
    let letters = |word: &str| word.to_lowercase().chars().collect::<Vec<char>>();
    let (word, wanted) = (letters(word), letters(wanted));
    word[0] == wanted[0]
        && word.len().abs_diff(wanted.len()) <= most
        && distance(&word, &wanted) <= most
}

struct Naive<'a> {
    words: &'a [Word],
    /// The field that is looked at, if only one is.
    field: Option<usize>,
}

impl Naive<'_> {
    fn is(&self, at: usize, wanted: &str) -> bool {
        self.words[at].written.eq_ignore_ascii_case(wanted)
    }

    fn begins(&self, at: usize, beginning: &str) -> bool {
        self.words[at].written.to_lowercase().starts_with(beginning)
    }

    /// The places of words, and of pairs of words in a paragraph.
    fn term(&self, term: usize) -> Places {
        let ends = |at: usize| {
            let next = at + 1;
            let two =
                next < self.words.len() && self.words[at].paragraph == self.words[next].paragraph;
            two.then_some(next)
        };
        let mut places = Places::new();
        for at in 0..self.words.len() {
            let written = self.words[at].written;
            let one = match term {
                0 => self.is(at, "karo"),
                1 => written == "KARO",
                2 => self.begins(at, "kar"),
                3 => self.is(at, "mirelo"),
                6 => like(written, "mirelo", 1),
                7 => like(written, "tanderolis", 2),
                8 => written.contains("and"),
                10 => self.is(at, "zorin"),
                11 => (self.is(at, "karo") || self.is(at, "kares")) && self.has_context(at),
                _ => false,
            };
            if one {
                places.insert((at, at, term));
            }
            let Some(next) = ends(at) else { continue };
            let two = match term {
                4 => self.is(at, "karo") && self.is(next, "mirelo"),
                5 => self.is(at, "mirelo") && self.begins(next, "kar"),
                9 => like(written, "bando", 1) && like(self.words[next].written, "mirelo", 1),
                _ => false,
            };
            if two {
                places.insert((at, next, term));
            }
        }
        places.retain(|(first, ..)| {
            self.field
                .is_none_or(|field| field == self.words[*first].field)
        });
        places
    }

    /// Whether a word of the context stands within two words.
    fn has_context(&self, at: usize) -> bool {
        let of = |other: usize| self.is(other, "zorin") || self.is(other, "bando");
        let near = |other: &usize| {
            at.abs_diff(*other) <= 2 && self.words[at].field == self.words[*other].field
        };
        (0..self.words.len()).filter(near).any(of)
    }

    /// All pairs of two rows that do not overlap and are related, the earlier first.
    fn pairs(
        ones: &Places,
        others: &Places,
        related: impl Fn(usize, usize) -> bool,
    ) -> Vec<(Place, Place)> {
        let mut pairs = Vec::new();
        for one in ones {
            for other in others {
                if one.1 < other.0 && related(one.1, other.0) {
                    pairs.push((*one, *other));
                } else if other.1 < one.0 && related(other.1, one.0) {
                    pairs.push((*other, *one));
                }
            }
        }
        pairs
    }

    /// The places of a rule, and what is related as one from its beginning to its end.
    fn standing(&self, rule: &Rule) -> (Places, Places) {
        let relate = |a: &Rule, b: &Rule, related: &dyn Fn(usize, usize) -> bool| {
            let pairs = Self::pairs(&self.standing(a).0, &self.standing(b).0, related);
            let extents = pairs.iter().map(|(a, b)| (a.0, b.1, a.2)).collect();
            (
                pairs.into_iter().flat_map(|(a, b)| [a, b]).collect(),
                extents,
            )
        };
        let words = self.words;
        let near = |most: usize| {
            move |a: usize, b: usize| words[a].field == words[b].field && b - a <= most
        };
        match rule {
            Rule::Term(term) => (self.term(*term), self.term(*term)),
            Rule::Any(rules) => {
                let all: Vec<_> = rules.iter().map(|rule| self.standing(rule)).collect();
                (
                    all.iter().flat_map(|(places, _)| places.clone()).collect(),
                    all.iter()
                        .flat_map(|(_, extents)| extents.clone())
                        .collect(),
                )
            }
            Rule::Near(most, a, b) => relate(a, b, &near(*most)),
            Rule::Sentence(a, b) => relate(a, b, &|a, b| words[a].sentence == words[b].sentence),
            Rule::Paragraph(a, b) => relate(a, b, &|a, b| words[a].paragraph == words[b].paragraph),
            Rule::Before(most, a, b) => {
                let (a, b) = (self.standing(a).1, self.standing(b).1);
                let related = near(*most);
                let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (*a, *b)));
                let pairs: Vec<_> = pairs
                    .filter(|(a, b)| a.1 < b.0 && related(a.1, b.0))
                    .collect();
                let extents = pairs.iter().map(|(a, b)| (a.0, b.1, a.2)).collect();
                (
                    pairs.into_iter().flat_map(|(a, b)| [a, b]).collect(),
                    extents,
                )
            }
            Rule::In(field, rule) => {
                let field = Some(*field);
                Naive { words, field }.standing(rule)
            }
            _ => unreachable!("it stands nowhere"),
        }
    }

    fn holds(&self, rule: &Rule) -> bool {
        match rule {
            Rule::All(rules) => rules.iter().all(|rule| self.holds(rule)),
            Rule::Any(rules) => rules.iter().any(|rule| self.holds(rule)),
            Rule::Two(rules) => rules.iter().filter(|rule| self.holds(rule)).count() >= 2,
            Rule::Not(rule) => !self.holds(rule),
            Rule::Count(rule, least) => {
                let places = self.standing(rule).0;
                let places: BTreeSet<_> = places.iter().map(|place| (place.0, place.1)).collect();
                places.len() >= *least
            }
            Rule::Distinct(rule, least) => {
                let terms: BTreeSet<usize> =
                    self.standing(rule).0.iter().map(|place| place.2).collect();
                terms.len() >= *least
            }
            Rule::Score(least) => {
                let any = |is: &dyn Fn(usize) -> bool| i32::from((0..self.words.len()).any(is));
                let score = any(&|at| self.is(at, "karo"))
                    + any(&|at| self.begins(at, "mir"))
                    + 2 * any(&|at| like(self.words[at].written, "tanderolis", 2))
                    - any(&|at| self.is(at, "zorin"));
                score >= *least
            }
            Rule::Words(least) => {
                self.words.iter().filter(|word| word.field == 1).count() >= *least
            }
            _ => !self.standing(rule).0.is_empty(),
        }
    }
}

#[test]
fn the_compiled_evaluator_equals_the_naive_one() {
    let mut chance = Chance(29);
    let (mut compared, mut hits) = (0, 0);
    for _ in 0..1_500 {
        let rule = rule(&mut chance, 2);
        let file = RuleFile::parse(&format!("[watch.w]\nmatch = '''{rule}'''\n{TABLES}"));
        // Some ask for nothing that is present, or for what can never be.
        let Ok(rules) = RuleSet::compile(&file.expect("right shape").source) else {
            continue;
        };
        for _ in 0..12 {
            let ([title, body], words) = text(&mut chance);
            let expected = Naive {
                words: &words,
                field: None,
            }
            .holds(&rule);
            let document = Document::new(DocumentInput {
                title: title.clone(),
                body: body.clone(),
                lang: Some("zz".to_owned()),
                ..DocumentInput::default()
            });
            let verdict = rules.judge(&document);
            let hit = !verdict.hits.is_empty();
            assert_eq!(
                hit, expected,
                "{rule}\ntitle {title:?}\nbody {body:?}\n{verdict:?}"
            );
            let explained = rules.explain("w", &document).expect("the watch is there");
            assert_eq!(explained.holds, expected, "{rule}\n{explained:?}");
            compared += 1;
            hits += usize::from(hit);
        }
    }
    assert!(compared > 10_000, "only {compared} were compared");
    assert!(
        hits * 5 > compared && hits * 5 < compared * 4,
        "{hits} of {compared} hit"
    );
}
