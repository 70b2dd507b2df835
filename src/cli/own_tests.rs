//! The tests that stand beside the watches, on all cores.

use crate::config::Config;
use crate::rules::{self, TestFailure};

/// Watches that are worth a thread.
const WATCHES_MIN: usize = 32;

/// Runs the tests of all watches of a config; failures come in the order of the watches.
pub(super) fn run(config: &Config) -> Vec<TestFailure> {
    let watches = &config.rules.watches;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = watches.len().div_ceil(cores).max(WATCHES_MIN);
    std::thread::scope(|scope| {
        let parts = watches.chunks(share);
        let threads: Vec<_> = parts
            .map(|part| scope.spawn(|| rules::run_tests_of(&config.rule_set, part)))
            .collect();
        let failures = threads.into_iter().flat_map(|thread| {
            let failures = thread.join();
            failures.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        failures.collect()
    })
}
