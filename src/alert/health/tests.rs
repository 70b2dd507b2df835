//! Decisions as tables, false alarms first.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::model::{FeedId, FeedInTrouble, Moving, OpenTrouble, PollState, Rhythm, UntoldTrouble};

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// Monday.
fn now() -> Timestamp {
    time("2026-11-23T12:00:00Z")
}

/// A feed that answered just now and has had something new an hour ago.
fn well() -> FeedFacts {
    FeedFacts {
        feed: FeedId(1),
        url: "https://site.example/rss".to_owned(),
        format: Some(FeedFormat::Rss),
        polled_at: Some(now()),
        last_success_at: Some(now()),
        last_new_at: Some(now() - hours(1)),
        failures: 0,
        last_error: None,
        state: PollState::default(),
        body_chars: Vec::new(),
        open: Vec::new(),
    }
}

fn with(change: impl FnOnce(&mut FeedFacts)) -> FeedFacts {
    let mut facts = well();
    change(&mut facts);
    facts
}

fn open(kind: TroubleKind, since: Timestamp, measure: Option<u32>) -> Vec<OpenTrouble> {
    vec![OpenTrouble {
        kind,
        since,
        measure,
    }]
}

fn kinds(facts: &FeedFacts) -> Vec<TroubleKind> {
    let found = troubles(facts, &[], &HealthOptions::default(), now());
    found.iter().map(|trouble| trouble.kind).collect()
}

fn failing_for(lasted: SignedDuration, failures: u32) -> FeedFacts {
    with(|facts| {
        facts.failures = failures;
        facts.last_error = Some("no answer in 30 s".to_owned());
        facts.last_success_at = Some(now() - lasted - hours(1));
        facts.state.failing_since = Some(now() - lasted);
    })
}

#[test]
fn a_well_feed_is_well() {
    assert_eq!(kinds(&well()), []);
}

#[test]
fn failing_takes_a_day_of_polls_not_of_time() {
    use TroubleKind::Failing;
    assert_eq!(kinds(&failing_for(hours(23), 9)), []);
    assert_eq!(kinds(&failing_for(hours(24), 9)), [Failing]);
    assert_eq!(kinds(&failing_for(hours(24), 2)), [Failing]);
    assert_eq!(
        kinds(&failing_for(hours(24), 1)),
        [],
        "one failure says little"
    );
    let mut stopped = failing_for(hours(200), 5);
    stopped.polled_at = Some(now() - hours(199));
    assert_eq!(kinds(&stopped), [], "nobody has polled it since");
    let told = troubles(
        &failing_for(hours(30), 9),
        &[],
        &HealthOptions::default(),
        now(),
    );
    assert_eq!(told[0].why, "9 polls failed for 30 h: no answer in 30 s");
    assert_eq!(told[0].since, now() - hours(30));
    let never = with(|facts| {
        *facts = failing_for(hours(30), 9);
        facts.last_success_at = None;
        facts.last_new_at = None;
    });
    let told = troubles(&never, &[], &HealthOptions::default(), now());
    assert!(told[0].why.starts_with("it has never answered well"));
}

#[test]
fn a_404_has_its_own_longer_time() {
    use TroubleKind::{Failing, Missing};
    let missing = |since: i64, failing: i64| {
        let mut facts = failing_for(hours(failing), 9);
        facts.state.missing_since = Some(now() - hours(since));
        facts
    };
    assert_eq!(
        kinds(&missing(71, 71)),
        [],
        "404 from the begin is not called failing"
    );
    assert_eq!(kinds(&missing(72, 72)), [Missing]);
    assert_eq!(
        kinds(&missing(10, 40)),
        [Failing],
        "failed otherwise before"
    );
    let mut both = missing(72, 100);
    both.open = open(Failing, now() - hours(76), None);
    assert_eq!(
        kinds(&both),
        [Missing, Failing],
        "what is open ends by its own measure only"
    );
}

#[test]
fn gone_explains_everything_else() {
    let mut facts = failing_for(hours(100), 9);
    facts.state.gone_at = Some(now() - hours(99));
    facts.state.missing_since = Some(now() - hours(100));
    facts.state.empty_since = Some(now() - hours(100));
    facts.state.poll_url = Some("https://site.example/new".to_owned());
    assert_eq!(kinds(&facts), [TroubleKind::Gone]);
}

#[test]
fn a_duplicate_is_in_no_trouble() {
    let mut facts = failing_for(hours(100), 9);
    facts.state.duplicate_of = Some("https://site.example/atom".to_owned());
    assert_eq!(kinds(&facts), []);
}

#[test]
fn empty_is_believed_after_an_hour_and_a_sitemap_after_three_days() {
    use TroubleKind::Empty;
    let empty = |minutes: i64, format: FeedFormat| {
        with(|facts| {
            facts.state.empty_since = Some(now() - SignedDuration::from_mins(minutes));
            facts.format = Some(format);
        })
    };
    assert_eq!(kinds(&empty(59, FeedFormat::Rss)), []);
    assert_eq!(kinds(&empty(60, FeedFormat::Rss)), [Empty]);
    assert_eq!(kinds(&empty(71 * 60, FeedFormat::Sitemap)), []);
    assert_eq!(kinds(&empty(72 * 60, FeedFormat::Sitemap)), [Empty]);
}

#[test]
fn moved_is_told_when_it_is_believed_or_leads_to_another_host_for_days() {
    use TroubleKind::Moved;
    let moving = |days: u32, to: &str| {
        with(|facts| {
            facts.state.moving = Some(Moving {
                to: to.to_owned(),
                days,
                last_at: now(),
            });
        })
    };
    assert_eq!(kinds(&moving(2, "https://other.example/rss")), []);
    assert_eq!(kinds(&moving(3, "https://other.example/rss")), [Moved]);
    assert_eq!(kinds(&moving(3, "https://www.site.example/rss")), []);
    let stored = with(|facts| facts.state.poll_url = Some("https://site.example/n".to_owned()));
    assert_eq!(kinds(&stored), [Moved]);
}

#[test]
fn a_possible_loss_stands_in_the_list_for_a_week() {
    let lost = |ago: i64| with(|facts| facts.state.rolled_over_at = Some(now() - hours(ago)));
    assert_eq!(kinds(&lost(7 * 24)), [TroubleKind::Lost]);
    assert_eq!(kinds(&lost(7 * 24 + 1)), []);
    assert!(!TroubleKind::Lost.is_told());
}

#[test]
fn bodies_that_collapse_are_noticed_and_stay_noticed_until_they_recover() {
    use TroubleKind::Thin;
    let bodies =
        |before: &[u32], recent: &[u32]| with(|facts| facts.body_chars = [before, recent].concat());
    let long = [2_000; 20];
    assert_eq!(kinds(&bodies(&long, &[400; 8])), [Thin], "a fall by 80 %");
    assert_eq!(kinds(&bodies(&long, &[401; 8])), []);
    assert_eq!(
        kinds(&bodies(&long[..19], &[400; 8])),
        [],
        "too few to compare"
    );
    assert_eq!(
        kinds(&bodies(&[150; 40], &[10; 8])),
        [],
        "a feed of headlines"
    );
    assert_eq!(
        kinds(&bodies(
            &long,
            &[90, 90, 90, 2_000, 2_000, 2_000, 2_000, 2_000]
        )),
        [],
        "three short ones are no collapse"
    );
    // After a while the bodies before are short ones too.
    let mut thin = bodies(&[90; 40], &[90; 8]);
    thin.open = open(Thin, now() - hours(50), Some(2_000));
    assert_eq!(kinds(&thin), [Thin]);
    thin.body_chars = vec![1_000; 48];
    assert_eq!(kinds(&thin), []);
}

/// Times with news: on these weekdays (1 = Monday) from one hour to another, every so many minutes, for
/// so many weeks before a time.
fn office(
    until: Timestamp,
    days: &[i8],
    from: i8,
    to: i8,
    minutes: i64,
    weeks: i64,
) -> Vec<Timestamp> {
    let mut at = until - hours(weeks * 7 * 24);
    let mut news = Vec::new();
    while at <= until {
        let zoned = at.to_zoned(jiff::tz::TimeZone::UTC);
        let day = zoned.weekday().to_monday_one_offset();
        if days.contains(&day) && (from..to).contains(&zoned.hour()) {
            news.push(at);
        }
        at += SignedDuration::from_mins(minutes);
    }
    news
}

/// True when the feed with this past is called silent at `at`, polls having succeeded all the time.
fn is_silent(news: &[Timestamp], at: &str) -> bool {
    let at = time(at);
    let facts = with(|facts| {
        facts.last_new_at = news.last().copied();
        facts.last_success_at = Some(at);
        facts.polled_at = Some(at);
    });
    let found = troubles(&facts, news, &HealthOptions::default(), at);
    found
        .iter()
        .any(|trouble| trouble.kind == TroubleKind::Silent)
}

const WEEKDAYS: [i8; 5] = [1, 2, 3, 4, 5];
const EVERY_DAY: [i8; 7] = [1, 2, 3, 4, 5, 6, 7];

#[test]
fn an_office_feed_rests_on_weekends_and_over_christmas() {
    // The last news came on Friday at half past four.
    let news = office(time("2026-12-18T16:30:00Z"), &WEEKDAYS, 9, 17, 30, 8);
    for (at, silent) in [
        ("2026-12-19T12:00:00Z", false), // Saturday
        ("2026-12-20T23:00:00Z", false), // Sunday
        ("2026-12-21T08:59:00Z", false), // before the office opens
        ("2026-12-28T09:00:00Z", false), // a week over Christmas
        ("2027-01-04T09:00:00Z", true), // sixteen days: longer than any office rests without a word
    ] {
        assert_eq!(is_silent(&news, at), silent, "{at}");
    }
}

#[test]
fn a_feed_that_sleeps_at_night_is_noticed_within_two_days() {
    let news = office(time("2026-11-20T21:45:00Z"), &EVERY_DAY, 6, 22, 15, 8);
    assert!(!is_silent(&news, "2026-11-21T06:00:00Z"), "a night");
    assert!(
        !is_silent(&news, "2026-11-22T06:00:00Z"),
        "a day without news"
    );
    assert!(is_silent(&news, "2026-11-22T20:00:00Z"), "two days");
}

#[test]
fn an_agency_that_never_sleeps_is_noticed_within_hours() {
    let news = office(time("2026-11-20T12:00:00Z"), &EVERY_DAY, 0, 24, 10, 8);
    assert!(!is_silent(&news, "2026-11-20T17:59:00Z"));
    assert!(
        is_silent(&news, "2026-11-20T18:01:00Z"),
        "the least is six hours"
    );
}

#[test]
fn a_weekly_magazine_may_miss_an_issue() {
    let thursday = time("2026-11-19T06:00:00Z");
    let news: Vec<Timestamp> = (0..13)
        .rev()
        .map(|week| thursday - hours(week * 168))
        .collect();
    assert!(!is_silent(&news, "2026-11-27T06:00:00Z"));
    assert!(
        !is_silent(&news, "2026-12-10T06:00:00Z"),
        "two issues missed"
    );
    assert!(is_silent(&news, "2026-12-25T06:00:00Z"), "five weeks");
}

#[test]
fn a_bursty_feed_is_given_the_time_between_its_bursts() {
    // Twenty at once, then nothing for three to six days.
    let mut at = time("2026-09-20T00:00:00Z");
    let mut news = Vec::new();
    for burst in 0..13 {
        for minute in 0..20 {
            news.push(at + SignedDuration::from_mins(5 * minute));
        }
        at += hours(24 * (3 + (burst * 7) % 4));
    }
    let last = *news.last().expect("news");
    let after = |days: i64| (last + hours(24 * days)).to_string();
    assert!(!is_silent(&news, &after(7)));
    assert!(!is_silent(&news, &after(20)));
    assert!(is_silent(&news, &after(31)));
}

#[test]
fn a_long_outage_of_ours_is_forgotten_as_a_habit() {
    let mut news = office(time("2026-11-20T12:00:00Z"), &EVERY_DAY, 0, 24, 60, 8);
    let gap = time("2026-10-25T00:00:00Z")..time("2026-11-04T00:00:00Z");
    news.retain(|at| !gap.contains(at));
    assert_eq!(usual_silence(&news), Some(hours(1)));
}

#[test]
fn little_history_is_no_ground_for_an_alarm() {
    let days = |days: i64| {
        let end = time("2026-11-20T12:00:00Z");
        office(end, &EVERY_DAY, 0, 24, 10, 8)
            .into_iter()
            .filter(|at| *at > end - hours(24 * days))
            .collect::<Vec<_>>()
    };
    assert!(
        !is_silent(&days(13), "2026-11-22T12:00:00Z"),
        "no second weekend yet"
    );
    assert!(is_silent(&days(15), "2026-11-22T12:00:00Z"));
    assert!(!is_silent(&[], "2026-11-22T12:00:00Z"));
    let few: Vec<Timestamp> = days(56).into_iter().step_by(2_000).collect();
    assert!(few.len() < 7 && usual_silence(&few).is_none());
}

#[test]
fn silence_is_measured_by_polls_and_over_with_the_next_news() {
    let news = office(time("2026-11-20T12:00:00Z"), &EVERY_DAY, 0, 24, 10, 8);
    let mut facts = with(|facts| {
        facts.last_new_at = news.last().copied();
        facts.last_success_at = news.last().copied();
    });
    let decide = |facts: &FeedFacts| troubles(facts, &news, &HealthOptions::default(), now());
    assert_eq!(
        decide(&facts),
        [],
        "the daemon was stopped: nobody has looked"
    );
    facts.last_success_at = Some(now());
    assert_eq!(decide(&facts).len(), 1);
    assert!(
        decide(&facts)[0]
            .why
            .contains("nothing new for 3 d, usual is at most 10 min")
    );
    facts.open = open(TroubleKind::Silent, *news.last().expect("news"), None);
    assert!(
        !may_be_silent(&facts, &HealthOptions::default()),
        "needs no look-up"
    );
    let still = troubles(&facts, &[], &HealthOptions::default(), now());
    assert_eq!(still.len(), 1);
    facts.last_new_at = Some(now());
    assert_eq!(decide(&facts), []);
}

#[test]
fn the_median_gap_spares_look_ups() {
    let facts = |gap_s: f64| {
        with(|facts| {
            facts.last_new_at = Some(now() - hours(7));
            facts.state.rhythm = Rhythm {
                gap_s,
                ..Rhythm::default()
            };
        })
    };
    let options = HealthOptions::default();
    assert!(may_be_silent(&facts(0.0), &options));
    assert!(may_be_silent(&facts(5_000.0), &options));
    assert!(!may_be_silent(&facts(6_000.0), &options));
    assert!(!may_be_silent(&facts(f64::INFINITY), &options));
}

fn untold(kind: TroubleKind, is_over: bool, host: &str, path: &str, since: i64) -> UntoldTrouble {
    UntoldTrouble {
        id: since,
        is_over,
        kind,
        host: host.to_owned(),
        feed: FeedInTrouble {
            url: format!("https://{host}/{path}"),
            title: None,
            since: now() - hours(since),
            until: is_over.then(now),
            why: "w".to_owned(),
        },
    }
}

#[test]
fn a_notice_groups_by_kind_and_host() {
    use TroubleKind::{Failing, Silent};
    assert_eq!(
        make_notice(Vec::new(), &ChannelNews::default(), now()),
        None
    );
    let notice = make_notice(
        vec![
            untold(Silent, false, "a.example", "s", 9),
            untold(Failing, false, "b.example", "2", 30),
            untold(Failing, false, "b.example", "1", 31),
            untold(Failing, false, "a.example", "1", 25),
            untold(Failing, true, "c.example", "1", 40),
        ],
        &ChannelNews::default(),
        now(),
    )
    .expect("a notice");
    let shown: Vec<_> = notice
        .begun
        .iter()
        .map(|group| (group.kind, group.hosts.join(" "), group.feeds.len()))
        .collect();
    assert_eq!(
        shown,
        [
            (Failing, "a.example".to_owned(), 1),
            (Failing, "b.example".to_owned(), 2),
            (Silent, "a.example".to_owned(), 1),
        ]
    );
    assert_eq!(notice.begun[1].since, now() - hours(31));
    assert_eq!(notice.begun[1].feeds[0].url, "https://b.example/1");
    assert!(!notice.begun[0].advice.is_empty());
    assert_eq!((notice.over.len(), notice.over[0].advice.as_str()), (1, ""));
}

#[test]
fn many_hosts_at_once_are_one_group_that_points_at_the_network() {
    let hosts = |number: i64| {
        let all = (0..number).map(|n| {
            let host = format!("h{n}.example");
            untold(TroubleKind::Failing, false, &host, "rss", 24 + n)
        });
        make_notice(all.collect(), &ChannelNews::default(), now())
            .expect("a notice")
            .begun
    };
    assert_eq!(hosts(5).len(), 5);
    let groups = hosts(40);
    assert_eq!(
        (groups.len(), groups[0].hosts.len(), groups[0].feeds.len()),
        (1, 40, 40)
    );
    assert!(groups[0].advice.contains("network"));
}

#[test]
fn recoveries_wait_for_one_another_but_not_for_long() {
    let ended = |minutes: i64| {
        let mut over = untold(TroubleKind::Failing, true, "a.example", "x", minutes);
        over.feed.until = Some(now() - SignedDuration::from_mins(minutes));
        over
    };
    let told = |minutes: &[i64], all_are_well: bool| {
        let mut untold: Vec<_> = minutes.iter().map(|minutes| ended(*minutes)).collect();
        untold.push(self::untold(TroubleKind::Empty, false, "b.example", "y", 9));
        without_gathering(untold, all_are_well, now()).len() - 1
    };
    assert_eq!(told(&[0], true), 1, "nothing more can come");
    assert_eq!(told(&[0, 5, 59], false), 0, "more may come");
    assert_eq!(told(&[15, 20], false), 2, "none came of late");
    assert_eq!(told(&[0, 60], false), 2, "one has waited for an hour");
    assert_eq!(told(&[], false), 0);
}
