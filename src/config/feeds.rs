//! `[[feed]]`.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use toml::Spanned;
use url::{Host, Url};

use super::access::feed_access;
use super::address::{same_feed, without_login};
use super::source::{Located, Reader};
use super::tables::FeedToml;
use super::values::Period;
use super::{FeedConfig, page};
use crate::fetch::{AccessOptions, host_key, login_of, parse_url};
use crate::model::FeedSpec;
use crate::text::shortest_tag;
use crate::world::AddressGuard;

/// Nobody publishes more often, and hosts block who asks more often.
const INTERVAL_SHORT: SignedDuration = SignedDuration::from_mins(1);

/// The feeds in the order of the files; one that stands there twice is given once.
pub(super) fn feeds(
    reader: &mut Reader,
    located: Vec<Located<FeedToml>>,
    guard: &AddressGuard,
    base: &Path,
) -> Vec<FeedConfig> {
    let mut feeds: Vec<FeedConfig> = Vec::new();
    let mut addresses: HashMap<String, String> = HashMap::new();
    let plain = Arc::new(AccessOptions::default());
    for Located { value, file, .. } in located {
        let at = value.url.span();
        let url = match parse_url(value.url.get_ref()) {
            Ok(url) => url,
            Err(error) => {
                reader.error(&file, at, error.to_string(), None);
                continue;
            }
        };
        if let Some(why) = forbidden(&url, guard) {
            let kind = "the address of a feed is not public and not allowed";
            reader.warn(kind, &file, at.clone(), why, None);
        }
        let access = feed_access(reader, &file, base, &url, &value);
        let url_shown = shown_url(value.url.get_ref());
        if let Some(other) = addresses.get(&same_feed(&url)) {
            let message = if *other == url_shown {
                "this feed stands here twice; it is polled once".to_owned()
            } else {
                format!("this is the feed {other} once more; it is polled once")
            };
            reader.warn("a feed stands here twice", &file, at, message, None);
            continue;
        }
        addresses.insert(same_feed(&url), url_shown.clone());
        feeds.push(FeedConfig {
            page: page::selectors(reader, &file, &value),
            spec: FeedSpec {
                url: url_shown,
                host: host_key(&url),
                kind: value.kind.map(Spanned::into_inner).unwrap_or_default(),
                tags: value.tags,
                lang: value.lang.and_then(|lang| language(reader, &file, &lang)),
                interval: interval(reader, &file, &url, value.interval),
            },
            websub: value.websub.unwrap_or(true),
            access: match access.is_empty() {
                true => Arc::clone(&plain),
                false => Arc::new(access),
            },
        });
    }
    feeds
}

/// The address of a feed as it is stored and shown: as written, without a login in it.
pub(super) fn shown_url(written: &str) -> String {
    match parse_url(written) {
        Ok(url) if login_of(&url).is_some() => without_login(&url).to_string(),
        _ => written.to_owned(),
    }
}

/// Why a feed whose address is a number will never be fetched; names are resolved when it is polled.
pub(super) fn forbidden(url: &Url, guard: &AddressGuard) -> Option<String> {
    let ip: IpAddr = match url.host()? {
        Host::Ipv4(ip) => ip.into(),
        Host::Ipv6(ip) => ip.into(),
        Host::Domain(_) => return None,
    };
    let addr = SocketAddr::new(ip, url.port_or_known_default()?);
    let refused = guard.check(url.host_str()?, addr).err()?;
    Some(refused.to_string())
}

/// A fixed interval as the user wants it. One that a host may take for an attack is warned about, but not for
/// a feed on a private address: those are the user's own.
fn interval(
    reader: &mut Reader,
    file: &Path,
    url: &Url,
    written: Option<Spanned<Period>>,
) -> Option<SignedDuration> {
    let written = written?;
    let interval = written.get_ref().0;
    let is_own = forbidden(url, &AddressGuard::new(Vec::new())).is_some();
    if interval < INTERVAL_SHORT && !is_own {
        let message = format!("polled every {interval:#}: hosts may block who asks so often");
        let help = "without `interval` it is learnt, and never shorter than 5 minutes".to_owned();
        let kind = "a feed is polled more often than once a minute";
        reader.warn(kind, file, written.span(), message, Some(help));
    }
    Some(interval)
}

fn language(reader: &mut Reader, file: &Path, lang: &Spanned<String>) -> Option<String> {
    let tag = shortest_tag(lang.get_ref());
    if tag.is_none() {
        let message = format!("`{}` is no language tag", lang.get_ref());
        let help = "write the ISO 639 code: \"id\", \"zh\", \"ru\"".to_owned();
        reader.error(file, lang.span(), message, Some(help));
    }
    tag
}
