//! What lies behind an error of the network.

use std::error::Error as StdError;
use std::io;

/// The causes below `error`, innermost last. An `io::Error` hides the error it wraps from
/// `source()`, so it is unpacked here.
#[must_use]
pub fn causes<'a>(error: &'a (dyn StdError + 'static)) -> Vec<&'a (dyn StdError + 'static)> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause);
        next = match cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => cause.source(),
        };
    }
    causes
}
