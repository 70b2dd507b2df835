//! Polite HTTP: one GET at a time, as a good guest.
//!
//! Takes a [`Request`] (address, validators, [`Access`]), gives a [`Response`] (status, validators,
//! freshness, decoded body) or a [`FetchError`] that says what to do next. Keeps the distance between
//! requests to one host, asks the address guard before every connection and `robots.txt` before every
//! page, follows redirects by its own rules, and never reads more than it was told to.
//!
//! Knows nothing of feeds or articles, keeps no cookies, sends no Referer, stores nothing.

mod access;
mod clients;
mod error;
mod exchange;
mod fetcher;
mod gate;
mod host;
mod knock;
mod link;
mod options;
mod redirect;
mod request;
mod resolve;
mod response;
mod robots;
mod room;
#[cfg(test)]
mod tests;

pub use access::{
    Access, AccessOptions, HostOptions, HostPattern, HostPatternError, HostRules, Manners, Proxy,
    ProxyError, Secrets, is_reserved_header, login_of,
};
pub use error::{FetchError, RefusalPage};
pub use fetcher::Fetcher;
pub use host::{host_key, parse_url};
pub use knock::Knock;
pub use link::HeaderLink;
pub use options::FetchOptions;
pub use redirect::strip_credentials;
pub use request::{Accept, Request};
pub use response::{Freshness, Response};
pub use room::{Held, Room};
