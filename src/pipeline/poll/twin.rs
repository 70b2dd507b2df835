//! Two configured addresses of one feed.

use super::Moment;
use crate::feed;
use crate::fetch;
use crate::model::ParsedFeed;
use crate::pipeline::Pipeline;
use crate::store::{StoreError, Twin};

/// The configured feed that this document names as itself (`rel=self`), on the same host and with the same
/// content: then this one need not be polled.
pub(super) async fn of(
    pipeline: &Pipeline,
    moment: &Moment<'_>,
    parsed: &ParsedFeed,
    body_hash: Option<[u8; 32]>,
) -> Result<Option<String>, StoreError> {
    let spec = &moment.feed.spec;
    let Some(itself) = parsed.links.itself.as_deref() else {
        return Ok(None);
    };
    let same_host = fetch::parse_url(itself).is_ok_and(|url| fetch::host_key(&url) == spec.host);
    let spellings = spellings(itself);
    if !same_host || parsed.entries.is_empty() || spellings.contains(&spec.url) {
        return Ok(None);
    }
    let keys = parsed.entries.iter().map(|entry| entry.key.clone());
    pipeline
        .store
        .twin(Twin {
            urls: spellings,
            keys: keys.collect(),
            body_hash,
        })
        .await
}

/// The ways in which a config may write an address: either scheme, with a slash at its end or without.
fn spellings(address: &str) -> Vec<String> {
    let normal = feed::normal_url(address).unwrap_or_else(|| address.to_owned());
    let bare = normal.trim_end_matches('/');
    let rest = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    let mut found = vec![address.to_owned()];
    for scheme in ["https", "http"] {
        for end in ["", "/"] {
            found.push(format!("{scheme}://{rest}{end}"));
        }
    }
    found
}
