//! Files of a folder. Links are not followed: they could lead out of it.

use super::files::{Found, MOST, Spool, at, fresh, within};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use tokio::io::AsyncReadExt as _;
use vakhta_domain::ports::{Feed, FeedError, Fetched};
use vakhta_domain::progress::Progress;
use vakhta_domain::source::{Seen, SeenFile};

pub(super) async fn fetch(
    root: PathBuf,
    pattern: Option<&str>,
    seen: &Seen,
    into: &Path,
    most: u64,
    progress: &dyn Progress,
) -> Result<Feed, FeedError> {
    let listed = root.clone();
    let all = tokio::task::spawn_blocking(move || list(&listed))
        .await
        .map_err(|error| FeedError::Passing(error.to_string()))?
        .map_err(|error| unreadable(&root, &error))??;
    let (new, files_seen) = fresh(all, pattern, seen);
    within(new.iter().map(|found| found.size).sum(), most)?;
    let mut feed = Feed { seen: seen.clone(), files_seen, ..Feed::default() };
    for (number, found) in new.iter().enumerate() {
        at(progress, number as u64, new.len() as u64)?;
        let path = root.join(&found.path);
        let (spooled, bytes, sha256) = copy(&path, into, number, most).await?;
        // A file that somebody writes at this moment would be half of itself.
        let after = std::fs::symlink_metadata(&path).map_err(|error| unreadable(&path, &error))?;
        if after.len() != found.size || mark(&after) != found.mark || bytes != found.size {
            return Err(FeedError::Passing(format!("{} is being written now", found.path)));
        }
        feed.bytes += bytes;
        let same = seen.files.get(&found.path).is_some_and(|old| old.sha256 == sha256);
        let now = SeenFile { size: found.size, mark: found.mark.clone(), sha256 };
        feed.seen.files.insert(found.path.clone(), now);
        if !same {
            feed.files.push(Fetched { name: found.path.clone(), path: spooled, format: None });
        }
    }
    Ok(feed)
}

fn unreadable(path: &Path, error: &std::io::Error) -> FeedError {
    FeedError::Passing(format!("{} cannot be read: {error}", path.display()))
}

async fn copy(
    path: &Path,
    into: &Path,
    number: usize,
    most: u64,
) -> Result<(PathBuf, u64, String), FeedError> {
    let mut file = tokio::fs::File::open(path).await.map_err(|error| unreadable(path, &error))?;
    let mut spool = Spool::new(into, number).await?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer).await.map_err(|error| unreadable(path, &error))?;
        if read == 0 {
            break;
        }
        spool.write(&buffer[..read]).await?;
        within(spool.bytes, most)?;
    }
    let (path, bytes) = (spool.path.clone(), spool.bytes);
    Ok((path, bytes, spool.end().await?))
}

fn mark(metadata: &std::fs::Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
    modified.unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

fn list(root: &Path) -> std::io::Result<Result<Vec<Found>, FeedError>> {
    let mut all = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, name)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            // What is written elsewhere and renamed when it is whole often has such a name until then.
            let Some(own) = entry.file_name().to_str().filter(|own| !own.starts_with('.')).map(str::to_owned)
            else {
                continue;
            };
            let path = if name.is_empty() { own } else { format!("{name}/{own}") };
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                folders.push((entry.path(), path));
            } else if metadata.is_file() {
                let mark = mark(&metadata);
                let modified = mark.parse().unwrap_or(Timestamp::UNIX_EPOCH);
                all.push(Found { path, size: metadata.len(), mark, modified });
            }
            if all.len() + folders.len() > MOST {
                return Ok(Err(FeedError::Lasting(format!("over {MOST} files: give a smaller folder"))));
            }
        }
    }
    Ok(Ok(all))
}
