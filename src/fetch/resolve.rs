//! reqwest's name resolution, with the address guard in it: there is no way from a host name to a
//! connection that does not pass here, so a name that changes its address between two look-ups
//! (DNS rebinding) gains nothing.

use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::world::{AddressGuard, LookupError, Resolver, lookup};

tokio::task_local! {
    /// The port of the URL being fetched. reqwest tells a resolver the name only, but what the guard
    /// allows is a port of a host. Without it nothing but public addresses would pass.
    pub(super) static URL_PORT: u16;
}

/// A resolver for reqwest that gives no address the guard refuses.
pub(super) struct GuardedResolver {
    pub(super) resolver: Arc<dyn Resolver>,
    pub(super) guard: AddressGuard,
    /// Host of the proxy, which the user has named: he may have it where he likes. A URL with the same host
    /// has passed the guard before the client sees it.
    pub(super) proxy: Option<String>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = Arc::clone(&self.resolver);
        if self.proxy.as_deref() == Some(name.as_str()) {
            return Box::pin(async move {
                let found = resolver.resolve(name.as_str()).await;
                let found = found.map_err(|source| LookupError::Unknown {
                    host: name.as_str().to_owned(),
                    source,
                })?;
                Ok(Box::new(found.into_iter()) as Addrs)
            });
        }
        let guard = self.guard.clone();
        // Port 0 is in no rule for a socket or a host: outside of a fetch such rules open nothing.
        let port = URL_PORT.try_with(|port| *port).unwrap_or(0);
        Box::pin(async move {
            let found = lookup(&*resolver, &guard, name.as_str(), port).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
