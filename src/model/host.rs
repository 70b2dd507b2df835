//! What was learnt of a host's pages, as it goes into the store and comes out of it.

use jiff::Timestamp;

/// What reading a page taught of its host, to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearntHost {
    /// Host, as `extract::host_of` names it.
    pub host: String,
    /// Articles learnt from.
    pub pages: u32,
    /// The memory, encoded.
    pub memory: String,
}

/// What is stored of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHost {
    /// When it was last written.
    pub updated_at: Timestamp,
    /// Articles learnt from.
    pub pages: u64,
    /// The memory, encoded; none when it is the one that was known already.
    pub memory: Option<String>,
}
