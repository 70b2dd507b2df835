use super::*;

const FILE: &str = r#"# my feeds
[store]
path = "x.db" # here

[[feed]] # first
url = "https://a.example/rss"

# the second one
[[feed]]
url = "https://b.example/rss"
tags = ["b"]

[watch.w]
match = '"x"'
"#;

fn file() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    fs::write(&path, FILE).unwrap();
    (dir, path)
}

#[test]
fn a_feed_is_added_and_everything_else_stays() {
    let (_dir, path) = file();
    let feed = FeedEdit {
        url: "https://c.example/rss".to_owned(),
        tags: vec!["id".to_owned(), "politics".to_owned()],
        lang: Some("id".to_owned()),
        ..FeedEdit::default()
    };
    add_feed(&Config::load(&path).unwrap(), &feed).unwrap();
    let expected = FILE.replace(
        "\n[watch.w]",
        "\n[[feed]]\nurl = \"https://c.example/rss\"\ntags = [\"id\", \"politics\"]\nlang = \"id\"\n\n[watch.w]",
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    let config = Config::load(&path).unwrap();
    for spelling in ["https://c.example/rss", "HTTPS://C.example:443/rss"] {
        let feed = FeedEdit {
            url: spelling.to_owned(),
            ..FeedEdit::default()
        };
        let error = add_feed(&config, &feed)
            .expect_err("it is there")
            .to_string();
        assert!(error.starts_with("https://c.example/rss is in"), "{error}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn many_feeds_are_added_at_once_and_none_twice() {
    let (_dir, path) = file();
    let feed = |url: &str, title: &str| FeedEdit {
        url: url.to_owned(),
        title: Some(title.to_owned()),
        ..FeedEdit::default()
    };
    let feeds = [
        feed(
            "https://c.example/rss",
            "C \n[store]\u{7f}\npath = \"/etc\"",
        ),
        feed("HTTPS://A.example:443/rss", "known"),
        feed("https://c.example/rss#again", "twice"),
        feed("https://d.example/\"]", " "),
    ];
    let config = Config::load(&path).unwrap();
    let new = new_feeds(&config, &feeds);
    assert_eq!(new, [&feeds[0], &feeds[3]]);
    let tables = "[[feed]] # C [store] path = \"/etc\"\nurl = \"https://c.example/rss\"\n\n\
                  [[feed]]\nurl = 'https://d.example/\"]'\n";
    assert_eq!(feed_tables(&new), tables);
    add_feeds(&config, &new).unwrap();
    let expected = FILE.replace("\n[watch.w]", &format!("\n{tables}\n[watch.w]"));
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    let config = Config::load(&path).unwrap();
    assert_eq!(config.feeds.len(), 4);
    assert!(new_feeds(&config, &feeds).is_empty());
}

#[test]
fn a_feed_is_removed_with_its_own_comment_only() {
    let (_dir, path) = file();
    assert_eq!(
        remove_feed(std::slice::from_ref(&path), "https://b.example/rss").unwrap(),
        path
    );
    let expected = FILE.replace(
        "\n# the second one\n[[feed]]\nurl = \"https://b.example/rss\"\ntags = [\"b\"]\n",
        "",
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    let error = remove_feed(&[path], "https://b.example/rss").expect_err("it is gone");
    assert!(error.to_string().contains("feed list"), "{error}");
}

#[test]
fn a_feed_that_spoils_the_config_is_not_added() {
    let (dir, path) = file();
    // The pattern finds the config itself, which must not count as included by the trial.
    let text = format!("include = [\"*.toml\"]\n{FILE}");
    fs::write(&path, &text).unwrap();
    let more = dir.path().join("more.toml");
    fs::write(&more, "[[feed]]\nurl = \"https://more.example/\"\n").unwrap();
    let config = Config::load(&path).unwrap();
    let mut feed = FeedEdit {
        url: "https://c.example/rss".to_owned(),
        lang: Some("english".to_owned()),
        ..FeedEdit::default()
    };
    let error = add_feed(&config, &feed).expect_err("no language");
    let EditError::Refused { problems, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(problems.list.len(), 1, "{problems}");
    assert_eq!(problems.list[0].file, path);
    assert!(problems.to_string().contains("english"), "{problems}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        2,
        "a trial stays"
    );

    feed.lang = Some("en".to_owned());
    add_feed(&config, &feed).unwrap();
    let edited = fs::read_to_string(&path).unwrap();
    assert!(edited.starts_with("include = [\"*.toml\"]\n"), "{edited}");
    feed.url = "https://more.example".to_owned();
    let error = add_feed(&config, &feed).expect_err("it is included");
    assert!(error.to_string().contains("more.toml"), "{error}");
}

#[test]
fn line_ends_stay() {
    let (_dir, path) = file();
    let text = FILE.replace('\n', "\r\n");
    fs::write(&path, &text).unwrap();
    let feed = FeedEdit {
        url: "https://c.example/rss".to_owned(),
        ..FeedEdit::default()
    };
    add_feed(&Config::load(&path).unwrap(), &feed).unwrap();
    let added = "\r\n[[feed]]\r\nurl = \"https://c.example/rss\"\r\n";
    let edited = fs::read_to_string(&path).unwrap();
    assert!(edited.contains(added), "{edited:?}");
    remove_feed(std::slice::from_ref(&path), &feed.url).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn comments_above_a_blank_line_stay() {
    let feed = |name: &str| format!("[[feed]]\nurl = \"https://{name}.example/\"\n");
    let (a, b) = (feed("a"), feed("b"));
    for (before, after) in [
        (
            format!("# mine\n\n# first\n{a}\n# second\n{b}"),
            format!("# mine\n\n# second\n{b}"),
        ),
        (format!("# mine\n\n{a}{b}"), format!("# mine\n\n{b}")),
        (format!("# mine\n\n# first\n{a}"), "# mine\n".to_owned()),
        (format!("# first\n{a}\n# end\n"), "\n# end\n".to_owned()),
        (
            format!("# mine\n\n{a}\n[store]\npath = \"x\"\n\n{b}"),
            format!("# mine\n\n[store]\npath = \"x\"\n\n{b}"),
        ),
    ] {
        let (_dir, path) = file();
        fs::write(&path, &before).unwrap();
        remove_feed(std::slice::from_ref(&path), "https://a.example/").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), after, "{before}");
    }
}
