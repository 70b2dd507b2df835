//! The host memories in use: a few of them kept between pages, so that the store is asked for little.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::extract::{HostMemory, Impression, Learnt};
use crate::model::LearntHost;
use crate::store::Queries;

/// Hosts kept, the least recently used one goes first. Each takes up to 40 kB.
const HOSTS_MAX: usize = 128;
/// A young memory is written with every page.
const YOUNG_PAGES: u32 = 16;
/// An old one after so many pages, after so long, or when it judges otherwise than before.
const UNWRITTEN_PAGES_MAX: u32 = 8;
const UNWRITTEN_MAX: SignedDuration = SignedDuration::from_mins(10);

/// A bounded store of host memories.
///
/// Pages of one host that are read at once share the memory as it was before; each adds to it. What is not written
/// yet is lost with the process: a few counts, never more.
#[derive(Debug, Default)]
pub struct Memories {
    hosts: Mutex<Vec<Host>>,
}

#[derive(Debug)]
struct Host {
    name: String,
    memory: Arc<HostMemory>,
    /// When the store's copy that this one goes back to was written.
    stored_at: Option<Timestamp>,
    unwritten: u32,
}

impl Memories {
    /// The memory of a host, from here or from the store; empty for a new host, and when the store fails: a page is
    /// read without it too.
    pub async fn of(&self, queries: &dyn Queries, host: &str) -> Arc<HostMemory> {
        let kept = self.kept(host);
        let known = kept.as_ref().and_then(|(_, stored_at)| *stored_at);
        let stored = match queries.host_memory(host, known).await {
            Ok(stored) => stored,
            Err(error) => {
                tracing::debug!(host, %error, "the host's memory cannot be read");
                return kept.map(|(memory, _)| memory).unwrap_or_default();
            }
        };
        match (kept, stored) {
            // Never stored, or stored by us.
            (Some((memory, None)), None) => memory,
            (Some((memory, _)), Some(stored)) if stored.memory.is_none() => memory,
            // Another process wrote it, or a person had it forgotten.
            (_, stored) => {
                let stored_at = stored.as_ref().map(|stored| stored.updated_at);
                let text = stored.and_then(|stored| stored.memory).unwrap_or_default();
                self.keep(host, Arc::new(HostMemory::decode(&text)), stored_at)
            }
        }
    }

    /// Learns from a page that was read; gives what is to be written with its article, at `now`, if anything.
    pub fn learn(&self, host: &str, page: &Impression, now: Timestamp) -> Option<LearntHost> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let host = hosts.iter_mut().find(|kept| kept.name == host)?;
        let learnt = Arc::make_mut(&mut host.memory).learn(page);
        if learnt == Learnt::Nothing {
            return None;
        }
        host.unwritten += 1;
        let pages = host.memory.pages();
        let is_late = host
            .stored_at
            .is_none_or(|at| now.duration_since(at).abs() >= UNWRITTEN_MAX);
        let is_due =
            learnt == Learnt::News || pages < YOUNG_PAGES || host.unwritten >= UNWRITTEN_PAGES_MAX;
        if !is_due && !is_late {
            return None;
        }
        host.unwritten = 0;
        // Stores keep milliseconds.
        host.stored_at = Timestamp::from_millisecond(now.as_millisecond()).ok();
        Some(LearntHost {
            host: host.name.clone(),
            pages,
            memory: host.memory.encode(),
        })
    }

    /// What is kept of a host, which becomes the most recently used one.
    fn kept(&self, host: &str) -> Option<(Arc<HostMemory>, Option<Timestamp>)> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let at = hosts.iter().position(|kept| kept.name == host)?;
        let kept = hosts.remove(at);
        let found = (Arc::clone(&kept.memory), kept.stored_at);
        hosts.push(kept);
        Some(found)
    }

    fn keep(
        &self,
        host: &str,
        memory: Arc<HostMemory>,
        stored_at: Option<Timestamp>,
    ) -> Arc<HostMemory> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.retain(|kept| kept.name != host);
        if hosts.len() >= HOSTS_MAX {
            hosts.remove(0);
        }
        hosts.push(Host {
            name: host.to_owned(),
            memory: Arc::clone(&memory),
            stored_at,
            unwritten: 0,
        });
        memory
    }
}
