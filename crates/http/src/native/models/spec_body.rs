//! A body of model specs: JSON with one, or YAML with one or several documents.

use crate::body::{is_json, media_type, parse_json, unsupported, whole_body};
use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use vakhta_domain::spec::{ModelSpec, parse_one, parse_yaml};

/// Checked specs, at least one.
pub(super) struct Specs(pub Vec<ModelSpec>);

impl<S: Send + Sync> FromRequest<S> for Specs {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = media_type(request.headers());
        match kind.as_deref() {
            Some(kind) if is_json(kind) => {
                let document = parse_json(&whole_body(request).await?)?;
                Ok(Self(vec![parse_one(document)?]))
            }
            Some(
                "application/yaml" | "application/x-yaml" | "text/yaml" | "text/x-yaml" | "text/vnd.yaml",
            ) => {
                let bytes = whole_body(request).await?;
                let text = std::str::from_utf8(&bytes)
                    .map_err(|_| Problem::bad_request("bad_yaml", "the body is not UTF-8"))?;
                Ok(Self(parse_yaml(text)?))
            }
            other => Err(unsupported(other, "application/json or application/yaml")),
        }
    }
}
