//! A file system that turns read-only under the running daemon, as ext4 does by itself after an error of its disk.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use crate::parts::has_part;
use crate::program_bed::{Bed, entry, now, rss};

/// Runs the daemon on an ext4 in a file, and ends the writing there as a broken disk does; mounts it anew and goes on. The site brings
/// the second half of its entries when the file `more` is there.
const ON_A_BROKEN_DISK: &str = r#"
    set -e
    dd if=/dev/zero of="$1/image" bs=1M count=32 status=none
    mkfs.ext4 -q -F "$1/image"
    mount -o loop "$1/image" "$1/disk"
    timeout 60 "$2" --config "$1/config.toml" run 2>"$1/log" & daemon=$!
    i=0; until [ "$(grep -c '"kind":"new"' "$1/alerts.jsonl" 2>/dev/null)" = 3 ] || [ $i = 600 ]; do sleep 0.05; i=$((i+1)); done
    touch "$1/more"
    mount -o remount,abort "$1/disk" || true
    set +e
    wait $daemon; echo $? >"$1/code"
    timeout 60 "$2" --config "$1/config.toml" run 2>"$1/again"; echo $? >"$1/code_again"
    set -e
    umount "$1/disk"
    mount -o loop "$1/image" "$1/disk"
    "$2" --config "$1/config.toml" run --once --all
    cp "$1"/disk/w.db* "$1/"
    umount "$1/disk"
"#;

const CAN_LOOP: &str = "d=$(mktemp -d) && dd if=/dev/zero of=$d/i bs=1M count=8 status=none && mkfs.ext4 -q -F $d/i && mkdir $d/m \
     && mount -o loop $d/i $d/m && umount $d/m && rm -r $d";

#[test]
fn a_disk_that_turns_read_only_stops_the_daemon_and_a_restart_loses_nothing() {
    let part = "the right to mount an ext4 in a file (root, mkfs.ext4, a loop device)";
    if !has_part(part, "unshare", &["-m", "sh", "-c", CAN_LOOP]) {
        return;
    }
    let bed = Bed::new(&[("/early", "1h"), ("/often", "1s")], "");
    let config = std::fs::read_to_string(bed.path("config.toml")).expect("the config");
    let on_disk = "\"disk/w.db\"\nfree_bytes_min = 0";
    bed.write("config.toml", &config.replace("\"w.db\"", on_disk));
    std::fs::create_dir(bed.path("disk")).expect("a folder");
    let early: Vec<_> = (0..3).map(|n| entry("meteor", n, now())).collect();
    let late: Vec<_> = (3..9).map(|n| entry("meteor", n, now())).collect();
    bed.serve("/early", rss(&early), Duration::ZERO);
    bed.serve("/often", rss(&[]), Duration::ZERO);

    let script = std::thread::scope(|scope| {
        let script = scope.spawn(|| {
            Command::new("unshare")
                .args(["-m", "sh", "-c", ON_A_BROKEN_DISK, "sh"])
                .args([bed.dir.path(), env!("CARGO_BIN_EXE_wirewatch").as_ref()])
                .output()
                .expect("unshare runs")
        });
        while !bed.path("more").exists() && !script.is_finished() {
            std::thread::sleep(Duration::from_millis(5));
        }
        bed.serve("/often", rss(&late), Duration::ZERO);
        script.join().expect("the script")
    });
    let read = |name: &str| std::fs::read_to_string(bed.path(name)).unwrap_or_default();
    let (log, again) = (read("log"), read("again"));
    assert!(script.status.success(), "{script:?}\n{log}\n{again}");
    for (said, code) in [(&log, read("code")), (&again, read("code_again"))] {
        assert_eq!(code.trim(), "1", "{said}");
        let last = said.lines().last().unwrap_or_default();
        assert!(
            last.contains("disk/w.db") && last.contains("cannot be written"),
            "{said}"
        );
        assert!(last.contains("read-only"), "what to look at: {said}");
    }

    assert_eq!(
        bed.count("select count(*) from article where state = 'judged'"),
        9
    );
    assert_eq!(
        bed.count("select count(*) from delivery where state <> 'sent'"),
        0
    );
    let told: BTreeSet<String> = bed
        .told()
        .iter()
        .map(|told| told["delivery"].to_string())
        .collect();
    let deliveries = bed.count("select count(*) from delivery");
    assert_eq!(told.len() as i64, deliveries, "every delivery arrived");
    assert_eq!(bed.told().len(), told.len(), "and none of them twice");
}
