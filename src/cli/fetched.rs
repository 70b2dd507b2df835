//! A page that a command is given by its address, fetched as the daemon would.

use super::{environment, open};
use crate::config::Config;
use crate::fetch::{Accept, FetchOptions, Fetcher, HostRules, Request, parse_url};
use crate::world::World;

/// A page, from the network or a file.
#[derive(Debug, Default)]
pub(super) struct FetchedPage {
    /// As it was sent.
    pub bytes: Vec<u8>,
    /// Where it comes from, behind redirects; empty when nobody knows.
    pub url: String,
    /// As the server said.
    pub content_type: Option<String>,
}

/// Fetches a page by the rules of the config.
pub(super) fn fetch_page(config: Option<&Config>, address: &str) -> anyhow::Result<FetchedPage> {
    let url = parse_url(address)?;
    let options = config.map_or_else(FetchOptions::default, |config| config.fetch.clone());
    let hosts = config
        .map(|config| HostRules::new(&config.hosts, &environment))
        .transpose()?;
    let fetcher = Fetcher::new(options, World::real())?.with_hosts(hosts.unwrap_or_default());
    open::block_on(async {
        let response = fetcher.get(Request::new(url, Accept::Page)).await?;
        Ok(FetchedPage {
            bytes: response.body,
            url: response.url.into(),
            content_type: response.content_type,
        })
    })
}
