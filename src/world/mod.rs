//! What makes two runs differ: time, name resolution, chance, and which addresses may be reached.
//!
//! Takes nothing from other rooms but `model`. In tests the clock is moved by hand and the resolver
//! maps host names to local servers; in the program there is one [`World::real`].

mod causes;
mod certificates;
mod clock;
mod guard;
#[cfg(test)]
pub(crate) mod local_server;
mod lookup;
pub mod ownership;
mod random;
mod resolver;
mod secret;
mod tls;

use std::sync::Arc;

pub use causes::causes;
pub use certificates::{CaCertificates, CertificateError, Identity};
pub use clock::{Clock, ManualClock, SystemClock};
pub use guard::{AddressGuard, AllowRule, AllowRuleError, Forbidden};
pub use lookup::{LookupError, check_every, lookup};
pub use random::{FixedRandom, Random, ThreadRandom};
pub use resolver::{MapResolver, Resolver, SystemResolver};
pub use secret::{Secret, SecretError, SecretPlaces};
pub use tls::{TlsOptions, check_system_trust, tls_config};

/// The world a run lives in. Cheap to clone.
#[derive(Clone)]
pub struct World {
    /// Wall-clock time.
    pub clock: Arc<dyn Clock>,
    /// Host names to addresses.
    pub resolver: Arc<dyn Resolver>,
    /// Chance, for jitter.
    pub random: Arc<dyn Random>,
}

impl World {
    /// System clock, system resolver, real chance.
    #[must_use]
    pub fn real() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            resolver: Arc::new(SystemResolver),
            random: Arc::new(ThreadRandom),
        }
    }
}
