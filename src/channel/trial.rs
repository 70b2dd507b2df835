//! What `wirewatch channel test` sends, and what it says of a failure.

use jiff::Timestamp;

use super::{DeliveryError, Parcel};
use crate::model::{
    AlertArticle, AlertEvidence, AlertId, AlertKind, AlertState, AlertView, Field, Message,
    PartNumber, Severity, StoryId,
};

/// Begins the key of every test message.
const KEY: &str = "test-";

/// A message that says that it is a test, under a key of its own.
#[must_use]
pub fn test_parcel(channel: &str, now: Timestamp) -> Parcel {
    let hash = blake3::hash(format!("{channel} {}", now.as_nanosecond()).as_bytes()).to_hex();
    let title = "This is a test: the channel works";
    let url = "https://example.org/wirewatch-test";
    let article = AlertArticle {
        url: url.to_owned(),
        title: title.to_owned(),
        lang: Some("en".to_owned()),
        feed: "https://example.org/feed".to_owned(),
        source: "example.org".to_owned(),
        first_seen: now,
        published: Some(now),
        copy_of: None,
    };
    let evidence = AlertEvidence {
        sentence: "Letters of other scripts arrive as they are: Москва, 北京, القاهرة.".to_owned(),
        lang: Some("en".to_owned()),
        url: url.to_owned(),
        field: Field::Body,
        part: PartNumber::FIRST,
        spans: Vec::new(),
    };
    let alert = AlertView {
        id: AlertId(0),
        watch: "test".to_owned(),
        watch_title: format!("Test of channel {channel}"),
        severity: Severity::Low,
        state: AlertState::Open,
        story: StoryId(0),
        title: title.to_owned(),
        lang: Some("en".to_owned()),
        first_seen: now,
        updated_at: now,
        revision: 1,
        late: false,
        backfilled_at: None,
        mark: None,
        labels: std::collections::BTreeMap::new(),
        said: None,
        note: None,
        score: 1.0,
        articles: vec![article],
        evidence: vec![evidence],
    };
    Parcel {
        key: format!("{KEY}{}", &hash[..24]),
        kind: AlertKind::Test,
        channel: channel.to_owned(),
        message: Message::Alert {
            alert: Box::new(alert),
            correction: None,
        },
        sent_at: now,
        created_at: now,
        thread: None,
    }
}

/// Words of a failure, and what to do about it; the first that fits counts.
const ADVICE: [(&[&str], &str); 22] = [
    (
        &[
            "no address found for",
            "failed to lookup",
            "Name or service not known",
            "nodename nor servname",
        ],
        "the name is not known: is it spelt right, and can this machine look up names (`getent hosts NAME`)?",
    ),
    (
        &["Connection refused"],
        "nobody listens there: is the service running, and is the port right?",
    ),
    (
        &["Network is unreachable", "No route to host"],
        "there is no way to that address from this machine: look at its network and firewall",
    ),
    (
        &["did not answer in time", "timed out", "did not end within"],
        "it may be overloaded, a firewall may swallow the packets, or the port is another service's; `timeout` grants more time",
    ),
    (
        &["CertNotValidForName", "not valid for name"],
        "the certificate is for another name: write the name that stands in it",
    ),
    (
        &["Expired", "certificate expired"],
        "its certificate has expired: it must be renewed there",
    ),
    (
        &[
            "UnknownIssuer",
            "CaUsedAsEndEntity",
            "invalid peer certificate",
        ],
        "the certificate is not trusted: if the server is meant, name its authority's certificate in `ca_file`",
    ),
    (
        &[
            "InvalidContentType",
            "corrupt message",
            "InvalidMessage",
            "wrong version number",
        ],
        "no TLS is spoken at this port: http instead of https, or for mail another `port` or `tls`",
    ),
    (
        &["STARTTLS is not supported"],
        "the server has no STARTTLS at this port: try `tls = \"tls\"` (port 465), or `tls = \"none\"` on this machine only",
    ),
    (
        &[
            "(535)",
            "(534)",
            "(530)",
            "535 ",
            "534 ",
            "530 ",
            "No compatible authentication",
        ],
        "the mail server does not accept the log-in: look at `user` and the password; some demand a password for programs",
    ),
    (
        &["permanent error (55", "550 ", "553 ", "554 "],
        "the mail server does not take mail for this recipient or from this sender: look at `to` and `from`",
    ),
    (
        &["answers 401", "answers 403"],
        "the service does not accept the token: is it the right one, not revoked, and allowed to do this?",
    ),
    (
        &["answers 404", "answers 410"],
        "there is nothing at this address: look at `url` and `to`; a wrong or deleted token may show so, too",
    ),
    (
        &["redirects are not followed"],
        "write the address that the service redirects to",
    ),
    (
        &["answers 400", "answers 422"],
        "the service understands the request but not what is in it: look at `to`, and at a template if there is one",
    ),
    (&["answers 413"], "the message is too long for the service"),
    (
        &["answers 429"],
        "the service asks for fewer messages; the daemon waits as long as it says",
    ),
    (
        &["answers 5"],
        "the service has a problem of its own; the daemon tries again for three days",
    ),
    (
        &["cannot be started"],
        "is the program there, executable, and readable for the user that wirewatch runs as?",
    ),
    (
        &["ended with exit code", "ended by signal"],
        "try the program by hand: `wirewatch channel test NAME --dry-run` shows what it gets",
    ),
    (
        &["Permission denied", "Read-only file system"],
        "the user that wirewatch runs as may not write there; a systemd unit needs ReadWritePaths= or StateDirectory=",
    ),
    (
        &["No such file or directory"],
        "the folder is not there: make it",
    ),
];

/// What to do about a delivery that failed, when that can be told.
#[must_use]
pub fn advice(error: &DeliveryError) -> Option<&'static str> {
    let words = error.to_string();
    let fits = |signs: &[&str]| signs.iter().any(|sign| words.contains(sign));
    let found = ADVICE.iter().find(|(signs, _)| fits(signs));
    found.map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_that_fits_is_told() {
        for (why, advice_words) in [
            ("no address found for h.example: x", "not known"),
            (
                "no answer from h: Connection refused (os error 111)",
                "nobody listens",
            ),
            ("h answers 404 Not Found", "nothing at this address"),
            ("mail server h: permanent error (535): no", "log-in"),
            (
                "cannot append to /x/y: Permission denied (os error 13)",
                "may not write",
            ),
            (
                "/x cannot be started: No such file or directory (os error 2)",
                "is the program there",
            ),
        ] {
            let told = advice(&DeliveryError::retry(why)).unwrap_or_default();
            assert!(told.contains(advice_words), "{why}: {told}");
        }
        assert_eq!(advice(&DeliveryError::retry("something else")), None);
    }

    #[test]
    fn test_messages_are_told_apart_and_say_that_they_are_tests() {
        let at = |text: &str| test_parcel("desk", text.parse().expect("a time"));
        let (first, second) = (at("2026-11-22T07:30:00Z"), at("2026-11-22T07:30:00.1Z"));
        assert_ne!(first.key, second.key);
        let subject = crate::channel::render::subject(&first.message, first.kind);
        assert!(
            subject.contains("TEST") && subject.contains("desk"),
            "{subject}"
        );
    }
}
