//! `wirewatch watch test` and `watch explain` on texts, pages and addresses.

use std::fs;

use serde_json::Value;

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;
#[path = "common/stand_in.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod stand_in;

use program::wirewatch;
use stand_in::{Reply, StandIn};

const PAGE: &str = "<html lang='id'><head><title>Gempa kuat di Sumatra</title></head><body><article>\
    <h1>Gempa kuat di Sumatra</h1>\
    <p>Gempa kuat mengguncang Sumatra pada hari Senin dan warga berlari ke luar rumah mereka.</p>\
    <p>Badan meteorologi mengatakan tidak ada ancaman tsunami, dan tim penyelamat sudah berangkat.</p>\
    <p>Listrik padam di beberapa kecamatan sampai malam, kata seorang pejabat daerah itu.</p>\
    </article><p class='promo'>Banjir diskon</p></body></html>";

/// A folder with a config, a text and a page; the site it may ask.
struct Place {
    dir: tempfile::TempDir,
    site: StandIn,
}

impl Place {
    fn new() -> Self {
        let site = StandIn::start(|asked| match asked.uri().path() {
            "/berita/1" => Reply {
                status: 200,
                headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
                body: PAGE.as_bytes().to_vec(),
                ..Reply::default()
            },
            "/robots.txt" => Reply {
                status: 200,
                headers: vec![("content-type", "text/plain".to_owned())],
                body: b"User-agent: *\nDisallow: /private".to_vec(),
                ..Reply::default()
            },
            _ => Reply::status(404),
        });
        let dir = tempfile::tempdir().expect("a folder");
        let config = format!(
            "[fetch]\nhost_delay = \"0s\"\nallow = [\"{}\"]\n\
             [watch.quake]\nmatch = '''\"gempa\" and \"sumatra\"'''\n\
             [watch.flood]\nmatch = '''\"banjir\" and \"jakarta\" and \"warga\"'''\n\
             [watch.near]\nmatch = '''\"gempa\" and url:\"*/berita/*\" and \"letusan\"'''\n",
            site.addr
        );
        fs::write(dir.path().join("config.toml"), config).expect("a file");
        fs::write(
            dir.path().join("flood.txt"),
            "Banjir di Jakarta\nWarga mengungsi.",
        )
        .expect("a file");
        fs::write(dir.path().join("page.html"), PAGE).expect("a file");
        Self { dir, site }
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = wirewatch(&self.dir.path().join("config.toml"), arguments)
            .current_dir(self.dir.path())
            .output()
            .expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    }
}

#[test]
fn several_texts_pages_and_addresses_are_tried() {
    let place = Place::new();
    let url = place.site.url("/berita/1");
    let (code, out, err) = place.run(&["watch", "test", "flood.txt", "page.html", &url]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        out.contains("flood.txt: Banjir di Jakarta (id)\n  hit: flood"),
        "{out}"
    );
    assert!(
        out.contains("page.html: Gempa kuat di Sumatra (id)\n  hit: quake"),
        "{out}"
    );
    assert!(
        out.contains(&format!("{url}: Gempa kuat di Sumatra (id)\n  hit: quake")),
        "{out}"
    );
    assert!(out.contains("    title: Gempa = \"gempa\""), "{out}");
    let (_, out, _) = place.run(&[
        "watch",
        "test",
        &url,
        "flood.txt",
        "--json",
        "--watch",
        "flood",
    ]);
    let rows: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON Lines"))
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["hits"].as_array().map(Vec::len), Some(0));
    assert_eq!(rows[1]["hits"][0]["watch"], "flood");
}

#[test]
fn what_cannot_be_had_is_told_and_the_rest_is_tried() {
    let place = Place::new();
    let gone = place.site.url("/gone");
    let (code, out, err) = place.run(&["watch", "test", "none.txt", &gone, "flood.txt"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("none.txt") && err.contains("/gone"), "{err}");
    assert!(out.contains("hit: flood"), "{out}");
    let (code, _, err) = place.run(&["watch", "test", "flood.txt", "--watch", "flod"]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("there is no watch `flod`; did you mean `flood`?"),
        "{err}"
    );
}

#[test]
fn a_miss_is_explained_with_the_nearest_hit() {
    let place = Place::new();
    let (code, out, _) = place.run(&["watch", "explain", "flood", "page.html"]);
    assert_eq!(code, Some(1));
    assert!(
        out.contains("nearest hit: adding *banjir*, and adding *jakarta* would fire"),
        "{out}"
    );
    let (_, out, _) = place.run(&["watch", "explain", "flood", "page.html", "--json"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(json["proposals"][0]["fires"], true);
}
