//! Which redirects are followed. Pure.

use url::Url;

use super::FetchError;
use crate::model::FailureKind;

/// Hops after which a chain is given up.
pub(super) const HOPS_MAX: usize = 10;

/// A URL as people may see it: no credentials, no query (it may hold a token).
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    strip_credentials(&mut url);
    url.set_fragment(None);
    let had_query = url.query().is_some();
    url.set_query(None);
    if had_query {
        format!("{url}?…")
    } else {
        url.to_string()
    }
}

/// Takes user name and password out of a URL.
pub fn strip_credentials(url: &mut Url) {
    // Both fail only for URLs without a host, which have no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

/// Refuses what is not http or https, or has no host.
pub(super) fn check_scheme(url: &Url) -> Result<(), FetchError> {
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(()),
        other => Err(FetchError::refused(
            FailureKind::BlockedAddress,
            format!(
                "{} is not fetched: `{other}` is neither http nor https",
                shown(url)
            ),
        )),
    }
}

/// The address that a `Location` header leads to, when it may be followed. `seen` are the addresses
/// of the chain so far, the one that answered last.
pub(super) fn next_hop(seen: &[Url], location: &[u8], hops_max: usize) -> Result<Url, FetchError> {
    let Some(from) = seen.last() else {
        return Err(FetchError::refused(
            FailureKind::BadRedirect,
            "a redirect from nowhere",
        ));
    };
    let mut to = from.join(&location_text(location)).map_err(|error| {
        FetchError::refused(
            FailureKind::BadRedirect,
            format!("{} redirects to no address: {error}", shown(from)),
        )
    })?;
    to.set_fragment(None);
    // Credentials are the config's to give, not a server's.
    strip_credentials(&mut to);
    if let Err(error) = check_scheme(&to) {
        // The redirect is at fault, not the address that was asked for.
        return Err(FetchError::refused(
            FailureKind::BadRedirect,
            error.to_string(),
        ));
    }
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err(FetchError::refused(
            FailureKind::BadRedirect,
            format!(
                "{} redirects from https to http, to {}",
                shown(from),
                shown(&to)
            ),
        ));
    }
    if seen.contains(&to) {
        return Err(FetchError::refused(
            FailureKind::BadRedirect,
            format!("{} redirects in a loop", shown(&to)),
        ));
    }
    if seen.len() > hops_max {
        return Err(FetchError::refused(
            FailureKind::BadRedirect,
            format!(
                "{} redirects more than {hops_max} times",
                seen.first().map(shown).unwrap_or_default()
            ),
        ));
    }
    Ok(to)
}

/// The header as text. Old servers send bytes of a legacy charset; they are kept as they are, percent-encoded.
fn location_text(location: &[u8]) -> String {
    match std::str::from_utf8(location) {
        Ok(text) => text.to_owned(),
        Err(_) => location.iter().fold(String::new(), |mut text, byte| {
            if byte.is_ascii() {
                text.push(char::from(*byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
            text
        }),
    }
}

/// True when credentials given for `from` may go to `to`: same host and port, or the same host's step
/// from http to https on their usual ports.
pub(super) fn same_party(from: &Url, to: &Url) -> bool {
    let usual = |url: &Url| url.port().is_none();
    let readable_by_all = from.scheme() == "https" && to.scheme() == "http";
    from.host() == to.host()
        && !readable_by_all
        && (from.port_or_known_default() == to.port_or_known_default()
            || (usual(from) && usual(to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    fn hop(seen: &[&str], location: &[u8]) -> Result<String, String> {
        let seen: Vec<_> = seen.iter().map(|text| url(text)).collect();
        next_hop(&seen, location, HOPS_MAX)
            .map(|to| to.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn locations_are_resolved_and_cleaned() {
        for (location, to) in [
            (&b"/b?x=1#part"[..], "http://a.example/b?x=1"),
            (b"//b.example/", "http://b.example/"),
            (b"http://user:pw@b.example/", "http://b.example/"),
            (b"/caf\xe9", "http://a.example/caf%E9"),
            (
                "/новости".as_bytes(),
                "http://a.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8",
            ),
        ] {
            assert_eq!(hop(&["http://a.example/a"], location).as_deref(), Ok(to));
        }
    }

    #[test]
    fn what_is_not_followed_is_said_without_secrets() {
        for (from, location, words) in [
            ("https://a.example/", "http://a.example/", "https to http"),
            ("http://a.example/", "file:///etc/passwd", "`file`"),
            ("http://a.example/", "javascript:alert(1)", "`javascript`"),
            ("http://a.example/?key=s3cret", "/?key=s3cret", "loop"),
            ("http://a.example/?key=s3cret", "http://[::", "no address"),
        ] {
            let error = hop(&[from], location.as_bytes()).expect_err(location);
            assert!(error.contains(words), "{location}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn ten_redirects_are_followed_and_not_eleven() {
        let chain: Vec<_> = (0..11).map(|n| format!("http://a.example/{n}")).collect();
        let chain: Vec<_> = chain.iter().map(String::as_str).collect();
        assert!(hop(&chain[..10], b"/next").is_ok());
        assert!(hop(&chain, b"/next").is_err());
    }

    #[test]
    fn credentials_stay_with_their_party() {
        for (from, to, same) in [
            ("https://a.example/x", "https://a.example/y", true),
            ("http://a.example/", "https://a.example/", true),
            ("http://a.example:8080/", "https://a.example/", false),
            ("https://a.example/", "https://b.a.example/", false),
            ("http://127.0.0.1:1/", "http://127.0.0.1:2/", false),
            ("https://a.example/", "http://a.example/", false),
        ] {
            assert_eq!(same_party(&url(from), &url(to)), same, "{from} -> {to}");
        }
    }
}
