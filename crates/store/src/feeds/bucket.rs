//! Files of a bucket.

use super::files::{Found, MOST, Spool, at, fresh, within};
use super::secrets::Secrets;
use crate::tls::one_cryptography;
use futures::StreamExt as _;
use jiff::Timestamp;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{ClientOptions, Error, GetOptions, ObjectStore as _, RetryConfig};
use std::path::Path;
use std::time::Duration;
use vakhta_domain::ports::{Feed, FeedError, Fetched};
use vakhta_domain::progress::Progress;
use vakhta_domain::source::{FilesPlace, Seen, SeenFile};

/// Another endpoint than Amazon's may be any address of the server's own network.
pub(super) fn check(files: &FilesPlace, private: bool) -> Result<(), FeedError> {
    let other = files.s3.as_ref().is_some_and(|access| access.endpoint.is_some());
    if other && !private {
        let text = "another endpoint than Amazon's is taken only where the setting `source_private` is on";
        return Err(FeedError::Lasting(text.into()));
    }
    Ok(())
}

pub(super) async fn fetch(
    files: &FilesPlace,
    secrets: &mut Secrets,
    seen: &Seen,
    into: &Path,
    most: u64,
    progress: &dyn Progress,
) -> Result<Feed, FeedError> {
    let (bucket, prefix) = open(files, secrets)?;
    let below = (!prefix.is_empty()).then(|| Key::from(prefix.as_str()));
    let mut listing = bucket.list(below.as_ref());
    let mut all = Vec::new();
    while let Some(object) = listing.next().await {
        let object = object.map_err(|error| failed(&error))?;
        let key = object.location.to_string();
        let path = key.strip_prefix(prefix.as_str()).unwrap_or(&key).trim_start_matches('/').to_owned();
        let mark = object.e_tag.clone().unwrap_or_else(|| object.last_modified.to_rfc3339());
        let modified =
            Timestamp::from_microsecond(object.last_modified.timestamp_micros()).unwrap_or_default();
        all.push(Found { path, size: object.size, mark, modified });
        if all.len() > MOST {
            return Err(FeedError::Lasting(format!("over {MOST} files: give a longer prefix")));
        }
    }
    drop(listing);
    let (new, files_seen) = fresh(all, files.pattern.as_deref(), seen);
    within(new.iter().map(|found| found.size).sum(), most)?;
    let mut feed = Feed { seen: seen.clone(), files_seen, ..Feed::default() };
    for (number, found) in new.iter().enumerate() {
        at(progress, number as u64, new.len() as u64)?;
        let key = if prefix.is_empty() { found.path.clone() } else { format!("{prefix}/{}", found.path) };
        let got =
            bucket.get_opts(&Key::from(key), GetOptions::default()).await.map_err(|error| failed(&error))?;
        // It may be another file by now than the one that was listed.
        let mark = got.meta.e_tag.clone().unwrap_or_else(|| got.meta.last_modified.to_rfc3339());
        let size = got.meta.size;
        let mut body = got.into_stream();
        let mut spool = Spool::new(into, number).await?;
        while let Some(bytes) = body.next().await {
            spool.write(&bytes.map_err(|error| failed(&error))?).await?;
            within(feed.bytes + spool.bytes, most)?;
        }
        let (path, bytes) = (spool.path.clone(), spool.bytes);
        let sha256 = spool.end().await?;
        feed.bytes += bytes;
        let same = seen.files.get(&found.path).is_some_and(|old| old.sha256 == sha256);
        feed.seen.files.insert(found.path.clone(), SeenFile { size, mark, sha256 });
        if !same {
            feed.files.push(Fetched { name: found.path.clone(), path, format: None });
        }
    }
    Ok(feed)
}

fn open(files: &FilesPlace, secrets: &mut Secrets) -> Result<(AmazonS3, String), FeedError> {
    one_cryptography();
    let rest = files.location.strip_prefix("s3://").unwrap_or_default();
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let client = ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(10))
        .with_timeout(Duration::from_mins(10));
    // The job tries again by itself, and says so.
    let retry = RetryConfig { max_retries: 0, ..RetryConfig::default() };
    let mut builder = match &files.s3 {
        None => AmazonS3Builder::from_env().with_client_options(client),
        Some(access) => {
            let plain = access.endpoint.as_ref().is_some_and(|url| url.starts_with("http://"));
            let mut builder = AmazonS3Builder::new()
                .with_client_options(client.with_allow_http(plain))
                .with_access_key_id(secrets.fill(&access.access_key, str::to_owned)?)
                .with_secret_access_key(secrets.fill(&access.secret_key, str::to_owned)?)
                .with_region(access.region.as_deref().unwrap_or("us-east-1"));
            if let Some(endpoint) = &access.endpoint {
                builder = builder.with_endpoint(endpoint);
            }
            builder
        }
    };
    builder = builder.with_bucket_name(bucket).with_retry(retry);
    let store = builder.build().map_err(|error| FeedError::Lasting(error.to_string()))?;
    Ok((store, prefix.trim_matches('/').to_owned()))
}

fn failed(error: &Error) -> FeedError {
    let text = format!("the bucket cannot be read: {error}");
    match error {
        Error::NotFound { .. }
        | Error::PermissionDenied { .. }
        | Error::Unauthenticated { .. }
        | Error::InvalidPath { .. } => FeedError::Lasting(text),
        _ => FeedError::Passing(text),
    }
}
