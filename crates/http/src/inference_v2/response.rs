//! An answer of the protocol: JSON, and behind it the bytes of outputs that travel in binary.

use super::datatype::{self, Datatype};
use super::request::{Form, JSON_LENGTH};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use vakhta_lifecycle::serve::{Elements, InferAnswer, Tensor};

/// An answer.
#[derive(Serialize, ToSchema)]
pub struct InferenceResponse<'a> {
    /// The model.
    model_name: &'a str,
    /// The version that answered.
    model_version: &'a str,
    /// What the caller called the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// The tensors asked for.
    outputs: Vec<InferenceResult<'a>>,
}

/// A tensor of an answer.
#[derive(Serialize, ToSchema)]
pub struct InferenceResult<'a> {
    /// Its name.
    name: &'a str,
    /// `FP64` or `BYTES`.
    datatype: &'static str,
    /// Its extents, rows first.
    shape: &'a [usize],
    /// Where its elements are, if not in `data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<BinarySize>,
    /// Its elements, the last extent running fastest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    data: Option<Flat<'a>>,
}

/// Where the elements of an output are.
#[derive(Serialize, ToSchema)]
#[schema(as = InferenceResultParameters)]
pub struct BinarySize {
    /// So many bytes behind the JSON and the outputs before this one.
    binary_data_size: usize,
}

/// Elements as one JSON list; what is not a number is null.
pub(super) struct Flat<'a>(&'a Elements);

impl Serialize for Flat<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Elements::Flags(values) => values.serialize(serializer),
            Elements::Integers(values) => values.serialize(serializer),
            Elements::Floats(values) => values.serialize(serializer),
            Elements::Texts(values) => values.serialize(serializer),
        }
    }
}

/// The answer to a request, in the form and order that it asks for.
pub(super) fn write(form: &Form, answer: &InferAnswer) -> Response {
    let chosen: Vec<(&Tensor, bool)> = match &form.outputs {
        None => answer.outputs.iter().map(|tensor| (tensor, form.binary)).collect(),
        Some(wanted) => wanted
            .iter()
            .filter_map(|wanted| {
                let tensor = answer.outputs.iter().find(|tensor| tensor.name == wanted.name)?;
                Some((tensor, wanted.binary.unwrap_or(form.binary)))
            })
            .collect(),
    };
    let mut binary = Vec::new();
    let outputs = chosen.iter().map(|(tensor, as_bytes)| {
        let before = binary.len();
        if *as_bytes {
            datatype::encode(&tensor.elements, &mut binary);
        }
        InferenceResult {
            name: &tensor.name,
            datatype: Datatype::of(tensor.elements.kind()).word(),
            shape: &tensor.shape,
            parameters: as_bytes.then_some(BinarySize { binary_data_size: binary.len() - before }),
            data: (!as_bytes).then_some(Flat(&tensor.elements)),
        }
    });
    let wire = InferenceResponse {
        outputs: outputs.collect(),
        model_name: answer.model.as_str(),
        model_version: answer.version.as_str(),
        id: form.id.as_deref(),
    };
    let mut body = serde_json::to_vec(&wire).expect("an answer is plain data");
    let in_binary = chosen.iter().any(|(_, as_bytes)| *as_bytes);
    let length = body.len();
    body.append(&mut binary);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let kind = if in_binary { "application/octet-stream" } else { "application/json" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if in_binary {
        headers.insert(JSON_LENGTH, HeaderValue::from(length));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::super::request::Wanted;
    use super::*;
    use serde_json::{Value, json};

    fn answer() -> InferAnswer {
        let tensor = |name: &str, shape: &[usize], elements| Tensor {
            name: name.into(),
            shape: shape.to_vec(),
            elements,
        };
        InferAnswer {
            model: vakhta_domain::ids::ModelKey::new("m"),
            version: vakhta_domain::ids::VersionId::new("v"),
            outputs: vec![
                tensor("predict", &[2], Elements::Texts(vec![Some("a".into()), Some("b".into())])),
                tensor("probabilities", &[2, 2], Elements::Floats(vec![0.75, 0.25, f64::NAN, 1.0])),
            ],
        }
    }

    fn form(outputs: Option<Vec<(&str, Option<bool>)>>, binary: bool) -> Form {
        let wanted = |(name, binary): (&str, _)| Wanted { name: name.into(), binary };
        let outputs = outputs.map(|outputs| outputs.into_iter().map(wanted).collect());
        Form { id: Some("7".into()), outputs, binary }
    }

    async fn parts(response: Response) -> (Value, Vec<u8>, String) {
        let kind = response.headers()[header::CONTENT_TYPE].to_str().expect("text").to_owned();
        let length = response.headers().get(&JSON_LENGTH).map(|v| v.to_str().expect("text").parse::<usize>());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("whole");
        let (json, binary) = body.split_at(length.map_or(body.len(), |l| l.expect("digits")));
        (serde_json::from_slice(json).expect("JSON"), binary.to_vec(), kind)
    }

    #[tokio::test]
    async fn json_holds_every_output() {
        let (json, binary, kind) = parts(write(&form(None, false), &answer())).await;
        assert_eq!(
            json,
            json!({
                "model_name": "m", "model_version": "v", "id": "7",
                "outputs": [
                    {"name": "predict", "datatype": "BYTES", "shape": [2], "data": ["a", "b"]},
                    {"name": "probabilities", "datatype": "FP64", "shape": [2, 2], "data": [0.75, 0.25, null, 1.0]},
                ]
            })
        );
        assert_eq!((binary.len(), kind.as_str()), (0, "application/json"));
    }

    #[tokio::test]
    async fn binary_comes_behind_in_the_order_asked_for() {
        let wanted = vec![("probabilities", Some(true)), ("predict", None)];
        let (json, binary, kind) = parts(write(&form(Some(wanted), true), &answer())).await;
        assert_eq!(json["outputs"][0]["parameters"]["binary_data_size"], 32);
        assert_eq!(json["outputs"][1]["parameters"]["binary_data_size"], 10);
        assert_eq!(&binary[..8], &0.75f64.to_le_bytes());
        assert_eq!(&binary[32..], b"\x01\0\0\0a\x01\0\0\0b");
        assert_eq!(kind, "application/octet-stream");
        let mixed = vec![("predict", Some(false)), ("probabilities", Some(true))];
        let (json, binary, _) = parts(write(&form(Some(mixed), false), &answer())).await;
        assert_eq!((json["outputs"][0]["data"].clone(), binary.len()), (json!(["a", "b"]), 32));
    }
}
