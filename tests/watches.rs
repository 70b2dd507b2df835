//! The watches that ship as examples pass the tests that are written in them; the built-in lists have their shape.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wirewatch::rules::{RuleFile, RuleSet, RuleSource, WatchSource, run_tests};

#[test]
fn example_watches_pass_their_own_tests() {
    let mut tests = 0;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = ["examples/watches", "examples/desks"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).expect("part of the repository"));
    for entry in entries {
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
    assert!(tests >= 80, "only {tests} tests were found");
}

#[test]
fn each_example_stands_alone_and_all_load_together() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/watches");
    let mut all = RuleSource::default();
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the folder is part of the repository") {
        let path = entry.expect("readable").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&path).expect("readable");
        let source = RuleFile::parse(&text).expect("right shape").source;
        let [watch] = source.watches.as_slice() else {
            panic!("{name}: {} watches", source.watches.len());
        };
        assert_eq!(watch.name, name);
        assert_eq!(watch.channels, None, "{name} names channels");
        assert!(
            languages_of_tests(watch).len() >= 3,
            "{name}: tests in few languages"
        );
        for list in &source.lists {
            assert!(
                list.name.starts_with(&format!("{name}-")),
                "{name}: {}",
                list.name
            );
        }
        names.insert(name.into_owned());
        all.watches.extend(source.watches);
        all.lists.extend(source.lists);
    }
    let expected = [
        "china-russia",
        "cyber-breach",
        "disasters",
        "football-transfers",
        "outbreak",
        "rate-decisions",
    ];
    assert!(names.iter().eq(expected.iter()), "{names:?}");
    let rules = RuleSet::compile(&all).expect("no clash");
    assert_eq!(run_tests(&rules, &all), []);
}

fn languages_of_tests(watch: &WatchSource) -> BTreeSet<&str> {
    watch
        .tests
        .iter()
        .filter_map(|test| test.lang.as_deref())
        .collect()
}

#[test]
fn built_in_lists_have_twenty_languages_each() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/lists");
    let entries = fs::read_dir(folder).expect("part of the repository");
    let files = entries.map(|entry| entry.expect("readable").path());
    let files = files.filter(|file| file.extension().is_some_and(|end| end == "toml"));
    let files: Vec<_> = files.collect();
    assert_eq!(files.len(), 11);
    for file in files {
        let name = file.file_stem().and_then(|name| name.to_str());
        let name = name.expect("a name in ASCII");
        let text = fs::read_to_string(&file).expect(name);
        let file: toml::Table = toml::from_str(&text).expect(name);
        let terms = file["list"][name]["any"].as_array().expect(name);
        assert!(
            text.starts_with('#') && text.contains("MIT OR Apache-2.0"),
            "{name}: no origin"
        );

        let source = RuleFile::parse(&text).expect(name).source;
        assert_eq!(source.lists.len(), 1, "{name}");

        let groups: Vec<&str> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("# lang: "))
            .collect();
        let languages: BTreeSet<&str> = groups.iter().copied().collect();
        assert_eq!(
            groups.len(),
            languages.len(),
            "{name}: a language stands twice"
        );
        assert!(
            languages.iter().all(|code| (2..=3).contains(&code.len())),
            "{name}: one language a group"
        );
        assert!(
            languages.len() >= 20,
            "{name}: {} languages",
            languages.len()
        );
        assert!(
            terms.len() >= 4 * languages.len(),
            "{name}: {} terms",
            terms.len()
        );
    }
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
