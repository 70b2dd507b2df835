//! One message about many feeds: by kind of trouble and by host, so that a host that is down is one line.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{HealthNotice, TroubleGroup, TroubleKind, UntoldTrouble};

/// More hosts than this with the same trouble are told together: it is hardly theirs.
const HOSTS_APART: usize = 5;

/// Makes the message that tells all of `untold`; `None` when there is nothing to tell.
#[must_use]
pub fn make_notice(untold: Vec<UntoldTrouble>, at: Timestamp) -> Option<HealthNotice> {
    if untold.is_empty() {
        return None;
    }
    let (over, begun): (Vec<_>, Vec<_>) = untold.into_iter().partition(|told| told.is_over);
    Some(HealthNotice {
        at,
        begun: groups(begun),
        over: groups(over),
    })
}

/// Groups by kind and host, gravest kind first.
fn groups(untold: Vec<UntoldTrouble>) -> Vec<TroubleGroup> {
    let mut kinds: BTreeMap<TroubleKind, BTreeMap<String, Vec<UntoldTrouble>>> = BTreeMap::new();
    for told in untold {
        let hosts = kinds.entry(told.kind).or_default();
        hosts.entry(told.host.clone()).or_default().push(told);
    }
    let mut groups = Vec::new();
    for (kind, hosts) in kinds {
        if hosts.len() > HOSTS_APART {
            groups.extend(group(kind, hosts.into_values().flatten().collect()));
        } else {
            let apart = hosts.into_values();
            groups.extend(apart.filter_map(|untold| group(kind, untold)));
        }
    }
    groups
}

fn group(kind: TroubleKind, mut untold: Vec<UntoldTrouble>) -> Option<TroubleGroup> {
    untold.sort_by(|a, b| a.feed.url.cmp(&b.feed.url));
    let since = untold.iter().map(|told| told.feed.since).min()?;
    let is_over = untold.iter().all(|told| told.is_over);
    let mut hosts: Vec<String> = untold.iter().map(|told| told.host.clone()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    Some(TroubleGroup {
        kind,
        since,
        advice: match is_over {
            true => String::new(),
            false => advice(kind, hosts.len() > HOSTS_APART).to_owned(),
        },
        hosts,
        feeds: untold.into_iter().map(|told| told.feed).collect(),
    })
}

/// What to do about it.
fn advice(kind: TroubleKind, many_hosts: bool) -> &'static str {
    match kind {
        TroubleKind::Failing if many_hosts => {
            "So many hosts at once: look at this machine's network, name resolution and clock first."
        }
        TroubleKind::Gone => {
            "Look on the site for another feed and put its address into the config; then take this one out."
        }
        TroubleKind::Missing => {
            "The site has probably moved its feed: look there for the new address. It is still tried, ever more rarely."
        }
        TroubleKind::Failing => {
            "Open the address in a browser. It is still tried, ever more rarely; wirewatch feed poll tries it at once."
        }
        TroubleKind::Empty => {
            "Open the address in a browser: a feed that a site has given up often stays there without entries."
        }
        TroubleKind::Silent => {
            "Look whether the site itself has something new; if it has, its feed has moved or been given up."
        }
        TroubleKind::Thin => {
            "Open one of its articles: a paywall, a consent page or a new layout may hide the text. Watches see less of it now."
        }
        TroubleKind::Moved => "Put the new address into the config.",
        TroubleKind::Lost => "A shorter interval for this feed loses less.",
    }
}
