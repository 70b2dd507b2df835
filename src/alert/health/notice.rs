//! One message about many feeds: by kind of trouble and by host, so that a host that is down is one line.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::{
    ChannelState, FeedInTrouble, HealthNotice, TroubleGroup, TroubleKind, UntoldTrouble,
};

/// More hosts than this with the same trouble are told together: it is hardly theirs.
const HOSTS_APART: usize = 5;

/// Recoveries wait for more of them until none came for so long ...
const RECOVERIES_REST: SignedDuration = SignedDuration::from_mins(15);

/// ... or the first of them is so old.
const RECOVERIES_WAIT_MAX: SignedDuration = SignedDuration::from_hours(1);

/// Leaves out the recoveries that may wait for more: after an outage feeds are well one after the other, for an hour, and
/// should be one message and not one for each look. When `all_are_well` nothing more can come.
#[must_use]
pub fn without_gathering(
    mut untold: Vec<UntoldTrouble>,
    all_are_well: bool,
    now: Timestamp,
) -> Vec<UntoldTrouble> {
    let over = untold.iter().filter(|told| told.is_over);
    let ended: Vec<Timestamp> = over.filter_map(|told| told.feed.until).collect();
    let age = |at: Option<&Timestamp>| at.map(|at| now.duration_since(*at));
    let is_due = age(ended.iter().min()).is_none_or(|first| first >= RECOVERIES_WAIT_MAX)
        || age(ended.iter().max()).is_none_or(|last| last >= RECOVERIES_REST);
    if !is_due && !all_are_well {
        untold.retain(|told| !told.is_over);
    }
    untold
}

/// Makes the message that tells all of `untold` and of the channels; `None` when there is nothing to tell.
#[must_use]
pub fn make_notice(
    untold: Vec<UntoldTrouble>,
    channels: &ChannelNews,
    at: Timestamp,
) -> Option<HealthNotice> {
    if untold.is_empty() && channels.is_empty() {
        return None;
    }
    let (over, begun): (Vec<_>, Vec<_>) = untold.into_iter().partition(|told| told.is_over);
    let broken = channels
        .broken
        .iter()
        .map(|state| of_channel(state, None, at));
    let mended = channels
        .mended
        .iter()
        .map(|state| of_channel(state, Some(at), at));
    Some(HealthNotice {
        at,
        begun: broken.chain(groups(begun)).collect(),
        over: mended.chain(groups(over)).collect(),
    })
}

fn of_channel(state: &ChannelState, until: Option<Timestamp>, at: Timestamp) -> TroubleGroup {
    let since = state.failing_since.or(state.told_at).unwrap_or(at);
    let error = state.last_error.as_deref().unwrap_or_default();
    let name = &state.name;
    let why = match state.dead {
        0 => format!("{error}; {} wait for it", state.waiting),
        dead => format!("{error}; {dead} given up, {} wait for it", state.waiting),
    };
    TroubleGroup {
        kind: TroubleKind::Channel,
        hosts: Vec::new(),
        since,
        advice: match until {
            Some(_) => String::new(),
            None => format!(
                "wirewatch channel test {name} says what is wrong. What was given up is kept: wirewatch outbox list --dead, \
                 and wirewatch outbox retry --channel {name} sends it when the channel works again."
            ),
        },
        feeds: vec![FeedInTrouble {
            url: format!("[channel.{name}]"),
            title: Some(format!("channel {name}")),
            since,
            until,
            why,
        }],
    }
}

/// A channel that takes nothing is told of after this; one that will never take something, at once.
const TELL_CHANNEL_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// Channels of which people are to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelNews {
    /// They do not take what they are sent.
    pub broken: Vec<ChannelState>,
    /// They do again.
    pub mended: Vec<ChannelState>,
}

impl ChannelNews {
    /// What is news of the channels at `now`.
    #[must_use]
    pub fn of(states: Vec<ChannelState>, now: Timestamp) -> Self {
        let mut news = Self::default();
        for state in states {
            let is_old = |since: Timestamp| now.duration_since(since) >= TELL_CHANNEL_AFTER;
            let is_broken = state.dead > 0 || state.failing_since.is_some_and(is_old);
            match (state.told_at, state.failing_since) {
                (None, Some(_)) if is_broken => news.broken.push(state),
                (Some(_), None) => news.mended.push(state),
                _ => {}
            }
        }
        news
    }

    /// There is no news.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.broken.is_empty() && self.mended.is_empty()
    }
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
        // Told with its name, by `of_channel`.
        TroubleKind::Channel => "",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn state(failing_since: Option<i64>, dead: u64, told_at: Option<i64>) -> ChannelState {
        let time = |second: i64| Timestamp::from_second(second).unwrap();
        ChannelState {
            name: "desk".to_owned(),
            failing_since: failing_since.map(time),
            failures: 3,
            hold_until: None,
            last_error: Some("refused".to_owned()),
            last_sent_at: None,
            dead,
            told_at: told_at.map(time),
            waiting: 7,
        }
    }

    #[test]
    fn a_channel_is_told_of_once_and_once_when_it_is_well() {
        let now = Timestamp::from_second(3_600).unwrap();
        for (known, broken, mended) in [
            (state(Some(3_500), 0, None), 0, 0),
            (state(Some(1_000), 0, None), 1, 0),
            (state(Some(3_500), 1, None), 1, 0),
            (state(Some(1_000), 1, Some(2_000)), 0, 0),
            (state(None, 0, Some(2_000)), 0, 1),
            (state(None, 0, None), 0, 0),
        ] {
            let news = ChannelNews::of(vec![known.clone()], now);
            assert_eq!(
                (news.broken.len(), news.mended.len()),
                (broken, mended),
                "{known:?}"
            );
            let notice = make_notice(Vec::new(), &news, now);
            assert_eq!(notice.is_some(), broken + mended > 0);
            if let Some(group) = notice.and_then(|notice| notice.begun.into_iter().next()) {
                assert!(group.feeds[0].why.contains("7 wait for it"), "{group:?}");
                assert!(group.advice.contains("outbox retry --channel desk"));
            }
        }
    }
}
