//! Changes to the config file by commands: comments, order and everything else stay as they were.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, RawString, Table, value};
use url::Url;

use super::Config;
use super::address::{same_feed_as_written, without_login};
use crate::world::ownership;
pub use error::EditError;

mod error;
pub(super) mod pin;
mod watch;

#[cfg(test)]
mod tests;

pub use watch::add_watch;

/// Letters of a title that becomes a comment.
const COMMENT_CHARS_MAX: usize = 100;

/// A feed as `feed add` and `feed import` give it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedEdit {
    /// Address.
    pub url: String,
    /// Title: a comment for people, nothing else.
    pub title: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Language.
    pub lang: Option<String>,
    /// Interval as a person writes it.
    pub interval: Option<String>,
}

/// Adds a `[[feed]]` behind the last one of the main file, if the config reads well with it.
///
/// # Errors
/// [`EditError`]; the file is unchanged then.
pub fn add_feed(config: &Config, feed: &FeedEdit) -> Result<(), EditError> {
    if let Some(known) = config.feed(&feed.url) {
        return Err(EditError::Known {
            path: file_with(config, &known.spec.url)?,
            url: known.spec.url.clone(),
        });
    }
    add_feeds(config, &[feed])
}

/// Adds several feeds at once, none of which the config has (see [`new_feeds`]): the file is written once.
///
/// # Errors
/// [`EditError`]; the file is unchanged then.
pub fn add_feeds(config: &Config, feeds: &[&FeedEdit]) -> Result<(), EditError> {
    if feeds.is_empty() {
        return Ok(());
    }
    let path = &config.path;
    let mut edited = Edited::read(path)?;
    if !edited.add(feeds) {
        return Err(EditError::OtherShape { path: path.clone() });
    }
    edited.try_out(path, &config.files)?;
    edited.write(path)
}

/// Those of some feeds that the config does not have yet under any spelling, each once.
#[must_use]
pub fn new_feeds<'a>(config: &Config, feeds: &'a [FeedEdit]) -> Vec<&'a FeedEdit> {
    let name = |url: &str| same_feed_as_written(url).unwrap_or_else(|| url.to_owned());
    let known = config.feeds.iter().map(|feed| name(&feed.spec.url));
    let mut known: HashSet<String> = known.collect();
    feeds
        .iter()
        .filter(|feed| known.insert(name(&feed.url)))
        .collect()
}

/// The `[[feed]]` tables that [`add_feeds`] would write.
#[must_use]
pub fn feed_tables(feeds: &[&FeedEdit]) -> String {
    let mut document = DocumentMut::new();
    let tables: ArrayOfTables = feeds.iter().map(|feed| table_of(feed)).collect();
    document.insert("feed", Item::ArrayOfTables(tables));
    document.to_string().trim_start().to_owned()
}

/// Takes a `[[feed]]` out of the first of `files` that has it; gives that file. The comment directly
/// above it goes with it, what stands above a blank line stays.
///
/// # Errors
/// [`EditError`]; no file is changed then.
pub fn remove_feed(files: &[PathBuf], url: &str) -> Result<PathBuf, EditError> {
    for path in files {
        let mut edited = Edited::read(path)?;
        if edited.remove(url) {
            edited.write(path)?;
            return Ok(path.clone());
        }
    }
    Err(EditError::Unknown {
        url: url.to_owned(),
    })
}

/// The file that a feed of the config stands in.
fn file_with(config: &Config, url: &str) -> Result<PathBuf, EditError> {
    for path in &config.files {
        let feeds = Edited::read(path)?.document.remove("feed");
        let tables = feeds.as_ref().and_then(Item::as_array_of_tables);
        if tables.is_some_and(|tables| tables.iter().any(|table| has_url(table, url))) {
            return Ok(path.clone());
        }
    }
    Ok(config.path.clone())
}

fn has_url(table: &Table, url: &str) -> bool {
    let Some(written) = table.get("url").and_then(Item::as_str) else {
        return false;
    };
    // The config shows an address without its login.
    let shown = || Url::parse(written).map(|written| without_login(&written).to_string());
    written == url || (written.contains('@') && shown().is_ok_and(|shown| shown == url))
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
    if let Some(title) = feed.title.as_deref().and_then(comment) {
        table.decor_mut().set_suffix(format!(" # {title}"));
    }
    table
}

/// A title as a comment on one line; nothing of it can become a part of the config.
fn comment(title: &str) -> Option<String> {
    let words = title.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let line: String = line.join(" ").chars().take(COMMENT_CHARS_MAX).collect();
    (!line.is_empty()).then_some(line)
}

/// A file while it is changed.
struct Edited {
    document: DocumentMut,
    /// Whether its lines end with CR LF; `toml_edit` writes LF only.
    crlf: bool,
}

impl Edited {
    fn read(path: &Path) -> Result<Self, EditError> {
        let text = fs::read_to_string(path).map_err(io_error(path))?;
        let crlf = text.matches("\r\n").count() * 2 > text.matches('\n').count();
        let document = text.replace("\r\n", "\n").parse::<DocumentMut>();
        let document = document.map_err(|why| EditError::NotToml {
            path: path.to_owned(),
            why: Box::new(why),
        })?;
        Ok(Self { document, crlf })
    }

    /// Adds the feeds behind the last one; false when `feed` is no list of tables.
    fn add(&mut self, feeds: &[&FeedEdit]) -> bool {
        let item = self
            .document
            .entry("feed")
            .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let Some(tables) = item.as_array_of_tables_mut() else {
            return false;
        };
        for feed in feeds {
            tables.push(table_of(feed));
        }
        true
    }

    /// Takes the feed out; false when it is not there.
    fn remove(&mut self, url: &str) -> bool {
        let feeds = self.document.get_mut("feed");
        let Some(feeds) = feeds.and_then(Item::as_array_of_tables_mut) else {
            return false;
        };
        let Some(index) = feeds.iter().position(|table| has_url(table, url)) else {
            return false;
        };
        let removed = feeds.remove(index);
        let above = removed.decor().prefix().and_then(RawString::as_str);
        let kept = above_blank_line(above.unwrap_or_default());
        if !kept.trim().is_empty() {
            self.keep(kept, removed.position().unwrap_or(0));
        }
        true
    }

    /// Puts comments that stood above a table, which was at `position`, above the table behind it.
    fn keep(&mut self, kept: &str, position: isize) {
        let mut next: Option<isize> = None;
        each_table(self.document.as_table_mut(), &mut |table| {
            let here = table.position().filter(|at| *at > position);
            next = next.into_iter().chain(here).min();
        });
        let Some(next) = next else {
            let own = self.document.trailing().as_str().unwrap_or_default();
            let trailing = match own.trim() {
                "" => format!("{}\n", kept.trim_end()),
                _ => joined(kept, own),
            };
            self.document.set_trailing(trailing);
            return;
        };
        each_table(self.document.as_table_mut(), &mut |table| {
            if table.position() == Some(next) {
                let own = table.decor().prefix().and_then(RawString::as_str);
                let prefix = joined(kept, own.unwrap_or_default());
                table.decor_mut().set_prefix(prefix);
            }
        });
    }

    /// Reads the edited text as the config's main file, without touching that.
    fn try_out(&self, path: &Path, files: &[PathBuf]) -> Result<(), EditError> {
        // Beside the config, because what it names is found from there.
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let trial = self.trial(path, files);
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(io_error(path))?;
        file.write_all(trial.text().as_bytes())
            .map_err(io_error(path))?;
        let Err(mut problems) = Config::load(file.path()) else {
            return Ok(());
        };
        let places = problems.files.iter_mut().map(|file| &mut file.path);
        let places = places.chain(problems.list.iter_mut().map(|problem| &mut problem.file));
        for place in places.filter(|place| *place == file.path()) {
            path.clone_into(place);
        }
        Err(EditError::Refused {
            path: path.to_owned(),
            problems: Box::new(problems),
        })
    }

    /// The document for a trial under another name: it includes file by file what the config
    /// includes, because a pattern such as `*.toml` would now find the config itself.
    fn trial(&self, path: &Path, files: &[PathBuf]) -> Self {
        let mut document = self.document.clone();
        if let Some(include) = document.get_mut("include") {
            let base = path.parent().unwrap_or(Path::new(""));
            let names = files.iter().filter(|file| *file != path).map(|file| {
                let name = file.strip_prefix(base).unwrap_or(file);
                glob::Pattern::escape(&name.to_string_lossy())
            });
            *include = value(Array::from_iter(names));
        }
        Self {
            document,
            crlf: self.crlf,
        }
    }

    fn text(&self) -> String {
        let text = self.document.to_string();
        if self.crlf {
            return text.replace('\n', "\r\n");
        }
        text
    }

    /// Replaces the file whole, so that a running daemon never reads half of it. A link stays a link.
    fn write(&self, path: &Path) -> Result<(), EditError> {
        let target = fs::canonicalize(path).map_err(io_error(path))?;
        let folder = target.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(io_error(path))?;
        file.write_all(self.text().as_bytes())
            .map_err(io_error(path))?;
        // Root edits a file that the service has to read.
        let before = fs::metadata(&target).map_err(io_error(path))?;
        ownership::as_before(file.path(), &before).map_err(io_error(path))?;
        file.as_file().sync_all().map_err(io_error(path))?;
        file.persist(&target)
            .map_err(|error| io_error(path)(error.error))?;
        Ok(())
    }
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> EditError {
    move |why| EditError::Io {
        path: path.to_owned(),
        why,
    }
}

/// The part of a text up to its last blank line, and that line.
fn above_blank_line(text: &str) -> &str {
    let mut end = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.ends_with('\n') && line.trim().is_empty() {
            end = at;
        }
    }
    &text[..end]
}

/// What is kept, above what stood there: the blank line at the end of the first is enough.
fn joined(kept: &str, own: &str) -> String {
    format!("{kept}{}", own.strip_prefix('\n').unwrap_or(own))
}

/// Calls `act` for every table inside, in no particular order.
fn each_table(table: &mut Table, act: &mut dyn FnMut(&mut Table)) {
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(inner) => {
                act(inner);
                each_table(inner, act);
            }
            Item::ArrayOfTables(inner) => {
                for inner in inner.iter_mut() {
                    act(inner);
                    each_table(inner, act);
                }
            }
            _ => {}
        }
    }
}
