//! `wirewatch watch new`: a commented watch with two tests, which passes `check`, at the end of a file that else stays as it was.

use std::fs;
use std::path::Path;

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;

use program::wirewatch;

const CONFIG: &str = "# mine\ninclude = [\"more/*.toml\"]\n\n[channel.desk] # the only one\nkind = \"stdout\"\n\n\
                      [list.words]\nany = [\"переговоры\", \"summit\"]\n\n[watch.old]\nmatch = '\"old\"'\n# the end\n";

fn run(dir: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = wirewatch(&dir.join("config.toml"), arguments)
        .current_dir(dir)
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir(dir.path().join("more")).expect("a folder");
    fs::write(dir.path().join("more/a.toml"), "# included\n").expect("a file");
    fs::write(dir.path().join("config.toml"), CONFIG).expect("a file");
    dir
}

#[test]
fn a_watch_is_written_that_passes_check() {
    for (arguments, parts) in [
        (
            &[
                "--country",
                "CN",
                "--country",
                "RU",
                "--list",
                "diplomacy",
                "--lang",
                "id",
                "--severity",
                "high",
            ][..],
            &[
                "match = '''country:CN in-paragraph country:RU and $diplomacy and lang in [id]'''",
                "severity = \"high\"",
                "[watch.cn-ru-diplomacy]",
            ][..],
        ),
        (
            &["--topic", "trade talks, \"summit\"", "--channel", "desk"],
            &[
                r#"match = '''any("trade talks", "\"summit\"")'''"#,
                "channels = [\"desk\"]",
            ],
        ),
        (
            &[
                "--country",
                "id",
                "--country",
                "MY",
                "--country",
                "SG",
                "--topic",
                "banjir",
                "--name",
                "banjir",
            ],
            &[
                "match = '''any(country:ID, country:MY, country:SG) and \"banjir\"'''",
                "[watch.banjir]",
            ],
        ),
        (
            &["--list", "words", "--lang", "ru,en"],
            &["$words and lang in [ru, en]", "lang = \"ru\""],
        ),
    ] {
        let dir = folder();
        let (code, out, err) = run(dir.path(), &[&["watch", "new"], arguments].concat());
        assert_eq!(code, Some(0), "{arguments:?}: {err}");
        for part in parts {
            assert!(out.contains(part), "{part}: {out}");
        }
        let now = fs::read_to_string(dir.path().join("config.toml")).expect("a file");
        assert_eq!(now, format!("{CONFIG}\n{out}"), "the rest stays");
        assert!(
            out.starts_with("# ")
                && out.contains("expect = \"match\"")
                && out.contains("expect = \"no-match\"")
        );
        let (code, out, err) = run(dir.path(), &["check"]);
        assert_eq!(code, Some(0), "{now}{err}");
        assert!(out.contains("2 of 2 tests pass"), "{out}");
    }
}

#[test]
fn other_files_and_dry_runs() {
    let dir = folder();
    let new = ["watch", "new", "--topic", "strike", "--name", "strike"];
    let (code, shown, _) = run(dir.path(), &[&new[..], &["--dry-run"]].concat());
    assert_eq!(code, Some(0));
    assert_eq!(
        fs::read_to_string(dir.path().join("config.toml")).expect("a file"),
        CONFIG
    );
    let (code, out, err) = run(dir.path(), &[&new[..], &["--to", "more/a.toml"]].concat());
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out, shown);
    let written = fs::read_to_string(dir.path().join("more/a.toml")).expect("a file");
    assert_eq!(written, format!("# included\n\n{out}"));
    let (code, _, err) = run(
        dir.path(),
        &[
            "watch",
            "new",
            "--topic",
            "x",
            "--name",
            "b",
            "--to",
            "more/b.toml",
        ],
    );
    assert_eq!(code, Some(0), "{err}");
    assert!(!err.contains("not read yet"), "{err}");
    assert_eq!(run(dir.path(), &["check"]).0, Some(0));
    assert_eq!(
        fs::read_to_string(dir.path().join("config.toml")).expect("a file"),
        CONFIG
    );
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_written() {
    let dir = folder();
    fs::write(dir.path().join("stray.toml"), "").expect("a file");
    for (arguments, told) in [
        (
            &["--topic", "x", "--name", "old"][..],
            "there is a [watch.old] already",
        ),
        (
            &["--topic", "x", "--channel", "dek"],
            "there is no [channel.dek]; did you mean `desk`?",
        ),
        (&["--country", "China"], "country:CHINA"),
        (&["--list", "diplomcy"], "did you mean `$diplomacy`?"),
        (&["--topic", "US"], "finds the word \"us\" too"),
        (&["--topic", "x", "--name", "a b"], "`a b` is no name"),
        (
            &["--topic", "x", "--to", "stray.toml"],
            "stray.toml is no file of the config",
        ),
        (&[], "nothing to look for"),
    ] {
        let (code, _, err) = run(dir.path(), &[&["watch", "new"], arguments].concat());
        assert_eq!(code, Some(1), "{arguments:?}");
        assert!(err.contains(told), "{told}: {err}");
    }
    assert_eq!(
        run(
            dir.path(),
            &["watch", "new", "--topic", "x", "--severity", "urgent"]
        )
        .0,
        Some(2)
    );
    assert_eq!(
        fs::read_to_string(dir.path().join("config.toml")).expect("a file"),
        CONFIG
    );
}
