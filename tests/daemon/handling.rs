//! What people say of alerts beside a running daemon: it sees it without a reload.

use std::time::Duration;

use crate::bed::{Bed, entry, now, rss};
use crate::program::until;

#[test]
fn a_muted_watch_is_silent_until_it_is_unmuted_beside_the_daemon() {
    let bed = Bed::new(&[("/a", "1s")], "");
    let _running = bed.start();
    let mut entries = vec![entry("meteor", 1, now())];
    bed.serve("/a", rss(&entries), Duration::ZERO);
    until("the first is told", || bed.told().len() == 1);

    bed.run_well(&["alert", "ack", "a1", "--by", "ani", "--json"]);
    let refused = bed.run(&["alert", "mute", "--watch", "meteor"]);
    assert_eq!(refused.status.code(), Some(2), "without a reason");
    bed.run_well(&["alert", "mute", "--watch", "meteor", "--why", "we know"]);
    entries.push(entry("meteor", 2, now()));
    bed.serve("/a", rss(&entries), Duration::ZERO);
    let muted = "select count(*) from alert where state = 'muted'";
    until("the second is listed as muted", || bed.count(muted) == 2);
    let mutes = bed.run_well(&["alert", "mutes", "--json"]);
    let mute: serde_json::Value = serde_json::from_str(&mutes).expect("JSON");
    assert_eq!(
        (&mute["alerts"], &mute["why"]),
        (&2.into(), &"we know".into())
    );

    bed.run_well(&["alert", "unmute", "--watch", "meteor"]);
    entries.push(entry("meteor", 3, now()));
    bed.serve("/a", rss(&entries), Duration::ZERO);
    until("the third is told", || bed.told().len() == 2);
    assert_eq!(
        bed.told()[1]["id"],
        "a3",
        "what grew in silence is not told"
    );
    let log = bed.run_well(&["alert", "log"]);
    for part in [
        "ani acked a1",
        "muted watch meteor: we know",
        "unmuted watch meteor",
    ] {
        assert!(log.contains(part), "no `{part}` in {log}");
    }
    assert!(
        bed.run_well(&["alert", "show", "a1"])
            .contains("acked by ani")
    );
}
