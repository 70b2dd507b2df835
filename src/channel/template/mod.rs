//! Texts that a user writes (minijinja), and the requests that presets describe.
//!
//! Takes a template and what is known of a message, gives text in which everything foreign is escaped for the
//! target. A template cannot read files, cannot run for ever, and cannot switch the escaping off.

mod escape;
mod wording;

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value};

pub use escape::Syntax;
pub use wording::TemplateOptions;
pub(super) use wording::{Wording, Words, built_in};

use super::ChannelError;

/// Steps of one rendering; a list of a thousand articles takes some twenty thousand.
const FUEL: u64 = 500_000;
/// Longest text that a template may make.
const OUTPUT_BYTES_MAX: usize = 1 << 20;

/// What a template can name.
pub(super) type Context = BTreeMap<String, Value>;

/// A template that compiles.
pub(super) struct Template {
    environment: Environment<'static>,
    /// The key that it stands under in the config.
    key: String,
}

impl Template {
    /// Compiles the template that `key` of the config holds.
    ///
    /// # Errors
    /// When it does not compile; the message names line and column, and shows the line.
    pub fn new(key: &str, source: &str, syntax: Syntax) -> Result<Self, ChannelError> {
        let mut environment = environment(syntax);
        environment
            .add_template_owned(key.to_owned(), source.to_owned())
            .map_err(|error| ChannelError::new(complaint(key, source, &error)))?;
        let key = key.to_owned();
        Ok(Self { environment, key })
    }

    /// The text of one message.
    ///
    /// # Errors
    /// In words: a name that is not there, no fuel left, too long.
    pub fn render(&self, context: &Context) -> Result<String, String> {
        let template = self.environment.get_template(&self.key);
        let template = template.map_err(|error| error.to_string())?;
        let mut out = Bounded(Vec::new());
        template
            .render_captured_to(Value::from(context.clone()), &mut out)
            .map_err(|error| complaint(&self.key, template.source(), &error))?;
        String::from_utf8(out.0).map_err(|error| error.to_string())
    }
}

/// What is wrong with a template, where, and the line with a mark under it.
fn complaint(key: &str, source: &str, error: &Error) -> String {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    let Some(line) = error.line() else {
        return format!("`{key}`: {what}");
    };
    let text = source
        .lines()
        .nth(line.saturating_sub(1))
        .unwrap_or_default();
    let begin_of_line: usize = source
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let at = error.range().map_or(0, |range| range.start);
    let before = at.saturating_sub(begin_of_line).min(text.len());
    let before = text.get(..before).unwrap_or(text).chars().count();
    format!(
        "`{key}`, line {line}, column {}: {what}\n  {text}\n  {}^",
        before + 1,
        " ".repeat(before)
    )
}

/// Memory for a text, but not for any text.
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_BYTES_MAX {
            return Err(std::io::Error::other("the text is longer than 1 MiB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn environment(syntax: Syntax) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    // A misspelt name is a mistake, not nothing; to ask whether something is there is allowed.
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    // That something is escaped is known everywhere, so that blocks and macros are not escaped twice.
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("target".into()));
    // The state is not asked: `{% autoescape false %}` changes nothing.
    environment.set_formatter(move |out, _, value| {
        let shown = shown(syntax, value);
        out.write_str(&shown).map_err(Error::from)
    });
    // It would let foreign text through.
    environment.remove_filter("safe");
    environment.remove_global("debug");
    for (name, of) in Syntax::ALL {
        // Escaped for another target it is text like any other here (JSON around Telegram's HTML).
        environment.add_filter(name, move |value: Value| {
            let escaped = of.escape_value(&value);
            match of == syntax {
                true => Value::from_safe_string(escaped),
                false => Value::from(escaped),
            }
        });
    }
    for name in ["escape", "e"] {
        environment.add_filter(name, move |value: Value| {
            Value::from_safe_string(shown(syntax, &value))
        });
    }
    environment.add_filter("link", move |url: Value, words: Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Value::from_safe_string(syntax.link(&text(&url), &text(&words)))
    });
    environment
}

fn shown(syntax: Syntax, value: &Value) -> String {
    match value.as_str() {
        Some(text) if value.is_safe() => text.to_owned(),
        _ => syntax.escape_value(value),
    }
}

#[cfg(test)]
mod tests;
