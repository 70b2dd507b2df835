//! Rules as a large house of analysts keeps them: each asks for something particular (names, a rare word) together
//! with something general (a frequent word, a list, a country), and most find nothing in most articles.
//!
//! All words are those of the corpus that is judged. What is general is drawn from running text, so that a word
//! comes up as often as people write it. What is particular is, of 20: 11 names of two words that the corpus has
//! but mostly not beside each other, as the names of people and firms share theirs; 6 words that at most five
//! articles have; 3 pairs of words that do stand beside each other in some article. Shares of the forms: `FORMS`.
//! A third of the rules exclude a general word. Lists have 30 words and are shared by some hundred rules, persons
//! bear two names and may be misspelt by a letter.

use std::collections::HashMap;

use wirewatch::rules::{
    DocumentInput, ListSource, ListTerm, NamedKind, NamedSource, RuleSource, WatchSource,
};
use wirewatch::text;
use wirewatch::text::gazetteer::FormKind;

use super::Chance;

/// Out of 100 rules.
const FORMS: [(usize, Form); 11] = [
    (28, Form::AnyOfNames),
    (18, Form::NearGeneral),
    (12, Form::InParagraphOfCountry),
    (10, Form::InSentenceOfList),
    (8, Form::Score),
    (6, Form::Person),
    (5, Form::Prefix),
    (4, Form::Fuzzy),
    (3, Form::Regex),
    (3, Form::TwoOf),
    (3, Form::Title),
];
const RULES_OF_LIST: usize = 100;
const WORDS_OF_LIST: usize = 30;
const RULES_OF_PERSON: usize = 20;
/// Articles that have a rare word, at most.
const RARE_MAX: u32 = 5;
const LETTERS_MIN: usize = 4;
const COUNTRIES: [&str; 24] = [
    "CN", "RU", "ID", "FR", "DE", "IN", "BR", "JP", "US", "GB", "UA", "TR", "PL", "KR", "IR", "SA",
    "NG", "KE", "MX", "IT", "ES", "VN", "TH", "EG",
];

#[derive(Clone, Copy)]
enum Form {
    AnyOfNames,
    NearGeneral,
    InParagraphOfCountry,
    InSentenceOfList,
    Score,
    Person,
    Prefix,
    Fuzzy,
    Regex,
    TwoOf,
    Title,
}

/// A set of rules, and what those who know no such rules are given in their place.
pub struct Desks {
    pub source: RuleSource,
    /// By rule.
    pub plain: Vec<PlainRule>,
}

/// A rule without nearness, places, stems and misspellings.
#[derive(Default)]
pub struct PlainRule {
    /// Of each group one must be there.
    pub groups: Vec<Vec<String>>,
    /// None of these.
    pub excluded: Vec<String>,
}

/// Words of the corpus.
pub struct Vocabulary {
    /// In running text.
    running: Vec<String>,
    rare: Vec<String>,
    pairs: Vec<String>,
    /// Those of scripts with spaces.
    spaced: Vec<usize>,
}

/// Words that rules are made of; of scripts without spaces two characters are taken for a word.
pub fn vocabulary(articles: &[DocumentInput]) -> Vocabulary {
    let (mut running, mut pairs) = (Vec::new(), Vec::new());
    let mut articles_with: HashMap<String, u32> = HashMap::new();
    for article in articles {
        let analysis = text::analyse(&article.body, article.lang.as_deref());
        let mut words: Vec<(usize, String)> = Vec::new();
        for (at, token) in analysis.tokens.iter().enumerate() {
            let word = match analysis.tokens.get(at + 1) {
                Some(next) if token.spaceless && next.spaceless && next.start == token.end => {
                    format!("{}{}", token.fold, next.fold)
                }
                _ => token.fold.to_string(),
            };
            let is_word = word.chars().all(char::is_alphabetic);
            let is_long = token.spaceless || word.chars().count() >= LETTERS_MIN;
            if is_word && is_long && !text::is_function_word(&word) {
                words.push((at, word));
            }
        }
        for pair in words.windows(2) {
            if pair[1].0 == pair[0].0 + 1 && !analysis.tokens[pair[0].0].spaceless {
                pairs.push(format!("{} {}", pair[0].1, pair[1].1));
            }
        }
        let mut distinct: Vec<&String> = words.iter().map(|(_, word)| word).collect();
        distinct.sort_unstable();
        distinct.dedup();
        for word in distinct {
            *articles_with.entry(word.clone()).or_default() += 1;
        }
        running.extend(words.into_iter().map(|(_, word)| word));
    }
    let rare = articles_with
        .iter()
        .filter(|(_, articles)| **articles <= RARE_MAX);
    let mut rare: Vec<String> = rare.map(|(word, _)| word.clone()).collect();
    rare.sort_unstable();
    let is_spaced = |word: &String| word.chars().all(|letter| letter < '\u{530}');
    let spaced = (0..running.len()).filter(|at| is_spaced(&running[*at]));
    Vocabulary {
        spaced: spaced.collect(),
        running,
        rare,
        pairs,
    }
}

impl Vocabulary {
    fn general(&self, chance: &mut Chance) -> String {
        chance.of(&self.running).clone()
    }

    /// A word that may have a star, a tilde or a literal.
    fn spaced(&self, chance: &mut Chance) -> String {
        for _ in 0..100 {
            let word = &self.running[*chance.of(&self.spaced)];
            if word.chars().count() >= 6 {
                return word.clone();
            }
        }
        "ministry".to_owned()
    }

    fn rare_spaced(&self, chance: &mut Chance) -> String {
        for _ in 0..100 {
            let word = chance.of(&self.rare);
            // A folded letter may have stood for others, so that a literal of it finds nothing: ASCII will do.
            if word.chars().count() >= 6 && word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                return word.clone();
            }
        }
        self.spaced(chance)
    }

    fn name(&self, chance: &mut Chance) -> String {
        let (first, last) = (self.general(chance), chance.of(&self.rare).clone());
        match chance.below(2) {
            0 => format!("{first} {last}"),
            _ => format!("{} {}", self.general(chance), first),
        }
    }

    fn particular(&self, chance: &mut Chance) -> String {
        match chance.below(20) {
            0..=10 => self.name(chance),
            11..=16 => chance.of(&self.rare).clone(),
            _ => chance.of(&self.pairs).clone(),
        }
    }
}

/// So many rules.
pub fn rules(count: usize, words: &Vocabulary) -> Desks {
    let mut chance = Chance(11);
    let mut desks = Desks {
        source: tables(count, words, &mut chance),
        plain: Vec::new(),
    };
    for number in 0..count {
        let (expression, plain) = rule(&mut chance, words, &desks.source);
        desks.source.watches.push(WatchSource {
            name: format!("desk-{number:06}"),
            title: format!("Rule {number}"),
            expression,
            ..WatchSource::default()
        });
        desks.plain.push(plain);
    }
    desks
}

/// The lists and the persons that so many rules name.
fn tables(count: usize, words: &Vocabulary, chance: &mut Chance) -> RuleSource {
    let lists = (0..=count / RULES_OF_LIST).map(|number| ListSource {
        name: format!("list-{number}"),
        terms: (0..WORDS_OF_LIST)
            .map(|_| ListTerm {
                text: words.general(chance),
                weight: 1.0,
            })
            .collect(),
        includes: Vec::new(),
    });
    let lists = lists.collect();
    let persons = (0..=count / RULES_OF_PERSON).map(|number| NamedSource {
        kind: NamedKind::Person,
        name: format!("person-{number}"),
        names: vec![words.name(chance), words.name(chance)],
        misspellings: 1,
        context: None,
        within: 30,
    });
    RuleSource {
        lists,
        named: persons.collect(),
        ..RuleSource::default()
    }
}

fn rule(chance: &mut Chance, words: &Vocabulary, tables: &RuleSource) -> (String, PlainRule) {
    let mut of_hundred = chance.below(100);
    let form = FORMS.iter().find(|(share, _)| {
        let is_this = of_hundred < *share;
        of_hundred = of_hundred.saturating_sub(*share);
        is_this
    });
    let form = form.map_or(Form::Title, |(_, form)| *form);
    let (mut expression, mut plain) = of_form(form, chance, words, tables);
    if chance.below(3) == 0 {
        let excluded = words.general(chance);
        // What is asked for cannot be excluded.
        if !expression.contains(&excluded) {
            expression.push_str(&format!(" and not \"{excluded}\""));
            plain.excluded.push(excluded);
        }
    }
    (expression, plain)
}

fn of_form(
    form: Form,
    chance: &mut Chance,
    words: &Vocabulary,
    tables: &RuleSource,
) -> (String, PlainRule) {
    let list = chance.of(&tables.lists);
    let terms_of_list = || list.terms.iter().map(|term| term.text.clone()).collect();
    let person = chance.of(&tables.named);
    let country = *chance.of(&COUNTRIES);
    let (one, two, three) = (
        words.particular(chance),
        words.particular(chance),
        words.particular(chance),
    );
    let (general, other) = (words.general(chance), words.general(chance));
    let (expression, groups) = match form {
        Form::AnyOfNames => (
            format!("any(\"{one}\", \"{two}\", \"{three}\") and \"{general}\""),
            vec![vec![one, two, three], vec![general]],
        ),
        Form::NearGeneral => (
            format!("\"{one}\" near/10 any(\"{general}\", \"{other}\")"),
            vec![vec![one], vec![general, other]],
        ),
        Form::InParagraphOfCountry => (
            format!("country:{country} in-paragraph \"{general}\" and any(\"{one}\", \"{two}\")"),
            vec![vec![one, two], vec![general], forms_of(country)],
        ),
        Form::InSentenceOfList => (
            format!("${} in-sentence any(\"{one}\", \"{two}\")", list.name),
            vec![vec![one, two], terms_of_list()],
        ),
        Form::Score => (
            format!("score(${}) >= 3 and any(\"{one}\", \"{two}\")", list.name),
            vec![vec![one, two], terms_of_list()],
        ),
        Form::Person => (
            format!("person:{} and \"{general}\"", person.name),
            vec![person.names.clone(), vec![general]],
        ),
        Form::Prefix => {
            let beginning: String = words.spaced(chance).chars().take(5).collect();
            (
                format!("\"{beginning}*\" near/15 \"{one}\""),
                vec![vec![one], vec![beginning]],
            )
        }
        Form::Fuzzy => {
            let name = words.rare_spaced(chance);
            (
                format!("~\"{name}\" and country:{country} and \"{general}\""),
                vec![vec![name], vec![general], forms_of(country)],
            )
        }
        Form::Regex => {
            let word = words.rare_spaced(chance);
            (
                format!("/(?i)\\b{word}\\w*[- ]\\w+/ and any(\"{general}\", \"{other}\")"),
                vec![vec![word], vec![general, other]],
            )
        }
        Form::TwoOf => (
            format!("2 of (\"{one}\", \"{two}\", \"{general}\")"),
            vec![vec![one.clone(), two.clone()], vec![one, two, general]],
        ),
        Form::Title => (
            format!("title(\"{general}\") and count(\"{one}\") >= 2"),
            vec![vec![one], vec![general]],
        ),
    };
    let plain = PlainRule {
        groups,
        excluded: Vec::new(),
    };
    (expression, plain)
}

fn forms_of(country: &str) -> Vec<String> {
    let forms = text::gazetteer::forms(country).into_iter();
    let names = forms.filter(|form| form.kind == FormKind::Name);
    names.map(|form| form.text).collect()
}
