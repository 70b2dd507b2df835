//! The house's rules, read off the sources: who may import whom, which crate is named where, and that
//! every room stands on the map.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every room and its layer. A room imports rooms of lower layers only; `docs/architecture.md` says why.
const LAYERS: &[(&str, u8)] = &[
    ("model", 0),
    ("telemetry", 1),
    ("text", 1),
    ("world", 1),
    ("alert", 2),
    ("extract", 2),
    ("feed", 2),
    ("rules", 2),
    ("schedule", 2),
    ("story", 2),
    ("websub", 2),
    ("channel", 3),
    ("fetch", 3),
    ("store", 3),
    ("config", 4),
    ("pipeline", 5),
    ("demo", 6),
    ("daemon", 7),
    ("cli", 8),
];

/// Crates that only some rooms may name.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("refinery", &["store"]),
    ("reqwest", &["fetch", "channel"]),
    ("scraper", &["extract", "feed", "text"]),
    ("ammonia", &["extract"]),
    ("feed_rs", &["feed", "demo"]),
    ("lettre", &["channel"]),
    ("sd_notify", &["daemon"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("miette", &["cli"]),
];

struct Source {
    room: String,
    path: PathBuf,
    text: String,
}

impl Source {
    /// A file of tests may look at a room's output with any crate.
    fn is_test(&self) -> bool {
        self.path.components().any(|part| {
            let name = part.as_os_str();
            name == "tests" || name == "tests.rs"
        })
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src can be listed") {
            let path = entry.expect("src can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let inside = path
                    .strip_prefix(root().join("src"))
                    .expect("it is inside src");
                let first = inside.components().next().expect("it has a name");
                let room = first.as_os_str().to_string_lossy().into_owned();
                let text = fs::read_to_string(&path).expect("a source file is UTF-8");
                found.push(Source { room, path, text });
            }
        }
    }
    found
}

fn layer(room: &str) -> Option<u8> {
    LAYERS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, layer)| *layer)
}

/// The code of a file without comments, line by line with its number from 1.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or("")))
}

/// Names that follow `crate::` in a line, those inside braces included.
fn rooms_named(line: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        let list = rest
            .strip_prefix('{')
            .map(|inner| inner.split('}').next().unwrap_or(inner));
        let parts: Vec<&str> = list.map_or_else(|| vec![rest], |inner| inner.split(',').collect());
        for part in parts {
            let name: String = part
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            named.push(name);
        }
    }
    named
}

#[test]
fn a_room_imports_lower_layers_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = layer(&source.room) else {
            continue;
        };
        for (number, line) in code_lines(&source.text) {
            if line.trim() == "use crate::{" {
                wrong.push(format!(
                    "{}:{number}: one `use` a room, please",
                    source.path.display()
                ));
            }
            for named in rooms_named(line) {
                let Some(other) = layer(&named) else { continue };
                if named != source.room && other >= own {
                    wrong.push(format!(
                        "{}:{number}: {} names {named}",
                        source.path.display(),
                        source.room
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "upward or sideways imports:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn some_crates_are_named_in_their_rooms_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, rooms) in KEPT_IN {
            if rooms.contains(&source.room.as_str()) || source.is_test() {
                continue;
            }
            for (number, line) in code_lines(&source.text) {
                if line.contains(&format!("{name}::")) {
                    wrong.push(format!("{}:{number}: {name}", source.path.display()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "crates outside their rooms:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_room_has_a_layer_and_stands_on_the_map() {
    let on_disk: BTreeSet<String> = fs::read_dir(root().join("src"))
        .expect("src can be listed")
        .map(|entry| entry.expect("src can be listed").path())
        .filter(|path| path.is_dir())
        .map(|path| {
            path.file_name()
                .expect("a folder has a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let in_table: BTreeSet<String> = LAYERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(on_disk, in_table, "src/ and LAYERS differ");
    let map = fs::read_to_string(root().join("docs/architecture.md")).expect("the map is there");
    let library = fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs is there");
    for (room, layer) in LAYERS {
        let row = format!("| {layer} | `{room}/` |");
        assert!(
            map.contains(&row),
            "docs/architecture.md lacks the row `{row}`"
        );
        assert!(
            library.contains(&format!("pub mod {room};")),
            "lib.rs lacks {room}"
        );
    }
}

#[test]
fn every_room_says_what_it_is_for() {
    for (room, _) in LAYERS {
        let path = root().join("src").join(room).join("mod.rs");
        let text = fs::read_to_string(&path).expect("a room has a mod.rs");
        let said = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .count();
        assert!(
            said >= 1,
            "{} does not open with what it takes, gives and never does",
            path.display()
        );
    }
}

#[test]
fn the_linter_can_see_what_it_is_to_forbid() {
    let clippy = fs::read_to_string(root().join("clippy.toml")).expect("clippy.toml is there");
    for method in ["SystemTime::now", "Timestamp::now", "tokio::spawn"] {
        assert!(
            clippy.contains(method),
            "clippy.toml no longer forbids {method}"
        );
    }
    assert_eq!(
        rooms_named("use crate::{model, store::X};"),
        ["model", "store"]
    );
    assert_eq!(rooms_named("let x = crate::text::fold(y);"), ["text"]);
}

/// The fuzz crate builds some rooms by their path, and is not built with the rest: what they name it must name.
#[test]
fn the_fuzz_crate_knows_the_crates_of_its_rooms() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("it is in the repository");
    let (ours, fuzz, rooms) = (
        read("Cargo.toml"),
        read("fuzz/Cargo.toml"),
        read("fuzz/src/lib.rs"),
    );
    let (_, ours) = ours.split_once("[dependencies]").expect("a table");
    let (ours, _) = ours.split_once("\n[").expect("a table behind it");
    let sources = sources();
    for line in ours.lines() {
        let Some((name, _)) = line.split_once(" = ") else {
            continue;
        };
        let named = sources.iter().find(|source| {
            rooms.contains(&format!("pub mod {};", source.room))
                && names_crate(&source.text, &name.replace('-', "_"))
        });
        if let Some(source) = named {
            let known = fuzz
                .lines()
                .any(|line| line.starts_with(&format!("{name} = ")));
            let path = source.path.display();
            assert!(known, "{path} names {name}, fuzz/Cargo.toml does not");
        }
    }
}

/// Whether a text has `name::`, and not as the end of another name.
fn names_crate(text: &str, name: &str) -> bool {
    text.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
    })
}
