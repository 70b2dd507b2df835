//! A folder of ftr-site-config files, read one by one when a page of their host is read: thousands of them cost
//! nothing at start.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::extract::SiteRule;
use crate::extract::site::ftr;

/// Hosts whose rule is remembered.
const HOSTS_MAX: usize = 10_000;

/// The folder and what was read of it. A reload of the config reads it anew.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    known: Mutex<HashMap<String, Option<Arc<SiteRule>>>>,
}

/// What a folder holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Files that were read.
    pub files: usize,
    /// Files of which some lines are not understood.
    pub files_in_part: usize,
    /// Such lines.
    pub lines: usize,
}

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            known: Mutex::default(),
        }
    }

    /// The rule for a host: of its own file, or of one for all names below a domain.
    pub(super) fn rule_for(&self, host: &str) -> Option<Arc<SiteRule>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rule) = known.get(host) {
            return rule.clone();
        }
        let rule = names(host).iter().find_map(|name| self.read(name));
        if known.len() >= HOSTS_MAX {
            known.clear();
        }
        known.insert(host.to_owned(), rule.clone());
        rule
    }

    fn read(&self, name: &str) -> Option<Arc<SiteRule>> {
        let bytes = fs::read(self.path.join(name)).ok()?;
        let rule = ftr::parse(&String::from_utf8_lossy(&bytes), name);
        if !rule.not_understood.is_empty() {
            let lines = rule.not_understood.len();
            tracing::debug!(
                "{name}: {lines} lines are not understood: {}",
                rule.not_understood.join("; ")
            );
        }
        Some(Arc::new(rule))
    }

    /// Reads every file.
    pub(super) fn survey(&self) -> Survey {
        let mut survey = Survey::default();
        let entries = fs::read_dir(&self.path)
            .into_iter()
            .flatten()
            .filter_map(Result::ok);
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        for name in names.filter(|name| is_rule_file(name)) {
            if let Some(rule) = self.read(&name) {
                survey.files += 1;
                survey.files_in_part += usize::from(!rule.not_understood.is_empty());
                survey.lines += rule.not_understood.len();
            }
        }
        survey
    }
}

/// `LICENSE.txt` and its like have no dot in their name.
fn is_rule_file(name: &str) -> bool {
    name.strip_suffix(".txt")
        .is_some_and(|host| host.contains('.'))
}

/// Names of the files that may hold the rule for a host, the most specific one first: `a.b.org.txt`,
/// `.a.b.org.txt`, `.b.org.txt`. Not `.org.txt`: nobody knows the pages of a whole country.
fn names(host: &str) -> Vec<String> {
    // A host of a parsed address has neither slashes nor `..`; an address in brackets has no file.
    let is_name = |host: &str| {
        host.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    let host = host.trim_end_matches('.');
    if host.is_empty() || host.contains("..") || !is_name(host) {
        return Vec::new();
    }
    let host = host.strip_prefix("www.").unwrap_or(host);
    let mut names = vec![format!("{host}.txt"), format!(".{host}.txt")];
    let mut rest = host;
    while let Some((_, parent)) = rest
        .split_once('.')
        .filter(|(_, parent)| parent.contains('.'))
    {
        names.push(format!(".{parent}.txt"));
        rest = parent;
    }
    names
}
