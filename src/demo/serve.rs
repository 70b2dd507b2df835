//! The site over HTTP: one loopback listener per outlet.

use std::future::IntoFuture;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::future::try_join_all;
use tokio::net::TcpListener;

use super::{Answer, Site, outlet_count};

/// Opens one listener per outlet on 127.0.0.1: at `base_port` and the ports after it, or, when it is
/// 0, at ports that are free.
///
/// # Errors
/// When a port is taken or there are not enough ports after `base_port`.
pub async fn bind(base_port: u16) -> io::Result<Vec<TcpListener>> {
    let port_of = |outlet: usize| match base_port {
        0 => Some(0),
        base => base.checked_add(u16::try_from(outlet).ok()?),
    };
    let mut listeners = Vec::with_capacity(outlet_count());
    for outlet in 0..outlet_count() {
        let port = port_of(outlet).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("not enough ports after {base_port}"),
            )
        })?;
        listeners.push(TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?);
    }
    Ok(listeners)
}

/// Serves outlet N of the site on listener N; ends only with an error. Dropping the future closes the
/// listeners.
///
/// # Errors
/// When a listener fails for good.
pub async fn serve(site: Arc<Site>, listeners: Vec<TcpListener>) -> io::Result<()> {
    let servers = listeners.into_iter().enumerate().map(|(outlet, listener)| {
        axum::serve(listener, router(Arc::clone(&site), outlet)).into_future()
    });
    try_join_all(servers).await?;
    Ok(())
}

fn router(site: Arc<Site>, outlet: usize) -> Router {
    let answer = move |uri: Uri, headers: HeaderMap| {
        let answer = site.handle(outlet, uri.path(), &headers);
        async move { answer }
    };
    Router::new()
        .route("/", get(answer.clone()))
        .route("/{*path}", get(answer))
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}
