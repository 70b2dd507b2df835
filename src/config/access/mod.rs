//! The keys of `[[feed]]`, `[[host]]` and `[fetch]` that say how hosts are reached: files are read, texts
//! are checked, and keys that contradict each other are pointed at.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use toml::Spanned;
use toml::de::DeValue;
use url::Url;

use super::problem::{Level, SourceFile};
use super::source::{Located, Reader};
use super::tables::{FeedToml, HeaderToml, HeadersToml, HostToml};
use super::values::Period;
use crate::fetch::{
    AccessOptions, FetchOptions, HostOptions, Manners, Proxy, is_reserved_header, login_of,
};
use crate::world::{CaCertificates, CertificateError, Identity, Secret, SecretPlaces};

/// One table on its way to options.
struct Table<'a> {
    reader: &'a mut Reader,
    /// The file that it stands in.
    file: &'a Path,
    /// What paths are relative to.
    base: &'a Path,
}

/// The three keys of one secret.
struct Places<'a> {
    key: &'static str,
    inline: &'a Option<Spanned<SecretString>>,
    file: &'a Option<Spanned<String>>,
    env: &'a Option<Spanned<String>>,
}

impl Places<'_> {
    /// Where the secret stands; `None` when nowhere.
    fn at(&self) -> Option<Range<usize>> {
        let inline = self.inline.as_ref().map(Spanned::span);
        let file = self.file.as_ref().map(Spanned::span);
        inline.or(file).or(self.env.as_ref().map(Spanned::span))
    }
}

/// How a feed is reached.
pub(super) fn feed_access(
    reader: &mut Reader,
    file: &Path,
    base: &Path,
    url: &Url,
    feed: &FeedToml,
) -> AccessOptions {
    let mut table = Table { reader, file, base };
    let password = Places {
        key: "password",
        inline: &feed.password,
        file: &feed.password_file,
        env: &feed.password_env,
    };
    let bearer = Places {
        key: "bearer",
        inline: &feed.bearer,
        file: &feed.bearer_file,
        env: &feed.bearer_env,
    };
    let cookies = Places {
        key: "cookies",
        inline: &feed.cookies,
        file: &feed.cookies_file,
        env: &feed.cookies_env,
    };
    table.one_authorization(url, feed, &bearer);
    table.no_header_beside("Cookie", &cookies, &feed.headers);
    AccessOptions {
        login: table.login(&feed.user, &password).or_else(|| login_of(url)),
        bearer: table.secret(&bearer),
        cookies: table.secret(&cookies),
        headers: table.headers(&feed.headers),
        identity: table.identity(&feed.client_cert, &feed.client_key),
        manners: Manners {
            proxy: table.proxy(&feed.proxy),
            ca: table.ca(&feed.ca),
            respect_robots: feed.respect_robots,
            host_delay: feed.host_delay.map(duration),
            host_parallel: feed.host_parallel,
        },
    }
}

/// The `[[host]]` tables.
pub(super) fn hosts(
    reader: &mut Reader,
    base: &Path,
    located: Vec<Located<HostToml>>,
) -> Vec<HostOptions> {
    let mut hosts: Vec<HostOptions> = Vec::new();
    for Located { value, file, .. } in located {
        let pattern = match value.r#match.get_ref().parse() {
            Ok(pattern) => pattern,
            Err(error) => {
                let message = format!("{error}");
                reader.error(&file, value.r#match.span(), message, None);
                continue;
            }
        };
        if hosts.iter().any(|host| host.pattern == pattern) {
            let message = "this host stands here twice; the first table counts";
            let at = Some(value.r#match.span());
            reader.report(Level::Warning, &file, at, message, None);
        }
        let mut table = Table {
            reader,
            file: &file,
            base,
        };
        hosts.push(HostOptions {
            pattern,
            headers: table.headers(&value.headers),
            manners: Manners {
                proxy: table.proxy(&value.proxy),
                ca: table.ca(&value.ca),
                respect_robots: value.respect_robots,
                host_delay: value.host_delay.map(duration),
                host_parallel: value.host_parallel,
            },
        });
    }
    hosts
}

/// Reads the file that `ca` of `[fetch]` names.
pub(super) fn fetch_ca(
    reader: &mut Reader,
    file: &SourceFile,
    table: &Spanned<DeValue<'_>>,
    options: &mut FetchOptions,
) {
    let Some(path) = &options.ca else { return };
    let at = table.get_ref().get("ca").map(Spanned::span);
    let named = Some(Spanned::new(
        at.unwrap_or_else(|| table.span()),
        path.clone(),
    ));
    let base = file.path.parent().unwrap_or(Path::new(""));
    let mut table = Table {
        reader,
        file: &file.path,
        base,
    };
    options.ca_certificates = table.ca(&named);
}

impl Table<'_> {
    fn error(&mut self, at: Range<usize>, message: impl Into<String>) {
        self.reader.error(self.file, at, message, None);
    }

    fn secret(&mut self, places: &Places<'_>) -> Option<Secret> {
        let at = places.at()?;
        let found = SecretPlaces {
            key: places.key,
            inline: places.inline.as_ref().map(Spanned::get_ref),
            file: places.file.as_ref().map(|file| file.get_ref().as_str()),
            env: places.env.as_ref().map(|env| env.get_ref().as_str()),
        }
        .find(self.base);
        match found {
            Ok(secret) => {
                self.one_line(places.key, at, secret.as_ref());
                secret
            }
            Err(error) => {
                self.error(at, error.to_string());
                None
            }
        }
    }

    /// What goes into a header is one line (RFC 9110, 5.5).
    fn one_line(&mut self, what: &str, at: Range<usize>, secret: Option<&Secret>) {
        if let Some(Secret::Known(text)) = secret
            && text.expose_secret().chars().any(char::is_control)
        {
            self.error(
                at,
                format!("`{what}` is one line, without control characters"),
            );
        }
    }

    fn login(
        &mut self,
        user: &Option<Spanned<String>>,
        password: &Places<'_>,
    ) -> Option<(String, Secret)> {
        let secret = self.secret(password);
        match (user, password.at()) {
            (Some(user), None) => {
                let message = "`user` needs a `password`, `password_file` or `password_env`";
                self.error(user.span(), message);
            }
            (None, Some(at)) => self.error(at, "the password needs a `user`"),
            (Some(user), Some(_)) if user.get_ref().contains(':') => {
                // RFC 7617, 2.
                self.error(user.span(), "a user name has no colon");
            }
            _ => {}
        }
        Some((user.as_ref()?.get_ref().clone(), secret?))
    }

    /// At most one of: credentials in the address, user and password, a token, an `Authorization` header.
    fn one_authorization(&mut self, url: &Url, feed: &FeedToml, bearer: &Places<'_>) {
        let in_url = !url.username().is_empty() || url.password().is_some();
        let mut ways: Vec<(&str, Range<usize>)> = Vec::new();
        ways.extend(in_url.then(|| ("credentials in the address", feed.url.span())));
        ways.extend(feed.user.as_ref().map(|user| ("`user`", user.span())));
        ways.extend(bearer.at().map(|at| ("`bearer`", at)));
        ways.extend(
            header_at(&feed.headers, "Authorization").map(|at| ("an Authorization header", at)),
        );
        if let [(first, _), .., (last, at)] = ways.as_slice() {
            self.error(
                at.clone(),
                format!("{first} and {last} contradict each other: only one can be sent"),
            );
        }
    }

    fn no_header_beside(&mut self, name: &str, places: &Places<'_>, headers: &HeadersToml) {
        if let (Some(_), Some(at)) = (places.at(), header_at(headers, name)) {
            let key = places.key;
            self.error(
                at,
                format!("`{key}` and a {name} header contradict each other: only one can be sent"),
            );
        }
    }

    /// Names and values of headers as HTTP allows them (RFC 9110, 5.1 and 5.5).
    fn headers(&mut self, headers: &HeadersToml) -> Vec<(String, Secret)> {
        let mut read = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let key = name.get_ref().as_str();
            let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            if key.is_empty() || !key.chars().all(is_token) {
                self.error(name.span(), format!("`{key}` is no name of a header"));
            } else if is_reserved_header(key) {
                let message =
                    format!("the header `{key}` cannot be set: it is the connection's own");
                self.error(name.span(), message);
            }
            let secret = match value.get_ref() {
                // Unlike a secret, a header may be empty.
                HeaderToml::Text(text) => Ok(Secret::Known(text.clone())),
                HeaderToml::File(file) => Secret::of_file(key, &self.base.join(file)),
                HeaderToml::Env(variable) => Ok(Secret::Variable {
                    key: key.to_owned(),
                    name: variable.clone(),
                }),
            };
            match secret {
                Ok(secret) => {
                    self.one_line(key, value.span(), Some(&secret));
                    read.push((key.to_owned(), secret));
                }
                Err(error) => self.error(value.span(), error.to_string()),
            }
        }
        read
    }

    fn proxy(&mut self, proxy: &Option<Spanned<String>>) -> Option<Proxy> {
        let proxy = proxy.as_ref()?;
        match proxy.get_ref().parse() {
            Ok(read) => Some(read),
            Err(error) => {
                self.error(proxy.span(), format!("{error}"));
                None
            }
        }
    }

    fn ca(&mut self, ca: &Option<Spanned<String>>) -> Option<CaCertificates> {
        let ca = ca.as_ref()?;
        let pem = self.bytes("ca", ca)?;
        self.certificate("ca", ca.span(), CaCertificates::from_pem(&pem))
    }

    fn identity(
        &mut self,
        certificate: &Option<Spanned<String>>,
        key: &Option<Spanned<String>>,
    ) -> Option<Identity> {
        let (certificate, key) = match (certificate, key) {
            (Some(certificate), Some(key)) => (certificate, key),
            (None, None) => return None,
            (Some(alone), None) | (None, Some(alone)) => {
                self.error(
                    alone.span(),
                    "`client_cert` and `client_key` belong together",
                );
                return None;
            }
        };
        let chain = self.bytes("client_cert", certificate)?;
        let secret = self.bytes("client_key", key)?;
        let identity = Identity::from_pem(&chain, &secret);
        self.certificate("client_cert", certificate.span(), identity)
    }

    fn bytes(&mut self, key: &str, file: &Spanned<String>) -> Option<Vec<u8>> {
        let path = self.base.join(file.get_ref());
        match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let path = path.display();
                self.error(file.span(), format!("`{key}`: cannot read {path}: {error}"));
                None
            }
        }
    }

    fn certificate<T>(
        &mut self,
        key: &str,
        at: Range<usize>,
        read: Result<T, CertificateError>,
    ) -> Option<T> {
        match read {
            Ok(read) => Some(read),
            Err(error) => {
                self.error(at, format!("`{key}`: {error}"));
                None
            }
        }
    }
}

fn header_at(headers: &HeadersToml, name: &str) -> Option<Range<usize>> {
    let found = headers
        .keys()
        .find(|key| key.get_ref().eq_ignore_ascii_case(name));
    found.map(Spanned::span)
}

/// A period is never negative: there is no way to write one.
fn duration(period: Period) -> Duration {
    period.0.unsigned_abs()
}

#[cfg(test)]
mod tests;
