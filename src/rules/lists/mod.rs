//! The lists that come with the program: one file each, `[list.NAME]` in `NAME.toml`.
//!
//! They are of the same form as a user's. A user's list of the same name takes the place of a built-in one;
//! `include = ["builtin:NAME"]` extends it.

use std::sync::LazyLock;

use super::file::RuleFile;
use super::source::ListSource;

/// A list, read when it is first named.
type BuiltIn = (&'static str, LazyLock<Option<ListSource>>);

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        [$((
            $name,
            LazyLock::new(|| read($name, include_str!(concat!($name, ".toml")))),
        )),*]
    };
}

/// Every file of this folder; a test compares.
static LISTS: [BuiltIn; 11] = built_in![
    "central-bank",
    "cyber-attack",
    "diplomacy",
    "disaster",
    "elections",
    "health-outbreak",
    "market-chatter",
    "military",
    "protest",
    "sanctions",
    "sport",
];

fn read(name: &str, text: &str) -> Option<ListSource> {
    let lists = RuleFile::parse(text).ok()?.source.lists;
    lists.into_iter().find(|list| list.name == name)
}

/// A built-in list.
pub(in crate::rules) fn list(name: &str) -> Option<&'static ListSource> {
    let (_, list) = LISTS.iter().find(|(known, _)| *known == name)?;
    list.as_ref()
}

/// The names of all built-in lists.
pub(in crate::rules) fn names<'a>() -> impl Iterator<Item = &'a str> {
    LISTS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::super::{RuleSet, RuleSource, WatchSource};
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_list_that_can_be_used() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/lists");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                name.strip_suffix(".toml").map(str::to_owned)
            })
            .collect();
        assert_eq!(files, names().map(str::to_owned).collect());
        for name in files {
            let list = list(&name).unwrap_or_else(|| panic!("{name}.toml has no [list.{name}]"));
            assert!(!list.terms.is_empty(), "{name}");
            let source = RuleSource {
                watches: vec![WatchSource {
                    name: "w".to_owned(),
                    expression: format!("${name}"),
                    ..WatchSource::default()
                }],
                ..RuleSource::default()
            };
            let compiled = RuleSet::compile(&source);
            assert!(compiled.is_ok(), "{name}: {compiled:?}");
        }
    }
}
