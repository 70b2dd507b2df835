//! What an expression asks of an article besides its text.

use super::facts::FactTest;
use super::parse::ast::ExprKind;
use super::parse::parse;

/// Which facts an expression asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AskedFacts {
    /// `feed in [...]`.
    pub feed: bool,
    /// `feed-country == ...`.
    pub feed_country: bool,
    /// `tag:"..."`.
    pub tags: bool,
    /// `author:"..."`.
    pub author: bool,
    /// `url:"..."`.
    pub url: bool,
    /// `words >= N`: a quotation is shorter than its article.
    pub words: bool,
    /// `age < TIME`.
    pub age: bool,
}

/// Looks an expression through; nothing is asked by one that is no expression.
#[must_use]
pub fn asked_facts(expression: &str) -> AskedFacts {
    let mut asked = AskedFacts::default();
    let Ok(expr) = parse(expression) else {
        return asked;
    };
    expr.walk(&mut |part| {
        let ExprKind::Fact(test) = &part.kind else {
            return;
        };
        match test {
            FactTest::Lang(_) => {}
            FactTest::Feed(_) => asked.feed = true,
            FactTest::FeedCountry(_) => asked.feed_country = true,
            FactTest::Tag(_) => asked.tags = true,
            FactTest::Author(_) => asked.author = true,
            FactTest::Url(_) => asked.url = true,
            FactTest::Words(..) => asked.words = true,
            FactTest::Age(..) => asked.age = true,
        }
    });
    asked
}
