//! What a file is: format by name and content, text encoding, delimiter. Whatever the caller says wins, and a saying
//! that contradicts the file is an error that tells why.

pub mod delimiter;
pub mod encoding;

use crate::error::ImportError;
use crate::text::window::read_full;
use crate::value::date::DateForm;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use vakhta_domain::dataset::{FileFormat, ReadOptions};

/// Decides the format, by the caller's word, the content and the name, in this order.
pub fn format(file: &File, name: &str, options: &ReadOptions) -> Result<FileFormat, ImportError> {
    let mut head = [0_u8; 4096];
    let mut handle = file;
    handle.seek(SeekFrom::Start(0))?;
    let count = read_full(file, &mut head)?;
    let head = &head[..count];
    if head.is_empty() {
        return Err(ImportError::Empty);
    }
    let magic = head.starts_with(b"PAR1");
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    let format = match options.format {
        Some(FileFormat::Parquet) if !magic => {
            let message = "the file is not parquet: it does not begin with `PAR1`".to_owned();
            return Err(ImportError::Options { field: "format", message });
        }
        Some(said) if magic && said != FileFormat::Parquet => {
            let message = format!("the file is parquet, not {}", word(said));
            return Err(ImportError::Options { field: "format", message });
        }
        Some(said) => said,
        None if magic => FileFormat::Parquet,
        None if extension == "parquet" || extension == "pq" => {
            return Err(ImportError::Format(
                "the file is named parquet and does not begin with `PAR1`".to_owned(),
            ));
        }
        None => text_format(head, &extension)?,
    };
    only_for(options.delimiter.is_some(), "delimiter", format, &[FileFormat::Csv])?;
    only_for(options.decimal.is_some(), "decimal", format, &[FileFormat::Csv])?;
    only_for(options.encoding.is_some(), "encoding", format, &[FileFormat::Csv, FileFormat::Jsonl])?;
    Ok(format)
}

fn text_format(head: &[u8], extension: &str) -> Result<FileFormat, ImportError> {
    let packed = |what: &str, way: &str| Err(ImportError::Format(format!("the file is {what}; {way}")));
    if head.starts_with(b"PK\x03\x04") {
        return packed(
            "a zip archive or an Excel workbook",
            "save the sheet as CSV, or unpack the archive, first",
        );
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        return packed("an old Excel workbook", "save the sheet as CSV first");
    }
    if head.starts_with(b"\x1f\x8b") || head.starts_with(b"\x28\xb5\x2f\xfd") || head.starts_with(b"BZh") {
        return packed("compressed", "unpack it first");
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if text.first() == Some(&b'[')
        && (extension == "json" || text[1..].trim_ascii_start().first() == Some(&b'{'))
    {
        return packed("one JSON array", "write one object a line (JSON Lines)");
    }
    if text.first() == Some(&b'{') || matches!(extension, "jsonl" | "ndjson" | "json") {
        return Ok(FileFormat::Jsonl);
    }
    Ok(FileFormat::Csv)
}

fn only_for(
    said: bool,
    field: &'static str,
    format: FileFormat,
    takes: &[FileFormat],
) -> Result<(), ImportError> {
    if !said || takes.contains(&format) {
        return Ok(());
    }
    let message = format!("is not for {} files; leave it out", word(format));
    Err(ImportError::Options { field, message })
}

fn word(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Csv => "csv",
        FileFormat::Jsonl => "jsonl",
        FileFormat::Parquet => "parquet",
    }
}

/// The date forms that the caller allows, as bits; none where they said nothing. Several are separated by commas, as
/// they are shown where columns differ.
pub fn date_forms(options: &ReadOptions) -> Result<Option<u32>, ImportError> {
    let Some(said) = &options.dates else { return Ok(None) };
    let mut bits = 0;
    for name in said.split(',').map(str::trim) {
        let Some(form) = DateForm::from_name(name) else {
            let known = DateForm::ALL.map(DateForm::name).join("`, `");
            let message = format!("`{name}` is not a known form of dates; known are `{known}`");
            return Err(ImportError::Options { field: "dates", message });
        };
        bits |= form.bit();
    }
    Ok(Some(bits))
}

/// The decimal mark that the caller said.
pub fn decimal(options: &ReadOptions) -> Result<Option<u8>, ImportError> {
    match options.decimal {
        None => Ok(None),
        Some('.') => Ok(Some(b'.')),
        Some(',') => Ok(Some(b',')),
        Some(other) => {
            let message = format!("`{other}` is no decimal mark; `.` and `,` are");
            Err(ImportError::Options { field: "decimal", message })
        }
    }
}
