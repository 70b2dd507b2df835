//! A `[[watch.NAME.test]]` behind the other tests of its watch.

use std::path::PathBuf;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, value};

use super::{EditError, Edited, comment};
use crate::config::Config;
use crate::rules::{Expectation, WatchTest};

/// Adds a test to the file that its watch stands in; gives that file. `about` becomes a comment above it.
///
/// # Errors
/// [`EditError`]; no file is changed then.
pub fn add_test(
    config: &Config,
    watch: &str,
    test: &WatchTest,
    about: &str,
) -> Result<PathBuf, EditError> {
    for path in &config.files {
        let mut edited = Edited::read(path)?;
        let Some(item) = watch_of(&mut edited.document, watch) else {
            continue;
        };
        let other_shape = || EditError::TestShape {
            path: path.clone(),
            watch: watch.to_owned(),
        };
        let tests = tests_of(item).ok_or_else(other_shape)?;
        tests.push(table_of(test, about));
        if last_test(&edited, watch).as_ref() != Some(test) {
            return Err(other_shape());
        }
        edited.write(path)?;
        return Ok(path.clone());
    }
    Err(EditError::NoWatch {
        watch: watch.to_owned(),
    })
}

/// The table that [`add_test`] would write.
#[must_use]
pub fn test_table(watch: &str, test: &WatchTest, about: &str) -> String {
    let tests: ArrayOfTables = std::iter::once(table_of(test, about)).collect();
    let mut of_watch = Table::new();
    of_watch.set_implicit(true);
    of_watch.insert("test", Item::ArrayOfTables(tests));
    let mut watches = Table::new();
    watches.set_implicit(true);
    watches.insert(watch, Item::Table(of_watch));
    let mut document = DocumentMut::new();
    document.insert("watch", Item::Table(watches));
    document.to_string().trim_start().to_owned()
}

/// The table of a watch; `None` where the file has none with an expression.
fn watch_of<'d>(document: &'d mut DocumentMut, watch: &str) -> Option<&'d mut dyn TableLike> {
    let watches = document.get_mut("watch")?.as_table_like_mut()?;
    let table = watches.get_mut(watch)?.as_table_like_mut()?;
    table.contains_key("match").then_some(table)
}

fn tests_of(watch: &mut dyn TableLike) -> Option<&mut ArrayOfTables> {
    let tests = watch
        .entry("test")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    tests.as_array_of_tables_mut()
}

/// What the edited text says the last test of the watch to be.
fn last_test(edited: &Edited, watch: &str) -> Option<WatchTest> {
    let text: toml::Table = toml::from_str(&edited.text()).ok()?;
    let tests = text.get("watch")?.get(watch)?.get("test")?.as_array()?;
    tests.last()?.clone().try_into().ok()
}

fn table_of(test: &WatchTest, about: &str) -> Table {
    let mut table = Table::new();
    let mut text = |key: &str, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            table.insert(key, value(text));
        }
    };
    text("title", Some(&test.title));
    text("body", Some(&test.body));
    text("lang", test.lang.as_deref());
    text("url", Some(&test.url));
    text("feed", Some(&test.feed));
    text("feed-country", test.feed_country.as_deref());
    text("author", test.author.as_deref());
    text("age", test.age.as_deref());
    text(
        "expect",
        Some(match test.expect {
            Expectation::Match => "match",
            Expectation::NoMatch => "no-match",
        }),
    );
    for (key, list) in [("tags", &test.tags), ("evidence", &test.evidence)] {
        if !list.is_empty() {
            table.insert(key, value(Array::from_iter(list)));
        }
    }
    let about = comment(about).map_or_else(String::new, |about| format!("# {about}\n"));
    table.decor_mut().set_prefix(format!("\n{about}"));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# mine\n[watch.a]\nmatch = '\"x\"' # here\n\n[[watch.a.test]]\ntitle = \"x\"\nexpect = \"match\"\n\n\
                        # the other\n[watch.b]\nmatch = '\"y\"'\n\n[list.l]\nany = [\"z\"]\n";

    fn test() -> WatchTest {
        WatchTest {
            title: "A \"title\"\u{7}".to_owned(),
            body: "One.\n---\n\"\"\"Two\"\"\" \\ '''".to_owned(),
            lang: Some("id".to_owned()),
            url: String::new(),
            feed: String::new(),
            feed_country: Some("ID".to_owned()),
            tags: vec!["t".to_owned()],
            author: None,
            age: Some("3h".to_owned()),
            expect: Expectation::NoMatch,
            evidence: vec!["外长".to_owned()],
        }
    }

    fn config(text: &str) -> (tempfile::TempDir, Config) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let more = dir.path().join("more.toml");
        std::fs::write(
            &path,
            "include = [\"more.toml\"]\n[store]\npath = \"w.db\"\n",
        )
        .unwrap();
        std::fs::write(more, text).unwrap();
        let config = Config::load(&path).map_err(|problems| format!("{problems:?}"));
        (dir, config.unwrap())
    }

    #[test]
    fn a_test_stands_behind_the_others_of_its_watch_and_everything_else_stays() {
        for (watch, number) in [("a", 2), ("b", 1)] {
            let (_dir, config) = config(FILE);
            let file = add_test(&config, watch, &test(), "a17\n[x] https://a.example").unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            let mut rest = text.as_str();
            for line in FILE.lines() {
                let at = rest.find(line).unwrap_or_else(|| panic!("{line}: {text}"));
                rest = &rest[at + line.len()..];
            }
            assert!(
                text.contains("# a17 [x] https://a.example\n[[watch."),
                "{text}"
            );
            let read = Config::load(&config.path).map_err(|problems| format!("{problems:?}"));
            let read = read.unwrap().rules;
            let watch = read
                .watches
                .iter()
                .find(|known| known.name == watch)
                .unwrap();
            assert_eq!(watch.tests.len(), number);
            assert_eq!(watch.tests.last(), Some(&test()));
        }
    }

    #[test]
    fn what_is_shown_is_what_is_written() {
        let table = test_table("a", &test(), "a17");
        let table: toml::Table = toml::from_str(&table).unwrap();
        let shown: WatchTest = table["watch"]["a"]["test"][0].clone().try_into().unwrap();
        assert_eq!(shown, test());
    }

    #[test]
    fn other_shapes_are_left_alone() {
        let inline = "[watch.a]\nmatch = '\"x\"'\ntest = [{ title = \"x\", expect = \"match\" }]\n";
        let (_dir, config) = config(inline);
        let error = add_test(&config, "a", &test(), "a17").unwrap_err();
        assert!(matches!(error, EditError::TestShape { .. }), "{error}");
        let error = add_test(&config, "none", &test(), "a17").unwrap_err();
        assert!(matches!(error, EditError::NoWatch { .. }), "{error}");
        let text = std::fs::read_to_string(&config.files[1]).unwrap();
        assert_eq!(text, inline);
    }
}
