//! Secrets of a channel: in the config, in a file, in the environment, or handed over by systemd.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::{ChannelError, Surroundings};
use crate::world::SecretPlaces;

/// How a file that systemd hands over (`LoadCredential=`) is named in the config.
pub const CREDENTIALS: &str = "$CREDENTIALS_DIRECTORY/";

/// The secret that one of `key`, `key_file` and `key_env` names; `None` when none of them is given.
pub(super) fn read(
    key: &str,
    inline: Option<&SecretString>,
    file: Option<&str>,
    env: Option<&str>,
    around: &Surroundings<'_>,
) -> Result<Option<SecretString>, ChannelError> {
    let file = file.map(|file| expanded(key, file, around)).transpose()?;
    let places = SecretPlaces {
        key,
        inline,
        file: file.as_deref(),
        env,
    };
    Ok(places.read(around.base_dir, around.env)?)
}

fn expanded(key: &str, file: &str, around: &Surroundings<'_>) -> Result<String, ChannelError> {
    let Some(name) = file.strip_prefix(CREDENTIALS) else {
        return Ok(file.to_owned());
    };
    let folder = (around.env)("CREDENTIALS_DIRECTORY").ok_or_else(|| {
        ChannelError::new(format!(
            "`{key}_file`: $CREDENTIALS_DIRECTORY is not set; systemd sets it for a service whose unit says \
             LoadCredential={name}:FILE"
        ))
    })?;
    Ok(Path::new(&folder).join(name).display().to_string())
}

/// A text that may repeat a secret (what a receiver answered), with every secret blotted out.
pub(super) fn blotted(text: &str, secrets: &[SecretString]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let secret = secret.expose_secret();
        // A few characters stand everywhere; no service gives out such a secret.
        if secret.len() >= 4 {
            text = text.replace(secret, "***");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::tests::surroundings;

    #[test]
    fn systemd_hands_secrets_over() {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::write(dir.path().join("pw"), "hunter2\n").expect("a file");
        let file = "$CREDENTIALS_DIRECTORY/pw";
        surroundings(Path::new("."), |around| {
            let error = read("password", None, Some(file), None, around).expect_err("unset");
            assert!(error.to_string().contains("LoadCredential=pw"), "{error}");
            let folder = dir.path().display().to_string();
            let around = Surroundings {
                env: &|name| (name == "CREDENTIALS_DIRECTORY").then(|| folder.clone()),
                ..*around
            };
            let secret = read("password", None, Some(file), None, &around).expect("it is there");
            let secret = secret.expect("it is named");
            assert_eq!(secret.expose_secret(), "hunter2");
            assert_eq!(blotted("no hunter2 here", &[secret]), "no *** here");
        });
    }
}
