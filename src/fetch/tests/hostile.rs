//! Servers that break the rules, and addresses that lead where they should not: each ends with its kind.

use super::*;
use crate::model::FailureKind;
use crate::world::local_server::{Reply, answer};

#[tokio::test]
async fn broken_servers_fail_with_the_kind_of_their_fault() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/garbage" => (0..4096u32).map(|n| ((n * 7919) >> 3) as u8).collect(),
        "/old" => b"<rss/> without any head".to_vec(),
        "/nothing" => Vec::new(),
        "/headers" => {
            let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
            for n in 0..10_000 {
                bytes.extend(format!("X-{n}: {}\r\n", "v".repeat(1000)).bytes());
            }
            bytes
        }
        "/cut" => b"HTTP/1.1 200 OK\r\nETag: \"y\"\r\nContent-Length: 1006\r\n\r\n<rss/>".to_vec(),
        "/no-gzip" => answer("200 OK", "Content-Encoding: gzip\r\n", b"<rss/>"),
        "/unasked" => answer("304 Not Modified", "", b""),
        "/part" => answer(
            "206 Partial Content",
            "Content-Range: bytes 0-1/9\r\n",
            b"<r",
        ),
        "/gone" => answer("410 Gone", "", b"gone"),
        "/login" => answer("401 Unauthorized", "WWW-Authenticate: Basic\r\n", b""),
        _ => answer("500 Internal Server Error", "", b""),
    })
    .await;
    for (path, kind) in [
        ("/garbage", FailureKind::Network),
        ("/old", FailureKind::Network),
        ("/nothing", FailureKind::Network),
        ("/headers", FailureKind::Network),
        ("/cut", FailureKind::Network),
        ("/no-gzip", FailureKind::Network),
        ("/unasked", FailureKind::Protocol),
        ("/part", FailureKind::Protocol),
        ("/gone", FailureKind::Gone),
        ("/login", FailureKind::Forbidden),
        ("/error", FailureKind::Status),
    ] {
        let error = get(&server, path).await.expect_err(path);
        assert_eq!(error.kind(), kind, "{path}: {error}");
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_cap() {
    let server = LocalServer::start(|_| {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        let chunk = [b"10000\r\n", vec![b' '; 0x10000].as_slice(), b"\r\n"].concat();
        let chunks = std::iter::repeat_n((Duration::ZERO, chunk), 400);
        Reply(
            std::iter::once((Duration::ZERO, head))
                .chain(chunks)
                .collect(),
        )
    })
    .await;
    let error = get(&server, "/").await.expect_err("25 MB");
    assert_eq!(error, FetchError::TooLarge { cap: 8 << 20 });
}

/// Addresses that never may be asked, in every way to write them.
const FORBIDDEN: [&str; 46] = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://0/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://168.63.129.16/",
    "http://192.0.0.170/",
    "http://192.0.2.1/",
    "http://198.19.0.1/",
    "http://224.0.0.251/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2002:a00:1::]/",
    "http://[2001:0:53aa:64c:0:0:f5ff:fffe]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[fd12:3456::1]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.b.localhost/",
    "http://metadata.google.internal/",
    "http://１２７.0.0.1/",
    "http://news.example@127.0.0.1/",
    "http://127.0.0.1\\@news.example/",
    "\t http://127.0.0.1/\n",
    "http://news.example:6379/",
    "http://inside.example/",
];

/// Texts that are no address of the web.
const NO_ADDRESS: [&str; 12] = [
    "",
    "news.example/rss",
    "//news.example/rss",
    "http://",
    "http://[fe80::1%25eth0]/",
    "http://256.0.0.1/",
    "http://a b/",
    "file:///etc/passwd",
    "FTP://news.example/",
    "data:text/xml,<rss/>",
    "view-source:http://127.0.0.1/",
    "javascript:alert(1)",
];

#[tokio::test]
async fn no_way_of_writing_it_leads_inside() {
    let mut world = world();
    let inside = "10.0.0.1:80".parse().expect("an address");
    let public = "127.0.0.1:80".parse().expect("an address");
    let names = MapResolver::all_to(public).with("inside.example", inside);
    world.resolver = Arc::new(names);
    // Nothing is allowed, so that nothing is ever connected to.
    let options = FetchOptions {
        allow: Vec::new(),
        ..options()
    };
    let fetcher = Fetcher::new(options, world).expect("a fetcher");
    for text in FORBIDDEN {
        let url = crate::fetch::parse_url(text).expect(text);
        for accept in [Accept::Feed, Accept::Page] {
            let asked = Request::new(url.clone(), accept);
            let error = fetcher.get(asked).await.expect_err(text);
            assert_eq!(error.kind(), FailureKind::BlockedAddress, "{text}: {error}");
        }
    }
    for text in NO_ADDRESS {
        let error = crate::fetch::parse_url(text).expect_err(text);
        assert!(matches!(error, FetchError::Refused { .. }), "{text}");
    }
}
