//! Rules 18 to 20: parts of a feed, older pages of a feed, and feeds that ran away.

use wirewatch::pipeline::poll::Polled;

use crate::bed::{Bed, begin, minutes, ok, plain, reply, rss};
use crate::log::Log;
use crate::stand_in::{Reply, header};

const FEED: &str = "http://news.example/rss";

fn entries(bed: &Bed) -> String {
    bed.value("select group_concat(key, ' ' order by key) from entry")
}

#[tokio::test]
async fn rule_18_a_delta_is_merged_and_deletes_nothing() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let whole = plain(&["e2", "e1"]);
    let delta = |etag| reply(226, &[("im", "feed"), ("etag", etag)], &plain(&["e3"]));
    bed.answers(
        FEED,
        [
            ok(&[("etag", "\"a\"")], &whole),
            delta("\"b\""),
            ok(&[], &whole),
        ],
    );
    bed.poll_due().await;
    assert_eq!(bed.poll_next(FEED).await, [Polled::Fetched]);
    assert_eq!(entries(&bed), "e1 e2 e3");
    assert_eq!(
        bed.value("select json_extract(state, '$.entries_last') from feed"),
        "2"
    );
    assert_eq!(
        bed.poll_next(FEED).await,
        [Polled::Fetched],
        "a whole one is read"
    );
    let asked = bed.asked(FEED);
    assert_eq!(header(&asked[1], "a-im"), "feed");
    assert_eq!(header(&asked[2], "if-none-match"), "\"b\"");
}

fn page(names: &[&str], next: &str) -> Reply {
    let link = format!("<{next}>; rel=\"next\"");
    let links = [("link", link.as_str())];
    ok(if next.is_empty() { &[] } else { &links }, &plain(names))
}

#[tokio::test]
async fn rule_19_after_a_gap_older_pages_are_read_until_something_known() {
    let log = Log::begin();
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(
        FEED,
        [
            page(&["e2", "e1"], "/rss?page=2"),
            page(&["e9", "e8"], "/rss?page=2"),
        ],
    );
    let second = "http://news.example/rss?page=2";
    bed.answers(second, [page(&["e7", "e6"], "/rss?page=3")]);
    bed.answers(
        "http://news.example/rss?page=3",
        [page(&["e5", "e4"], "/rss?page=4")],
    );
    bed.answers(
        "http://news.example/rss?page=4",
        [page(&["e3", "e2", "e1", "before"], "/rss?page=5")],
    );
    bed.poll_due().await;
    assert_eq!(bed.count(second), 0, "the first poll reads no pages");
    bed.poll_next(FEED).await;
    assert_eq!(entries(&bed), "e1 e2 e3 e4 e5 e6 e7 e8 e9");
    assert_eq!(bed.count("http://news.example/rss?page=5"), 0);
    assert_eq!(log.count("possible loss"), 0, "nothing is missing");
}

#[tokio::test]
async fn rule_19_archives_and_pages_of_json_feeds_are_followed_too() {
    let atom = |names: [&str; 2], link: &str| {
        let entries =
            names.map(|name| format!("<entry><id>{name}</id><title>{name}</title></entry>"));
        let entries = entries.concat();
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>f</id><title>F</title>{link}{entries}</feed>"
        )
    };
    let archive = "<link rel=\"prev-archive\" href=\"/old\"/>";
    let json = |names: [&str; 2], next: &str| {
        let items =
            names.map(|name| format!("{{\"id\": \"{name}\", \"content_text\": \"{name}\"}}"));
        let items = items.join(", ");
        format!(
            "{{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"F\"{next}, \"items\": [{items}]}}"
        )
    };
    let next = ", \"next_url\": \"http://news.example/old\"";
    for [first, second, old] in [
        [
            atom(["e2", "e1"], ""),
            atom(["e6", "e5"], archive),
            atom(["e4", "e3"], ""),
        ],
        [
            json(["e2", "e1"], ""),
            json(["e6", "e5"], next),
            json(["e4", "e3"], ""),
        ],
    ] {
        let mut bed = Bed::new(&[(FEED, "")]);
        bed.answers(FEED, [ok(&[], &first), ok(&[], &second)]);
        bed.answers("http://news.example/old", [ok(&[], &old)]);
        bed.poll_due().await;
        bed.poll_next(FEED).await;
        assert_eq!(entries(&bed), "e1 e2 e3 e4 e5 e6");
    }
}

#[tokio::test]
async fn rule_19_pages_are_bounded_and_stay_on_their_host() {
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(FEED, [page(&["e2", "e1"], ""), page(&["n1", "n2"], "/p1")]);
    for n in 1..50 {
        let (url, next) = (format!("http://news.example/p{n}"), format!("/p{}", n + 1));
        let names = [format!("a{n}"), format!("b{n}")];
        bed.answers(&url, [page(&[&names[0], &names[1]], &next)]);
    }
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    assert_eq!(bed.site.asked().len(), 2 + 10);

    let mut bed = Bed::new(&[(FEED, "")]);
    let away = "http://other.example/rss";
    bed.answers(FEED, [page(&["e2", "e1"], ""), page(&["n1", "n2"], away)]);
    bed.answers(away, [page(&["x"], "")]);
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    assert_eq!(bed.count(away), 0);

    // A page that leads to itself.
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(FEED, [page(&["e2", "e1"], ""), page(&["n1", "n2"], "/rss")]);
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    assert_eq!(bed.count(FEED), 2);
}

const SECOND: &str = "http://news.example/rss?page=2";
const THIRD: &str = "http://news.example/rss?page=3";

fn gap_of(bed: &Bed) -> String {
    bed.value("select json_extract(state, '$.gap.page') from feed")
}

#[tokio::test]
async fn rule_19_a_page_that_fails_once_is_read_at_the_next_poll_even_if_that_brings_nothing() {
    // 304, the same bytes again, and a document with a new entry at its top.
    let tagged = [("etag", "\"b\""), ("link", "</rss?page=2>; rel=\"next\"")];
    let names = ["e9", "e8"];
    let rest = ["e10", "e9", "e8"];
    for (second_answer, third_answer, polled, found) in [
        (ok(&tagged, &plain(&names)), None, Polled::NotModified, ""),
        (page(&names, "/rss?page=2"), None, Polled::Unchanged, ""),
        (
            page(&names, "/rss?page=2"),
            Some(page(&rest, "/rss?page=2")),
            Polled::Fetched,
            "e10 ",
        ),
    ] {
        let log = Log::begin();
        let mut bed = Bed::new(&[(FEED, "")]);
        let first = page(&["e2", "e1"], "/rss?page=2");
        let answers = [Some(first), Some(second_answer), third_answer];
        bed.answers(FEED, answers.into_iter().flatten());
        bed.answers(SECOND, [page(&["e7", "e6"], "/rss?page=3")]);
        // By the time the third page answers, what was on the second has moved on to it.
        let shifted = page(&["e6", "e5", "e4", "e3", "e2", "e1", "before"], "");
        bed.answers(THIRD, [Reply::status(500), shifted]);
        bed.poll_due().await;
        bed.poll_next(FEED).await;
        assert_eq!(entries(&bed), "e1 e2 e6 e7 e8 e9");
        assert_eq!(gap_of(&bed), THIRD);
        assert_eq!(bed.poll_next(FEED).await, [polled]);
        assert_eq!(entries(&bed), format!("e1 {found}e2 e3 e4 e5 e6 e7 e8 e9"));
        assert_eq!(gap_of(&bed), "");
        assert_eq!((bed.count(SECOND), bed.count(THIRD)), (1, 2));
        bed.poll_next(FEED).await;
        assert_eq!(bed.count(THIRD), 2, "it is closed");
        assert_eq!(log.count("possible loss"), 0, "nothing is missing");
        let line = bed.value("select new_entries from poll_log order by id desc limit 1");
        assert_eq!(line, if found.is_empty() { "3" } else { "4" });
    }
}

#[tokio::test]
async fn rule_19_a_gap_is_given_up_after_three_tries_and_loss_is_told_then() {
    let log = Log::begin();
    let mut bed = Bed::new(&[(FEED, "")]);
    let tagged = [("etag", "\"b\""), ("link", "</rss?page=2>; rel=\"next\"")];
    bed.answers(
        FEED,
        [page(&["e2", "e1"], ""), ok(&tagged, &plain(&["e9", "e8"]))],
    );
    bed.answers(SECOND, [Reply::status(500)]);
    bed.poll_due().await;
    for tries in 1..=3 {
        assert_eq!(log.count("possible loss"), 0, "{tries}");
        bed.poll_next(FEED).await;
        assert_eq!(bed.count(SECOND), tries);
    }
    assert_eq!(log.count("possible loss"), 1);
    assert_eq!(gap_of(&bed), "");
    bed.poll_next(FEED).await;
    assert_eq!(bed.count(SECOND), 3);

    // A page that is not there will not be there later either.
    let log = Log::begin();
    let mut bed = Bed::new(&[(FEED, "")]);
    let answers = [page(&["e2", "e1"], ""), page(&["e9", "e8"], "/rss?page=2")];
    bed.answers(FEED, answers);
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    assert_eq!((bed.count(SECOND), gap_of(&bed)), (1, String::new()));
    assert_eq!(log.count("possible loss"), 1);
}

#[tokio::test]
async fn rule_19_an_open_gap_survives_a_restart_and_a_failing_feed() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let answers = [
        page(&["e2", "e1"], ""),
        page(&["e9", "e8"], "/rss?page=2"),
        Reply::status(500),
        page(&["e9", "e8"], "/rss?page=2"),
    ];
    bed.answers(FEED, answers);
    let rest = [("retry-after", "7200")];
    let closing = page(&["e7", "e3", "e2", "e1"], "");
    bed.answers(SECOND, [reply(503, &rest, ""), closing]);
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    let not_before = bed.value("select not_before from host");
    let until = bed.now() + minutes(120);
    assert_eq!(not_before, until.as_millisecond().to_string());
    bed.restart().await;
    bed.poll_at(until).await;
    assert_eq!(bed.count(SECOND), 1, "a host in trouble is asked no more");
    bed.poll_next(FEED).await;
    assert_eq!(entries(&bed), "e1 e2 e3 e7 e8 e9");
}

#[tokio::test]
async fn rule_19_a_second_gap_joins_the_open_one() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let answers = [
        page(&["e2", "e1"], ""),
        page(&["e5", "e4"], "/rss?page=2"),
        page(&["e9", "e8"], "/rss?page=2"),
    ];
    bed.answers(FEED, answers);
    let second = page(&["e7", "e6", "e5", "e4"], "/rss?page=3");
    bed.answers(SECOND, [Reply::status(500), Reply::status(500), second]);
    bed.answers(THIRD, [page(&["e3", "e2", "e1"], "")]);
    bed.poll_due().await;
    for _ in 0..3 {
        bed.poll_next(FEED).await;
    }
    assert_eq!(entries(&bed), "e1 e2 e3 e4 e5 e6 e7 e8 e9");
}

#[tokio::test]
async fn rule_20_a_feed_that_rolled_over_is_polled_twice_as_often_and_told_once() {
    let log = Log::begin();
    let mut bed = Bed::new(&[(FEED, "")]);
    let documents = ["a", "b", "c", "d", "e"].map(|name| {
        let names: Vec<String> = (0..10).map(|n| format!("{name}{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        ok(&[], &plain(&names))
    });
    bed.answers(FEED, documents);
    bed.poll_due().await;
    let mut waits = vec![bed.wait(FEED).await.as_mins()];
    for _ in 0..4 {
        bed.poll_next(FEED).await;
        waits.push(bed.wait(FEED).await.as_mins());
    }
    assert_eq!(waits, [30, 15, 7, 5, 5]);
    assert_eq!(log.count("possible loss"), 1);
    assert_eq!(entries(&bed).split(' ').count(), 50);
}

#[tokio::test]
async fn rule_20_renamed_entries_are_no_loss() {
    let log = Log::begin();
    let mut bed = Bed::new(&[(FEED, "")]);
    let old = Some(begin() - minutes(600));
    let document = |names: [&str; 2]| ok(&[], &rss("", &names.map(|name| (name, old))));
    bed.answers(
        FEED,
        [document(["a", "b"]), document(["https/a", "https/b"])],
    );
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    assert_eq!(log.count("possible loss"), 0);
}

#[tokio::test]
async fn a_date_that_is_missing_or_cannot_be_counts_from_first_seen_and_is_flagged() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let ahead = |hours: i64| Some(begin() + minutes(60 * hours));
    let body = rss(
        "",
        &[
            ("now", ahead(0)),
            ("soon", ahead(20)),
            ("never", ahead(99)),
            ("none", None),
        ],
    );
    bed.answers(FEED, [ok(&[], &body)]);
    bed.poll_due().await;
    let flags = bed.value(
        "select group_concat(concat_ws('|', key, published_at is not null, json_extract(meta, '$.date')), ' '
             order by key) from entry",
    );
    assert_eq!(flags, "never|0|future none|0|missing now|1 soon|1");
}
