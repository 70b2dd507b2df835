//! Changes to the config file by commands: comments, order and everything else stay as they were.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// A feed as `feed add` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedEdit {
    /// Address.
    pub url: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Language.
    pub lang: Option<String>,
    /// Interval as a person writes it.
    pub interval: Option<String>,
}

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Reading or writing failed.
    #[error("{}: {why}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// The file is no TOML.
    #[error("{}: {why}", .path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        why: Box<toml_edit::TomlError>,
    },
    /// The feed is there already.
    #[error("{url} is in {} already", .path.display())]
    Known {
        /// The file.
        path: PathBuf,
        /// The address.
        url: String,
    },
    /// The feed is not there.
    #[error("{url} is in none of the config's files; `wirewatch feed list` shows what is")]
    Unknown {
        /// The address.
        url: String,
    },
    /// `feed` is something else than a list of tables.
    #[error("{}: `feed` is not written as [[feed]] tables; change the file by hand", .path.display())]
    OtherShape {
        /// The file.
        path: PathBuf,
    },
}

/// Adds a `[[feed]]` behind the last one of the file.
///
/// # Errors
/// [`EditError`]; the file is unchanged then.
pub fn add_feed(path: &Path, feed: &FeedEdit) -> Result<(), EditError> {
    let mut document = read(path)?;
    let item = document
        .entry("feed")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(feeds) = item.as_array_of_tables_mut() else {
        return Err(EditError::OtherShape {
            path: path.to_owned(),
        });
    };
    if feeds.iter().any(|table| has_url(table, &feed.url)) {
        return Err(EditError::Known {
            path: path.to_owned(),
            url: feed.url.clone(),
        });
    }
    feeds.push(table_of(feed));
    write(path, &document)
}

/// Takes a `[[feed]]` out of the first of `files` that has it; gives that file.
///
/// # Errors
/// [`EditError`]; no file is changed then.
pub fn remove_feed(files: &[PathBuf], url: &str) -> Result<PathBuf, EditError> {
    for path in files {
        let mut document = read(path)?;
        let Some(feeds) = document
            .get_mut("feed")
            .and_then(Item::as_array_of_tables_mut)
        else {
            continue;
        };
        let Some(index) = feeds.iter().position(|table| has_url(table, url)) else {
            continue;
        };
        feeds.remove(index);
        write(path, &document)?;
        return Ok(path.clone());
    }
    Err(EditError::Unknown {
        url: url.to_owned(),
    })
}

fn has_url(table: &Table, url: &str) -> bool {
    table.get("url").and_then(Item::as_str) == Some(url)
}

fn table_of(feed: &FeedEdit) -> Table {
    let mut table = Table::new();
    table.insert("url", value(&feed.url));
    if !feed.tags.is_empty() {
        table.insert("tags", value(Array::from_iter(&feed.tags)));
    }
    if let Some(lang) = &feed.lang {
        table.insert("lang", value(lang));
    }
    if let Some(interval) = &feed.interval {
        table.insert("interval", value(interval));
    }
    table.decor_mut().set_prefix("\n");
    table
}

fn read(path: &Path) -> Result<DocumentMut, EditError> {
    let text = fs::read_to_string(path).map_err(|why| EditError::Io {
        path: path.to_owned(),
        why,
    })?;
    text.parse::<DocumentMut>()
        .map_err(|why| EditError::NotToml {
            path: path.to_owned(),
            why: Box::new(why),
        })
}

/// Replaces the file whole, so that a running daemon never reads half of it. A link stays a link.
fn write(path: &Path, document: &DocumentMut) -> Result<(), EditError> {
    let said = |why| EditError::Io {
        path: path.to_owned(),
        why,
    };
    let target = fs::canonicalize(path).map_err(said)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(said)?;
    file.write_all(document.to_string().as_bytes())
        .map_err(said)?;
    let mode = fs::metadata(&target).map_err(said)?.permissions();
    file.as_file().set_permissions(mode).map_err(said)?;
    file.as_file().sync_all().map_err(said)?;
    file.persist(&target).map_err(|error| said(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"# my feeds
[store]
path = "x.db" # here

[[feed]] # first
url = "https://a.example/rss"

# the second one
[[feed]]
url = "https://b.example/rss"
tags = ["b"]

[watch.w]
match = '"x"'
"#;

    fn file() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        fs::write(&path, FILE).unwrap();
        (dir, path)
    }

    #[test]
    fn a_feed_is_added_and_everything_else_stays() {
        let (_dir, path) = file();
        let feed = FeedEdit {
            url: "https://c.example/rss".to_owned(),
            tags: vec!["id".to_owned(), "politics".to_owned()],
            lang: Some("id".to_owned()),
            interval: None,
        };
        add_feed(&path, &feed).unwrap();
        let expected = FILE.replace(
            "\n[watch.w]",
            "\n[[feed]]\nurl = \"https://c.example/rss\"\ntags = [\"id\", \"politics\"]\nlang = \"id\"\n\n[watch.w]",
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        let error = add_feed(&path, &feed).expect_err("it is there").to_string();
        assert!(
            error.contains("is in") && error.contains("already"),
            "{error}"
        );
    }

    #[test]
    fn a_feed_is_removed_with_its_own_comment_only() {
        let (_dir, path) = file();
        assert_eq!(
            remove_feed(std::slice::from_ref(&path), "https://b.example/rss").unwrap(),
            path
        );
        let expected = FILE.replace(
            "\n# the second one\n[[feed]]\nurl = \"https://b.example/rss\"\ntags = [\"b\"]\n",
            "",
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        let error = remove_feed(&[path], "https://b.example/rss").expect_err("it is gone");
        assert!(error.to_string().contains("feed list"), "{error}");
    }
}
