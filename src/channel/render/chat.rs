//! Text for chats. Slack and Matrix read `text`, Discord `content`, of one and the same post.
//!
//! Nothing foreign pings anybody: `@` and `<` are followed by a character without width, so that no service
//! takes them for the start of a mention, and for Slack they are escaped as Slack asks for.

use crate::model::{AlertKind, Message};

use super::plain::shorten;
use super::text::{TextStyle, message_text};

/// Longest `content` that Discord takes is 2,000 characters.
const CONTENT_CHARS_MAX: usize = 1_900;
/// Longest `text` that Slack shows whole.
const TEXT_CHARS_MAX: usize = 3_900;
/// Ends a name before it begins: no service knows a person who is called so.
const BREAK: char = '\u{2060}';

/// A message with Slack's three escapes (`&`, `<`, `>`), without mentions.
#[must_use]
pub fn slack_text(message: &Message, kind: AlertKind) -> String {
    let text = shorten(&without_mentions(message, kind), TEXT_CHARS_MAX);
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A message as long as Discord takes it, without mentions.
#[must_use]
pub fn discord_content(message: &Message, kind: AlertKind) -> String {
    shorten(&without_mentions(message, kind), CONTENT_CHARS_MAX)
}

fn without_mentions(message: &Message, kind: AlertKind) -> String {
    unmentioned(&message_text(message, kind, &TextStyle::default()))
}

/// A text in which nobody is pinged.
#[must_use]
pub fn unmentioned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        out.push(c);
        if matches!(c, '@' | '＠' | '<') {
            out.push(BREAK);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::tests::view;

    #[test]
    fn nobody_is_mentioned() {
        let mut view = view();
        view.title = "@everyone <!channel> <@U123> & @here".to_owned();
        let message = Message::Alert {
            alert: Box::new(view),
            correction: None,
        };
        let slack = slack_text(&message, AlertKind::New);
        assert!(
            slack.contains(
                "@\u{2060}everyone &lt;\u{2060}!channel&gt; &lt;\u{2060}@\u{2060}U123&gt; &amp; @\u{2060}here"
            ),
            "{slack}"
        );
        assert!(!slack.contains(['<', '>']));
        let discord = discord_content(&message, AlertKind::New);
        assert!(
            !discord.contains("@everyone") && !discord.contains("<@") && !discord.contains("<!"),
            "{discord}"
        );
        assert!(discord.chars().count() <= 2_000);
    }
}
