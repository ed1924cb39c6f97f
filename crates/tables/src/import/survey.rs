//! The first look at all rows: which readings each column's cells allow, and from them the column's kind.

use super::raw::Raw;
use crate::value::date::DateForm;
use crate::value::shape::{self, Shape};
use crate::value::{is_missing, trim};
use vakhta_domain::dataset::ColumnKind;

/// What was seen of one column.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Every set of readings met, with its count. A column has few.
    seen: Vec<(Shape, u64)>,
    latest: usize,
}

/// How the cells of a column are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The kind of its values.
    pub kind: ColumnKind,
    /// The form of its dates, where they are texts.
    pub form: Option<DateForm>,
}

/// Share of the values that must fit a kind, with those that only look alike, in thousandths.
const FIT: u64 = 990;
/// So many values of another kind are taken for mistakes even in a short column, …
const MISTAKES: u64 = 3;
/// … where this share fits, in thousandths.
const FIT_SHORT: u64 = 750;

impl Survey {
    /// Looks at one cell.
    pub fn note(&mut self, raw: Raw<'_>) {
        let shape = shape_of(raw);
        if let Some((known, count)) = self.seen.get_mut(self.latest)
            && *known == shape
        {
            *count += 1;
            return;
        }
        if let Some(at) = self.seen.iter().position(|(known, _)| *known == shape) {
            self.seen[at].1 += 1;
            self.latest = at;
        } else {
            self.latest = self.seen.len();
            self.seen.push((shape, 1));
        }
    }

    /// Cells that say something about the kind.
    fn telling(&self) -> u64 {
        self.count(|s| s & (shape::MISSING | shape::NEUTRAL) == 0)
    }

    fn count(&self, wanted: impl Fn(Shape) -> bool) -> u64 {
        self.seen.iter().filter(|(s, _)| wanted(*s)).map(|(_, n)| n).sum()
    }

    fn having(&self, bits: Shape) -> u64 {
        self.count(|s| s & bits != 0)
    }

    /// How strongly the cells ask for a decimal point or a decimal comma: cells that are numbers under one only,
    /// and cells that could be grouped thousands under the other. Nothing where the column is not of numbers.
    pub fn decimal_votes(&self) -> DecimalVotes {
        let point = self.having(shape::NUMBER_POINT | shape::NOT_FINITE);
        let comma = self.having(shape::NUMBER_COMMA | shape::NOT_FINITE);
        if !enough(point.max(comma), self.having(shape::LIKE_NUMBER), self.telling()) {
            return DecimalVotes::default();
        }
        let only = |one: Shape, other: Shape| self.count(|s| s & one != 0 && s & other == 0);
        DecimalVotes {
            point: only(shape::NUMBER_POINT, shape::NUMBER_COMMA),
            comma: only(shape::NUMBER_COMMA, shape::NUMBER_POINT),
            comma_or_group: self.count(|s| {
                s & shape::NUMBER == shape::NUMBER
                    && s & shape::WHOLE_POINT != 0
                    && s & shape::WHOLE_COMMA == 0
            }),
        }
    }

    /// The kind of the column under a decimal mark and the forms of dates that may be used (bits).
    /// None where no cell says anything.
    pub fn verdict(&self, decimal: u8, forms: Shape) -> Option<Verdict> {
        let telling = self.telling();
        if telling == 0 {
            return None;
        }
        if enough(self.having(shape::BOOLEAN), 0, telling) {
            return Some(Verdict { kind: ColumnKind::Boolean, form: None });
        }
        if let Some(verdict) = self.dates(forms, telling) {
            return Some(verdict);
        }
        let (whole_bit, number_bit) = if decimal == b',' {
            (shape::WHOLE_COMMA, shape::NUMBER_COMMA)
        } else {
            (shape::WHOLE_POINT, shape::NUMBER_POINT)
        };
        let numbers = self.having(number_bit);
        let whole = self.having(whole_bit);
        let codes = self.having(shape::CODE);
        // A number that is not finite speaks for numbers, though it is none that could be kept.
        let spoken = self.having(number_bit | shape::NOT_FINITE);
        let kind = if numbers == 0 || !enough(spoken, self.having(shape::LIKE_NUMBER), telling) {
            ColumnKind::Text
        } else if codes > 0 && whole + codes == numbers {
            // Identifiers: one leading zero is enough, because a number would lose it.
            ColumnKind::Text
        } else if whole == numbers {
            ColumnKind::Integer
        } else {
            ColumnKind::Float
        };
        Some(Verdict { kind, form: None })
    }

    fn dates(&self, forms: Shape, telling: u64) -> Option<Verdict> {
        let alike = self.having(shape::LIKE_DATE);
        let typed = self.having(shape::TYPED_DATE);
        // The form that reads most; of equals the first, so that a day is not read as a moment.
        let mut best: Option<(DateForm, u64)> = None;
        for form in DateForm::ALL.into_iter().filter(|form| forms & form.bit() != 0) {
            let fits = self.having(form.bit());
            if fits > 0 && best.is_none_or(|(_, most)| fits > most) {
                best = Some((form, fits));
            }
        }
        let (form, fits) = match best {
            Some((form, fits)) if fits > typed => (Some(form), fits),
            _ => (None, typed),
        };
        if fits == 0 || !enough(fits, alike, telling) {
            return None;
        }
        let bit = form.map_or(shape::TYPED_DATE, DateForm::bit);
        let timed = self.count(|s| s & bit != 0 && s & shape::TIMED != 0) > 0;
        Some(Verdict { kind: if timed { ColumnKind::Timestamp } else { ColumnKind::Date }, form })
    }
}

/// Whether so many of the telling cells make the kind, the rest being mistakes to report.
fn enough(fits: u64, alike: u64, telling: u64) -> bool {
    if fits == 0 || fits * 1000 < telling * FIT_SHORT {
        return false;
    }
    let others = telling.saturating_sub(fits + alike);
    (fits + alike) * 1000 >= telling * FIT || others <= MISTAKES
}

/// Evidence for a decimal mark, in cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DecimalVotes {
    /// Numbers only with a decimal point.
    pub point: u64,
    /// Numbers only with a decimal comma.
    pub comma: u64,
    /// `1,234`: a fraction with a decimal comma, or thousands with a decimal point.
    pub comma_or_group: u64,
}

fn shape_of(raw: Raw<'_>) -> Shape {
    match raw {
        Raw::Missing => shape::MISSING,
        Raw::Cell { text, quoted } => {
            let trimmed = trim(text);
            if trimmed.is_empty() {
                shape::MISSING
            } else if is_missing(trimmed.as_bytes()) {
                if quoted { shape::NEUTRAL } else { shape::MISSING }
            } else {
                shape::of_cell(trimmed)
            }
        }
        Raw::String(text) => {
            let trimmed = trim(text);
            if trimmed.is_empty() {
                shape::MISSING
            } else if is_missing(trimmed.as_bytes()) {
                shape::NEUTRAL
            } else {
                shape::of_string(trimmed)
            }
        }
        Raw::Integer(_) => shape::WHOLE,
        Raw::Natural(_) => shape::CODE | shape::NUMBER,
        Raw::Float(value) if value.is_nan() => shape::MISSING,
        Raw::Float(value) if value.is_finite() => shape::NUMBER,
        Raw::Float(_) => shape::NOT_FINITE | shape::NUMBER,
        Raw::Boolean(_) => shape::BOOLEAN,
        Raw::Day(_) => shape::TYPED_DATE,
        Raw::Moment { micros, zoned } => {
            let timed = zoned || micros.rem_euclid(86_400_000_000) != 0;
            shape::TYPED_DATE | if timed { shape::TIMED } else { 0 }
        }
        Raw::Unfit(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::shape::DATES;

    fn survey(cells: &[&str]) -> Survey {
        let mut survey = Survey::default();
        for text in cells {
            survey.note(Raw::Cell { text, quoted: false });
        }
        survey
    }

    #[test]
    fn kinds_of_columns() {
        use ColumnKind::{Boolean, Date, Float, Integer, Text, Timestamp};
        let cases: [(&[&str], ColumnKind, Option<DateForm>); 20] = [
            (&["1", "2", ""], Integer, None),
            (&["1", "2.5"], Float, None),
            (&["007", "12"], Text, None),
            (&["007", "1.5"], Float, None),
            (&["1234567890123456"], Integer, None),
            (&["12345678901234567890", "1"], Text, None),
            (&["true", "no", "да"], Boolean, None),
            (&["0", "1"], Integer, None),
            (&["2026-02-01", "2026-02-02"], Date, Some(DateForm::Iso)),
            (&["2026-02-01", "2026-02-02 10:00"], Timestamp, Some(DateForm::IsoTime)),
            (&["01.02.2026 0:00:00", "02.02.2026 0:00:00"], Date, Some(DateForm::DotsTime)),
            (&["01/02/2026", "13/02/2026"], Date, Some(DateForm::SlashDay)),
            (&["01/02/2026", "02/13/2026"], Date, Some(DateForm::SlashMonth)),
            (&["01/02/2026"], Date, Some(DateForm::SlashDay)),
            (&["20260201", "20260202"], Date, Some(DateForm::Compact)),
            (&["20260201", "99999999"], Integer, None),
            (&["2026-02-01", "2026-02-30", "2026-03-01", "2026-03-02"], Date, Some(DateForm::Iso)),
            (&["1", "2", "3", "abc"], Integer, None),
            (&["1", "2", "abc"], Text, None),
            (&["10-20", "20-30"], Text, None),
        ];
        for (cells, kind, form) in cases {
            assert_eq!(survey(cells).verdict(b'.', DATES), Some(Verdict { kind, form }), "{cells:?}");
        }
        assert_eq!(survey(&["", "NA"]).verdict(b'.', DATES), None);
    }

    #[test]
    fn a_long_column_bears_one_in_a_hundred() {
        let with = |bad: usize| {
            let mut cells = vec!["1"; 1000 - bad];
            cells.extend(vec!["x"; bad]);
            survey(&cells).verdict(b'.', DATES).map(|v| v.kind)
        };
        assert_eq!(with(10), Some(ColumnKind::Integer));
        assert_eq!(with(11), Some(ColumnKind::Text));
    }

    #[test]
    fn votes_for_a_decimal_mark() {
        assert_eq!(
            survey(&["1,5", "2", "3,25"]).decimal_votes(),
            DecimalVotes { comma: 2, ..Default::default() }
        );
        assert_eq!(survey(&["1.5", "2"]).decimal_votes(), DecimalVotes { point: 1, ..Default::default() });
        assert_eq!(
            survey(&["1,234"]).decimal_votes(),
            DecimalVotes { comma_or_group: 1, ..Default::default() }
        );
        assert_eq!(survey(&["01.02.2026"]).decimal_votes(), DecimalVotes::default());
    }
}
