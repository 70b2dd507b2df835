//! Feeds that have moved for good.

use super::{Moment, request};
use crate::fetch::{self, Response};
use crate::pipeline::Setup;
use crate::schedule;

/// Watches a permanent redirect, and polls its target from the day on which it is believed: on the feed's own
/// host or one that the config polls anyway. Another host is only reported, and a feed with secrets never
/// moves by itself: neither may be led away by who got hold of the old address.
pub(super) fn note(setup: &Setup, response: &Response, moment: &mut Moment<'_>) {
    let (feed, now) = (moment.feed, moment.times.now);
    let state = &mut moment.state;
    let to = response.permanent.as_ref();
    let watched = schedule::sighting(state.moving.as_ref(), to.map(url::Url::as_str), now);
    let believed = watched.as_ref().is_some_and(schedule::is_believed);
    let (true, Some(to)) = (believed, to) else {
        state.moving = watched;
        return;
    };
    let host = fetch::host_key(to);
    let is_known = || setup.config.feeds.iter().any(|feed| feed.spec.host == host);
    let url = &feed.spec.url;
    if !(request::can_move(setup, feed, to) && (host == feed.spec.host || is_known())) {
        if !state.moving.as_ref().is_some_and(schedule::is_believed) {
            tracing::warn!(feed_id = %feed.id, "{url} has moved for good to {to}: put the new address into the config");
        }
        state.moving = watched;
        return;
    }
    tracing::info!(feed_id = %feed.id, "{url} has moved for good to {to}, which is polled from now on: \
         put the new address into the config");
    state.poll_url = (to.as_str() != url).then(|| to.to_string());
    state.moving = None;
}
