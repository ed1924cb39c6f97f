//! `vakhta tls self-signed`: a certificate for a server that nobody else vouches for.

use crate::exit::{Exit, Failure, Result};
use crate::output::{GOOD, Out, styled};
use crate::wiring::{SystemClock, make_data_dir};
use clap::Subcommand;
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, date_time_ymd};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use vakhta_domain::ports::Clock as _;

/// Makes certificates.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a certificate that signs itself, and its key.
    SelfSigned(SelfSigned),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Then: vakhta serve --host 0.0.0.0 --tls-cert DIR/cert.pem --tls-key DIR/key.pem\n\
    Programs are told to trust it, e.g. SSL_CERT_FILE=DIR/cert.pem vakhta login --server https://NAME:8085")]
struct SelfSigned {
    /// The server's name or address, as people type it; several with commas.
    #[arg(long, required = true, value_delimiter = ',', value_name = "NAME")]
    host: Vec<String>,
    /// Folder for cert.pem and key.pem.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Days that it is good for. Browsers take no more than 825.
    #[arg(long, value_name = "N", default_value_t = 397, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
    /// Replace what is there.
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub fn run(args: &Args, out: Out) -> Result<()> {
    let What::SelfSigned(wanted) = &args.what;
    let today = SystemClock.now().to_zoned(TimeZone::UTC);
    let (certificate, key) = make(wanted, &today)?;
    make_data_dir(&wanted.out)?;
    let (cert_file, key_file) = (wanted.out.join("cert.pem"), wanted.out.join("key.pem"));
    // The key first: a certificate without one is of no use, and nothing else is written over.
    write(&key_file, &key, 0o600, wanted.force)?;
    write(&cert_file, &certificate, 0o644, wanted.force)?;
    if out.is_json() {
        out.json(
            &json!({"tls_cert": cert_file, "tls_key": key_file, "hosts": wanted.host, "days": wanted.days}),
        );
    } else {
        out.line(styled(GOOD, format!("made {} and {}", cert_file.display(), key_file.display())));
        out.note(
            "browsers warn of a certificate that nobody vouches for: compare it once, or trust cert.pem",
        );
    }
    Ok(())
}

fn make(wanted: &SelfSigned, today: &Zoned) -> Result<(String, String)> {
    let failed =
        |error: rcgen::Error| Failure::new(Exit::Failed, format!("no certificate could be made: {error}"));
    let mut params = CertificateParams::new(wanted.host.clone()).map_err(failed)?;
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, wanted.host[0].clone());
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let day = |span: Span| -> Result<_> {
        let day = today.date().checked_add(span)?;
        Ok(date_time_ymd(i32::from(day.year()), day.month() as u8, day.day() as u8))
    };
    // From yesterday on: clocks differ.
    params.not_before = day(Span::new().days(-1))?;
    params.not_after = day(Span::new().days(wanted.days))?;
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn write(path: &Path, text: &str, mode: u32, force: bool) -> Result<()> {
    if force {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| {
        let text = format!("cannot write {}: {error}", path.display());
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Failure::new(Exit::Conflict, text).with_more(["--force replaces it".to_owned()])
            }
            _ => Failure::new(Exit::Failed, text),
        }
    })
}
