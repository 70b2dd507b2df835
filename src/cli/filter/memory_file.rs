//! A file of host memories, for `extract --host-memory`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::extract::{Aids, Extracted, HostMemory, Page, extract_with_memory, host_of};

/// The memories of many hosts, and the file that they are kept in.
pub(super) struct MemoryFile {
    path: PathBuf,
    content: Content,
}

/// The file.
#[derive(Default, Serialize, Deserialize)]
struct Content {
    hosts: BTreeMap<String, HostMemory>,
}

impl MemoryFile {
    /// Reads a file; one that does not exist is empty.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let content: Content = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{}: no file of host memories", path.display()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Content::default(),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let hosts = content
            .hosts
            .into_iter()
            .map(|(host, memory)| (host, memory.sound()))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            content: Content { hosts },
        })
    }

    /// Reads a page with the memory of its host, and learns from it.
    pub(super) fn extract(&mut self, bytes: &[u8], page: &Page<'_>, aids: Aids<'_>) -> Extracted {
        let memory = self
            .content
            .hosts
            .entry(host_of(page.url).unwrap_or_default())
            .or_default();
        let (extracted, impression) = extract_with_memory(bytes, page, aids, memory);
        memory.learn(&impression);
        extracted
    }

    /// Writes the file anew, whole or not at all.
    pub(super) fn save(&self) -> anyhow::Result<()> {
        let told = || self.path.display().to_string();
        let folder = self
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut file =
            tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).with_context(told)?;
        serde_json::to_writer(&mut file, &self.content).with_context(told)?;
        file.write_all(b"\n").with_context(told)?;
        file.persist(&self.path).with_context(told)?;
        Ok(())
    }
}
