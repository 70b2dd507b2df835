//! The page of a digest in a browser: html-validate, and axe-core in headless Chromium, light and dark, wide and
//! narrow. The tools are those of `tests/digest/page/` (`npm ci` there) and Debian's `chromium`.

use std::fs;
use std::path::Path;
use std::process::Command;

use wirewatch::channel::render::digest_html;
use wirewatch::model::Digest;

use crate::chance::Chance;
use crate::made;
use crate::parts::has_part;
use crate::program::wirewatch;

const FIXTURE: &str = include_str!("../fixtures/render/digest.json");

fn checker() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/digest/page/check.mjs").to_owned()
}

fn has_tools() -> bool {
    let what = "node with the tools of tests/digest/page (`npm ci` there), and chromium";
    has_part(what, "node", &[&checker(), "--tools"])
}

#[test]
fn pages_have_no_fault_in_light_and_dark_and_are_as_narrow_as_a_phone() {
    if !has_tools() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let fixture: Digest = serde_json::from_str(FIXTURE).expect("a digest");
    let pages = [
        ("fixture.html", digest_html(&fixture)),
        ("heartbeat.html", digest_html(&made::heartbeat())),
        (
            "hostile.html",
            digest_html(&made::digest(&mut Chance(1), 14, 5)),
        ),
        (
            "many.html",
            digest_html(&made::digest(&mut Chance(2), 20, 80)),
        ),
        ("demo.html", of_the_demo(dir.path())),
    ];
    let mut check = Command::new("node");
    check.arg(checker());
    for (name, html) in pages {
        let path = dir.path().join(name);
        fs::write(&path, html).expect("a file");
        check.arg(path);
    }
    let output = check.output().expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(said.matches("no faults").count(), 5, "{said}");
}

/// The checker sees what it is there for.
#[test]
fn a_bad_page_has_its_faults_told() {
    if !has_tools() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("bad.html");
    let bad = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>x</title></head><body><h1>x</h1><p><div></div>\
        <p style=\"color:#ccc;background:#fff\">faint</p><img src=\"missing.png\">\
        <div style=\"width:900px\" lang=\"klingon-\">wide</div></body></html>";
    fs::write(&path, bad).expect("a file");
    let mut check = Command::new("node");
    let output = check.arg(checker()).arg(path).output().expect("node runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    for fault in [
        "no-implicit-close",
        "color-contrast",
        "html-has-lang",
        "image-alt",
        "valid-lang",
        "px wide",
        "loads file:",
    ] {
        assert!(said.contains(fault), "{fault} is not told:\n{said}");
    }
}

/// The digest of the demo.
fn of_the_demo(dir: &Path) -> String {
    let keep = dir.join("play");
    let demo = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .args(["demo", "--keep"])
        .arg(&keep)
        .output()
        .expect("the program starts");
    assert!(
        demo.status.success(),
        "{}",
        String::from_utf8_lossy(&demo.stderr)
    );
    let arguments = ["digest", "now", "--format", "html"];
    let digest = wirewatch(&keep.join("config.toml"), &arguments).output();
    let digest = digest.expect("the program starts");
    assert!(
        digest.status.success(),
        "{}",
        String::from_utf8_lossy(&digest.stderr)
    );
    String::from_utf8(digest.stdout).expect("UTF-8")
}
