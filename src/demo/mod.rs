//! The built-in local news site and its canned world: invented outlets, one listener each, with feeds
//! in every format and full pages around articles that were written for this project.
//!
//! Takes `now` and the outlets' addresses, gives every page and feed with its validators; the caller
//! binds, drives [`serve`] and says when the corrected article changes. It never starts a task, reads
//! no clock and knows nothing of the daemon that polls it.

mod article;
mod config;
mod feed;
mod library;
mod outlet;
mod page;
mod resource;
mod serve;
mod site;
#[cfg(test)]
mod tests;
mod view;

pub use article::Role;
pub use outlet::FeedFormat;
pub use resource::Answer;
pub use serve::{bind, serve};
pub use site::{DemoFeed, Site, Truth};

/// Why the canned world could not be built. All of it is embedded in the program, so each of these
/// but [`DemoError::Addresses`] is a mistake in `src/demo/` that its tests find.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// There is not one address for every outlet.
    #[error("the demo site has {outlets} outlets and was given {addresses} addresses")]
    Addresses {
        /// Outlets of the canned world.
        outlets: usize,
        /// Addresses given.
        addresses: usize,
    },
    /// An outlet or article file does not read.
    #[error("demo file {file}: {why}")]
    File {
        /// Its path under `src/demo/articles/`.
        file: String,
        /// What is wrong, in words.
        why: String,
    },
    /// A layout or feed template failed.
    #[error("demo layout: {0}")]
    Layout(#[from] minijinja::Error),
}

/// How many outlets the site has: the number of addresses that [`Site::new`] takes.
#[must_use]
pub fn outlet_count() -> usize {
    library::LIBRARY.len()
}
