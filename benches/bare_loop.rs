//! What polling costs without a store, a schedule or manners: reqwest and feed-rs in a loop, for
//! `benches/polls.py` to set beside the daemon.
//!
//! `cargo bench --bench bare_loop -- URLS.txt PASSES` gets every address of a file PASSES times and prints one
//! JSON object a pass. Requests are conditional where the server gave validators; a 200 is parsed only when
//! its bytes are new.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use futures_util::StreamExt;
use futures_util::stream;
use reqwest::header::{ETAG, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use wirewatch::world::{TlsOptions, tls_config};

/// Requests at once, as many as the daemon makes.
const PARALLEL: usize = 64;
/// Ticks of `/proc/self/stat` in a second, on every Linux that Debian runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// What is kept of a feed between passes.
struct Kept {
    validators: HeaderMap,
    body_hash: blake3::Hash,
}

/// What came of one request.
enum Polled {
    NotModified,
    Unchanged,
    Parsed(Kept),
    Failed(String),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // `cargo bench` adds options of its own.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let [urls, passes] = arguments.as_slice() else {
        eprintln!("usage: cargo bench --bench bare_loop -- URLS.txt PASSES");
        return Ok(());
    };
    let urls = fs::read_to_string(urls).with_context(|| urls.clone())?;
    let urls: Vec<&str> = urls.lines().collect();
    let tls = tls_config(&TlsOptions::default())?;
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .timeout(Duration::from_secs(30))
        .build()?;
    let mut kept: HashMap<&str, Kept> = HashMap::new();
    for pass in 1..=passes.parse()? {
        let (cpu, started) = (cpu_seconds()?, Instant::now());
        let mut counts = [0_usize; 4];
        let polls = stream::iter(urls.iter().map(|&url| {
            let (client, known) = (client.clone(), kept.get(url));
            async move { (url, poll(&client, url, known).await) }
        }));
        let mut fresh = Vec::new();
        let mut polls = polls.buffer_unordered(PARALLEL);
        while let Some((url, polled)) = polls.next().await {
            counts[match polled {
                Polled::NotModified => 0,
                Polled::Unchanged => 1,
                Polled::Parsed(new) => {
                    fresh.push((url, new));
                    2
                }
                Polled::Failed(why) => {
                    eprintln!("{url}: {why}");
                    3
                }
            }] += 1;
        }
        drop(polls);
        kept.extend(fresh);
        let [not_modified, unchanged, parsed, failed] = counts;
        let (cpu, wall) = (cpu_seconds()? - cpu, started.elapsed().as_secs_f64());
        println!(
            "{{\"pass\":{pass},\"polls\":{},\"not_modified\":{not_modified},\"unchanged\":{unchanged},\
             \"parsed\":{parsed},\"polls_failed\":{failed},\"cpu_s\":{cpu:.2},\"wall_s\":{wall:.2}}}",
            urls.len()
        );
    }
    Ok(())
}

async fn poll(client: &reqwest::Client, url: &str, known: Option<&Kept>) -> Polled {
    match polled(client, url, known).await {
        Ok(polled) => polled,
        Err(error) => Polled::Failed(error.to_string()),
    }
}

async fn polled(
    client: &reqwest::Client,
    url: &str,
    known: Option<&Kept>,
) -> anyhow::Result<Polled> {
    let conditions = known
        .map(|known| known.validators.clone())
        .unwrap_or_default();
    let answer = client.get(url).headers(conditions).send().await?;
    match answer.status().as_u16() {
        304 => return Ok(Polled::NotModified),
        200 => {}
        code => bail!("the server answers {code}"),
    }
    let mut validators = HeaderMap::new();
    for (from, to) in [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)] {
        if let Some(value) = answer.headers().get(from) {
            validators.insert(to, value.clone());
        }
    }
    let body = answer.bytes().await?;
    let body_hash = blake3::hash(&body);
    if known.is_some_and(|known| known.body_hash == body_hash) {
        return Ok(Polled::Unchanged);
    }
    // Some feeds of the world are in encodings that feed-rs does not read: the work is done all the same.
    let _ = feed_rs::parser::parse(&body[..]);
    Ok(Polled::Parsed(Kept {
        validators,
        body_hash,
    }))
}

/// CPU time of this process so far, user and system.
fn cpu_seconds() -> anyhow::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold anything.
    let (_, rest) = stat
        .rsplit_once(')')
        .context("no /proc/self/stat as expected")?;
    let ticks = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS_PER_SECOND)
}
