//! What makes an entry the same entry at the next poll, and what makes it a new version.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use url::Url;

use crate::model::ParsedEntry;

/// Query parameters that say where a reader came from and not what is read.
const TRACKING: [&str; 33] = [
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "yclid",
    "ysclid",
    "msclkid",
    "twclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "_openstat",
    "openstat",
    "ncid",
    "cmpid",
    "at_medium",
    "at_campaign",
    "at_custom1",
    "at_custom2",
    "at_custom3",
    "at_custom4",
    "at_bbc_team",
    "at_link_id",
    "at_link_type",
    "at_format",
    "at_ptr_name",
    "ns_campaign",
    "ns_mchannel",
    "wt_mc",
    "mkt_tok",
];

/// Beginnings of such parameters.
const TRACKING_PREFIXES: [&str; 4] = ["utm_", "pk_", "mtm_", "hsa_"];

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRACKING.contains(&name.as_str())
        || TRACKING_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// The identity of an article's address: scheme and host in lower case, no default port, no fragment,
/// no tracking parameters, no empty query.
///
/// Everything else may name another article and stays. `None` if it is no `http` or `https` address.
#[must_use]
pub fn normal_url(address: &str) -> Option<String> {
    // Parsing already lowers scheme and host, drops the default port and adds the path of a bare host.
    let mut url = Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_fragment(None);
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| {
                !pair.is_empty() && !is_tracking(pair.split('=').next().unwrap_or_default())
            })
            .collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
    let mut normal = String::from(url);
    // `https://host/` and `https://host` are one page; deeper down the slash may matter.
    if normal.ends_with('/') && normal.matches('/').count() == 3 {
        normal.pop();
    }
    Some(normal)
}

/// Gives every entry of a document its key. An id that a careless feed gives to several articles is no
/// identity: theirs are told apart by their addresses.
pub(super) fn set_keys(entries: &mut [ParsedEntry]) {
    let mut addresses: HashMap<String, Option<String>> = HashMap::new();
    let mut ambiguous: HashSet<String> = HashSet::new();
    for entry in entries.iter_mut() {
        entry.key = entry_key(entry);
        let address = entry.link.as_deref().and_then(normal_url);
        match addresses.entry(entry.key.clone()) {
            Entry::Vacant(place) => {
                place.insert(address);
            }
            Entry::Occupied(known) if *known.get() != address => {
                ambiguous.insert(entry.key.clone());
            }
            Entry::Occupied(_) => {}
        }
    }
    for entry in entries
        .iter_mut()
        .filter(|entry| ambiguous.contains(&entry.key))
    {
        if let Some(address) = entry.link.as_deref().and_then(normal_url) {
            entry.key = format!("{} {address}", entry.key);
        }
    }
}

/// The key of an entry within its feed: the id as sent, else the normal address, else a hash of title
/// and day (an edited body must not make a new entry).
pub(super) fn entry_key(entry: &ParsedEntry) -> String {
    if let Some(id) = &entry.id {
        return id.clone();
    }
    if let Some(link) = &entry.link {
        return normal_url(link).unwrap_or_else(|| link.clone());
    }
    let day = entry.published.or(entry.updated).map(|at| {
        at.to_string()
            .chars()
            .take("2026-11-22".len())
            .collect::<String>()
    });
    let mut hasher = blake3::Hasher::new();
    for part in [
        entry
            .title
            .as_deref()
            .or(entry.summary.as_deref())
            .or(entry.content.as_deref()),
        day.as_deref(),
    ] {
        add(&mut hasher, part);
    }
    format!("blake3:{}", hasher.finalize().to_hex())
}

/// A hash of what an entry says: another hash is another version of the entry.
///
/// Counters, categories and enclosures are left out: they change without news.
#[must_use]
pub fn entry_hash(entry: &ParsedEntry) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let link = entry
        .link
        .as_deref()
        .map(|link| normal_url(link).map_or(Cow::Borrowed(link), Cow::Owned));
    let updated = entry.updated.map(|at| at.to_string());
    for part in [
        entry.title.as_deref(),
        entry.summary.as_deref(),
        entry.content.as_deref(),
        link.as_deref(),
        updated.as_deref(),
    ] {
        add(&mut hasher, part);
    }
    *hasher.finalize().as_bytes()
}

/// Adds a part with its length, so that no two lists of parts read alike.
fn add(hasher: &mut blake3::Hasher, part: Option<&str>) {
    let part = part.unwrap_or_default();
    hasher.update(&(part.len() as u64).to_le_bytes());
    hasher.update(part.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::{entry_hash, entry_key, normal_url, set_keys};
    use crate::model::ParsedEntry;

    #[test]
    fn addresses_of_one_article_are_one() {
        for (given, normal) in [
            (
                "HTTPS://Example.ORG:443/a?utm_source=x&id=7&fbclid=1#top",
                Some("https://example.org/a?id=7"),
            ),
            ("http://example.org/?", Some("http://example.org")),
            ("http://example.org", Some("http://example.org")),
            ("http://example.org/a/", Some("http://example.org/a/")),
            (
                "http://example.org:8080/a?UTM_Medium=rss",
                Some("http://example.org:8080/a"),
            ),
            (
                "http://пример.рф/новость",
                Some("http://xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C"),
            ),
            (
                "http://example.org/?q=a%26b&&c",
                Some("http://example.org/?q=a%26b&c"),
            ),
            ("mailto:a@example.org", None),
            ("no address", None),
        ] {
            assert_eq!(normal_url(given).as_deref(), normal, "{given}");
        }
    }

    #[test]
    fn the_key_survives_a_changed_title_wherever_there_is_something_better() {
        let entry = |id: Option<&str>, link: Option<&str>, title: &str| ParsedEntry {
            id: id.map(str::to_owned),
            link: link.map(str::to_owned),
            title: Some(title.to_owned()),
            published: "2026-11-22T07:30:00Z".parse().ok(),
            ..ParsedEntry::default()
        };
        assert_eq!(
            entry_key(&entry(Some("tag:1"), Some("http://a/"), "x")),
            "tag:1"
        );
        let link = Some("http://a.example/1?utm_source=rss");
        assert_eq!(entry_key(&entry(None, link, "x")), "http://a.example/1");
        let (one, two) = (entry(None, None, "x"), entry(None, None, "y"));
        assert_ne!(entry_key(&one), entry_key(&two));
        let mut later = one.clone();
        later.published = "2026-11-22T19:00:00Z".parse().ok();
        assert_eq!(entry_key(&one), entry_key(&later));
        assert_ne!(entry_hash(&one), entry_hash(&two));
        later.categories.push("news".to_owned());
        assert_eq!(entry_hash(&one), entry_hash(&later));
    }

    #[test]
    fn one_id_for_several_articles_tells_none_apart() {
        let entry = |id: &str, link: &str| ParsedEntry {
            id: Some(id.to_owned()),
            link: Some(link.to_owned()),
            ..ParsedEntry::default()
        };
        let mut entries = [
            entry("same", "http://a.example/1"),
            entry("same", "http://a.example/2"),
            entry("other", "http://a.example/3"),
            entry("other", "http://a.example/3?utm_source=feed"),
        ];
        set_keys(&mut entries);
        let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        let expected = [
            "same http://a.example/1",
            "same http://a.example/2",
            "other",
            "other",
        ];
        assert_eq!(keys, expected);
    }
}
