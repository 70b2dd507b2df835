//! The way to a receiver without a word to it: name, address, connection, TLS.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

/// Connects to the first address that takes a connection and, with `tls`, shakes hands as `name`. Blocks; nothing of a
/// request is sent.
///
/// # Errors
/// That of the last address, or what is wrong with the certificate. A silent peer is `TimedOut` or `WouldBlock`.
pub(super) fn reach(
    addresses: &[SocketAddr],
    name: &str,
    tls: Option<Arc<ClientConfig>>,
    timeout: Duration,
) -> io::Result<()> {
    let stream = connect(addresses, timeout)?;
    match tls {
        Some(tls) => shake_hands(stream, name, tls, timeout),
        None => Ok(()),
    }
}

fn connect(addresses: &[SocketAddr], timeout: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match TcpStream::connect_timeout(address, timeout) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn shake_hands(
    mut stream: TcpStream,
    name: &str,
    tls: Arc<ClientConfig>,
    timeout: Duration,
) -> io::Result<()> {
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(timeout))?;
    let name = name.trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(name).map_err(io::Error::other)?;
    let mut session = ClientConnection::new(tls, name).map_err(io::Error::other)?;
    while session.is_handshaking() {
        session.complete_io(&mut stream)?;
    }
    // A polite end; that the other side has gone already does not matter.
    session.send_close_notify();
    let _ = session.complete_io(&mut stream);
    Ok(())
}

/// True for what a peer that says nothing comes to.
pub(super) fn is_silence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}
