//! Where parsing, extraction and matching run: off the network's threads, at most as many at once as
//! there are cores, each behind a panic guard.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// A room panicked on an input. The input is at fault as little as the reader: it is a bug to report.
#[derive(Debug, Clone, thiserror::Error)]
#[error("internal error: {0}")]
pub struct Panicked(String);

/// Runs synchronous work. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Compute {
    permits: Arc<Semaphore>,
}

impl Compute {
    /// At most `at_once` pieces of work run at the same time.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(at_once.max(1))),
        }
    }

    /// Runs `work` on a thread of its own and waits for it.
    ///
    /// # Errors
    /// [`Panicked`] with the panic's message.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let result = tokio::task::spawn_blocking(move || {
            // Held while the work runs; the semaphore is never closed.
            let _permit = permit;
            work()
        })
        .await;
        result.map_err(|error| Panicked(panic_message(error)))
    }
}

fn panic_message(error: tokio::task::JoinError) -> String {
    let Ok(payload) = error.try_into_panic() else {
        return "the work was cancelled".to_owned();
    };
    let text = payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned());
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
