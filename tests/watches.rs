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
