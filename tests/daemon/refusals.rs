//! A store that cannot be used stops the program with words that help, and loses nothing.

use std::process::Command;
use std::time::Duration;

use crate::bed::{Bed, Entry, entry, gibberish, now, rss};
use crate::parts::has_part;

#[test]
fn a_store_that_cannot_be_opened_is_told_as_what_it_is() {
    for (path, why, code) in [
        ("no/such/folder/w.db", "does not exist", 1),
        ("config.toml", "is damaged", 3),
        ("watches", "cannot be written", 1),
        ("/proc/wirewatch.db", "cannot be written", 1),
    ] {
        let bed = Bed::new(&[("/feed", "1h")], "");
        let config = std::fs::read_to_string(bed.path("config.toml")).expect("the config");
        bed.write(
            "config.toml",
            &config.replace("\"w.db\"", &format!("\"{path}\"")),
        );
        for arguments in [&["run"][..], &["run", "--once"]] {
            let output = bed.run(arguments);
            let message = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{path}: {message}");
            assert!(
                message.contains(path) && message.contains(why),
                "{path}: {message}"
            );
        }
        assert!(
            bed.site.asked().is_empty(),
            "nothing is fetched that cannot be kept"
        );
    }
}

/// Runs the daemon on a file system with two megabytes, then again after it has grown.
const ON_A_SMALL_DISK: &str = r#"
    set -e
    mount -t tmpfs -o size=2m tmpfs "$1/disk"
    set +e
    timeout 60 "$2" --config "$1/config.toml" run 2>"$1/full"; echo $? >"$1/code"
    set -e
    mount -o remount,size=64m "$1/disk"
    "$2" --config "$1/config.toml" run --once --all
    cp "$1/disk/w.db" "$1/w.db"
"#;

#[test]
fn a_full_disk_stops_the_daemon_and_a_restart_loses_nothing() {
    let mounts = ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
    if !has_part("the right to mount (unshare -m)", "unshare", &mounts) {
        return;
    }
    let bed = Bed::new(&[("/feed", "1h")], "");
    let config = std::fs::read_to_string(bed.path("config.toml")).expect("the config");
    // Without the bound the disk fills to its last byte.
    let small = "\"disk/w.db\"\nfree_bytes_min = 0";
    bed.write("config.toml", &config.replace("\"w.db\"", small));
    std::fs::create_dir(bed.path("disk")).expect("a folder");
    bed.serve("/feed", rss(&bulky(40)), Duration::ZERO);

    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", ON_A_SMALL_DISK, "sh"])
        .args([bed.dir.path(), env!("CARGO_BIN_EXE_wirewatch").as_ref()])
        .output()
        .expect("unshare runs");
    let full = std::fs::read_to_string(bed.path("full")).expect("what it said");
    assert!(full.contains("the disk is full; free some space"), "{full}");
    let code = std::fs::read_to_string(bed.path("code")).expect("its exit code");
    assert_eq!(code.trim(), "1", "{full}");
    assert!(output.status.success(), "{output:?}");

    assert_eq!(
        bed.count("select count(*) from article where state = 'judged'"),
        40
    );
    assert_eq!(
        bed.count("select count(*) from delivery where state <> 'sent'"),
        0
    );
    let told: Vec<_> = bed
        .told()
        .iter()
        .map(|told| told["delivery"].to_string())
        .collect();
    let distinct: std::collections::BTreeSet<_> = told.iter().collect();
    let alerts = bed.count("select count(*) from delivery");
    assert_eq!(distinct.len() as i64, alerts, "every delivery arrived");
}

/// Entries that hardly compress: more of them than the small disk holds.
fn bulky(count: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = (0..count).map(|n| entry("meteor", n, now())).collect();
    for entry in &mut entries {
        entry.text = gibberish(&entry.name, 3_500);
    }
    entries
}
