//! `X-Hub-Signature` (WebSub, 8): HMAC of the body with the secret that the hub was given.

use ring::hmac;

/// True when `header` (`sha256=…`, hexadecimal) is the signature of `body` by someone who has the
/// secret. Any of sha1, sha256, sha384 and sha512 will do; the comparison takes constant time.
#[must_use]
pub fn signed_by(secret: &str, header: &str, body: &[u8]) -> bool {
    let Some((method, digits)) = header.trim().split_once('=') else {
        return false;
    };
    let (Some(algorithm), Some(tag)) = (algorithm(method), bytes_of(digits)) else {
        return false;
    };
    let key = hmac::Key::new(algorithm, secret.as_bytes());
    hmac::verify(&key, body, &tag).is_ok()
}

fn algorithm(method: &str) -> Option<hmac::Algorithm> {
    Some(match method.to_ascii_lowercase().as_str() {
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => hmac::HMAC_SHA256,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        _ => return None,
    })
}

/// Longest signature in hexadecimal digits: sha512.
const DIGITS_MAX: usize = 128;

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    if digits.len() > DIGITS_MAX || !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: &u8| {
        char::from(*digit)
            .to_digit(16)
            .and_then(|v| u8::try_from(v).ok())
    };
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| Some(value(&pair[0])? << 4 | value(&pair[1])?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "key";
    const BODY: &[u8] = b"The quick brown fox jumps over the lazy dog";
    /// Known answers (RFC 2104 as computed by OpenSSL).
    const SIGNATURES: [&str; 4] = [
        "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9",
        "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
        "sha384=d7f4727e2c0b39ae0f1e40cc96f60242d5b7801841cea6fc592c5d3e1ae50700582a96cf35e1e554995fe4e03381c237",
        "sha512=b42af09057bac1e2d41708e48a902e09b5ff7f12ab428a4fe86653c73dd248fb82f948a549f7b791a5b41915ee4d1ec3935357e4e2317250d0372afa2ebeeb3a",
    ];

    #[test]
    fn all_four_methods_are_known() {
        for signature in SIGNATURES {
            assert!(signed_by(SECRET, signature, BODY), "{signature}");
            let upper = signature.to_ascii_uppercase();
            assert!(signed_by(SECRET, &upper, BODY), "{upper}");
            assert!(!signed_by("kez", signature, BODY), "{signature}");
            assert!(!signed_by(SECRET, signature, b"The quick"), "{signature}");
            let (method, digits) = signature.split_once('=').unwrap();
            let short = format!("{method}={}", &digits[..digits.len() - 2]);
            assert!(!signed_by(SECRET, &short, BODY), "a prefix is no signature");
        }
    }

    #[test]
    fn what_is_no_signature_signs_nothing() {
        for header in [
            "",
            "sha256",
            "sha256=",
            "=",
            "md5=00",
            "sha1=xx",
            "sha1=0",
            "sha1=äö",
        ] {
            assert!(!signed_by(SECRET, header, BODY), "{header}");
        }
        let long = format!("sha1={}", "0".repeat(1 << 20));
        assert!(!signed_by(SECRET, &long, BODY));
    }
}
