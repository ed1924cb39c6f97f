//! Little-endian numbers in and out of bytes. Reading checks every length before it takes memory.

use super::ArtifactError;

/// Appends numbers to bytes.
#[derive(Debug, Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    /// A 32-bit number.
    pub fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }
    /// A 64-bit number.
    pub fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }
    /// A double, bit for bit.
    pub fn f64(&mut self, value: f64) {
        self.u64(value.to_bits());
    }
    /// A length and so many doubles.
    pub fn f64s(&mut self, values: &[f64]) {
        self.u64(values.len() as u64);
        for &value in values {
            self.f64(value);
        }
    }
    /// A length and so many floats.
    pub fn f32s(&mut self, values: &[f32]) {
        self.u64(values.len() as u64);
        for &value in values {
            self.u32(value.to_bits());
        }
    }
    /// A length and so many bytes.
    pub fn bytes(&mut self, values: &[u8]) {
        self.u64(values.len() as u64);
        self.0.extend_from_slice(values);
    }
}

/// Takes numbers from bytes.
#[derive(Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next `n` bytes.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], ArtifactError> {
        let (head, rest) = self.0.split_at_checked(n).ok_or(ArtifactError::Truncated)?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ArtifactError> {
        self.take(N)?.try_into().map_err(|_| ArtifactError::Truncated)
    }

    /// A 32-bit number.
    pub fn u32(&mut self) -> Result<u32, ArtifactError> {
        Ok(u32::from_le_bytes(self.array()?))
    }
    /// A 64-bit number.
    pub fn u64(&mut self) -> Result<u64, ArtifactError> {
        Ok(u64::from_le_bytes(self.array()?))
    }
    /// A double, bit for bit.
    pub fn f64(&mut self) -> Result<f64, ArtifactError> {
        Ok(f64::from_bits(self.u64()?))
    }

    /// A count of entries of at least `size` bytes each; refused when so many bytes are not left.
    pub fn count(&mut self, size: usize) -> Result<usize, ArtifactError> {
        let count = usize::try_from(self.u64()?).map_err(|_| ArtifactError::Truncated)?;
        let needed = count.checked_mul(size).ok_or(ArtifactError::Truncated)?;
        if needed > self.0.len() { Err(ArtifactError::Truncated) } else { Ok(count) }
    }

    /// A length and so many doubles.
    pub fn f64s(&mut self) -> Result<Vec<f64>, ArtifactError> {
        let count = self.count(8)?;
        (0..count).map(|_| self.f64()).collect()
    }
    /// A length and so many floats.
    pub fn f32s(&mut self) -> Result<Vec<f32>, ArtifactError> {
        let count = self.count(4)?;
        (0..count).map(|_| Ok(f32::from_bits(self.u32()?))).collect()
    }
    /// A length and so many bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], ArtifactError> {
        let count = self.count(1)?;
        self.take(count)
    }
}
