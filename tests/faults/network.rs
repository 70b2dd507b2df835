//! Names that are not found, and a network that is away for a week: nothing is lost, nobody is cried about, and the return is
//! quick and no storm.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::bed::{Bed, Network, hours, minutes};

const BEGIN: &str = "2026-11-23T08:00:00Z";

/// The longest that a feed waits for its next poll after the network is back.
const QUICK: SignedDuration = SignedDuration::from_mins(61);

const HEALTH: &str = "[health]\nchannels = [\"desk\"]\n";

/// Goes on by steps for so long; polls at each of them.
async fn go_on(bed: &Bed, span: SignedDuration, step: SignedDuration) -> (usize, usize) {
    let end = bed.now() + span;
    let (mut well, mut failed) = (0, 0);
    while bed.now() < end {
        bed.clock.advance(step);
        let (more_well, more_failed) = bed.poll_due().await;
        (well, failed) = (well + more_well, failed + more_failed);
    }
    (well, failed)
}

#[tokio::test]
async fn without_names_feeds_back_off_and_nothing_is_told_as_gone() {
    let bed = Bed::new(6, 2, BEGIN, HEALTH).await;
    let feeds = bed.feeds.len();
    bed.feeds.iter().for_each(|url| bed.publish(url));
    assert_eq!(bed.poll_due().await, (feeds, 0));
    bed.pass().await;

    bed.set_network(Network::NoNames);
    let lookups = bed.lookups();
    let (well, failed) = go_on(&bed, hours(12), minutes(10)).await;
    assert_eq!(well, 0);
    // Every half an hour would be 24 times, without a limit to the back-off 4 or 5.
    let each = failed as f64 / feeds as f64;
    assert!(
        (8.0..22.0).contains(&each),
        "{each} tries of a feed in 12 h"
    );
    let lookups = (bed.lookups() - lookups) as f64 / failed as f64;
    assert!(lookups <= 2.0, "{lookups} lookups for a try");
    bed.pass().await;
    let gone = "select count(*) from feed where parked = 1 or json_extract(state, '$.gone_at') is not null
         or json_extract(state, '$.gone_seen_at') is not null or json_extract(state, '$.missing_since') is not null";
    assert_eq!(bed.count(gone), 0);
    assert_eq!(bed.told("health").len(), 0, "half a day is no day");

    bed.feeds.iter().for_each(|url| bed.publish(url));
    bed.set_network(Network::Up);
    let back = bed.now();
    go_on(&bed, QUICK, minutes(1)).await;
    bed.pass().await;
    let failing = "select count(*) from feed where failures > 0";
    assert_eq!(bed.count(failing), 0, "an hour later all are well");
    let judged = "select count(*) from article where state = 'judged'";
    assert_eq!(bed.count(judged), bed.published());
    assert!(bed.asked_since(back).len() <= 3 * feeds, "and no storm");
}

/// Private memory of this process, in KiB.
fn private_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number
        .and_then(|number| number.parse().ok())
        .expect("a size")
}

/// The most requests in any minute: of all hosts together, and of one host.
fn peaks(asked: &[(Timestamp, String)]) -> (usize, usize) {
    let mut all: BTreeMap<i64, usize> = BTreeMap::new();
    let mut by_host: BTreeMap<(i64, &str), usize> = BTreeMap::new();
    for (time, host) in asked {
        let minute = time.as_second() / 60;
        *all.entry(minute).or_default() += 1;
        *by_host.entry((minute, host)).or_default() += 1;
    }
    let most = |counts: Vec<usize>| counts.into_iter().max().unwrap_or(0);
    (
        most(all.into_values().collect()),
        most(by_host.into_values().collect()),
    )
}

#[tokio::test]
async fn after_a_week_without_a_network_everything_is_caught_up_without_a_storm() {
    let bed = Bed::new(10, 6, BEGIN, HEALTH).await;
    let feeds = bed.feeds.len();
    bed.feeds.iter().for_each(|url| bed.publish(url));
    bed.poll_due().await;
    bed.pass().await;
    // Before the outage the feeds are spread as they are in life.
    go_on(&bed, hours(6), minutes(10)).await;

    bed.set_network(Network::NoRoute);
    let mut tries = 0;
    let mut memory = Vec::new();
    for _day in 0..7 {
        bed.feeds.iter().for_each(|url| bed.publish(url));
        for _ in 0..12 {
            let (well, failed) = go_on(&bed, hours(2), minutes(20)).await;
            assert_eq!(well, 0);
            tries += failed;
            bed.pass().await;
        }
        memory.push(private_kib());
    }
    let each = tries as f64 / feeds as f64 / 7.0;
    println!("{each:.0} tries of a feed a day; private memory after each day {memory:?} KiB");
    assert!(each < 48.0, "{each} tries of a feed a day");
    let (first, last) = (memory[0], memory[6]);
    assert!(
        last <= first + first / 10 + 1_024,
        "memory grows while the network is away: {memory:?} KiB"
    );
    let begun = bed.told("health");
    let in_trouble = begun.iter().map(|told| {
        let groups = told["begun"].as_array().expect("groups").iter();
        groups
            .map(|group| group["feeds"].as_array().expect("feeds").len())
            .sum::<usize>()
    });
    assert_eq!(
        in_trouble.sum::<usize>(),
        feeds,
        "each of them is told once"
    );
    println!("{} messages that feeds fail", begun.len());
    assert!(begun.len() <= 2, "{} messages", begun.len());

    come_back(&bed, begun.len()).await;
}

async fn come_back(bed: &Bed, begun: usize) {
    let feeds = bed.feeds.len();
    bed.set_network(Network::Up);
    let back = bed.now();
    while bed.now() < back + QUICK {
        go_on(bed, minutes(5), minutes(1)).await;
        bed.pass().await;
    }
    let asked = bed.asked_since(back);
    let (all, of_host) = peaks(&asked);
    let over = bed.told("health").len() - begun;
    println!(
        "{} requests in the hour after, at most {all} in a minute, {of_host} to one host; {over} messages that they are well",
        asked.len()
    );
    assert_eq!(bed.count("select count(*) from feed where failures > 0"), 0);
    assert!(
        all <= feeds / 5,
        "{all} requests in a minute to {feeds} feeds"
    );
    assert!(
        of_host <= 4,
        "{of_host} requests in a minute to one host with 6 feeds"
    );
    assert!(over <= 2, "{over} messages");

    let judged = "select count(*) from article where state = 'judged'";
    assert_eq!(bed.count(judged), bed.published(), "all that was published");
    let unsent = "select count(*) from delivery where state not in ('sent', 'grouped')";
    assert_eq!(bed.count(unsent), 0, "{:?}", bed.told("new").len());
    let alerts = "select count(*) from alert where state <> 'backlog'";
    println!(
        "{} alerts of {} articles",
        bed.count(alerts),
        bed.published()
    );
}
