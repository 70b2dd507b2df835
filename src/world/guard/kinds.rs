//! Addresses, names and ports that are not of the public web.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::without_dot;

/// Ports that no browser speaks HTTP to (WHATWG Fetch, 2.9), and those of databases that take a request
/// for commands; ascending.
pub(super) const BAD_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566,
    6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
];

/// Endings of names that only a local network knows (RFC 6761, RFC 6762 and its appendix G, RFC 8375,
/// and `internal`, which ICANN has set aside). Clouds keep their metadata there.
const LOCAL_ENDINGS: [&str; 10] = [
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "home.arpa",
    "lan",
    "corp",
    "home",
];

/// What a name of a local network is called, or `None` for any other.
pub(super) fn local_name(host: &str) -> Option<&'static str> {
    let host = without_dot(host);
    let is_local = LOCAL_ENDINGS.iter().any(|ending| {
        let Some(start) = host.len().checked_sub(ending.len()) else {
            return false;
        };
        let bytes = host.as_bytes();
        bytes[start..].eq_ignore_ascii_case(ending.as_bytes())
            && (start == 0 || bytes[start - 1] == b'.')
    });
    is_local.then_some("a name of the local network")
}

/// Names the kind of a forbidden address, or `None` for a public one (IANA special-purpose registries).
pub(super) fn forbidden_kind(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => forbidden_v4(ip),
        IpAddr::V6(ip) => forbidden_v6(ip),
    }
}

fn forbidden_v4(ip: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, d] = ip.octets();
    if (a, b, c, d) == (168, 63, 129, 16) {
        // Azure's host answers there, from every network of it.
        return Some("a metadata address");
    }
    Some(match (a, b, c) {
        (0, ..) => "an address of \"this network\"",
        (127, ..) => "a loopback address",
        (10, ..) | (192, 168, _) => "a private address",
        (172, 16..=31, _) => "a private address",
        (169, 254, _) => "a link-local or metadata address",
        (100, 64..=127, _) => "a carrier-grade NAT address",
        (192, 0, 0) => "a protocol address",
        (192, 88, 99) => "a 6to4 relay",
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => "a documentation address",
        (198, 18..=19, _) => "a benchmarking address",
        (224..=239, ..) => "a multicast address",
        (240..=255, ..) => "a reserved address",
        _ => return None,
    })
}

fn forbidden_v6(ip: Ipv6Addr) -> Option<&'static str> {
    let s = ip.segments();
    let embedded = embedded_v4(ip);
    if let Some(kind) = embedded.and_then(forbidden_v4) {
        return Some(kind);
    }
    Some(match s[0] {
        _ if ip.is_unspecified() => "the unspecified address",
        _ if ip.is_loopback() => "a loopback address",
        0xfc00..=0xfdff => "a private (unique local) address",
        0xfe80..=0xfebf => "a link-local address",
        0xfec0..=0xfeff => "a site-local address",
        0xff00..=0xffff => "a multicast address",
        0x0100 => "a discard-only address",
        0x2001 if s[1] == 0xdb8 => "a documentation address",
        0x3fff if s[1] < 0x1000 => "a documentation address",
        0x2001 if s[1] == 0 => "a Teredo address",
        0x2001 if s[1] < 0x200 => "a protocol address",
        0x2000..=0x3fff => return None,
        // A public IPv4 address, written as a translator or a dual stack writes it.
        _ if is_mapped(&s) || is_nat64(&s) => return None,
        _ => "no public address",
    })
}

fn is_mapped(s: &[u16; 8]) -> bool {
    s[..6] == [0, 0, 0, 0, 0, 0xffff]
}

/// The well-known prefix (RFC 6052). The one for local use (RFC 8215) leads into the local network.
fn is_nat64(s: &[u16; 8]) -> bool {
    s[..6] == [0x64, 0xff9b, 0, 0, 0, 0]
}

/// The IPv4 address inside a mapped, translated, compatible, NAT64, 6to4, Teredo or ISATAP address.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        _ if is_mapped(&s) => Some(v4(s[6], s[7])),
        [0, 0, 0, 0, 0xffff, 0, ..] => Some(v4(s[6], s[7])),
        [0x64, 0xff9b, ..] => Some(v4(s[6], s[7])),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => Some(v4(high, low)),
        [0x2002, high, low, ..] => Some(v4(high, low)),
        [0x2001, 0, ..] => Some(v4(!s[6], !s[7])),
        [.., 0 | 0x200, 0x5efe, high, low] => Some(v4(high, low)),
        _ => None,
    }
}
