//! The pages of an article to its text: the same whether they were fetched just now or kept.

use std::sync::Arc;

use super::answer::{Answer, Source};
use super::paged;
use super::prepared::{Missing, Prepared, longest_text, prepare_page};
use crate::extract::{self, Aids, Extracted, HostMemory, Impression, Page, SiteRule};
use crate::model::{EntryText, FailureKind, KeptPage, LearntHost};
use crate::pipeline::{Panicked, Pipeline, Setup};

/// What an article is read with.
pub(super) struct Reader<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) setup: &'a Setup,
    pub(super) source: Source<'a>,
    /// What its entries said.
    pub(super) entry: &'a EntryText,
    /// Language declared by the feed or the config.
    pub(super) hint: Option<&'a str>,
}

/// An article of its pages.
pub(super) struct Done {
    pub(super) text: Box<Prepared>,
    /// What the page taught of its host, when it is to be written.
    pub(super) learnt: Option<LearntHost>,
    /// The pages that went into it, when they are to be kept.
    pub(super) pages: Vec<KeptPage>,
}

/// What was read of a page.
enum Read {
    /// All there is.
    Whole(Result<Box<Prepared>, Missing>),
    /// By its site's rule there is more elsewhere, or its text is doubtful and there is an AMP version.
    InPart(Box<Extracted>, Option<Arc<SiteRule>>),
}

/// What came of the first page.
struct First {
    read: Read,
    impression: Impression,
    kept: Option<KeptPage>,
}

impl Reader<'_> {
    /// Reads an article that begins on this page.
    ///
    /// Kept pages teach nothing: they did so when they were fetched.
    pub(super) async fn article(&self, answer: Answer) -> Result<Done, Missing> {
        let (url, bytes, at) = (answer.url.clone(), answer.body.len(), answer.at);
        let host = extract::host_of(url.as_str()).unwrap_or_default();
        let pipeline = self.pipeline;
        let memory = pipeline.memories.of(pipeline.queries.as_ref(), &host).await;
        let first = self.first(answer, memory).await?;
        let learnt = match self.source {
            Source::Web { .. } => pipeline.memories.learn(&host, &first.impression, at),
            Source::Kept(_) => None,
        };
        let mut pages: Vec<KeptPage> = first.kept.into_iter().collect();
        let text = match first.read {
            Read::Whole(text) => text?,
            Read::InPart(mut extracted, rule) => {
                let begin = paged::First {
                    url: &url,
                    bytes,
                    rule,
                };
                let further = paged::follow(self, begin, &mut extracted).await;
                if !pages.is_empty() {
                    pages.extend(further);
                }
                self.prepare(*extracted).await?
            }
        };
        Ok(Done {
            text,
            learnt,
            pages,
        })
    }

    /// True when the pages are to be kept.
    pub(super) fn keeps(&self) -> bool {
        matches!(self.source, Source::Web { .. }) && self.setup.config.keep.keeps_pages()
    }

    async fn first(&self, answer: Answer, memory: Arc<HostMemory>) -> Result<First, Missing> {
        let (entry, hint) = (self.entry.clone(), self.hint.map(str::to_owned));
        let sites = self.setup.config.sites.clone();
        let keeps = self.keeps();
        let work = move || {
            let rule = sites.rule_for(&answer.url);
            let aids = Aids {
                rule: rule.as_deref(),
                now: Some(answer.at),
                feed: Some(longest_text(&entry)),
                lang: hint.as_deref(),
            };
            let (extracted, impression) = extract_page(&answer, aids, &memory);
            let by_rule = extracted.next_page.is_some() || extracted.other_version.is_some();
            let read = if by_rule || paged::wants_amp(&extracted) {
                Read::InPart(Box::new(extracted), rule)
            } else {
                Read::Whole(prepare_page(extracted, &entry).map(Box::new))
            };
            let is_text = !matches!(&read, Read::Whole(Err(_)));
            First {
                read,
                impression,
                kept: answer.keep_if(keeps && is_text),
            }
        };
        self.pipeline.compute.run(work).await.map_err(crashed)
    }

    async fn prepare(&self, extracted: Extracted) -> Result<Box<Prepared>, Missing> {
        let entry = self.entry.clone();
        let work = move || prepare_page(extracted, &entry).map(Box::new);
        self.pipeline.compute.run(work).await.map_err(crashed)?
    }
}

impl Answer {
    /// As [`Answer::keep`], when it is to be.
    pub(super) fn keep_if(&self, keeps: bool) -> Option<KeptPage> {
        if keeps { self.keep() } else { None }
    }
}

fn crashed(panicked: Panicked) -> Missing {
    Missing::new(panicked.to_string(), Some(FailureKind::Crash))
}

/// Reads a page; with it comes what it says of its host.
fn extract_page(answer: &Answer, aids: Aids<'_>, memory: &HostMemory) -> (Extracted, Impression) {
    let page = Page {
        url: answer.url.as_str(),
        content_type: answer.content_type.as_deref(),
    };
    extract::extract_with_memory(&answer.body, &page, aids, memory)
}
