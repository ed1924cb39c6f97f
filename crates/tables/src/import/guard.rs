//! What a Parquet file claims, checked before the parquet reader believes it.
//!
//! The reader reserves memory for whatever a footer or a page header promises, and recurses as deep as a schema nests:
//! a few hostile bytes could end the process, which no error handling survives. So this module walks the footer and
//! every page header itself (Thrift's compact protocol, only the fields that matter), with every length bounded by the
//! bytes that are there. It never decodes a value.

use crate::limits;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// What a walk over the footer found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Footer {
    /// Leaf columns: names in order.
    pub columns: Vec<String>,
}

/// Longest page header, bytes: it holds statistics, which hold values.
const PAGE_HEADER: usize = 4 << 20;
/// Longest list in a footer.
const LIST: u64 = 200_000;
/// Deepest nesting that any structure of the format has is five.
const DEPTH: u8 = 12;

/// Why a file is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A column with a structure inside.
    Nested(String),
    /// Anything else.
    Broken(String),
}

fn broken<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Broken(text.into()))
}

/// Checks the footer of a file and reads its column names.
pub fn footer(file: &File) -> Result<Footer, Refusal> {
    let io = |error: std::io::Error| Refusal::Broken(error.to_string());
    let size = file.metadata().map_err(io)?.len();
    if size < 12 {
        return broken("it is shorter than an empty parquet file");
    }
    let mut tail = [0_u8; 8];
    read_at(file, size - 8, &mut tail).map_err(io)?;
    match &tail[4..] {
        b"PAR1" => {}
        b"PARE" => return broken("its footer is encrypted"),
        _ => return broken("it does not end with `PAR1`; it may be cut off"),
    }
    let length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    if length > size - 12 {
        return broken(format!("its footer claims {length} bytes of a file of {size}"));
    }
    if length > limits::FOOTER {
        return broken(format!("its footer has {length} bytes; at most {} are read", limits::FOOTER));
    }
    let mut bytes = vec![0; length as usize];
    read_at(file, size - 8 - length, &mut bytes).map_err(io)?;
    walk_footer(&bytes)
}

fn read_at(mut file: &File, at: u64, buffer: &mut [u8]) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(buffer)
}

/// Walks a footer (`FileMetaData`): field 2 is the schema, flat as depth-first elements.
pub fn walk_footer(bytes: &[u8]) -> Result<Footer, Refusal> {
    let mut walk = Walk { bytes, at: 0 };
    let mut footer = Footer::default();
    let mut elements = 0;
    let mut id = 0;
    while let Some(kind) = walk.field(&mut id)? {
        if id != 2 || kind != LIST_KIND {
            walk.skip(kind, DEPTH)?;
            continue;
        }
        let (count, element) = walk.list()?;
        if element != STRUCT_KIND || count == 0 {
            return broken("its schema is not a list of elements");
        }
        if count > limits::COLUMNS as u64 + 1 {
            return broken(format!("it has {} columns; at most {} are taken", count - 1, limits::COLUMNS));
        }
        for at in 0..count {
            let (name, children, repeated) = walk.schema_element()?;
            if at == 0 {
                elements = children;
            } else if children > 0 || repeated {
                return Err(Refusal::Nested(name));
            } else {
                footer.columns.push(name);
            }
        }
        if elements + 1 != count as i64 {
            return broken("its schema does not add up");
        }
    }
    if footer.columns.is_empty() {
        return broken("it has no columns");
    }
    Ok(footer)
}

/// What the page headers of one column chunk say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chunk {
    /// Most uncompressed bytes for one value on any page: bounds what a batch of rows can take.
    pub density: f64,
    /// Most bytes that the reader holds of it at a time: its dictionary and its largest page.
    pub held: u64,
}

/// Walks the page headers of a column chunk that lies at `start` and has `length` bytes.
pub fn chunk(file: &File, start: u64, length: u64) -> Result<Chunk, Refusal> {
    let io = |error: std::io::Error| Refusal::Broken(error.to_string());
    let size = file.metadata().map_err(io)?.len();
    let end = start.checked_add(length).filter(|end| *end <= size);
    let Some(end) = end else { return broken("a column chunk lies beyond the end of the file") };
    let mut at = start;
    let mut density = 0.0_f64;
    let (mut dictionary, mut data) = (0, 0);
    let mut head = Vec::new();
    while at < end {
        let rest = end - at;
        let mut wanted = 256_u64.min(rest);
        let (page, header) = loop {
            head.resize(wanted as usize, 0);
            read_at(file, at, &mut head).map_err(io)?;
            match page(&head) {
                Ok(found) => break found,
                // The header may just be longer than what was read.
                Err(refusal) if wanted >= rest.min(PAGE_HEADER as u64) => return Err(refusal),
                Err(_) => wanted = (wanted * 8).min(rest).min(PAGE_HEADER as u64),
            }
        };
        page.check(rest - header as u64)?;
        if page.values > 0 {
            density = density.max(page.uncompressed as f64 / page.values as f64);
        }
        dictionary = dictionary.max(if page.entries.is_some() { page.uncompressed } else { 0 });
        data = data.max(page.uncompressed);
        at += header as u64 + page.compressed;
    }
    Ok(Chunk { density, held: dictionary + data })
}

/// One page header.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Page {
    uncompressed: u64,
    compressed: u64,
    /// Values of a data page.
    values: u64,
    /// Entries of a dictionary page.
    entries: Option<u64>,
    /// Whether it holds texts by length or by what they share with the one before: the reader believes the number of
    /// texts that such a page claims.
    delta_texts: bool,
}

impl Page {
    fn check(&self, rest: u64) -> Result<(), Refusal> {
        if self.uncompressed > limits::PAGE {
            let (claimed, most) = (self.uncompressed, limits::PAGE);
            return broken(format!("a page claims {claimed} bytes uncompressed; at most {most} are read"));
        }
        if self.compressed > rest {
            return broken("a page claims more bytes than its column chunk has");
        }
        // An entry takes a byte at least.
        if self.entries.is_some_and(|entries| entries > self.uncompressed) {
            return broken("a dictionary claims more entries than it has bytes");
        }
        if self.delta_texts {
            return broken(
                "texts in a delta encoding are not read; write it with plain or dictionary encoding",
            );
        }
        Ok(())
    }
}

/// `DELTA_LENGTH_BYTE_ARRAY` and `DELTA_BYTE_ARRAY` in the format's list of encodings.
const DELTA_TEXTS: [i64; 2] = [6, 7];

/// Reads a `PageHeader`: 1 type, 2 and 3 sizes, 5 and 8 the data page headers, in which 1 is the number of values and
/// the encoding is 2, or 4 in version 2; 7 is the dictionary page header, in which 1 is the number of entries.
fn page(bytes: &[u8]) -> Result<(Page, usize), Refusal> {
    let mut walk = Walk { bytes, at: 0 };
    let mut page = Page::default();
    let mut id = 0;
    while let Some(kind) = walk.field(&mut id)? {
        match id {
            2 | 3 => {
                let Ok(size) = u64::try_from(walk.integer(kind)?) else {
                    return broken("a page has a negative size");
                };
                if id == 2 {
                    // A field may come twice; the larger claim counts.
                    page.uncompressed = page.uncompressed.max(size);
                } else {
                    page.compressed = size;
                }
            }
            5 | 7 | 8 if kind == STRUCT_KIND => {
                let mut inner = 0;
                while let Some(kind) = walk.field(&mut inner)? {
                    match (id, inner) {
                        (7, 1) => {
                            let Ok(entries) = u64::try_from(walk.integer(kind)?) else {
                                return broken("a dictionary claims a negative number of entries");
                            };
                            page.entries = page.entries.max(Some(entries));
                        }
                        (5 | 8, 1) => page.values = u64::try_from(walk.integer(kind)?).unwrap_or(0),
                        (5, 2) | (8, 4) => page.delta_texts |= DELTA_TEXTS.contains(&walk.integer(kind)?),
                        _ => walk.skip(kind, DEPTH)?,
                    }
                }
            }
            _ => walk.skip(kind, DEPTH)?,
        }
    }
    Ok((page, walk.at))
}

const LIST_KIND: u8 = 9;
const SET_KIND: u8 = 10;
const MAP_KIND: u8 = 11;
const STRUCT_KIND: u8 = 12;
const BINARY_KIND: u8 = 8;

/// A cursor over Thrift's compact protocol.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn byte(&mut self) -> Result<u8, Refusal> {
        let Some(byte) = self.bytes.get(self.at) else { return broken("its metadata is cut off") };
        self.at += 1;
        Ok(*byte)
    }

    fn varint(&mut self) -> Result<u64, Refusal> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        broken("its metadata has an endless number")
    }

    fn zigzag(&mut self) -> Result<i64, Refusal> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The value of an integer field.
    fn integer(&mut self, kind: u8) -> Result<i64, Refusal> {
        if (3..=6).contains(&kind) {
            if kind == 3 { self.byte().map(|b| i64::from(b as i8)) } else { self.zigzag() }
        } else {
            broken("its metadata has a number of the wrong type")
        }
    }

    /// The next field's type, its id in `id`; none at the end of the structure.
    fn field(&mut self, id: &mut i64) -> Result<Option<u8>, Refusal> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        let step = i64::from(head >> 4);
        *id = if step == 0 { self.zigzag()? } else { *id + step };
        Ok(Some(head & 0x0f))
    }

    /// Length and element type of a list.
    fn list(&mut self) -> Result<(u64, u8), Refusal> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        // Every element takes a byte at least.
        if count > LIST || count > (self.bytes.len() - self.at) as u64 {
            return broken(format!("its metadata has a list of {count} elements"));
        }
        Ok((count, head & 0x0f))
    }

    fn binary(&mut self) -> Result<&'a [u8], Refusal> {
        let length = self.varint()?;
        let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(length));
        match end.and_then(|end| self.bytes.get(self.at..end)) {
            Some(bytes) => {
                self.at += bytes.len();
                Ok(bytes)
            }
            None => broken(format!("its metadata has a text of {length} bytes")),
        }
    }

    fn skip(&mut self, kind: u8, depth: u8) -> Result<(), Refusal> {
        if depth == 0 {
            return broken("its metadata is nested too deep");
        }
        match kind {
            1 | 2 => {}
            3 => drop(self.byte()?),
            4..=6 => drop(self.varint()?),
            7 => {
                for _ in 0..8 {
                    self.byte()?;
                }
            }
            BINARY_KIND => drop(self.binary()?),
            LIST_KIND | SET_KIND => {
                let (count, element) = self.list()?;
                for _ in 0..count {
                    self.skip_element(element, depth)?;
                }
            }
            MAP_KIND => {
                let count = self.varint()?;
                if count > LIST {
                    return broken(format!("its metadata has a map of {count} entries"));
                }
                if count > 0 {
                    let kinds = self.byte()?;
                    for _ in 0..count {
                        self.skip_element(kinds >> 4, depth)?;
                        self.skip_element(kinds & 0x0f, depth)?;
                    }
                }
            }
            STRUCT_KIND => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.skip(kind, depth - 1)?;
                }
            }
            other => return broken(format!("its metadata has an unknown type {other}")),
        }
        Ok(())
    }

    /// An element of a list: unlike a field's, a boolean takes a byte.
    fn skip_element(&mut self, kind: u8, depth: u8) -> Result<(), Refusal> {
        if matches!(kind, 1 | 2) { self.byte().map(drop) } else { self.skip(kind, depth - 1) }
    }

    /// Name, number of children, and whether it is repeated (`SchemaElement`: 4, 5, 3 = 2).
    fn schema_element(&mut self) -> Result<(String, i64, bool), Refusal> {
        let (mut name, mut children, mut repeated) = (String::new(), 0, false);
        let mut id = 0;
        while let Some(kind) = self.field(&mut id)? {
            match id {
                3 => repeated = self.integer(kind)? == 2,
                4 if kind == BINARY_KIND => match std::str::from_utf8(self.binary()?) {
                    Ok(text) => text.clone_into(&mut name),
                    Err(_) => return broken("a column name is not text"),
                },
                5 => children = self.integer(kind)?,
                _ => self.skip(kind, DEPTH)?,
            }
        }
        Ok((name, children, repeated))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn claims_beyond_the_bytes_are_refused() {
        // Field 4 (row groups): a list of 2^31 - 1 structures, with nothing behind it.
        let huge_list = [0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07];
        assert!(
            matches!(walk_footer(&huge_list), Err(Refusal::Broken(text)) if text.contains("2147483647 elements"))
        );
        // Field 6 (created by): a text of 2^40 bytes.
        let huge_text = [0x68, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
        assert!(
            matches!(walk_footer(&huge_text), Err(Refusal::Broken(text)) if text.contains("1099511627776 bytes"))
        );
        // A structure in a structure in a structure …
        assert!(matches!(walk_footer(&[0x1c; 500]), Err(Refusal::Broken(text)) if text.contains("too deep")));
    }

    #[test]
    fn nested_columns_are_named() {
        // Schema of two elements: a root with one child, and `m` with two children.
        let mut bytes = vec![0x29, 0x2c];
        bytes.extend([0x48, 1, b'r', 0x15, 2, 0]);
        bytes.extend([0x48, 1, b'm', 0x15, 4, 0, 0]);
        assert_eq!(walk_footer(&bytes), Err(Refusal::Nested("m".to_owned())));
    }

    #[test]
    fn a_page_header() {
        // type 0, 100 bytes uncompressed, 40 compressed, 10 values in plain encoding.
        let bytes = [0x15, 0, 0x15, 0xc8, 1, 0x15, 80, 0x2c, 0x15, 20, 0x15, 0, 0, 0, 9];
        let expected = Page { uncompressed: 100, compressed: 40, values: 10, ..Page::default() };
        assert_eq!(page(&bytes), Ok((expected, 14)));
        assert!(page(&bytes[..10]).is_err());
        assert_eq!(expected.check(40), Ok(()));
        let hostile = [
            Page { uncompressed: limits::PAGE + 1, ..expected },
            Page { compressed: 41, ..expected },
            Page { entries: Some(101), ..expected },
            Page { delta_texts: true, ..expected },
        ];
        for page in hostile {
            assert!(page.check(40).is_err(), "{page:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = walk_footer(&bytes);
            let _ = page(&bytes);
        }
    }
}
