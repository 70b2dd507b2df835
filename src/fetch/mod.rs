//! Polite HTTP: one GET at a time, as a good guest.
//!
//! Takes a [`Request`] (address, validators, headers), gives a [`Response`] (status, validators,
//! freshness, decoded body) or a [`FetchError`] that says what to do next. Keeps the distance between
//! requests to one host, asks the address guard before every connection, follows redirects by its own
//! rules, and never reads more than it was told to.
//!
//! Knows nothing of feeds or articles, keeps no cookies, sends no Referer, stores nothing.

mod access;
mod error;
mod fetcher;
mod gate;
mod host;
mod link;
mod options;
mod redirect;
mod request;
mod resolve;
mod response;
#[cfg(test)]
mod tests;

pub use access::Access;
pub use error::FetchError;
pub use fetcher::Fetcher;
pub use host::{host_key, parse_url};
pub use link::HeaderLink;
pub use options::FetchOptions;
pub use request::{Accept, Request};
pub use response::{Freshness, Response};
