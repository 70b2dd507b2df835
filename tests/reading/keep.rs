//! `[keep]`: what is kept, for how long, and what the config says when it is wrong.

use refinery::{Migration, Runner};
use rusqlite::Connection;

use crate::bed::{Bed, MORE, story};

fn read(more: &str) -> Bed {
    let bed = Bed::new(more);
    bed.page("1", &story("Meteor over the lake", MORE));
    // The second has no page: its article is made of the entry.
    bed.feed(&[
        ("1", "Meteor over the lake"),
        ("gone", "Meteor that is gone"),
    ]);
    bed.pass();
    bed
}

#[test]
fn a_page_is_kept_as_it_came_and_an_article_without_one_keeps_nothing() {
    let bed = read("");
    assert_eq!(
        bed.count("select count(*) from article where version > 0"),
        2
    );
    assert_eq!(bed.count("select count(*) from kept"), 1);
    let db = Connection::open(bed.path("w.db")).expect("a database");
    let (url, page): (String, Vec<u8>) = db
        .query_row("select url, page from kept_page", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a page");
    assert_eq!(url, bed.url("1"));
    let page = zstd::decode_all(page.as_slice()).expect("zstd");
    assert_eq!(page, story("Meteor over the lake", MORE).into_bytes());
    let status = bed.said(&["status"]);
    assert!(
        status.contains("kept pages   of 1 articles, 0.0 MB"),
        "{status}"
    );
    let said = bed.said(&["article", "reread"]);
    assert_eq!(
        said,
        "looked at 2, changed 0, unchanged 1, no page kept 1, failed 0\n"
    );
    let named = bed.run(&["article", "reread", &bed.url("gone")]);
    assert_eq!(named.status.code(), Some(1), "it was asked for: {named:?}");
}

#[test]
fn pages_expire_and_nothing_is_kept_when_it_is_off() {
    let bed = read("");
    bed.tamper("update kept set fetched_at = fetched_at - 40 * 86400000");
    bed.pass();
    assert_eq!(
        bed.count("select count(*) from kept_page"),
        0,
        "after 30 days"
    );
    for more in [
        "[keep]\npages = \"off\"\n",
        "[keep]\npages = \"0d\"\n",
        "[keep]\npages_bytes_max = 0\n",
    ] {
        let bed = read(more);
        assert_eq!(bed.count("select count(*) from kept"), 0, "{more}");
        assert!(
            bed.shown("1")["body"]
                .as_str()
                .expect("a body")
                .contains("Keller")
        );
    }
    let bed = read("[keep]\npages_bytes_max = \"10 B\"\n");
    assert_eq!(bed.count("select count(*) from kept"), 0, "more than fits");
}

#[test]
fn the_old_key_and_wrong_values_are_told_at_their_place() {
    let bed = Bed::new("[keep]\nbodies = \"30d\"\npages = \"2d\"\npages_bytes_max = \"1 GiB\"\n");
    bed.said(&["check"]);
    for (more, words) in [
        ("[keep]\npages = \"never\"\n", "or \"off\""),
        ("[keep]\npages_bytes_max = \"two GiB\"\n", "\"2 GiB\""),
        ("[keep]\npages_bytes_max = -1\n", "\"2 GiB\""),
        ("[keep]\npage = \"2d\"\n", "did you mean `pages`?"),
    ] {
        bed.configure(more);
        let output = bed.run(&["check"]);
        assert_eq!(output.status.code(), Some(1), "{more}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).expect("UTF-8");
        assert!(said.contains(words), "{more}: {said}");
    }
    let config = std::fs::read_to_string(bed.path("config.toml")).expect("a file");
    let config = config.replace(
        "path = \"w.db\"\n",
        "path = \"w.db\"\nkeep_bodies = \"90d\"\n",
    );
    std::fs::write(
        bed.path("config.toml"),
        config.replace("page = \"2d\"\n", ""),
    )
    .expect("a file");
    let output = bed.run(&["check"]);
    assert_eq!(output.status.code(), Some(1));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("UTF-8");
    assert!(
        said.contains("`keep_bodies` is now `[keep] bodies`"),
        "{said}"
    );
}

const BEFORE: &[(&str, &str)] = &[
    (
        "V1__first",
        include_str!("../../migrations/sqlite/0001_first.sql"),
    ),
    (
        "V2__polling",
        include_str!("../../migrations/sqlite/0002_polling.sql"),
    ),
    (
        "V3__polls",
        include_str!("../../migrations/sqlite/0003_polls.sql"),
    ),
    (
        "V4__health",
        include_str!("../../migrations/sqlite/0004_health.sql"),
    ),
    (
        "V5__websub",
        include_str!("../../migrations/sqlite/0005_websub.sql"),
    ),
    (
        "V6__claims",
        include_str!("../../migrations/sqlite/0006_claims.sql"),
    ),
    (
        "V7__host_memory",
        include_str!("../../migrations/sqlite/0007_host_memory.sql"),
    ),
];

#[test]
fn a_database_of_before_is_brought_up_to_date_and_its_articles_have_no_page() {
    let bed = Bed::new("");
    let mut db = Connection::open(bed.path("w.db")).expect("a database");
    db.execute_batch("pragma auto_vacuum = incremental; pragma journal_mode = wal")
        .expect("as the program makes it");
    let migrations: Vec<Migration> = BEFORE
        .iter()
        .map(|(name, sql)| Migration::unapplied(name, sql).expect("a migration"))
        .collect();
    Runner::new(&migrations)
        .run(&mut db)
        .expect("the schema of before");
    let url = bed.url("old");
    let now = wirewatch::world::World::real().clock.now().as_millisecond();
    db.execute_batch(&format!(
        "insert into article (id, url, host, state, backlog, late, first_seen, sort_at, version, judged_version, has_body)
         values (1, '{url}', 'h', 'judged', 0, 0, {now}, {now}, 1, 1, 1);
         insert into article_version (article_id, version, read_at, text_hash, title, origin, meta, body)
         values (1, 1, 1, x'00', 'Old meteor', 'page', '{{}}', 'One paragraph.\nAnother paragraph.')"
    ))
    .expect("an article");
    drop(db);
    bed.page("1", &story("Meteor over the lake", MORE));
    bed.feed(&[("1", "Meteor over the lake")]);
    bed.pass();
    let said = bed.said(&["article", "reread"]);
    assert_eq!(
        said,
        "looked at 2, changed 0, unchanged 1, no page kept 1, failed 0\n"
    );
    let output = bed.run(&["article", "show", &url, "--html"]);
    let html = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(html.contains("<p>One paragraph.</p>"), "{html}");
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(why.contains("no longer kept"), "{why}");
}

#[test]
fn help_teaches() {
    let bed = Bed::new("");
    let help = bed.said(&["article", "reread", "--help"]);
    for words in [
        "--dry-run",
        "--since",
        "--feed",
        "--host",
        "--json",
        "judged again",
        "daemon",
        "[keep]",
        "Exit codes",
    ] {
        assert!(help.contains(words), "{words}: {help}");
    }
}
