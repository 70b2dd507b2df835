//! A parcel as a mail. Pure.

use std::time::SystemTime;

use lettre::Message as Mail;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use crate::channel::Parcel;
use crate::channel::render::{TextStyle, message_html, plain};
use crate::channel::template::Wording;
use crate::model::Message;

/// What all mails of a channel have in common.
pub(super) struct Envelope {
    pub from: Mailbox,
    pub to: Vec<Mailbox>,
    /// `List-Id`: mail programs sort by it.
    list_id: String,
    unsubscribe: Option<String>,
}

impl Envelope {
    pub fn new(name: &str, from: Mailbox, to: Vec<Mailbox>, unsubscribe: Option<String>) -> Self {
        let list_id = format!("<{}.wirewatch.{}>", label(name), from.email.domain());
        Self {
            from,
            to,
            list_id,
            unsubscribe,
        }
    }
}

/// A name as a label of a domain, which `List-Id` has the form of (RFC 2919).
fn label(name: &str) -> String {
    let is_label = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_label && name.len() < 64 {
        name.to_ascii_lowercase()
    } else {
        blake3::hash(name.as_bytes()).to_hex()[..16].to_owned()
    }
}

/// The mail of a parcel. The same parcel gives the same `Message-ID`, so that a mail that was sent
/// twice (the connection broke after the server had it) can be recognised; what is told later of the same
/// alert refers to the first mail, so that mail programs show one thread.
///
/// # Errors
/// When lettre cannot make a message of it.
pub(super) fn letter(
    parcel: &Parcel,
    envelope: &Envelope,
    wording: &Wording,
) -> Result<Mail, lettre::error::Error> {
    let words = wording.words(parcel, &TextStyle::default());
    let html = match wording.html(parcel) {
        Some(own) => own,
        None => Some(message_html(&parcel.message, parcel.kind)),
    };
    let domain = envelope.from.email.domain();
    let mut mail = Mail::builder()
        .message_id(Some(message_id(&parcel.key, domain)))
        .date(SystemTime::from(parcel.sent_at))
        .from(envelope.from.clone())
        // `plain` once more: a line break that gets into a header begins another header.
        .subject(plain(&words.title))
        // No holiday notices in answer to an alert (RFC 3834).
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("List-Id", &envelope.list_id))
        .raw_header(header("X-Wirewatch-Delivery", &parcel.key));
    if let Some(thread) = parcel
        .thread
        .as_ref()
        .filter(|thread| **thread != parcel.key)
    {
        let first = message_id(thread, domain);
        mail = mail.in_reply_to(first.clone()).references(first);
    }
    if let Some(address) = &envelope.unsubscribe {
        mail = mail.raw_header(header("List-Unsubscribe", &format!("<{address}>")));
    }
    if let Message::Alert { alert, .. } = &parcel.message {
        mail = mail
            .raw_header(header("X-Wirewatch-Watch", &alert.watch))
            .raw_header(header("X-Wirewatch-Story", &alert.story.to_string()))
            .raw_header(header("X-Wirewatch-Severity", alert.severity.name()));
    }
    for to in &envelope.to {
        mail = mail.to(to.clone());
    }
    match html {
        Some(html) => mail.multipart(MultiPart::alternative_plain_html(words.body, html)),
        None => mail.singlepart(SinglePart::plain(words.body)),
    }
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
    use crate::channel::template::Syntax;
    use crate::channel::tests::{alert, digest, hostile, parcel, surroundings, view};
    use crate::model::Message;

    fn wording(options: &str) -> Wording {
        let options = toml::from_str(options).expect("options");
        let syntaxes = (Syntax::Header, Syntax::Text);
        let wording = surroundings(std::path::Path::new("."), |around| {
            Wording::new("post", Some(&options), syntaxes, around)
        });
        wording.expect("it compiles")
    }

    fn mail(parcel: &Parcel) -> String {
        let from: Mailbox = "Wirewatch <ops@example.org>".parse().expect("a mailbox");
        let to: Mailbox = "Ана <ana@example.org>".parse().expect("a mailbox");
        let unsubscribe = Some("mailto:ops@example.org?subject=no".to_owned());
        let envelope = Envelope::new("post", from, vec![to], unsubscribe);
        let mail = letter(parcel, &envelope, &wording("")).expect("a mail");
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
            "List-Id: <post.wirewatch.example.org>",
            "List-Unsubscribe: <mailto:ops@example.org?subject=no>",
            "X-Wirewatch-Watch: china-russia",
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
    fn what_is_told_later_belongs_to_the_first_mail() {
        let first = headers(&mail(&parcel(alert())));
        let id = first
            .iter()
            .find_map(|line| line.strip_prefix("Message-ID: "));
        let id = id.expect("it has one");
        assert!(!first.iter().any(|line| line.starts_with("References")));
        let mut later = parcel(alert());
        later.key = "a17.2.desk".to_owned();
        later.thread = Some("a17.1.desk".to_owned());
        let later = headers(&mail(&later));
        for name in ["References", "In-Reply-To"] {
            assert!(later.contains(&format!("{name}: {id}")), "{later:?}");
        }
        assert!(!later.contains(&format!("Message-ID: {id}")));
    }

    #[test]
    fn a_user_writes_subject_text_and_html() {
        let from: Mailbox = "ops@example.org".parse().expect("a mailbox");
        let envelope = Envelope::new("post", from.clone(), vec![from], None);
        let written = |options: &str, title: &str| {
            let mail = letter(&hostile(title), &envelope, &wording(options)).expect("a mail");
            String::from_utf8(mail.formatted()).expect("ASCII")
        };
        let both = "title = \"{{ kind }}:\\n {{ title }}\"\nbody = \"{{ title }}\"\nhtml = \"<i>{{ title }}</i>\"";
        let mail = written(both, "a<b>\r\nBcc: x@a.example");
        assert!(
            mail.contains("Subject: new: a<b> Bcc: x@a.example\r\n"),
            "{mail}"
        );
        assert!(
            mail.contains("<i>a&lt;b&gt; Bcc: x@a.example</i>"),
            "{mail}"
        );
        assert!(!mail.contains("\nBcc"), "{mail}");
        let mail = written("body = \"{{ title }}\"", "only text");
        assert!(
            !mail.contains("multipart") && mail.contains("\r\n\r\nonly text"),
            "{mail}"
        );
        let mail = written("html = \"{{ nothing }}\"", "built in");
        assert!(mail.contains("text/html") && mail.contains("<h1"), "{mail}");
    }

    #[test]
    fn a_list_is_named_as_a_domain_is() {
        assert_eq!(label("Desk-2"), "desk-2");
        let foreign = label("überfall");
        assert_eq!(foreign.len(), 16);
        assert_ne!(foreign, label("überfäll"));
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
