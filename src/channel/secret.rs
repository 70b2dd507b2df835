//! Secrets of channels: in the config, in a file, or in the environment.

use std::fs;

use secrecy::{ExposeSecret, SecretString};

use super::{ChannelError, Surroundings};

/// Where one secret may be written; at most one of the places is used.
pub(super) struct SecretPlaces<'a> {
    /// The key without a suffix (`password`), for messages.
    pub(super) key: &'static str,
    pub(super) inline: Option<&'a SecretString>,
    pub(super) file: Option<&'a str>,
    pub(super) env: Option<&'a str>,
}

impl SecretPlaces<'_> {
    /// The secret, without a line end at its end; `None` when no place is named.
    pub(super) fn read(
        &self,
        around: &Surroundings<'_>,
    ) -> Result<Option<SecretString>, ChannelError> {
        let key = self.key;
        let text = match (self.inline, self.file, self.env) {
            (None, None, None) => return Ok(None),
            (Some(inline), None, None) => inline.expose_secret().to_owned(),
            (None, Some(file), None) => {
                let path = around.base_dir.join(file);
                fs::read_to_string(&path).map_err(|error| {
                    ChannelError::new(format!(
                        "`{key}_file`: cannot read {}: {error}",
                        path.display()
                    ))
                })?
            }
            (None, None, Some(name)) => (around.env)(name).ok_or_else(|| {
                ChannelError::new(format!(
                    "`{key}_env`: the environment variable {name} is not set"
                ))
            })?,
            _ => {
                return Err(ChannelError::new(format!(
                    "more than one of `{key}`, `{key}_file`, `{key}_env` is given"
                )));
            }
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(ChannelError::new(format!("`{key}` is empty")));
        }
        Ok(Some(text.to_owned().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::tests::surroundings;

    fn read(
        inline: Option<&str>,
        file: Option<&str>,
        env: Option<&str>,
    ) -> Result<Option<String>, String> {
        let dir = tempfile::tempdir().expect("a directory");
        fs::write(dir.path().join("pw"), "from file\n").expect("a file");
        let inline = inline.map(|text| SecretString::from(text.to_owned()));
        let places = SecretPlaces {
            key: "password",
            inline: inline.as_ref(),
            file,
            env,
        };
        surroundings(dir.path(), |around| places.read(around))
            .map(|secret| secret.map(|secret| secret.expose_secret().to_owned()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_comes_from_one_place() {
        assert_eq!(read(None, None, None), Ok(None));
        assert_eq!(read(Some("here"), None, None), Ok(Some("here".to_owned())));
        assert_eq!(
            read(None, Some("pw"), None),
            Ok(Some("from file".to_owned()))
        );
        assert_eq!(
            read(None, None, Some("MAIL_PW")),
            Ok(Some("from env".to_owned()))
        );
        for (inline, file, env, words) in [
            (Some("here"), Some("pw"), None, "more than one"),
            (None, Some("none"), None, "cannot read"),
            (None, None, Some("NOT_SET"), "NOT_SET is not set"),
            (Some("\n"), None, None, "is empty"),
        ] {
            let error = read(inline, file, env).expect_err(words);
            assert!(error.contains(words) && !error.contains("here"), "{error}");
        }
    }
}
