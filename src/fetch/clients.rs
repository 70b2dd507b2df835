//! The HTTP clients: one for each way to the network (proxy, certificates), made when it is first taken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::access::Proxy;
use super::resolve::GuardedResolver;
use super::{FetchError, FetchOptions};
use crate::world::{AddressGuard, Resolver, TlsOptions, tls_config};

/// A way to the network. Connections are shared along one way only: what a client certificate has opened
/// must not be there for a request without one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Route {
    pub(super) proxy: Option<Proxy>,
    pub(super) tls: TlsOptions,
}

impl Route {
    /// The proxy that makes the connection in our place.
    pub(super) fn proxy_url(&self) -> Option<&url::Url> {
        match &self.proxy {
            Some(Proxy::Via(url)) => Some(url),
            Some(Proxy::Direct) | None => None,
        }
    }
}

pub(super) struct Clients {
    user_agent: HeaderValue,
    connect_timeout: Duration,
    host_parallel: usize,
    resolver: Arc<dyn Resolver>,
    guard: AddressGuard,
    by_route: Mutex<HashMap<Route, reqwest::Client>>,
}

impl Clients {
    pub(super) fn new(
        options: &FetchOptions,
        guard: AddressGuard,
        resolver: Arc<dyn Resolver>,
    ) -> Result<Self, FetchError> {
        let user_agent = HeaderValue::try_from(options.user_agent())
            .map_err(|error| setup("contact or user_agent of [fetch] is no header", &error))?;
        Ok(Self {
            user_agent,
            connect_timeout: options.connect_timeout,
            host_parallel: options.host_parallel.get(),
            resolver,
            guard,
            by_route: Mutex::default(),
        })
    }

    /// The client of a way. There are as many as the config names.
    pub(super) fn get(&self, route: &Route) -> Result<reqwest::Client, FetchError> {
        let mut clients = self
            .by_route
            .lock()
            // A panic elsewhere leaves the map whole.
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(route) {
            return Ok(client.clone());
        }
        let client = self.build(route)?;
        clients.insert(route.clone(), client.clone());
        Ok(client)
    }

    fn build(&self, route: &Route) -> Result<reqwest::Client, FetchError> {
        let tls = tls_config(&route.tls).map_err(|error| setup("no TLS", &error))?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(self.user_agent.clone())
            .dns_resolver(GuardedResolver {
                resolver: Arc::clone(&self.resolver),
                guard: self.guard.clone(),
                proxy: route
                    .proxy_url()
                    .and_then(|url| Some(url.host_str()?.to_owned())),
            })
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // A proxy out of the environment would connect in our place unseen.
            .no_proxy()
            .connect_timeout(self.connect_timeout)
            // Long enough for a feed and its new pages; thousands of hosts must not each leave one open.
            .pool_idle_timeout(Duration::from_secs(15))
            .pool_max_idle_per_host(self.host_parallel);
        if let Some(url) = route.proxy_url() {
            let proxy = reqwest::Proxy::all(url.clone());
            builder = builder.proxy(proxy.map_err(|error| setup("no proxy", &error))?);
        }
        builder
            .build()
            .map_err(|error| setup("no HTTP client", &error))
    }
}

fn setup(what: &str, error: &dyn std::fmt::Display) -> FetchError {
    FetchError::Setup {
        why: format!("{what}: {error}"),
    }
}
