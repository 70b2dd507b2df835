//! Host names to addresses.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;

use async_trait::async_trait;

/// Looks up host names.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// The addresses of `host`. A port of 0 means "the port of the URL".
    ///
    /// # Errors
    /// When the name is unknown or the lookup fails.
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>>;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.collect())
    }
}

/// A fixed table, for tests and the demo: true host names served by a local server.
#[derive(Debug, Clone, Default)]
pub struct MapResolver {
    hosts: HashMap<String, SocketAddr>,
    fallback: Option<SocketAddr>,
}

impl MapResolver {
    /// Every host name leads to `addr`.
    #[must_use]
    pub fn all_to(addr: SocketAddr) -> Self {
        Self {
            hosts: HashMap::new(),
            fallback: Some(addr),
        }
    }

    /// Adds one host.
    #[must_use]
    pub fn with(mut self, host: &str, addr: SocketAddr) -> Self {
        self.hosts.insert(host.to_owned(), addr);
        self
    }
}

#[async_trait]
impl Resolver for MapResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        self.hosts
            .get(host)
            .copied()
            .or(self.fallback)
            .map(|addr| vec![addr])
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no such host: {host}")))
    }
}
