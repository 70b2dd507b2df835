//! The stages, one file each: claim work from the store, do it with no database in hand, commit the whole
//! result in one transaction. `daemon` decides when and how many at once.
//!
//! Takes a claim, gives what was committed. Knows nothing of other stages: they meet only in the store.

mod asides;
pub mod backfill;
mod compute;
pub mod digest;
pub mod disk;
pub mod health;
pub mod judge;
pub mod life;
mod memories;
mod past;
pub mod poll;
pub mod read;
pub mod send;
mod settling;
mod setup;
pub mod tidy;
pub mod websub;

use std::sync::{Arc, RwLock};

use crate::fetch::Room;
use crate::store::{Queries, SharedStore};
use crate::world::World;

pub use asides::{Discrepancies, HubNews};
pub use compute::{Compute, Panicked};
pub use memories::Memories;
pub use past::Past;
pub use setup::{Setup, SetupError};

/// Bytes of bodies in hand at once: feed documents until they are committed, pages until they are read. What is
/// made of them takes a few times as much; thirty feeds of the usual size keep many cores busy.
const BODY_BYTES_AT_ONCE: usize = 2 << 20;

/// What a stage works with. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    /// The pipeline's verbs.
    pub store: SharedStore,
    /// Questions.
    pub queries: Arc<dyn Queries>,
    /// Time, names, chance.
    pub world: World,
    /// Where parsing and matching run.
    pub compute: Compute,
    /// Reads the environment, for secrets.
    pub env: fn(&str) -> Option<String>,
    /// Documents that the two feed readers read differently.
    pub discrepancies: Arc<Discrepancies>,
    /// What the pages of hosts taught.
    pub memories: Arc<Memories>,
    /// Whether hubs are to be looked for again.
    pub hub_news: Arc<HubNews>,
    /// Which channels are in hand.
    pub turns: Arc<send::Turns>,
    /// Held by the one that looks at stories and alerts again, because another was committed since its first look.
    second_looks: Arc<tokio::sync::Mutex<()>>,
    /// Whether the database's disk is nearly full.
    pub disk: Arc<disk::Disk>,
    /// Room for bodies.
    room: Room,
    setup: Arc<RwLock<Arc<Setup>>>,
}

impl Pipeline {
    /// A pipeline over a store.
    #[must_use]
    pub fn new(
        store: SharedStore,
        queries: Arc<dyn Queries>,
        world: World,
        compute: Compute,
        env: fn(&str) -> Option<String>,
        setup: Setup,
    ) -> Self {
        Self {
            store,
            queries,
            world,
            compute,
            env,
            discrepancies: Arc::default(),
            memories: Arc::default(),
            hub_news: Arc::default(),
            turns: Arc::default(),
            second_looks: Arc::default(),
            disk: Arc::default(),
            room: Room::new(BODY_BYTES_AT_ONCE),
            setup: Arc::new(RwLock::new(Arc::new(setup))),
        }
    }

    /// The config in force. An item keeps the one it began with.
    #[must_use]
    pub fn setup(&self) -> Arc<Setup> {
        let guard = self
            .setup
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&guard)
    }

    /// Puts another config in force, whole, between two items.
    pub fn swap(&self, mut setup: Setup) {
        let mut guard = self
            .setup
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        setup.fetcher.count_on(&guard.fetcher);
        *guard = Arc::new(setup);
    }
}
