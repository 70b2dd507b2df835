//! The body: whole, capped, in time.

use std::io::Write as _;

use super::*;
use crate::world::local_server::{Reply, answer};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn a_compressed_body_is_decompressed() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/gzip" => answer("200 OK", "Content-Encoding: gzip\r\n", &gzip(b"news")),
        "/deflate" => answer("200 OK", "Content-Encoding: deflate\r\n", &zlib(b"news")),
        // Written by Node's zlib: there is no encoder among the dependencies.
        "/br" => answer(
            "200 OK",
            "Content-Encoding: br\r\n",
            b"\x8b\x01\x80news\x03",
        ),
        _ => {
            let body = zstd::encode_all(&b"news"[..], 3).expect("memory");
            answer("200 OK", "Content-Encoding: zstd\r\n", &body)
        }
    })
    .await;
    for path in ["/gzip", "/deflate", "/br", "/zstd"] {
        assert_eq!(
            get(&server, path).await.expect(path).body,
            b"news",
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_cap_counts_decoded_bytes() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/bomb" => answer(
            "200 OK",
            "Content-Encoding: gzip\r\n",
            &gzip(&vec![0; 4 << 20]),
        ),
        "/deflate" => {
            let bomb = zlib(&vec![0; 4 << 20]);
            answer("200 OK", "Content-Encoding: deflate\r\n", &bomb)
        }
        "/zstd" => {
            let bomb = zstd::encode_all(&vec![0; 4 << 20][..], 3).expect("memory");
            answer("200 OK", "Content-Encoding: zstd\r\n", &bomb)
        }
        "/long" => answer("200 OK", "", &[0; 1001]),
        _ => answer("200 OK", "", &[0; 1000]),
    })
    .await;
    let capped = || {
        fetcher(FetchOptions {
            body_bytes_max: 1000,
            ..options()
        })
    };
    for path in ["/bomb", "/deflate", "/zstd", "/long"] {
        let error = capped()
            .get(request(&server.url(path)))
            .await
            .expect_err(path);
        assert_eq!(error, FetchError::TooLarge { cap: 1000 });
        assert!(
            error.to_string().contains("`body_bytes_max` of [fetch]"),
            "{error}"
        );
    }
    let whole = capped()
        .get(request(&server.url("/fits")))
        .await
        .expect("200");
    assert_eq!(whole.body.len(), 1000);
}

#[tokio::test]
async fn a_cut_body_is_an_error_and_never_short() {
    let cut_gzip = gzip(
        &(0..20_000u32)
            .flat_map(u32::to_le_bytes)
            .collect::<Vec<_>>(),
    );
    let server = LocalServer::start(move |seen| match seen.target.as_str() {
        "/length" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>".to_vec(),
        "/chunk" => {
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n9\r\n<item"
                .to_vec()
        }
        "/no-last-chunk" => {
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n".to_vec()
        }
        "/headers" => b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(),
        "/gzip-length" => {
            let mut bytes = answer("200 OK", "Content-Encoding: gzip\r\n", &cut_gzip);
            bytes.truncate(bytes.len() - 500);
            bytes
        }
        _ => answer(
            "200 OK",
            "Content-Encoding: gzip\r\n",
            &cut_gzip[..cut_gzip.len() / 2],
        ),
    })
    .await;
    for path in [
        "/length",
        "/chunk",
        "/no-last-chunk",
        "/headers",
        "/gzip-length",
        "/gzip-itself",
    ] {
        match get(&server, path).await {
            Err(FetchError::Network { why, transient, .. }) => {
                assert!(transient && why.contains("broke off"), "{path}: {why}");
            }
            other => panic!("{path}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_slow_loris_costs_no_more_than_the_deadline() {
    let limit = Duration::from_millis(200);
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/silent" => Reply(vec![(Duration::from_secs(60), Vec::new())]),
        _ => {
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n".to_vec();
            let drops = (0..2000).map(|_| (Duration::from_millis(30), b".".to_vec()));
            Reply(
                std::iter::once((Duration::ZERO, head))
                    .chain(drops)
                    .collect(),
            )
        }
    })
    .await;
    for path in ["/silent", "/drops"] {
        let quick = fetcher(FetchOptions {
            deadline: limit,
            ..options()
        });
        let begun = std::time::Instant::now();
        let error = quick.get(request(&server.url(path))).await.expect_err(path);
        assert_eq!(error, FetchError::Timeout { limit });
        assert!(begun.elapsed() < 50 * limit, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn what_is_no_http_is_an_error_in_words() {
    let server = LocalServer::start(|_| b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()).await;
    let error = get(&server, "/").await.expect_err("no HTTP");
    assert!(error.to_string().contains("is no HTTP"), "{error}");
}

#[tokio::test]
async fn the_page_of_a_refusal_is_read_on_wish_and_costs_no_refusal() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/whole" => answer("403 Forbidden", "Content-Type: text/html\r\n", b"<p>no</p>").into(),
        "/long" => {
            let body = vec![b'x'; 300_000];
            answer("403 Forbidden", "Content-Type: text/html\r\n", &body).into()
        }
        "/text" => answer("403 Forbidden", "Content-Type: text/plain\r\n", b"no").into(),
        "/missing" => answer("404 Not Found", "Content-Type: text/html\r\n", b"<p>no</p>").into(),
        _ => {
            let head = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2000\r\n\r\n<p>n".to_vec();
            let rest = (Duration::from_secs(60), vec![b'.'; 1996]);
            Reply(vec![(Duration::ZERO, head), rest])
        }
    })
    .await;
    let quick = fetcher(FetchOptions {
        deadline: Duration::from_secs(2),
        ..options()
    });
    for (path, code, length) in [
        ("/whole", 403, Some(9)),
        ("/long", 403, Some(64 * 1024)),
        ("/text", 403, None),
        ("/missing", 404, None),
        ("/hangs", 403, Some(4)),
    ] {
        for wants_refusal in [true, false] {
            let asked = Request {
                wants_refusal,
                ..request(&server.url(path))
            };
            let error = quick.get(asked).await.expect_err(path);
            assert_eq!(error.status(), Some(code), "{path}");
            let read = error.page().map(|page| page.body.len());
            assert_eq!(read, length.filter(|_| wants_refusal), "{path}");
        }
    }
}
