//! A folder with a page of our own and a rule for its site.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

pub const URL: &str = "https://www.harbour.example/news/1";

/// A page of our own whose markup says little: the story is in `.txt`, and so is what is not of it.
pub const PAGE: &str = r#"<html lang="en"><head><title>Harbour opens again | Harbour News</title>
<meta property="article:published_time" content="2026-11-22T07:00:00Z"></head><body>
<nav><a href="/">Home</a></nav>
<h1>Harbour opens again</h1>
<div class="meta"><span class="who">By Ana Lopez</span> <span class="when">21 November 2026, 18:30</span></div>
<div class="txt">
<p>The harbour of the old town opened again on Sunday after eleven months of work on its two long piers.</p>
<div class="promo">Our <b>morning letter</b> tells you what the town speaks of, every day before breakfast &lt;script&gt;.</div>
<p>Read also: The ferry that never came</p>
<p>The first ferry left at seven in the morning with two hundred people on board, said the harbour master.</p>
<p style="display:none">Words for search engines.</p>
<p>She expects forty ships a week until the spring, and twice as many when the fish market is finished.</p>
</div>
<div class="foot"><p>The harbour office answers questions of readers on every working day from nine to five.</p></div>
</body></html>"#;

pub const RULE: &str = r#"[[site]]
match  = "*.harbour.example"
body   = [".no-longer", ".txt"]
author = ".who"
date   = ".when"
remove = [".promo"]
"#;

/// A folder to work in.
pub struct Bed {
    dir: tempfile::TempDir,
}

impl Bed {
    pub fn new() -> Self {
        let bed = Self {
            dir: tempfile::tempdir().expect("a folder"),
        };
        bed.write("page.html", PAGE);
        bed.write("sites.toml", RULE);
        bed
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    /// A command in the folder, without a config anywhere.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirewatch"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env_remove("WIREWATCH_CONFIG")
            .env("XDG_CONFIG_HOME", self.path("none"));
        command
    }

    /// Its output and exit code.
    pub fn said(&self, arguments: &[&str]) -> (String, Option<i32>) {
        said(
            self.command(arguments)
                .output()
                .expect("the program starts"),
        )
    }

    pub fn tried(&self, arguments: &[&str]) -> Value {
        let all = [
            &["article", "test", "page.html", "--url", URL, "--json"],
            arguments,
        ]
        .concat();
        let (out, code) = self.said(&all);
        assert_eq!(code, Some(0), "{out}");
        serde_json::from_str(&out).expect("JSON")
    }
}

pub fn said(output: Output) -> (String, Option<i32>) {
    let text = [output.stdout, output.stderr].concat();
    (
        String::from_utf8(text).expect("UTF-8"),
        output.status.code(),
    )
}
