//! The systems, each with the settings that its own documentation would give for the article of a page.
//!
//! The crates take text: only wirewatch is timed with the decoding of the page. What they give as HTML is made text
//! outside of their time.

use std::hint::black_box;

use anyhow::Context;
use scraper::Html;
use trafilatura::ExtractionFocus;
use wirewatch::extract;

use crate::answer::Answer;
use crate::common::clock::guarded;
use crate::common::pages::Page;
use crate::plain;

/// A page, and its text.
pub struct Input {
    pub page: Page,
    pub text: String,
}

impl Input {
    pub fn new(page: Page) -> Self {
        let (text, _) = extract::decode(&page.bytes, page.content_type);
        Self { page, text }
    }

    /// Its address, when it is known and whole.
    fn url(&self) -> Option<url::Url> {
        url::Url::parse(&self.page.url).ok()
    }
}

/// Milliseconds, and the article unless it panicked.
pub type Timed = (f64, Option<Answer>);

/// A system of this program.
pub type Read = fn(&Input) -> Timed;

/// One way to read a page.
#[derive(Clone)]
pub enum System {
    /// A function of this program.
    BuiltIn { name: &'static str, read: Read },
    /// Another program.
    External { name: String, command: String },
}

impl System {
    /// From `NAME=COMMAND`.
    pub fn external(argument: &str) -> anyhow::Result<Self> {
        let (name, command) = argument
            .split_once('=')
            .context("--external NAME=COMMAND")?;
        Ok(Self::External {
            name: name.to_owned(),
            command: command.to_owned(),
        })
    }

    pub fn name(&self) -> &str {
        match self {
            Self::BuiltIn { name, .. } => name,
            Self::External { name, .. } => name,
        }
    }
}

/// All that are built in, the measure first.
pub fn built_in() -> Vec<System> {
    let systems: [(&str, Read); 7] = [
        ("parse", parse),
        ("wirewatch", wirewatch),
        ("trafilatura", |input| {
            trafilatura(input, ExtractionFocus::Balanced)
        }),
        ("trafilatura-precision", |input| {
            trafilatura(input, ExtractionFocus::FavorPrecision)
        }),
        ("rs-trafilatura", rs_trafilatura),
        ("dom_smoothie", dom_smoothie),
        ("legible", legible),
    ];
    systems
        .map(|(name, read)| System::BuiltIn { name, read })
        .into()
}

/// No extractor: the tree is built and dropped.
fn parse(input: &Input) -> Timed {
    let (ms, done) = guarded(|| drop(black_box(Html::parse_document(&input.text))));
    (ms, done.map(|()| Answer::default()))
}

fn wirewatch(input: &Input) -> Timed {
    let page = extract::Page {
        url: &input.page.url,
        content_type: input.page.content_type,
    };
    let (ms, extracted) = guarded(|| extract::extract(&input.page.bytes, &page));
    let answer = extracted.map(|extracted| {
        let article = extracted.article;
        Answer {
            title: article.title,
            published: article.published.map(|date| date.written),
            authors: article.authors,
            body: article.body,
        }
    });
    (ms, answer)
}

fn trafilatura(input: &Input, focus: ExtractionFocus) -> Timed {
    let mut options = trafilatura::Options::default()
        .with_fallback(true)
        .with_exclude_comments(true)
        .with_focus(focus);
    options.original_url = input.url();
    let (ms, result) = guarded(|| trafilatura::extract(&input.text, &options));
    let answer = result.map(|result| {
        let Ok(result) = result else {
            return Answer::default();
        };
        Answer {
            title: result.metadata.title,
            published: result.metadata.date.map(|date| date.to_string()),
            authors: names(&result.metadata.author),
            body: plain::text(&result.content_html),
        }
    });
    (ms, answer)
}

fn rs_trafilatura(input: &Input) -> Timed {
    let options = rs_trafilatura::Options {
        url: input.url().map(Into::into),
        ..rs_trafilatura::Options::default()
    };
    let (ms, result) = guarded(|| rs_trafilatura::extract_with_options(&input.text, &options));
    let answer = result.map(|result| {
        let Ok(result) = result else {
            return Answer::default();
        };
        Answer {
            title: result.metadata.title.unwrap_or_default(),
            published: result.metadata.date.map(|date| date.to_rfc3339()),
            authors: names(&result.metadata.author.unwrap_or_default()),
            body: result.content_text,
        }
    });
    (ms, answer)
}

fn dom_smoothie(input: &Input) -> Timed {
    let url = input.url();
    let (ms, result) = guarded(|| {
        let url = url.as_ref().map(url::Url::as_str);
        dom_smoothie::Readability::new(input.text.as_str(), url, None)?.parse()
    });
    let answer = result.map(|result| {
        let Ok(article) = result else {
            return Answer::default();
        };
        Answer {
            title: article.title,
            published: article.published_time,
            authors: article.byline.into_iter().collect(),
            body: plain::text(&article.content),
        }
    });
    (ms, answer)
}

fn legible(input: &Input) -> Timed {
    let url = input.url();
    let (ms, result) = guarded(|| {
        let url = url.as_ref().map(url::Url::as_str);
        legible::parse(&input.text, url, None)
    });
    let answer = result.map(|result| {
        let Ok(article) = result else {
            return Answer::default();
        };
        Answer {
            title: article.title,
            published: article.published_time,
            authors: article.byline.into_iter().collect(),
            body: plain::text(&article.content),
        }
    });
    (ms, answer)
}

/// Both ports of trafilatura write the authors as one text.
fn names(joined: &str) -> Vec<String> {
    let names = joined
        .split(';')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}
