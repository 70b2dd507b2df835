//! `wirewatch match`: which watches an article hits, and why.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Value, json};

use super::{FilterArgs, FilterError, text};
use crate::cli::diagnostic::show;
use crate::model::Hit;
use crate::rules::{
    Document, DocumentInput, Facts, RuleFile, RuleSet, RuleSource, country_of_host,
};

/// Wrong usage: a rule file that cannot be used.
const WRONG_USAGE: u8 = 2;

/// Judges articles: JSON Lines with id, title, body, parts, lang, summary (and url, feeds, feed_countries, tags,
/// authors, age_s) in, watches and evidence out.
#[derive(Debug, Clone, clap::Args)]
pub struct MatchArgs {
    /// File with [watch.*] and [list.*] tables; other tables are ignored (repeatable)
    #[arg(long, value_name = "FILE", required = true)]
    pub rules: Vec<PathBuf>,
    /// Options of all filters.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// Runs the filter over standard input.
///
/// # Errors
/// When a rule file cannot be read, the input is no JSON Lines, or reading or writing fails.
pub fn run(args: &MatchArgs) -> anyhow::Result<ExitCode> {
    let mut files = Vec::new();
    for path in &args.rules {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        files.push((name, text));
    }
    let rules = match compile(&files) {
        Ok(rules) => rules,
        Err(shown) => {
            io::stderr().write_all(shown.as_bytes())?;
            return Ok(ExitCode::from(WRONG_USAGE));
        }
    };
    let input = io::BufReader::new(io::stdin());
    let output = io::BufWriter::new(io::stdout().lock());
    judge_lines(&rules, input, output, args.filter.threads())?;
    Ok(ExitCode::SUCCESS)
}

/// Compiles the rules of several files, given as name and text, into one set.
///
/// # Errors
/// All mistakes, each shown where it stands.
pub fn compile(files: &[(String, String)]) -> Result<RuleSet, String> {
    let mut source = RuleSource::default();
    let mut parsed = Vec::new();
    for (name, text) in files {
        let file = RuleFile::parse(text)
            .map_err(|error| show(name, text, error.at, &error.message, None))?;
        source.extend(file.source.clone());
        parsed.push((name, text, file));
    }
    RuleSet::compile(&source).map_err(|errors| {
        let shown = errors.iter().map(|error| {
            // A name that is given twice stands in two files; the later one is the one to change.
            let stands = parsed
                .iter()
                .rev()
                .find(|(_, _, file)| file.has(&error.place));
            match stands {
                Some((name, text, file)) => {
                    let at = file.locate(text, &error.place, &error.at);
                    show(name, text, at, &error.message, error.help.as_deref())
                }
                None => format!("{error}\n"),
            }
        });
        shown.collect()
    })
}

fn judge_lines(
    rules: &RuleSet,
    input: impl BufRead + Send,
    output: impl Write,
    threads: usize,
) -> Result<(), FilterError> {
    super::run(input, output, threads, |line| judge(rules, line))
}

fn judge(rules: &RuleSet, line: &Value) -> Value {
    let lang = text(line, "lang");
    let document = Document::new(DocumentInput {
        title: text(line, "title").to_owned(),
        body: text(line, "body").to_owned(),
        parts: parts(line),
        entry_title: text(line, "entry_title").to_owned(),
        entry_summary: text(line, "summary").to_owned(),
        lang: (!lang.is_empty()).then(|| lang.to_owned()),
        facts: facts(line),
    });
    let hits = rules.judge(&document).hits;
    let watches: Vec<&str> = hits.iter().map(|hit| hit.watch.as_str()).collect();
    json!({
        "id": line["id"],
        "watches": watches,
        "topics": watches,
        "hits": hits.iter().map(hit_object).collect::<Vec<_>>(),
    })
}

/// What a line says of its article besides the text.
fn facts(line: &Value) -> Facts {
    let texts = |key: &str| -> Vec<String> {
        let values = line[key].as_array().into_iter().flatten();
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let feeds = texts("feeds");
    let mut countries = texts("feed_countries");
    if countries.is_empty() {
        let hosts = feeds.iter().filter_map(|feed| url::Url::parse(feed).ok());
        let codes = hosts.filter_map(|url| url.host_str().and_then(country_of_host));
        countries = codes.map(str::to_owned).collect();
    }
    Facts {
        url: text(line, "url").to_owned(),
        feeds,
        feed_countries: countries,
        tags: texts("tags"),
        authors: texts("authors"),
        age_s: line["age_s"].as_i64(),
    }
}

/// Numbers of the lines of the body at which a further story of the page begins, as `extract` gives them.
fn parts(line: &Value) -> Vec<usize> {
    let numbers = line["parts"].as_array().into_iter().flatten();
    numbers
        .filter_map(Value::as_u64)
        .filter_map(|number| usize::try_from(number).ok())
        .collect()
}

fn hit_object(hit: &Hit) -> Value {
    json!({ "watch": hit.watch, "score": hit.score, "evidence": hit.evidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        [store]
        path = "ignored"
        [watch.visit]
        match = '"visit" in-sentence country:RU'
        [watch.quake]
        match = '"earthquake"'
    "#;

    fn answers(input: &str) -> Vec<Value> {
        let rules = compile(&[("rules.toml".into(), RULES.into())]).expect("the rules are right");
        let mut output = Vec::new();
        judge_lines(&rules, input.as_bytes(), &mut output, 2).unwrap();
        let output = String::from_utf8(output).unwrap();
        output
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_line_gets_its_watches_and_evidence() {
        let answers = answers(concat!(
            r#"{"id":"a","title":"Wang Yi visits Russia","body":null,"lang":"en","more":1}"#,
            "\n",
            r#"{"id":2,"body":"Nothing happened.","lang":"en"}"#,
        ));
        assert_eq!(answers[0]["watches"], json!(["visit"]));
        assert_eq!(answers[0]["topics"], json!(["visit"]));
        assert_eq!(
            answers[0]["hits"][0]["evidence"][0],
            json!({"field": "title", "start": 8, "end": 14, "text": "visits", "why": "\"visit\" (stem)"})
        );
        assert_eq!(
            answers[1],
            json!({"id": 2, "watches": [], "topics": [], "hits": []})
        );
    }

    #[test]
    fn a_line_may_say_where_further_stories_begin() {
        let line = |parts: Value| {
            let body = "No visit.\nElsewhere.\nAn earthquake hit.";
            json!({"body": body, "lang": "en", "parts": parts}).to_string()
        };
        let part = |parts: Value| {
            let answer = answers(&line(parts)).remove(0);
            answer["hits"][0]["evidence"][0]["part"].clone()
        };
        for (parts, expected) in [
            (json!([1]), json!(2)),
            (json!([2, 1, 2]), json!(3)),
            (json!([]), Value::Null),
            (json!(null), Value::Null),
            (json!("1"), Value::Null),
            (json!([-1, 0.5, "1", null, 9]), Value::Null),
        ] {
            assert_eq!(part(parts.clone()), expected, "{parts}");
        }
    }

    #[test]
    fn mistakes_are_shown_in_their_file() {
        let files = [
            ("a.toml".to_owned(), "[list.x]\nany = [\"!\"]\n".to_owned()),
            (
                "b.toml".to_owned(),
                "[watch.w]\nmatch = '''\n\"a\" and\n'''\n".to_owned(),
            ),
        ];
        let shown = compile(&files).expect_err("both are wrong");
        assert!(shown.contains("a.toml:2:9"), "{shown}");
        assert!(shown.contains("b.toml:3:8"), "{shown}");
    }

    #[test]
    fn unknown_keys_of_a_watch_are_shown() {
        let files = [(
            "a.toml".to_owned(),
            "[watch.w]\nmatch = '\"a\"'\nmacth = 1\n".to_owned(),
        )];
        let shown = compile(&files).expect_err("a key is unknown");
        assert!(
            shown.contains("a.toml:3:1") && shown.contains("macth"),
            "{shown}"
        );
    }
}
