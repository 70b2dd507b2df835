//! Secrets of the config: written in it, in a file, or in the environment.

use std::fs;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

/// Where one secret may be written; at most one of the places is used.
#[derive(Debug, Clone, Copy)]
pub struct SecretPlaces<'a> {
    /// The key without a suffix (`password`), for messages.
    pub key: &'a str,
    /// The secret itself.
    pub inline: Option<&'a SecretString>,
    /// A file that holds it, relative to the config.
    pub file: Option<&'a str>,
    /// The environment variable that holds it.
    pub env: Option<&'a str>,
}

/// A secret that cannot be had. The message is for people and does not carry it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SecretError(String);

/// A secret as far as files tell.
#[derive(Debug, Clone)]
pub enum Secret {
    /// The secret.
    Known(SecretString),
    /// The environment has it.
    Variable {
        /// The key that names the variable, for messages.
        key: String,
        /// Name of the variable.
        name: String,
    },
}

impl SecretPlaces<'_> {
    /// The secret, its file read; `None` when no place is named. A line end at its end is not part of it.
    ///
    /// # Errors
    /// [`SecretError`] when two places are named, the file cannot be read, or nothing is in it.
    pub fn find(&self, base_dir: &Path) -> Result<Option<Secret>, SecretError> {
        let key = self.key;
        match (self.inline, self.file, self.env) {
            (None, None, None) => Ok(None),
            (Some(inline), None, None) => {
                let text = trimmed(key, inline.expose_secret())?;
                Ok(Some(Secret::Known(text)))
            }
            (None, Some(file), None) => {
                Secret::of_file(&format!("{key}_file"), &base_dir.join(file)).map(Some)
            }
            (None, None, Some(name)) => Ok(Some(Secret::Variable {
                key: format!("{key}_env"),
                name: name.to_owned(),
            })),
            _ => Err(SecretError(format!(
                "more than one of `{key}`, `{key}_file`, `{key}_env` is given"
            ))),
        }
    }

    /// The secret, wherever it is; `None` when no place is named.
    ///
    /// # Errors
    /// As [`find`](Self::find) and [`Secret::text`].
    pub fn read(
        &self,
        base_dir: &Path,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<SecretString>, SecretError> {
        let found = self.find(base_dir)?;
        found.map(|secret| secret.text(env)).transpose()
    }
}

impl Secret {
    /// The secret that a file holds; `key` names the file in the config, for messages.
    ///
    /// # Errors
    /// [`SecretError`] when it cannot be read or nothing is in it.
    pub fn of_file(key: &str, path: &Path) -> Result<Self, SecretError> {
        let text = fs::read_to_string(path).map_err(|error| {
            let path = path.display();
            SecretError(format!("`{key}`: cannot read {path}: {error}"))
        })?;
        trimmed(key, &text).map(Self::Known)
    }

    /// The secret itself.
    ///
    /// # Errors
    /// [`SecretError`] when its environment variable is not set or empty.
    pub fn text(&self, env: &dyn Fn(&str) -> Option<String>) -> Result<SecretString, SecretError> {
        let (key, name) = match self {
            Self::Known(text) => return Ok(text.clone()),
            Self::Variable { key, name } => (key, name),
        };
        let text = env(name).ok_or_else(|| {
            SecretError(format!(
                "`{key}`: the environment variable {name} is not set"
            ))
        })?;
        trimmed(key, &text)
    }
}

fn trimmed(key: &str, text: &str) -> Result<SecretString, SecretError> {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(SecretError(format!("`{key}` is empty")));
    }
    Ok(text.to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        places
            .read(dir.path(), &|name| {
                (name == "MAIL_PW").then(|| "from env".to_owned())
            })
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
