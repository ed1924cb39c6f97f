//! Which form a result is wanted in: `?format=` wins over `Accept`.

use crate::problem::{FieldError, Problem};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
    Jsonl,
    Parquet,
}

impl Format {
    const WORDS: [(&'static str, Self); 4] =
        [("json", Self::Json), ("csv", Self::Csv), ("jsonl", Self::Jsonl), ("parquet", Self::Parquet)];

    /// The form that a request asks for; JSON where it does not say.
    pub(crate) fn asked(word: Option<&str>, headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(word) = word {
            return Self::WORDS
                .into_iter()
                .find(|(known, _)| *known == word)
                .map(|(_, format)| format)
                .ok_or_else(|| {
                    let message = format!("`{word}` is not one of json, csv, jsonl, parquet");
                    Problem::invalid("bad_query", [FieldError { pointer: "?format".into(), message }])
                });
        }
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        for kind in accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim()) {
            match kind {
                "text/csv" => return Ok(Self::Csv),
                "application/x-ndjson" | "application/jsonl" | "application/json-lines" => {
                    return Ok(Self::Jsonl);
                }
                "application/vnd.apache.parquet" => return Ok(Self::Parquet),
                "application/json" | "*/*" | "application/*" => return Ok(Self::Json),
                _ => {}
            }
        }
        Ok(Self::Json)
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    fn extension(self) -> &'static str {
        Self::WORDS.into_iter().find(|(_, format)| *format == self).map_or("", |(word, _)| word)
    }

    /// An answer with the bytes of a file called `name`.
    pub(crate) fn file(self, name: &str, bytes: Vec<u8>) -> Response {
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type()));
        let disposition = format!("attachment; filename=\"{name}.{}\"", self.extension());
        if let Ok(value) = HeaderValue::from_str(&disposition) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_wins_over_the_header() {
        let headers =
            |accept: &'static str| HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        for (word, accept, expected) in [
            (None, "*/*", Format::Json),
            (None, "text/csv", Format::Csv),
            (None, "application/json, text/csv", Format::Json),
            (None, "application/vnd.apache.parquet;q=1", Format::Parquet),
            (Some("jsonl"), "text/csv", Format::Jsonl),
        ] {
            assert_eq!(Format::asked(word, &headers(accept)).expect("known"), expected, "{word:?} {accept}");
        }
        assert!(Format::asked(Some("xlsx"), &HeaderMap::new()).is_err());
    }
}
