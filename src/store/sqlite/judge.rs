//! Stage `judge`: claiming texts, committing what judging them came to.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::rows::{Columns, count, ms, to_json};
use super::versions::unchanged_until;
use super::{alerts, articles, read, rereads, settling, stories, story_edits};
use crate::model::{
    ArticleId, Claim, Committed, Hit, Judgement, Lessee, NearMiss, ReadArticle, StoryId,
};
use crate::store::{ArticleSteps, JudgementReport};

/// Newest first, backlog last.
pub(super) const CLAIM: &str = "update article set leased_by = :lessee, leased_until = :until,
         lease_no = lease_no + 1, attempt = attempt + 1
     where id in (
         select id from article
         where state = 'read' and due_at is null and leased_until <= :now
         order by backlog, sort_at desc limit :limit)
     returning *";
/// The fence of a commit.
pub(super) const FENCE: &str = "select version, sort_at from article
     where id = ?1 and lease_no = ?2 and leased_by is not null and state = 'read'";
/// An article that no stage has in hand or is about to take.
pub(super) const FREE: &str = "select version, sort_at from article
     where id = ?1 and leased_until <= ?2 and state = 'judged'";
/// The fence of a release, whatever the stage.
pub(super) const FENCE_ANY: &str =
    "select attempt from article where id = ?1 and lease_no = ?2 and leased_by is not null";

/// See `Store::claim_read`.
pub(super) fn claim(
    conn: &Connection,
    lessee: &Lessee,
    limit: usize,
) -> rusqlite::Result<Vec<Claim<ReadArticle>>> {
    conn.prepare_cached(read::WAKE)?
        .execute(params!["read", ms(lessee.now)])?;
    let mut claims: Vec<ReadClaim> = conn
        .prepare_cached(CLAIM)?
        .query_map(
            named_params! {
                ":lessee": lessee.name,
                ":until": ms(lessee.until()),
                ":now": ms(lessee.now),
                ":limit": count(limit),
            },
            read_claim,
        )?
        .collect::<rusqlite::Result<_>>()?;
    claims.sort_by_key(|found| {
        let item = &found.claim.item;
        (item.backlog, std::cmp::Reverse(found.sort_at), item.id)
    });
    for found in &mut claims {
        complete(conn, &mut found.claim.item, found.judged_version)?;
    }
    Ok(claims.into_iter().map(|found| found.claim).collect())
}

struct ReadClaim {
    claim: Claim<ReadArticle>,
    sort_at: i64,
    judged_version: u32,
}

fn read_claim(row: &rusqlite::Row<'_>) -> rusqlite::Result<ReadClaim> {
    Ok(ReadClaim {
        claim: Claim {
            item: article_of(row)?,
            lease_no: row.get("lease_no")?,
            attempt: row.get("attempt")?,
        },
        sort_at: row.get("sort_at")?,
        judged_version: row.get("judged_version")?,
    })
}

/// What stands in the row of `article` itself.
pub(super) fn article_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<ReadArticle> {
    Ok(ReadArticle {
        id: ArticleId(row.get("id")?),
        url: row.get("url")?,
        article: Default::default(),
        entry: Default::default(),
        feeds: Vec::new(),
        tags: Vec::new(),
        lang_hint: None,
        first_seen: row.instant("first_seen")?,
        dated_at: row.instant("sort_at")?,
        backlog: row.get("backlog")?,
        late: row.get("late")?,
        version: row.get("version")?,
        before: None,
        reread: false,
        gone: row.get::<_, u8>("gone")? == 1,
        story: None,
        judged_by: row.get("rule_set")?,
    })
}

/// Adds the text, and what the entries and feeds say.
pub(super) fn add_text(conn: &Connection, item: &mut ReadArticle) -> rusqlite::Result<()> {
    let named = articles::named(conn, item.id.0)?;
    item.entry = named.entry;
    item.feeds = named.feeds;
    item.tags = named.tags;
    item.lang_hint = named.lang;
    item.article = articles::text(conn, item.id.0, item.version)?.unwrap_or_default();
    Ok(())
}

/// Adds what stands in other tables.
fn complete(
    conn: &Connection,
    item: &mut ReadArticle,
    judged_version: u32,
) -> rusqlite::Result<()> {
    add_text(conn, item)?;
    if judged_version > 0 && judged_version < item.version {
        let unchanged = unchanged_until(conn, item.id.0, judged_version, item.version)?;
        if unchanged == item.version {
            item.reread = true;
        } else {
            item.before = articles::text(conn, item.id.0, unchanged)?;
        }
    }
    item.story = stories::of_article(conn, item.id.0)?;
    Ok(())
}

/// See `Store::commit_judgement`.
pub(super) fn commit(
    conn: &Connection,
    article: ArticleId,
    lease_no: i64,
    judgement: Judgement,
) -> rusqlite::Result<Committed<JudgementReport>> {
    let held = conn
        .prepare_cached(FENCE)?
        .query_row(params![article.0, lease_no], |row| {
            Ok((row.get::<_, u32>(0)?, row.instant("sort_at")?))
        })
        .optional()?;
    let Some((version, dated_at)) = held else {
        return Ok(Committed::Stale);
    };
    let is_outdated = version == judgement.version && is_outdated(conn, article, &judgement)?;
    if version != judgement.version || is_outdated && judgement.is_last_look {
        give_back(conn, article)?;
        return Ok(Committed::Stale);
    }
    if is_outdated {
        return Ok(Committed::Outdated);
    }
    let mut report = walked(conn, article, &judgement)?;
    write_hits(conn, article, &judgement)?;
    write_near_misses(conn, article, &judgement.near_misses, judgement.at)?;
    if let Some(choice) = judgement.story {
        let story = stories::join(conn, article, choice, judgement.at)?;
        stories::put_fingerprint(conn, article, dated_at, &judgement)?;
        report.story = Some(story);
        write_alerts(conn, article, story, &judgement, &mut report)?;
        if stories::is_told(conn, article)? {
            rereads::arrange(conn, article, &judgement.rereads, judgement.at)?;
        }
    }
    conn.prepare_cached(
        "update article set state = 'judged', gone = iif(gone = 1, 2, gone), judged_version = version, rejudge = 0, judged_at = ?2,
             rule_set = ?3, leased_by = null, leased_until = 0, attempt = 0
         where id = ?1",
    )?
    .execute(params![article.0, ms(judgement.at), judgement.rule_set])?;
    Ok(Committed::Done(report))
}

/// When the article came to where it is, and a text of it for its first time.
pub(super) const WALKED: &str =
    "select a.first_seen, a.backlog, a.judged_version, v.read_at from article as a
     join article_version as v on v.article_id = a.id and v.version = a.version where a.id = ?1";
/// What hits an article before it is judged again.
pub(super) const HITS_BEFORE: &str =
    "select watch from hit where article_id = ?1 and withdrawn_at is null";

/// A report with how the article came here and which watches are new to it; to be asked before the hits are written.
fn walked(
    conn: &Connection,
    article: ArticleId,
    judgement: &Judgement,
) -> rusqlite::Result<JudgementReport> {
    let mut hits: Vec<String> = judgement.hits.iter().map(|hit| hit.watch.clone()).collect();
    let (steps, is_first, is_backlog) =
        conn.prepare_cached(WALKED)?.query_row([article.0], |row| {
            let steps = ArticleSteps {
                seen_at: row.instant("first_seen")?,
                read_at: row.instant("read_at")?,
            };
            Ok((
                steps,
                row.get::<_, u32>("judged_version")? == 0,
                row.get::<_, bool>("backlog")?,
            ))
        })?;
    if !is_first && !hits.is_empty() {
        let mut known = conn.prepare_cached(HITS_BEFORE)?;
        let known: Vec<String> = known
            .query_map([article.0], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        hits.retain(|watch| !known.contains(watch));
    }
    Ok(JudgementReport {
        hits,
        steps: (is_first && !is_backlog).then_some(steps),
        ..JudgementReport::default()
    })
}

/// See `Store::commit_backfill`.
pub(super) fn backfill(
    conn: &Connection,
    article: ArticleId,
    judgement: &Judgement,
) -> rusqlite::Result<Committed<JudgementReport>> {
    let free = conn
        .prepare_cached(FREE)?
        .query_row(params![article.0, ms(judgement.at)], |row| {
            Ok((row.get::<_, u32>(0)?, row.instant("sort_at")?))
        })
        .optional()?;
    let Some((version, dated_at)) = free else {
        return Ok(Committed::Stale);
    };
    if version != judgement.version {
        return Ok(Committed::Stale);
    }
    if is_outdated(conn, article, judgement)? {
        return Ok(Committed::Outdated);
    }
    for hit in &judgement.hits {
        write_hit(conn, article, judgement, hit)?;
    }
    let mut report = JudgementReport::default();
    if let Some(choice) = judgement.story {
        let known = stories::of_article(conn, article.0)?;
        let story = match known {
            // It stays what it is there: a copy, or the original.
            Some(story) => story,
            None => stories::join(conn, article, choice, judgement.at)?,
        };
        if known.is_none() {
            stories::put_fingerprint(conn, article, dated_at, judgement)?;
        }
        report.story = Some(story);
        write_alerts(conn, article, story, judgement, &mut report)?;
        alerts::mark_backfilled(conn, &report.alerts, judgement.at)?;
    }
    Ok(Committed::Done(report))
}

/// True when something that the judgement was based on is no longer so.
fn is_outdated(
    conn: &Connection,
    article: ArticleId,
    judgement: &Judgement,
) -> rusqlite::Result<bool> {
    let Some(choice) = judgement.story else {
        return Ok(false);
    };
    Ok(
        stories::has_newer(conn, article, &judgement.story_keys, judgement.watermark)?
            || !stories::exists(conn, choice)?
            || story_edits::was_moved(conn, article, choice)?
            || settling::has_newer(conn, article, judgement)?
            || alerts::any_changed(conn, choice, &judgement.alerts)?,
    )
}

/// The article waits for `judge` again, and the try does not count towards parking.
fn give_back(conn: &Connection, article: ArticleId) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update article set leased_by = null, leased_until = 0, attempt = max(attempt - 1, 0)
         where id = ?1",
    )?
    .execute([article.0])
}

fn write_alerts(
    conn: &Connection,
    article: ArticleId,
    story: StoryId,
    judgement: &Judgement,
    report: &mut JudgementReport,
) -> rusqlite::Result<()> {
    for change in &judgement.alerts {
        let (alert, kind, deliveries) = alerts::apply(conn, article, story, change, judgement.at)?;
        report.alerts.push((alert, kind));
        report.deliveries += deliveries;
    }
    Ok(())
}

/// Writes the hits. Earlier ones that are no longer found are withdrawn, not deleted: the alert that
/// was sent because of them still has to show why.
fn write_hits(
    conn: &Connection,
    article: ArticleId,
    judgement: &Judgement,
) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "update hit set withdrawn_at = ?2 where article_id = ?1 and withdrawn_at is null",
    )?
    .execute(params![article.0, ms(judgement.at)])?;
    for hit in &judgement.hits {
        write_hit(conn, article, judgement, hit)?;
    }
    Ok(())
}

fn write_hit(
    conn: &Connection,
    article: ArticleId,
    judgement: &Judgement,
    hit: &Hit,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "insert into hit
             (watch, article_id, watch_version, score, evidence, sentences, version, at)
         values (:watch, :article, :watch_version, :score, :evidence, :sentences, :version, :at)
         on conflict (watch, article_id) do update set watch_version = excluded.watch_version,
             score = excluded.score, evidence = excluded.evidence, sentences = excluded.sentences,
             version = excluded.version, withdrawn_at = null",
    )?
    .execute(named_params! {
        ":watch": hit.watch,
        ":article": article.0,
        ":watch_version": hit.watch_version,
        ":score": hit.score,
        ":evidence": to_json(&hit.evidence)?,
        ":sentences": to_json(&hit.sentences)?,
        ":version": judgement.version,
        ":at": ms(judgement.at),
    })
}

fn write_near_misses(
    conn: &Connection,
    article: ArticleId,
    near_misses: &[NearMiss],
    at: Timestamp,
) -> rusqlite::Result<()> {
    conn.prepare_cached("delete from near_miss where article_id = ?1")?
        .execute([article.0])?;
    let mut insert = conn.prepare_cached(
        "insert or replace into near_miss (watch, article_id, why, at) values (?1, ?2, ?3, ?4)",
    )?;
    for miss in near_misses {
        insert.execute(params![miss.watch, article.0, miss.why, ms(at)])?;
    }
    Ok(())
}

/// See `Store::release_article`.
pub(super) fn release(
    conn: &Connection,
    article: ArticleId,
    lease_no: i64,
    retry_at: Timestamp,
    park_after: u32,
    why: &str,
) -> rusqlite::Result<Committed> {
    let attempt: Option<u32> = conn
        .prepare_cached(FENCE_ANY)?
        .query_row(params![article.0, lease_no], |row| row.get(0))
        .optional()?;
    let Some(attempt) = attempt else {
        return Ok(Committed::Stale);
    };
    let park = attempt >= park_after;
    conn.prepare_cached(
        "update article set state = iif(:park, 'parked', state), due_at = iif(:park, null, :due_at),
             last_error = :why, leased_by = null, leased_until = 0
         where id = :id",
    )?
    .execute(named_params! {
        ":id": article.0,
        ":park": park,
        ":due_at": ms(retry_at),
        ":why": why,
    })?;
    Ok(Committed::Done(()))
}
