//! Objects in an S3 bucket, or in anything that speaks its protocol.

use super::{CheckedObjects, Tally, compare, damaged, io_error, place, reference, unavailable};
use crate::config::S3Options;
use crate::tls::one_cryptography;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{
    ClientOptions, Error, GetResult, MultipartUpload, ObjectStore as _, ObjectStoreExt as _, PutMode,
    PutOptions, PutPayload, RetryConfig,
};
use std::path::Path;
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::ports::{Objects, StoreError};

/// Blobs above this size go up in parts of this size; S3 takes none below 5 MiB but the last.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// How long one request may be tried again.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bucket, and the first part of every name in it.
pub(crate) struct S3Objects {
    bucket: AmazonS3,
    prefix: String,
}

impl S3Objects {
    /// Prepares the client; nothing is sent yet. What is left out of `options` comes from the usual `AWS_*`
    /// environment variables or the machine's role.
    pub(crate) fn new(bucket: &str, prefix: &str, options: &S3Options) -> Result<Self, StoreError> {
        one_cryptography();
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_client_options(
                ClientOptions::new()
                    .with_allow_http(options.allow_http)
                    .with_connect_timeout(Duration::from_secs(5))
                    .with_timeout(Duration::from_mins(2)),
            )
            .with_retry(RetryConfig { max_retries: 5, retry_timeout: PATIENCE, ..RetryConfig::default() });
        if let Some(endpoint) = &options.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(region) = &options.region {
            builder = builder.with_region(region);
        }
        if let Some(key) = &options.access_key {
            builder = builder.with_access_key_id(key);
        }
        if let Some(secret) = &options.secret_key {
            builder = builder.with_secret_access_key(secret);
        }
        Ok(Self { bucket: builder.build().map_err(s3_error)?, prefix: prefix.trim_matches('/').to_owned() })
    }

    fn key(&self, object: &ObjectRef) -> Result<Key, StoreError> {
        Ok(Key::from(format!("{}/{}", self.prefix, place(object)?)))
    }

    /// Writes something under a name of its own, over what is there.
    pub(crate) async fn put_named(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        let key = Key::from(format!("{}/{name}", self.prefix));
        self.bucket.put(&key, PutPayload::from(bytes)).await.map(|_| ()).map_err(s3_error)
    }

    /// Reads what stands under a name.
    pub(crate) async fn get_named(&self, name: &str) -> Result<Bytes, StoreError> {
        let key = Key::from(format!("{}/{name}", self.prefix));
        self.bucket.get(&key).await.map_err(s3_error)?.bytes().await.map_err(s3_error)
    }

    /// The last parts of the names in a folder.
    pub(crate) async fn named(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let folder = Key::from(format!("{}/{folder}", self.prefix));
        let mut found = self.bucket.list(Some(&folder));
        let mut names = Vec::new();
        while let Some(entry) = found.next().await {
            names.extend(entry.map_err(s3_error)?.location.filename().map(str::to_owned));
        }
        Ok(names)
    }

    /// Creates the object unless it is there. Servers that cannot create conditionally get a plain write:
    /// the bytes are the same.
    async fn create(&self, key: &Key, bytes: Bytes) -> Result<(), StoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.bucket.put_opts(key, PutPayload::from(bytes.clone()), options).await {
            Ok(_) | Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(()),
            Err(Error::NotImplemented { .. } | Error::NotSupported { .. }) => {
                self.bucket.put(key, PutPayload::from(bytes)).await.map(|_| ()).map_err(s3_error)
            }
            Err(error) => Err(s3_error(error)),
        }
    }

    async fn open(&self, object: &ObjectRef) -> Result<GetResult, StoreError> {
        self.bucket.get(&self.key(object)?).await.map_err(|error| match error {
            Error::NotFound { .. } => damaged(object, "it is not there"),
            error => s3_error(error),
        })
    }
}

fn s3_error(error: Error) -> StoreError {
    unavailable(error)
}

/// The next part of a file; empty at its end.
async fn next_part(file: &mut File) -> Result<Bytes, StoreError> {
    let mut part = BytesMut::with_capacity(PART_BYTES);
    while part.len() < PART_BYTES {
        if file.read_buf(&mut part).await.map_err(io_error)? == 0 {
            break;
        }
    }
    Ok(part.freeze())
}

/// Sends a file part by part; its reference, of the bytes that were really sent.
async fn send_parts(upload: &mut dyn MultipartUpload, file: &mut File) -> Result<ObjectRef, StoreError> {
    let mut tally = Tally::default();
    loop {
        let part = next_part(file).await?;
        if part.is_empty() {
            return Ok(tally.reference());
        }
        tally.add(&part);
        upload.put_part(PutPayload::from(part)).await.map_err(s3_error)?;
    }
}

/// The reference of a file's bytes.
async fn hash_file(path: &Path) -> Result<ObjectRef, StoreError> {
    let mut file = File::open(path).await.map_err(io_error)?;
    let mut tally = Tally::default();
    loop {
        let part = next_part(&mut file).await?;
        if part.is_empty() {
            return Ok(tally.reference());
        }
        tally.add(&part);
    }
}

#[async_trait]
impl Objects for S3Objects {
    async fn put(&self, bytes: Bytes) -> Result<ObjectRef, StoreError> {
        let object = reference(&bytes);
        self.create(&self.key(&object)?, bytes).await?;
        Ok(object)
    }

    async fn put_file(&self, path: &Path) -> Result<ObjectRef, StoreError> {
        // The name must be known before the first part is sent, so the file is read twice.
        let object = hash_file(path).await?;
        let key = self.key(&object)?;
        if self.has(&object).await? {
            return Ok(object);
        }
        let mut file = File::open(path).await.map_err(io_error)?;
        if object.bytes <= PART_BYTES as u64 {
            let bytes = next_part(&mut file).await?;
            compare(&object, &reference(&bytes))?;
            self.create(&key, bytes).await?;
            return Ok(object);
        }
        let mut upload = self.bucket.put_multipart(&key).await.map_err(s3_error)?;
        let sent = send_parts(upload.as_mut(), &mut file).await.and_then(|sent| {
            // The file changed while it was sent: its parts must not come to stand under this name.
            compare(&object, &sent)
        });
        match sent {
            Ok(()) => upload.complete().await.map(|_| object).map_err(s3_error),
            Err(error) => {
                if let Err(cause) = upload.abort().await {
                    tracing::warn!(%cause, "parts of a failed upload stay in the bucket");
                }
                Err(error)
            }
        }
    }

    async fn get(&self, object: &ObjectRef) -> Result<Bytes, StoreError> {
        let bytes = self.open(object).await?.bytes().await.map_err(s3_error)?;
        compare(object, &reference(&bytes))?;
        Ok(bytes)
    }

    async fn get_file(&self, object: &ObjectRef, path: &Path) -> Result<(), StoreError> {
        let mut parts = self.open(object).await?.into_stream();
        let copy = async {
            let mut file = File::create(path).await.map_err(io_error)?;
            let mut tally = Tally::default();
            while let Some(part) = parts.next().await {
                let part = part.map_err(s3_error)?;
                tally.add(&part);
                file.write_all(&part).await.map_err(io_error)?;
            }
            file.flush().await.map_err(io_error)?;
            compare(object, &tally.reference())
        };
        let checked = copy.await;
        if checked.is_err() {
            // Nobody may take a damaged copy for a good one.
            let _ = tokio::fs::remove_file(path).await;
        }
        checked
    }

    async fn has(&self, object: &ObjectRef) -> Result<bool, StoreError> {
        match self.bucket.head(&self.key(object)?).await {
            Ok(found) => Ok(found.size == object.bytes),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(s3_error(error)),
        }
    }
}

#[async_trait]
impl CheckedObjects for S3Objects {
    async fn check(&self) -> Result<(), StoreError> {
        // Listing, because a request for one name cannot tell a missing object from a missing bucket.
        let folder = Key::from(format!("{}/00/00", self.prefix));
        match self.bucket.list(Some(&folder)).next().await {
            None | Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(s3_error(error)),
        }
    }
}
