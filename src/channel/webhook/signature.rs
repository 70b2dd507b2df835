//! The signature of Standard Webhooks, version 1: HMAC-SHA256 over `id.timestamp.body`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

use crate::channel::ChannelError;

/// Key lengths that Standard Webhooks allows, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A key, ready to sign.
pub(super) struct SigningKey(hmac::Key);

impl SigningKey {
    /// Reads a key as Standard Webhooks writes it: base64, with or without `whsec_` before it.
    pub(super) fn new(secret: &SecretString) -> Result<Self, ChannelError> {
        let text = secret.expose_secret().trim();
        let text = text.strip_prefix("whsec_").unwrap_or(text);
        let bytes = BASE64_STANDARD.decode(text).unwrap_or_default();
        if !KEY_BYTES.contains(&bytes.len()) {
            return Err(ChannelError::new(
                "`secret` is no key: it must be `whsec_` and 24 to 64 bytes in base64 \
                 (one is made by `openssl rand -base64 32`)",
            ));
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The value of `webhook-signature`.
    pub(super) fn sign(&self, id: &str, timestamp: &str, body: &str) -> String {
        let signed = format!("{id}.{timestamp}.{body}");
        let tag = hmac::sign(&self.0, signed.as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Result<SigningKey, ChannelError> {
        SigningKey::new(&text.to_owned().into())
    }

    /// The example of the Standard Webhooks libraries.
    #[test]
    fn the_known_answer_is_given() {
        for secret in [
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            let signed = key(secret).map(|key| {
                key.sign(
                    "msg_p5jXN8AQM9LWM0D4loKWxJek",
                    "1614265330",
                    "{\"test\": 2432232314}",
                )
            });
            assert_eq!(
                signed.as_deref(),
                Ok("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
            );
        }
    }

    #[test]
    fn a_secret_that_is_no_key_is_refused_unseen() {
        for secret in ["hunter2", "whsec_", "whsec_c2hvcnQ=", "whsec_***"] {
            let error = key(secret).err().expect(secret).to_string();
            assert!(
                error.contains("openssl rand") && !error.contains("hunter2"),
                "{error}"
            );
        }
    }
}
