//! The key of politeness: whose machine is asked.

use url::{Host, Url};

use super::FetchError;
use super::redirect::check_scheme;
use crate::model::FailureKind;

/// Reads an address that can be fetched: absolute, http or https, with a host.
///
/// # Errors
/// [`FetchError::Refused`] that names the address and what is wrong with it.
pub fn parse_url(text: &str) -> Result<Url, FetchError> {
    let url = Url::parse(text).map_err(|why| {
        FetchError::refused(
            FailureKind::Config,
            format!("`{text}` is no address: {why}"),
        )
    })?;
    check_scheme(&url)?;
    Ok(url)
}

/// What counts as one host when distance is kept: the registrable domain (`bbc.co.uk` for
/// `feeds.bbc.co.uk`), or `address:port` for a literal address and for `localhost`, where every port
/// is a server of its own. Empty for a URL without a host.
#[must_use]
pub fn host_key(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(0);
    match url.host() {
        None => String::new(),
        Some(Host::Ipv4(addr)) => format!("{addr}:{port}"),
        Some(Host::Ipv6(addr)) => format!("[{addr}]:{port}"),
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            if name == "localhost" || name.ends_with(".localhost") {
                return format!("{name}:{port}");
            }
            psl::domain_str(name).unwrap_or(name).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_the_registrable_domain_or_a_socket() {
        for (url, key) in [
            ("https://feeds.bbc.co.uk/news/rss.xml", "bbc.co.uk"),
            ("http://www.bbc.co.uk:8080/", "bbc.co.uk"),
            ("https://News.Example.ORG./", "example.org"),
            ("https://a.github.io/feed", "a.github.io"),
            ("https://github.io/feed", "github.io"),
            ("https://новости.рф/rss", "xn--b1amnebsh.xn--p1ai"),
            ("http://intranet/feed", "intranet"),
            ("http://localhost:8800/", "localhost:8800"),
            ("http://127.0.0.1:8801/", "127.0.0.1:8801"),
            ("http://127.0.0.1/", "127.0.0.1:80"),
            ("https://[::1]/", "[::1]:443"),
            ("mailto:ops@example.org", ""),
        ] {
            let url = Url::parse(url).expect("a URL");
            assert_eq!(host_key(&url), key, "{url}");
        }
    }
}
