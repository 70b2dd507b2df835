//! The articles that are judged.

use std::fs;

use wirewatch::rules::DocumentInput;

use super::Chance;

/// Articles of a file of JSON Lines with title, body and lang, in its order; made ones where no file is given.
pub fn read(path: Option<&str>) -> Vec<DocumentInput> {
    let Some(path) = path else {
        let mut chance = Chance(5);
        return (0..400).map(|_| made(&mut chance)).collect();
    };
    let text = fs::read_to_string(path).expect("the file of articles can be read");
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let field =
        |line: &serde_json::Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let inputs = lines.map(|line: serde_json::Value| DocumentInput {
        title: field(&line, "title"),
        body: field(&line, "body"),
        lang: Some(field(&line, "lang")).filter(|lang| !lang.is_empty()),
        ..DocumentInput::default()
    });
    inputs.collect()
}

/// At most so many of them, evenly spread: all languages are among them.
pub fn spread(articles: &[DocumentInput], most: usize) -> Vec<DocumentInput> {
    let step = articles.len().div_ceil(most).max(1);
    articles.iter().step_by(step).cloned().collect()
}

fn made(chance: &mut Chance) -> DocumentInput {
    const SYLLABLES: [&str; 16] = [
        "ka", "ri", "mo", "ten", "sul", "ban", "dor", "mi", "la", "ves", "gro", "pin", "tar", "ke",
        "nu", "zol",
    ];
    let mut words = |count: usize| -> String {
        let word = |chance: &mut Chance| -> String {
            // Few words are frequent, most are rare.
            let frequent = chance.below(14);
            let rank = chance.below(1 << frequent);
            [rank % 16, rank / 16 % 16, rank / 256 % 16]
                .map(|at| SYLLABLES[at])
                .concat()
        };
        let words: Vec<String> = (0..count).map(|_| word(chance)).collect();
        words.join(" ")
    };
    DocumentInput {
        title: words(9),
        body: words(450),
        lang: Some("en".to_owned()),
        ..DocumentInput::default()
    }
}
