//! Reads the config file and the files it includes, and cuts them into tables. Every mistake becomes a
//! [`Problem`]; reading goes on behind it, so that a person sees all of them at once.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, ValueDeserializer};

use super::place;
use super::problem::{Level, Problem, Problems, SourceFile, nearest};

/// A top-level table or array element with the place it was found at.
#[derive(Debug)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// File.
    pub file: PathBuf,
    /// Bytes of the key or table.
    pub at: Range<usize>,
}

/// A named table (`[watch.NAME]`).
#[derive(Debug)]
pub struct Named<T> {
    /// NAME.
    pub name: String,
    /// The table.
    pub table: Located<T>,
}

/// Tables that only the main file may have.
pub(super) const MAIN_ONLY: &[&str] = &[
    "include", "store", "keep", "fetch", "extract", "alert", "health", "websub", "metrics",
];
/// Tables that every file may have.
pub(super) const EVERYWHERE: &[&str] = &[
    "feed", "host", "site", "watch", "list", "person", "org", "channel", "route", "digest",
];

/// Warnings of one kind that are shown; of a file with thousands of feeds the rest is counted.
const WARNINGS_SHOWN: usize = 10;

/// Reads files and gathers problems.
#[derive(Debug, Default)]
pub struct Reader {
    /// What was read and what is wrong with it.
    pub problems: Problems,
    /// How often each kind of warning was given that thousands of tables may have.
    warned: BTreeMap<&'static str, usize>,
}

impl Reader {
    /// Reads one file; a problem instead when that fails.
    pub fn read(&mut self, path: &Path) -> Option<SourceFile> {
        match fs::read_to_string(path) {
            Ok(text) => {
                let file = SourceFile {
                    path: path.to_owned(),
                    text: text.into(),
                };
                self.problems.files.push(file.clone());
                Some(file)
            }
            Err(error) => {
                let message = match error.kind() {
                    std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
                    std::io::ErrorKind::InvalidData => "is not UTF-8 text".to_owned(),
                    _ => format!("cannot be read: {error}"),
                };
                self.report(Level::Error, path, None, message, None);
                None
            }
        }
    }

    /// Adds a problem.
    pub fn report(
        &mut self,
        level: Level,
        file: &Path,
        at: Option<Range<usize>>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.problems.list.push(Problem {
            level,
            code: "config",
            file: file.to_owned(),
            at,
            message: message.into(),
            help,
        });
    }

    /// Adds a warning of a kind that many tables may have. `kind` says what they have in common, for the line
    /// that counts those which are not shown.
    pub fn warn(
        &mut self,
        kind: &'static str,
        file: &Path,
        at: Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        let given = self.warned.entry(kind).or_default();
        *given += 1;
        if *given <= WARNINGS_SHOWN {
            self.report(Level::Warning, file, Some(at), message, help);
        }
    }

    /// Tells of each kind of warning how many were not shown.
    pub fn tell_unshown(&mut self, file: &Path) {
        for (kind, given) in std::mem::take(&mut self.warned) {
            if given > WARNINGS_SHOWN {
                let more = given - WARNINGS_SHOWN;
                let message = format!("{more} more warnings of this kind: {kind}");
                self.report(Level::Warning, file, None, message, None);
            }
        }
    }

    /// Adds an error at a place of a file.
    pub fn error(
        &mut self,
        file: &Path,
        at: Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.report(Level::Error, file, Some(at), message, help);
    }

    /// Parses a file into its top-level tables. Syntax errors are reported; what could be read is given.
    pub fn parse<'t>(&mut self, file: &'t SourceFile) -> DeTable<'t> {
        let (table, errors) = DeTable::parse_recoverable(&file.text);
        for error in errors {
            let message = error
                .message()
                .lines()
                .next()
                .unwrap_or("not TOML")
                .to_owned();
            self.report(Level::Error, &file.path, error.span(), message, None);
            self.problems.last_is("toml");
        }
        table.into_inner()
    }

    /// Reports the keys that do not belong into such a file.
    pub fn check_top_level(&mut self, file: &SourceFile, main: bool, table: &DeTable<'_>) {
        for key in table.keys() {
            self.check_key(file, main, key);
        }
    }

    fn check_key(&mut self, file: &SourceFile, main: bool, key: &Spanned<DeString<'_>>) {
        let name: &str = key.as_ref();
        if EVERYWHERE.contains(&name) || (main && MAIN_ONLY.contains(&name)) {
            return;
        }
        if MAIN_ONLY.contains(&name) {
            let message =
                format!("`{name}` belongs into the main config file, not into an included one");
            self.error(&file.path, key.span(), message, None);
            return;
        }
        let known = MAIN_ONLY.iter().chain(EVERYWHERE).copied();
        let help = match nearest(name, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known: {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.error(
            &file.path,
            key.span(),
            format!("unknown key `{name}`"),
            Some(help),
        );
        self.problems.last_is("unknown-key");
    }

    /// Reads one value as `T`; a problem instead when it does not fit.
    pub fn value<T: DeserializeOwned>(
        &mut self,
        file: &SourceFile,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<T> {
        match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(read) => Some(read),
            Err(error) => {
                let message = error.message().to_owned();
                let (at, message, help) = explain(value, error.span(), message);
                let is_key = message.starts_with("unknown key");
                self.error(&file.path, at, message, help);
                self.problems
                    .last_is(if is_key { "unknown-key" } else { "value" });
                None
            }
        }
    }

    /// The same with its place.
    pub fn located<T: DeserializeOwned>(
        &mut self,
        file: &SourceFile,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<Located<T>> {
        let read = self.value(file, value)?;
        Some(Located {
            value: read,
            file: file.path.clone(),
            at: value.span(),
        })
    }

    /// Reads every `[kind.NAME]` of a file.
    pub fn named<T: DeserializeOwned>(
        &mut self,
        file: &SourceFile,
        table: &DeTable<'_>,
        kind: &str,
    ) -> Vec<Named<T>> {
        let Some(tables) = table.get(kind) else {
            return Vec::new();
        };
        let DeValue::Table(inner) = tables.get_ref() else {
            let message = format!("`{kind}` holds named tables: write `[{kind}.NAME]`");
            self.error(&file.path, tables.span(), message, None);
            return Vec::new();
        };
        let mut found = Vec::new();
        for (key, value) in inner {
            let name: &str = key.as_ref();
            if !is_name(name) {
                let help = "letters, digits, `-` and `_`".to_owned();
                self.error(
                    &file.path,
                    key.span(),
                    format!("`{name}` is no name"),
                    Some(help),
                );
            }
            if let Some(read) = self.value(file, value) {
                let located = Located {
                    value: read,
                    file: file.path.clone(),
                    at: key.span(),
                };
                found.push(Named {
                    name: name.to_owned(),
                    table: located,
                });
            }
        }
        found
    }

    /// The elements of `[[kind]]` of a file, not read yet.
    pub fn elements<'a, 't>(
        &mut self,
        file: &SourceFile,
        table: &'a DeTable<'t>,
        kind: &str,
    ) -> &'a [Spanned<DeValue<'t>>] {
        let Some(value) = table.get(kind) else {
            return &[];
        };
        let DeValue::Array(elements) = value.get_ref() else {
            let message =
                format!("`{kind}` is a list of tables: write `[[{kind}]]`, with two brackets");
            self.error(&file.path, value.span(), message, None);
            return &[];
        };
        elements
    }

    /// Reads every `[[kind]]` of a file.
    pub fn array<T: DeserializeOwned>(
        &mut self,
        file: &SourceFile,
        table: &DeTable<'_>,
        kind: &str,
    ) -> Vec<Located<T>> {
        let mut found = Vec::new();
        for element in self.elements(file, table, kind) {
            if let Some(read) = self.value(file, element) {
                found.push(Located {
                    value: read,
                    file: file.path.clone(),
                    at: element.span(),
                });
            }
        }
        found
    }

    /// The files that `include` names, in order; a pattern that names a missing file is a problem.
    pub fn includes(&mut self, file: &SourceFile, table: &DeTable<'_>) -> Vec<PathBuf> {
        let patterns: Vec<Spanned<String>> = match table.get("include") {
            Some(value) => self.value(file, value).unwrap_or_default(),
            None => Vec::new(),
        };
        let base = file.path.parent().unwrap_or(Path::new(""));
        let mut found = Vec::new();
        for pattern in patterns {
            self.include_one(file, base, &pattern, &mut found);
        }
        found
    }

    fn include_one(
        &mut self,
        file: &SourceFile,
        base: &Path,
        pattern: &Spanned<String>,
        found: &mut Vec<PathBuf>,
    ) {
        let text = pattern.get_ref();
        let full = base.join(text);
        if !text.contains(['*', '?', '[']) {
            found.push(full);
            return;
        }
        self.problems.patterns.push(full.clone());
        match glob::glob(&full.to_string_lossy()) {
            Ok(paths) => {
                let mut paths: Vec<PathBuf> = paths.filter_map(Result::ok).collect();
                paths.sort();
                if paths.is_empty() {
                    let message = format!("`{text}` names no file");
                    self.report(
                        Level::Warning,
                        &file.path,
                        Some(pattern.span()),
                        message,
                        None,
                    );
                }
                found.extend(paths.into_iter().filter(|path| *path != file.path));
            }
            Err(error) => {
                let message = format!("`{text}` is no pattern: {}", error.msg);
                self.error(&file.path, pattern.span(), message, None);
            }
        }
    }
}

/// True for names that can stand in commands, file names and addresses.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// Makes a person's message of serde's: points at the unknown key and suggests the nearest.
fn explain(
    value: &Spanned<DeValue<'_>>,
    span: Option<Range<usize>>,
    message: String,
) -> (Range<usize>, String, Option<String>) {
    let whole = value.span();
    let first_line = message.lines().next().unwrap_or_default().to_owned();
    let unknown = first_line.strip_prefix("unknown field `");
    let Some((name, expected)) = unknown.and_then(|rest| rest.split_once('`')) else {
        let at = place::of_mistake(value, span, &first_line);
        return (at, first_line, None);
    };
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if known.is_empty() => None,
        None => Some(format!("known here: {}", known.join(", "))),
    };
    let at = key_span(value, name).or(span).unwrap_or(whole);
    (at, format!("unknown key `{name}`"), help)
}

/// Where a key stands in a table or in one of the tables inside it.
fn key_span(value: &Spanned<DeValue<'_>>, name: &str) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::Table(table) => table.iter().find_map(|(key, inner)| {
            let here: &str = key.as_ref();
            if here == name {
                Some(key.span())
            } else {
                key_span(inner, name)
            }
        }),
        DeValue::Array(elements) => elements.iter().find_map(|element| key_span(element, name)),
        _ => None,
    }
}
