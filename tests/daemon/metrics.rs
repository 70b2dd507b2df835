//! What the daemon shows of itself, read by the programs that people read it with.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::bed::{Bed, entry, now, rss};
use crate::parts::has_part;
use crate::program::{Running, until};

fn packaging(name: &str) -> String {
    format!("{}/packaging/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A port that nobody listens at, or did a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

/// Status, headers and body of an answer.
fn get(port: u16, path: &str, accept: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head[9..12].parse().expect("a status");
    (status, head.to_owned(), body.to_owned())
}

/// A daemon that shows what it measures, after it has told of an article.
fn shown(file: bool) -> (Bed, Running, u16) {
    let port = free_port();
    let mut more = format!("[metrics]\nlisten = \"127.0.0.1:{port}\"\n");
    if file {
        more.push_str("file = \"wirewatch.prom\"\n");
    }
    let bed = Bed::new(&[("/feed", "1s"), ("/none", "1h")], &more);
    let entries = [entry("meteor", 1, now()), entry("comet", 1, now())];
    bed.serve("/feed", rss(&entries), Duration::ZERO);
    let mut daemon = bed.start();
    daemon.until_said("metrics at");
    until("the alert is told", || bed.told().len() == 1);
    (bed, daemon, port)
}

fn promtool(arguments: &[&str], input: &str) -> Result<(), String> {
    let mut child = Command::new("promtool")
        .args(arguments)
        .current_dir(packaging("prometheus"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    match output.status.success() && output.stderr.is_empty() {
        true => Ok(()),
        false => Err(format!("{output:?}")),
    }
}

fn has_promtool() -> bool {
    has_part("promtool (Debian: prometheus)", "promtool", &["--version"])
}

#[test]
fn metrics_say_what_was_done() {
    let (bed, mut daemon, port) = shown(true);
    let (status, head, text) = get(port, "/metrics", "text/plain");
    assert_eq!(status, 200);
    assert!(head.contains("version=0.0.4"), "{head}");
    for line in [
        "wirewatch_healthy 1",
        "wirewatch_polls_total{result=\"ok\"} 1",
        "wirewatch_polls_total{result=\"failed\"} 1",
        "wirewatch_entries_total{change=\"new\"} 2",
        "wirewatch_reads_total{result=\"entry\"} 2",
        "wirewatch_articles_judged_total 2",
        "wirewatch_hits_total{watch=\"meteor\"} 1",
        "wirewatch_alerts_total{kind=\"new\"} 1",
        "wirewatch_outbox_deliveries{channel=\"desk\"} 0",
        "wirewatch_dead_letters{channel=\"desk\"} 0",
        "wirewatch_published_to_seen_seconds_count 2",
        "wirewatch_seen_to_read_seconds_count 2",
        "wirewatch_read_to_judged_seconds_count 2",
        "wirewatch_last_reload_successful 1",
        "wirewatch_reload_failures_total 0",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line}: {text}");
    }
    assert!(!text.contains("http://"), "no address of a feed: {text}");
    let (_, head, open) = get(
        port,
        "/metrics",
        "application/openmetrics-text; version=1.0.0",
    );
    assert!(head.contains("application/openmetrics-text"), "{head}");
    assert!(open.ends_with("# EOF\n"));
    let (status, _, health) = get(port, "/healthz", "*/*");
    let health: Value = serde_json::from_str(&health).expect("one line of JSON");
    assert_eq!((status, &health["status"]), (200, &Value::from("ok")));
    assert_eq!(get(port, "/", "*/*").0, 404);
    until("the file is written", || {
        fs::read_to_string(bed.path("wirewatch.prom"))
            .is_ok_and(|text| text.contains("wirewatch_build_info"))
    });
    if has_promtool() {
        promtool(&["check", "metrics"], &text).expect("promtool finds nothing");
    }
    daemon.signal("TERM");
    assert!(daemon.end().success());
}

#[test]
fn a_refused_reload_is_counted_and_metrics_can_be_turned_off_by_one() {
    let (bed, mut daemon, port) = shown(false);
    let good = fs::read_to_string(bed.path("config.toml")).expect("a config");
    bed.write("config.toml", &format!("{good}\n[watch.x]\nmatch = '\"'\n"));
    daemon.until_said("the old config stays in force");
    let counted = || {
        get(port, "/metrics", "*/*")
            .2
            .contains("wirewatch_reload_failures_total 1")
    };
    until("the refusal is counted", counted);
    let off = good
        .replace("[metrics]\n", "")
        .replace("listen", "# listen");
    bed.write("config.toml", &off);
    until("nobody listens any more", || {
        TcpStream::connect(("127.0.0.1", port)).is_err()
    });
    assert!(daemon.has_not_ended());
}

#[test]
fn an_address_that_others_reach_is_refused_unless_it_is_meant() {
    let bed = Bed::new(&[], "[metrics]\nlisten = \"0.0.0.0:9464\"\n");
    let output = bed.run(&["check"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("others can reach 0.0.0.0:9464"), "{said}");
    assert!(said.contains("allow_remote = true"), "{said}");
    assert!(said.contains("config.toml:"), "{said}");
    let config = fs::read_to_string(bed.path("config.toml")).expect("a config");
    bed.write("config.toml", &format!("{config}allow_remote = true\n"));
    bed.run_well(&["check"]);
    bed.write(
        "config.toml",
        &config.replace("listen = \"0.0.0.0:9464\"", ""),
    );
    let output = bed.run(&["check"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("neither `listen` nor `file`"), "{said}");
}

#[test]
fn the_alert_rules_pass_their_tests() {
    if !has_promtool() {
        return;
    }
    promtool(&["check", "rules", "alerts.yml"], "").expect("the rules are well");
    promtool(&["test", "rules", "alerts_test.yml"], "").expect("the tests pass");
    let rules = fs::read_to_string(packaging("prometheus/alerts.yml")).expect("rules");
    let tests = fs::read_to_string(packaging("prometheus/alerts_test.yml")).expect("tests");
    for name in rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
    {
        assert!(tests.contains(name), "{name} has no test");
    }
}

/// Every query of the dashboard, with values in place of its variables.
fn dashboard_queries() -> Vec<String> {
    let text = fs::read_to_string(packaging("grafana/wirewatch.json")).expect("a dashboard");
    let board: Value = serde_json::from_str(&text).expect("JSON");
    let panels = board["panels"].as_array().expect("panels").iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().expect("targets"));
    let queries = targets.map(|target| {
        let query = target["expr"].as_str().expect("a query");
        query
            .replace("$instance", ".*")
            .replace("$__rate_interval", "1m")
    });
    queries.collect()
}

/// Names of our metrics in a text, without what histograms add to theirs.
fn names(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let own = words.filter(|word| word.starts_with("wirewatch_"));
    own.map(|word| word.trim_end_matches("_bucket").to_owned())
        .collect()
}

#[test]
fn rules_and_dashboard_ask_only_for_what_there_is() {
    let (_bed, _daemon, port) = shown(false);
    let (_, _, text) = get(port, "/metrics", "*/*");
    let rules = fs::read_to_string(packaging("prometheus/alerts.yml")).expect("rules");
    let asked = dashboard_queries().join("\n") + &rules;
    for name in names(&asked) {
        let is_there = text.contains(&format!("# TYPE {name} "));
        assert!(is_there, "{name} is not shown");
    }
}

#[test]
fn a_prometheus_scrapes_the_daemon_and_answers_each_query_of_the_dashboard() {
    if !has_part(
        "Prometheus (Debian: prometheus)",
        "prometheus",
        &["--version"],
    ) {
        return;
    }
    let (bed, _daemon, port) = shown(false);
    let own = free_port();
    bed.write(
        "prometheus.yml",
        &format!(
            "global: {{ scrape_interval: 1s }}\nscrape_configs:\n\
             - {{ job_name: wirewatch, static_configs: [ {{ targets: ['127.0.0.1:{port}'] }} ] }}\n"
        ),
    );
    let mut command = Command::new("prometheus");
    command
        .arg(format!(
            "--config.file={}",
            bed.path("prometheus.yml").display()
        ))
        .arg(format!(
            "--storage.tsdb.path={}",
            bed.path("tsdb").display()
        ))
        .arg(format!("--web.listen-address=127.0.0.1:{own}"));
    let mut prometheus = Running::start(command, &bed.path("prometheus.log"));
    prometheus.until_said("Server is ready");
    until("it has scraped twice", || {
        let found = ask(own, "count_over_time(wirewatch_healthy[1m]) >= 2");
        found["data"]["result"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    });
    assert_eq!(
        ask(own, "up{job=\"wirewatch\"}")["data"]["result"][0]["value"][1],
        "1"
    );
    let type_of = ask_at(own, "/api/v1/metadata?metric=wirewatch_polls");
    assert_eq!(type_of["data"]["wirewatch_polls"][0]["type"], "counter");
    let queries = dashboard_queries();
    assert!(queries.len() > 20, "{queries:?}");
    for query in queries {
        let answer = ask(own, &query);
        assert_eq!(answer["status"], "success", "{query}: {answer}");
    }
}

fn ask(port: u16, query: &str) -> Value {
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    ask_at(port, &format!("/api/v1/query?query={query}"))
}

fn ask_at(port: u16, path: &str) -> Value {
    let (_, _, body) = get(port, path, "application/json");
    // Short answers come whole, long ones in chunks whose lengths stand between braces.
    let (begin, end) = (body.find('{'), body.rfind('}'));
    let json = begin.zip(end).map(|(begin, end)| &body[begin..=end]);
    serde_json::from_str(json.unwrap_or(&body)).unwrap_or(Value::Null)
}
