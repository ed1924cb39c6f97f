//! The encoding of a text file: byte order mark, then UTF-8 by its own rules, then a statistical guess that knows
//! that short Russian files in windows-1251 are common.

use crate::error::ImportError;
use crate::text::window::{Charset, read_full};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};
use std::fs::File;
use std::io::{Seek, SeekFrom};

/// Bytes looked at from the first one that is not ASCII.
const SAMPLE: usize = 1 << 20;

/// Finds the encoding, or checks the caller's.
pub fn detect(file: &File, said: Option<&str>) -> Result<Charset, ImportError> {
    let mut handle = file;
    handle.seek(SeekFrom::Start(0))?;
    let mut sample = vec![0; SAMPLE];
    let count = read_full(file, &mut sample)?;
    sample.truncate(count);
    let marked = Encoding::for_bom(&sample);
    if let Some(label) = said {
        let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) else {
            let message = format!(
                "`{label}` is not a known encoding; common ones are `utf-8`, `windows-1251`, `utf-16le`, `koi8-r`, `ibm866`"
            );
            return Err(ImportError::Options { field: "encoding", message });
        };
        return match marked {
            Some((mark, _)) if mark != encoding => {
                let found = mark.name().to_ascii_lowercase();
                let message = format!("the file begins with the mark of {found}, not of {label}");
                Err(ImportError::Options { field: "encoding", message })
            }
            Some((_, bom)) => Ok(Charset { encoding, bom: bom as u64 }),
            None => Ok(Charset { encoding, bom: 0 }),
        };
    }
    if let Some((encoding, bom)) = marked {
        return Ok(Charset { encoding, bom: bom as u64 });
    }
    if let Some(encoding) = unmarked_utf16(&sample) {
        return Ok(Charset { encoding, bom: 0 });
    }
    // A long file may be plain ASCII for its first megabytes and Russian after them.
    while sample.is_ascii() && count == SAMPLE {
        sample.resize(SAMPLE, 0);
        let more = read_full(file, &mut sample)?;
        sample.truncate(more);
        if more < SAMPLE {
            break;
        }
    }
    Ok(Charset { encoding: of_bytes(&sample), bom: 0 })
}

/// The encoding of some bytes without a mark.
pub fn of_bytes(sample: &[u8]) -> &'static Encoding {
    let high: Vec<usize> = (0..sample.len()).filter(|at| sample[*at] >= 0x80).take(100_000).collect();
    if high.is_empty() || mostly_utf8(sample) {
        return UTF_8;
    }
    // In Russian text high bytes stand together; in Western text they stand alone among ASCII letters.
    let is_high = |at: usize| sample.get(at).is_some_and(|b| *b >= 0x80);
    let together = high.iter().filter(|at| is_high(**at + 1) || **at > 0 && is_high(**at - 1)).count();
    let cyrillic = together * 2 >= high.len();
    if cyrillic {
        let letter = |b: u8| b >= 0xc0 || matches!(b, 0xa8 | 0xb8);
        let sign = |b: u8| matches!(b, 0x85 | 0x91..=0x97 | 0xa0 | 0xab | 0xb0 | 0xb9 | 0xbb);
        let known = high.iter().all(|at| letter(sample[*at]) || sign(sample[*at]));
        let lower = high.iter().filter(|at| sample[**at] >= 0xe0).count();
        let upper = high.iter().filter(|at| (0xc0..0xe0).contains(&sample[**at])).count();
        // KOI8-R has its small letters where windows-1251 has its capitals.
        if known && lower > upper {
            return WINDOWS_1251;
        }
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    detector.guess(cyrillic.then_some(b"ru"), Utf8Detection::Deny)
}

/// Whether the bytes are UTF-8, but for a rare fault: a broken row must not turn a whole file into another alphabet.
fn mostly_utf8(sample: &[u8]) -> bool {
    let mut good = 0;
    let mut bad = 0;
    let mut at = 0;
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        at += chunk.valid().len() + chunk.invalid().len();
        // A character cut by the end of the sample is no fault.
        if !chunk.invalid().is_empty() && (at < sample.len() || sample.len() < SAMPLE) {
            bad += 1;
        }
    }
    bad == 0 || good >= bad * 10
}

/// UTF-16 without a mark: in tables half of its bytes are NUL.
fn unmarked_utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let head = &sample[..sample.len().min(4096) & !1];
    if head.len() < 8 {
        return None;
    }
    let nuls = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let many = head.len() / 8;
    if odd > many && even == 0 {
        Some(UTF_16LE)
    } else if even > many && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{IBM866, KOI8_U, WINDOWS_1252};

    #[test]
    fn encodings_of_short_files() {
        let long = "Дата;Филиал;Сумма\n01.02.2026;Северный рынок;1 234,50\n02.02.2026;Южный базар;99,00\n";
        let cases: [(&str, &'static Encoding); 7] = [
            ("да;нет\n", WINDOWS_1251),
            (long, WINDOWS_1251),
            ("date,branch\n2026-01-01,Москва\n", WINDOWS_1251),
            ("№;Ёлка\n1;ель\n", WINDOWS_1251),
            // The same as KOI8-R for every Russian letter.
            (long, KOI8_U),
            (long, IBM866),
            ("name,city\nRené,Orléans\nJosé,Málaga\nZoë,Köln\n", WINDOWS_1252),
        ];
        for (text, encoding) in cases {
            let (bytes, _, lossy) = encoding.encode(text);
            assert!(!lossy, "{text}");
            assert_eq!(of_bytes(&bytes).name(), encoding.name(), "{text}");
        }
        for text in ["a,b\n", "дата,сумма\n", "é\n"] {
            assert_eq!(of_bytes(text.as_bytes()), UTF_8, "{text}");
        }
    }

    #[test]
    fn one_broken_row_does_not_change_the_alphabet() {
        let mut bytes = "филиал,сумма\nсеверный рынок,1\n".as_bytes().to_vec();
        bytes.extend(b"\xff,2\n");
        assert_eq!(of_bytes(&bytes), UTF_8);
    }

    #[test]
    fn utf16_without_a_mark() {
        let bytes: Vec<u8> = "date,y\n2026-01-01,5\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(unmarked_utf16(&bytes), Some(UTF_16LE));
    }
}
