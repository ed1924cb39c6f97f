//! Encrypted connections.

/// Chooses the cryptography of the process, where nobody has: whoever came first is as good.
pub(crate) fn one_cryptography() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
