//! Room for bodies that have arrived and are not done with.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that one permit stands for: a semaphore counts no further than a few hundred million on small machines.
const PERMIT_BYTES: usize = 1024;

/// So many bytes of bodies at once. A body that finds no room waits in its turn, with nothing fetched in its
/// place: without this they pile up whenever the work on them is slower than the network. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Room {
    free: Arc<Semaphore>,
    permits: usize,
}

/// What one body takes up; dropping it makes room for the next.
#[derive(Debug)]
pub struct Held {
    _permits: OwnedSemaphorePermit,
}

impl Room {
    /// Room for so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let permits = bytes.div_ceil(PERMIT_BYTES).clamp(1, u32::MAX as usize);
        let permits = permits.min(Semaphore::MAX_PERMITS);
        Self {
            free: Arc::new(Semaphore::new(permits)),
            permits,
        }
    }

    /// Waits for room, first come, first served. A body larger than all of it takes all of it.
    pub(super) async fn take(&self, bytes: usize) -> Held {
        let permits = bytes.div_ceil(PERMIT_BYTES).min(self.permits);
        let permits = u32::try_from(permits).expect("there are no more permits than that");
        let taken = Arc::clone(&self.free).acquire_many_owned(permits).await;
        Held {
            _permits: taken.expect("a room is never closed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn bodies_wait_for_room_and_the_largest_gets_all_of_it() {
        let room = Room::new(10 * 1024);
        let first = room.take(4_000).await;
        let second = room.take(6_000).await;
        assert!(room.take(1).now_or_never().is_none(), "it is full");
        drop(first);
        let third = room.take(100).now_or_never();
        assert!(third.is_some());
        drop((second, third));
        let huge = room.take(1 << 30).now_or_never();
        assert!(huge.is_some(), "alone, but not never");
        assert!(room.take(1).now_or_never().is_none());
        assert!(room.take(0).now_or_never().is_some(), "nothing needs none");
    }
}
