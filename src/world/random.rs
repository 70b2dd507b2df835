//! Chance: for jitter, and for what nobody may foresee.

/// Draws numbers.
pub trait Random: Send + Sync {
    /// A number in `0.0..1.0`.
    fn fraction(&self) -> f64;

    /// 32 bytes that nobody can foresee, for tokens and secrets. Real chance in tests, too: two of them
    /// are never the same.
    fn unguessable(&self) -> [u8; 32] {
        rand::random()
    }
}

/// Real chance.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThreadRandom;

impl Random for ThreadRandom {
    fn fraction(&self) -> f64 {
        rand::random()
    }
}

/// Always the same number, for tests.
#[derive(Debug, Clone, Copy)]
pub struct FixedRandom(pub f64);

impl Random for FixedRandom {
    fn fraction(&self) -> f64 {
        self.0
    }
}
