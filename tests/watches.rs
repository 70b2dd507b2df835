//! The watches that ship as examples pass the tests that are written in them.

use std::fs;
use std::path::Path;

use wirewatch::rules::{RuleFile, RuleSet, run_tests};

#[test]
fn example_watches_pass_their_own_tests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/watches");
    let mut tests = 0;
    for entry in fs::read_dir(folder).expect("the folder is part of the repository") {
        let path = entry.expect("readable").path();
        let text = fs::read_to_string(&path).expect("readable");
        let file = RuleFile::parse(&text).expect("right shape");
        let rules = RuleSet::compile(&file.source).expect("right rules");
        let failures = run_tests(&rules, &file.source);
        assert!(failures.is_empty(), "{}: {failures:#?}", path.display());
        tests += file
            .source
            .watches
            .iter()
            .map(|watch| watch.tests.len())
            .sum::<usize>();
    }
    assert!(tests >= 20, "only {tests} tests were found");
}

#[test]
fn what_the_documentation_shows_compiles() {
    let docs = include_str!("../docs/rules.md");
    let blocks: Vec<&str> = docs.split("```").skip(1).step_by(2).collect();
    let shown = blocks[0]
        .strip_prefix("toml\n")
        .expect("the first block is TOML");
    let more = blocks.iter().skip(1);
    let shown = std::iter::once(shown).chain(more.filter_map(|block| block.strip_prefix("toml\n")));
    for shown in shown {
        let file = RuleFile::parse(shown).expect("right shape");
        let rules = RuleSet::compile(&file.source).expect("right rules");
        assert_eq!(run_tests(&rules, &file.source), []);
    }

    let lists = "[list.pathogen]\nany = [\"cholera\"]\n[list.chips]\n3 = [\"foundry\"]\n\
                 [person.lavrov]\nnames = [\"Lavrov\"]\n[org.acme]\nnames = [\"Acme\"]\n";
    let examples = blocks.last().expect("the last block holds examples");
    let examples: Vec<&str> = examples.lines().filter(|line| !line.is_empty()).collect();
    assert!(examples.len() >= 4);
    for example in examples {
        let file = RuleFile::parse(&format!("[watch.w]\nmatch = '''{example}'''\n{lists}"));
        let compiled = RuleSet::compile(&file.expect("right shape").source);
        assert!(compiled.is_ok(), "{example}: {compiled:?}");
    }
}
