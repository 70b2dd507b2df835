//! One JSON object a line, appended to a file: each delivery once, whatever happened between writing and
//! committing.

use std::collections::{HashSet, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::durable::{may_append, sync_directory};
use super::payload::payload;
use super::{Channel, DeliveryError, FilePlace, Parcel, Surroundings};
use crate::world::ownership;

/// Bytes at the end of a file that are read for keys. A batch of deliveries that a kill left uncommitted
/// is far smaller.
const TAIL_BYTES_MAX: u64 = 4 << 20;
/// Keys that are remembered.
const KEYS_MAX: usize = 4_096;

/// Options of `kind = "file"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileOptions {
    /// The file, relative to the config; made when it is missing.
    pub path: PathBuf,
}

impl FileOptions {
    pub(super) fn build(&self, name: &str, around: &Surroundings<'_>) -> JsonLines {
        JsonLines {
            name: name.to_owned(),
            path: Arc::new(around.base_dir.join(&self.path)),
            written: Arc::default(),
        }
    }
}

/// Appends to a file of JSON Lines. The file is opened anew for every line, so that it may be rotated.
pub(super) struct JsonLines {
    name: String,
    path: Arc<PathBuf>,
    /// One line at a time: mending a torn line must not see half of another one.
    written: Arc<Mutex<Written>>,
}

#[async_trait]
impl Channel for JsonLines {
    fn name(&self) -> &str {
        &self.name
    }

    fn preview(&self, parcel: &Parcel) -> String {
        format!("{}\n", payload(parcel))
    }

    fn writes(&self) -> Option<FilePlace> {
        Some(FilePlace::File(self.path.to_path_buf()))
    }

    async fn probe(&self) -> Result<String, DeliveryError> {
        let path = self.path.display();
        may_append(&self.path)
            .map_err(|error| DeliveryError::retry(format!("cannot append to {path}: {error}")))?;
        Ok(format!("{path} can be written"))
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let (key, line) = (parcel.key.clone(), payload(parcel));
        let (path, written) = (Arc::clone(&self.path), Arc::clone(&self.written));
        let append = move || {
            let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
            append_once(&path, &mut written, &key, &line)
        };
        // fsync may take a second on a busy disk: not on a thread that serves others.
        let appended = tokio::task::spawn_blocking(append).await;
        let appended = appended.unwrap_or_else(|panic| Err(io::Error::other(panic)));
        appended.map_err(|error| {
            DeliveryError::retry(format!("cannot append to {}: {error}", self.path.display()))
        })
    }
}

/// The keys that are in the file: those of its tail when it was first opened, and those appended since.
#[derive(Default)]
struct Written {
    is_read: bool,
    keys: HashSet<String>,
    in_order: VecDeque<String>,
}

impl Written {
    fn insert(&mut self, key: &str) {
        if self.keys.insert(key.to_owned()) {
            self.in_order.push_back(key.to_owned());
        }
        if self.in_order.len() > KEYS_MAX
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.keys.remove(&oldest);
        }
    }

    fn read(&mut self, tail: &[u8]) {
        for line in tail.split(|byte| *byte == b'\n') {
            if let Some(key) = key_of(line) {
                self.insert(&key);
            }
        }
    }
}

/// The key of a line that is whole.
fn key_of(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Line {
        delivery: String,
    }
    let line: Line = serde_json::from_slice(line).ok()?;
    Some(line.delivery)
}

/// Appends a line, unless its key is in the file already, and returns when it is on disk.
fn append_once(path: &Path, written: &mut Written, key: &str, line: &str) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    if is_new {
        ownership::as_folder(path, None)?;
    }
    // A pipe or device has no tail, is never torn, and cannot always be locked.
    if file.metadata()?.is_file() {
        // Another process may append to it, too (`wirewatch channel test`).
        file.lock()?;
        if !written.is_read || is_torn(&mut file)? {
            let tail = read_tail(&mut file)?;
            mend(path, &mut file, &tail)?;
            written.read(&tail);
            written.is_read = true;
        }
    }
    if written.keys.contains(key) {
        // Written before a kill, perhaps not on disk yet.
        return file.sync_data();
    }
    let before = file.metadata()?.len();
    if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
        // The write's error is what matters; what could not be taken back is mended by the next line.
        let _ = file.set_len(before);
        return Err(error);
    }
    file.sync_data()?;
    written.insert(key);
    if is_new {
        sync_directory(path)?;
    }
    Ok(())
}

/// True when the file does not end in a line end.
fn is_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// The last bytes of the file.
fn read_tail(file: &mut File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES_MAX)))?;
    let mut tail = Vec::new();
    file.take(TAIL_BYTES_MAX).read_to_end(&mut tail)?;
    Ok(tail)
}

/// Mends a last line without its end. The beginning of an object that a crash or a full disk cut short is taken
/// away: its delivery was never acknowledged and is written whole. Anything else gets its line end.
fn mend(path: &Path, file: &mut File, tail: &[u8]) -> io::Result<()> {
    let length = file.metadata()?.len();
    let line_begin = tail.iter().rposition(|byte| *byte == b'\n');
    let last = &tail[line_begin.map_or(0, |at| at + 1)..];
    if last.is_empty() {
        return Ok(());
    }
    let begins_here = line_begin.is_some() || tail.len() as u64 == length;
    let is_whole = serde_json::from_slice::<IgnoredAny>(last).is_ok();
    if begins_here && last.starts_with(b"{") && !is_whole {
        let (bytes, path) = (last.len(), path.display());
        tracing::warn!("{path} ended in a torn line: {bytes} bytes are cut off");
        return file.set_len(length - last.len() as u64);
    }
    file.write_all(b"\n")
}

#[cfg(test)]
mod tests;
