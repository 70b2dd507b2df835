use std::fs;

use url::Url;

use super::*;

fn rule(sites: &Sites, url: &str) -> Option<String> {
    let url = Url::parse(url).expect("an address");
    sites.rule_for(&url).map(|rule| rule.name.clone())
}

#[test]
fn the_most_specific_rule_wins_and_files_come_last() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("rules");
    fs::create_dir(&folder).expect("a folder");
    for name in [
        "news.example.txt",
        ".example.org.txt",
        "www.txt",
        "a.example.org.txt",
        "README.txt",
    ] {
        fs::write(folder.join(name), "body: //article\nbogus: 1\n").expect("a file");
    }
    let config = dir.path().join("sites.toml");
    let text = "[extract]\nsite_rules = \"rules\"\n\
                [[site]]\nmatch = \"*.daily.example\"\nbody = \"article\"\n\
                [[site]]\nmatch = \"sport.daily.example\"\nbody = [\"main\", \"#x\"]\n\
                [[site]]\nmatch = \"b.example.org\"\nremove = [\".ad\"]\n";
    fs::write(&config, text).expect("a file");
    let sites = Sites::load(&config).expect("good rules");
    for (url, expected) in [
        (
            "https://www.daily.example/1",
            Some("[[site]] *.daily.example"),
        ),
        (
            "https://sport.daily.example/1",
            Some("[[site]] sport.daily.example"),
        ),
        ("https://daily.example/1", None),
        ("https://www.news.example/1", Some("news.example.txt")),
        ("https://news.example/1", Some("news.example.txt")),
        ("https://x.news.example/1", None),
        ("https://a.example.org/1", Some("a.example.org.txt")),
        ("https://c.d.example.org/1", Some(".example.org.txt")),
        ("https://www.example.org/1", Some(".example.org.txt")),
        ("https://b.example.org/1", Some("[[site]] b.example.org")),
        ("http://127.0.0.1:8800/1", None),
        ("http://[::1]/1", None),
        ("http://www/1", Some("www.txt")),
    ] {
        assert_eq!(rule(&sites, url).as_deref(), expected, "{url}");
        assert_eq!(rule(&sites, url).as_deref(), expected, "{url}, remembered");
    }
    let survey = sites.survey().expect("a folder");
    assert_eq!(
        survey,
        Survey {
            files: 3,
            files_in_part: 3,
            lines: 3
        }
    );
    let only_folder = Sites::load(&folder).expect("a folder");
    assert_eq!(
        rule(&only_folder, "https://news.example/").as_deref(),
        Some("news.example.txt")
    );
}

#[test]
fn files_are_read_when_they_are_needed() {
    let dir = tempfile::tempdir().expect("a folder");
    let sites = Sites::load(dir.path()).expect("a folder");
    fs::write(dir.path().join("late.example.txt"), "body: //article\n").expect("a file");
    assert_eq!(
        rule(&sites, "https://late.example/").as_deref(),
        Some("late.example.txt")
    );
}

/// What people copy must work.
#[test]
fn the_tables_of_the_manual_and_of_the_example_are_good() {
    let manual = include_str!("../../../docs/sites.md");
    let block = manual
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let example = include_str!("../../../config.toml");
    let lines = example
        .lines()
        .skip_while(|line| *line != "# [[site]]")
        .take_while(|line| *line != "#");
    let example: String = lines
        .map(|line| format!("{}\n", line.trim_start_matches("# ")))
        .collect();
    for text in [block.expect("an example"), &example] {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("sites.toml");
        fs::write(&path, text).expect("a file");
        let sites = Sites::load(&path).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(
            rule(&sites, "https://www.news.example/1").as_deref(),
            Some("[[site]] *.news.example"),
            "{text}"
        );
    }
}
