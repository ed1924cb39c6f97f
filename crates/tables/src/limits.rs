//! The bounds that keep any file, however hostile, within bounded memory.

/// Longest text in one cell, bytes.
pub const CELL: usize = 1 << 20;
/// Longest row of a text file, bytes.
pub const ROW: usize = 8 << 20;
/// Most columns.
pub const COLUMNS: usize = 2_000;
/// From so many columns on a table is written with a compressor that needs no memory of its own, and in large groups.
pub const MANY_COLUMNS: usize = 200;
/// Characters of a bad row that are shown.
pub const SHOWN: usize = 200;
/// Quotes left open before the file is given up: each costs a second look at up to [`CELL`] bytes.
pub const OPEN_QUOTES: u32 = 1_000;
/// Distinct values that a column's profile counts exactly.
pub const DISTINCT: usize = 10_000;
/// Distinct values counted over all columns together.
pub const DISTINCT_ALL: usize = 2_000_000;
/// Bytes of distinct texts kept over all columns together.
pub const DISTINCT_BYTES: usize = 64 << 20;
/// Rows in one row group of the Parquet that we write: few, so that the latest days are read without the years before
/// them.
pub const GROUP_ROWS: usize = 16 << 10;
/// So many groups of a file are small.
pub const SMALL_GROUPS: usize = 1024;
/// Rows in a group after them, and of a table of many columns, whose groups each cost a line about each of them.
pub const LARGE_GROUP_ROWS: usize = 128 << 10;
/// Memory that a row group may take before it is written early, bytes.
pub const GROUP_BYTES: usize = 96 << 20;
/// Cells, and bytes of text, in one batch.
pub const BATCH_CELLS: usize = 128 << 10;
/// Bytes of text in one batch.
pub const BATCH_BYTES: usize = 8 << 20;
/// Largest footer of a Parquet file that came in, bytes.
pub const FOOTER: u64 = 64 << 20;
/// Largest page of a Parquet file that came in, uncompressed, bytes.
pub const PAGE: u64 = 128 << 20;
/// Most bytes of pages that the columns of such a file need at a time, uncompressed.
pub const PAGES: u64 = 512 << 20;
/// Most rows of a Parquet file that came in: a few bytes can promise any number.
pub const PARQUET_ROWS: u64 = 1_000_000_000;

/// Most distinct rows that one load may bring.
pub const NEW_ROWS: usize = 10_000_000;

/// Cuts a text to [`SHOWN`] characters.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => text[..at].to_owned(),
        None => text.to_owned(),
    }
}
