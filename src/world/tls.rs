//! TLS as every HTTP client of wirewatch speaks it.

use std::sync::Arc;

use rustls::client::ClientConfig;
use rustls::crypto::ring;
use rustls::sign::SingleCertAndKey;
use rustls::{Error, RootCertStore, version};
use rustls_platform_verifier::Verifier;

use super::{CaCertificates, Identity};

/// What one client does beyond trusting what the system trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TlsOptions {
    /// Authorities that are trusted besides the system's.
    pub ca: Option<CaCertificates>,
    /// Who the client says it is, to servers that ask.
    pub identity: Option<Identity>,
}

/// Whether the system names authorities to trust.
///
/// # Errors
/// Why nobody vouches for any certificate: mostly that there are none.
pub fn check_system_trust() -> Result<(), Error> {
    let provider = Arc::new(ring::default_provider());
    Verifier::new_with_extra_roots(std::iter::empty(), provider).map(|_| ())
}

/// Cryptography by ring, trust as the system has it, HTTP/2 before HTTP/1.1.
///
/// A machine without CA certificates (a bare container) gets a configuration all the same: plain http
/// works there, and https fails host by host, because nobody vouches for any certificate.
///
/// # Errors
/// When the TLS versions do not fit the cryptography, or a certificate of `ca` cannot vouch for others.
pub fn tls_config(options: &TlsOptions) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])?;
    let ca = options.ca.iter().flat_map(|ca| ca.certificates().cloned());
    let builder = match Verifier::new_with_extra_roots(ca, provider) {
        Ok(system) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(system)),
        Err(error) if options.ca.is_some() => return Err(error),
        Err(error) => {
            tracing::warn!("https cannot be used on this machine: {error}");
            builder.with_root_certificates(RootCertStore::empty())
        }
    };
    let mut config = match &options.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let key = SingleCertAndKey::from(Arc::clone(identity.certified_key()));
            builder.with_client_cert_resolver(Arc::new(key))
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
