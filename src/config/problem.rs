//! What is wrong with a config file, and where.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Works, but probably not as meant.
    Warning,
    /// The file is refused.
    Error,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad.
    pub level: Level,
    /// Which kind of mistake, for programs: one of those of `check --help`.
    pub code: &'static str,
    /// Which file.
    pub file: PathBuf,
    /// Where in it (bytes); `None` when it is about the whole file.
    pub at: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// A file as it was read, for showing the line of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its text; empty when it could not be read.
    pub text: Arc<str>,
}

/// Problems of a config together with the texts they point into.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    /// The files.
    pub files: Vec<SourceFile>,
    /// The problems, in file order.
    pub list: Vec<Problem>,
    /// Patterns of `include`, in full.
    pub patterns: Vec<PathBuf>,
}

impl Problems {
    /// True when at least one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list
            .iter()
            .any(|problem| problem.level == Level::Error)
    }

    /// Says what kind of mistake the last one is.
    pub(super) fn last_is(&mut self, code: &'static str) {
        if let Some(last) = self.list.last_mut() {
            last.code = code;
        }
    }

    /// The text of a file, if it was read.
    #[must_use]
    pub fn text_of(&self, path: &std::path::Path) -> Option<&str> {
        let file = self.files.iter().find(|file| file.path == path)?;
        Some(&file.text)
    }
}

impl std::fmt::Display for Problems {
    /// One line each, `file:line:column: message`; the commands show more (see `cli::diagnostic`).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}", problem.file.display())?;
            if let (Some(at), Some(text)) = (&problem.at, self.text_of(&problem.file)) {
                let (line, column) = line_column(text, at.start);
                write!(f, ":{line}:{column}")?;
            }
            write!(f, ": {}", problem.message)?;
        }
        Ok(())
    }
}

/// Line and column (in characters) of a byte offset, both from 1.
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, before[start..].chars().count() + 1)
}

/// The candidate that `word` was probably meant to be.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_column("a\näb", 4), (2, 2));
        assert_eq!(line_column("", 0), (1, 1));
    }

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        assert_eq!(
            nearest("hots_delay", ["host_delay", "contact"]),
            Some("host_delay")
        );
        assert_eq!(
            nearest("Contact", ["host_delay", "contact"]),
            Some("contact")
        );
        assert_eq!(nearest("banana", ["host_delay", "contact"]), None);
    }
}
