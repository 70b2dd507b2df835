//! Names, connections, certificates: the way to a sample of the feeds' hosts.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join, join_all};
use jiff::SignedDuration;
use url::{Host, Url};

use super::clock;
use super::finding::{Check, Finding, Group, State};
use crate::cli::environment;
use crate::config::Config;
use crate::fetch::{self, Access, FetchError, Fetcher, HostRules, Knock, Proxy};
use crate::model::FailureKind;
use crate::world::{AddressGuard, LookupError, World, check_system_trust, lookup};

const NETWORK: Check = Check(Group::Network, "network");
const DNS: Check = Check(Group::Network, "dns");
const ANSWERS: Check = Check(Group::Network, "hosts");
const PROXY: Check = Check(Group::Network, "proxy");
const TLS: Check = Check(Group::Network, "tls");
const TRUST: Check = Check(Group::Network, "ca-certificates");

/// Hosts that are asked: as many as one can be asked about without being a nuisance.
const HOSTS_MAX: usize = 20;
/// For all that is asked of one host or channel.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

const RESOLVER: &str = "look at /etc/resolv.conf and the network: getent hosts debian.org    # does this machine know any name?";

/// A host of the sample.
struct Asked {
    url: Url,
    access: Access,
    is_proxied: bool,
}

impl Asked {
    fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

/// What became of one.
enum Outcome {
    /// Its name leads nowhere, or where it must not.
    Unknown(String),
    Forbidden(String),
    Answer(Knock),
    BadTls(String),
    Silent(String),
}

/// Whether certificates can be checked at all; nothing is asked of the network.
pub(super) fn trust() -> Finding {
    match check_system_trust() {
        Ok(()) => TRUST.ok("the system names authorities to trust"),
        Err(error) => TRUST.wrong(
            format!("no certificate can be checked, and no https address be fetched: {error}"),
            "sudo apt install ca-certificates    # or mount /etc/ssl/certs into the container",
        ),
    }
}

/// The way to the hosts of a config's feeds.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let world = World::real();
    let fetcher = match fetcher(config, &world) {
        Ok(fetcher) => fetcher,
        Err(error) => {
            let advice = "put [fetch] or [[host]] right; `wirewatch check` shows the line";
            return vec![NETWORK.wrong(error.to_string(), advice)];
        }
    };
    let sample = sample(config, &fetcher);
    if sample.is_empty() {
        return vec![NETWORK.skipped("there is no feed whose host could be asked")];
    }
    let guard = AddressGuard::new(config.fetch.allow.clone());
    let asked = join_all(sample.iter().map(async |asked| {
        let outcome = tokio::time::timeout(PATIENCE, ask(asked, &fetcher, &guard, &world)).await;
        outcome.unwrap_or_else(|_| {
            let seconds = PATIENCE.as_secs();
            Outcome::Silent(format!("did not answer within {seconds} s"))
        })
    }));
    let (proxy, outcomes) = join(proxy(config), asked).await;
    let now = world.clock.now();
    let mut found: Vec<Finding> = proxy.into_iter().collect();
    found.extend(told(&sample, &outcomes));
    let ahead: Vec<SignedDuration> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Answer(knock) => Some(knock.date?.duration_since(now)),
            _ => None,
        })
        .collect();
    found.extend(clock::against_hosts(&ahead));
    found
}

/// Whether somebody listens where [fetch] says that the proxy is.
async fn proxy(config: &Config) -> Option<Finding> {
    let Some(Proxy::Via(url)) = &config.fetch.proxy else {
        return None;
    };
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    // 1080 is the port of SOCKS.
    let port = url.port_or_known_default().unwrap_or(1080);
    let shown = format!("{host}:{port}");
    let connect = tokio::net::TcpStream::connect((host, port));
    let why = match tokio::time::timeout(PATIENCE, connect).await {
        Ok(Ok(_)) => return Some(PROXY.ok("it takes connections").about(shown)),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("it did not answer within {} s", PATIENCE.as_secs()),
    };
    let advice =
        "nothing can be fetched without it: is it running, and is `proxy` of [fetch] right?";
    Some(PROXY.wrong(why, advice).about(shown))
}

fn fetcher(config: &Config, world: &World) -> Result<Fetcher, FetchError> {
    let hosts = HostRules::new(&config.hosts, &environment)?;
    Ok(Fetcher::new(config.fetch.clone(), world.clone())?.with_hosts(hosts))
}

/// Distinct hosts, evenly over the list of feeds.
fn sample(config: &Config, fetcher: &Fetcher) -> Vec<Asked> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for feed in &config.feeds {
        let Ok(url) = fetch::parse_url(&feed.spec.url) else {
            continue;
        };
        if seen.insert(url.origin().ascii_serialization()) {
            all.push((url, Arc::clone(&feed.access)));
        }
    }
    let step = all.len().div_ceil(HOSTS_MAX).max(1);
    all.into_iter()
        .step_by(step)
        .map(|(url, options)| {
            // A secret that is not there is told by `secrets`.
            let access = Access::new(&url, &options, &environment).unwrap_or_default();
            Asked {
                is_proxied: fetcher.is_proxied(&url, &access),
                url,
                access,
            }
        })
        .collect()
}

async fn ask(asked: &Asked, fetcher: &Fetcher, guard: &AddressGuard, world: &World) -> Outcome {
    // Behind a proxy the name is the proxy's business.
    if let (false, Some(Host::Domain(name))) = (asked.is_proxied, asked.url.host()) {
        let port = asked.url.port_or_known_default().unwrap_or(0);
        match lookup(&*world.resolver, guard, name, port).await {
            Ok(_) => {}
            Err(LookupError::Forbidden(why)) => return Outcome::Forbidden(why.to_string()),
            Err(unknown) => return Outcome::Unknown(unknown.to_string()),
        }
    }
    match fetcher.knock(&asked.url, &asked.access).await {
        Ok(knock) => Outcome::Answer(knock),
        Err(error) if error.kind() == FailureKind::BlockedAddress => {
            Outcome::Forbidden(error.to_string())
        }
        Err(error) if error.kind() == FailureKind::Tls => Outcome::BadTls(error.to_string()),
        Err(error) => Outcome::Silent(error.to_string()),
    }
}

/// One line for what is well with many, and one for each that is not.
fn told(sample: &[Asked], outcomes: &[Outcome]) -> Vec<Finding> {
    let mut found = Vec::new();
    for check in [DNS, ANSWERS, TLS] {
        found.extend(of_check(check, sample, outcomes));
    }
    found
}

fn of_check(check: Check, sample: &[Asked], outcomes: &[Outcome]) -> Vec<Finding> {
    let pairs = || sample.iter().zip(outcomes);
    let of = pairs().filter(|(asked, outcome)| concerns(check, asked, outcome));
    let all = of.count();
    let failures: Vec<Finding> = pairs()
        .filter_map(|(asked, outcome)| Some(failure(check, outcome)?.about(asked.host())))
        .collect();
    let well = all - failures.len().min(all);
    if all == 0 {
        return failures;
    }
    if well == 0 && all > 1 {
        return vec![none(check, all, &failures[0])];
    }
    let mut found = Vec::new();
    if well > 0 {
        found.push(check.ok(match check.1 {
            "dns" => format!("{well} of {all} names of feeds' hosts are known"),
            "hosts" => format!("{well} of {all} hosts of feeds answer"),
            _ => format!("{well} of {all} hosts of feeds show a certificate that is trusted"),
        }));
    }
    found.extend(failures);
    found
}

/// Whether a check has anything to say of a host.
fn concerns(check: Check, asked: &Asked, outcome: &Outcome) -> bool {
    let is_found = !matches!(outcome, Outcome::Unknown(_) | Outcome::Forbidden(_));
    match check.1 {
        "dns" => !asked.is_proxied && matches!(asked.url.host(), Some(Host::Domain(_))),
        "hosts" => is_found,
        _ => {
            asked.url.scheme() == "https"
                && matches!(outcome, Outcome::Answer(_) | Outcome::BadTls(_))
        }
    }
}

/// What a check has against a host. One dead host is its publisher's trouble and no more than a warning.
fn failure(check: Check, outcome: &Outcome) -> Option<Finding> {
    match (check.1, outcome) {
        ("dns", Outcome::Unknown(why)) => Some(check.warning(
            why,
            "is it spelt right? if it is gone: wirewatch feed add https://SITE/ finds where its feeds are now",
        )),
        ("dns", Outcome::Forbidden(why)) => {
            Some(check.wrong(why, "add it to [fetch] allow if that is meant; else the feed is never polled"))
        }
        ("hosts", Outcome::Silent(why)) => Some(check.warning(
            why,
            "look with a browser; a firewall or proxy may be between: curl -I https://HOST/",
        )),
        ("tls", Outcome::BadTls(why)) => Some(check.warning(tls_words(why).0, tls_words(why).1)),
        _ => None,
    }
}

/// All hosts fail alike: it is ours.
fn none(check: Check, all: usize, first: &Finding) -> Finding {
    let (words, advice) = match check.1 {
        "dns" if first.state == State::Wrong => ("no host may be reached", first.advice.clone()),
        "dns" => ("no name is known", Some(RESOLVER.to_owned())),
        "hosts" => (
            "no host answers",
            Some("look at this machine's network, firewall, and [fetch] proxy".to_owned()),
        ),
        _ => (
            "no certificate is trusted",
            Some("sudo apt install ca-certificates; behind a proxy that opens TLS name its authority: [fetch] ca".to_owned()),
        ),
    };
    let host = first.about.as_deref().unwrap_or_default();
    let told = format!("{words} (0 of {all}); {host}: {}", first.message);
    check.wrong(told, advice.unwrap_or_default())
}

/// What rustls says, in words, and what to do.
fn tls_words(why: &str) -> (String, &'static str) {
    let fits = |signs: &[&str]| signs.iter().any(|sign| why.contains(sign));
    let (words, advice) = if fits(&["Expired", "expired"]) {
        (
            "its certificate has expired",
            "its publisher must renew it; is this machine's clock right?",
        )
    } else if fits(&["NotValidYet", "not valid yet"]) {
        (
            "its certificate is not valid yet",
            "is this machine's clock right?",
        )
    } else if fits(&["NotValidForName", "not valid for name"]) {
        (
            "its certificate is for another name",
            "look for the right host name with a browser",
        )
    } else if fits(&[
        "UnknownIssuer",
        "CaUsedAsEndEntity",
        "unknown issuer",
        "BadSignature",
    ]) {
        (
            "nobody who is trusted vouches for its certificate",
            "if it is meant, name its authority's certificate: `ca` of the [[feed]], of a [[host]], or of [fetch]",
        )
    } else if fits(&["Revoked"]) {
        ("its certificate was revoked", "its publisher must renew it")
    } else {
        ("TLS fails", "look with: openssl s_client -connect HOST:443")
    };
    (format!("{words} ({why})"), advice)
}
