//! What the daemon measures, shown to others: `/metrics` and `/healthz` on a listener, and a file for the textfile
//! collector of Prometheus' node exporter (`docs/operating.md`).

mod collect;
mod meters;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Daemon;
use super::callback::Doors;
use crate::config::MetricsOptions;
use crate::store::StoreError;
use crate::telemetry::Format;

pub use meters::Meters;

/// Who scrapes often does not ask the store each time.
const FRESH: Duration = Duration::from_secs(5);

/// Between two writings of the file.
const FILE_EVERY: Duration = Duration::from_secs(15);

/// How long to wait while the address to listen at is taken.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

impl Daemon {
    /// Shows what is measured, as the config in force asks for it, until the daemon stops.
    pub(super) async fn metrics_forever(&self) -> Result<(), StoreError> {
        let mut stop = self.stop.subscribe();
        loop {
            let wanted = self.pipeline.setup().config.metrics.clone();
            let showing = async {
                match &wanted {
                    Some(options) => self.show(options).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = showing => {}
                () = self.metrics_change(&wanted) => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
        }
    }

    async fn metrics_change(&self, now: &Option<MetricsOptions>) {
        while self.pipeline.setup().config.metrics == *now {
            self.wakes.metrics.notified().await;
        }
    }

    async fn show(&self, options: &MetricsOptions) {
        let shown = Shown {
            daemon: self.clone(),
            asked: Arc::default(),
        };
        let listening = async {
            match options.listen {
                Some(addr) => listen(&shown, addr).await,
                None => std::future::pending().await,
            }
        };
        let writing = async {
            match &options.file {
                Some(path) => write_forever(&shown, path).await,
                None => std::future::pending().await,
            }
        };
        tokio::join!(listening, writing);
    }
}

/// What the store said, and when.
type Answered = (Instant, Arc<collect::Asked>);

#[derive(Clone)]
struct Shown {
    daemon: Daemon,
    asked: Arc<Mutex<Option<Answered>>>,
}

impl Shown {
    /// All that is measured; what the store knows of it is at most [`FRESH`] old.
    async fn text(&self, format: Format) -> Result<String, StoreError> {
        let mut last = self.asked.lock().await;
        let asked = match last.as_ref() {
            Some((at, asked)) if at.elapsed() < FRESH => Arc::clone(asked),
            _ => {
                let asked = collect::ask(&self.daemon).await?;
                *last = Some((Instant::now(), Arc::clone(&asked)));
                asked
            }
        };
        drop(last);
        Ok(collect::text(&self.daemon, &asked, format))
    }
}

/// Listens, whatever goes wrong: an address that is taken is no reason to end the daemon.
async fn listen(shown: &Shown, addr: SocketAddr) {
    let mut is_told = false;
    loop {
        let served = match TcpListener::bind(addr).await {
            Ok(listener) => {
                tracing::info!("metrics at http://{addr}/metrics");
                is_told = false;
                let router = Router::new()
                    .route("/metrics", get(metrics))
                    .route("/healthz", get(healthz))
                    .with_state(shown.clone());
                axum::serve(Doors::new(listener), router).await
            }
            Err(error) => Err(error),
        };
        if let Err(why) = served
            && !is_told
        {
            tracing::error!("[metrics] listen = \"{addr}\": {why}; it is tried again and again");
            is_told = true;
        }
        tokio::time::sleep(AFTER_FAILURE).await;
    }
}

async fn metrics(State(shown): State<Shown>, headers: HeaderMap) -> Response {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let format = Format::accepted(accept.unwrap_or_default());
    match shown.text(format).await {
        Ok(text) => ([(CONTENT_TYPE, format.content_type())], text).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

async fn healthz(State(shown): State<Shown>) -> Response {
    let daemon = &shown.daemon;
    let uptime = daemon
        .pipeline
        .world
        .clock
        .now()
        .duration_since(daemon.started_at);
    let (status, state) = match daemon.pulse.verdict() {
        Ok(()) => (StatusCode::OK, serde_json::json!({ "status": "ok" })),
        Err(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            serde_json::json!({ "status": "failing", "reason": why }),
        ),
    };
    let mut line = state;
    line["version"] = env!("CARGO_PKG_VERSION").into();
    line["uptime_s"] = uptime.as_secs().into();
    (
        status,
        [(CONTENT_TYPE, "application/json")],
        format!("{line}\n"),
    )
        .into_response()
}

/// Writes the file again and again; a failure is told when it begins and when it ends.
async fn write_forever(shown: &Shown, path: &Path) {
    let mut is_failing = false;
    loop {
        match write(shown, path).await {
            Ok(()) if is_failing => {
                tracing::info!("[metrics] file {}: is written again", path.display());
                is_failing = false;
            }
            Err(why) if !is_failing => {
                tracing::error!("[metrics] file {}: {why}", path.display());
                is_failing = true;
            }
            Ok(()) | Err(_) => {}
        }
        tokio::time::sleep(FILE_EVERY).await;
    }
}

async fn write(shown: &Shown, path: &Path) -> Result<(), String> {
    let format = Format::Text;
    let text = match shown.text(format).await {
        Ok(text) => text,
        Err(error) => return Err(error.to_string()),
    };
    let path = path.to_owned();
    let written = tokio::task::spawn_blocking(move || replace(&path, &text)).await;
    written
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())
}

/// Puts a whole new file in the place of the old one: the collector never reads half of one.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    // The collector runs as somebody else.
    let readable = std::fs::Permissions::from_mode(0o644);
    file.as_file().set_permissions(readable)?;
    file.persist(path)?;
    Ok(())
}
