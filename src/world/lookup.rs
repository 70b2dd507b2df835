//! Name resolution with the address guard behind it: what connectors use instead of a bare resolver.

use std::io;
use std::net::SocketAddr;

use super::{AddressGuard, Forbidden, Resolver};

/// Why a host has no address that may be reached.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The name is unknown or the lookup failed.
    #[error("no address found for {host}: {source}")]
    Unknown {
        /// The host.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// The name or every address of it is forbidden; this is the first of them.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
}

/// The addresses of `host` that may be reached at `port`.
///
/// A name with a public and a forbidden address keeps the public one. An address that came with a
/// port of its own (a [`MapResolver`](super::MapResolver)) keeps it; the guard judges it by that port.
///
/// # Errors
/// [`LookupError`] when there is no address, or none that the guard lets pass.
pub async fn lookup(
    resolver: &dyn Resolver,
    guard: &AddressGuard,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, LookupError> {
    let unknown = |source| LookupError::Unknown {
        host: host.to_owned(),
        source,
    };
    guard.check_name(host, port)?;
    let found = resolver.resolve(host).await.map_err(unknown)?;
    let mut allowed = Vec::with_capacity(found.len());
    let mut forbidden = None;
    for mut addr in found {
        if addr.port() == 0 {
            addr.set_port(port);
        }
        match guard.check(host, addr) {
            Ok(()) => allowed.push(addr),
            Err(error) => forbidden = forbidden.or(Some(error)),
        }
    }
    match forbidden {
        _ if !allowed.is_empty() => Ok(allowed),
        Some(forbidden) => Err(forbidden.into()),
        None => Err(unknown(io::ErrorKind::NotFound.into())),
    }
}

/// Checks a host that somebody else will connect to in our place (a proxy): *every* address of it must be
/// allowed, because nobody knows which one he will take. A name that is not known here passes; perhaps he
/// knows it.
///
/// # Errors
/// [`Forbidden`] for the first address that is not allowed, or the name itself.
pub async fn check_every(
    resolver: &dyn Resolver,
    guard: &AddressGuard,
    host: &str,
    port: u16,
) -> Result<(), Forbidden> {
    guard.check_name(host, port)?;
    for mut addr in resolver.resolve(host).await.unwrap_or_default() {
        if addr.port() == 0 {
            addr.set_port(port);
        }
        guard.check(host, addr)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;

    struct Fixed(Vec<&'static str>);

    #[async_trait]
    impl Resolver for Fixed {
        async fn resolve(&self, _host: &str) -> io::Result<Vec<SocketAddr>> {
            Ok(self.0.iter().map(|a| a.parse().expect("address")).collect())
        }
    }

    async fn check(found: &[&'static str], port: u16) -> Result<Vec<SocketAddr>, String> {
        let guard = AddressGuard::new(vec!["127.0.0.1:8800".parse().expect("a rule")]);
        lookup(&Fixed(found.to_vec()), &guard, "news.example", port)
            .await
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn the_public_one_of_two_addresses_is_kept() {
        let found = check(&["10.0.0.1:0", "93.184.216.34:0"], 443).await;
        assert_eq!(found, Ok(vec!["93.184.216.34:443".parse().expect("it")]));
    }

    #[tokio::test]
    async fn a_rule_for_one_port_opens_no_other() {
        assert!(check(&["127.0.0.1:0"], 8800).await.is_ok());
        let error = check(&["127.0.0.1:0"], 22).await.expect_err("port 22");
        assert!(
            error.starts_with("news.example leads to 127.0.0.1, a loopback"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn behind_a_proxy_every_address_counts() {
        let guard = AddressGuard::default();
        let all = async |found: &[&'static str]| {
            check_every(&Fixed(found.to_vec()), &guard, "news.example", 443).await
        };
        assert_eq!(all(&["93.184.216.34:0"]).await, Ok(()));
        assert_eq!(all(&[]).await, Ok(()), "the proxy may know it");
        assert!(all(&["93.184.216.34:0", "10.0.0.1:0"]).await.is_err());
    }

    #[tokio::test]
    async fn no_address_is_said_so() {
        let error = check(&[], 80).await.expect_err("nothing");
        assert!(
            error.starts_with("no address found for news.example"),
            "{error}"
        );
    }
}
