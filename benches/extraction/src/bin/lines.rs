//! Writes the lines of every page with their features, for `train.py`.
//!
//! `lines FOLDER OUT`: `OUT.jsonl` has the texts, `OUT.f32` the features row by row, `OUT.names` their names.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::bail;
use wirewatch::extract::{Page, training};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, out] = arguments.as_slice() else {
        bail!("usage: lines FOLDER OUT");
    };
    fs::write(format!("{out}.names"), training::names().join("\n"))?;
    let mut numbers = BufWriter::new(File::create(format!("{out}.f32"))?);
    let mut texts = BufWriter::new(File::create(format!("{out}.jsonl"))?);
    for case in wirewatch_bench_extraction::cases(Path::new(folder))? {
        let case = case?;
        let page = Page { url: &case.url, content_type: Some("text/html; charset=utf-8") };
        let rows = training::rows(&case.bytes, &page);
        for value in rows.iter().flat_map(|row| &row.features) {
            numbers.write_all(&value.to_le_bytes())?;
        }
        let lines: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        writeln!(texts, "{}", serde_json::json!({ "id": case.id, "lines": lines }))?;
    }
    Ok(())
}
