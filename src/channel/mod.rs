//! The ways out: one file or folder per channel.
//!
//! Takes a [`Parcel`] (a delivery with what it says), hands it over, and answers with a
//! [`DeliveryError`] that says whether to try again. Each channel owns its options; a new channel is
//! one file and one line in [`ChannelOptions`].
//!
//! Knows nothing of watches, stories or the store, keeps no queue, never decides what is told or when:
//! a parcel that is delivered twice is the same message under the same key.

mod alertmanager;
pub mod backoff;
mod command;
mod durable;
mod email;
mod feed_file;
mod file;
mod http;
mod options;
mod parcel;
mod payload;
mod reach;
pub mod render;
mod secret;
mod stdout;
mod template;
#[cfg(test)]
mod tests;
mod trial;
mod webhook;
mod wire;

pub use alertmanager::AlertmanagerOptions;
pub use command::CommandOptions;
pub use email::EmailOptions;
pub use feed_file::FeedFileOptions;
pub use file::FileOptions;
pub use http::{HttpOptions, HttpPreset, KeyPlace, ServiceOptions};
pub use options::{ChannelError, ChannelOptions, Surroundings};
pub use parcel::{Channel, DeliveryError, FilePlace, Parcel};
pub use secret::CREDENTIALS;
pub use stdout::{Stdout, StdoutOptions};
pub use template::{Syntax, TemplateOptions};
pub use trial::{advice, test_parcel};
pub use webhook::WebhookOptions;
