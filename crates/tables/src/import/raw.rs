//! A cell as a file gives it, before its column's kind is known.

/// One cell. Texts borrow from the row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Raw<'a> {
    /// Absent.
    Missing,
    /// Text of an untyped format (CSV): may be anything.
    Cell {
        /// The text, without quotes.
        text: &'a str,
        /// Whether it was in quotes: then `NA` may be a word.
        quoted: bool,
    },
    /// Text of a typed format: text, or a date.
    String(&'a str),
    /// A whole number.
    Integer(i64),
    /// A whole number beyond `i64`.
    Natural(u64),
    /// A number; NaN is absent.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// Days since 1970-01-01.
    Day(i32),
    /// Microseconds since 1970-01-01T00:00Z.
    Moment {
        /// The microseconds.
        micros: i64,
        /// Whether the file says that they are UTC.
        zoned: bool,
    },
    /// Cannot be a value of a table; the reason.
    Unfit(&'static str),
}
