//! The cryptography behind TLS, chosen once for the process.

/// Makes ring the provider of rustls. Whoever builds an HTTP client calls it first; a second call does nothing.
pub fn install_crypto() {
    // The error says that a provider is there already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
