//! Stage `read`: claiming wanted articles, committing their texts.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::articles::named;
use super::rows::{Columns, count, ms, to_json};
use super::versions::{NewText, store_text};
use super::{bodies, host_memory, hosts, kept, rereads};
use crate::model::{
    ArticleId, Claim, Committed, Lessee, ReadOutcome, RereadOutcome, Validators, WantedArticle,
};

/// Candidates looked at per article asked for, so that `per_host` has something to choose from.
const WINDOW_FACTOR: usize = 4;
/// When to ask again for a page that a confused server calls unchanged although it was never read.
const UNREAD_RETRY: SignedDuration = SignedDuration::from_mins(15);

/// Lets articles whose time has come back into the claim's index; see `article.due_at`.
pub(super) const WAKE: &str = "update article set due_at = null where state = ?1 and due_at <= ?2";
/// Newest first, backlog last. Articles without a page (host '') bother no host.
pub(super) const CLAIM: &str = "update article set leased_by = :lessee, leased_until = :until,
         lease_no = lease_no + 1, attempt = attempt + 1
     where id in (
         select id from (
             select id, host, backlog, sort_at,
                 row_number() over (partition by host order by backlog, sort_at desc, id) as nth_of_host
             from (
                 select id, host, backlog, sort_at from article
                 where state = 'wanted' and due_at is null and leased_until <= :now
                     and host not in (select value from json_each(:busy))
                     and not exists (select 1 from host
                         where host.name = article.host and host.not_before > :now)
                 order by backlog, sort_at desc
                 limit :window))
         where nth_of_host <= :per_host or host = ''
         order by backlog, sort_at desc, id limit :limit)
     returning *";
/// The hosts that articles wait for, found by leaping from one to the next in the index, whatever the
/// number of articles.
pub(super) const HOSTS: &str = "with recursive waiting(host) as (
         select min(host) from article where state = 'wanted' and due_at is null
         union all
         select (select min(host) from article
                 where state = 'wanted' and due_at is null and host > waiting.host)
         from waiting where waiting.host is not null)
     select host from waiting
     where host is not null and host not in (select value from json_each(:busy))
         and not exists (select 1 from host
             where host.name = waiting.host and host.not_before > :now)
     limit :limit";
/// The newest articles of one host.
pub(super) const CLAIM_OF_HOST: &str = "update article set leased_by = :lessee,
         leased_until = :until, lease_no = lease_no + 1, attempt = attempt + 1
     where id in (
         select id from article
         where state = 'wanted' and due_at is null and host = :host and leased_until <= :now
         order by backlog, sort_at desc limit :limit)
     returning *";
/// The fence of a commit.
pub(super) const FENCE: &str = "select version, judged_version, rejudge from article
     where id = ?1 and lease_no = ?2 and leased_by is not null and state = 'wanted'";

/// See `Store::claim_wanted`.
pub(super) fn claim(
    conn: &Connection,
    lessee: &Lessee,
    limit: usize,
    per_host: usize,
    busy_hosts: &[String],
) -> rusqlite::Result<Vec<Claim<WantedArticle>>> {
    conn.prepare_cached(WAKE)?
        .execute(params!["wanted", ms(lessee.now)])?;
    rereads::wake(conn, lessee.now)?;
    let mut claims = Vec::new();
    if per_host > 0 {
        claims = claim_newest(conn, lessee, limit, per_host, busy_hosts)?;
        if claims.len() < limit {
            // The window was full of a few hosts: it must not hide the others.
            let mut busy = busy_hosts.to_vec();
            busy.extend(claims.iter().map(|(_, claim)| claim.item.host.clone()));
            claims.extend(claim_hosts(
                conn,
                lessee,
                limit - claims.len(),
                per_host,
                &busy,
            )?);
        }
    }
    claims.sort_by_key(|(order, claim)| (*order, claim.item.id));
    let mut claims: Vec<_> = claims.into_iter().map(|(_, claim)| claim).collect();
    for claim in &mut claims {
        let named = named(conn, claim.item.id.0)?;
        claim.item.entry = named.entry;
        claim.item.feeds = named.feeds;
        claim.item.lang_hint = named.lang;
        claim.item.reread = rereads::of_claim(conn, claim.item.id.0)?;
    }
    Ok(claims)
}

/// Backlog last, then newest first.
type Order = (bool, std::cmp::Reverse<i64>);

type OrderedClaim = (Order, Claim<WantedArticle>);

/// Claims out of the newest articles of all hosts.
fn claim_newest(
    conn: &Connection,
    lessee: &Lessee,
    limit: usize,
    per_host: usize,
    busy: &[String],
) -> rusqlite::Result<Vec<OrderedClaim>> {
    conn.prepare_cached(CLAIM)?
        .query_map(
            named_params! {
                ":lessee": lessee.name,
                ":until": ms(lessee.until()),
                ":now": ms(lessee.now),
                ":busy": to_json(busy)?,
                ":window": count(limit.saturating_mul(WINDOW_FACTOR)),
                ":per_host": count(per_host),
                ":limit": count(limit),
            },
            ordered_claim,
        )?
        .collect()
}

/// Claims the newest articles of each host that is not busy.
fn claim_hosts(
    conn: &Connection,
    lessee: &Lessee,
    limit: usize,
    per_host: usize,
    busy: &[String],
) -> rusqlite::Result<Vec<OrderedClaim>> {
    let hosts: Vec<String> = conn
        .prepare_cached(HOSTS)?
        .query_map(
            named_params! {
                ":busy": to_json(busy)?,
                ":now": ms(lessee.now),
                ":limit": count(limit),
            },
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    let mut claims = Vec::new();
    let mut statement = conn.prepare_cached(CLAIM_OF_HOST)?;
    for host in hosts {
        let left = limit - claims.len();
        let wanted = if host.is_empty() {
            left
        } else {
            per_host.min(left)
        };
        let found = statement.query_map(
            named_params! {
                ":lessee": lessee.name,
                ":until": ms(lessee.until()),
                ":now": ms(lessee.now),
                ":host": host,
                ":limit": count(wanted),
            },
            ordered_claim,
        )?;
        for claim in found {
            claims.push(claim?);
        }
        if claims.len() >= limit {
            break;
        }
    }
    Ok(claims)
}

fn ordered_claim(row: &rusqlite::Row<'_>) -> rusqlite::Result<OrderedClaim> {
    let order = (row.get("backlog")?, std::cmp::Reverse(row.get("sort_at")?));
    let item = WantedArticle {
        id: ArticleId(row.get("id")?),
        url: row.get("url")?,
        host: row.get("host")?,
        entry: Default::default(),
        feeds: Vec::new(),
        lang_hint: None,
        failures: row.get("failures")?,
        validators: row.validators()?,
        version: row.get("version")?,
        reread: None,
    };
    let claim = Claim {
        item,
        lease_no: row.get("lease_no")?,
        attempt: row.get("attempt")?,
    };
    Ok((order, claim))
}

/// See `Store::commit_read`.
pub(super) fn commit(
    conn: &Connection,
    article: ArticleId,
    lease_no: i64,
    outcome: ReadOutcome,
) -> rusqlite::Result<Committed> {
    let held = conn
        .prepare_cached(FENCE)?
        .query_row(params![article.0, lease_no], |row| {
            Ok(Versions {
                stored: row.get(0)?,
                judged: row.get(1)?,
                entry_changed: row.get(2)?,
            })
        })
        .optional()?;
    let Some(versions) = held else {
        return Ok(Committed::Stale);
    };
    match outcome {
        ReadOutcome::Read {
            at,
            article: text,
            validators,
            search_title,
            search_body,
            why,
            host_not_before,
            learnt,
            pages,
            own,
        } => {
            hosts::of_article_not_before(conn, article, host_not_before)?;
            if let Some(learnt) = learnt {
                host_memory::write(conn, learnt, at)?;
            }
            let new = NewText {
                at,
                article: &text,
                words: (&search_title, &search_body),
                reread: false,
            };
            let stored = store_own(conn, article, versions.stored, own.as_deref())?;
            let version = store_text(conn, article, stored, &new)?;
            kept::replace(conn, article, &pages)?;
            if versions.stored == 0 {
                bodies::note(conn, article, &text.body)?;
            }
            let versions = Versions {
                stored: version,
                ..versions
            };
            finish(conn, article, versions, Some(&validators), why.as_deref())?;
            rereads::advance(conn, article, at)?;
        }
        ReadOutcome::Missing { again_at, why, .. } => {
            finish(conn, article, versions, None, Some(&why))?;
            if rereads::note_missing(conn, article, again_at)? {
                conn.prepare_cached(
                    "update article set gone = 1, state = 'read' where id = ?1 and gone = 0",
                )?
                .execute([article.0])?;
            }
        }
        ReadOutcome::Unchanged { at } if versions.stored == 0 => {
            let due_at = at.saturating_add(UNREAD_RETRY).unwrap_or(Timestamp::MAX);
            retry(
                conn,
                article,
                due_at,
                "answered `not modified` before it was read",
            )?;
        }
        ReadOutcome::Unchanged { at } => {
            finish(conn, article, versions, None, None)?;
            rereads::advance(conn, article, at)?;
        }
        ReadOutcome::Retry {
            due_at,
            why,
            host_not_before,
            ..
        } => {
            hosts::of_article_not_before(conn, article, host_not_before)?;
            retry(conn, article, due_at, &why)?;
        }
    }
    Ok(Committed::Done(()))
}

/// Stores what our present reading makes of the pages kept so far, so that the version behind it holds the publisher's
/// changes and nothing else. Answers with the version that is stored then.
fn store_own(
    conn: &Connection,
    article: ArticleId,
    stored: u32,
    own: Option<&RereadOutcome>,
) -> rusqlite::Result<u32> {
    let Some(own) = own else {
        return Ok(stored);
    };
    let text = NewText {
        at: own.at,
        article: &own.article,
        words: (&own.search_title, &own.search_body),
        reread: true,
    };
    store_text(conn, article, stored, &text)
}

/// Which version is stored and which one was judged; 0 = none.
#[derive(Clone, Copy)]
struct Versions {
    stored: u32,
    judged: u32,
    /// An entry of the article says something else than when it was judged.
    entry_changed: bool,
}

/// Ends the claim: a text that was not judged yet, or whose entry has changed, waits for `judge`.
fn finish(
    conn: &Connection,
    article: ArticleId,
    versions: Versions,
    validators: Option<&Validators>,
    why: Option<&str>,
) -> rusqlite::Result<()> {
    let state = if versions.stored == versions.judged && !versions.entry_changed {
        "judged"
    } else {
        "read"
    };
    conn.prepare_cached(
        "update article set state = ?2, due_at = null, failures = 0, last_error = ?3,
             leased_by = null, leased_until = 0, attempt = 0
         where id = ?1",
    )?
    .execute(params![article.0, state, why])?;
    if let Some(validators) = validators {
        conn.prepare_cached("update article set etag = ?2, last_modified = ?3 where id = ?1")?
            .execute(params![
                article.0,
                validators.etag,
                validators.last_modified
            ])?;
    }
    Ok(())
}

fn retry(
    conn: &Connection,
    article: ArticleId,
    due_at: Timestamp,
    why: &str,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update article set due_at = ?2, failures = failures + 1, last_error = ?3,
             leased_by = null, leased_until = 0, attempt = 0
         where id = ?1",
    )?
    .execute(params![article.0, ms(due_at), why])
}
