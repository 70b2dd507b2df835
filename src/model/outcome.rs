//! What the stages commit.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    AlertKind, AlertState, Article, ArticleId, Correction, FailureKind, FeedFormat, Hit, KeptPage,
    LearntHost, NearMiss, ParsedEntry, PollState, RereadOutcome, Severity, StoryId, Validators,
};

/// What a poll found.
#[derive(Debug, Clone)]
pub struct PollOutcome {
    /// When the answer was there.
    pub at: Timestamp,
    /// What came of it.
    pub result: PollResult,
    /// When to poll again.
    pub due_at: Timestamp,
    /// The host asked to be left alone until then (`Retry-After`), for all of its feeds and pages.
    pub host_not_before: Option<Timestamp>,
    /// Entries of older pages of the feed, which close a gap. They may come with any answer, also one that
    /// says that the feed itself is as it was.
    pub older: Vec<PolledEntry>,
    /// What this poll has taught, in place of what was known before; `None` leaves that as it is.
    pub state: Option<Box<PollState>>,
}

/// The result of a poll.
#[derive(Debug, Clone)]
pub enum PollResult {
    /// 304: nothing changed. Carries the validators to keep.
    NotModified {
        /// Validators for the next poll.
        validators: Validators,
    },
    /// 200 with the same bytes as before.
    Unchanged {
        /// Validators for the next poll.
        validators: Validators,
    },
    /// A document that was read.
    Fetched {
        /// Validators that belong to this body.
        validators: Validators,
        /// blake3 of the decoded body; `None` when the body was a part only (226), so that the next whole
        /// one is read.
        body_hash: Option<[u8; 32]>,
        /// Format.
        format: FeedFormat,
        /// Title of the feed.
        title: Option<String>,
        /// Language the feed declares.
        language: Option<String>,
        /// All entries of the document; the store finds out which are new.
        entries: Vec<PolledEntry>,
    },
    /// No answer, or one that is no feed. Validators and body hash stay as they were.
    Failed {
        /// Why, in words.
        why: String,
        /// The same in one word.
        kind: FailureKind,
        /// HTTP status, if there was an answer.
        status: Option<u16>,
    },
}

/// An entry with what the poll stage decided about it.
#[derive(Debug, Clone)]
pub struct PolledEntry {
    /// The entry.
    pub entry: ParsedEntry,
    /// blake3 of what it says; another hash under the same key is a new version of the entry.
    pub hash: [u8; 32],
    /// Normal form of its link (no fragment, no tracking parameters): the identity of the article.
    /// Empty when the entry has no link; the article is then made from the entry alone.
    pub article_url: String,
    /// Key of politeness of that address.
    pub article_host: String,
    /// First poll of the feed, and old or undated.
    pub backlog: bool,
    /// A later poll, and published long before it was seen.
    pub late: bool,
    /// How far its date is to be believed.
    pub date: EntryDate,
}

/// What became of the date that an entry gave itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryDate {
    /// It is taken as sent.
    #[default]
    Sent,
    /// There is none: the entry counts from when it was first seen.
    Missing,
    /// It lies more than a day ahead and was left out: the entry counts from when it was first seen.
    Future,
}

/// What reading an article came to.
#[derive(Debug, Clone)]
pub enum ReadOutcome {
    /// There is a text (of the page, or of the entry when the page cannot be had).
    Read {
        /// When.
        at: Timestamp,
        /// The text.
        article: Box<Article>,
        /// Validators of the page, for reading it again.
        validators: Validators,
        /// Folded, segmented words of the title for the search index (see `text::search_words`).
        search_title: String,
        /// The same of the body.
        search_body: String,
        /// Why the page could not be had, when the text is the entry's.
        why: Option<String>,
        /// The host asked to be left alone until then.
        host_not_before: Option<Timestamp>,
        /// What the page taught of its host, when it is to be written.
        learnt: Option<LearntHost>,
        /// The pages that the text was made of, when they are to be kept: in place of those kept before.
        pages: Vec<KeptPage>,
        /// What the pages kept so far say by our present reading, when that is another text than the stored one:
        /// nobody is told of what only our own reading has changed.
        own: Option<Box<RereadOutcome>>,
    },
    /// The page of an article that is read again is not there any more.
    Missing {
        /// When.
        at: Timestamp,
        /// When to look again, before it is believed.
        again_at: Timestamp,
        /// What was answered, in words.
        why: String,
    },
    /// Try again later.
    Retry {
        /// When it was tried.
        at: Timestamp,
        /// When to try again.
        due_at: Timestamp,
        /// Why, in words.
        why: String,
        /// The host asked to be left alone until then.
        host_not_before: Option<Timestamp>,
    },
    /// The page has not changed since it was read (only when it is read again).
    Unchanged {
        /// When.
        at: Timestamp,
    },
}

/// Which story an article belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoryChoice {
    /// A story of its own.
    New,
    /// An existing one.
    Join {
        /// The story.
        story: StoryId,
        /// The article whose text this one repeats, if it does.
        copy_of: Option<ArticleId>,
    },
}

/// What happens to the alert of one watch and the story of the article.
#[derive(Debug, Clone)]
pub struct AlertChange {
    /// NAME of the watch.
    pub watch: String,
    /// Title of the watch.
    pub watch_title: String,
    /// Severity.
    pub severity: Severity,
    /// State the alert shall have; only used when it is created.
    pub state: AlertState,
    /// What to tell; `None` when the article is only added to the alert (a copy).
    pub kind: Option<AlertKind>,
    /// Revision of the alert that the decision was based on; 0 = there was none.
    pub seen_revision: i64,
    /// NAMEs of the channels to tell it through; empty = listed only.
    pub channels: Vec<String>,
    /// Marked late.
    pub late: bool,
    /// What changed, for a correction.
    pub correction: Option<Correction>,
    /// The article is an independent source that people want to hear of; told now, or gathered.
    pub news: bool,
    /// Independent sources once the article has joined, as far as the decision knew.
    pub sources: u64,
    /// Marks of sources that are used up once this is told ([`super::Told::updates`]).
    pub updates: u32,
    /// In words, what the message says besides the alert.
    pub note: Option<String>,
    /// Held until then, since it may tell what another alert of its watch has told; nobody is told before.
    pub settles_at: Option<Timestamp>,
    /// When the life of the alert goes on by itself; `None` = as before.
    pub due_at: Option<Timestamp>,
}

/// What judging an article came to. Hits, story, alerts and deliveries are written together or not at all.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// When.
    pub at: Timestamp,
    /// Version of the article that was judged.
    pub version: u32,
    /// Fingerprint of the rule set that judged it.
    pub rule_set: String,
    /// Hits, by watch name.
    pub hits: Vec<Hit>,
    /// Near misses.
    pub near_misses: Vec<NearMiss>,
    /// Story; `None` when nothing hits and the article is in none.
    pub story: Option<StoryChoice>,
    /// Fingerprint of the text, as `story::Fingerprint::to_bytes` gives it; empty without a story.
    pub fingerprint: Vec<u8>,
    /// Look-up keys of the fingerprint.
    pub story_keys: Vec<u64>,
    /// Highest fingerprint row that was seen when candidates were looked up. A newer row with a
    /// common key makes the commit [`Outdated`](super::Committed::Outdated): look again.
    pub watermark: i64,
    /// Changes to alerts.
    pub alerts: Vec<AlertChange>,
    /// Highest fingerprint row that was seen before what is told as new was compared with the alerts of its watch; `None`
    /// when nothing was. A newer row of another alert makes the commit outdated, too: two reports judged at once would
    /// not have seen each other.
    pub compared_to: Option<i64>,
    /// How long after its first reading an article that is told of is read again, ascending.
    pub rereads: Vec<SignedDuration>,
    /// When the judgement is outdated the article is given back, to be claimed as it is by then, instead of kept.
    pub is_last_look: bool,
}
