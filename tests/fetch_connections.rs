//! Connections: kept and shared, HTTP/2 where the server speaks it, certificates of the config. Against
//! servers of the test's own; the certificates are fixtures (`tests/fixtures/tls/make.sh`).

use std::fs;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use url::Url;
use wirewatch::fetch::{Accept, Access, AccessOptions, FetchOptions, Fetcher, Request};
use wirewatch::model::FailureKind;
use wirewatch::world::{CaCertificates, Identity, MapResolver, World};

/// What a server has seen.
#[derive(Default)]
struct Log {
    connections: AtomicUsize,
    requests: AtomicUsize,
    protocols: Mutex<Vec<Option<Vec<u8>>>>,
    /// Whether the client showed a certificate, by connection.
    certified: Mutex<Vec<bool>>,
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read(path).expect("a fixture")
}

/// Accepts connections for as long as the test runs.
#[expect(clippy::disallowed_methods, reason = "the other side of the test")]
async fn serve<F>(
    each: impl Fn(TcpStream, Arc<Log>) -> F + Send + 'static,
) -> (SocketAddr, Arc<Log>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let log = Arc::new(Log::default());
    let shared = Arc::clone(&log);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            shared.connections.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(each(stream, Arc::clone(&shared)));
        }
    });
    (addr, log)
}

/// Answers requests of HTTP/1.1 until the client goes, or `most` of them.
async fn speak_http1(mut stream: impl AsyncRead + AsyncWrite + Unpin, log: &Log, most: usize) {
    for _ in 0..most {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        assert!(head.starts_with(b"GET "), "GET and nothing else");
        let lower = String::from_utf8_lossy(&head).to_ascii_lowercase();
        assert!(!lower.contains("\r\nrange:"), "whole documents only");
        log.requests.fetch_add(1, Ordering::SeqCst);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnews";
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

async fn speak_http2(stream: impl AsyncRead + AsyncWrite + Unpin, log: &Log) {
    let Ok(mut connection) = h2::server::handshake(stream).await else {
        return;
    };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        assert_eq!(request.method(), "GET");
        log.requests.fetch_add(1, Ordering::SeqCst);
        let mut body = respond
            .send_response(axum::http::Response::new(()), false)
            .expect("the client waits");
        body.send_data("news".into(), true).expect("it still waits");
    }
}

/// TLS as a server speaks it; with `ask`, clients must show a certificate of the test authority.
fn acceptor(protocols: &[&[u8]], ask: bool) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions");
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(&fixture("ca.pem")).expect("a certificate");
    roots.add(ca).expect("an authority");
    let builder = if ask {
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
    } else {
        builder.with_no_client_auth()
    };
    let chain = CertificateDer::from_pem_slice(&fixture("server.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(&fixture("server-key.pem")).expect("a key");
    let config = builder.with_single_cert(vec![chain], key);
    let mut config = config.expect("they belong together");
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

async fn tls_server(protocols: &[&[u8]], ask: bool) -> (SocketAddr, Arc<Log>) {
    let acceptor = acceptor(protocols, ask);
    serve(move |stream, log| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let (_, session) = stream.get_ref();
            let protocol = session.alpn_protocol().map(<[u8]>::to_vec);
            let certified = session.peer_certificates().is_some();
            let http2 = protocol.as_deref() == Some(b"h2");
            log.protocols.lock().expect("the log").push(protocol);
            log.certified.lock().expect("the log").push(certified);
            if http2 {
                speak_http2(stream, &log).await;
            } else {
                speak_http1(stream, &log, usize::MAX).await;
            }
        }
    })
    .await
}

/// A fetcher that trusts the test authority and finds `news.example` at `addr`.
fn fetcher(addr: SocketAddr) -> Fetcher {
    let mut world = World::real();
    world.resolver = Arc::new(MapResolver::all_to(addr));
    let ca = CaCertificates::from_pem(&fixture("ca.pem")).expect("an authority");
    let options = FetchOptions {
        allow: vec!["127.0.0.0/8".parse().expect("a rule")],
        host_delay: Duration::ZERO,
        ca_certificates: Some(ca),
        ..FetchOptions::default()
    };
    Fetcher::new(options, world).expect("a fetcher")
}

fn request(url: &str) -> Request {
    Request::new(Url::parse(url).expect("a URL"), Accept::Feed)
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_speaks_it_over_one_connection() {
    let (addr, log) = tls_server(&[b"h2", b"http/1.1"], false).await;
    let fetcher = fetcher(addr);
    for path in ["a", "b", "c"] {
        let asked = request(&format!("https://news.example/{path}"));
        assert_eq!(fetcher.get(asked).await.expect("200").body, b"news");
    }
    assert_eq!(
        *log.protocols.lock().expect("the log"),
        [Some(b"h2".to_vec())]
    );
    assert_eq!(log.requests.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn http1_over_tls_serves_where_there_is_nothing_newer() {
    let (addr, log) = tls_server(&[b"http/1.1"], false).await;
    let fetcher = fetcher(addr);
    for _ in 0..2 {
        let asked = request("https://news.example/");
        fetcher.get(asked).await.expect("200");
    }
    assert_eq!(log.connections.load(Ordering::SeqCst), 1);
    assert_eq!(log.requests.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_connection_is_used_again_and_a_dead_one_costs_no_failure() {
    for (answers, connections) in [(usize::MAX, 1), (1, 3)] {
        let (addr, log) = serve(move |stream, log| async move {
            speak_http1(stream, &log, answers).await;
        })
        .await;
        let fetcher = fetcher(addr);
        for _ in 0..3 {
            let asked = request(&format!("http://{addr}/"));
            assert_eq!(fetcher.get(asked).await.expect("200").body, b"news");
        }
        assert_eq!(log.connections.load(Ordering::SeqCst), connections);
        assert_eq!(log.requests.load(Ordering::SeqCst), 3, "each asked once");
    }
}

#[tokio::test]
async fn a_client_certificate_opens_its_own_host_only() {
    let (addr, log) = tls_server(&[b"http/1.1"], true).await;
    let fetcher = fetcher(addr);
    let identity = Identity::from_pem(&fixture("client.pem"), &fixture("client-key.pem"));
    let options = AccessOptions {
        identity: Some(identity.expect("they belong together")),
        ..AccessOptions::default()
    };
    let feed = Url::parse("https://news.example/feed").expect("a URL");
    let access = Access::new(&feed, &options, &|_| None).expect("an access");
    let access = Arc::new(access);
    let ask = async |url: String, access: &Arc<Access>| {
        let asked = Request {
            access: Arc::clone(access),
            ..request(&url)
        };
        fetcher.get(asked).await
    };
    ask(feed.to_string(), &access).await.expect("200");
    // The open connection is not there for a request without the certificate.
    let error = ask(feed.to_string(), &Arc::default()).await;
    assert_eq!(error.expect_err("no certificate").kind(), FailureKind::Tls);
    let other = format!("https://127.0.0.1:{}/", addr.port());
    let error = ask(other, &access).await;
    assert_eq!(error.expect_err("another host").kind(), FailureKind::Tls);
    assert_eq!(*log.certified.lock().expect("the log"), [true]);
}

#[test]
fn a_certificate_and_a_key_of_somebody_else_are_no_identity() {
    let error = Identity::from_pem(&fixture("client.pem"), &fixture("server-key.pem"));
    assert!(error.is_err());
    assert!(Identity::from_pem(&fixture("client.pem"), b"").is_err());
}
