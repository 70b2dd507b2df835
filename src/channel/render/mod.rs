//! How alerts and digests look: text, Markdown, HTML, JSON, Atom.
//!
//! Takes the model, gives strings. Every form for people is made from one [`Page`](page::Page), so
//! that all of them tell the same facts; JSON is the model itself. What comes from the web is escaped
//! for the target: a hostile title shows up as literal text. Never sends anything.

mod atom;
mod chat;
mod diff;
mod health;
mod how;
mod html;
mod item;
mod json;
mod markdown;
mod marks;
mod overview;
mod page;
mod plain;
mod quote;
mod sources;
mod subject;
mod text;
mod when;
mod wrap;

pub use atom::digest_atom;
pub use chat::{discord_content, slack_text, unmentioned};
pub use html::{HTML_BYTES_MAX, alert_html, digest_html, message_html};
pub use json::{alert_json, digest_json, guarded};
pub use markdown::{alert_markdown, digest_markdown, escape as markdown_escaped, message_markdown};
pub use plain::plain;
pub use subject::{alert_subject, digest_subject, subject};
pub use text::{TextStyle, alert_text, digest_text, message_text};

#[cfg(test)]
mod tests;
