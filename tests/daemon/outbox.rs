//! What waits for channels: one that is down keeps nobody waiting and gets its messages in order; routes; what people do
//! about what was given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::bed::{Bed, Entry, entry, now, rss};
use crate::stand_in::{Reply, StandIn};

const ALL: [&str; 3] = ["run", "--once", "--all"];

/// Reports that have nothing in common but the word.
fn reports(word: &str, numbers: std::ops::Range<usize>) -> Vec<Entry> {
    let at = now();
    numbers.map(|number| entry(word, number, at)).collect()
}

/// A receiver that answers as it is told, and a config for it.
fn receiver(status: u16) -> (StandIn, Arc<AtomicU16>) {
    let answer = Arc::new(AtomicU16::new(status));
    let said = Arc::clone(&answer);
    let hook = StandIn::start(move |_| Reply::status(said.load(Ordering::SeqCst)));
    (hook, answer)
}

fn hook_config(hook: &StandIn) -> String {
    format!(
        "[channel.hook]\nkind = \"webhook\"\nurl = \"{}\"\n",
        hook.url("/in")
    )
}

/// Allows the receiver's address, which is not a public one.
fn allow(bed: &Bed, hook: &StandIn) {
    let config = std::fs::read_to_string(bed.path("config.toml")).expect("a config");
    let allowed = format!("allow = [\"{}\", \"{}\"]", bed.site.addr, hook.addr);
    let config = config.replace(&format!("allow = [\"{}\"]", bed.site.addr), &allowed);
    bed.write("config.toml", &config);
}

/// Ids of the alerts that a receiver took, in the order in which it took them.
fn taken(hook: &StandIn) -> Vec<String> {
    let asked = hook.asked().into_iter().filter(|(_, status)| *status < 300);
    let ids = asked.filter_map(|(asked, _)| {
        let body: Value = serde_json::from_slice(asked.body()).expect("JSON");
        body["id"].as_str().map(str::to_owned)
    });
    ids.collect()
}

fn json(bed: &Bed, arguments: &[&str]) -> Vec<Value> {
    let text = bed.run_well(arguments);
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn a_channel_that_is_down_keeps_nobody_waiting_and_gets_its_messages_in_order() {
    let (hook, answer) = receiver(503);
    let bed = Bed::new(&[("/a", "1h")], &hook_config(&hook));
    allow(&bed, &hook);
    bed.serve("/a", rss(&reports("meteor", 0..30)), Duration::ZERO);
    bed.run_well(&ALL);
    assert_eq!(bed.told().len(), 30, "the other channel has all of them");
    let tried = hook.asked().len();
    assert!(
        (1..=4).contains(&tried),
        "a channel that is down is not tried for each message: {tried}"
    );
    let waiting = json(&bed, &["outbox", "list", "--json"]);
    assert_eq!(waiting.len(), 30);
    let status = bed.run_well(&["status", "--json"]);
    let status: Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(status["totals"]["deliveries_pending"], 30);

    answer.store(200, Ordering::SeqCst);
    // A new pass tries every channel at once.
    bed.run_well(&["run", "--once"]);
    let taken = taken(&hook);
    let mut sorted = taken.clone();
    sorted.sort_by_key(|id| id[1..].parse::<u64>().expect("a number"));
    assert_eq!((taken.len(), &taken), (30, &sorted));
    assert!(json(&bed, &["outbox", "list", "--json"]).is_empty());
}

#[test]
fn what_is_refused_for_good_is_given_up_told_elsewhere_and_can_be_sent_again() {
    let (hook, answer) = receiver(404);
    let bed = Bed::new(&[("/a", "1h")], &hook_config(&hook));
    allow(&bed, &hook);
    bed.serve("/a", rss(&reports("meteor", 0..2)), Duration::ZERO);
    bed.run_well(&ALL);
    let dead = json(&bed, &["outbox", "list", "--dead", "--json"]);
    assert_eq!(dead.len(), 2);
    assert!(
        dead[0]["last_error"].as_str().expect("why").contains("404"),
        "{dead:?}"
    );
    let notices: Vec<Value> = bed
        .told()
        .into_iter()
        .filter(|told| told["kind"] == "health")
        .collect();
    assert_eq!(notices.len(), 1, "one message, through the other channel");
    assert!(
        notices[0].to_string().contains("[channel.hook]"),
        "{notices:?}"
    );
    // It is told once.
    bed.run_well(&["run", "--once"]);
    assert_eq!(
        bed.told()
            .iter()
            .filter(|told| told["kind"] == "health")
            .count(),
        1
    );

    let id = dead[0]["id"].as_str().expect("an id");
    let shown = bed.run_well(&["outbox", "show", id]);
    assert!(
        shown.contains("given up") && shown.contains("dead"),
        "{shown}"
    );
    answer.store(204, Ordering::SeqCst);
    assert!(
        bed.run_well(&["outbox", "retry", "--channel", "hook"])
            .contains("2 deliveries are sent again")
    );
    bed.run_well(&["run", "--once"]);
    assert_eq!(taken(&hook).len(), 2);
    let keys: Vec<_> = hook
        .asked()
        .iter()
        .map(|(asked, _)| crate::stand_in::header(asked, "webhook-id").to_owned())
        .collect();
    assert_eq!(
        keys[..2].iter().collect::<std::collections::BTreeSet<_>>(),
        keys[2..4].iter().collect()
    );
    let again = bed.run(&["outbox", "retry", id]);
    assert_eq!(
        again.status.code(),
        Some(1),
        "what was sent is not sent again: {again:?}"
    );
    assert_eq!(
        bed.told()
            .iter()
            .filter(|told| told["kind"] == "health")
            .count(),
        2,
        "it works again"
    );
}

#[test]
fn a_receiver_that_is_gone_for_good_is_sent_no_more_until_a_person_says_so() {
    let (hook, answer) = receiver(410);
    let bed = Bed::new(&[("/a", "1h")], &hook_config(&hook));
    allow(&bed, &hook);
    bed.serve("/a", rss(&reports("meteor", 0..5)), Duration::ZERO);
    bed.run_well(&ALL);
    assert_eq!(hook.asked().len(), 1, "nothing more is sent to it");
    assert_eq!(json(&bed, &["outbox", "list", "--dead", "--json"]).len(), 1);
    let waiting = "select count(*) from delivery where channel = 'hook' and state = 'pending'";
    assert_eq!(bed.count(waiting), 4);
    let notices: Vec<Value> = bed.told();
    let notices: Vec<&Value> = notices
        .iter()
        .filter(|told| told["kind"] == "health")
        .collect();
    assert_eq!(notices.len(), 1, "told through the other channel");
    let said = notices[0].to_string();
    assert!(
        said.contains("410") && said.contains("switched off until a reload"),
        "{said}"
    );
    let held = "select (hold_until - last_finished) / 3600000 from channel_state,
        (select max(finished_at) as last_finished from delivery where state = 'dead')
        where name = 'hook'";
    assert_eq!(bed.count(held), 24);

    answer.store(200, Ordering::SeqCst);
    bed.run_well(&["outbox", "retry", "--channel", "hook"]);
    assert_eq!(
        bed.count("select count(*) from channel_state where hold_until is not null"),
        0
    );
    bed.run_well(&["run", "--once"]);
    let taken = taken(&hook);
    assert_eq!(taken, ["a1", "a2", "a3", "a4", "a5"]);
}

#[test]
fn routes_say_where_alerts_go_and_why() {
    let routes = "[channel.pager]\nkind = \"file\"\npath = \"pager.jsonl\"\n\
        [[route]]\nlangs = [\"id\"]\nchannels = [\"pager\"]\n\
        [[route]]\nseverity = \"high\"\nchannels = [\"pager\"]\ncontinue = true\n\
        [[route]]\nlabels = { desk = \"sky\" }\nchannels = [\"desk\"]\n";
    let bed = Bed::new(&[("/a", "1h")], routes);
    bed.write(
        "watches/meteor.toml",
        "[watch.meteor]\nseverity = \"high\"\nmatch = '\"meteor\"'\n",
    );
    bed.write(
        "watches/comet.toml",
        "[watch.comet]\nlabels = { desk = \"sky\" }\nmatch = '\"comet\"'\n",
    );
    let mut all = reports("meteor", 0..1);
    all.extend(reports("comet", 1..2));
    bed.serve("/a", rss(&all), Duration::ZERO);
    bed.run_well(&ALL);
    let pager = std::fs::read_to_string(bed.path("pager.jsonl")).expect("lines");
    let pager: Value = serde_json::from_str(pager.trim()).expect("one line");
    let desk = bed.told();
    assert_eq!((pager["watch"].as_str(), desk.len()), (Some("meteor"), 1));
    assert_eq!(desk[0]["watch"], "comet");
    let said = bed.run_well(&["route", "test", pager["id"].as_str().expect("an id")]);
    for part in [
        "route 1: does not fit: the language is en",
        "route 2: fits: pager",
        "route 3: does not fit: there is no label desk",
        "-> pager",
    ] {
        assert!(said.contains(part), "{part} is missing in\n{said}");
    }
    let ended = bed.run(&[
        "route",
        "test",
        pager["id"].as_str().expect("an id"),
        "--kind",
        "ended",
    ]);
    assert_eq!(
        ended.status.code(),
        Some(1),
        "no channel takes anything back: {ended:?}"
    );
}

#[test]
fn mistakes_in_routes_and_quiet_hours_point_at_their_place() {
    for (config, parts) in [
        (
            "quiet = \"22-07\"\n",
            &["no quiet hours", "22:00-07:00"][..],
        ),
        (
            "quiet = \"22:00-07:00\"\ntimezone = \"Asia/Jakata\"\n",
            &["Asia/Jakarta"],
        ),
        ("rate = \"many\"\n", &["no rate", "10/1h"]),
        ("tell = [\"updates\"]\n", &["did you mean `update`?"]),
        ("timezone = \"UTC\"\n", &["`quiet`, which is missing"]),
        (
            "[[route]]\nchannels = [\"dsk\"]\n",
            &["did you mean `desk`?"],
        ),
        (
            "[[route]]\nwatches = [\"metor\"]\nchannels = [\"desk\"]\n",
            &["did you mean `meteor`?"],
        ),
        (
            "[[route]]\nkinds = [\"newest\"]\nchannels = [\"desk\"]\n",
            &["nothing is said as `newest`"],
        ),
    ] {
        // The channel's table stands last.
        let bed = Bed::new(&[("/a", "1h")], config);
        let checked = bed.run(&["check"]);
        let said = String::from_utf8_lossy(&checked.stderr).into_owned()
            + &String::from_utf8_lossy(&checked.stdout);
        assert_eq!(checked.status.code(), Some(1), "{config}: {said}");
        for part in parts {
            assert!(
                said.contains(part),
                "{part} is missing for {config}:\n{said}"
            );
        }
        assert!(said.contains("config.toml:"), "{said}");
    }
}
