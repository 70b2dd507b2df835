//! Pages of a folder: those that its `cases.jsonl` lists, or every `.html` and `.html.gz` in it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

/// What the corpus says of its pages, which were decoded when they were gathered.
const CONTENT_TYPE: &str = "text/html; charset=utf-8";

/// A page to be read.
#[derive(Debug)]
pub struct Page {
    /// Its name.
    pub id: String,
    /// The collection that it belongs to.
    pub source: String,
    /// Where it was fetched from; may be empty.
    pub url: String,
    /// What the server said of it.
    pub content_type: Option<&'static str>,
    /// As the server sent it.
    pub bytes: Vec<u8>,
}

/// Reads the pages of a folder, in the order of the list or of their names.
///
/// # Errors
/// When a file is missing or is not what it should be.
pub fn read(folder: &Path) -> anyhow::Result<Vec<Page>> {
    let list = folder.join("cases.jsonl");
    if !list.exists() {
        return loose(folder);
    }
    let list = fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    list.lines().map(|line| listed(folder, line)).collect()
}

fn listed(folder: &Path, line: &str) -> anyhow::Result<Page> {
    let case: Value = serde_json::from_str(line)?;
    let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let id = text("id");
    Ok(Page {
        source: text("source"),
        url: text("url"),
        content_type: Some(CONTENT_TYPE),
        bytes: bytes(&folder.join(format!("pages/{id}.html.gz")))?,
        id,
    })
}

fn loose(folder: &Path) -> anyhow::Result<Vec<Page>> {
    let files = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let files = files.map(|file| Ok(file?.path()));
    let mut files: Vec<PathBuf> = files.collect::<std::io::Result<_>>()?;
    files.sort();
    let pages = files.iter().filter_map(|file| {
        let name = file.file_name()?.to_str()?;
        let id = name
            .strip_suffix(".html")
            .or_else(|| name.strip_suffix(".html.gz"))?;
        Some((id.to_owned(), file))
    });
    pages
        .map(|(id, file)| {
            Ok(Page {
                id,
                source: "pages".to_owned(),
                url: String::new(),
                content_type: None,
                bytes: bytes(file)?,
            })
        })
        .collect()
}

fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    let raw = fs::read(file).with_context(|| file.display().to_string())?;
    if file.extension().is_none_or(|extension| extension != "gz") {
        return Ok(raw);
    }
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&raw[..]).read_to_end(&mut bytes)?;
    Ok(bytes)
}
