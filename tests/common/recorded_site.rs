//! A site of feeds and pages that notes what it was asked for.

use std::sync::{Arc, Mutex};

use crate::stand_in::{Reply, StandIn};

/// Content type of a page.
pub const HTML: &str = "text/html; charset=utf-8";
/// Content type of a feed.
pub const RSS: &str = "application/rss+xml";

/// Answers by path, host (as it was asked for) and the date of its start, as feeds write it, with content type and body;
/// `None` is a 404. The second value gathers the paths that were asked for.
pub fn recorded_site<F>(answer: F) -> (StandIn, Arc<Mutex<Vec<String>>>)
where
    F: Fn(&str, &str, &str) -> Option<(&'static str, String)> + Send + Sync + 'static,
{
    let asked = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&asked);
    let now = wirewatch::world::World::real().clock.now();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let site = StandIn::start(move |request| {
        let host = &request.headers()["host"];
        let host = host.to_str().expect("a host");
        let path = request.uri().path();
        notes.lock().expect("no panic before").push(path.to_owned());
        let Some((content_type, body)) = answer(path, host, &date) else {
            return Reply::status(404);
        };
        Reply {
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into_bytes(),
            ..Reply::status(200)
        }
    });
    (site, asked)
}
