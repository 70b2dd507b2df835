//! Which story a judged article joins.

use jiff::Timestamp;

use crate::model::{Judgement, ReadArticle, StoryChoice, StoryEdited, StoryId};
use crate::pipeline::Pipeline;
use crate::store::{StoreError, StoryCandidate};
use crate::story::{self, Candidate, Chosen, Fingerprint, StoryOptions};

/// How often the stories that an article shows to be one are merged before it joins what there is.
const MERGES_MAX: usize = 3;

/// Which story the article belongs to; stories that it shows to be one are merged first, so that it meets the one alert
/// of them. Notes in the judgement how far the store was looked through.
pub(super) async fn choose(
    pipeline: &Pipeline,
    article: &ReadArticle,
    fingerprint: &Fingerprint,
    options: &StoryOptions,
    judgement: &mut Judgement,
) -> Result<StoryChoice, StoreError> {
    for _ in 0..MERGES_MAX {
        let chosen = look_up(pipeline, article, fingerprint, options, judgement).await?;
        if !merge(pipeline, article, &chosen.to_merge(), judgement.at).await? {
            return Ok(chosen.story);
        }
    }
    let chosen = look_up(pipeline, article, fingerprint, options, judgement).await?;
    Ok(chosen.story)
}

/// Makes the stories one with the first, unless a person set them apart; true when any was merged.
async fn merge(
    pipeline: &Pipeline,
    article: &ReadArticle,
    stories: &[StoryId],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let Some((into, others)) = stories.split_first() else {
        return Ok(false);
    };
    let mut is_merged = false;
    for other in others {
        let why = format!("{} tells both", article.id);
        let merged = pipeline.store.merge_alike(*into, *other, at, why).await?;
        is_merged |= matches!(merged, StoryEdited::Done { .. });
    }
    Ok(is_merged)
}

async fn look_up(
    pipeline: &Pipeline,
    article: &ReadArticle,
    fingerprint: &Fingerprint,
    options: &StoryOptions,
    judgement: &mut Judgement,
) -> Result<Chosen, StoreError> {
    let since = article
        .dated_at
        .saturating_sub(options.window)
        .unwrap_or(Timestamp::MIN);
    let found = pipeline
        .store
        .story_candidates(&judgement.story_keys, since)
        .await?;
    judgement.watermark = found.watermark;
    if let Some(story) = article.story {
        // A corrected article stays in its story.
        let story = StoryChoice::Join {
            story,
            copy_of: None,
        };
        return Ok(Chosen {
            story,
            bridged: Vec::new(),
        });
    }
    let mut candidates = candidates(found.candidates);
    candidates.retain(|candidate| candidate.article != article.id);
    Ok(story::choose(
        fingerprint,
        article.dated_at,
        &candidates,
        options,
    ))
}

/// What was found, but for fingerprints of an older layout: those age out of the window.
pub(in crate::pipeline) fn candidates(found: Vec<StoryCandidate>) -> Vec<Candidate> {
    found
        .into_iter()
        .filter_map(|found| {
            let fingerprint = Fingerprint::from_bytes(&found.fingerprint).ok()?;
            Some(Candidate {
                article: found.article,
                story: found.story,
                fingerprint,
                first_seen: found.dated_at,
            })
        })
        .collect()
}
