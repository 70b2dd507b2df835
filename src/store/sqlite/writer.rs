//! The one thread that writes, with group commit.
//!
//! Callers queue jobs; the thread runs as many as are waiting in one transaction, each in a savepoint
//! of its own, and answers them only after the commit. So a hundred small commits cost one sync, a
//! failed job does not harm its neighbours, and nobody is told "done" about what is not written.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::faults::{closed, store_error};
use crate::store::StoreError;

/// Jobs in one transaction at most: bounds how long the first of them waits.
const BATCH_MAX: usize = 256;

/// How a job is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// A kill of the process loses nothing, a power cut may: the step is repeated then.
    Repeatable,
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
            dead: None,
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
    /// Why no further work makes sense; every call is answered with it.
    dead: Option<StoreError>,
}

impl Loop {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
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
        let durable = batch.iter().any(|job| job.promise == Promise::Durable);
        if let Err(error) = self.begin(durable) {
            let told = self.note(&error);
            return batch.into_iter().for_each(|job| refuse(job, &told));
        }
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
        for answer in answers {
            answer(committed.clone());
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
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::sqlite::connect::open_writer;

    fn database() -> (tempfile::TempDir, PathBuf, Connection) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("writer.db");
        let conn = open_writer(&path, None, &mut |_| ()).expect("a database");
        conn.execute_batch("create table note (text text unique)")
            .expect("a table");
        (dir, path, conn)
    }

    async fn note(writer: &Writer, text: &str) -> Result<usize, StoreError> {
        let text = text.to_owned();
        writer
            .call(Promise::Durable, move |conn| {
                conn.execute("insert into note values (?1)", [text])
            })
            .await
    }

    async fn notes(writer: &Writer) -> i64 {
        let count =
            |conn: &Connection| conn.query_row("select count(*) from note", [], |row| row.get(0));
        writer.call(Promise::Bare, count).await.expect("a count")
    }

    #[tokio::test]
    async fn a_failed_job_does_not_harm_those_beside_it() {
        let (_dir, path, conn) = database();
        let writer = Writer::start(conn, &path).expect("a thread");
        let texts: Vec<String> = (0..400).map(|n| (n % 300).to_string()).collect();
        let jobs = texts.iter().map(|text| note(&writer, text));
        let answers = futures_util::future::join_all(jobs).await;
        let failed = answers.iter().filter(|answer| answer.is_err()).count();
        assert_eq!(failed, 100, "those that came twice");
        assert_eq!(notes(&writer).await, 300);
    }

    #[tokio::test]
    async fn a_full_disk_is_told_to_everyone_and_nothing_is_half_written() {
        let (_dir, path, conn) = database();
        let pages: i64 = conn
            .query_row("pragma page_count", [], |row| row.get(0))
            .expect("a number");
        conn.query_row(
            &format!("pragma max_page_count = {}", pages + 2),
            [],
            |_| Ok(()),
        )
        .expect("a limit");
        let writer = Writer::start(conn, &path).expect("a thread");
        note(&writer, "small").await.expect("it fits");
        let large = "x".repeat(100_000);
        let (first, beside, large) = tokio::join!(
            note(&writer, "a"),
            note(&writer, "b"),
            note(&writer, &large)
        );
        assert!(matches!(large, Err(StoreError::Full { .. })), "{large:?}");
        for told in [first, beside] {
            assert!(told.is_ok() || matches!(told, Err(StoreError::Full { .. })));
        }
        let after = note(&writer, "after").await;
        assert!(matches!(after, Err(StoreError::Full { .. })), "{after:?}");
        drop(writer);
        let conn = open_writer(&path, None, &mut |_| ()).expect("the file is whole");
        let check: String = conn
            .query_row("pragma integrity_check", [], |row| row.get(0))
            .expect("an answer");
        assert_eq!(check, "ok");
        let kept: bool = conn
            .query_row(
                "select exists (select 1 from note where text = 'small')",
                [],
                |row| row.get(0),
            )
            .expect("an answer");
        assert!(kept, "what was answered before is still there");
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_written_is_told_as_such() {
        let (_dir, path, conn) = database();
        conn.execute_batch("pragma query_only = on")
            .expect("a pragma");
        let writer = Writer::start(conn, &path).expect("a thread");
        let told = note(&writer, "a")
            .await
            .expect_err("nothing can be written");
        assert!(matches!(told, StoreError::ReadOnly { .. }), "{told}");
        assert!(told.is_fatal());
    }

    #[tokio::test]
    async fn a_database_that_another_holds_too_long_is_an_error_that_passes() {
        let (_dir, path, conn) = database();
        conn.busy_timeout(Duration::ZERO).expect("a timeout");
        let other = Connection::open(&path).expect("a second connection");
        let writer = Writer::start(conn, &path).expect("a thread");
        other.execute_batch("begin immediate").expect("a lock");
        let told = note(&writer, "a").await.expect_err("locked");
        assert!(!told.is_fatal(), "{told}");
        other
            .execute_batch("rollback")
            .expect("the end of the lock");
        note(&writer, "a").await.expect("free again");
    }

    #[tokio::test]
    async fn jobs_wait_for_another_writer_to_finish() {
        let (_dir, path, conn) = database();
        let other = Connection::open(&path).expect("a second connection");
        let writer = Writer::start(conn, &path).expect("a thread");
        other.execute_batch("begin immediate").expect("a lock");
        let (told, ()) = tokio::join!(note(&writer, "a"), async {
            other.execute_batch("commit").expect("the end of the lock");
        });
        told.expect("written after the other");
    }
}
