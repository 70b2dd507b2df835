//! The pages of the corpus, for the programs of this package.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

/// A page of the corpus.
pub struct Case {
    /// Its name.
    pub id: String,
    /// Where it was fetched from; may be empty.
    pub url: String,
    /// Its bytes, UTF-8.
    pub bytes: Vec<u8>,
}

/// Reads the pages that `FOLDER/cases.jsonl` lists.
///
/// # Errors
/// When a file is missing or is not what it should be.
pub fn cases(folder: &Path) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Case>>> {
    let path = folder.join("cases.jsonl");
    let list = File::open(&path).with_context(|| path.display().to_string())?;
    let folder = folder.to_owned();
    Ok(BufReader::new(list).lines().map(move |line| {
        let case: Value = serde_json::from_str(&line?)?;
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let id = text("id");
        let page = folder.join(format!("pages/{id}.html.gz"));
        let file = File::open(&page).with_context(|| page.display().to_string())?;
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(file).read_to_end(&mut bytes)?;
        Ok(Case { id, url: text("url"), bytes })
    }))
}
