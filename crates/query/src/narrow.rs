//! What the filters of a query leave of a table, as far as its port can ask for less. The engine filters again, so what
//! is not understood here costs time only.

use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::scalar::ScalarValue;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// What is wanted of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    filters: Vec<Expr>,
}

/// A bound of a column, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds<T> {
    pub low: Option<T>,
    pub high: Option<T>,
}

impl Wanted {
    pub(crate) fn new(filters: &[Expr]) -> Self {
        Self { filters: filters.to_vec() }
    }

    /// The texts that a column may have; none where any may be.
    pub(crate) fn texts(&self, column: &str) -> Option<Vec<String>> {
        let mut found: Option<Vec<String>> = None;
        for some in self.filters.iter().filter_map(|filter| texts(filter, column)) {
            found = Some(match found {
                Some(before) => before.into_iter().filter(|text| some.contains(text)).collect(),
                None => some,
            });
        }
        found
    }

    /// The only text that a column may have, where there is only one.
    pub(crate) fn text(&self, column: &str) -> Option<String> {
        self.texts(column).filter(|texts| texts.len() == 1)?.pop()
    }

    /// The moments between which a column lies.
    pub(crate) fn moments(&self, column: &str) -> Bounds<Timestamp> {
        bounds(&self.filters, column, moment)
    }

    /// The days between which a column lies.
    pub(crate) fn days(&self, column: &str) -> Bounds<Date> {
        bounds(&self.filters, column, day)
    }
}

fn texts(filter: &Expr, column: &str) -> Option<Vec<String>> {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            let value = compared(left, right, column).or_else(|| compared(right, left, column))?;
            Some(vec![value.try_as_str()??.to_owned()])
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let mut either = texts(left, column)?;
            either.extend(texts(right, column)?);
            Some(either)
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
            texts(left, column).or_else(|| texts(right, column))
        }
        Expr::InList(list) if !list.negated && is(&list.expr, column) => list
            .list
            .iter()
            .map(|item| match item {
                Expr::Literal(value, _) => value.try_as_str()?.map(str::to_owned),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn bounds<T: Ord + Copy>(filters: &[Expr], column: &str, read: fn(&ScalarValue) -> Option<T>) -> Bounds<T> {
    let mut found: Bounds<T> = Bounds { low: None, high: None };
    let mut parts: Vec<&Expr> = filters.iter().collect();
    while let Some(part) = parts.pop() {
        let Expr::BinaryExpr(BinaryExpr { left, op, right }) = part else { continue };
        if *op == Operator::And {
            parts.extend([&**left, &**right]);
            continue;
        }
        let (value, op) = match (compared(left, right, column), compared(right, left, column)) {
            (Some(value), _) => (value, Some(*op)),
            (None, Some(value)) => (value, op.swap()),
            (None, None) => continue,
        };
        let Some(value) = read(value) else { continue };
        if matches!(op, Some(Operator::Eq | Operator::Gt | Operator::GtEq)) {
            found.low = Some(found.low.map_or(value, |low| low.max(value)));
        }
        if matches!(op, Some(Operator::Eq | Operator::Lt | Operator::LtEq)) {
            found.high = Some(found.high.map_or(value, |high| high.min(value)));
        }
    }
    found
}

/// The literal that a column is compared with.
fn compared<'e>(one: &Expr, other: &'e Expr, column: &str) -> Option<&'e ScalarValue> {
    match other {
        Expr::Literal(value, _) if is(one, column) => Some(value),
        _ => None,
    }
}

fn is(expr: &Expr, column: &str) -> bool {
    matches!(expr, Expr::Column(found) if found.name == column)
}

fn moment(value: &ScalarValue) -> Option<Timestamp> {
    match value {
        ScalarValue::TimestampSecond(Some(at), _) => Timestamp::from_second(*at).ok(),
        ScalarValue::TimestampMillisecond(Some(at), _) => Timestamp::from_millisecond(*at).ok(),
        ScalarValue::TimestampMicrosecond(Some(at), _) => Timestamp::from_microsecond(*at).ok(),
        ScalarValue::TimestampNanosecond(Some(at), _) => Timestamp::from_nanosecond(i128::from(*at)).ok(),
        _ => None,
    }
}

fn day(value: &ScalarValue) -> Option<Date> {
    match value {
        ScalarValue::Date32(Some(days)) => {
            date(1970, 1, 1).checked_add(jiff::SignedDuration::from_hours(24 * i64::from(*days))).ok()
        }
        other => Some(moment(other)?.to_zoned(TimeZone::UTC).date()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::prelude::{col, lit};

    fn wanted(filters: &[Expr]) -> Wanted {
        Wanted::new(filters)
    }

    #[test]
    fn texts_are_found_in_equalities_and_lists() {
        for (filter, expected) in [
            (col("model").eq(lit("a")), Some(vec!["a"])),
            (lit("a").eq(col("model")), Some(vec!["a"])),
            (col("model").eq(lit("a")).or(col("model").eq(lit("b"))), Some(vec!["a", "b"])),
            (col("model").in_list(vec![lit("a"), lit("b")], false), Some(vec!["a", "b"])),
            (col("model").in_list(vec![lit("a")], true), None),
            (col("model").eq(lit("a")).and(col("x").gt(lit(1))), Some(vec!["a"])),
            (col("model").eq(lit("a")).or(col("x").eq(lit("b"))), None),
            (col("model").not_eq(lit("a")), None),
            (col("other").eq(lit("a")), None),
        ] {
            let expected: Option<Vec<String>> = expected.map(|e| e.into_iter().map(str::to_owned).collect());
            assert_eq!(wanted(std::slice::from_ref(&filter)).texts("model"), expected, "{filter}");
        }
        let both = wanted(&[
            col("model").in_list(vec![lit("a"), lit("b")], false),
            col("model").in_list(vec![lit("b"), lit("c")], false),
        ]);
        assert_eq!(both.text("model").as_deref(), Some("b"));
    }

    #[test]
    fn bounds_are_the_narrowest_and_include_their_ends() {
        let at = |text: &str| {
            let at: Timestamp = text.parse().expect("a moment");
            Expr::Literal(
                ScalarValue::TimestampMicrosecond(Some(at.as_microsecond()), Some("UTC".into())),
                None,
            )
        };
        let found = wanted(&[
            col("at").gt(at("2026-01-01T00:00:00Z")).and(at("2026-03-01T00:00:00Z").gt_eq(col("at"))),
            col("at").gt_eq(at("2026-02-01T00:00:00Z")),
        ])
        .moments("at");
        assert_eq!(found.low, "2026-02-01T00:00:00Z".parse().ok());
        assert_eq!(found.high, "2026-03-01T00:00:00Z".parse().ok());
        let day = Expr::Literal(ScalarValue::Date32(Some(-1)), None);
        let found = wanted(&[col("day").eq(day)]).days("day");
        assert_eq!((found.low, found.high), (Some(date(1969, 12, 31)), Some(date(1969, 12, 31))));
        let either = wanted(&[col("at").lt(at("2026-01-01T00:00:00Z")).or(col("x").eq(lit(1)))]);
        assert_eq!(either.moments("at"), Bounds { low: None, high: None });
    }
}
