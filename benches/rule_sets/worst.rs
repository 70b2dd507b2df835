//! The worst rules that can be written, for one article of 100 kB.
//!
//! Every rule is made of the words that its article has most often, so that all of it is found everywhere.

use wirewatch::rules::{
    DocumentInput, ListSource, ListTerm, NamedKind, NamedSource, RuleSource, WatchSource,
};
use wirewatch::text;

/// Bytes of an article.
pub const BYTES: usize = 100_000;

/// An article of this length out of words; a paragraph ends after so many, or never.
pub fn article(lang: &str, words: &[&str], between: &str, paragraph: usize) -> DocumentInput {
    let mut body = String::with_capacity(BYTES + 100);
    let (mut at, mut number) = (7_usize, 0);
    while body.len() < BYTES {
        // Half of the words are of the first few, as in any text.
        at = (at * 31 + 17) % 10_007;
        let few = if at % 2 == 0 { 4 } else { words.len() };
        body.push_str(words[at % few.min(words.len())]);
        number += 1;
        body.push_str(if number % paragraph == 0 {
            ".\n"
        } else {
            between
        });
    }
    DocumentInput {
        title: words
            .iter()
            .take(6)
            .copied()
            .collect::<Vec<_>>()
            .join(between),
        body,
        lang: Some(lang.to_owned()),
        ..DocumentInput::default()
    }
}

/// Made articles: of words as in a text, of one paragraph, of one word, in scripts without spaces, of names of states.
pub fn articles() -> Vec<(&'static str, DocumentInput)> {
    const ENGLISH: &[&str] = &[
        "the",
        "minister",
        "said",
        "trade",
        "talks",
        "between",
        "China",
        "and",
        "Russia",
        "would",
        "begin",
        "again",
        "after",
        "sanctions",
        "against",
        "central",
        "bank",
        "of",
        "Moscow",
        "agreement",
        "president",
        "visited",
        "Beijing",
        "with",
        "foreign",
        "Lavrov",
        "Zelensky",
        "international",
        "company",
        "market",
        "European",
        "Union",
        "Germany",
        "France",
        "economy",
        "negotiation",
        "government",
        "parliament",
        "election",
        "strike",
        "protest",
        "workers",
    ];
    const RUSSIAN: &[&str] = &[
        "в",
        "и",
        "министр",
        "переговоры",
        "Россия",
        "Китай",
        "сказал",
        "что",
        "после",
        "банк",
        "президент",
        "соглашение",
        "санкции",
        "правительство",
        "встреча",
        "Москва",
        "Пекин",
    ];
    const CHINESE: &[&str] = &[
        "中国",
        "的",
        "俄罗斯",
        "会谈",
        "外长",
        "在",
        "莫斯科",
        "表示",
        "经济",
        "银行",
        "白俄罗斯",
        "总统",
        "访问",
        "协议",
        "政府",
        "制裁",
        "是",
        "国家",
    ];
    const THAI: &[&str] = &[
        "รัสเซีย",
        "จีน",
        "และ",
        "การ",
        "ประชุม",
        "รัฐมนตรี",
        "ใน",
        "ปักกิ่ง",
        "กล่าว",
        "ว่า",
        "ธนาคาร",
    ];
    vec![
        ("English", article("en", ENGLISH, " ", 60)),
        ("one paragraph", article("en", ENGLISH, " ", usize::MAX)),
        ("one word", article("en", &["minister"], " ", usize::MAX)),
        ("Russian", article("ru", RUSSIAN, " ", 80)),
        ("Chinese", article("zh", CHINESE, "", 90)),
        ("Thai", article("th", THAI, "", usize::MAX)),
    ]
}

/// The most frequent words of an article, most frequent first; characters in scripts without spaces.
pub fn frequent_words(article: &DocumentInput) -> Vec<String> {
    let analysis = text::analyse(&article.body, article.lang.as_deref());
    let mut counts: Vec<(usize, String)> = Vec::new();
    let mut folds: Vec<&str> = analysis.tokens.iter().map(|token| &*token.fold).collect();
    folds.sort_unstable();
    for same in folds.chunk_by(|one, other| one == other) {
        if same[0].chars().all(char::is_alphabetic) {
            counts.push((same.len(), same[0].to_owned()));
        }
    }
    counts.sort_by(|one, other| other.cmp(one));
    counts.into_iter().map(|(_, word)| word).collect()
}

/// The rules for an article with these words, each with its name.
pub fn rules(words: &[String]) -> Vec<(&'static str, RuleSource)> {
    let word = |at: usize| words[at % words.len()].as_str();
    let any = |from: usize, count: usize| {
        let terms: Vec<String> = (from..from + count)
            .map(|at| format!("\"{}\"", word(at)))
            .collect();
        format!("any({})", terms.join(", "))
    };
    let chain = |relation: &str, length: usize, count: usize| {
        let parts: Vec<String> = (0..length).map(|at| any(at, count)).collect();
        parts.join(&format!(" {relation} "))
    };
    let long: Vec<&String> = words
        .iter()
        .filter(|word| word.chars().count() >= 4)
        .collect();
    let long_word = |at: usize| {
        long.get(at % long.len().max(1))
            .map_or(word(at), |word| word)
    };
    let mut made = vec![
        ("near in a row of 60", watch(&chain("near/50", 60, 3))),
        (
            "near/65535 in a row of 60",
            watch(&chain("near/65535", 60, 8)),
        ),
        ("before in a row of 60", watch(&chain("before/100", 60, 3))),
        (
            "in-paragraph in a row of 60",
            watch(&chain("in-paragraph", 60, 5)),
        ),
        (
            "near within near, 64 leaves",
            watch(&nested(6, &|at| any(at, 2))),
        ),
        (
            "20 counts of relations",
            watch(&joined(20, " and ", |at| {
                format!("count({} near/20 {}) >= 500", any(at, 3), any(at + 1, 3))
            })),
        ),
        (
            "2 of 40 relations",
            watch(&format!(
                "39 of ({})",
                joined(40, ", ", |at| {
                    format!("({} before/9 {})", any(at, 4), any(at + 2, 4))
                })
            )),
        ),
        (
            "distinct of 60 relations",
            watch(&format!(
                "distinct(any({})) >= 3",
                joined(60, ", ", |at| {
                    format!("({} near/9 {})", any(at, 2), any(at + 1, 2))
                })
            )),
        ),
        (
            "excluded relations",
            watch(&format!(
                "\"{}\" and not ({})",
                word(0),
                joined(40, " or ", |at| {
                    format!(
                        "{} before/1 \"zzyzx\" before/1 {}",
                        any(at, 6),
                        any(at + 1, 6)
                    )
                })
            )),
        ),
        (
            "regions",
            watch(
                "distinct(region:Africa) >= 1 or (region:Middle-East in-paragraph group:NATO near/40 group:EU)",
            ),
        ),
        (
            "beginnings of 3 letters",
            watch(&joined(60, " and ", |at| {
                let beginning: String = long_word(at).chars().take(3).collect();
                match beginning.chars().count() == 3 && beginning.chars().all(|c| c < '\u{530}') {
                    true => format!(
                        "any(\"{beginning}*\", \"{}\") near/30 \"{beginning}*\"",
                        word(at)
                    ),
                    false => any(at, 4),
                }
            })),
        ),
    ];
    made.extend(regexes(long_word(0), long_word(1)));
    made.extend(lists(words, &long));
    made
}

fn joined(count: usize, between: &str, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(between)
}

fn nested(depth: usize, leaf: &dyn Fn(usize) -> String) -> String {
    match depth {
        0 => leaf(depth),
        _ => format!(
            "({} near/30 {})",
            nested(depth - 1, leaf),
            nested(depth - 1, &|at| leaf(at + depth))
        ),
    }
}

/// Expressions that run far before they settle for little, are large, or make many states.
fn regexes(one: &str, other: &str) -> Vec<(&'static str, RuleSource)> {
    let written = [
        ("regex to the end", format!("/{one}(.*zzyzx)?/")),
        ("regex of a large gap", format!("/{one}.{{0,3000}}{other}/")),
        (
            "regex of many states",
            format!("/(?i){one}(\\pL|\\d| ){{20}}[^x]/"),
        ),
        (
            "regex of bounds of words",
            format!("/(?i)\\b{one}\\b.{{0,60}}\\b{other}\\b/"),
        ),
        (
            "regex of alternatives",
            format!("/({one}|{other})(\\w+ ){{0,12}}({one}|{other}|zzyzx)/"),
        ),
    ];
    written
        .into_iter()
        .map(|(name, regex)| (name, watch(&regex)))
        .collect()
}

/// Long lists, persons with many names.
fn lists(words: &[String], long: &[&String]) -> Vec<(&'static str, RuleSource)> {
    let word = |at: usize| words[at % words.len()].as_str();
    let phrases = (0..20_000).map(|at| {
        let row: Vec<&str> = (0..1 + at % 4)
            .map(|more| word(at / 4 + more * (at % 7)))
            .collect();
        row.join(" ")
    });
    let repeated = (1..200).map(|length| vec![word(0); length].join(" "));
    let bent = |at: usize| {
        let word = long
            .get(at % long.len().max(1))
            .map_or("minister", |word| word.as_str());
        let mut letters: Vec<char> = word.chars().collect();
        let place = 1 + at / long.len().max(1) % (letters.len() - 1);
        letters[place] = char::from(b'a' + u8::try_from(at % 26).expect("small"));
        letters.into_iter().collect::<String>()
    };
    let fuzzy = (0..3_000).map(|at| format!("~\"{}\"", bent(at)));
    let mut made = vec![
        (
            "score of a list of 20,000",
            with_list("score($l) >= 5 and $l near/5 $l", phrases.collect()),
        ),
        (
            "200 phrases of one word",
            with_list("count($l near/3 $l) >= 9", repeated.collect()),
        ),
        (
            "3,000 misspelt words",
            with_list(
                "distinct($l) >= 3 or count($l near/9 $l) >= 7",
                fuzzy.collect(),
            ),
        ),
        (
            "60 misspelt words",
            watch(&joined(60, " or ", |at| {
                format!("(\"{}\" near/9 ~\"{}\")", word(at), bent(at))
            })),
        ),
    ];
    let mut person =
        watch("count(person:p near/20 person:p) >= 4 and distinct(any(person:p, country:RU)) >= 2");
    person.named.push(NamedSource {
        kind: NamedKind::Person,
        name: "p".to_owned(),
        names: (0..100)
            .map(|at| format!("{} {}", bent(at), bent(at + 1)))
            .chain((0..50).map(bent))
            .collect(),
        misspellings: 2,
        context: Some(format!(
            "any(\"{}\", \"{}\", \"{}\")",
            word(0),
            word(1),
            word(2)
        )),
        within: 30,
    });
    made.push(("a person of 150 names", person));
    made
}

fn watch(expression: &str) -> RuleSource {
    RuleSource {
        watches: vec![WatchSource {
            name: "w".to_owned(),
            expression: expression.to_owned(),
            ..WatchSource::default()
        }],
        ..RuleSource::default()
    }
}

fn with_list(expression: &str, terms: Vec<String>) -> RuleSource {
    let mut source = watch(expression);
    source.lists.push(ListSource {
        name: "l".to_owned(),
        terms: terms
            .into_iter()
            .map(|text| ListTerm { text, weight: 1.0 })
            .collect(),
        includes: Vec::new(),
    });
    source
}
