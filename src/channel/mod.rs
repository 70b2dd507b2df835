//! The ways out: one file per channel.
//!
//! Takes a [`Parcel`] (a delivery with what it says), hands it over, and answers with a
//! [`DeliveryError`] that says whether to try again. Each channel owns its options; a new channel is
//! one file and one line in [`ChannelOptions`].
//!
//! Knows nothing of watches, stories or the store, keeps no queue, never decides what is told or when:
//! a parcel that is delivered twice is the same message under the same key.

pub mod backoff;
mod email;
mod file;
mod options;
mod parcel;
mod payload;
pub mod render;
mod stdout;
#[cfg(test)]
mod tests;
mod webhook;

pub use email::EmailOptions;
pub use file::FileOptions;
pub use options::{ChannelError, ChannelOptions, Surroundings};
pub use parcel::{Channel, DeliveryError, Parcel};
pub use stdout::{Stdout, StdoutOptions};
pub use webhook::WebhookOptions;
