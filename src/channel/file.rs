//! One JSON object a line, appended to a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::Deserialize;

use super::payload::payload;
use super::{Channel, DeliveryError, Parcel, Surroundings};

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
            turn: Arc::default(),
        }
    }
}

/// Appends to a file of JSON Lines. The file is opened anew for every line, so that it may be rotated.
pub(super) struct JsonLines {
    name: String,
    path: Arc<PathBuf>,
    /// One line at a time: mending a torn line must not see half of another one.
    turn: Arc<Mutex<()>>,
}

#[async_trait]
impl Channel for JsonLines {
    fn name(&self) -> &str {
        &self.name
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let line = payload(parcel);
        let (path, turn) = (Arc::clone(&self.path), Arc::clone(&self.turn));
        let append = move || {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            append_line(&path, &line)
        };
        // fsync may take a second on a busy disk: not on a thread that serves others.
        let appended = tokio::task::spawn_blocking(append).await;
        let appended = appended.unwrap_or_else(|panic| Err(io::Error::other(panic)));
        appended.map_err(|error| {
            DeliveryError::retry(format!("cannot append to {}: {error}", self.path.display()))
        })
    }
}

/// Appends a line in one write and returns when it is on disk. A line that was torn by a crash is
/// closed first, so that it never swallows the new one; a write that fails half-way is taken back.
fn append_line(path: &Path, line: &str) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    let before = file.metadata()?.len();
    let mut bytes = Vec::with_capacity(line.len() + 2);
    if is_torn(&mut file, before)? {
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
    if let Err(error) = file.write_all(&bytes) {
        // The write's error is what matters; what could not be taken back is mended by the next line.
        let _ = file.set_len(before);
        return Err(error);
    }
    file.sync_data()?;
    if is_new {
        sync_directory(path)?;
    }
    Ok(())
}

/// True when the file does not end in a line end. A pipe or device has no length and is never torn.
fn is_torn(file: &mut File, length: u64) -> io::Result<bool> {
    if length == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Makes the name of a new file durable, too.
fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use futures_util::future::join_all;
    use serde_json::Value;

    use super::*;
    use crate::channel::tests::{alert, digest, parcel, surroundings};

    fn channel(dir: &Path) -> JsonLines {
        let options = FileOptions {
            path: "alerts.jsonl".into(),
        };
        surroundings(dir, |around| options.build("desk", around))
    }

    #[tokio::test]
    async fn every_delivery_is_one_line() {
        let dir = tempfile::tempdir().expect("a directory");
        let channel = channel(dir.path());
        let (alert, digest) = (parcel(alert()), parcel(digest()));
        let both = (0..20).map(|n| channel.deliver(if n % 2 == 0 { &alert } else { &digest }));
        assert!(join_all(both).await.iter().all(Result::is_ok));
        let text = fs::read_to_string(dir.path().join("alerts.jsonl")).expect("a file");
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(lines.len(), 20);
        assert!(lines.iter().all(|line| line["delivery"] == "a17.1.desk"));
    }

    #[tokio::test]
    async fn a_torn_line_is_closed_first() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("alerts.jsonl");
        fs::write(&path, "{\"id\":\"a1\"}\n{\"id\":\"a").expect("a file");
        channel(dir.path())
            .deliver(&parcel(alert()))
            .await
            .expect("appended");
        let text = fs::read_to_string(&path).expect("text");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "{\"id\":\"a");
        assert!(lines[2].contains("\"id\":\"a17\""), "{text}");
        assert!(text.ends_with('\n') && lines.len() == 3);
    }

    #[tokio::test]
    async fn what_cannot_be_written_is_tried_again() {
        let dir = tempfile::tempdir().expect("a directory");
        fs::create_dir(dir.path().join("alerts.jsonl")).expect("a directory in its place");
        let error = channel(dir.path())
            .deliver(&parcel(alert()))
            .await
            .expect_err("no file");
        assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
        assert!(error.to_string().contains("alerts.jsonl"), "{error}");
    }
}
