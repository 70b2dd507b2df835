//! Rules that nearly all hit: three words of the articles each, every word as likely as any other. Worse than use:
//! at 100,000 rules some fifty of them hit every article.

use wirewatch::rules::{DocumentInput, RuleSource, WatchSource};

use super::Chance;

const WORDS_MIN: usize = 5;

/// Words that rules are made of.
pub fn vocabulary(articles: &[DocumentInput]) -> Vec<String> {
    let words = articles
        .iter()
        .flat_map(|article| article.body.split(|c: char| !c.is_alphabetic()));
    // A star, a tilde and a literal need a script with spaces between words.
    let has_forms = |word: &&str| word.chars().all(|letter| letter < '\u{530}');
    let words = words
        .filter(|word| word.chars().count() >= WORDS_MIN)
        .filter(has_forms);
    let mut words: Vec<String> = words.map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// So many rules of these forms, 0 to 5, in turn.
pub fn rules(count: usize, words: &[String], forms: &str) -> RuleSource {
    const COUNTRIES: [&str; 8] = ["CN", "RU", "ID", "FR", "DE", "IN", "BR", "JP"];
    let mut chance = Chance(7);
    let forms: Vec<u32> = forms.chars().filter_map(|form| form.to_digit(6)).collect();
    let watches = (0..count).map(|number| {
        let mut word = || chance.of(words).as_str();
        let (a, b, c) = (word(), word(), word());
        let begin: String = a.chars().take(4).collect();
        let country = COUNTRIES[number / 6 % COUNTRIES.len()];
        let expression = match forms[number % forms.len()] {
            0 => format!("\"{a}\" near/10 \"{b}\" and not \"{c}\""),
            1 => format!("\"{begin}*\" in-sentence \"{b}\""),
            2 => format!("~\"{a}\" and country:{country}"),
            3 => format!("/{a}\\w*/ before/5 any(\"{b}\", \"{c}\")"),
            4 => format!("country:{country} in-paragraph \"{b}\" and title(\"{c}\")"),
            _ => format!("2 of (\"{a}\", \"{b}\", \"{c}\")"),
        };
        WatchSource {
            name: format!("w{number}"),
            expression,
            ..WatchSource::default()
        }
    });
    RuleSource {
        watches: watches.collect(),
        ..RuleSource::default()
    }
}
