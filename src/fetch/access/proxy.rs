//! The proxy that makes connections in wirewatch's place.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// `proxy` of the config.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Proxy {
    /// None, although a wider table names one.
    Direct,
    /// This one; credentials in the address are for it.
    Via(Url),
}

/// A text that names no proxy. It is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this names no proxy; write \"http://host:port\", \"socks5://host:port\" (wirewatch looks names up), \
     \"socks5h://host:port\" (the proxy does), or \"direct\" for none"
)]
pub struct ProxyError;

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        if text == "direct" {
            return Ok(Self::Direct);
        }
        let url = Url::parse(text).map_err(|_| ProxyError)?;
        let is_known = matches!(url.scheme(), "http" | "socks5" | "socks5h");
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
        if !is_known || !is_bare || url.host_str().is_none_or(str::is_empty) {
            return Err(ProxyError);
        }
        Ok(Self::Via(url))
    }
}

/// Without the credentials.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("Direct"),
            Self::Via(url) => {
                let host = url.host_str().unwrap_or_default();
                write!(f, "Via({}://{host})", url.scheme())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_http_or_socks() {
        assert_eq!("direct".parse(), Ok(Proxy::Direct));
        for text in [
            "http://proxy.example:3128",
            "http://ana:s3cret@127.0.0.1:3128/",
            "socks5://127.0.0.1:9050",
            "socks5h://[::1]:9050",
        ] {
            let proxy: Proxy = text.parse().expect(text);
            assert!(!format!("{proxy:?}").contains("s3cret"));
        }
        for text in [
            "",
            "proxy.example:3128",
            "https://proxy.example",
            "socks4://127.0.0.1",
            "http://",
            "http://proxy.example/path",
            "socks5:///",
        ] {
            assert_eq!(text.parse::<Proxy>(), Err(ProxyError), "{text}");
        }
    }
}
