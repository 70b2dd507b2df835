//! Which addresses may be reached. A feed is somebody else's text: it must not make wirewatch
//! talk to the machine's own services, the local network, or a cloud's metadata address (SSRF).
//!
//! The guard is asked after name resolution and for URLs whose host is an address, on every hop.

mod kinds;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use kinds::{BAD_PORTS, forbidden_kind, local_name};

/// One line of `[fetch] allow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowRule {
    /// One address and port.
    Socket(SocketAddr),
    /// A host name with a port, as written in the URL.
    Host(String, u16),
    /// All ports of a network.
    Net(IpAddr, u8),
}

/// A text that is no allow rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `host:port` (127.0.0.1:8800) nor a network (10.0.0.0/8)")]
pub struct AllowRuleError(String);

impl FromStr for AllowRule {
    type Err = AllowRuleError;

    fn from_str(text: &str) -> Result<Self, AllowRuleError> {
        let bad = || AllowRuleError(text.to_owned());
        if let Ok(socket) = text.parse() {
            return Ok(Self::Socket(socket));
        }
        if let Some((net, bits)) = text.split_once('/') {
            let net: IpAddr = net.parse().map_err(|_| bad())?;
            let bits: u8 = bits.parse().map_err(|_| bad())?;
            let max = if net.is_ipv4() { 32 } else { 128 };
            return if bits <= max {
                Ok(Self::Net(net, bits))
            } else {
                Err(bad())
            };
        }
        let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
        let port = port.parse().map_err(|_| bad())?;
        if host.is_empty() || host.contains(['/', ':', ' ']) {
            return Err(bad());
        }
        Ok(Self::Host(host.to_ascii_lowercase(), port))
    }
}

/// An address that is not public and not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// The host as the URL names it.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The address that the host leads to; `None` when the name or the port says enough.
    pub ip: Option<IpAddr>,
    /// What kind of address, name or port it is.
    pub kind: &'static str,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            host, port, kind, ..
        } = self;
        let rule = match self.ip {
            Some(ip) => {
                write!(f, "{host} leads to {ip}, {kind}")?;
                SocketAddr::new(ip, *port).to_string()
            }
            None => {
                write!(f, "{host}:{port} is not fetched: {kind}")?;
                format!("{host}:{port}")
            }
        };
        write!(f, "; if that is meant, add \"{rule}\" to [fetch] allow")
    }
}

impl std::error::Error for Forbidden {}

/// Decides which addresses may be reached.
#[derive(Debug, Clone, Default)]
pub struct AddressGuard {
    allow: Vec<AllowRule>,
}

impl AddressGuard {
    /// A guard that lets public addresses pass, and those that `allow` names.
    #[must_use]
    pub fn new(allow: Vec<AllowRule>) -> Self {
        Self { allow }
    }

    /// Checks one address that `host` (as written in the URL) resolved to.
    ///
    /// # Errors
    /// [`Forbidden`] when the address is not public, or the name is one of the local network, and no rule
    /// allows it.
    pub fn check(&self, host: &str, addr: SocketAddr) -> Result<(), Forbidden> {
        let Some(kind) = forbidden_kind(addr.ip()).or_else(|| local_name(host)) else {
            return Ok(());
        };
        if self.allow.iter().any(|rule| allows(rule, host, addr)) {
            return Ok(());
        }
        Err(Forbidden {
            host: host.to_owned(),
            port: addr.port(),
            ip: Some(addr.ip()),
            kind,
        })
    }

    /// Checks a name before it is looked up: names of the local network need a rule, whatever they lead to.
    ///
    /// # Errors
    /// [`Forbidden`] when the name is local and no rule could allow any address of it.
    pub fn check_name(&self, host: &str, port: u16) -> Result<(), Forbidden> {
        let Some(kind) = local_name(host) else {
            return Ok(());
        };
        let could_allow = |rule: &AllowRule| match rule {
            AllowRule::Socket(socket) => socket.port() == port,
            AllowRule::Host(..) => names(rule, host, port),
            AllowRule::Net(..) => true,
        };
        if self.allow.iter().any(could_allow) {
            return Ok(());
        }
        Err(Forbidden {
            host: host.to_owned(),
            port,
            ip: None,
            kind,
        })
    }

    /// Checks the port of a URL: a GET to a mail server says things to it (WHATWG Fetch, "bad ports").
    ///
    /// # Errors
    /// [`Forbidden`] when the port belongs to another protocol and no rule opens it.
    pub fn check_port(&self, host: &str, port: u16) -> Result<(), Forbidden> {
        let ip: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        let opens = |rule: &AllowRule| match rule {
            AllowRule::Socket(socket) => socket.port() == port,
            AllowRule::Host(..) => names(rule, host, port),
            AllowRule::Net(net, bits) => ip.is_some_and(|ip| in_net(ip, *net, *bits)),
        };
        if BAD_PORTS.binary_search(&port).is_err() || self.allow.iter().any(opens) {
            return Ok(());
        }
        Err(Forbidden {
            host: host.to_owned(),
            port,
            ip: None,
            kind: "the port belongs to another protocol",
        })
    }
}

/// `localhost.` is `localhost`.
fn without_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

fn names(rule: &AllowRule, host: &str, port: u16) -> bool {
    matches!(rule, AllowRule::Host(name, allowed)
        if *allowed == port && without_dot(name).eq_ignore_ascii_case(without_dot(host)))
}

fn allows(rule: &AllowRule, host: &str, addr: SocketAddr) -> bool {
    match rule {
        AllowRule::Socket(socket) => *socket == addr,
        AllowRule::Host(..) => names(rule, host, addr.port()),
        AllowRule::Net(net, bits) => in_net(addr.ip(), *net, *bits),
    }
}

fn in_net(ip: IpAddr, net: IpAddr, bits: u8) -> bool {
    match (ip, net) {
        (IpAddr::V4(ip), IpAddr::V4(net)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            u32::from(ip) & mask == u32::from(net) & mask
        }
        (IpAddr::V6(ip), IpAddr::V6(net)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            u128::from(ip) & mask == u128::from(net) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(guard: &AddressGuard, addr: &str) -> Result<(), Forbidden> {
        guard.check("host.example", addr.parse().expect("a socket address"))
    }

    #[test]
    fn private_addresses_are_refused_in_every_disguise() {
        let guard = AddressGuard::default();
        for addr in [
            "127.0.0.1:80",
            "127.9.9.9:80",
            "0.0.0.0:80",
            "10.1.2.3:80",
            "172.16.0.1:80",
            "172.31.255.255:80",
            "192.168.1.1:80",
            "169.254.169.254:80",
            "100.64.0.1:80",
            "224.0.0.1:80",
            "255.255.255.255:80",
            "[::1]:80",
            "[::]:80",
            "[fe80::1]:80",
            "[fd00::1]:80",
            "[ff02::1]:80",
            "[::ffff:127.0.0.1]:80",
            "[::ffff:0:10.0.0.1]:80",
            "[64:ff9b::a9fe:a9fe]:80",
            "[64:ff9b:1::7f00:1]:80",
            "[2002:7f00:1::]:80",
            "[::127.0.0.1]:80",
            "[::8.8.8.8]:80",
            "[2001:0:102:304::80ff:fffe]:80",
            "[2606:4700::5efe:10.0.0.1]:80",
            "[2001:db8::1]:80",
            "[3fff::1]:80",
            "[fec0::1]:80",
            "[100::1]:80",
            "[fd00:ec2::254]:80",
            "[64:ff9b:1::808:808]:80",
            "[5f00::1]:80",
            "100.100.100.200:80",
            "192.0.0.192:80",
            "168.63.129.16:80",
            "192.88.99.1:80",
            "198.18.0.1:80",
            "203.0.113.1:80",
        ] {
            assert!(check(&guard, addr).is_err(), "{addr} passed");
        }
        for addr in [
            "93.184.216.34:443",
            "[2606:2800:220:1::]:443",
            "172.32.0.1:80",
            "100.128.0.1:80",
            "169.253.255.255:80",
            "198.20.0.1:80",
            "[2a00:1450::1]:80",
            "[64:ff9b::808:808]:80",
            "[::ffff:8.8.8.8]:80",
            "[2002:808:808::1]:80",
        ] {
            assert_eq!(check(&guard, addr), Ok(()), "{addr} was refused");
        }
    }

    #[test]
    fn an_allowed_socket_opens_that_port_only() {
        let guard = AddressGuard::new(vec!["127.0.0.1:8800".parse().expect("a rule")]);
        assert_eq!(check(&guard, "127.0.0.1:8800"), Ok(()));
        let error = check(&guard, "127.0.0.1:22").expect_err("another port");
        assert_eq!(
            error.to_string(),
            "host.example leads to 127.0.0.1, a loopback address; \
             if that is meant, add \"127.0.0.1:22\" to [fetch] allow"
        );
    }

    #[test]
    fn names_of_the_local_network_need_a_rule_wherever_they_lead() {
        let guard = AddressGuard::new(vec!["paper.internal:80".parse().expect("a rule")]);
        let public = "93.184.216.34:80".parse().expect("an address");
        for host in [
            "localhost",
            "LocalHost.",
            "a.localhost",
            "metadata.google.internal",
            "nas.home.arpa",
            "printer.local",
        ] {
            assert!(guard.check_name(host, 80).is_err(), "{host}");
            assert!(guard.check(host, public).is_err(), "{host}");
        }
        for host in [
            "news.example",
            "notlocalhost",
            "local.example.org",
            "10.example.org",
            "paper.internal.",
        ] {
            assert_eq!(guard.check_name(host, 80), Ok(()), "{host}");
            assert_eq!(guard.check(host, public), Ok(()), "{host}");
        }
        assert!(guard.check_name("paper.internal", 81).is_err());
        let network = AddressGuard::new(vec!["10.0.0.0/8".parse().expect("a rule")]);
        assert_eq!(network.check_name("wiki.corp", 80), Ok(()));
        assert!(network.check("wiki.corp", public).is_err());
    }

    #[test]
    fn a_port_of_another_protocol_needs_a_rule() {
        assert!(BAD_PORTS.is_sorted());
        let guard = AddressGuard::new(vec!["127.0.0.0/8".parse().expect("a rule")]);
        let error = guard.check_port("example.org", 25).expect_err("mail");
        assert_eq!(
            error.to_string(),
            "example.org:25 is not fetched: the port belongs to another protocol; \
             if that is meant, add \"example.org:25\" to [fetch] allow"
        );
        assert_eq!(guard.check_port("127.0.0.1", 6667), Ok(()), "all its ports");
        assert!(guard.check_port("[::1]", 6667).is_err());
        for port in [80, 443, 8080, 8800, 36_667] {
            assert_eq!(guard.check_port("example.org", port), Ok(()));
        }
        let guard = AddressGuard::new(vec!["example.org:25".parse().expect("a rule")]);
        assert_eq!(guard.check_port("example.org", 25), Ok(()));
    }

    #[test]
    fn an_allowed_network_opens_all_of_its_ports() {
        let guard = AddressGuard::new(vec!["10.0.0.0/8".parse().expect("a rule")]);
        assert_eq!(check(&guard, "10.200.0.1:1"), Ok(()));
        assert!(check(&guard, "192.168.0.1:1").is_err());
    }

    #[test]
    fn a_rule_that_is_none_says_what_one_looks_like() {
        let error = "10.0.0.0/40"
            .parse::<AllowRule>()
            .expect_err("too many bits");
        assert!(error.to_string().contains("10.0.0.0/40"));
        assert!("nonsense".parse::<AllowRule>().is_err());
    }
}
