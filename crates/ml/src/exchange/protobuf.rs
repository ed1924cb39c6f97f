//! Protocol Buffers, as much as ONNX needs: a writer, and a reader that takes no memory of its own.
//!
//! Wire format: <https://protobuf.dev/programming-guides/encoding/>.

use super::ExchangeError;

/// Appends fields to a message.
#[derive(Debug, Default)]
pub(super) struct Message(pub Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A whole number.
    pub fn int(mut self, field: u32, value: i64) -> Self {
        self.varint(u64::from(field) << 3);
        self.varint(value as u64);
        self
    }

    /// Bytes.
    pub fn bytes(mut self, field: u32, value: &[u8]) -> Self {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// A text.
    pub fn text(self, field: u32, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    /// A message in the message.
    pub fn message(self, field: u32, value: &Self) -> Self {
        self.bytes(field, &value.0)
    }

    /// Floats, packed.
    pub fn floats(self, field: u32, values: &[f32]) -> Self {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.bytes(field, &bytes)
    }

    /// Whole numbers, packed.
    pub fn ints(self, field: u32, values: &[i64]) -> Self {
        let mut packed = Self::default();
        for &value in values {
            packed.varint(value as u64);
        }
        self.bytes(field, &packed.0)
    }
}

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    /// A whole number.
    Varint(u64),
    /// Eight bytes.
    Fixed64([u8; 8]),
    /// Bytes: a text, a message or packed numbers.
    Bytes(&'a [u8]),
    /// Four bytes.
    Fixed32([u8; 4]),
}

/// The fields of a message, in order.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a>(pub &'a [u8]);

fn cut<T>() -> Result<T, ExchangeError> {
    Err(ExchangeError::Unreadable {
        format: "ONNX",
        what: "a field ends beyond the end of its message".into(),
    })
}

/// The error of a field that has another kind of value than it must have.
pub(super) fn wrong_kind<T>(field: &str) -> Result<T, ExchangeError> {
    Err(ExchangeError::Unreadable { format: "ONNX", what: format!("`{field}` has a value of another kind") })
}

fn varint(bytes: &mut &[u8]) -> Result<u64, ExchangeError> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let Some((&byte, rest)) = bytes.split_first() else { return cut() };
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(ExchangeError::Unreadable { format: "ONNX", what: "a number takes over ten bytes".into() })
}

impl<'a> Fields<'a> {
    /// The next field: its number and its value.
    fn read(&mut self) -> Result<(u64, Value<'a>), ExchangeError> {
        let tag = varint(&mut self.0)?;
        let value = match tag & 7 {
            0 => Value::Varint(varint(&mut self.0)?),
            1 => {
                let Some((head, rest)) = self.0.split_first_chunk() else { return cut() };
                self.0 = rest;
                Value::Fixed64(*head)
            }
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).unwrap_or(usize::MAX);
                let Some((head, rest)) = self.0.split_at_checked(length) else { return cut() };
                self.0 = rest;
                Value::Bytes(head)
            }
            5 => {
                let Some((head, rest)) = self.0.split_first_chunk() else { return cut() };
                self.0 = rest;
                Value::Fixed32(*head)
            }
            other => {
                let what = format!("wire type {other} is not one of ONNX");
                return Err(ExchangeError::Unreadable { format: "ONNX", what });
            }
        };
        Ok((tag >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = self.read();
        if read.is_err() {
            self.0 = &[];
        }
        Some(read)
    }
}

impl<'a> Value<'a> {
    /// As bytes.
    pub fn bytes(self, field: &str) -> Result<&'a [u8], ExchangeError> {
        if let Self::Bytes(bytes) = self { Ok(bytes) } else { wrong_kind(field) }
    }

    /// As a text.
    pub fn text(self, field: &str) -> Result<&'a str, ExchangeError> {
        std::str::from_utf8(self.bytes(field)?).or_else(|_| wrong_kind(field))
    }

    /// As a whole number.
    pub fn int(self, field: &str) -> Result<i64, ExchangeError> {
        if let Self::Varint(value) = self { Ok(value as i64) } else { wrong_kind(field) }
    }

    /// Appends one whole number or packed ones.
    pub fn ints(self, field: &str, out: &mut Vec<i64>) -> Result<(), ExchangeError> {
        match self {
            Self::Varint(value) => out.push(value as i64),
            Self::Bytes(mut bytes) => {
                while !bytes.is_empty() {
                    out.push(varint(&mut bytes)? as i64);
                }
            }
            _ => return wrong_kind(field),
        }
        Ok(())
    }

    /// Appends one 32-bit float or packed ones.
    pub fn floats(self, field: &str, out: &mut Vec<f64>) -> Result<(), ExchangeError> {
        match self {
            Self::Fixed32(bytes) => out.push(f64::from(f32::from_le_bytes(bytes))),
            Self::Bytes(bytes) if bytes.len().is_multiple_of(4) => {
                out.extend(bytes.as_chunks().0.iter().map(|chunk| f64::from(f32::from_le_bytes(*chunk))));
            }
            _ => return wrong_kind(field),
        }
        Ok(())
    }

    /// Appends one 64-bit float or packed ones.
    pub fn doubles(self, field: &str, out: &mut Vec<f64>) -> Result<(), ExchangeError> {
        match self {
            Self::Fixed64(bytes) => out.push(f64::from_le_bytes(bytes)),
            Self::Bytes(bytes) if bytes.len().is_multiple_of(8) => {
                out.extend(bytes.as_chunks().0.iter().map(|chunk| f64::from_le_bytes(*chunk)));
            }
            _ => return wrong_kind(field),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let inner = Message::default().text(1, "a");
        let whole = Message::default()
            .int(1, -1)
            .floats(2, &[0.5])
            .message(3, &inner)
            .floats(4, &[1.0, 2.0])
            .ints(5, &[3, -4]);
        let fields: Vec<(u64, Value<'_>)> = Fields(&whole.0).collect::<Result<_, _>>().expect("right");
        assert_eq!(fields[0].1.int("a"), Ok(-1));
        let (mut floats, mut ints) = (Vec::new(), Vec::new());
        fields[1].1.floats("b", &mut floats).expect("a float");
        fields[3].1.floats("d", &mut floats).expect("floats");
        fields[4].1.ints("e", &mut ints).expect("numbers");
        assert_eq!((floats, ints), (vec![0.5, 1.0, 2.0], vec![3, -4]));
        let text =
            Fields(fields[2].1.bytes("c").expect("a message")).next().expect("a field").expect("right");
        assert_eq!(text.1.text("a"), Ok("a"));
    }

    #[test]
    fn false_lengths_end_the_reading() {
        for bytes in [&[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0x08], &[0x09, 1], &[0x0b], &[0xff; 11]] {
            let read: Result<Vec<_>, _> = Fields(bytes).collect();
            assert!(read.is_err(), "{bytes:?}");
        }
    }
}
