//! A moving window over a text file, decoded to UTF-8 on the way. Never holds more than a row and a read.

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// How a file's bytes are text.
#[derive(Debug, Clone, Copy)]
pub struct Charset {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Bytes of the byte order mark to skip.
    pub bom: u64,
}

/// Bytes read at a time.
const READ: usize = 256 << 10;

/// Stands for bytes that the encoding does not know: it can never be part of UTF-8, so that the one check for valid
/// UTF-8 finds bad bytes of every encoding.
const UNKNOWN: u8 = 0xff;

/// The window.
pub struct Window<'f> {
    file: &'f File,
    /// None where the file is UTF-8 already.
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    buffer: Vec<u8>,
    start: usize,
    read: u64,
    ended: bool,
}

impl<'f> Window<'f> {
    /// Opens a window at the beginning of a file.
    pub fn open(file: &'f File, charset: Charset) -> io::Result<Self> {
        let mut handle = file;
        handle.seek(SeekFrom::Start(charset.bom))?;
        let decoder =
            (charset.encoding != UTF_8).then(|| charset.encoding.new_decoder_without_bom_handling());
        Ok(Self {
            file,
            decoder,
            raw: Vec::new(),
            buffer: Vec::new(),
            start: 0,
            read: charset.bom,
            ended: false,
        })
    }

    /// The text in sight: UTF-8, or not where the file is faulty.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// The same, to be changed in place.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[self.start..]
    }

    /// Moves on by so many bytes of the text in sight.
    pub fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Whether the end of the file is in sight.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes read from the file.
    pub fn position(&self) -> u64 {
        self.read
    }

    /// Reads on. Reads as much again as is in sight, so that a long row is looked at a few times only.
    pub fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let wanted = READ.max(self.buffer.len());
        match &mut self.decoder {
            None => {
                let before = self.buffer.len();
                self.buffer.resize(before + wanted, 0);
                let count = read_full(self.file, &mut self.buffer[before..])?;
                self.buffer.truncate(before + count);
                self.read += count as u64;
                self.ended = count < wanted;
            }
            Some(decoder) => {
                self.raw.resize(wanted, 0);
                let count = read_full(self.file, &mut self.raw)?;
                self.read += count as u64;
                self.ended = count < wanted;
                decode(decoder, &self.raw[..count], self.ended, &mut self.buffer);
            }
        }
        Ok(())
    }
}

/// Reads until the buffer is full or the file ends.
pub fn read_full(mut file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match file.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Appends decoded text.
pub fn decode(decoder: &mut Decoder, mut raw: &[u8], last: bool, out: &mut Vec<u8>) {
    loop {
        let before = out.len();
        // Three bytes of UTF-8 for a byte, or a little more for state held over, is the most that any encoding makes.
        let room =
            decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(raw.len() * 3 + 16);
        out.resize(before + room, 0);
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(raw, &mut out[before..], last);
        out.truncate(before + written);
        raw = &raw[read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => out.push(UNKNOWN),
        }
    }
}
