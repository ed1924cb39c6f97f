//! Pages of lists: a limit and an opaque place to go on from.

use serde::{Deserialize, Serialize};

/// What part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery {
    /// 1 to 500.
    pub limit: u32,
    /// The place that the last page ended at; opaque to callers.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The first `limit` rows.
    pub fn first(limit: u32) -> Self {
        Self { limit, cursor: None }
    }

    /// As many of the first rows as one page may hold: for a reader of the whole list.
    pub fn longest() -> Self {
        Self::first(500)
    }

    /// What to ask for after `page`; none where it was the last.
    pub fn after<T>(self, page: &Page<T>) -> Option<Self> {
        Some(Self { cursor: Some(page.next_cursor.clone()?), ..self })
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; none on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with each row turned into another type.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor }
    }
}
