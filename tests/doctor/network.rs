//! Names, hosts, certificates, and the clocks of those who answer.

use std::net::TcpListener;
use std::time::Duration;

use jiff::SignedDuration;
use wirewatch::world::World;

use crate::bed::{Answer, Bed};
use crate::stand_in::{Reply, StandIn};
use crate::tls_server::TlsServer;

fn feeds(urls: &[String]) -> String {
    urls.iter()
        .map(|url| format!("[[feed]]\nurl = \"{url}\"\n"))
        .collect()
}

/// What the doctor says of the channel `hook`.
fn hook_of(answer: &Answer) -> [String; 4] {
    let channels = answer.of_check("channel");
    let mut hooks = channels
        .into_iter()
        .filter(|row| row[1].starts_with("hook"));
    hooks.next().expect("a row")
}

/// A host whose clock is so many seconds ahead.
fn host(ahead: i64) -> StandIn {
    StandIn::start(move |_| {
        let now = World::real().clock.now() + SignedDuration::from_secs(ahead);
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        Reply {
            status: 404,
            headers: vec![("date", date)],
            ..Reply::default()
        }
    })
}

#[test]
fn hosts_are_asked_once_for_their_head_and_their_clocks_are_compared() {
    let hosts = [host(7_260), host(7_261), host(0)];
    let urls: Vec<String> = hosts
        .iter()
        .flat_map(|host| ["/a.xml", "/b.xml"].map(|path| host.url(path)))
        .collect();
    let bed = Bed::with(&feeds(&urls));
    let answer = bed.ask(&[]);
    answer.check("hosts", "ok", &["3 of 3 hosts of feeds answer"]);
    answer.check(
        "clock-hosts",
        "wrong",
        &["2 h slow, by the clocks of 3 hosts", "set-ntp"],
    );
    assert_eq!(answer.code, 1);
    for host in &hosts {
        let asked = host.asked();
        assert_eq!(asked.len(), 1);
        assert_eq!(
            (asked[0].0.method().as_str(), asked[0].0.uri().path()),
            ("HEAD", "/")
        );
    }
    let answer = bed.ask(&["--offline"]);
    answer.check("network", "skipped", &["--offline"]);
    assert!(hosts.iter().all(|host| host.asked().len() == 1));
}

#[test]
fn one_dead_host_is_its_own_trouble_and_all_of_them_are_ours() {
    let alive = host(0);
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let dead = format!("http://{}/feed", free.expect("a port"));
    let unknown = "http://none.invalid/feed".to_owned();
    let bed = Bed::with(&feeds(&[alive.url("/feed"), dead.clone(), unknown.clone()]));
    let answer = bed.ask(&[]);
    let hosts = answer.of_check("hosts");
    assert_eq!(hosts.len(), 2, "{}", answer.text);
    assert!(
        hosts[0][2].contains("1 of 2 hosts of feeds answer"),
        "{hosts:?}"
    );
    assert!(
        hosts[1][0] == "warning" && hosts[1][2].contains("refused"),
        "{hosts:?}"
    );
    answer.check("dns", "warning", &["none.invalid", "no address found"]);
    answer.check_well();

    let bed = Bed::with(&feeds(&[unknown, "http://gone.invalid/".to_owned()]));
    let answer = bed.ask(&[]);
    assert_eq!(answer.code, 1);
    answer.check(
        "dns",
        "wrong",
        &["no name is known (0 of 2)", "/etc/resolv.conf"],
    );
}

#[test]
fn a_proxy_that_is_not_there_is_told_as_such() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let free = free.expect("a port");
    let proxied = |proxy: &str| {
        let proxy = format!("[fetch]\nproxy = \"{proxy}\"");
        let feeds = feeds(&[
            "http://news.example/a".to_owned(),
            "http://x.example/b".to_owned(),
        ]);
        Bed::new(&format!(
            "{}{feeds}",
            crate::bed::GOOD.replace("[fetch]", &proxy)
        ))
        .ask(&[])
    };
    let answer = proxied(&format!("socks5h://{free}"));
    assert_eq!(answer.code, 1);
    answer.check("proxy", "wrong", &[&free.to_string(), "is it running"]);
    answer.check(
        "hosts",
        "wrong",
        &["no host answers (0 of 2)", "[fetch] proxy"],
    );
    assert!(
        answer.of_check("dns").is_empty(),
        "names are the proxy's business"
    );
    // One that forwards everything to itself.
    let proxy = host(0);
    let answer = proxied(&format!("http://{}", proxy.addr));
    answer.check("proxy", "ok", &[]);
    answer.check("hosts", "ok", &["2 of 2"]);
}

#[test]
fn an_address_that_is_not_public_needs_a_rule() {
    let bed = Bed::with(&feeds(&["http://10.9.8.7/feed".to_owned()]));
    let answer = bed.ask(&[]);
    assert_eq!(answer.code, 1);
    answer.check("dns", "wrong", &["10.9.8.7", "[fetch] allow"]);
}

#[test]
fn nobody_is_waited_for_longer_than_was_promised() {
    let slow = StandIn::start(|_| Reply {
        status: 200,
        pause: Duration::from_secs(60),
        ..Reply::default()
    });
    let bed = Bed::with(&feeds(&[slow.url("/feed")]));
    let started = std::time::Instant::now();
    let answer = bed.ask(&[]);
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
    answer.check("hosts", "warning", &["did not answer within 10 s"]);
    // Else its own end would wait, too.
    std::mem::forget(slow);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_told_in_words() {
    let Some(server) = TlsServer::start("nobody knows this host") else {
        return;
    };
    let url = format!("https://127.0.0.1:{}/feed", server.port);
    let hook = format!("[channel.hook]\nkind = \"webhook\"\nurl = \"{url}\"\n");
    let bed = Bed::with(&format!("{}{hook}", feeds(&[url])));
    let answer = bed.ask(&[]);
    answer.check(
        "tls",
        "warning",
        &["nobody who is trusted vouches", "UnknownIssuer", "`ca`"],
    );
    // A channel that cannot be used is wrong.
    assert_eq!(answer.code, 1);
    let hook = hook_of(&answer);
    assert!(
        hook[0] == "wrong" && hook[2].contains("UnknownIssuer"),
        "{hook:?}"
    );
    // With its certificate named it is reached, and not posted to.
    let ca = server.dir.path().join("cert.pem");
    let trusted = format!(
        "[channel.hook]\nkind = \"webhook\"\nurl = \"https://127.0.0.1:{}/x\"\nca_file = \"{}\"\n",
        server.port,
        ca.display()
    );
    let answer = Bed::with(&trusted).ask(&[]);
    let hook = hook_of(&answer);
    assert!(
        hook[0] == "ok" && hook[2].contains("can be reached"),
        "{hook:?}"
    );
}
