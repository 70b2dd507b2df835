//! Why a file was not changed.

use std::io;
use std::path::PathBuf;

use crate::config::Problems;

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Reading or writing failed.
    #[error("{}: {why}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// The file is no TOML.
    #[error("{}: {why}", .path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        why: Box<toml_edit::TomlError>,
    },
    /// The feed is there already.
    #[error("{url} is in {} already", .path.display())]
    Known {
        /// The file.
        path: PathBuf,
        /// The address.
        url: String,
    },
    /// The config would not read well with the feed.
    #[error("nothing was added: {} would be refused with it", .path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What would be wrong with it.
        problems: Box<Problems>,
    },
    /// The feed is not there.
    #[error("{url} is in none of the config's files; `wirewatch feed list` shows what is")]
    Unknown {
        /// The address.
        url: String,
    },
    /// The watch is not there.
    #[error(
        "[watch.{watch}] is in none of the config's files; `wirewatch watch list` shows what is"
    )]
    NoWatch {
        /// NAME.
        watch: String,
    },
    /// The tests of a watch are something else than a list of tables.
    #[error("{}: the tests of `{watch}` are not written as [[watch.{watch}.test]] tables; change the file by hand", .path.display())]
    TestShape {
        /// The file.
        path: PathBuf,
        /// NAME.
        watch: String,
    },
    /// `feed` is something else than a list of tables.
    #[error("{}: `feed` is not written as [[feed]] tables; change the file by hand", .path.display())]
    OtherShape {
        /// The file.
        path: PathBuf,
    },
}
