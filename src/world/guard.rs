//! Which addresses may be reached. A feed is somebody else's text: it must not make wirewatch
//! talk to the machine's own services, the local network, or a cloud's metadata address (SSRF).
//!
//! The guard is asked after name resolution and for URLs whose host is an address, on every hop.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

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
    /// The address.
    pub addr: SocketAddr,
    /// What kind of address it is.
    pub kind: &'static str,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} leads to {}, {}; if that is meant, add \"{}\" to [fetch] allow",
            self.host,
            self.addr.ip(),
            self.kind,
            self.addr
        )
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
    /// [`Forbidden`] when the address is not public and no rule allows it.
    pub fn check(&self, host: &str, addr: SocketAddr) -> Result<(), Forbidden> {
        let Some(kind) = forbidden_kind(addr.ip()) else {
            return Ok(());
        };
        if self.allow.iter().any(|rule| allows(rule, host, addr)) {
            return Ok(());
        }
        Err(Forbidden {
            host: host.to_owned(),
            addr,
            kind,
        })
    }
}

fn allows(rule: &AllowRule, host: &str, addr: SocketAddr) -> bool {
    match rule {
        AllowRule::Socket(socket) => *socket == addr,
        AllowRule::Host(name, port) => name.eq_ignore_ascii_case(host) && *port == addr.port(),
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

/// Names the kind of a forbidden address, or `None` for a public one (IANA special-purpose registries).
fn forbidden_kind(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => forbidden_v4(ip),
        IpAddr::V6(ip) => forbidden_v6(ip),
    }
}

fn forbidden_v4(ip: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = ip.octets();
    Some(match (a, b, c) {
        (0, ..) => "an address of \"this network\"",
        (127, ..) => "a loopback address",
        (10, ..) | (192, 168, _) => "a private address",
        (172, 16..=31, _) => "a private address",
        (169, 254, _) => "a link-local or metadata address",
        (100, 64..=127, _) => "a carrier-grade NAT address",
        (192, 0, 0) => "a protocol address",
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => "a documentation address",
        (198, 18..=19, _) => "a benchmarking address",
        (224..=239, ..) => "a multicast address",
        (240..=255, ..) => "a reserved address",
        _ => return None,
    })
}

fn forbidden_v6(ip: Ipv6Addr) -> Option<&'static str> {
    if let Some(v4) = embedded_v4(ip) {
        return forbidden_v4(v4);
    }
    let s = ip.segments();
    Some(match s[0] {
        _ if ip.is_unspecified() => "the unspecified address",
        _ if ip.is_loopback() => "a loopback address",
        0xfc00..=0xfdff => "a private (unique local) address",
        0xfe80..=0xfebf => "a link-local address",
        0xfec0..=0xfeff => "a site-local address",
        0xff00..=0xffff => "a multicast address",
        0x2001 if s[1] == 0xdb8 => "a documentation address",
        0x0100 if s[1..4] == [0, 0, 0] => "a discard-only address",
        _ => return None,
    })
}

/// The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let tail = || Ipv4Addr::from(((u32::from(s[6])) << 16) | u32::from(s[7]));
    match s {
        [0, 0, 0, 0, 0, 0xffff, ..] => Some(tail()),
        [0, 0, 0, 0, 0xffff, 0, ..] => Some(tail()),
        [0x64, 0xff9b, ..] => Some(tail()),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => Some(tail()),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        _ => None,
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
        ] {
            assert!(check(&guard, addr).is_err(), "{addr} passed");
        }
        for addr in [
            "93.184.216.34:443",
            "[2606:2800:220:1::]:443",
            "172.32.0.1:80",
            "100.128.0.1:80",
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
