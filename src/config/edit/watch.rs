//! Adds a watch to a file of the config.

use std::fs;
use std::path::{Path, PathBuf};

use super::{EditError, Edited, io_error};
use crate::config::Config;
use crate::world::ownership;

/// Puts `tables`, a watch with its lists and tests, at the end of a file of the config, if the config reads well with
/// it. A file that is not there yet is made; whoever asks for it must see to it that `include` names it.
///
/// # Errors
/// [`EditError`]; no file is changed then.
pub fn add_watch(config: &Config, file: &Path, tables: &str) -> Result<(), EditError> {
    let is_new = !file.exists();
    let before = match is_new {
        true => String::new(),
        false => fs::read_to_string(file).map_err(io_error(file))?,
    };
    let crlf = before.matches("\r\n").count() * 2 > before.matches('\n').count();
    let before = before.replace("\r\n", "\n");
    let gap = match before.trim().is_empty() {
        true => "",
        false => "\n",
    };
    let end = if before.is_empty() || before.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let text = format!("{before}{end}{gap}{tables}");
    let document = text.parse().map_err(|why| EditError::NotToml {
        path: file.to_owned(),
        why: Box::new(why),
    })?;
    let edited = Edited { document, crlf };
    if is_same(file, &config.path) {
        edited.try_out(file, &config.files)?;
        return edited.write(file);
    }
    try_included(config, file, &edited)?;
    if is_new {
        fs::write(file, "").map_err(io_error(file))?;
        ownership::as_folder(file, Some(0o640)).map_err(io_error(file))?;
    }
    edited.write(file)
}

/// Reads the config with a copy of the changed file in its place.
fn try_included(config: &Config, file: &Path, edited: &Edited) -> Result<(), EditError> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let copy = tempfile::NamedTempFile::new_in(folder).map_err(io_error(file))?;
    fs::write(copy.path(), edited.text()).map_err(io_error(file))?;
    // From the folder of the config, as `include` is read.
    let path = fs::canonicalize(copy.path()).map_err(io_error(file))?;
    let others = config.files.iter().filter(|other| !is_same(other, file));
    let files: Vec<PathBuf> = others.cloned().chain([path]).collect();
    let mut main = Edited::read(&config.path)?;
    if main.document.get("include").is_none() {
        main.document
            .insert("include", toml_edit::value(toml_edit::Array::new()));
    }
    main.try_out(&config.path, &files)
}

/// Whether two names are of the same file.
fn is_same(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
