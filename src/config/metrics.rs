//! `[metrics]`: where the daemon shows what it measures.

use std::net::SocketAddr;
use std::path::Path;

use super::MetricsOptions;
use super::source::{Located, Reader};
use super::tables::MetricsToml;

/// Makes options of the table; problems instead when it cannot work.
pub(super) fn options(
    reader: &mut Reader,
    base: &Path,
    table: Located<MetricsToml>,
) -> Option<MetricsOptions> {
    let Located { value, file, at } = table;
    if value.listen.is_none() && value.file.is_none() {
        let message = "[metrics] shows nothing: it has neither `listen` nor `file`";
        let help = "listen = \"127.0.0.1:9464\"".to_owned();
        reader.error(&file, at, message, Some(help));
        return None;
    }
    let listen = match value.listen {
        None => None,
        Some(written) => {
            let listen: Option<SocketAddr> = written.get_ref().parse().ok();
            let (message, help) = match listen {
                None => (
                    format!("`{}` is no address to listen at", written.get_ref()),
                    "an IP address and a port: \"127.0.0.1:9464\"",
                ),
                Some(listen) if !listen.ip().is_loopback() && !value.allow_remote => (
                    format!("others can reach {listen}, and nobody is asked for a password there"),
                    "listen at 127.0.0.1, or write allow_remote = true if that is meant",
                ),
                Some(_) => (String::new(), ""),
            };
            if !message.is_empty() {
                reader.error(&file, written.span(), message, Some(help.to_owned()));
                return None;
            }
            listen
        }
    };
    Some(MetricsOptions {
        listen,
        file: value.file.map(|file| base.join(file.into_inner())),
    })
}
