//! A feed as a file: any feed reader becomes a channel. Atom or JSON Feed, rewritten whole at every change.
//!
//! The file is the state: it is read back before it is written, so that a crash neither loses nor repeats an entry,
//! and a second try of the same delivery changes nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::Deserialize;

use self::entry::{Entry, Feed, entries};
use super::durable::{folder, lock, may_make_in, replace};
use super::render::TextStyle;
use super::template::{Syntax, TemplateOptions, Wording};
use super::{Channel, ChannelError, DeliveryError, FilePlace, Parcel, Surroundings};

mod atom;
mod entry;
mod json_feed;
#[cfg(test)]
mod tests;

/// Options of `kind = "atom"` and `kind = "jsonfeed"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedFileOptions {
    /// The file, relative to the config.
    pub path: Option<PathBuf>,
    /// A folder instead: `all` holds everything, and there is a file for each watch.
    pub dir: Option<PathBuf>,
    /// Title of the feed; with `dir` that of `all`.
    pub title: Option<String>,
    /// Where readers find the file, or the folder with `dir`.
    pub url: Option<String>,
    /// Most entries that are kept; the oldest are dropped.
    #[serde(default = "hundred")]
    pub entries: usize,
    /// Texts in place of the built-in ones.
    pub template: Option<TemplateOptions>,
}

fn hundred() -> usize {
    100
}

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// RFC 4287.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl Form {
    fn extension(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Json => "json",
        }
    }

    fn write(self, feed: &Feed) -> String {
        match self {
            Self::Atom => atom::write(feed),
            Self::Json => json_feed::write(feed),
        }
    }

    /// The entries of a file that was written here; why not, when it is damaged or another's.
    fn read(self, text: &str) -> Result<Vec<Entry>, String> {
        match self {
            Self::Atom => atom::read(text),
            Self::Json => json_feed::read(text),
        }
    }
}

impl FeedFileOptions {
    pub(super) fn build(
        &self,
        name: &str,
        form: Form,
        around: &Surroundings<'_>,
    ) -> Result<FeedFile, ChannelError> {
        let place = match (&self.path, &self.dir) {
            (Some(path), None) => Place::File(around.base_dir.join(path)),
            (None, Some(dir)) => Place::Folder(around.base_dir.join(dir)),
            (None, None) => {
                return Err(ChannelError::new(
                    "give `path` (a file) or `dir` (a folder)",
                ));
            }
            (Some(_), Some(_)) => return Err(ChannelError::new("both `path` and `dir` are given")),
        };
        if self.entries == 0 {
            return Err(ChannelError::new("`entries` must be at least 1"));
        }
        let syntaxes = (Syntax::Text, Syntax::Html);
        let wording = Wording::new(name, self.template.as_ref(), syntaxes, around)?;
        Ok(FeedFile {
            name: name.to_owned(),
            files: Arc::new(Files {
                place,
                form,
                title: self.title.clone().unwrap_or_else(|| "wirewatch".to_owned()),
                url: self.url.clone(),
                entries_max: self.entries,
                turn: Mutex::new(()),
            }),
            wording: wording.without_html()?,
        })
    }
}

/// Puts every parcel into a feed.
pub(super) struct FeedFile {
    name: String,
    files: Arc<Files>,
    wording: Wording,
}

enum Place {
    File(PathBuf),
    Folder(PathBuf),
}

struct Files {
    place: Place,
    form: Form,
    title: String,
    url: Option<String>,
    entries_max: usize,
    /// One change at a time.
    turn: Mutex<()>,
}

#[async_trait]
impl Channel for FeedFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn preview(&self, parcel: &Parcel) -> String {
        let words = self.wording.words(parcel, &TextStyle::default());
        let feed = Feed {
            title: self.files.title.clone(),
            address: self.files.url.clone(),
            entries: entries(parcel, &words),
        };
        self.files.form.write(&feed)
    }

    fn writes(&self) -> Option<FilePlace> {
        Some(match &self.files.place {
            Place::File(path) => FilePlace::Replaced(path.clone()),
            Place::Folder(path) => FilePlace::Folder(path.clone()),
        })
    }

    async fn probe(&self) -> Result<String, DeliveryError> {
        let place = match &self.files.place {
            Place::File(path) => folder(path),
            // It is made with the first entry.
            Place::Folder(path) if !path.exists() => folder(path),
            Place::Folder(path) => path,
        };
        may_make_in(place).map_err(|error| {
            DeliveryError::retry(format!("cannot write in {}: {error}", place.display()))
        })?;
        Ok(format!("files can be made in {}", place.display()))
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError> {
        let words = self.wording.words(parcel, &TextStyle::default());
        let new = entries(parcel, &words);
        let stamp = parcel.sent_at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let files = Arc::clone(&self.files);
        // fsync may take a second on a busy disk: not on a thread that serves others.
        let written = tokio::task::spawn_blocking(move || files.put(&new, &stamp)).await;
        let written = written.unwrap_or_else(|panic| Err(io::Error::other(panic)));
        written.map_err(|error| {
            let (Place::File(path) | Place::Folder(path)) = &self.files.place;
            DeliveryError::retry(format!("cannot write {}: {error}", path.display()))
        })
    }
}

impl Files {
    /// Puts entries into every file that they belong in. A crash between two files is made good by the second try:
    /// what is there already stays as it is.
    fn put(&self, new: &[Entry], stamp: &str) -> io::Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.place {
            Place::File(path) => self.put_into(path, &self.title, self.url.clone(), new, stamp),
            Place::Folder(folder) => {
                fs::create_dir_all(folder)?;
                self.put_beside(folder, "all", &self.title, new, stamp)?;
                let mut watches: Vec<(&str, &str)> = new
                    .iter()
                    .filter_map(|entry| Some((entry.watch.as_deref()?, entry.watch_title.as_str())))
                    .collect();
                watches.sort_unstable();
                watches.dedup_by_key(|(watch, _)| *watch);
                for (watch, title) in watches {
                    let of_watch = new
                        .iter()
                        .filter(|entry| entry.watch.as_deref() == Some(watch));
                    let of_watch: Vec<Entry> = of_watch.cloned().collect();
                    // `all` is taken.
                    let file = match watch {
                        "all" => "watch-all",
                        watch => watch,
                    };
                    let title = format!("{}: {title}", self.title);
                    self.put_beside(folder, file, &title, &of_watch, stamp)?;
                }
                Ok(())
            }
        }
    }

    fn put_beside(
        &self,
        folder: &Path,
        name: &str,
        title: &str,
        new: &[Entry],
        stamp: &str,
    ) -> io::Result<()> {
        // The config allows no slash in a NAME; whatever gets here stays in the folder.
        let name = format!(
            "{}.{}",
            name.replace(['/', '\\'], "_"),
            self.form.extension()
        );
        let url = self.url.as_ref();
        let url = url.map(|url| format!("{}/{name}", url.trim_end_matches('/')));
        self.put_into(&folder.join(name), title, url, new, stamp)
    }

    fn put_into(
        &self,
        path: &Path,
        title: &str,
        address: Option<String>,
        new: &[Entry],
        stamp: &str,
    ) -> io::Result<()> {
        let _alone = lock(path)?;
        let old = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut feed = Feed {
            title: title.to_owned(),
            address,
            entries: self.entries_of(path, &old, stamp)?,
        };
        for entry in new {
            feed.merge(entry);
        }
        feed.bound(self.entries_max);
        let text = self.form.write(&feed);
        if text.as_bytes() == old {
            return Ok(());
        }
        replace(path, text.as_bytes())
    }

    /// What the file holds. A damaged one, or one that is not ours, is set aside: nothing of it is lost.
    fn entries_of(&self, path: &Path, old: &[u8], stamp: &str) -> io::Result<Vec<Entry>> {
        if old.is_empty() {
            return Ok(Vec::new());
        }
        let text = std::str::from_utf8(old).map_err(|error| error.to_string());
        match text.and_then(|text| self.form.read(text)) {
            Ok(entries) => Ok(entries),
            Err(why) => {
                let mut aside = path.as_os_str().to_owned();
                aside.push(format!(".damaged-{stamp}"));
                fs::rename(path, &aside)?;
                let (path, aside) = (path.display(), Path::new(&aside).display());
                tracing::warn!(
                    "{path} cannot be read back and is begun anew; it is kept as {aside}: {why}"
                );
                Ok(Vec::new())
            }
        }
    }
}
