//! TLS as every HTTP client of wirewatch speaks it.

use std::sync::Arc;

use rustls::client::ClientConfig;
use rustls::crypto::ring;
use rustls::{Error, RootCertStore, version};
use rustls_platform_verifier::Verifier;

/// Cryptography by ring, trust as the system has it, HTTP/2 before HTTP/1.1.
///
/// A machine without CA certificates (a bare container) gets a configuration all the same: plain http
/// works there, and https fails host by host, because nobody vouches for any certificate.
///
/// # Errors
/// When the TLS versions do not fit the cryptography.
pub fn tls_config() -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])?;
    let builder = match Verifier::new(provider) {
        Ok(system) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(system)),
        Err(error) => {
            tracing::warn!("https cannot be used on this machine: {error}");
            builder.with_root_certificates(RootCertStore::empty())
        }
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
