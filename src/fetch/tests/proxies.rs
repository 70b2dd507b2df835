//! Proxies: who is asked, and what the guard says before.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::model::FailureKind;
use crate::world::local_server::answer;

/// A fetcher behind a proxy, in a world where `news.example` is public, `inside.example` is not, and
/// `proxy.example` is this machine. Nothing is allowed.
fn behind(proxy: &str, public: &str) -> Fetcher {
    let mut world = world();
    let addr = |text: &str| text.parse().expect("an address");
    world.resolver = Arc::new(
        MapResolver::default()
            .with("news.example", addr(public))
            .with("inside.example", addr("10.0.0.1:0"))
            .with("proxy.example", addr("127.0.0.1:0")),
    );
    let options = FetchOptions {
        allow: Vec::new(),
        proxy: Some(proxy.parse().expect("a proxy")),
        ..options()
    };
    Fetcher::new(options, world).expect("a fetcher")
}

#[tokio::test]
async fn a_proxy_is_asked_in_place_of_the_host() {
    let proxy = LocalServer::start(|_| answer("200 OK", "", b"by proxy")).await;
    let port = proxy.addr.port();
    for host in ["127.0.0.1", "proxy.example"] {
        let fetcher = behind(&format!("http://ana:pw@{host}:{port}"), "93.184.216.34:0");
        let asked = request("http://news.example/feed?x=1");
        let response = fetcher.get(asked).await.expect("200");
        assert_eq!(response.body, b"by proxy");
        assert_eq!(response.url.as_str(), "http://news.example/feed?x=1");
    }
    let seen = &proxy.seen()[0];
    assert_eq!(seen.target, "http://news.example/feed?x=1");
    assert_eq!(
        seen.header("proxy-authorization"),
        Some(&b"Basic YW5hOnB3"[..])
    );
    assert_eq!(seen.header("authorization"), None);
}

#[tokio::test]
async fn a_proxy_is_no_way_around_the_guard() {
    let proxy = LocalServer::start(|_| answer("200 OK", "", b"by proxy")).await;
    let port = proxy.addr.port();
    let fetcher = behind(&format!("http://proxy.example:{port}"), "93.184.216.34:0");
    for url in [
        "http://inside.example/",
        "http://127.0.0.1/",
        "http://169.254.169.254/",
        "http://localhost/",
        "http://wiki.internal/",
        "http://news.example:25/",
        // The exception for the proxy's name is for the proxy only.
        &format!("http://proxy.example:{port}/"),
    ] {
        let error = fetcher.get(request(url)).await.expect_err(url);
        assert_eq!(error.kind(), FailureKind::BlockedAddress, "{url}: {error}");
    }
    assert!(proxy.seen().is_empty());
    // A name that is not known here may be known to the proxy.
    fetcher
        .get(request("http://unheard.example/"))
        .await
        .expect("200");
}

#[tokio::test]
async fn a_feed_can_have_a_proxy_of_its_own_or_none() {
    let proxy = LocalServer::start(|_| answer("200 OK", "", b"by proxy")).await;
    let server = LocalServer::start(|_| answer("200 OK", "", b"direct")).await;
    let with_proxy = |proxy: &str| {
        let options = AccessOptions {
            manners: Manners {
                proxy: Some(proxy.parse().expect("a proxy")),
                ..Manners::default()
            },
            ..AccessOptions::default()
        };
        let mut asked = request(&server.url("/"));
        asked.access = Arc::new(Access::new(&asked.url, &options, &|_| None).expect("an access"));
        asked
    };
    let own = with_proxy(&format!("http://{}", proxy.addr));
    let response = fetcher(options()).get(own).await.expect("200");
    assert_eq!(response.body, b"by proxy");
    let all = FetchOptions {
        proxy: Some(format!("http://{}", proxy.addr).parse().expect("a proxy")),
        ..options()
    };
    let response = fetcher(all).get(with_proxy("direct")).await.expect("200");
    assert_eq!(response.body, b"direct");
}

#[tokio::test]
async fn a_dead_proxy_is_called_one_without_its_login() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("it").port();
    drop(listener);
    for scheme in ["http", "socks5", "socks5h"] {
        for url in ["http://news.example/", "https://news.example/"] {
            let proxy = format!("{scheme}://ana:s3cret@proxy.example:{port}");
            let fetcher = behind(&proxy, "93.184.216.34:0");
            let error = fetcher.get(request(url)).await.expect_err("it is dead");
            // A SOCKS client does not say that nobody is there.
            let name = format!("the proxy {scheme}://proxy.example:{port}");
            let words = match scheme {
                "http" => format!("{name} cannot be reached"),
                _ => format!("cannot connect to news.example through {name}: SOCKS error"),
            };
            let said = error.to_string();
            assert!(said.starts_with(&words), "{scheme} {url}: {said}");
            assert!(!error.to_string().contains("s3cret"), "{error}");
            assert_eq!(error.kind(), FailureKind::Network);
        }
    }
    let fetcher = behind("http://ana:s3cret@nowhere.example:3128", "93.184.216.34:0");
    let error = fetcher
        .get(request("http://news.example/"))
        .await
        .expect_err("no such name");
    let words = "the proxy http://nowhere.example:3128 cannot be reached: no address found";
    assert!(error.to_string().starts_with(words), "{error}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_with_the_host() {
    let proxy = LocalServer::start(|_| answer("502 Bad Gateway", "", b"")).await;
    let fetcher = behind(
        &format!("http://ana:s3cret@{}", proxy.addr),
        "93.184.216.34:0",
    );
    let error = fetcher
        .get(request("https://news.example/"))
        .await
        .expect_err("no tunnel");
    let words = format!(
        "cannot connect to news.example through the proxy http://{}",
        proxy.addr
    );
    assert!(error.to_string().starts_with(&words), "{error}");
}

/// Answers one SOCKS 5 client (RFC 1928), connects nowhere, and gives what it was asked: address type, host
/// and port.
async fn socks(listener: &TcpListener) -> std::io::Result<(u8, Vec<u8>)> {
    let (mut stream, _) = listener.accept().await?;
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await?;
    let mut methods = vec![0; greeting[1].into()];
    stream.read_exact(&mut methods).await?;
    stream.write_all(&[5, 0]).await?;
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let length = match head[3] {
        1 => 4,
        3 => stream.read_u8().await?.into(),
        _ => 16,
    };
    let mut host = vec![0; length + 2];
    stream.read_exact(&mut host).await?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    read_head(&mut stream).await?;
    stream.write_all(&answer("200 OK", "", b"by socks")).await?;
    Ok((head[3], host))
}

async fn read_head(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await?);
    }
    Ok(())
}

#[tokio::test]
async fn socks5_gets_an_address_that_passed_the_guard_and_socks5h_a_name() {
    for (scheme, kind, host) in [
        ("socks5", 1, &[93, 184, 216, 34, 0, 80][..]),
        ("socks5h", 3, b"news.example\0\x50"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("it").port();
        let fetcher = behind(
            &format!("{scheme}://proxy.example:{port}"),
            "93.184.216.34:0",
        );
        let got = fetcher.get(request("http://news.example/"));
        let (asked, got) = tokio::join!(socks(&listener), got);
        assert_eq!(got.expect("200").body, b"by socks", "{scheme}");
        assert_eq!(asked.expect("a client"), (kind, host.to_vec()), "{scheme}");
        let error = fetcher.get(request("http://inside.example/")).await;
        assert_eq!(error.expect_err(scheme).kind(), FailureKind::BlockedAddress);
    }
}
