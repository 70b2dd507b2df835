//! Keys of access in a config, and what is said of wrong ones.

use std::num::NonZeroUsize;

use super::*;
use crate::config::{Config, Problems};

const TLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls");

fn load(text: &str) -> Result<Config, Problems> {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("token"), "t0p\n").expect("a file");
    fs::write(dir.path().join("two-lines"), "a\nb\n").expect("a file");
    let path = dir.path().join("config.toml");
    fs::write(&path, text.replace("TLS", TLS)).expect("a config");
    Config::load(&path)
}

#[test]
fn everything_that_can_be_set_is_read() {
    let config = load(
        r#"
        [fetch]
        proxy = "http://proxy.example:3128"
        ca = "TLS/ca.pem"
        respect_robots = false

        [[feed]]
        url = "https://news.example/feed"
        user = "ana"
        password_env = "NEWS_PASSWORD"
        cookies = "a=1"
        headers = { X-Plain = "x", X-File = { file = "token" }, X-Env = { env = "KEY" } }
        client_cert = "TLS/client.pem"
        client_key = "TLS/client-key.pem"
        proxy = "direct"
        host_delay = "5s"
        host_parallel = 2

        [[feed]]
        url = "https://other.example/feed"
        bearer_file = "token"

        [[feed]]
        url = "https://plain.example/feed"

        [[host]]
        match = "*.news.example"
        headers = { X-Plain = "y" }
        ca = "TLS/ca.pem"
        respect_robots = true
        host_delay = "10s"
        "#,
    )
    .unwrap_or_else(|problems| panic!("{problems}"));
    assert!(config.fetch.ca_certificates.is_some() && !config.fetch.respect_robots);
    let [login, bearer, plain] = config.feeds.as_slice() else {
        panic!("{} feeds", config.feeds.len());
    };
    assert!(login.access.login.is_some() && login.access.identity.is_some());
    assert_eq!(login.access.headers.len(), 3);
    let manners = &login.access.manners;
    assert_eq!(manners.proxy, Some(Proxy::Direct));
    assert_eq!(manners.host_delay, Some(Duration::from_secs(5)));
    assert_eq!(manners.host_parallel, NonZeroUsize::new(2));
    assert!(bearer.access.bearer.is_some());
    assert!(plain.access.is_empty());
    assert_eq!(config.hosts[0].manners.respect_robots, Some(true));
    assert!(config.hosts[0].manners.ca.is_some());
    let shown = format!("{:?} {:?}", config.feeds, config.hosts);
    assert!(!shown.contains("t0p") && !shown.contains("a=1"), "{shown}");
}

#[test]
fn mistakes_are_pointed_at_and_secrets_are_not_repeated() {
    for (keys, at, words) in [
        ("user = \"ana\"", "\"ana\"", "`user` needs"),
        ("password = \"s3cret\"", "\"s3cret\"", "needs a `user`"),
        (
            "user = \"a:b\"\npassword = \"s3cret\"",
            "\"a:b\"",
            "no colon",
        ),
        ("bearer_file = \"none\"", "\"none\"", "cannot read"),
        ("bearer_file = \"two-lines\"", "\"two-lines\"", "one line"),
        (
            "bearer = \"s3cret\"\nbearer_env = \"B\"",
            "\"s3cret\"",
            "more than one of",
        ),
        (
            "user = \"ana\"\npassword = \"x\"\nbearer = \"s3cret\"",
            "\"s3cret\"",
            "contradict each other",
        ),
        (
            "bearer = \"s3cret\"\nheaders = { authorization = \"x\" }",
            "authorization",
            "contradict each other",
        ),
        (
            "cookies = \"s3cret\"\nheaders = { Cookie = \"x\" }",
            "Cookie",
            "contradict each other",
        ),
        (
            "headers = { \"X Y\" = \"x\" }",
            "\"X Y\"",
            "no name of a header",
        ),
        (
            "headers = { X-Key = \"x\", Host = \"x\" }",
            "Host",
            "cannot be set",
        ),
        ("headers = { X = { fil = \"x\" } }", "{ fil", "{ file ="),
        (
            "headers = { X = { file = \"none\" } }",
            "{ file",
            "cannot read",
        ),
        ("proxy = \"ftp://x:s3cret@y\"", "\"ftp", "names no proxy"),
        ("ca = \"none.pem\"", "\"none.pem\"", "cannot read"),
        ("ca = \"token\"", "\"token\"", "no certificate"),
        ("client_key = \"token\"", "\"token\"", "belong together"),
        (
            "client_cert = \"TLS/client.pem\"\nclient_key = \"TLS/server-key.pem\"",
            "\"TLS/client.pem\"",
            "`client_cert`",
        ),
        ("host_parallel = 0", "0", "nonzero"),
        ("respect_robot = true", "respect_robot", "unknown key"),
    ] {
        let text = format!("[[feed]]\nurl = \"https://news.example/\"\n{keys}\n");
        let problems = load(&text).expect_err(keys);
        let problem = &problems.list[0];
        assert!(problem.message.contains(words), "{keys}: {problems}");
        assert!(!problems.to_string().contains("s3cret"), "{problems}");
        let found = problem.at.as_ref().expect("a place");
        let start = text.replace("TLS", TLS).find(&at.replace("TLS", TLS));
        assert_eq!(Some(found.start), start, "{keys}: {problems}");
    }
}

#[test]
fn hosts_and_the_fetcher_are_checked_too() {
    for (text, words) in [
        ("[[host]]\nmatch = \"https://x.example/\"", "names no host"),
        (
            "[[host]]\nmatch = \"x.example\"\nproxy = \"x\"",
            "names no proxy",
        ),
        ("[[host]]\nhost_delay = \"1s\"", "missing field `match`"),
        ("[fetch]\nca = \"none.pem\"", "cannot read"),
        ("[fetch]\nproxy = \"x\"", "names no proxy"),
    ] {
        let problems = load(text).expect_err(text);
        assert!(problems.to_string().contains(words), "{text}: {problems}");
        assert!(problems.list[0].at.is_some(), "{text}");
    }
    let twice = "[[host]]\nmatch = \"x.example\"\n[[host]]\nmatch = \"X.example\"";
    let config = load(twice).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(config.warnings.to_string().contains("twice"));
}

#[test]
fn mistakes_that_serde_finds_underline_the_value() {
    for (keys, at) in [
        (
            "allow = [\"10.0.0.0/8\", \"10.0.0.0/40\"]",
            "\"10.0.0.0/40\"",
        ),
        ("proxy = \"x\"", "\"x\""),
        ("deadline = \"0s\"", "\"0s\""),
        ("concurrency = 0", "0"),
        ("body_bytes_max = \"much\"", "\"much\""),
    ] {
        let text = format!("[fetch]\ncontact = \"mailto:a@b.example\"\n{keys}\n");
        let problems = load(&text).expect_err(keys);
        let found = problems.list[0].at.clone().expect("a place");
        assert_eq!(&text[found], at, "{problems}");
    }
}

#[test]
fn a_login_in_an_address_is_kept_out_of_what_is_shown() {
    let text = "[[feed]]\nurl = \"https://ana:p%40ss@x.example/rss?a=1\"";
    let config = load(text).unwrap_or_else(|problems| panic!("{problems}"));
    let feed = &config.feeds[0];
    assert_eq!(feed.spec.url, "https://x.example/rss?a=1");
    let (user, Secret::Known(password)) = feed.access.login.as_ref().expect("a login") else {
        panic!("the address has the password");
    };
    assert_eq!((user.as_str(), password.expose_secret()), ("ana", "p@ss"));
    assert!(config.feed("x.example/rss?a=1").is_some());
}
