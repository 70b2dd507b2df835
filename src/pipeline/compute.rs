//! Where parsing, extraction and matching run: off the network's threads, at most as many at once as
//! there are cores, each behind a panic guard.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

/// A room panicked on an input. The input is at fault as little as the reader: it is a bug to report.
#[derive(Debug, Clone, thiserror::Error)]
#[error("internal error: {0}")]
pub struct Panicked(String);

type Job = Box<dyn FnOnce() + Send>;

/// Runs synchronous work on threads of its own, which end with it. Cheap to clone.
///
/// Not tokio's: of those there are several for each piece of work under way, and the allocator keeps for every
/// thread what it once took (docs/decisions/0010-memory-by-bytes.md).
#[derive(Debug, Clone)]
pub struct Compute {
    queue: Sender<Job>,
}

impl Compute {
    /// At most `at_once` pieces of work run at the same time.
    ///
    /// # Panics
    /// When the machine gives no thread.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        let (queue, jobs) = channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..at_once.max(1) {
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new()
                .name(format!("compute-{number}"))
                .spawn(move || work_off(&jobs))
                .expect("a program can start a few threads");
        }
        Self { queue }
    }

    /// Queues `work` and waits for it. Work that nobody waits for any more is not begun.
    ///
    /// # Errors
    /// [`Panicked`] with the panic's message.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move || {
            if reply.is_closed() {
                return;
            }
            let done = catch_unwind(AssertUnwindSafe(work));
            // A caller that has gone away does not want the answer.
            let _ = reply.send(done.map_err(|panic| Panicked(message(&*panic))));
        });
        let queued = self.queue.send(job);
        queued.expect("the threads end after the last queue");
        let cancelled = |_| Err(Panicked("the work was cancelled".to_owned()));
        answer.await.unwrap_or_else(cancelled)
    }
}

fn work_off(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_and_the_next_piece_of_work_runs() {
        let compute = Compute::new(1);
        let failing = compute.run(|| -> u8 { panic!("on purpose") });
        let error = failing.await.expect_err("it panics");
        assert_eq!(error.to_string(), "internal error: on purpose");
        assert_eq!(compute.run(|| 2 + 2).await.unwrap(), 4);
    }
}
