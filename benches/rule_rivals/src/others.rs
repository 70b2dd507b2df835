//! The other ways.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use tantivy::collector::Count;
use tantivy::directory::RamDirectory;
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TEXT};
use tantivy::{Index, SingleSegmentIndexWriter, TantivyDocument, Term};
use wirewatch::rules::DocumentInput;
use wirewatch::text::is_spaceless;

use crate::rule_sets::desks::PlainRule;

/// Bytes that a set of thousands of expressions may take.
const SET_BYTES_MAX: usize = 4 << 30;
/// What tantivy asks for at least.
const INDEX_BYTES: usize = 15_000_000;

fn text_of(article: &DocumentInput) -> String {
    format!("{}\n{}", article.title, article.body)
}

/// Any of these terms, as whole words where words have bounds.
fn pattern(terms: &[String]) -> String {
    let bounded = |term: &String| {
        let escaped = regex::escape(term);
        match term.chars().any(is_spaceless) {
            true => escaped,
            false => format!(r"\b{escaped}\b"),
        }
    };
    terms.iter().map(bounded).collect::<Vec<_>>().join("|")
}

fn regex(terms: &[String]) -> Regex {
    let mut builder = RegexBuilder::new(&pattern(terms));
    builder.case_insensitive(true).size_limit(SET_BYTES_MAX);
    builder.build().expect("terms are escaped")
}

/// One expression for each group.
pub struct RegexEach {
    rules: Vec<(Vec<Regex>, Vec<Regex>)>,
}

impl RegexEach {
    pub fn new(rules: &[PlainRule]) -> Self {
        let each = |groups: &[Vec<String>]| groups.iter().map(|group| regex(group)).collect();
        let rules = rules.iter().map(|rule| {
            let excluded = rule
                .excluded
                .iter()
                .map(|word| regex(std::slice::from_ref(word)));
            (each(&rule.groups), excluded.collect())
        });
        Self {
            rules: rules.collect(),
        }
    }

    pub fn hits(&self, article: &DocumentInput) -> usize {
        let text = text_of(article);
        let hit = |(groups, excluded): &&(Vec<Regex>, Vec<Regex>)| {
            groups.iter().all(|group| group.is_match(&text))
                && !excluded.iter().any(|word| word.is_match(&text))
        };
        self.rules.iter().filter(hit).count()
    }
}

/// One expression for each rule, and one for what it excludes, as readers of feeds keep them (Miniflux, newsboat): a
/// word of each group after the other, in any order, whatever stands between.
pub struct RegexOfRule {
    rules: Vec<(Regex, Option<Regex>)>,
}

impl RegexOfRule {
    pub fn new(rules: &[PlainRule]) -> Self {
        let rules = rules.iter().map(|rule| {
            let groups: Vec<String> = rule.groups.iter().map(|group| pattern(group)).collect();
            let orders = orders(groups.len()).into_iter().map(|order| {
                let groups = order.iter().map(|at| format!("(?:{})", groups[*at]));
                groups.collect::<Vec<_>>().join(".*")
            });
            let written = orders.collect::<Vec<_>>().join("|");
            let mut builder = RegexBuilder::new(&written);
            builder.case_insensitive(true).dot_matches_new_line(true);
            builder.size_limit(SET_BYTES_MAX);
            let excluded = (!rule.excluded.is_empty()).then(|| regex(&rule.excluded));
            (builder.build().expect("terms are escaped"), excluded)
        });
        Self {
            rules: rules.collect(),
        }
    }

    pub fn hits(&self, article: &DocumentInput) -> usize {
        let text = text_of(article);
        let hit = |(rule, excluded): &&(Regex, Option<Regex>)| {
            rule.is_match(&text) && !excluded.as_ref().is_some_and(|word| word.is_match(&text))
        };
        self.rules.iter().filter(hit).count()
    }
}

/// All orders of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1).into_iter();
    let longer = shorter.flat_map(|order| {
        (0..count).map(move |at| {
            let mut longer = order.clone();
            longer.insert(at, count - 1);
            longer
        })
    });
    longer.collect()
}

/// All groups of all rules in one set.
pub struct OneSet {
    set: RegexSet,
    /// By rule: indices of its groups, and of what it excludes.
    rules: Vec<(Vec<usize>, Vec<usize>)>,
}

impl OneSet {
    pub fn new(rules: &[PlainRule]) -> Result<Self, regex::Error> {
        let mut patterns = Vec::new();
        let mut add = |terms: &[String]| {
            patterns.push(pattern(terms));
            patterns.len() - 1
        };
        let rules = rules.iter().map(|rule| {
            let groups = rule.groups.iter().map(|group| add(group)).collect();
            let excluded = rule
                .excluded
                .iter()
                .map(|word| add(std::slice::from_ref(word)));
            (groups, excluded.collect())
        });
        let rules = rules.collect();
        let mut builder = RegexSetBuilder::new(&patterns);
        builder.case_insensitive(true);
        builder
            .size_limit(SET_BYTES_MAX)
            .dfa_size_limit(SET_BYTES_MAX / 16);
        Ok(Self {
            set: builder.build()?,
            rules,
        })
    }

    pub fn hits(&self, article: &DocumentInput) -> usize {
        let found = self.set.matches(&text_of(article));
        let hit = |(groups, excluded): &&(Vec<usize>, Vec<usize>)| {
            groups.iter().all(|group| found.matched(*group))
                && !excluded.iter().any(|word| found.matched(*word))
        };
        self.rules.iter().filter(hit).count()
    }
}

/// An index that is made of one article, and a query for each rule.
pub struct OneDocumentIndex {
    schema: Schema,
    field: Field,
    queries: Vec<Box<dyn Query>>,
}

impl OneDocumentIndex {
    pub fn new(rules: &[PlainRule]) -> Self {
        let mut schema = Schema::builder();
        let field = schema.add_text_field("text", TEXT);
        let queries = rules.iter().map(|rule| {
            let groups = rule
                .groups
                .iter()
                .map(|group| (Occur::Must, any(field, group)));
            let excluded = rule.excluded.iter();
            let excluded =
                excluded.map(|word| (Occur::MustNot, any(field, std::slice::from_ref(word))));
            let query: Box<dyn Query> =
                Box::new(BooleanQuery::new(groups.chain(excluded).collect()));
            query
        });
        Self {
            queries: queries.collect(),
            schema: schema.build(),
            field,
        }
    }

    pub fn hits(&self, article: &DocumentInput) -> usize {
        let index = Index::builder().schema(self.schema.clone());
        let mut writer: SingleSegmentIndexWriter<TantivyDocument> = index
            .single_segment_index_writer(RamDirectory::create(), INDEX_BYTES)
            .expect("the memory is enough");
        let mut document = TantivyDocument::new();
        document.add_text(self.field, text_of(article));
        writer.add_document(document).expect("it has the field");
        let index = writer.finalize().expect("memory cannot fail");
        let searcher = index.reader().expect("memory cannot fail").searcher();
        let found =
            |query: &Box<dyn Query>| searcher.search(query, &Count).expect("the query is right");
        self.queries.iter().map(found).sum()
    }
}

fn any(field: Field, terms: &[String]) -> Box<dyn Query> {
    let one = |term: &String| -> Box<dyn Query> {
        let words = term.split(|letter: char| !letter.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        let mut words: Vec<Term> = words
            .map(|word| Term::from_field_text(field, &word.to_lowercase()))
            .collect();
        match words.len() {
            1 => Box::new(TermQuery::new(words.remove(0), IndexRecordOption::Basic)),
            0 => Box::new(BooleanQuery::new(Vec::new())),
            _ => Box::new(PhraseQuery::new(words)),
        }
    };
    let parts = terms.iter().map(|term| (Occur::Should, one(term)));
    Box::new(BooleanQuery::new(parts.collect()))
}
