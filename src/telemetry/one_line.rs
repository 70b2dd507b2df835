//! One record, one line: what a feed says cannot pretend to be a record of its own.

use std::io::{self, Write};

/// Passes records on with the line breaks inside of them escaped. `tracing` writes each record at once.
pub(super) struct OneLine<W>(pub(super) W, pub(super) Escape);

/// How a character is written that is not to stand in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// As people read it.
    Rust,
    /// As it may stand in JSON.
    Json,
}

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let body = record.strip_suffix(b"\n").unwrap_or(record);
        let text = String::from_utf8_lossy(body);
        let mut line = escaped(&text, self.1);
        if body.len() < record.len() {
            line.push('\n');
        }
        self.0.write_all(line.as_bytes())?;
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Line breaks and what turns a line around, written as escapes. Escape sequences are left: `tracing` takes
/// them out of messages itself, and those that are there are its own colours.
fn escaped(text: &str, escape: Escape) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let breaks = matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        );
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\0' | '\u{7}' | '\u{9b}');
        match escape {
            _ if !(breaks || turns) => out.push(c),
            Escape::Rust => out.extend(c.escape_default()),
            // None of them lies beyond the first 65,536.
            Escape::Json => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_line() {
        let mut out = Vec::new();
        let record = "INFO x\n2026-01-01T00:00:00Z INFO all feeds ok\r\u{2028}\u{202e}y\u{9b}é\n";
        OneLine(&mut out, Escape::Rust)
            .write_all(record.as_bytes())
            .expect("written");
        let written = String::from_utf8(out).expect("UTF-8");
        assert_eq!(
            written,
            "INFO x\\n2026-01-01T00:00:00Z INFO all feeds ok\\r\\u{2028}\\u{202e}y\\u{9b}é\n"
        );
    }

    #[test]
    fn an_escaped_record_is_still_json() {
        let mut out = Vec::new();
        let record = "{\"message\":\"a\u{2028}b\u{202e}\u{9b}\"}\n";
        OneLine(&mut out, Escape::Json)
            .write_all(record.as_bytes())
            .expect("written");
        let written = String::from_utf8(out).expect("UTF-8");
        assert!(written.contains("a\\u2028b"), "{written}");
        let read: serde_json::Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(read["message"], "a\u{2028}b\u{202e}\u{9b}");
    }
}
