//! `health`: looks at all feeds, notes which are in trouble and which are well again, and tells both once.

use crate::alert::{self, ChannelNews, DAMPING, HISTORY, HISTORY_NEWS_MIN, HealthOptions};
use crate::model::{
    ChannelState, Committed, FeedFacts, FeedId, HealthChanges, HealthOutcome, TroubleKind,
    UntoldTrouble,
};
use crate::store::StoreError;

use super::Pipeline;

/// Feeds looked at in one piece: ten thousand at once would not fit the memory that polling needs.
const PIECE: usize = 100;

/// What a look at the feeds came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HealthReport {
    /// Troubles that were opened.
    pub opened: usize,
    /// Troubles that ended.
    pub ended: usize,
    /// Deliveries of the message that tells of them.
    pub deliveries: u64,
}

/// Looks at the feeds once. Nothing is told twice: what was told is marked in the transaction that
/// promises its deliveries.
///
/// # Errors
/// When the store fails.
pub async fn work(pipeline: &Pipeline) -> Result<HealthReport, StoreError> {
    let setup = pipeline.setup();
    let health = &setup.config.health;
    if !health.enabled {
        return Ok(HealthReport::default());
    }
    let mut report = HealthReport::default();
    let mut after = FeedId(0);
    let (mut is_first, mut in_trouble) = (true, 0);
    loop {
        let piece = pipeline.store.feed_facts(after, PIECE).await?;
        let Some(last) = piece.last() else { break };
        after = last.feed;
        let open: usize = piece.iter().map(|facts| facts.open.len()).sum();
        let changes = look(pipeline, &health.options, piece).await?;
        let (opened, ended) = (changes.opened.len(), changes.ended.len());
        in_trouble += open + opened - ended;
        report.opened += opened;
        report.ended += ended;
        // The first one also ends the troubles of feeds that nobody asks for any more.
        if is_first || opened + ended > 0 {
            pipeline.store.commit_troubles(changes).await?;
        }
        is_first = false;
    }
    report.deliveries = tell(pipeline, &health.channels, in_trouble == 0).await?;
    report.deliveries += tell_of_channels(pipeline, &health.channels).await?;
    Ok(report)
}

/// What has changed with these feeds.
async fn look(
    pipeline: &Pipeline,
    options: &HealthOptions,
    feeds: Vec<FeedFacts>,
) -> Result<HealthChanges, StoreError> {
    let now = pipeline.world.clock.now();
    let mut changes = HealthChanges {
        at: now,
        opened: Vec::new(),
        ended: Vec::new(),
        damping: DAMPING,
    };
    for facts in feeds {
        let news = match alert::may_be_silent(&facts, options) {
            true => {
                let since = now.saturating_sub(HISTORY).unwrap_or(jiff::Timestamp::MIN);
                let store = &pipeline.store;
                store
                    .news_times(facts.feed, since, HISTORY_NEWS_MIN)
                    .await?
            }
            false => Vec::new(),
        };
        let found = alert::troubles(&facts, &news, options, now);
        let is_found = |kind: TroubleKind| found.iter().any(|trouble| trouble.kind == kind);
        for open in facts.open.iter().filter(|open| !is_found(open.kind)) {
            tracing::info!(feed_id = %facts.feed, "{} is no longer {}", facts.url, open.kind.name());
            changes.ended.push((facts.feed, open.kind));
        }
        for trouble in found {
            if facts.open(trouble.kind).is_none() {
                let kind = trouble.kind.name();
                tracing::warn!(feed_id = %facts.feed, "{} is {kind}: {}", facts.url, trouble.why);
                changes.opened.push((facts.feed, trouble));
            }
        }
    }
    Ok(changes)
}

/// Tells all of the feeds that was not told yet in one message. Answers with the number of its deliveries.
async fn tell(
    pipeline: &Pipeline,
    channels: &[String],
    all_are_well: bool,
) -> Result<u64, StoreError> {
    let now = pipeline.world.clock.now();
    let untold = pipeline.store.untold_troubles(now).await?;
    let untold = alert::without_gathering(untold, all_are_well, now);
    let rows = |is_over: bool| -> Vec<i64> {
        let told = untold.iter().filter(|told| told.is_over == is_over);
        told.map(|told: &UntoldTrouble| told.id).collect()
    };
    let (begun, over) = (rows(false), rows(true));
    let Some(notice) = alert::make_notice(untold, &ChannelNews::default(), now) else {
        return Ok(0);
    };
    let outcome = HealthOutcome {
        at: now,
        notice,
        begun,
        over,
        broken: Vec::new(),
        mended: Vec::new(),
        channels: channels.to_vec(),
    };
    commit(pipeline, outcome).await
}

/// Tells of the channels that do not work, through those that do.
async fn tell_of_channels(pipeline: &Pipeline, channels: &[String]) -> Result<u64, StoreError> {
    let now = pipeline.world.clock.now();
    let mut states = pipeline.queries.channel_states().await?;
    let setup = pipeline.setup();
    states.retain(|state| setup.channels.contains_key(&state.name));
    let failing = states.iter().filter(|state| state.failing_since.is_some());
    let failing: Vec<String> = failing.map(|state| state.name.clone()).collect();
    let news = ChannelNews::of(states, now);
    let Some(notice) = alert::make_notice(Vec::new(), &news, now) else {
        return Ok(0);
    };
    for state in &news.broken {
        let why = state.last_error.as_deref().unwrap_or_default();
        // Its own line came when it began (`send`); this is when people are told of it.
        tracing::debug!(channel = %state.name, "the channel {} does not work: {why}", state.name);
    }
    let names = |states: &[ChannelState]| states.iter().map(|state| state.name.clone()).collect();
    let working = channels.iter().filter(|name| !failing.contains(name));
    let outcome = HealthOutcome {
        at: now,
        notice,
        begun: Vec::new(),
        over: Vec::new(),
        broken: names(&news.broken),
        mended: names(&news.mended),
        channels: working.cloned().collect(),
    };
    commit(pipeline, outcome).await
}

async fn commit(pipeline: &Pipeline, outcome: HealthOutcome) -> Result<u64, StoreError> {
    match pipeline.store.commit_notice(outcome).await? {
        Committed::Done(deliveries) => Ok(deliveries),
        // Something was told or ended meanwhile: the next look tells what is left.
        Committed::Stale | Committed::Outdated => Ok(0),
    }
}
