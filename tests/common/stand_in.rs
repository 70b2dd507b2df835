//! An HTTP server of the test's own, in place of hosts and receivers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// What was asked.
pub type Asked = Request<Vec<u8>>;

/// A header's text; empty when it is missing.
pub fn header<'a>(asked: &'a Asked, name: &str) -> &'a str {
    let value = asked.headers().get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// What was asked so far, and the status of each answer.
type Log = Mutex<Vec<(Asked, u16)>>;

/// What is answered, and after which pause.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub pause: Duration,
}

impl Reply {
    /// Nothing but a status.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }
}

/// Serves until it is dropped.
pub struct StandIn {
    pub addr: SocketAddr,
    log: Arc<Log>,
    _task: OwnThread,
}

impl StandIn {
    /// Starts on a free port; `handler` is asked for every answer.
    pub fn start(handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let log = Arc::new(Log::default());
        let shared = Arc::clone(&log);
        let handler = Arc::new(handler);
        let (addr, task) = OwnThread::start(async move || {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let addr = listener.local_addr().expect("an address");
            let router = Router::new().fallback(move |request: Request<Body>| {
                let (log, handler) = (Arc::clone(&shared), Arc::clone(&handler));
                async move { answer(request, &log, &*handler).await }
            });
            (addr, async move {
                axum::serve(listener, router).await.expect("it serves");
            })
        });
        Self {
            addr,
            log,
            _task: task,
        }
    }

    /// Absolute address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// What was asked so far, in order, with the status of the answer.
    pub fn asked(&self) -> Vec<(Asked, u16)> {
        self.log.lock().expect("the log").clone()
    }
}

async fn answer(
    request: Request<Body>,
    log: &Log,
    handler: &(impl Fn(&Asked) -> Reply + ?Sized),
) -> Response {
    let (head, body) = request.into_parts();
    // A sender that was killed half-way has said nothing.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Response::new(Body::empty());
    };
    let asked = Asked::from_parts(head, body.to_vec());
    let reply = handler(&asked);
    log.lock().expect("the log").push((asked, reply.status));
    tokio::time::sleep(reply.pause).await;
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).expect("a response")
}

/// A future on a thread with a runtime of its own; it ends when the value is dropped.
pub struct OwnThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl OwnThread {
    /// Runs `begin`, answers with the first thing it gives, and goes on with the second.
    pub fn start<T, B, F>(begin: B) -> (T, Self)
    where
        T: Send + 'static,
        B: AsyncFnOnce() -> (T, F) + Send + 'static,
        F: Future<Output = ()>,
    {
        let (give, given) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let (first, serve) = begin().await;
                give.send(first).expect("the test waits for it");
                tokio::select! {
                    () = serve => {}
                    _ = stopped => {}
                }
            });
        });
        let first = given.recv().expect("it begins");
        let handle = Self {
            stop: Some(stop),
            thread: Some(thread),
        };
        (first, handle)
    }
}

impl Drop for OwnThread {
    fn drop(&mut self) {
        // Both fail only when the thread has ended by itself.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
