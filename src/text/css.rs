//! A CSS selector as the config writes it: pages that list articles and rules for sites have them.

use std::str::FromStr;

use scraper::Selector;
use scraper::error::SelectorErrorKind;

/// A CSS selector, compiled.
#[derive(Debug, Clone)]
pub struct CssSelector {
    text: String,
    selector: Selector,
}

/// A text that is no CSS selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no CSS selector: {why}")]
pub struct SelectorError {
    text: String,
    why: String,
}

impl FromStr for CssSelector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let selector = Selector::parse(text).map_err(|error| SelectorError {
            text: text.to_owned(),
            why: fault(&error),
        })?;
        Ok(Self {
            text: text.to_owned(),
            selector,
        })
    }
}

impl CssSelector {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// For the parser of pages.
    #[must_use]
    pub fn compiled(&self) -> &Selector {
        &self.selector
    }
}

/// What is wrong with a selector, in words; the parser's own name for it where it has no words.
fn fault(error: &SelectorErrorKind) -> String {
    match error {
        SelectorErrorKind::EndOfLine => "it ends too early".to_owned(),
        SelectorErrorKind::UnexpectedSelectorParseError(kind) => {
            let mut words = String::new();
            for letter in format!("{kind:?}").chars() {
                if letter.is_uppercase() && !words.is_empty() {
                    words.push(' ');
                }
                words.extend(letter.to_lowercase());
            }
            words
        }
        other => other.to_string().to_lowercase(),
    }
}
