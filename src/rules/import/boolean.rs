//! The parser that Google Alerts, Brandwatch and Factiva share: words, quotes, brackets, `and`, `or`, `not`, and what
//! stands between two things. What is special about a language is in its [`Dialect`].

use std::ops::Range;

use super::Notes;
use super::node::Node;

/// What a word or sign between two operands means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Not,
    /// `near/5` and its like, in this program's spelling.
    Related(String),
}

/// What is special about a language.
pub(super) trait Dialect {
    /// The operator that a word is.
    fn operator(&self, word: &str) -> Option<Operator>;

    /// What two operands without an operator between them are joined by; `None`: bare words are one phrase.
    fn between(&self) -> Option<Operator>;

    /// Whether `or` binds tighter than `and`.
    fn or_binds_first(&self) -> bool {
        false
    }

    /// A word that may carry a field or signs; `parser` stands behind it.
    fn word(&self, word: &str, at: Range<usize>, parser: &mut Parser<'_>) -> Option<Node>;

    /// A phrase in quotes, and what is stuck to its end (`~5`).
    fn phrase(&self, text: &str, tail: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    /// Text, and what is stuck to the closing quote.
    Quoted(String, String),
    /// `{...}`, letter by letter.
    Braced(String),
    Word(String),
}

/// A query while it is read.
pub(super) struct Parser<'a> {
    dialect: &'a dyn Dialect,
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    depth: u32,
    pub notes: &'a mut Notes,
}

/// Brackets within brackets.
const DEPTH_MAX: u32 = 40;

/// Reads a query that stands at `offset` of the file.
pub(super) fn parse(
    text: &str,
    offset: usize,
    dialect: &dyn Dialect,
    notes: &mut Notes,
) -> Option<Node> {
    let mut parser = Parser {
        dialect,
        tokens: tokens(text, offset),
        at: 0,
        depth: 0,
        notes,
    };
    let mut parts = Vec::new();
    while parser.at < parser.tokens.len() {
        parts.push(parser.or());
        // A bracket that was never opened.
        if let Some((_, at)) = parser.next() {
            parser
                .notes
                .left_out(at, "a closing bracket without an opening one");
        }
    }
    Node::all(parts)
}

fn tokens(text: &str, offset: usize) -> Vec<(Token, Range<usize>)> {
    const QUOTES: &[char] = &['"', '“', '”', '„', '«', '»'];
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let start = at;
        at += first.len_utf8();
        let token = match first {
            _ if first.is_whitespace() => continue,
            '(' | '[' => Token::Open,
            ')' | ']' => Token::Close,
            '{' => {
                let end = text[at..].find('}').map_or(text.len(), |end| at + end);
                let inner = text[at..end].to_owned();
                at = (end + 1).min(text.len());
                Token::Braced(inner)
            }
            _ if QUOTES.contains(&first) => {
                let end = text[at..].char_indices().find(|(_, c)| QUOTES.contains(c));
                let (end, width) = end.map_or((text.len(), 0), |(i, c)| (at + i, c.len_utf8()));
                let inner = text[at..end].to_owned();
                at = end + width;
                let tail_end = text[at..]
                    .find(|c: char| c.is_whitespace() || matches!(c, ')' | '(' | ']'))
                    .map_or(text.len(), |tail| at + tail);
                let tail = text[at..tail_end].to_owned();
                at = tail_end;
                Token::Quoted(inner, tail)
            }
            _ => {
                let stops = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '{');
                let stops = |c: char| stops(c) || QUOTES.contains(&c);
                let end = text[at..].find(stops).map_or(text.len(), |end| at + end);
                at = end;
                Token::Word(text[start..end].to_owned())
            }
        };
        tokens.push((token, offset + start..offset + at));
    }
    tokens
}

impl Parser<'_> {
    fn next(&mut self) -> Option<(Token, Range<usize>)> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn operator(&self) -> Option<Operator> {
        match self.tokens.get(self.at) {
            Some((Token::Word(word), _)) => self.dialect.operator(word),
            _ => None,
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.tokens.get(self.at), None | Some((Token::Close, _)))
    }

    fn or(&mut self) -> Option<Node> {
        if self.dialect.or_binds_first() {
            return self.and();
        }
        let mut parts = vec![self.and()];
        while self.operator() == Some(Operator::Or) {
            self.at += 1;
            parts.push(self.and());
        }
        Node::any(parts)
    }

    /// An operand of `and`.
    fn part(&mut self) -> Option<Node> {
        let mut parts = vec![self.negation()];
        while self.dialect.or_binds_first() && self.operator() == Some(Operator::Or) {
            self.at += 1;
            parts.push(self.negation());
        }
        Node::any(parts)
    }

    fn and(&mut self) -> Option<Node> {
        let mut parts = vec![self.part()];
        loop {
            match self.operator() {
                Some(Operator::And) => {
                    self.at += 1;
                    parts.push(self.part());
                }
                Some(Operator::Not) => parts.push(self.part()),
                Some(Operator::Related(relation)) => {
                    let at = self.tokens[self.at].1.clone();
                    self.notes
                        .left_out(at, format!("`{relation}` has nothing before it"));
                    self.at += 1;
                }
                None if !self.is_over() => parts.push(self.part()),
                Some(Operator::Or) | None => return Node::all(parts),
            }
        }
    }

    fn negation(&mut self) -> Option<Node> {
        let mut is_negated = false;
        while self.operator() == Some(Operator::Not) {
            self.at += 1;
            is_negated = !is_negated;
        }
        let node = self.relation()?;
        Some(if is_negated { node.negated() } else { node })
    }

    fn relation(&mut self) -> Option<Node> {
        let mut left = self.operand();
        while let Some(Operator::Related(relation)) = self.operator() {
            let at = self.tokens[self.at].1.clone();
            self.at += 1;
            let right = self.operand();
            left = match (left, right) {
                (Some(a), Some(b)) if a.is_placed() && b.is_placed() => {
                    Some(Node::Related(relation, Box::new(a), Box::new(b)))
                }
                (Some(a), Some(b)) => {
                    let why = "relates words and alternatives only; `and` stands in its place";
                    self.notes.left_out(at, format!("`{relation}` {why}"));
                    Node::all([Some(a), Some(b)])
                }
                (one, other) => one.or(other),
            };
        }
        left
    }

    /// A word, a phrase, what stands in brackets.
    pub fn operand(&mut self) -> Option<Node> {
        let (token, at) = self.next()?;
        match token {
            Token::Open => self.bracket(at),
            Token::Close => {
                // Whoever opened it ends here.
                self.at -= 1;
                None
            }
            Token::Quoted(text, tail) => self.dialect.phrase(&text, &tail, at, self.notes),
            Token::Braced(text) => super::term::cased(&text, at, self.notes),
            Token::Word(word) => match self.dialect.between() {
                None => self.phrase(word, at),
                Some(_) => {
                    let dialect = self.dialect;
                    dialect.word(&word, at, self)
                }
            },
        }
    }

    fn bracket(&mut self, at: Range<usize>) -> Option<Node> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            self.notes.left_out(
                at,
                format!("more than {DEPTH_MAX} brackets within each other"),
            );
            self.at = self.tokens.len();
            return None;
        }
        let inner = self.or();
        self.depth -= 1;
        match self.next() {
            Some((Token::Close, _)) => {}
            _ => self.notes.left_out(at, "this bracket is never closed"),
        }
        inner
    }

    /// Bare words next to each other, which are one phrase.
    fn phrase(&mut self, first: String, at: Range<usize>) -> Option<Node> {
        let mut words = first;
        let mut whole = at;
        let dialect = self.dialect;
        let is_field = |word: &str| word.contains('=');
        if !is_field(&words) {
            while let Some((Token::Word(next), at)) = self.tokens.get(self.at).cloned() {
                if dialect.operator(&next).is_some() || is_field(&next) {
                    break;
                }
                words.push(' ');
                words.push_str(&next);
                whole.end = at.end;
                self.at += 1;
            }
        }
        dialect.word(&words, whole, self)
    }

    /// The operand of a field whose word ends with its sign (`title:`, `hd=`), or the value that is stuck to it.
    pub fn value(&mut self, stuck: &str, at: Range<usize>) -> Option<Node> {
        match stuck {
            "" => self.operand(),
            stuck => {
                let dialect = self.dialect;
                dialect.word(stuck, at, self)
            }
        }
    }

    /// The words of a field's value, as they are written: `(en or fr)`, `"united kingdom"`, `en`.
    pub fn texts(&mut self, stuck: &str) -> Vec<String> {
        if !stuck.is_empty() {
            return vec![stuck.to_owned()];
        }
        let mut texts = Vec::new();
        let mut depth = 0;
        while let Some((token, _)) = self.next() {
            match token {
                Token::Open => depth += 1,
                Token::Close => depth -= 1,
                Token::Quoted(text, _) | Token::Braced(text) => texts.push(text),
                Token::Word(word) if self.dialect.operator(&word).is_some() => {}
                Token::Word(word) => texts.push(word),
            }
            if depth <= 0 {
                break;
            }
        }
        texts
    }
}

/// The queries of a file: one a line, with the lines that go on with it.
pub(super) fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open = 0_i64;
    for (at, line) in super::lines(text) {
        let end = at + line.len();
        let is_indented = text[..at].ends_with([' ', '\t']);
        match found.last_mut().filter(|_| open > 0 || is_indented) {
            Some(last) => last.end = end,
            None => found.push(at..end),
        }
        // A query goes on in the next line as long as a bracket is open, or where that is indented.
        for letter in line.chars() {
            open += i64::from(letter == '(') - i64::from(letter == ')');
        }
        open = open.max(0);
    }
    found
}
