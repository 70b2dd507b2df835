//! WebSub in the daemon: asking hubs when they are due, and keeping the callback open while any of them
//! may come.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::pipeline;
use crate::store::{PollReport, StoreError};

use super::{Daemon, callback, runner};

/// Hubs asked at once.
const REQUESTS_AT_ONCE: usize = 8;

/// All feeds are looked through for hubs when a poll, a hub or the config has changed something that concerns them.
/// What another process changed (`wirewatch feed poll`) is seen after this.
const LOOK_AGAIN: Duration = Duration::from_secs(10 * 60);

/// Between two looks lies so many times the time that one takes.
const LOOKS_APART: u32 = 20;

/// How long to wait after the store failed for the moment, or the address to listen at is taken.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

impl Daemon {
    /// Both sides of WebSub, until the daemon stops.
    pub(super) async fn websub_forever(&self) -> Result<(), StoreError> {
        tokio::try_join!(self.subscribe_forever(), self.listen_forever())?;
        Ok(())
    }

    async fn subscribe_forever(&self) -> Result<(), StoreError> {
        let mut stop = self.stop.subscribe();
        loop {
            let round = tokio::select! {
                round = self.subscribe() => round,
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            };
            let wait = match round {
                Ok(wait) => wait,
                Err(error) if error.is_fatal() => return Err(error),
                Err(error) => {
                    tracing::error!("WebSub: {error}");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.wakes.subscribe.notified() => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
        }
    }

    /// Looks which feeds name a hub now and asks the hubs that are due. Answers with the time until the
    /// next look.
    async fn subscribe(&self) -> Result<Duration, StoreError> {
        let begun = Instant::now();
        let number = pipeline::websub::plan(&self.pipeline).await?;
        let looked_for = begun.elapsed();
        self.subscriptions.send_replace(number);
        self.ask_hubs().await?;
        // On a first pass over thousands of feeds any of them may wake the next look: looking never takes more
        // than a small part of the time.
        tokio::time::sleep(looked_for * LOOKS_APART).await;
        let now = self.pipeline.world.clock.now();
        let next = self.pipeline.store.next_due(now).await?;
        Ok(runner::wait_within(LOOK_AGAIN, now, next.subscribe))
    }

    /// Asks every hub that is due, a few at once.
    async fn ask_hubs(&self) -> Result<(), StoreError> {
        loop {
            let store = &self.pipeline.store;
            let claims = store
                .claim_subscriptions(&self.lessee(), REQUESTS_AT_ONCE)
                .await?;
            if claims.is_empty() {
                return Ok(());
            }
            let work = |claim| pipeline::websub::work(&self.pipeline, claim);
            let mut asked: FuturesUnordered<_> = claims.into_iter().map(work).collect();
            while let Some(committed) = asked.next().await {
                committed?;
            }
        }
    }

    /// Keeps the callback open while `[websub]` is on, and after a reload has turned it off until the
    /// hubs know.
    async fn listen_forever(&self) -> Result<(), StoreError> {
        let mut stop = self.stop.subscribe();
        let mut wanted = None;
        loop {
            wanted = self.wanted_address(wanted);
            let listening = async {
                match wanted {
                    Some(addr) => self.listen(addr).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = listening => {}
                () = self.address_changes(wanted) => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
        }
    }

    /// Where to listen now, for one that listens at `before`.
    fn wanted_address(&self, before: Option<SocketAddr>) -> Option<SocketAddr> {
        let setup = self.pipeline.setup();
        match &setup.config.websub {
            Some(options) => Some(options.listen),
            None => before.filter(|_| *self.subscriptions.borrow() > 0),
        }
    }

    async fn address_changes(&self, now: Option<SocketAddr>) {
        let mut subscriptions = self.subscriptions.subscribe();
        while self.wanted_address(now) == now {
            tokio::select! {
                () = self.wakes.listen.notified() => {}
                changed = subscriptions.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Listens, whatever goes wrong: an address that is taken is no reason to end the daemon, which polls
    /// on. It is told once, and tried again and again.
    async fn listen(&self, addr: SocketAddr) {
        let mut told = false;
        loop {
            let why = match TcpListener::bind(addr).await {
                Ok(listener) => {
                    tracing::info!("listening for WebSub hubs at {addr}");
                    told = false;
                    match callback::serve(self.clone(), listener).await {
                        Ok(()) => return,
                        Err(error) => error,
                    }
                }
                Err(error) => error,
            };
            if !told {
                tracing::error!(
                    "[websub] listen = \"{addr}\": {why}; feeds are polled, hubs cannot push"
                );
                told = true;
            }
            tokio::time::sleep(AFTER_FAILURE).await;
        }
    }

    /// Counts what a push brought, and wakes who is to read it.
    pub(super) fn count_push(&self, report: &PollReport) {
        self.stats.pushes.add(1);
        self.stats.new_entries.add(report.new_entries);
        self.stats.changed_entries.add(report.changed_entries);
        self.stats.wanted.add(report.wanted_articles);
        report
            .ages
            .iter()
            .for_each(|age| self.meters.seen.note(*age));
        if report.wanted_articles > 0 {
            self.wakes.read.notify_one();
        }
    }
}
