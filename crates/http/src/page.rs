//! Query parameters, read strictly, and pages of lists.

use crate::problem::{FieldError, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::openapi::path::Parameter;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::spec::structure::nearest;

/// Rows of a list where the caller names no limit.
const DEFAULT_LIMIT: u32 = 50;
/// The most rows of one page.
const MAX_LIMIT: u32 = 500;

/// Query parameters of the kind that `T` describes; an unknown or repeated one is an error that names it.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + IntoParams> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read_query<T: DeserializeOwned + IntoParams>(query: &str) -> Result<T, Problem> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|e| Problem::bad_request("bad_query", format!("the query cannot be read: {e}")))?;
    let known: Vec<String> = T::into_params(|| None).into_iter().map(|p: Parameter| p.name).collect();
    let mut seen = BTreeSet::new();
    let mut errors = Vec::new();
    for (name, _) in &pairs {
        let pointer = format!("?{name}");
        if !known.iter().any(|k| k == name) {
            errors.push(FieldError { pointer, message: unknown(name, &known) });
        } else if !seen.insert(name.as_str()) {
            errors.push(FieldError { pointer, message: "the parameter is there twice".into() });
        }
    }
    if !errors.is_empty() {
        return Err(Problem::invalid("bad_query", errors));
    }
    // An empty value (`?model=`) is what forms send for "any".
    let given: Vec<&(String, String)> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    let text =
        serde_urlencoded::to_string(given).map_err(|e| Problem::bad_request("bad_query", e.to_string()))?;
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(form_pairs(&text))).map_err(|e| {
        let pointer = format!("?{}", e.path());
        Problem::invalid("bad_query", [FieldError { pointer, message: e.inner().to_string() }])
    })
}

fn form_pairs(text: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(text.as_bytes())
}

fn unknown(name: &str, known: &[String]) -> String {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("unknown parameter, did you mean `{near}`?"),
        None if known.is_empty() => "unknown parameter, none is taken here".into(),
        None => format!("unknown parameter, known are {}", known.join(", ")),
    }
}

/// No query parameter at all.
#[derive(Debug, Deserialize, IntoParams)]
pub struct NoQuery {}

/// The part of a list that is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Rows in the answer, 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageParams {
    /// Checks the limit.
    pub fn query(self) -> Result<PageQuery, Problem> {
        page_query(self.limit, self.cursor)
    }
}

/// A page from its two parameters.
pub fn page_query(limit: Option<u32>, cursor: Option<String>) -> Result<PageQuery, Problem> {
    Ok(PageQuery { limit: within("limit", limit.unwrap_or(DEFAULT_LIMIT), MAX_LIMIT)?, cursor })
}

/// A number of a query, at least 1 and at most `most`.
pub fn within(name: &str, number: u32, most: u32) -> Result<u32, Problem> {
    if (1..=most).contains(&number) {
        return Ok(number);
    }
    let message = format!("{number} is out of range, allowed are 1 to {most}");
    Err(Problem::invalid("bad_query", [FieldError { pointer: format!("?{name}"), message }]))
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; null on the last page.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list without further pages.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// A page of views of rows.
    pub fn of<Row>(page: Page<Row>, view: impl FnMut(Row) -> T) -> Self {
        let page = page.map(view);
        Self { items: page.items, next_cursor: page.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_strictly() {
        let page: PageParams = read_query("limit=20&cursor=a%2Bb").expect("right");
        assert_eq!(page.query().expect("right"), PageQuery { limit: 20, cursor: Some("a+b".into()) });
        assert_eq!(read_query::<PageParams>("limit=").expect("empty is absent").limit, None);
        for (query, words) in [
            ("limt=3", "did you mean `limit`?"),
            ("limit=3&limit=4", "twice"),
            ("limit=many", "invalid digit"),
            ("limit=-1", "invalid digit"),
        ] {
            let problem = read_query::<PageParams>(query).expect_err(query);
            let shown = format!("{problem:?}");
            assert_eq!(problem.status().as_u16(), 422, "{shown}");
            assert!(shown.contains(words) && shown.contains("?lim"), "{shown}");
        }
        for limit in [0, 501, u32::MAX] {
            assert!(page_query(Some(limit), None).is_err());
        }
        assert!(read_query::<NoQuery>("x=1").is_err());
    }
}
