//! Reading from outside: folders, buckets, addresses, databases. What may be read is decided here and nowhere else.

mod addresses;
mod bucket;
mod files;
mod folder;
mod glob;
mod http;
mod secrets;
mod sql;

use async_trait::async_trait;
use secrets::Secrets;
use std::path::{Path, PathBuf};
use vakhta_domain::ports::{Feed, FeedError, Feeds};
use vakhta_domain::progress::Progress;
use vakhta_domain::source::{Place, Seen};

/// What sources may read.
#[derive(Debug, Clone)]
pub struct FeedOptions {
    /// Folders whose files may be read, beside `incoming` in the data folder.
    pub folders: Vec<PathBuf>,
    /// Whether addresses of the server's own network may be read.
    pub private: bool,
    /// The most bytes that one run reads.
    pub max_bytes: u64,
}

impl Default for FeedOptions {
    fn default() -> Self {
        Self { folders: Vec::new(), private: false, max_bytes: 2 << 30 }
    }
}

/// What lies outside, as far as the server may see it.
pub(crate) struct Outside {
    options: FeedOptions,
    data_dir: PathBuf,
}

impl Outside {
    pub(crate) fn new(options: FeedOptions, data_dir: &Path) -> Self {
        Self { options, data_dir: data_dir.to_owned() }
    }

    /// The real path of a file or folder that may be read.
    fn allowed(&self, path: &Path) -> Result<PathBuf, FeedError> {
        let real = path
            .canonicalize()
            .map_err(|error| FeedError::Lasting(format!("{} cannot be read: {error}", path.display())))?;
        let roots = self.options.folders.iter().cloned().chain([self.data_dir.join("incoming")]);
        if roots.filter_map(|root| root.canonicalize().ok()).any(|root| real.starts_with(root)) {
            return Ok(real);
        }
        Err(FeedError::Lasting(format!(
            "{} is outside of the folders that sources may read: put files into `incoming` in the data folder, or name \
             their folder in the setting `source_folders`",
            path.display()
        )))
    }

    fn secrets(&self) -> Secrets {
        Secrets::in_folder(self.data_dir.join("secrets"))
    }
}

#[async_trait]
impl Feeds for Outside {
    fn check(&self, place: &Place) -> Result<(), FeedError> {
        match place {
            Place::Files(files) => match files.location.strip_prefix("file://") {
                Some(path) => self.allowed(Path::new(path)).map(|_| ()),
                None => bucket::check(files, self.options.private),
            },
            Place::Sql(sql) => match sql.url.strip_prefix("sqlite://") {
                Some(path) => self.allowed(Path::new(path)).map(|_| ()),
                None => Ok(()),
            },
            Place::Http(_) => Ok(()),
        }
    }

    async fn fetch(
        &self,
        place: &Place,
        seen: &Seen,
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<Feed, FeedError> {
        self.check(place)?;
        let mut secrets = self.secrets();
        let most = self.options.max_bytes;
        let feed = match place {
            Place::Files(files) => match files.location.strip_prefix("file://") {
                Some(path) => {
                    let root = self.allowed(Path::new(path))?;
                    folder::fetch(root, files.pattern.as_deref(), seen, folder, most, progress).await
                }
                None => bucket::fetch(files, &mut secrets, seen, folder, most, progress).await,
            },
            Place::Http(http) => {
                http::fetch(http, &mut secrets, self.options.private, seen, folder, most, progress).await
            }
            Place::Sql(sql) => {
                let file = match sql.url.strip_prefix("sqlite://") {
                    Some(path) => Some(self.allowed(Path::new(path))?),
                    None => None,
                };
                sql::fetch(sql, file.as_deref(), &mut secrets, seen, folder, most, progress).await
            }
        };
        feed.map_err(|error| secrets.hidden(error))
    }
}
