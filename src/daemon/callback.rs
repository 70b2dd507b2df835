//! The callback of WebSub over HTTP: hubs verify and push here. It stands open to the world, perhaps
//! behind a proxy, so everything a guest can cost is bounded.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_LOCATION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};

use crate::pipeline::websub::{self, Answer, Delivered, Push};
use crate::store::StoreError;

use super::Daemon;

/// Connections that are open at once; the next ones wait in the system's queue.
const GUESTS_MAX: usize = 64;

/// Pushes that are read into memory at once.
const PUSHES_AT_ONCE: usize = 4;

/// How long a connection may last, from its first byte to its last: one request is made on it.
const VISIT_MAX: Duration = Duration::from_secs(30);

/// Where a hub signs what it pushes.
const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature");

/// Serves on a listener until it is dropped.
pub(super) async fn serve(daemon: Daemon, listener: TcpListener) -> io::Result<()> {
    let state = Callbacks {
        daemon,
        pushes: Arc::new(Semaphore::new(PUSHES_AT_ONCE)),
    };
    let router = Router::new().fallback(answer).with_state(state);
    axum::serve(Doors::new(listener), router).await
}

#[derive(Clone)]
struct Callbacks {
    daemon: Daemon,
    pushes: Arc<Semaphore>,
}

/// Answers one request. A path without a subscription is 404, whatever is asked and why.
async fn answer(State(state): State<Callbacks>, request: Request) -> Response {
    // The last segment of the path: what stands before it is the proxy's business.
    let token = request.uri().path().rsplit('/').next().unwrap_or_default();
    let token = token.to_owned();
    let answered = match *request.method() {
        Method::GET => {
            let query = request.uri().query().unwrap_or_default().to_owned();
            confirm(&state.daemon, &token, &query).await
        }
        Method::POST => deliver(&state, &token, request).await,
        _ => Ok(StatusCode::NOT_FOUND.into_response()),
    };
    let mut response = answered.unwrap_or_else(|error| {
        tracing::error!("WebSub callback: {error}");
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    });
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn confirm(daemon: &Daemon, token: &str, query: &str) -> Result<Response, StoreError> {
    let answer = websub::confirm(&daemon.pipeline, token, query).await?;
    if answer != Answer::Unknown {
        // When it is to be asked next has changed, or it is not to be asked any more.
        daemon.wakes.subscribe.notify_one();
    }
    Ok(match answer {
        // Plain text: the challenge is a stranger's, and must not be shown as a page.
        Answer::Challenge(challenge) => {
            ([(CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response()
        }
        Answer::Noted => StatusCode::OK.into_response(),
        Answer::Unknown => StatusCode::NOT_FOUND.into_response(),
    })
}

async fn deliver(state: &Callbacks, token: &str, request: Request) -> Result<Response, StoreError> {
    let daemon = &state.daemon;
    let store = &daemon.pipeline.store;
    let Some(subscription) = store.subscription_by_token(token).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Ok(_permit) = state.pushes.acquire().await else {
        return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
    };
    let body_bytes_max = daemon.pipeline.setup().config.fetch.body_bytes_max;
    let (head, body) = request.into_parts();
    let Some(body) = whole(body, body_bytes_max).await else {
        return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    };
    let push = Push {
        signature: text(&head.headers, &SIGNATURE),
        content_type: text(&head.headers, &CONTENT_TYPE),
        content_location: text(&head.headers, &CONTENT_LOCATION),
        body,
    };
    let delivered = websub::deliver(&daemon.pipeline, &subscription, push).await?;
    Ok(match delivered {
        Delivered::Merged(report) => {
            daemon.count_push(&report);
            StatusCode::NO_CONTENT
        }
        Delivered::Ignored => StatusCode::NO_CONTENT,
        Delivered::Ending => StatusCode::GONE,
    }
    .into_response())
}

/// The body, if it came whole and within the cap.
async fn whole(body: Body, cap: usize) -> Option<Vec<u8>> {
    to_bytes(body, cap).await.ok().map(Vec::from)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Lets guests in, so many at once.
pub(super) struct Doors {
    listener: TcpListener,
    guests: Arc<Semaphore>,
}

impl Doors {
    pub(super) fn new(listener: TcpListener) -> Self {
        let guests = Arc::new(Semaphore::new(GUESTS_MAX));
        Self { listener, guests }
    }
}

impl Listener for Doors {
    type Io = Guest;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest, SocketAddr) {
        let permit = Arc::clone(&self.guests)
            .acquire_owned()
            .await
            .expect("the semaphore of the guests is never closed");
        // axum's own listener sits out what passes, such as too many open files.
        let (stream, addr) = Listener::accept(&mut self.listener).await;
        let guest = Guest {
            stream,
            end: Box::pin(sleep(VISIT_MAX)),
            _permit: permit,
        };
        (guest, addr)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that ends by itself: neither slow headers nor a slow body hold its place for long.
pub(super) struct Guest {
    stream: TcpStream,
    end: Pin<Box<Sleep>>,
    _permit: OwnedSemaphorePermit,
}

impl Guest {
    fn poll_end(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.end.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_end(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Guest {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_end(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
