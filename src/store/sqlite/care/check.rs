//! Looking for damage, and where the bytes are.

use std::path::Path;

use rusqlite::Connection;

use super::restore::open;
use crate::store::sqlite::faults::store_error;
use crate::store::sqlite::rows::Columns;
use crate::store::sqlite::schema;
use crate::store::{CheckReport, Progress, Step, StoreError, TableSize};

/// Complaints of one kind that are told.
const TOLD: usize = 100;

/// The bytes of tables with their indexes; what the search index is made of counts as one.
const SIZES: &str = "select case when owner like 'article\\_words%' escape '\\' then 'article_words' else owner end as name,
         sum(pgsize) as bytes
     from (select coalesce(s.tbl_name, d.name) as owner, d.pgsize
         from dbstat as d left join sqlite_schema as s on s.name = d.name where d.aggregate = true)
     group by 1 order by bytes desc, name";
/// Articles whose words are not in the search index, and rows of it that are no article's.
const WORDS: &str = "select
     (select count(*) from article where version > 0 and id not in (select id from article_words_docsize)) as missing,
     (select count(*) from article_words_docsize where id not in (select id from article)) as left_over";

/// Looks through the database at `path`, beside whoever writes to it.
///
/// # Errors
/// When it cannot be read at all; damage is an answer, not an error.
pub fn check(path: &Path, progress: &mut dyn FnMut(Progress)) -> Result<CheckReport, StoreError> {
    let mut report = CheckReport::default();
    match look(path, &mut report, progress) {
        Err(StoreError::Corrupt { why, .. }) => report.damage.push(why),
        looked => looked?,
    }
    Ok(report)
}

fn look(
    path: &Path,
    report: &mut CheckReport,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), StoreError> {
    report.schema = schema::version_of(path)?;
    let conn = open(path)?;
    let fault = |error| store_error(path, &error);
    progress(Progress::new(Step::Checking, 0));
    // Virtual tables are asked too: the search index checks itself.
    for line in lines(&conn, &format!("pragma integrity_check({TOLD})")).map_err(fault)? {
        if line != "ok" {
            report.damage.push(line);
        }
    }
    progress(Progress::new(Step::Checking, 50));
    report.damage.extend(dangling(&conn).map_err(fault)?);
    progress(Progress::new(Step::Checking, 75));
    if report.schema > 0 {
        report.damage.extend(words(&conn).map_err(fault)?);
    }
    measure(&conn, report).map_err(fault)?;
    progress(Progress::new(Step::Checking, 100));
    Ok(())
}

fn lines(conn: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    conn.prepare(sql)?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// Rows that refer to rows which are not there.
fn dangling(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = conn.prepare(
        "select \"table\" as child, parent, count(*) as rows from pragma_foreign_key_check group by 1, 2",
    )?;
    statement
        .query_map([], |row| {
            let (child, parent): (String, String) = (row.get("child")?, row.get("parent")?);
            let rows = row.count("rows")?;
            Ok(format!(
                "{rows} rows of {child} refer to rows of {parent} that are not there"
            ))
        })?
        .collect()
}

fn words(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let (missing, left_over) = conn.query_row(WORDS, [], |row| {
        Ok((row.count("missing")?, row.count("left_over")?))
    })?;
    let mut found = Vec::new();
    if missing > 0 {
        found.push(format!("{missing} articles are not in the search index"));
    }
    if left_over > 0 {
        found.push(format!(
            "{left_over} rows of the search index are no article's"
        ));
    }
    Ok(found)
}

fn measure(conn: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let number = |name: &str| -> rusqlite::Result<u64> {
        conn.query_row(&format!("pragma {name}"), [], |row| {
            Ok(row.get::<_, i64>(0)?.unsigned_abs())
        })
    };
    let page = number("page_size")?;
    report.bytes = number("page_count")? * page;
    report.free_bytes = number("freelist_count")? * page;
    report.tables = conn
        .prepare(SIZES)?
        .query_map([], |row| {
            Ok(TableSize {
                name: row.get("name")?,
                bytes: row.count("bytes")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(())
}
