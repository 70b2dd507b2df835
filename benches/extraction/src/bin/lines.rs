//! Writes the lines of every page with their features, for `train.py`.
//!
//! `lines FOLDER OUT [ANSWERS]`: `OUT.jsonl` has the texts, `OUT.f32` the features row by row, `OUT.names` their
//! names. With ANSWERS, the first stage's probabilities of all lines, the features are those of the second stage.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::bail;
use wirewatch::extract::{Page, training};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, out, answers) = match arguments.as_slice() {
        [folder, out] => (folder, out, None),
        [folder, out, answers] => (folder, out, Some(floats(answers)?)),
        _ => bail!("usage: lines FOLDER OUT [ANSWERS]"),
    };
    let stage = if answers.is_some() { 2 } else { 1 };
    fs::write(format!("{out}.names"), training::names(stage).join("\n"))?;
    let mut numbers = BufWriter::new(File::create(format!("{out}.f32"))?);
    let mut texts = BufWriter::new(File::create(format!("{out}.jsonl"))?);
    let mut answers = answers.as_deref();
    for case in wirewatch_bench_extraction::cases(Path::new(folder))? {
        let case = case?;
        let page = Page { url: &case.url, content_type: Some("text/html; charset=utf-8") };
        let rows = training::rows(&case.bytes, &page, &mut answers);
        for value in rows.iter().flat_map(|row| &row.features) {
            numbers.write_all(&value.to_le_bytes())?;
        }
        let lines: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        writeln!(texts, "{}", serde_json::json!({ "id": case.id, "lines": lines }))?;
    }
    Ok(())
}

fn floats(path: &str) -> anyhow::Result<Vec<f32>> {
    let bytes = fs::read(path)?;
    let values = bytes.chunks_exact(4).filter_map(|four| four.try_into().ok());
    Ok(values.map(f32::from_le_bytes).collect())
}
