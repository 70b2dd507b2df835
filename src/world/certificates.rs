//! Certificates of the config: authorities to trust, and who wirewatch says it is.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// A file that does not hold what it should. The message is for people and carries no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CertificateError(String);

/// Certificates of authorities, of one PEM file. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CaCertificates(Arc<[CertificateDer<'static>]>);

impl CaCertificates {
    /// Reads a PEM file.
    ///
    /// # Errors
    /// [`CertificateError`] when it holds no certificate or a damaged one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        Ok(Self(certificates(pem)?.into()))
    }

    pub(super) fn certificates(&self) -> impl Iterator<Item = &CertificateDer<'static>> {
        self.0.iter()
    }
}

impl fmt::Debug for CaCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaCertificates({})", self.0.len())
    }
}

/// A client certificate with its key. Cheap to clone.
#[derive(Clone)]
pub struct Identity(Arc<CertifiedKey>);

impl Identity {
    /// Reads the PEM files of the certificate (its chain behind it) and of the key.
    ///
    /// # Errors
    /// [`CertificateError`] when one of them cannot be read or they do not belong together.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let chain = certificates(certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| CertificateError("there is no private key in it (PEM)".to_owned()))?;
        let provider = ring::default_provider();
        let certified = CertifiedKey::from_der(chain, key, &provider);
        let certified = certified.map_err(|error| CertificateError(error.to_string()))?;
        Ok(Self(Arc::new(certified)))
    }

    pub(super) fn certified_key(&self) -> &Arc<CertifiedKey> {
        &self.0
    }
}

/// Two identities are one when they show the same certificate.
impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.0.cert == other.0.cert
    }
}

impl Eq for Identity {}

impl Hash for Identity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.cert.hash(state);
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(CertificateError(
            "there is no certificate in it (PEM)".to_owned(),
        )),
        Err(error) => Err(CertificateError(format!("it is damaged: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_said_so() {
        let damaged = b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
        for (pem, words) in [
            (&b""[..], "no certificate"),
            (b"<html>", "no certificate"),
            (damaged, "damaged"),
        ] {
            let error = CaCertificates::from_pem(pem).expect_err(words);
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
