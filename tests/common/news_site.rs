//! The demo's news site, served by a test.

use std::net::SocketAddr;
use std::sync::Arc;

use wirewatch::demo::{self, Site};
use wirewatch::world::World;

use super::stand_in::OwnThread;

/// The news site, on a thread of its own.
pub struct NewsSite {
    pub site: Arc<Site>,
    addrs: Vec<SocketAddr>,
    _task: OwnThread,
}

impl NewsSite {
    /// Serves the first edition on free ports.
    pub fn start() -> Self {
        let ((site, addrs), task) = OwnThread::start(async || {
            let listeners = demo::bind(0).await.expect("free ports");
            let addrs: Vec<SocketAddr> = listeners
                .iter()
                .map(|listener| listener.local_addr().expect("an address"))
                .collect();
            let now = World::real().clock.now();
            let site = Arc::new(Site::new(now, &addrs).expect("a site"));
            let serve = demo::serve(Arc::clone(&site), listeners);
            ((site, addrs), async { serve.await.expect("it serves") })
        });
        Self {
            site,
            addrs,
            _task: task,
        }
    }

    /// An address without what differs between two worlds: the outlet's number stands for its port.
    pub fn stable(&self, url: &str) -> String {
        for (outlet, addr) in self.addrs.iter().enumerate() {
            if let Some(path) = url.strip_prefix(&format!("http://{addr}")) {
                return format!("{outlet}{path}");
            }
        }
        panic!("{url} is no page of the site");
    }
}
