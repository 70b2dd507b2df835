//! The one thread that writes, with group commit.
//!
//! Callers queue jobs; the thread runs as many as are waiting in one transaction, each in a savepoint
//! of its own, and answers them only after the commit. So a hundred small commits cost one sync, a
//! failed job does not harm its neighbours, and nobody is told "done" about what is not written. What
//! came soon after another such job may be synced with it (`Promise::Soon`).

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::faults::{closed, store_error};
use crate::store::StoreError;

/// Jobs in one transaction at most: bounds how long the first of them waits.
const BATCH_MAX: usize = 256;

/// What is to be on disk soon waits so long for others: one sync serves them all.
const SOON: Duration = Duration::from_millis(100);

/// A file that another process has locked is waited for so long, beyond what SQLite waits by itself, before the jobs that
/// wait are refused: a piece of work in hand is not lost to a copy or an open shell. Two such waits are less than the
/// service manager's watchdog allows.
const LOCKED_MAX: Duration = Duration::from_secs(20);

/// How a job is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// A kill of the process loses nothing, a power cut may: the step is repeated then.
    Repeatable,
    /// As `Repeatable`, but on disk within [`SOON`]: for steps whose repetition after a power cut people would see.
    Soon,
    /// On disk when it is answered: a person was or will be told.
    Durable,
    /// Runs outside a transaction (checkpoints, vacuum).
    Bare,
}

type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Takes the connection, or the error that it is refused with.
type Work =
    Box<dyn FnOnce(Result<&Connection, StoreError>) -> (rusqlite::Result<()>, Answer) + Send>;

struct Job {
    promise: Promise,
    work: Work,
}

/// The handle of the writing thread; it ends when the handle is dropped and the queue is empty.
pub(super) struct Writer {
    path: PathBuf,
    queue: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on its connection.
    pub(super) fn start(conn: Connection, path: &Path) -> std::io::Result<Self> {
        let (queue, jobs) = channel();
        let state = Loop {
            conn,
            path: path.to_owned(),
            full_sync: false,
            sync_at: None,
            dead: None,
            locked_since: None,
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || state.run(&jobs))?;
        Ok(Self {
            path: path.to_owned(),
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    /// Queues a job and waits until it is committed.
    pub(super) async fn call<T, F>(&self, promise: Promise, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let path = self.path.clone();
        let work: Work = Box::new(move |conn| {
            let (status, value) = match conn.map(work) {
                Ok(Ok(value)) => (Ok(()), Ok(value)),
                Ok(Err(error)) => {
                    let told = store_error(&path, &error);
                    (Err(error), Err(told))
                }
                Err(refusal) => (Ok(()), Err(refusal)),
            };
            let answer: Answer = Box::new(move |committed| {
                // A caller that has gone away does not want the answer.
                let _ = reply.send(committed.and(value));
            });
            (status, answer)
        });
        let gone = |_| closed(&self.path);
        let queue = self.queue.as_ref().ok_or_else(|| closed(&self.path))?;
        queue
            .send(Job { promise, work })
            .map_err(|_| closed(&self.path))?;
        answer.await.map_err(gone)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was told to the callers already.
            let _ = thread.join();
        }
    }
}

struct Loop {
    conn: Connection,
    path: PathBuf,
    full_sync: bool,
    /// When what was committed without a sync must be on disk.
    sync_at: Option<Instant>,
    /// Why no further work makes sense; every call is answered with it.
    dead: Option<StoreError>,
    /// Since when another process has held the file's lock.
    locked_since: Option<Instant>,
}

impl Loop {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Some(first) = self.next(jobs) {
            let mut batch = vec![first];
            while batch.len() < BATCH_MAX {
                match jobs.try_recv() {
                    Ok(job) => batch.push(job),
                    Err(_) => break,
                }
            }
            let (bare, batch): (Vec<_>, Vec<_>) = batch
                .into_iter()
                .partition(|job| job.promise == Promise::Bare);
            if !batch.is_empty() {
                self.run_batch(batch);
            }
            for job in bare {
                self.run_bare(job);
            }
        }
    }

    /// The next job; syncs when that falls due while there is none. `None` at the end.
    fn next(&mut self, jobs: &Receiver<Job>) -> Option<Job> {
        while let Some(at) = self.sync_at {
            match jobs.recv_timeout(at.saturating_duration_since(Instant::now())) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Timeout) => self.sync(),
                Err(RecvTimeoutError::Disconnected) => {
                    self.sync();
                    return None;
                }
            }
        }
        jobs.recv().ok()
    }

    /// Brings to disk what was committed without a sync: a commit that is synced takes all before it along, and it
    /// must write something to be one.
    fn sync(&mut self) {
        self.sync_at = None;
        let written = self
            .begin(true)
            .and_then(|()| self.conn.execute_batch("pragma user_version = 1; commit"));
        if let Err(error) = written {
            // Nothing is lost with it but the sync; what follows meets the same fault and tells it.
            self.note(&error);
            if !self.conn.is_autocommit() {
                let _ = self.conn.execute_batch("rollback");
            }
        }
    }

    fn run_bare(&mut self, job: Job) {
        if let Some(told) = &self.dead {
            return refuse(job, told);
        }
        let (status, answer) = (job.work)(Ok(&self.conn));
        if let Err(error) = status {
            self.note(&error);
        }
        answer(Ok(()));
    }

    fn run_batch(&mut self, batch: Vec<Job>) {
        if let Some(told) = &self.dead {
            return batch.into_iter().for_each(|job| refuse(job, told));
        }
        let promises = |wanted| batch.iter().any(|job| job.promise == wanted);
        let soon = promises(Promise::Soon);
        let is_time = self.sync_at.is_some_and(|at| at <= Instant::now());
        let durable = promises(Promise::Durable) || is_time;
        if let Err(error) = self.begin_patiently(durable) {
            let told = self.note(&error);
            return batch.into_iter().for_each(|job| refuse(job, &told));
        }
        let changes = self.conn.total_changes();
        let mut answers = Vec::with_capacity(batch.len());
        let mut failed = None;
        for job in batch {
            match &failed {
                None => failed = self.run_job(job, &mut answers),
                Some(told) => refuse(job, told),
            }
        }
        let committed = match failed {
            Some(told) => Err(told),
            None => self
                .conn
                .execute_batch("commit")
                .map_err(|error| self.note(&error)),
        };
        if committed.is_err() && !self.conn.is_autocommit() {
            let _ = self.conn.execute_batch("rollback");
        }
        if committed.is_ok() {
            self.sync_at = match (durable, soon) {
                // One that wrote nothing has synced nothing.
                (true, _) if self.conn.total_changes() > changes => None,
                (_, true) => self.sync_at.or_else(|| Some(Instant::now() + SOON)),
                _ => self.sync_at,
            };
        }
        for answer in answers {
            answer(committed.clone());
        }
    }

    /// Begins, also when another process lets go of the file only after a while; says so once, and once when it has.
    fn begin_patiently(&mut self, durable: bool) -> rusqlite::Result<()> {
        let asked = Instant::now();
        loop {
            let begun = self.begin(durable);
            let is_locked = matches!(&begun, Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy));
            let path = self.path.display();
            match (is_locked, self.locked_since) {
                (true, None) => {
                    self.locked_since = Some(asked);
                    tracing::warn!(
                        "{path} is locked by another process; nothing is lost, work waits until it ends \
                         (`fuser {path}` names it)"
                    );
                }
                (false, Some(since)) if begun.is_ok() => {
                    self.locked_since = None;
                    tracing::info!("{path} is free again after {} s", since.elapsed().as_secs());
                }
                _ => {}
            }
            if !is_locked || asked.elapsed() >= LOCKED_MAX {
                return begun;
            }
        }
    }

    fn begin(&mut self, durable: bool) -> rusqlite::Result<()> {
        if durable != self.full_sync {
            let level = if durable { "full" } else { "normal" };
            self.conn
                .execute_batch(&format!("pragma synchronous = {level}"))?;
            self.full_sync = durable;
        }
        self.conn.execute_batch("begin immediate")
    }

    /// Runs one job in its savepoint. Answers with an error only if the whole transaction is lost.
    fn run_job(&mut self, job: Job, answers: &mut Vec<Answer>) -> Option<StoreError> {
        if let Err(error) = self.savepoint("savepoint job") {
            let told = self.note(&error);
            refuse(job, &told);
            return Some(told);
        }
        let (status, answer) = (job.work)(Ok(&self.conn));
        answers.push(answer);
        let end = match &status {
            Ok(()) => self.savepoint("release job"),
            // SQLite has rolled back everything by itself after some errors (a full disk).
            Err(_) if self.conn.is_autocommit() => Ok(()),
            Err(_) => self
                .savepoint("rollback to job")
                .and_then(|()| self.savepoint("release job")),
        };
        let lost = self.conn.is_autocommit();
        match status.and(end) {
            Ok(()) => None,
            Err(error) => {
                let told = self.note(&error);
                (lost || told.is_fatal()).then_some(told)
            }
        }
    }

    fn savepoint(&self, sql: &str) -> rusqlite::Result<()> {
        self.conn.prepare_cached(sql)?.execute([]).map(|_| ())
    }

    /// Remembers an error after which nothing more can be written.
    fn note(&mut self, error: &rusqlite::Error) -> StoreError {
        let told = store_error(&self.path, error);
        if told.is_fatal() && self.dead.is_none() {
            self.dead = Some(told.clone());
        }
        told
    }
}

/// Answers a job with an error, without running it.
fn refuse(job: Job, told: &StoreError) {
    let (_, answer) = (job.work)(Err(told.clone()));
    answer(Ok(()));
}

#[cfg(test)]
mod tests;
