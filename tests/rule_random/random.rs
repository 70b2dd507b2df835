//! Random rules and random texts, the same in every run.

use std::fmt;

pub use crate::chance::Chance;

/// Words that are alike in many ways: by beginning, by a letter, by a part.
pub const WORDS: &[&str] = &[
    "Karo",
    "KARO",
    "Karos",
    "Kares",
    "Mirelo",
    "Mirleo",
    "Mirela",
    "Miralan",
    "Tanderolis",
    "Tandorelis",
    "Tandxroxis",
    "Bando",
    "Zorin",
];

/// Terms as rules write them.
pub const TERMS: &[&str] = &[
    "\"karo\"",
    "=Aa\"KARO\"",
    "\"kar*\"",
    "\"mirelo\"",
    "\"karo mirelo\"",
    "\"mirelo kar*\"",
    "~\"mirelo\"",
    "~\"tanderolis\"",
    "/and/",
    "~\"bando mirelo\"",
    "\"zorin\"",
    "person:karo",
];

pub const TABLES: &str = r#"
[person.karo]
names = ["karo", "kares"]
context = 'any("zorin", "bando")'
within = 2
[list.l]
any = ["karo", "mir*"]
2 = ['~"tanderolis"']
-1 = ["zorin"]
"#;

/// A word of a text.
pub struct Word {
    pub written: &'static str,
    pub field: usize,
    pub sentence: usize,
    pub paragraph: usize,
}

#[derive(Clone)]
pub enum Rule {
    Term(usize),
    Any(Vec<Rule>),
    All(Vec<Rule>),
    Two(Vec<Rule>),
    Not(Box<Rule>),
    Near(usize, Box<Rule>, Box<Rule>),
    Before(usize, Box<Rule>, Box<Rule>),
    Sentence(Box<Rule>, Box<Rule>),
    Paragraph(Box<Rule>, Box<Rule>),
    /// 0 is the title.
    In(usize, Box<Rule>),
    Count(Box<Rule>, usize),
    Distinct(Box<Rule>, usize),
    Score(i32),
    Words(usize),
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |rules: &[Rule]| {
            let written: Vec<String> = rules.iter().map(Rule::to_string).collect();
            written.join(", ")
        };
        match self {
            Self::Term(term) => f.write_str(TERMS[*term]),
            Self::Any(rules) => write!(f, "any({})", joined(rules)),
            Self::All(rules) => write!(f, "all({})", joined(rules)),
            Self::Two(rules) => write!(f, "2 of ({})", joined(rules)),
            Self::Not(rule) => write!(f, "not ({rule})"),
            Self::Near(words, a, b) => write!(f, "(({a}) near/{words} ({b}))"),
            Self::Before(words, a, b) => write!(f, "(({a}) before/{words} ({b}))"),
            Self::Sentence(a, b) => write!(f, "(({a}) in-sentence ({b}))"),
            Self::Paragraph(a, b) => write!(f, "(({a}) in-paragraph ({b}))"),
            Self::In(0, rule) => write!(f, "title({rule})"),
            Self::In(_, rule) => write!(f, "body({rule})"),
            Self::Count(rule, least) => write!(f, "count({rule}) >= {least}"),
            Self::Distinct(rule, least) => write!(f, "distinct({rule}) >= {least}"),
            Self::Score(least) => write!(f, "score($l) >= {least}"),
            Self::Words(least) => write!(f, "words >= {least}"),
        }
    }
}

/// Where a rule may stand: terms, alternatives, relations.
pub fn placed(chance: &mut Chance, depth: usize) -> Rule {
    let inner = |chance: &mut Chance| Box::new(placed(chance, depth - 1));
    match if depth == 0 { 0 } else { chance.below(9) } {
        0..=3 => Rule::Term(chance.below(TERMS.len())),
        4 => Rule::Any(
            (0..=chance.below(3))
                .map(|_| placed(chance, depth - 1))
                .collect(),
        ),
        5 => Rule::Near(1 + chance.below(4), inner(chance), inner(chance)),
        6 => Rule::Sentence(inner(chance), inner(chance)),
        7 => Rule::Paragraph(inner(chance), inner(chance)),
        // What is related is not put into an order here: see `ordered`.
        _ => {
            let (a, b) = (placed(chance, 0), placed(chance, 0));
            Rule::Before(1 + chance.below(4), Box::new(a), Box::new(b))
        }
    }
}

/// A chain or a tree of `before`.
pub fn ordered(chance: &mut Chance, depth: usize) -> Rule {
    let side = |chance: &mut Chance| match depth > 0 && chance.below(2) == 0 {
        true => ordered(chance, depth - 1),
        false => placed(chance, 1),
    };
    let (a, b) = (side(chance), side(chance));
    Rule::Before(1 + chance.below(5), Box::new(a), Box::new(b))
}

pub fn rule(chance: &mut Chance, depth: usize) -> Rule {
    let some = |chance: &mut Chance, count: usize| -> Vec<Rule> {
        (0..count).map(|_| rule(chance, depth - 1)).collect()
    };
    match if depth == 0 {
        chance.below(2)
    } else {
        chance.below(13)
    } {
        0 | 2 => placed(chance, 2),
        1 => ordered(chance, 2),
        3 | 4 => Rule::All(some(chance, 2)),
        5 => Rule::Any(some(chance, 2)),
        6 => Rule::Two(some(chance, 3)),
        7 => Rule::All(vec![
            placed(chance, 1),
            Rule::Not(Box::new(rule(chance, depth - 1))),
        ]),
        8 => Rule::In(chance.below(2), Box::new(placed(chance, 2))),
        9 => Rule::Count(Box::new(placed(chance, 1)), 1 + chance.below(4)),
        10 => {
            let parts = (0..3).map(|_| placed(chance, 1)).collect();
            Rule::Distinct(Box::new(Rule::Any(parts)), 1 + chance.below(3))
        }
        11 => Rule::Score(1 + i32::try_from(chance.below(4)).expect("small")),
        _ => Rule::All(vec![placed(chance, 1), Rule::Words(1 + chance.below(20))]),
    }
}

/// A title and a body.
pub fn text(chance: &mut Chance) -> ([String; 2], Vec<Word>) {
    let (mut texts, mut words) = ([String::new(), String::new()], Vec::new());
    let (mut sentence, mut paragraph) = (0, 0);
    for (field, text) in texts.iter_mut().enumerate() {
        for _ in 0..chance.below([5, 25][field]) {
            let written = WORDS[chance.below(WORDS.len())];
            words.push(Word {
                written,
                field,
                sentence,
                paragraph,
            });
            text.push_str(written);
            let end = if field == 0 { 0 } else { chance.below(8) };
            text.push_str([" ", " ", " ", " ", " ", ". ", ". ", "\n"][end]);
            sentence += usize::from(end >= 5);
            paragraph += usize::from(end == 7);
        }
        sentence += 1;
        paragraph += 1;
    }
    (texts, words)
}
