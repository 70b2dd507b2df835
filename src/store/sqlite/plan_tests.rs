//! No claim and no look-up of a commit may walk a table: asked of SQLite's own plan, on a filled
//! database, before and after it has statistics.

use rusqlite::Connection;

use super::queries::{background, digests, gauges, totals};
use super::{
    alert_merge, alert_view, alerts, articles, audit, bodies, bursts, candidates, channel_states,
    connect, digest, due, entries, health, host_memory, judge, kept, late, life, marks, outbox,
    plan, poll, poll_claim, poll_log, purge, read, rereads, send, settling, stored, stories,
    story_edits, subscriptions, texts, tidy, twins, versions,
};

const STATEMENTS: &[(&str, &str)] = &[
    ("claim due feeds", poll_claim::DUE.first),
    ("more due feeds", poll_claim::DUE.is_more),
    ("hosts of due feeds", poll_claim::DUE.hosts),
    ("claim due feeds of a host", poll_claim::DUE.of_host),
    ("claim all feeds", poll_claim::ALL.first),
    ("more of all feeds", poll_claim::ALL.is_more),
    ("hosts of all feeds", poll_claim::ALL.hosts),
    ("claim all feeds of a host", poll_claim::ALL.of_host),
    ("claim one feed", poll_claim::ONE),
    ("feeds polled in the future", poll_claim::LAST_POLL_AHEAD),
    ("a good poll", poll::SUCCEED),
    ("a failed poll", poll::FAIL),
    ("known keys", entries::KNOWN_KEYS),
    ("twin of a feed", twins::TWIN),
    ("duplicates without their feed", twins::ORPHANS),
    ("duplicates of a feed", twins::OF_FEED),
    ("entry by key", entries::BY_KEY),
    ("article by address", entries::ARTICLE_BY_URL),
    ("wake waiting articles", read::WAKE),
    ("claim wanted articles", read::CLAIM),
    ("hosts of wanted articles", read::HOSTS),
    ("claim wanted articles of a host", read::CLAIM_OF_HOST),
    ("wake articles to be read again", rereads::WAKE),
    ("mark articles to be read again", rereads::MARK),
    ("postpone articles to be read again", rereads::POSTPONE),
    ("schedule of an article", rereads::OF_ARTICLE),
    ("claimed to be read again", rereads::CLAIMED),
    ("first reading of an article", rereads::FIRST_READ),
    ("alerts told of an article", stories::IS_TOLD),
    ("alerts of a story", alert_merge::OF_STORY),
    ("a story", story_edits::STORY),
    ("articles of a story", story_edits::ARTICLES),
    ("copies without their original", story_edits::LONELY_COPIES),
    ("fingerprint of an article", story_edits::FINGERPRINT),
    ("fence of a read", read::FENCE),
    ("hash of the stored text", versions::HASH),
    ("texts of an article", versions::ALL),
    ("claim read articles", judge::CLAIM),
    ("fence of a judgement", judge::FENCE),
    ("fence of a release", judge::FENCE_ANY),
    ("way of an article", judge::WALKED),
    ("hits of an article", judge::HITS_BEFORE),
    ("text of an article", articles::TEXT),
    ("entries of an article", articles::ENTRIES),
    ("articles with a key", candidates::HOLDERS),
    ("story candidates", candidates::CANDIDATE),
    ("watermark", stories::WATERMARK),
    ("reports of a watch", settling::REPORTS),
    ("reports of a watch after a look", settling::REPORTS_AFTER),
    ("newer reports of a watch", settling::NEWER),
    ("end of what is held", settling::END),
    ("independent articles of an alert", settling::INDEPENDENT),
    ("newer fingerprints", stories::NEWER),
    ("story of an article", stories::OF_ARTICLE),
    ("whose text an article repeats", stories::ORIGIN),
    ("copies get another original", stories::COPIES),
    ("an article that is free", judge::FREE),
    ("articles of the past", stored::PAGE),
    ("texts of the past", texts::PAGE),
    ("entries of a text", texts::ENTRIES),
    ("hits of a watch", texts::HITS),
    ("an article of the past", stored::BY_ID),
    ("number of articles of the past", stored::COUNT),
    ("watches of an article", stored::WATCHES),
    ("entries to be deleted", purge::ENTRIES),
    ("alert of a story", alerts::BY_STORY),
    ("watches of a story", alerts::WATCHES),
    ("reports of an alert", alerts::REPORTS),
    ("article of an alert", alerts::HAS_ARTICLE),
    ("sources of an alert", alerts::SOURCES),
    ("alert", alert_view::ALERT),
    ("mark of an alert", marks::OF_ALERT),
    ("alerts whose life goes on", life::DUE),
    ("newest article of an alert", life::NEWEST),
    ("busy watches", bursts::BUSY),
    ("hits of a busy watch", bursts::HITS),
    ("since when a watch is there", bursts::SINCE),
    ("alert of a burst", bursts::ALERT),
    ("trail of an alert", audit::OF_ALERT),
    ("note of a message", send::NOTE),
    ("whether there is an alert", marks::EXISTS),
    ("articles of an alert", alert_view::ARTICLES),
    ("claim deliveries", send::CLAIM),
    ("first word on an alert", send::THREAD),
    ("deliveries of a quiet channel", plan::HOLD_QUIET),
    ("deliveries under a cap", plan::WAITING),
    ("sent under a cap", plan::SENT),
    ("in hand under a cap", plan::IN_HAND),
    ("held back", plan::HELD),
    ("what waits for a held channel", channel_states::WAIT),
    (
        "all that waits for a held channel",
        channel_states::HOLD_ALL,
    ),
    ("what waited too long", channel_states::GIVE_UP),
    ("what is due again", channel_states::DUE_AGAIN),
    ("corrections of a group", late::CORRECTIONS),
    ("notes of a group", late::NOTES),
    ("tries of a delivery", outbox::ATTEMPTS),
    ("fence of an attempt", send::FENCE),
    ("correction", send::CORRECTION),
    ("channels with late deliveries", late::CHANNELS),
    ("late deliveries", late::MEMBERS),
    ("waiting late deliveries", late::END_WAIT),
    ("alerts of a group", late::ALERTS),
    ("facts of feeds", health::FACTS),
    ("open troubles of feeds", health::OPEN),
    ("news of a feed", health::NEWS),
    ("last news of a feed", health::LAST_NEWS),
    ("the trouble before", health::BEFORE),
    ("end of a trouble", health::END),
    ("troubles to be told", health::BEGUN),
    ("recoveries to be told", health::OVER),
    ("feeds of a body", bodies::FEEDS),
    ("bodies of a feed", bodies::OF_FEED),
    ("answered again", poll_log::ANSWERED),
    ("failed again", poll_log::FAILED_AGAIN),
    ("old lines of a history", poll_log::FORGET),
    ("history of a feed", poll_log::OF_FEED),
    ("claim digests", digest::CLAIM),
    ("fence of a digest", digest::FENCE),
    ("when a digest was sent", digest::SENT),
    ("digests that told of an alert", background::TOLD_IN),
    ("version of the newest hit", background::VERSION),
    ("hits of the last days", background::HITS),
    ("newest text of an address", digests::BODY),
    ("a day with articles", background::ALIVE),
    ("claim subscriptions", subscriptions::CLAIM),
    ("fence of a subscription", subscriptions::FENCE),
    ("subscription by token", subscriptions::BY_TOKEN),
    ("subscription of a feed", subscriptions::OF_FEED),
    ("feed of a push", subscriptions::PUSHED),
    ("versions of the publisher", versions::PUBLISHED_SINCE),
    ("drop pages", kept::DROP),
    ("kept pages of an article", kept::PAGES),
    ("article with kept pages", kept::ARTICLE),
    ("fence of a reread", kept::FENCE),
    ("oldest kept pages", kept::OLDEST),
    ("articles to be read again", kept::HEADS),
    ("number of articles to be read again", kept::COUNT),
    ("old bodies", tidy::OLD_BODIES),
    ("old near misses", tidy::OLD_NEAR_MISSES),
    ("old fingerprints", tidy::OLD_FINGERPRINTS),
    ("memory of a host", host_memory::OF_HOST),
    ("old memories", host_memory::OLD),
    ("lags", totals::LAGS),
];

/// Thousands of rows in every table that grows.
const FILL: &str = "
    create temp table n as with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
        select i from n;
    insert into host select 'host' || i, i from n where i <= 300;
    insert into feed (id, url, host, kind, tags, position, due_at, polled_at)
        select i, 'u' || i, 'host' || (i % 300), 'feed', '[]', i, i, i from n where i <= 2000;
    insert into article (id, url, host, state, due_at, backlog, late, first_seen, sort_at, has_body)
        select i, 'u' || i, 'host' || (i % 300),
            case i % 10 when 1 then 'wanted' when 2 then 'read' when 3 then 'wanted' else 'judged' end,
            iif(i % 10 = 3, i, null), i % 2, 0, i, i, 1 from n;
    insert into kept select i, i, '0', 1 from n;
    insert into kept_page select i, 0, 'u', 'u', null, i, x'00' from n;
    insert into article_version (article_id, version, read_at, text_hash, title, origin, meta, body)
        select i, 1, i, x'00', 't', 'page', '{}', 'b' from n;
    insert into entry (feed_id, key, hash, article_id, authors, meta, first_seen, changed_at)
        select 1 + i % 2000, 'k' || i, x'00', i, '[]', '{}', i, i from n;
    insert into reread select i, '[]', iif(i % 2, i, null), 0 from n;
    insert into story (id, created_at, updated_at) select i, i, i from n;
    insert into story_article select i, i, null from n;
    insert into fingerprint select i, i, i, x'00' from n;
    insert into story_key select i % 1000, i from n;
    insert into hit select 'w' || (i % 9), i, 'v', 1.0, '[]', '[]', 1, i, null from n where i % 3 = 0;
    insert into near_miss select 'w', i, 'y', i from n;
    insert into alert (id, watch, watch_title, severity, state, story_id, created_at, updated_at, revision, late, due_at)
        select i, 'w', 't', 'high', 'open', i, i, i, 1, 0, i from n;
    insert into audit (at, by, what, alert_id) select i, 'b', 'acked', i from n;
    insert into burst (watch, at, until, alert_id, note) select 'w' || (i % 9), i, i, i, 'n' from n;
    insert into alert_article select i, i from n;
    insert into alert_event (seq, alert_id, revision, kind, article_id, at)
        select i, i, 1, 'new', i, i from n;
    insert into delivery (key, alert_id, revision, channel, kind, state, late, created_at, due_at)
        select 'k' || i, i, 1, 'c', 'new', iif(i % 50, 'sent', 'pending'), i % 2, i, i from n;
    insert into feed_bodies select i, '[]' from n where i <= 2000;
    insert into poll_log (feed_id, at, last_at, result) select 1 + i % 2000, i, i, 'fetched' from n;
    insert into trouble (feed_id, kind, since, opened_at, why, tell_at, told_at, ended_at, recovery_told_at)
        select 1 + i % 2000, 'failing', i, i, 'w', i, i, 
        iif(i % 100 or i > 2000, i, null), iif(i % 100 or i > 2000, i, null) from n;
    insert into digest_schedule (name, schedule, next_at, after_seq)
        select 'd' || i, 's', i, 0 from n;
    insert into host_memory select 'host' || i, i, 1, 'm' from n;
    insert into subscription (feed_id, hub, topic, callback, token, state, due_at)
        select i, 'h', 't', 'c', 't' || i, 'verified', i from n where i <= 2000;
";

fn steps_of(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn
        .prepare(&format!("explain query plan {sql}"))
        .unwrap_or_else(|error| panic!("{error}: {sql}"));
    statement
        .raw_query()
        .mapped(|row| row.get("detail"))
        .collect::<rusqlite::Result<_>>()
        .expect("a plan")
}

/// True for a step that reads all rows of a stored table or index. What a subquery, a window or a
/// JSON array yields is bounded by the statement itself.
fn walks(step: &str) -> bool {
    // `min()` over a table without an index for it is called a search, too. The highest id of
    // `fingerprint` is one step, and `digest_schedule` has as many rows as the config has digests.
    let harmless = ["SEARCH fingerprint", "SEARCH digest_schedule"];
    if step.starts_with("SEARCH ") && !step.contains(" USING ") && !harmless.contains(&step) {
        return true;
    }
    let Some(what) = step.strip_prefix("SCAN ") else {
        return false;
    };
    let bounded = [
        "(subquery",
        "json_each",
        "feed USING INDEX feed_parked",
        "waiting",
        "wanted VIRTUAL TABLE",
        "found",
        "CONSTANT ROW",
    ];
    !bounded.iter().any(|name| what.starts_with(name))
}

fn check_all(conn: &Connection, when: &str) {
    let due = [
        due::POLL,
        due::READ,
        due::JUDGE,
        due::SEND,
        due::DIGEST,
        due::SUBSCRIBE,
        due::LIFE,
    ]
    .concat();
    let due = due.into_iter().map(|sql| ("next due", sql));
    for (name, sql) in STATEMENTS.iter().copied().chain(due) {
        let steps = steps_of(conn, sql);
        assert!(
            !steps.iter().any(|step| walks(step)),
            "`{name}` {when} walks a table:\n{}",
            steps.join("\n")
        );
    }
}

#[test]
fn no_claim_and_no_look_up_walks_a_table() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let conn =
        connect::open_writer(&dir.path().join("plan.db"), None, &mut |_| ()).expect("a database");
    check_all(&conn, "on the empty database");
    conn.execute_batch(FILL)
        .expect("the filling fits the schema");
    check_all(&conn, "without statistics");
    conn.execute_batch("analyze").expect("statistics");
    check_all(&conn, "with statistics");
}

/// What the metrics count is walked, by an index that holds nothing else; feeds are counted by their health, which only
/// their rows tell.
#[test]
fn the_metrics_walk_what_they_count_and_no_more() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let conn =
        connect::open_writer(&dir.path().join("plan.db"), None, &mut |_| ()).expect("a database");
    conn.execute_batch(FILL)
        .expect("the filling fits the schema");
    for when in ["", "analyze"] {
        conn.execute_batch(when).expect("statistics");
        for (sql, counted) in [
            (gauges::FEEDS, &["feed"][..]),
            (gauges::WAITING, &["delivery_channel"]),
            (gauges::DEAD, &["delivery_dead"]),
            (
                gauges::NUMBERS,
                &["article_parked", "alert_open", "pragma_page_"],
            ),
        ] {
            let steps = steps_of(&conn, sql);
            for step in steps.iter().filter(|step| walks(step)) {
                let is_counted = counted.iter().any(|name| match *name {
                    "feed" => step == "SCAN feed",
                    "pragma_page_" => step.starts_with("SCAN pragma_page_"),
                    index => step.ends_with(&format!(" INDEX {index}")),
                });
                assert!(is_counted, "{step}: {steps:?}");
            }
        }
    }
}

#[test]
fn claims_in_order_need_no_sorting_of_what_waits() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let conn =
        connect::open_writer(&dir.path().join("plan.db"), None, &mut |_| ()).expect("a database");
    conn.execute_batch(FILL)
        .expect("the filling fits the schema");
    for sql in [
        judge::CLAIM,
        send::CLAIM,
        tidy::OLD_BODIES,
        kept::OLDEST,
        kept::NEWEST,
        kept::HEADS,
        stored::PAGE,
    ] {
        let steps = steps_of(&conn, sql);
        assert!(
            !steps.iter().any(|step| step.contains("TEMP B-TREE")),
            "sorts:\n{}",
            steps.join("\n")
        );
    }
}

#[test]
fn a_walk_is_seen() {
    let conn = Connection::open_in_memory().expect("a database");
    conn.execute_batch("create table t (a, b); create index t_b on t (b)")
        .expect("a table");
    for sql in ["select a from t", "select b from t order by b"] {
        assert!(steps_of(&conn, sql).iter().any(|step| walks(step)), "{sql}");
    }
}
