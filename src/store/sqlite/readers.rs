//! The threads that only read. Each job sees one snapshot of the database.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connect::open_reader;
use super::faults::{closed, store_error};
use crate::store::StoreError;

/// Two, so that a long question does not hold up the look-ups of `judge`.
const READERS: usize = 2;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The handle of the reading threads; they end when it is dropped.
pub(super) struct Readers {
    path: PathBuf,
    queue: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Opens the connections and starts a thread on each.
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let (queue, jobs) = channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        let mut readers = Self {
            path: path.to_owned(),
            queue: Some(queue),
            threads: Vec::with_capacity(READERS),
        };
        for number in 0..READERS {
            let conn = open_reader(path)?;
            let jobs = Arc::clone(&jobs);
            let thread = std::thread::Builder::new()
                .name(format!("store-reader-{number}"))
                .spawn(move || run(&conn, &jobs))
                .map_err(|error| StoreError::Other {
                    path: path.display().to_string(),
                    why: format!("cannot start a thread: {error}"),
                })?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Asks a question and waits for its answer.
    pub(super) async fn call<T, F>(&self, question: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let path = self.path.clone();
        let job: Job = Box::new(move |conn| {
            let value = in_snapshot(conn, question).map_err(|e| store_error(&path, &e));
            // A caller that has gone away does not want the answer.
            let _ = reply.send(value);
        });
        let queue = self.queue.as_ref().ok_or_else(|| closed(&self.path))?;
        queue.send(job).map_err(|_| closed(&self.path))?;
        answer.await.map_err(|_| closed(&self.path))?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // A panic of the thread was told to the callers already.
            let _ = thread.join();
        }
    }
}

fn run(conn: &Connection, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(job) => job(conn),
            Err(_) => return,
        }
    }
}

fn in_snapshot<T>(
    conn: &Connection,
    question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let snapshot = conn.unchecked_transaction()?;
    let value = question(&snapshot)?;
    snapshot.commit()?;
    Ok(value)
}
