//! A server on a real socket for tests of `fetch` and `channel`: it answers what it is told, byte for
//! byte, and remembers what it was asked.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// The value of a header; names are lower-case.
    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_slice())
    }
}

/// Bytes to write, each after a pause; then the connection is closed.
pub(crate) struct Reply(pub(crate) Vec<(Duration, Vec<u8>)>);

impl<T: Into<Vec<u8>>> From<T> for Reply {
    fn from(bytes: T) -> Self {
        Self(vec![(Duration::ZERO, bytes.into())])
    }
}

/// A whole answer with its `Content-Length`.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A running server; it ends with the test's runtime.
pub(crate) struct LocalServer {
    pub(crate) addr: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    peak: Arc<AtomicUsize>,
}

impl LocalServer {
    /// Starts a server that asks `handler` for every answer.
    #[expect(clippy::disallowed_methods, reason = "the other side of the test")]
    pub(crate) async fn start<F, R>(handler: F) -> Self
    where
        F: Fn(&Seen) -> R + Send + Sync + 'static,
        R: Into<Reply>,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let peak = Arc::new(AtomicUsize::new(0));
        let (log, most) = (Arc::clone(&seen), Arc::clone(&peak));
        let handler = Arc::new(handler);
        let now_open = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (log, most) = (Arc::clone(&log), Arc::clone(&most));
                let (handler, now_open) = (Arc::clone(&handler), Arc::clone(&now_open));
                tokio::spawn(async move {
                    let Some(seen) = read_request(&mut stream).await else {
                        return;
                    };
                    let open = now_open.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(open, Ordering::SeqCst);
                    let reply: Reply = handler(&seen).into();
                    log.lock().expect("the log").push(seen);
                    for (pause, bytes) in reply.0 {
                        tokio::time::sleep(pause).await;
                        // Before the bytes: the client may be done when it has the last of them.
                        now_open.fetch_sub(1, Ordering::SeqCst);
                        if stream.write_all(&bytes).await.is_err() {
                            return;
                        }
                        now_open.fetch_add(1, Ordering::SeqCst);
                    }
                    now_open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { addr, seen, peak }
    }

    /// `http://127.0.0.1:PORT` and the path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// What was asked so far, in order.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the log").clone()
    }

    /// The most requests that were being answered at once.
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut body = bytes.split_off(end + 4);
    let mut lines = bytes[..end].split(|b| *b == b'\n');
    let first = String::from_utf8_lossy(lines.next()?).into_owned();
    let headers: Vec<(String, Vec<u8>)> = lines
        .filter_map(|line| {
            let colon = line.iter().position(|b| *b == b':')?;
            let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
            Some((name, line[colon + 1..].trim_ascii().to_vec()))
        })
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| String::from_utf8_lossy(value).parse().ok());
    while body.len() < length.unwrap_or(0) {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Seen {
        target: first.split(' ').nth(1)?.to_owned(),
        headers,
        body,
    })
}
