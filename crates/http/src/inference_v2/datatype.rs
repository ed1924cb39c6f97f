//! The protocol's element types and their bytes, little-endian.

use vakhta_lifecycle::serve::{Elements, Kind};

/// An element type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Datatype {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Fp16,
    Bf16,
    Fp32,
    Fp64,
    /// Texts, each behind its length in four bytes.
    Bytes,
}

const WORDS: [(&str, Datatype); 14] = [
    ("BOOL", Datatype::Bool),
    ("INT8", Datatype::Int8),
    ("INT16", Datatype::Int16),
    ("INT32", Datatype::Int32),
    ("INT64", Datatype::Int64),
    ("UINT8", Datatype::Uint8),
    ("UINT16", Datatype::Uint16),
    ("UINT32", Datatype::Uint32),
    ("UINT64", Datatype::Uint64),
    ("FP16", Datatype::Fp16),
    ("BF16", Datatype::Bf16),
    ("FP32", Datatype::Fp32),
    ("FP64", Datatype::Fp64),
    ("BYTES", Datatype::Bytes),
];

impl Datatype {
    /// The type of that word.
    pub(super) fn parse(word: &str) -> Option<Self> {
        WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, datatype)| datatype)
    }

    /// The word of the protocol.
    pub(super) fn word(self) -> &'static str {
        WORDS.into_iter().find(|(_, known)| *known == self).map_or("", |(word, _)| word)
    }

    /// Every word, for messages.
    pub(super) fn words() -> String {
        WORDS.map(|(word, _)| word).join(", ")
    }

    /// The type that elements of a kind travel as.
    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Flag => Self::Bool,
            Kind::Integer => Self::Int64,
            Kind::Float => Self::Fp64,
            Kind::Text => Self::Bytes,
        }
    }

    /// The least and the largest whole number of the type; none where it is no type of whole numbers.
    pub(super) fn range(self) -> Option<(i64, i64)> {
        Some(match self {
            Self::Int8 => (i64::from(i8::MIN), i64::from(i8::MAX)),
            Self::Int16 => (i64::from(i16::MIN), i64::from(i16::MAX)),
            Self::Int32 => (i64::from(i32::MIN), i64::from(i32::MAX)),
            Self::Int64 => (i64::MIN, i64::MAX),
            Self::Uint8 => (0, i64::from(u8::MAX)),
            Self::Uint16 => (0, i64::from(u16::MAX)),
            Self::Uint32 => (0, i64::from(u32::MAX)),
            // The engines count in signed numbers; what lies above is refused.
            Self::Uint64 => (0, i64::MAX),
            _ => return None,
        })
    }

    /// A number as this type holds it: what FP32 rounds is rounded, however it was written.
    pub(super) fn rounded(self, value: f64) -> f64 {
        match self {
            Self::Fp32 => f64::from(value as f32),
            _ => value,
        }
    }

    /// Reads `count` elements that fill `bytes` exactly; says what is wrong otherwise.
    pub(super) fn decode(self, count: usize, bytes: &[u8]) -> Result<Elements, String> {
        if self == Self::Bytes {
            return texts(count, bytes).map(Elements::Texts);
        }
        let width = self.width();
        if count.checked_mul(width) != Some(bytes.len()) {
            let word = self.word();
            return Err(format!("{} bytes came, {count} elements of {word} take {width} each", bytes.len()));
        }
        Ok(match self {
            Self::Bool => Elements::Flags(bytes.iter().map(|&byte| byte != 0).collect()),
            Self::Int8 => integers(bytes, |b: [u8; 1]| i64::from(i8::from_le_bytes(b))),
            Self::Int16 => integers(bytes, |b| i64::from(i16::from_le_bytes(b))),
            Self::Int32 => integers(bytes, |b| i64::from(i32::from_le_bytes(b))),
            Self::Int64 => integers(bytes, i64::from_le_bytes),
            Self::Uint8 => integers(bytes, |b: [u8; 1]| i64::from(b[0])),
            Self::Uint16 => integers(bytes, |b| i64::from(u16::from_le_bytes(b))),
            Self::Uint32 => integers(bytes, |b| i64::from(u32::from_le_bytes(b))),
            Self::Uint64 => {
                let whole = each(bytes, |b| i64::try_from(u64::from_le_bytes(b)));
                Elements::Integers(
                    whole
                        .collect::<Result<_, _>>()
                        .map_err(|_| format!("an element is above {}, the largest number taken", i64::MAX))?,
                )
            }
            Self::Fp16 => floats(bytes, |b| half(u16::from_le_bytes(b))),
            Self::Bf16 => {
                floats(bytes, |b| f64::from(f32::from_bits(u32::from(u16::from_le_bytes(b)) << 16)))
            }
            Self::Fp32 => floats(bytes, |b| f64::from(f32::from_le_bytes(b))),
            Self::Fp64 => floats(bytes, f64::from_le_bytes),
            Self::Bytes => unreachable!("texts were read above"),
        })
    }

    /// Bytes of one element.
    fn width(self) -> usize {
        match self {
            Self::Bool | Self::Int8 | Self::Uint8 => 1,
            Self::Int16 | Self::Uint16 | Self::Fp16 | Self::Bf16 => 2,
            Self::Int32 | Self::Uint32 | Self::Fp32 => 4,
            Self::Int64 | Self::Uint64 | Self::Fp64 => 8,
            Self::Bytes => 0,
        }
    }
}

fn each<const N: usize, T>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> impl Iterator<Item = T> {
    bytes.as_chunks::<N>().0.iter().map(move |chunk| read(*chunk))
}

fn integers<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> i64) -> Elements {
    Elements::Integers(each(bytes, read).collect())
}

fn floats<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f64) -> Elements {
    Elements::Floats(each(bytes, read).collect())
}

/// A number of IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    };
    sign * size
}

fn texts(count: usize, mut bytes: &[u8]) -> Result<Vec<Option<std::sync::Arc<str>>>, String> {
    // Each takes four bytes at least: a false count must not take memory.
    if bytes.len() / 4 < count {
        return Err(format!("{} bytes came, {count} texts take 4 each at least", bytes.len()));
    }
    let mut texts = Vec::with_capacity(count);
    for at in 0..count {
        let cut = || format!("the bytes end inside text {at}");
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(cut)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (text, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
        let text = std::str::from_utf8(text).map_err(|_| format!("text {at} is not UTF-8"))?;
        texts.push(Some(text.into()));
        bytes = rest;
    }
    if bytes.is_empty() {
        Ok(texts)
    } else {
        Err(format!("{} bytes are left over after {count} texts", bytes.len()))
    }
}

/// Appends elements as the bytes of [`Datatype::of`] their kind.
pub(super) fn encode(elements: &Elements, out: &mut Vec<u8>) {
    match elements {
        Elements::Flags(values) => out.extend(values.iter().map(|&yes| u8::from(yes))),
        Elements::Integers(values) => out.extend(values.iter().flat_map(|value| value.to_le_bytes())),
        Elements::Floats(values) => out.extend(values.iter().flat_map(|value| value.to_le_bytes())),
        Elements::Texts(values) => {
            for text in values {
                let text = text.as_deref().unwrap_or_default();
                // No answer of ours comes near four gigabytes.
                out.extend((text.len() as u32).to_le_bytes());
                out.extend(text.as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_elements() {
        let f = |values: &[f64]| Elements::Floats(values.to_vec());
        let i = |values: &[i64]| Elements::Integers(values.to_vec());
        for (datatype, bytes, expected) in [
            (Datatype::Bool, &[0, 1, 7][..], Elements::Flags(vec![false, true, true])),
            (Datatype::Int8, &[0xff, 2], i(&[-1, 2])),
            (Datatype::Uint8, &[0xff, 2], i(&[255, 2])),
            (Datatype::Int16, &[0, 0x80], i(&[-32768])),
            (Datatype::Uint16, &[0, 0x80], i(&[32768])),
            (Datatype::Uint32, &[0xff; 4], i(&[4_294_967_295])),
            (
                Datatype::Fp16,
                &[0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c],
                f(&[1.0, -2.0, 2f64.powi(-24), f64::INFINITY]),
            ),
            (Datatype::Bf16, &[0x80, 0x3f, 0, 0xc0], f(&[1.0, -2.0])),
            (Datatype::Fp32, &1.5f32.to_le_bytes(), f(&[1.5])),
            (Datatype::Fp64, &(-0.1f64).to_le_bytes(), f(&[-0.1])),
            (
                Datatype::Bytes,
                b"\x02\0\0\0ab\0\0\0\0",
                Elements::Texts(vec![Some("ab".into()), Some("".into())]),
            ),
        ] {
            assert_eq!(datatype.decode(expected.len(), bytes).as_ref(), Ok(&expected), "{datatype:?}");
            let mut again = Vec::new();
            encode(&expected, &mut again);
            let kept = Datatype::of(expected.kind()).decode(expected.len(), &again);
            assert_eq!(kept, Ok(expected), "{datatype:?}");
        }
    }

    #[test]
    fn false_lengths_are_refused_before_memory_is_taken() {
        for (datatype, count, bytes) in [
            (Datatype::Fp64, 2, &[0; 8][..]),
            (Datatype::Fp64, usize::MAX, &[0; 8]),
            (Datatype::Bytes, usize::MAX, &[0; 8]),
            (Datatype::Bytes, 1, &[0xff, 0xff, 0xff, 0xff, 1]),
            (Datatype::Bytes, 1, &[1, 0, 0, 0]),
            (Datatype::Bytes, 1, &[0, 0, 0, 0, 9]),
            (Datatype::Bytes, 1, &[1, 0, 0, 0, 0xff]),
            (Datatype::Uint64, 1, &[0xff; 8]),
        ] {
            assert!(datatype.decode(count, bytes).is_err(), "{datatype:?} {count} {bytes:?}");
        }
    }

    #[test]
    fn every_word_is_read_back() {
        for (word, datatype) in WORDS {
            assert_eq!((Datatype::parse(word), datatype.word()), (Some(datatype), word));
        }
        assert_eq!(Datatype::parse("FP99"), None);
    }
}
