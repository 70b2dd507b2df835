//! A parcel as a mail. Pure.

use std::time::SystemTime;

use lettre::Message as Mail;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use crate::channel::Parcel;
use crate::channel::render::{TextStyle, message_html, message_text, plain, subject};

/// The mail of a parcel. The same parcel gives the same `Message-ID`, so that a mail that was sent
/// twice (the connection broke after the server had it) can be recognised.
///
/// # Errors
/// When lettre cannot make a message of it.
pub(super) fn letter(
    parcel: &Parcel,
    from: &Mailbox,
    to: &[Mailbox],
) -> Result<Mail, lettre::error::Error> {
    let text = message_text(&parcel.message, parcel.kind, &TextStyle::default());
    let html = message_html(&parcel.message, parcel.kind);
    let mut mail = Mail::builder()
        .message_id(Some(message_id(&parcel.key, from.email.domain())))
        .date(SystemTime::from(parcel.sent_at))
        .from(from.clone())
        // `plain` once more: a line break that gets into a header begins another header.
        .subject(plain(&subject(&parcel.message, parcel.kind)))
        // No holiday notices in answer to an alert (RFC 3834).
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Wirewatch-Delivery", &parcel.key));
    for to in to {
        mail = mail.to(to.clone());
    }
    mail.multipart(MultiPart::alternative_plain_html(text, html))
}

/// A hash of the key: whatever a key is made of, this is a valid `Message-ID`.
fn message_id(key: &str, domain: &str) -> String {
    let hash = blake3::hash(key.as_bytes()).to_hex();
    format!("<{}@{domain}>", &hash[..32])
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), plain(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::tests::{alert, digest, parcel, view};
    use crate::model::Message;

    fn mail(parcel: &Parcel) -> String {
        let from: Mailbox = "Wirewatch <ops@example.org>".parse().expect("a mailbox");
        let to: Mailbox = "Ана <ana@example.org>".parse().expect("a mailbox");
        let mail = letter(parcel, &from, &[to]).expect("a mail");
        String::from_utf8(mail.formatted()).expect("ASCII")
    }

    /// The header lines, folded ones unfolded.
    fn headers(mail: &str) -> Vec<String> {
        let head = mail.split("\r\n\r\n").next().expect("a head");
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_mail_has_both_forms_and_the_key() {
        let mail = mail(&parcel(alert()));
        for part in [
            "multipart/alternative",
            "text/plain; charset=utf-8",
            "text/html; charset=utf-8",
            "Date: Sun, 22 Nov 2026 07:30:00 +0000",
            "Auto-Submitted: auto-generated",
            "X-Wirewatch-Delivery: a17.1.desk",
            "From: Wirewatch <ops@example.org>",
        ] {
            assert!(mail.contains(part), "{part} is missing in\n{mail}");
        }
        assert!(mail.is_ascii());
    }

    #[test]
    fn the_message_id_belongs_to_the_key() {
        let id = |mail: &str| {
            headers(mail)
                .into_iter()
                .find(|line| line.starts_with("Message-ID"))
        };
        let mut again = parcel(alert());
        again.sent_at += jiff::SignedDuration::from_hours(1);
        let mut other = parcel(digest());
        other.key = "another".to_owned();
        let first = id(&mail(&parcel(alert())));
        assert!(
            first
                .as_ref()
                .is_some_and(|id| id.ends_with("@example.org>")),
            "{first:?}"
        );
        assert_eq!(id(&mail(&again)), first);
        assert_ne!(id(&mail(&other)), first);
    }

    #[test]
    fn a_hostile_title_or_key_makes_no_header() {
        let clean = headers(&mail(&parcel(alert()))).len();
        let evil = "News\r\nBcc: all@example.org\r\n\r\n<script>\u{2028}\0";
        let mut view = view();
        view.title = evil.to_owned();
        view.watch_title = evil.to_owned();
        let mut parcel = parcel(Message::Alert {
            alert: Box::new(view),
            correction: None,
        });
        parcel.key = evil.to_owned();
        let headers = headers(&mail(&parcel));
        assert_eq!(headers.len(), clean, "{headers:?}");
        assert!(
            !headers.iter().any(|line| line.starts_with("Bcc")),
            "{headers:?}"
        );
    }
}
