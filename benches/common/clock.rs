//! CPU time of a piece of work: on a busy machine wall time says little.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rustix::time::{ClockId, clock_gettime};

/// Milliseconds that this thread has spent on a processor.
#[must_use]
pub fn cpu_ms() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}

/// Does the work behind a guard; gives its milliseconds, and what it gave unless it panicked.
pub fn guarded<T>(work: impl FnOnce() -> T) -> (f64, Option<T>) {
    let before = cpu_ms();
    let done = catch_unwind(AssertUnwindSafe(work)).ok();
    (cpu_ms() - before, done)
}
