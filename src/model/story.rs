//! Stories as people see them, and what they corrected of them.

use jiff::Timestamp;
use serde::Serialize;

use super::{AlertId, ArticleId, StoryId};

/// Who corrects stories, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    /// Name of the person.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// In the person's own words.
    pub why: Option<String>,
}

/// What became of a correction of stories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoryEdited {
    /// It is done: the story that stays, or that was made, and how many articles and alerts moved there.
    Done {
        /// The story they are in now.
        story: StoryId,
        /// Articles.
        articles: u64,
        /// Alerts.
        alerts: u64,
    },
    /// Nothing was changed; in words why.
    Refused(String),
}

/// A correction that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryEdit {
    /// `merge` or `split`.
    pub what: String,
    /// The story that stayed.
    pub story: StoryId,
    /// The one that was merged into it, or split off.
    pub other: StoryId,
    /// The articles that moved.
    pub articles: Vec<ArticleId>,
    /// Who.
    pub by: String,
    /// When.
    #[serde(serialize_with = "super::time::serialize")]
    pub at: Timestamp,
    /// Why.
    pub why: Option<String>,
}

/// A story in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryHead {
    /// Id.
    pub id: StoryId,
    /// Headline of its first article.
    pub title: String,
    /// Articles, copies included.
    pub articles: u64,
    /// Of these, copies of others.
    pub copies: u64,
    /// Languages in order of appearance.
    pub languages: Vec<String>,
    /// Its alerts.
    pub alerts: Vec<AlertId>,
    /// When its last article joined.
    #[serde(serialize_with = "super::time::serialize")]
    pub updated_at: Timestamp,
}

/// An article of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryArticle {
    /// Id.
    pub id: ArticleId,
    /// Address.
    pub url: String,
    /// Headline.
    pub title: String,
    /// Language.
    pub lang: Option<String>,
    /// When wirewatch first saw it.
    #[serde(serialize_with = "super::time::serialize")]
    pub first_seen: Timestamp,
    /// The article whose text it repeats.
    pub copy_of: Option<ArticleId>,
}

/// A story with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryView {
    /// As in a list.
    #[serde(flatten)]
    pub head: StoryHead,
    /// The story that it was merged into.
    pub merged_into: Option<StoryId>,
    /// Its articles, first seen first.
    #[serde(rename = "members")]
    pub members: Vec<StoryArticle>,
    /// What people corrected of it.
    pub edits: Vec<StoryEdit>,
}
