//! CSV records (RFC 4180) with true line numbers, and a way back after a broken quote.
//!
//! A record that breaks a rule is reported from its first physical line, and reading goes on at the next one, so that
//! one stray quote costs one row and not the rest of the file.

use super::window::{Charset, Window};
use crate::error::ImportError;
use crate::import::raw::Raw;
use crate::limits;
use memchr::memchr;
use std::fs::File;

/// Where a field lies in its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    start: u32,
    end: u32,
    quoted: bool,
    escaped: bool,
}

/// What the bytes at hand make.
#[derive(Debug, PartialEq, Eq)]
pub enum Split {
    /// A record; its bytes with its line end, its fields, and whether a field was in quotes.
    Record { length: usize, count: usize, quotes: bool },
    /// The record goes on beyond the bytes at hand; where a quote is open.
    More { open: Option<usize> },
    /// A quote that the file never closes.
    Unclosed,
    /// Text between a closing quote and the next delimiter.
    AfterQuote,
}

/// Splits the record that the bytes begin with. `ended` says that the file ends with them.
pub fn split(bytes: &[u8], delimiter: u8, ended: bool, fields: &mut Vec<Field>) -> Split {
    fields.clear();
    let mut at = 0;
    let mut count = 0;
    let mut quotes = false;
    loop {
        let mut field = Field { start: at as u32, end: 0, quoted: false, escaped: false };
        // Blanks before a quote are slack, as in `a, "b"`.
        let mut quote = at;
        while bytes.get(quote) == Some(&b' ') && delimiter != b' ' {
            quote += 1;
        }
        if bytes.get(quote) == Some(&b'"') {
            quotes = true;
            field.quoted = true;
            field.start = quote as u32 + 1;
            at = quote + 1;
            loop {
                let Some(found) = memchr(b'"', &bytes[at..]) else {
                    return if ended { Split::Unclosed } else { Split::More { open: Some(quote) } };
                };
                at += found + 1;
                match bytes.get(at) {
                    Some(b'"') => {
                        field.escaped = true;
                        at += 1;
                    }
                    None if !ended => return Split::More { open: None },
                    _ => break,
                }
            }
            field.end = at as u32 - 1;
            while bytes.get(at) == Some(&b' ') && delimiter != b' ' {
                at += 1;
            }
        } else {
            while let Some(&byte) = bytes.get(at) {
                if byte == delimiter || byte == b'\n' || byte == b'\r' {
                    break;
                }
                at += 1;
            }
            field.end = at as u32;
        }
        count += 1;
        // Beyond the limit fields are only counted: the row is refused for their number.
        if fields.len() <= limits::COLUMNS {
            fields.push(field);
        }
        match bytes.get(at) {
            Some(&byte) if byte == delimiter => at += 1,
            Some(b'\n') => return Split::Record { length: at + 1, count, quotes },
            Some(b'\r') => {
                return match bytes.get(at + 1) {
                    Some(b'\n') => Split::Record { length: at + 2, count, quotes },
                    None if !ended => Split::More { open: None },
                    _ => Split::Record { length: at + 1, count, quotes },
                };
            }
            None if ended => return Split::Record { length: at, count, quotes },
            None => return Split::More { open: None },
            Some(_) => return Split::AfterQuote,
        }
    }
}

/// Length of the first physical line with its end.
fn first_line(bytes: &[u8]) -> Option<usize> {
    let at = memchr::memchr2(b'\n', b'\r', bytes)?;
    Some(if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 })
}

/// Line ends in some bytes: `\n`, `\r\n` and `\r` count one each.
fn line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' || *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
            count += 1;
        }
    }
    count
}

/// The records of a file, one after another.
pub struct Records<'f> {
    window: Window<'f>,
    delimiter: u8,
    fields: Vec<Field>,
    /// Bytes and lines of the record given out last.
    pending: (usize, u64),
    /// Line of the record that comes next, from 1.
    line: u64,
    open_quotes: u32,
    first_open: u64,
}

/// One record.
#[derive(Debug)]
pub enum Record<'a> {
    /// It parses.
    Row(Row<'a>),
    /// It does not.
    Bad {
        /// Its first line.
        line: u64,
        /// The field at fault, from 0.
        field: Option<usize>,
        /// Its beginning.
        text: String,
        /// What is wrong.
        reason: &'static str,
    },
}

/// The fields of a record.
#[derive(Debug)]
pub struct Row<'a> {
    /// Its first line.
    pub line: u64,
    /// How many fields it has.
    pub count: usize,
    text: &'a str,
    fields: &'a [Field],
}

impl<'a> Row<'a> {
    /// One field's text and whether it was in quotes.
    pub fn field(&self, at: usize) -> (&'a str, bool) {
        match self.fields.get(at) {
            Some(field) => (&self.text[field.start as usize..field.end as usize], field.quoted),
            None => ("", false),
        }
    }

    /// One field as a cell.
    pub fn raw(&self, at: usize) -> Raw<'a> {
        let (text, quoted) = self.field(at);
        if text.is_empty() { Raw::Missing } else { Raw::Cell { text, quoted } }
    }

    /// Its first line, cut for a report.
    pub fn shown(&self) -> String {
        limits::cut(self.text.lines().next().unwrap_or(""))
    }

    /// Whether it is an empty line.
    pub fn is_blank(&self) -> bool {
        self.count == 1 && self.text.trim().is_empty()
    }
}

/// What [`Records::step`] found.
enum Step {
    Row { length: usize, count: usize },
    Bad { line: u64, field: Option<usize>, text: String, reason: &'static str },
    End,
}

impl<'f> Records<'f> {
    /// Opens a file's records.
    pub fn open(file: &'f File, charset: Charset, delimiter: u8) -> Result<Self, ImportError> {
        let window = Window::open(file, charset)?;
        let fields = Vec::new();
        Ok(Self { window, delimiter, fields, pending: (0, 0), line: 1, open_quotes: 0, first_open: 0 })
    }

    /// Bytes of the file read so far.
    pub fn position(&self) -> u64 {
        self.window.position()
    }

    /// The next record; none at the end.
    pub fn next(&mut self) -> Result<Option<Record<'_>>, ImportError> {
        match self.step()? {
            Step::End => Ok(None),
            Step::Bad { line, field, text, reason } => Ok(Some(Record::Bad { line, field, text, reason })),
            Step::Row { length, count } => {
                let line = self.line;
                let bytes = &self.window.bytes()[..length];
                match std::str::from_utf8(bytes) {
                    Ok(text) => Ok(Some(Record::Row(Row { line, count, text, fields: &self.fields }))),
                    Err(error) => {
                        let fault = error.valid_up_to();
                        let field = self
                            .fields
                            .iter()
                            .position(|f| (f.start as usize..=f.end as usize).contains(&fault));
                        let shown = match field.and_then(|at| self.fields.get(at)) {
                            Some(f) => &bytes[f.start as usize..f.end as usize],
                            None => bytes,
                        };
                        let text = shown_bytes(shown);
                        Ok(Some(Record::Bad {
                            line,
                            field,
                            text,
                            reason: "bytes that the encoding does not have",
                        }))
                    }
                }
            }
        }
    }

    fn step(&mut self) -> Result<Step, ImportError> {
        let (bytes, lines) = std::mem::take(&mut self.pending);
        self.window.consume(bytes);
        self.line += lines;
        loop {
            if self.window.bytes().is_empty() {
                if self.window.ended() {
                    return Ok(Step::End);
                }
                self.window.fill()?;
                continue;
            }
            match split(self.window.bytes(), self.delimiter, self.window.ended(), &mut self.fields) {
                Split::Record { length, .. } if length > limits::ROW => {
                    return self.bad("the row is longer than 8 MiB");
                }
                Split::Record { length, count, quotes } => {
                    let lines = if quotes { line_ends(&self.window.bytes()[..length]).max(1) } else { 1 };
                    if quotes {
                        self.unescape();
                    }
                    self.pending = (length, lines);
                    return Ok(Step::Row { length, count });
                }
                Split::More { open } => {
                    let length = self.window.bytes().len();
                    if open.is_some_and(|quote| length - quote > limits::CELL + 2) {
                        return self.bad("a quote is not closed within 1 MiB");
                    }
                    if length > limits::ROW {
                        return self.bad("the row is longer than 8 MiB");
                    }
                    self.window.fill()?;
                }
                Split::Unclosed => return self.bad("a quote is not closed"),
                Split::AfterQuote => return self.bad("text after a closing quote"),
            }
        }
    }

    /// Reports the record at hand and goes on at the next physical line.
    fn bad(&mut self, reason: &'static str) -> Result<Step, ImportError> {
        if reason.starts_with("a quote") {
            if self.open_quotes == 0 {
                self.first_open = self.line;
            }
            self.open_quotes += 1;
            if self.open_quotes > limits::OPEN_QUOTES {
                return Err(ImportError::Quotes { first_line: self.first_open });
            }
        }
        let line = self.line;
        let shown = first_line(self.window.bytes()).unwrap_or(self.window.bytes().len());
        let text = shown_bytes(self.window.bytes()[..shown].trim_ascii_end());
        loop {
            if let Some(length) = first_line(self.window.bytes()) {
                self.pending = (length, 1);
                return Ok(Step::Bad { line, field: None, text, reason });
            }
            let all = self.window.bytes().len();
            if self.window.ended() {
                self.pending = (all, 1);
                return Ok(Step::Bad { line, field: None, text, reason });
            }
            self.window.consume(all);
            self.window.fill()?;
        }
    }

    /// Turns doubled quotes into single ones, in place.
    fn unescape(&mut self) {
        let bytes = self.window.bytes_mut();
        for field in self.fields.iter_mut().filter(|field| field.escaped) {
            let (start, end) = (field.start as usize, field.end as usize);
            let mut to = start;
            let mut from = start;
            while from < end {
                bytes[to] = bytes[from];
                from += if bytes[from] == b'"' { 2 } else { 1 };
                to += 1;
            }
            // What is left behind must not be half a character.
            bytes[to..end].fill(b' ');
            field.end = to as u32;
            field.escaped = false;
        }
    }
}

/// Bytes for a report, whatever they are.
pub fn shown_bytes(bytes: &[u8]) -> String {
    let most = &bytes[..bytes.len().min(limits::SHOWN * 4)];
    limits::cut(&String::from_utf8_lossy(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::UTF_8;
    use std::io::Write;

    /// A row's line and fields, or a bad row's line and reason.
    type Seen = Result<(u64, Vec<String>), (u64, String)>;

    fn read(text: &[u8]) -> Vec<Seen> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(text).expect("written");
        let mut records = Records::open(&file, Charset { encoding: UTF_8, bom: 0 }, b',').expect("open");
        let mut seen = Vec::new();
        while let Some(record) = records.next().expect("a record") {
            seen.push(match record {
                Record::Row(row) => {
                    Ok((row.line, (0..row.count).map(|at| row.field(at).0.to_owned()).collect()))
                }
                Record::Bad { line, reason, .. } => Err((line, reason.to_owned())),
            });
        }
        seen
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is compared with what was seen")]
    fn row(line: u64, fields: &[&str]) -> Seen {
        Ok((line, fields.iter().map(|f| (*f).to_owned()).collect()))
    }

    #[test]
    fn quoted_newlines_keep_the_line_numbers_true() {
        let seen = read(b"a,b\r\n\"x\ny\r\nz\",1\n,2\r3,\"\"\"q\"\"\"\n");
        assert_eq!(
            seen,
            vec![
                row(1, &["a", "b"]),
                row(2, &["x\ny\r\nz", "1"]),
                row(5, &["", "2"]),
                row(6, &["3", "\"q\""])
            ]
        );
    }

    #[test]
    fn one_stray_quote_costs_one_row() {
        let seen = read(b"a,b\n\"x,1\ny,2\nz,3\n");
        assert_eq!(seen[0], row(1, &["a", "b"]));
        assert_eq!(seen[1], Err((2, "a quote is not closed".to_owned())));
        assert_eq!(seen[2..], [row(3, &["y", "2"]), row(4, &["z", "3"])]);
        let seen = read(b"a\n\"x\" y\nz\n");
        assert_eq!(seen[1], Err((2, "text after a closing quote".to_owned())));
        assert_eq!(seen[2], row(3, &["z"]));
    }

    #[test]
    fn blanks_around_quotes_are_slack() {
        assert_eq!(read(b"a, \"b, c\" ,d\n"), vec![row(1, &["a", "b, c", "d"])]);
    }

    #[test]
    fn bytes_that_are_no_text_cost_one_row() {
        let seen = read(b"a\nx\xffy\nz\n");
        assert_eq!(seen[1], Err((2, "bytes that the encoding does not have".to_owned())));
        assert_eq!(seen[2], row(3, &["z"]));
    }

    #[test]
    fn long_rows_are_passed_over() {
        let mut text = b"a\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', limits::ROW + (1 << 20)));
        text.extend(b"\nend\n\"");
        text.extend(std::iter::repeat_n(b'y', limits::CELL * 3));
        text.extend(b"\nlast\n");
        let seen = read(&text);
        assert!(seen.iter().flatten().all(|(_, fields)| fields[0].len() < 100));
        assert_eq!(seen[1], Err((2, "the row is longer than 8 MiB".to_owned())));
        assert_eq!(seen[2], row(3, &["end"]));
        assert!(matches!(&seen[3], Err((4, reason)) if reason.starts_with("a quote is not closed")));
        assert_eq!(seen[4], row(5, &["last"]));
    }
}
