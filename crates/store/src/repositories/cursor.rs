//! Places in lists. A cursor is the sort key of a page's last row with the list's name, in hex: opaque to
//! callers, and refused where another list gave it.

use crate::db::Row;
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::StoreError;

/// Parts of a cursor are separated by a character that no key contains.
const SEPARATOR: char = '\u{1f}';
/// Rows on the longest page.
const LONGEST: u32 = 500;

/// The rows that a page shows.
pub(crate) fn limit(page: &PageQuery) -> u32 {
    page.limit.clamp(1, LONGEST)
}

/// The text key that the last page of `list` ended at.
pub(crate) fn after_text(list: &str, page: &PageQuery) -> Result<Option<String>, StoreError> {
    let Some(cursor) = &page.cursor else { return Ok(None) };
    decode(list, cursor).map(Some).ok_or_else(|| StoreError::BadCursor(shortened(cursor)))
}

/// The number that the last page of `list` ended at.
pub(crate) fn after_number(list: &str, page: &PageQuery) -> Result<Option<i64>, StoreError> {
    let Some(text) = after_text(list, page)? else { return Ok(None) };
    let cursor = page.cursor.as_deref().unwrap_or_default();
    text.parse().map(Some).map_err(|_| StoreError::BadCursor(shortened(cursor)))
}

fn decode(list: &str, cursor: &str) -> Option<String> {
    let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
    let (name, key) = text.split_once(SEPARATOR)?;
    (name == list).then(|| key.to_owned())
}

fn shortened(cursor: &str) -> String {
    cursor.chars().take(80).collect()
}

/// Makes a page of rows, of which one more than `limit` was asked for. `key` names the sort column.
pub(crate) fn page<T>(
    list: &str,
    page: &PageQuery,
    rows: &[Row],
    key: fn(&Row) -> Result<String, StoreError>,
    item: fn(&Row) -> Result<T, StoreError>,
) -> Result<Page<T>, StoreError> {
    let shown = (limit(page) as usize).min(rows.len());
    let items = rows[..shown].iter().map(item).collect::<Result<Vec<_>, _>>()?;
    let next_cursor = match rows[..shown].last() {
        Some(last) if rows.len() > shown => Some(hex::encode(format!("{list}{SEPARATOR}{}", key(last)?))),
        _ => None,
    };
    Ok(Page { items, next_cursor })
}
