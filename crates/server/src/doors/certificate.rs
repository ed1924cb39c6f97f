//! The server's certificate, read from files and again when they change. Connections go on with the one that they began
//! with.

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file holds something else.
    #[error("{} holds no {what} in PEM", path.display())]
    Empty {
        /// Which.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// The two do not fit, or are of a kind that is not known.
    #[error("the certificate and its key cannot be used: {0}")]
    Unfit(#[from] rustls::Error),
}

/// A certificate that is kept up with its files.
pub struct Certificate {
    files: Files,
    now: ArcSwap<ServerConfig>,
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn read(&self) -> Result<(Vec<u8>, Vec<u8>), CertificateError> {
        let read = |path: &Path| {
            std::fs::read(path)
                .map_err(|source| CertificateError::Unreadable { path: path.to_owned(), source })
        };
        Ok((read(&self.certificate)?, read(&self.key)?))
    }

    fn config(&self, certificate: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, CertificateError> {
        let empty = |path: &Path, what| CertificateError::Empty { path: path.to_owned(), what };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<_, _>>()
            .map_err(|_| empty(&self.certificate, "certificate"))?;
        if chain.is_empty() {
            return Err(empty(&self.certificate, "certificate"));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| empty(&self.key, "private key"))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl Certificate {
    /// Reads it.
    pub fn read(certificate: &Path, key: &Path) -> Result<Arc<Self>, CertificateError> {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        let (chain, secret) = files.read()?;
        warn_of_readers(key);
        let now = ArcSwap::new(files.config(&chain, &secret)?);
        Ok(Arc::new(Self { files, now }))
    }

    /// What a connection that begins now is served with.
    pub(super) fn now(&self) -> Arc<ServerConfig> {
        self.now.load_full()
    }

    /// Reads the files again whenever they change, until told to stop. What cannot be used changes nothing: the two
    /// files may be written one after the other.
    pub async fn follow(self: Arc<Self>, shutdown: CancellationToken) {
        let mut seen = self.files.read().ok();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let found = self.files.read().ok();
            if found == seen {
                continue;
            }
            if let Some((chain, secret)) = &found {
                match self.files.config(chain, secret) {
                    Ok(config) => {
                        self.now.store(config);
                        tracing::info!(file = %self.files.certificate.display(), "the certificate was read again");
                    }
                    Err(error) => tracing::warn!(%error, "the old certificate stays in use"),
                }
            } else {
                tracing::warn!(file = %self.files.certificate.display(), "the certificate's files cannot be read, the old one stays in use");
            }
            seen = found;
        }
    }
}

/// A key that others can read is no secret.
fn warn_of_readers(key: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let readable = std::fs::metadata(key).is_ok_and(|file| file.permissions().mode() & 0o007 != 0);
        if readable {
            tracing::warn!(file = %key.display(), "everybody on this machine can read the private key, chmod 600 it");
        }
    }
    #[cfg(not(unix))]
    let _ = key;
}
