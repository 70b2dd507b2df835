//! A store on an empty database, and short ways to push things through its stages.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use wirewatch::model::{
    AlertChange, AlertKind, AlertState, Article, ArticleId, Claim, Committed, Deed, EntryDate,
    EvidenceSentence, Feed, FeedFormat, FeedId, FeedKind, FeedSpec, Field, Hit, Judgement, Lessee,
    ParsedEntry, PartNumber, PollOutcome, PollResult, PolledEntry, ReadArticle, ReadOutcome,
    SentenceSpan, Severity, Span, StoryChoice, Validators, WantedArticle,
};
use wirewatch::store::{
    FeedScope, JudgementReport, OpenMode, PollReport, Queries, SharedStore, SqliteStore,
};

/// Seconds after the begin of the test.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).expect("a time of this century")
}

pub fn lessee(name: &str, now: Timestamp) -> Lessee {
    Lessee {
        name: name.to_owned(),
        now,
        hold: SignedDuration::from_secs(60),
    }
}

pub struct Bed {
    pub store: SharedStore,
    pub queries: Arc<dyn Queries>,
    dir: TempDir,
}

impl Bed {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (store, queries) = open(&dir);
        Self {
            store,
            queries,
            dir,
        }
    }

    /// Drops the store without closing it, and opens it again.
    pub fn reopen(self) -> Self {
        let Self {
            store,
            queries,
            dir,
        } = self;
        drop((store, queries));
        let (store, queries) = open(&dir);
        Self {
            store,
            queries,
            dir,
        }
    }

    /// Feeds `https://site<n>.example/rss`, all due at `due`, in the order of their numbers.
    pub async fn feeds(&self, number: usize, due: Timestamp) -> Vec<FeedId> {
        let specs: Vec<_> = (0..number).map(|n| (Arc::new(spec(n)), due)).collect();
        self.store
            .sync_feeds(&specs, due)
            .await
            .expect("feeds are synced");
        let views = self.queries.feeds().await.expect("feeds are listed");
        views.iter().map(|view| view.id).collect()
    }

    pub async fn claim_feed(&self, feed: FeedId, now: Timestamp) -> Claim<Feed> {
        let scope = FeedScope::One {
            feed,
            since: Timestamp::MAX,
        };
        self.store
            .claim_feeds(&lessee("poller", now), scope, 1, 1, &[])
            .await
            .expect("a claim")
            .pop()
            .expect("the feed is free")
    }

    /// Polls a feed and commits these entries.
    pub async fn poll(
        &self,
        feed: FeedId,
        now: Timestamp,
        entries: Vec<PolledEntry>,
    ) -> PollReport {
        let claim = self.claim_feed(feed, now).await;
        let outcome = fetched(now, entries);
        done(
            self.store
                .commit_poll(feed, claim.lease_no, outcome)
                .await
                .expect("a commit"),
        )
    }

    pub async fn claim_wanted(&self, now: Timestamp) -> Vec<Claim<WantedArticle>> {
        self.store
            .claim_wanted(&lessee("reader", now), 100, 100, &[])
            .await
            .expect("a claim")
    }

    /// Reads all wanted articles; each gets the text that `text` makes of its address.
    pub async fn read_all(&self, now: Timestamp, text: impl Fn(&str) -> (String, String)) {
        for claim in self.claim_wanted(now).await {
            let (title, body) = text(&claim.item.url);
            let outcome = read(now, &title, &body);
            done(
                self.store
                    .commit_read(claim.item.id, claim.lease_no, outcome)
                    .await
                    .expect("a commit"),
            );
        }
    }

    pub async fn claim_read(&self, now: Timestamp) -> Vec<Claim<ReadArticle>> {
        self.store
            .claim_read(&lessee("judge", now), 100)
            .await
            .expect("a claim")
    }

    pub async fn commit(
        &self,
        claim: &Claim<ReadArticle>,
        judgement: Judgement,
    ) -> Committed<JudgementReport> {
        self.store
            .commit_judgement(claim.item.id, claim.lease_no, judgement)
            .await
            .expect("a commit")
    }

    /// One article at `url` on feed `feed`, read and claimed for `judge`.
    pub async fn article(&self, feed: FeedId, url: &str, now: Timestamp) -> Claim<ReadArticle> {
        self.poll(feed, now, vec![entry(url, url, "Entry title")])
            .await;
        self.read_all(now, |url| {
            (format!("Title of {url}"), format!("Body of {url}"))
        })
        .await;
        let mut claims = self.claim_read(now).await;
        claims.retain(|claim| claim.item.url == url);
        claims.pop().expect("the article waits to be judged")
    }
}

fn open(dir: &TempDir) -> (SharedStore, Arc<dyn Queries>) {
    let path = dir.path().join("contract.db");
    let name = "the contract test".to_owned();
    let store = SqliteStore::open(&path, OpenMode::Daemon { name }).expect("an open store");
    let store = Arc::new(store);
    (Arc::clone(&store) as _, store)
}

pub fn done<T>(committed: Committed<T>) -> T {
    match committed {
        Committed::Done(value) => value,
        Committed::Stale => panic!("the commit is stale"),
        Committed::Outdated => panic!("the commit is outdated"),
    }
}

pub fn spec(n: usize) -> FeedSpec {
    FeedSpec {
        url: format!("https://site{n}.example/rss"),
        host: format!("site{n}.example"),
        kind: FeedKind::Feed,
        tags: vec!["news".to_owned()],
        lang: None,
        interval: None,
    }
}

/// An entry with its key; an empty `url` is an entry without a link.
pub fn entry(key: &str, url: &str, title: &str) -> PolledEntry {
    PolledEntry {
        hash: *blake3_of(title).as_bytes(),
        article_url: url.to_owned(),
        article_host: "pages.example".to_owned(),
        backlog: false,
        late: false,
        date: EntryDate::Sent,
        entry: ParsedEntry {
            key: key.to_owned(),
            title: Some(title.to_owned()),
            link: (!url.is_empty()).then(|| format!("{url}?utm_source=rss")),
            ..ParsedEntry::default()
        },
    }
}

fn blake3_of(text: &str) -> blake3::Hash {
    blake3::hash(text.as_bytes())
}

pub fn fetched(now: Timestamp, entries: Vec<PolledEntry>) -> PollOutcome {
    PollOutcome {
        state: None,
        at: now,
        due_at: now + SignedDuration::from_mins(15),
        host_not_before: None,
        older: Vec::new(),
        result: PollResult::Fetched {
            validators: Validators::default(),
            body_hash: Some([7; 32]),
            format: FeedFormat::Rss,
            title: Some("The Example Times".to_owned()),
            language: Some("en".to_owned()),
            entries,
        },
    }
}

pub fn read(now: Timestamp, title: &str, body: &str) -> ReadOutcome {
    ReadOutcome::Read {
        at: now,
        article: Box::new(Article {
            title: title.to_owned(),
            body: body.to_owned(),
            lang: Some("en".to_owned()),
            ..Article::default()
        }),
        validators: Validators {
            etag: Some(b"\"v1\"".to_vec()),
            last_modified: None,
        },
        search_title: title.to_lowercase(),
        search_body: body.to_lowercase(),
        why: None,
        host_not_before: None,
        learnt: None,
        pages: Vec::new(),
        own: None,
    }
}

/// A judgement of the claimed article by the watch `asia`, with one alert told through `desk`.
pub fn judgement(
    claim: &Claim<ReadArticle>,
    now: Timestamp,
    story: StoryChoice,
    kind: Option<AlertKind>,
    seen_revision: i64,
) -> Judgement {
    Judgement {
        at: now,
        version: claim.item.version,
        rule_set: "r1".to_owned(),
        hits: vec![hit("asia")],
        near_misses: Vec::new(),
        story: Some(story),
        fingerprint: vec![1, 2, 3],
        story_keys: vec![u64::MAX, 42],
        watermark: i64::MAX,
        alerts: vec![AlertChange {
            watch: "asia".to_owned(),
            watch_title: "Asia".to_owned(),
            severity: Severity::High,
            state: AlertState::Open,
            kind,
            seen_revision,
            channels: vec!["desk".to_owned()],
            late: false,
            correction: None,
            news: kind == Some(AlertKind::Update),
            sources: 1,
            updates: 0,
            note: None,
            settles_at: None,
            due_at: None,
        }],
        compared_to: None,
        is_last_look: false,
        rereads: Vec::new(),
    }
}

/// What Ani does.
pub fn deed() -> Deed {
    Deed {
        by: "ani".to_owned(),
        at: at(0),
        why: Some("for a test".to_owned()),
    }
}

/// A judgement that found nothing.
pub fn nothing(claim: &Claim<ReadArticle>, now: Timestamp) -> Judgement {
    let mut judgement = judgement(claim, now, StoryChoice::New, None, 0);
    judgement.hits.clear();
    judgement.alerts.clear();
    judgement.story = None;
    judgement
}

fn hit(watch: &str) -> Hit {
    Hit {
        watch: watch.to_owned(),
        watch_version: "w1".to_owned(),
        score: 1.5,
        evidence: vec![Span {
            field: Field::Title,
            part: PartNumber::FIRST,
            start: 0,
            end: 5,
            text: "Title".to_owned(),
            why: "\"title\"".to_owned(),
        }],
        sentences: vec![EvidenceSentence {
            field: Field::Title,
            part: PartNumber::FIRST,
            sentence: "Title proves it".to_owned(),
            spans: vec![SentenceSpan {
                start: 0,
                end: 5,
                text: "Title".to_owned(),
                why: "\"title\"".to_owned(),
            }],
        }],
    }
}

pub fn ids<T>(claims: &[Claim<T>], id: impl Fn(&T) -> ArticleId) -> Vec<ArticleId> {
    claims.iter().map(|claim| id(&claim.item)).collect()
}
