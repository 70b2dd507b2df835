//! `[websub]`: where hubs push to.

use std::net::SocketAddr;

use super::WebsubOptions;
use super::problem::Level;
use super::source::{Located, Reader};
use super::tables::WebsubToml;
use crate::fetch::parse_url;
use crate::websub::Callback;

/// Makes options of the table; problems instead when it cannot work.
pub(super) fn options(reader: &mut Reader, table: Located<WebsubToml>) -> Option<WebsubOptions> {
    let Located { value, file, .. } = table;
    let listen: Option<SocketAddr> = value.listen.get_ref().parse().ok();
    if listen.is_none() {
        let message = format!("`{}` is no address to listen at", value.listen.get_ref());
        let help = "an IP address and a port: \"127.0.0.1:8899\"".to_owned();
        reader.error(&file, value.listen.span(), message, Some(help));
    }
    let at = value.callback.span();
    let callback = match callback(value.callback.get_ref()) {
        Ok(callback) => callback,
        Err(why) => {
            let help = "the address at which hubs reach `listen`, for example through a reverse \
                        proxy: \"https://monitor.example.org/websub/\"";
            reader.error(&file, at, why, Some(help.to_owned()));
            return None;
        }
    };
    if callback.0.scheme() == "http" && !is_literal(&callback) {
        let message = "hubs push over http here: whoever listens on the way can push, too";
        let help = "let a reverse proxy with TLS stand before `listen`".to_owned();
        reader.report(Level::Warning, &file, Some(at), message, Some(help));
    }
    Some(WebsubOptions {
        listen: listen?,
        callback,
    })
}

/// An absolute address that a token can be put behind.
fn callback(text: &str) -> Result<Callback, String> {
    let mut url = parse_url(text).map_err(|error| error.to_string())?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("a callback has neither `?` nor `#`".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a callback has no user and password in it: hubs see it".to_owned());
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(Callback(url))
}

/// An address given as a number is one of one's own network.
fn is_literal(callback: &Callback) -> bool {
    matches!(
        callback.0.host(),
        Some(url::Host::Ipv4(_) | url::Host::Ipv6(_))
    )
}
