//! The questions of commands and pages; each is answered from one snapshot by a reading thread.

mod alerts;
mod articles;
pub(super) mod background;
pub(super) mod digests;
mod feeds;
pub(super) mod gauges;
mod history;
mod stories;
pub(super) mod totals;
mod watches;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::SqliteStore;
use super::care;
use super::{
    alert_view, audit, channel_states, host_memory, in_force, kept, mutes, outbox, stored,
    subscriptions, texts, versions,
};
use crate::model::{
    AlertId, AlertView, ArticleId, AttemptView, AuditView, ChannelState, ClosedDigest, DeliveryId,
    DeliveryView, Digest, DigestAsk, DigestBackground, DigestId, DigestMaterial, DigestSlot,
    FeedHistory, FeedId, FeedView, KeptArticle, Mute, NearMissView, StoredHost, StoryHead, StoryId,
    StoryView, SubscriptionView,
};
use crate::store::{
    AlertFilter, ArticleVersion, ArticleView, Gauges, InForce, KeptFilter, KeptHead, OutboxFilter,
    Queries, SearchHit, StoreError, StoredArticle, StoredHit, StoredText, Totals, WatchRecord,
};

#[async_trait]
impl Queries for SqliteStore {
    async fn alerts(&self, filter: AlertFilter) -> Result<Vec<AlertView>, StoreError> {
        self.ask(move |conn| alerts::list(conn, &filter)).await
    }

    async fn mutes(&self) -> Result<Vec<Mute>, StoreError> {
        self.ask(mutes::list).await
    }

    async fn audit(
        &self,
        alert: Option<AlertId>,
        limit: Option<usize>,
    ) -> Result<Vec<AuditView>, StoreError> {
        self.ask(move |conn| audit::list(conn, alert, limit)).await
    }

    async fn alert(&self, id: AlertId) -> Result<Option<AlertView>, StoreError> {
        self.ask(move |conn| alert_view::by_id(conn, id)).await
    }

    async fn article(&self, url: &str) -> Result<Option<ArticleView>, StoreError> {
        let url = url.to_owned();
        self.ask(move |conn| articles::by_url(conn, &url)).await
    }

    async fn kept_heads(
        &self,
        filter: KeptFilter,
        after: Option<KeptHead>,
        limit: usize,
    ) -> Result<Vec<KeptHead>, StoreError> {
        self.ask(move |conn| kept::heads(conn, &filter, after.as_ref(), limit))
            .await
    }

    async fn count_heads(&self, filter: KeptFilter) -> Result<u64, StoreError> {
        self.ask(move |conn| kept::count_heads(conn, &filter)).await
    }

    async fn stories(
        &self,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<StoryHead>, StoreError> {
        self.ask(move |conn| stories::list(conn, since, limit))
            .await
    }

    async fn story(&self, id: StoryId) -> Result<Option<StoryView>, StoreError> {
        self.ask(move |conn| stories::by_id(conn, id)).await
    }

    async fn article_versions(
        &self,
        article: ArticleId,
    ) -> Result<Vec<ArticleVersion>, StoreError> {
        self.ask(move |conn| versions::all(conn, article)).await
    }

    async fn kept_article(&self, article: ArticleId) -> Result<Option<KeptArticle>, StoreError> {
        self.ask(move |conn| kept::article(conn, article)).await
    }

    async fn feeds(&self) -> Result<Vec<FeedView>, StoreError> {
        self.ask(feeds::list).await
    }

    async fn feed_history(&self, url: &str) -> Result<Option<FeedHistory>, StoreError> {
        let url = url.to_owned();
        self.ask(move |conn| history::of_feed(conn, &url)).await
    }

    async fn quiet_hosts(&self, now: Timestamp) -> Result<Vec<(String, Timestamp)>, StoreError> {
        self.ask(move |conn| totals::quiet_hosts(conn, now)).await
    }

    async fn host_memory(
        &self,
        host: &str,
        known: Option<Timestamp>,
    ) -> Result<Option<StoredHost>, StoreError> {
        let host = host.to_owned();
        self.ask(move |conn| host_memory::of_host(conn, &host, known))
            .await
    }

    async fn outbox(&self, filter: OutboxFilter) -> Result<Vec<DeliveryView>, StoreError> {
        self.ask(move |conn| outbox::list(conn, &filter)).await
    }

    async fn attempts(&self, delivery: DeliveryId) -> Result<Vec<AttemptView>, StoreError> {
        self.ask(move |conn| outbox::attempts(conn, delivery)).await
    }

    async fn deliveries_of(&self, alert: AlertId) -> Result<Vec<DeliveryView>, StoreError> {
        self.ask(move |conn| outbox::of_alert(conn, alert)).await
    }

    async fn channel_states(&self) -> Result<Vec<ChannelState>, StoreError> {
        self.ask(channel_states::all).await
    }

    async fn dead_channels(&self) -> Result<Vec<(String, u64, String)>, StoreError> {
        self.ask(totals::dead_channels).await
    }

    async fn subscription(&self, feed: FeedId) -> Result<Option<SubscriptionView>, StoreError> {
        self.ask(move |conn| subscriptions::view(conn, feed)).await
    }

    async fn search(&self, words: &str, limit: usize) -> Result<Vec<SearchHit>, StoreError> {
        let words = words.to_owned();
        self.ask(move |conn| articles::search(conn, &words, limit))
            .await
    }

    async fn digest_material(
        &self,
        after_seq: i64,
        since: Option<Timestamp>,
        watches: &[String],
    ) -> Result<DigestMaterial, StoreError> {
        let watches = watches.to_vec();
        self.ask(move |conn| digests::material(conn, after_seq, since, &watches))
            .await
    }

    async fn digest_background(&self, ask: DigestAsk) -> Result<DigestBackground, StoreError> {
        self.ask(move |conn| background::of(conn, &ask)).await
    }

    async fn digest_slot(&self, name: &str) -> Result<Option<DigestSlot>, StoreError> {
        let name = name.to_owned();
        self.ask(move |conn| digests::slot(conn, &name)).await
    }

    async fn closed_digests(
        &self,
        name: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ClosedDigest>, StoreError> {
        let name = name.map(str::to_owned);
        self.ask(move |conn| digests::closed_list(conn, name.as_deref(), limit))
            .await
    }

    async fn closed_digest(
        &self,
        name: &str,
        id: Option<DigestId>,
    ) -> Result<Option<Digest>, StoreError> {
        let name = name.to_owned();
        self.ask(move |conn| digests::closed(conn, &name, id)).await
    }

    async fn near_misses(
        &self,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<NearMissView>, StoreError> {
        self.ask(move |conn| digests::near_misses(conn, since, &[], limit))
            .await
    }

    async fn hits_per_watch(&self, since: Timestamp) -> Result<Vec<(String, u64)>, StoreError> {
        self.ask(move |conn| totals::hits_per_watch(conn, since))
            .await
    }

    async fn watch_records(&self, now: Timestamp) -> Result<Vec<WatchRecord>, StoreError> {
        self.ask(move |conn| watches::records(conn, now)).await
    }

    async fn in_force(&self) -> Result<Option<InForce>, StoreError> {
        self.ask(in_force::view).await
    }

    async fn stored_articles(
        &self,
        since: Timestamp,
        after: Option<(Timestamp, ArticleId)>,
        limit: usize,
    ) -> Result<Vec<StoredArticle>, StoreError> {
        self.ask(move |conn| stored::page(conn, since, after, limit))
            .await
    }

    async fn count_stored(&self, since: Timestamp) -> Result<u64, StoreError> {
        self.ask(move |conn| stored::count(conn, since)).await
    }

    async fn stored_texts(
        &self,
        since: Timestamp,
        after: Option<(Timestamp, ArticleId)>,
        limit: usize,
    ) -> Result<Vec<StoredText>, StoreError> {
        self.ask(move |conn| texts::page(conn, since, after, limit))
            .await
    }

    async fn stored_by_id(
        &self,
        articles: Vec<ArticleId>,
    ) -> Result<Vec<StoredArticle>, StoreError> {
        self.ask(move |conn| texts::by_id(conn, &articles)).await
    }

    async fn stored_hits(
        &self,
        watch: &str,
        since: Timestamp,
    ) -> Result<Vec<StoredHit>, StoreError> {
        let watch = watch.to_owned();
        self.ask(move |conn| texts::hits(conn, &watch, since)).await
    }

    async fn free_bytes(&self) -> Result<Option<u64>, StoreError> {
        // Asked of the system, without waiting for a disk.
        Ok(care::free(&self.path))
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.ask(totals::totals).await
    }

    async fn gauges(&self) -> Result<Gauges, StoreError> {
        self.ask(gauges::gauges).await
    }

    async fn lags(&self, since: Timestamp) -> Result<Vec<SignedDuration>, StoreError> {
        self.ask(move |conn| totals::lags(conn, since)).await
    }

    async fn next_digests(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        self.ask(digests::next).await
    }
}
