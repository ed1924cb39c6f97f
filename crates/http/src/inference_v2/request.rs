//! A request of the protocol: JSON, and behind it the bytes of tensors that travel in binary.

use super::datatype::Datatype;
use super::flat::{Flat, MAX_ELEMENTS};
use crate::problem::Problem;
use axum::http::{HeaderMap, HeaderName, header};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;
use utoipa::ToSchema;
use vakhta_lifecycle::serve::Tensor;

/// How many of the body's bytes are JSON; the rest are tensors.
pub(super) const JSON_LENGTH: HeaderName = HeaderName::from_static("inference-header-content-length");

/// The most tensors of one request: a column each.
const MAX_TENSORS: usize = 10_000;

/// A request, read.
#[derive(Debug, PartialEq)]
pub(super) struct Read {
    /// The tensors.
    pub inputs: Vec<Tensor>,
    /// The form that the answer is to have.
    pub form: Form,
}

/// The form of an answer.
#[derive(Debug, PartialEq)]
pub(super) struct Form {
    /// The caller's name for the request, to be echoed.
    pub id: Option<String>,
    /// Which outputs are wanted; none for all.
    pub outputs: Option<Vec<Wanted>>,
    /// Whether outputs travel in binary unless they say otherwise.
    pub binary: bool,
}

/// An output that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its name.
    pub name: String,
    /// Whether it travels in binary; none where it does not say.
    pub binary: Option<bool>,
}

// Other fields and parameters are the caller's own business: the protocol lets programs add theirs.
/// A request for answers.
#[derive(Deserialize, ToSchema)]
pub struct InferenceRequest {
    /// The caller's name for it; it comes back with the answer.
    id: Option<String>,
    /// How it is to be answered.
    parameters: Option<RequestParameters>,
    /// The tensors that the model takes.
    inputs: Vec<InferenceInput>,
    /// The tensors that are wanted; default all that the model gives.
    outputs: Option<Vec<InferenceOutput>>,
}

/// How a request is to be answered.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = InferenceRequestParameters)]
pub struct RequestParameters {
    /// Whether outputs travel in binary unless they say otherwise; default false.
    binary_data_output: Option<bool>,
}

/// A tensor that the model takes.
#[derive(Deserialize, ToSchema)]
pub struct InferenceInput {
    /// Its name, as the model's metadata has it.
    name: String,
    /// Its extents, rows first.
    shape: Vec<usize>,
    /// `BOOL`, `INT8` to `INT64`, `UINT8` to `UINT64`, `FP16`, `BF16`, `FP32`, `FP64` or `BYTES`.
    datatype: String,
    /// Where its elements are, if not in `data`.
    parameters: Option<InputParameters>,
    /// Its elements, the last extent running fastest, or lists in lists of its shape. A missing number or text
    /// is null.
    #[schema(value_type = Option<Vec<Object>>)]
    data: Option<Flat>,
}

/// Where the elements of a tensor are.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = InferenceInputParameters)]
pub struct InputParameters {
    /// So many bytes behind the JSON and the tensors before this one.
    binary_data_size: Option<usize>,
    /// Not offered: such a request is refused.
    #[schema(value_type = Option<String>)]
    shared_memory_region: Option<IgnoredAny>,
}

/// A tensor that is wanted.
#[derive(Deserialize, ToSchema)]
pub struct InferenceOutput {
    /// Its name, as the model's metadata has it.
    name: String,
    /// How it is to travel.
    parameters: Option<OutputParameters>,
}

/// How an output is to travel.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = InferenceOutputParameters)]
pub struct OutputParameters {
    /// Whether in binary; default as the request says.
    binary_data: Option<bool>,
    /// Not offered: such a request is refused.
    #[schema(value_type = Option<u64>)]
    classification: Option<IgnoredAny>,
    /// Not offered: such a request is refused.
    #[schema(value_type = Option<String>)]
    shared_memory_region: Option<IgnoredAny>,
}

/// Reads a body.
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Read, Problem> {
    if let Some(encoding) = headers.get(header::CONTENT_ENCODING).filter(|e| *e != "identity") {
        return Err(Problem::new(
            axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_encoding",
            format!("the body is encoded as {encoding:?}, send gzip, deflate or none"),
        ));
    }
    let (json, mut binary) = split(headers, body)?;
    let wire: InferenceRequest = serde_json::from_slice(json).map_err(|e| unreadable(&e))?;
    if wire.inputs.len() > MAX_TENSORS {
        let text = format!("{} tensors came, at most {MAX_TENSORS} are taken", wire.inputs.len());
        return Err(Problem::invalid_field("/inputs", text));
    }
    let mut inputs: Vec<Tensor> = Vec::with_capacity(wire.inputs.len());
    let mut elements = 0;
    for (at, input) in wire.inputs.into_iter().enumerate() {
        let tensor = tensor(&format!("/inputs/{at}"), input, &mut binary)?;
        elements += tensor.elements.len();
        if elements > MAX_ELEMENTS {
            return Err(Problem::invalid_field("/inputs", too_many(elements)));
        }
        inputs.push(tensor);
    }
    if !binary.is_empty() {
        let text = format!("{} bytes are left over after the last tensor", binary.len());
        return Err(Problem::invalid_field("/inputs", text));
    }
    let outputs = wire.outputs.filter(|outputs| !outputs.is_empty());
    let outputs = outputs.map(|outputs| outputs.into_iter().enumerate().map(wanted).collect());
    let form = Form {
        id: wire.id,
        outputs: outputs.transpose()?,
        binary: wire.parameters.unwrap_or_default().binary_data_output.unwrap_or(false),
    };
    Ok(Read { inputs, form })
}

/// The JSON of a body, and what follows it.
fn split<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), Problem> {
    let Some(value) = headers.get(&JSON_LENGTH) else { return Ok((body, &[])) };
    let length = value.to_str().ok().and_then(|text| text.trim().parse::<usize>().ok());
    length.filter(|length| *length > 0).and_then(|length| body.split_at_checked(length)).ok_or_else(|| {
        let text =
            format!("{JSON_LENGTH} is {value:?}, it must be 1 to {}, the body's length in bytes", body.len());
        Problem::bad_request("bad_length", text)
    })
}

fn unreadable(error: &serde_json::Error) -> Problem {
    let what = match error.classify() {
        Category::Eof => format!("the JSON ends too early ({error})"),
        Category::Data => format!("the request is not one of the protocol: {error}"),
        Category::Syntax | Category::Io => format!("not JSON: {error}"),
    };
    Problem::bad_request("bad_json", what)
}

fn too_many(elements: usize) -> String {
    format!("{elements} elements came, at most {MAX_ELEMENTS} are taken; split them")
}

/// One tensor, its elements out of the JSON or from the front of `binary`.
fn tensor(pointer: &str, input: InferenceInput, binary: &mut &[u8]) -> Result<Tensor, Problem> {
    let wrong = |field: &str, text: String| Problem::invalid_field(format!("{pointer}/{field}"), text);
    let InferenceInput { name, shape, datatype, parameters, data } = input;
    let known = Datatype::parse(&datatype).ok_or_else(|| {
        let found: String = datatype.chars().take(40).collect();
        wrong("datatype", format!("`{found}` is not one of {}", Datatype::words()))
    })?;
    let count = shape.iter().try_fold(1usize, |count, extent| count.checked_mul(*extent));
    let count = count.filter(|count| *count <= MAX_ELEMENTS).ok_or_else(|| {
        wrong("shape", format!("{shape:?} has over {MAX_ELEMENTS} elements; split the request"))
    })?;
    if shape.is_empty() {
        return Err(wrong("shape", "is empty, give at least the number of rows".into()));
    }
    let parameters = parameters.unwrap_or_default();
    if parameters.shared_memory_region.is_some() {
        return Err(wrong("parameters", "shared memory is not offered, send the elements".into()));
    }
    let elements = match (data, parameters.binary_data_size) {
        (Some(flat), None) => flat.into_elements(known, &shape, count).map_err(|text| wrong("data", text))?,
        (None, Some(size)) => {
            let (bytes, rest) = binary.split_at_checked(size).ok_or_else(|| {
                wrong(
                    "parameters/binary_data_size",
                    format!("{size} is more than the {} bytes left", binary.len()),
                )
            })?;
            *binary = rest;
            known.decode(count, bytes).map_err(|text| wrong("parameters/binary_data_size", text))?
        }
        (Some(_), Some(_)) => {
            return Err(wrong("data", "both `data` and `binary_data_size` are there, send one".into()));
        }
        (None, None) => {
            return Err(wrong("data", "missing: send `data`, or `binary_data_size` and bytes".into()));
        }
    };
    Ok(Tensor { name, shape, elements })
}

fn wanted((at, output): (usize, InferenceOutput)) -> Result<Wanted, Problem> {
    let parameters = output.parameters.unwrap_or_default();
    let refused = [
        (parameters.classification.is_some(), "`classification` is not offered, ask for `probabilities`"),
        (parameters.shared_memory_region.is_some(), "shared memory is not offered"),
    ];
    if let Some((_, text)) = refused.into_iter().find(|(there, _)| *there) {
        return Err(Problem::invalid_field(format!("/outputs/{at}/parameters"), text));
    }
    Ok(Wanted { name: output.name, binary: parameters.binary_data })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use vakhta_lifecycle::serve::Elements;

    fn headers(length: Option<usize>) -> HeaderMap {
        length.map(|length| (JSON_LENGTH, HeaderValue::from(length))).into_iter().collect()
    }

    fn whole(json: &Value, binary: &[u8]) -> Result<Read, Problem> {
        let mut body = json.to_string().into_bytes();
        let length = body.len();
        body.extend(binary);
        read(&headers((!binary.is_empty()).then_some(length)), &body)
    }

    fn input(data: &Value) -> Value {
        json!({"name": "x", "shape": [2], "datatype": "FP64", "data": data})
    }

    #[test]
    fn a_whole_request_is_read() {
        let Read { inputs, form } = whole(
            &json!({
                "id": "42",
                "parameters": {"binary_data_output": true, "mine": [1]},
                "inputs": [
                    input(&json!([1, 2.5])),
                    {"name": "who", "shape": [1, 2], "datatype": "BYTES", "parameters": {"binary_data_size": 9}},
                ],
                "outputs": [{"name": "predict", "parameters": {"binary_data": false}}, {"name": "probabilities"}],
                "more": {},
            }),
            b"\x01\0\0\0a\0\0\0\0",
        )
        .expect("right");
        assert_eq!((form.id.as_deref(), form.binary), (Some("42"), true));
        assert_eq!(inputs[0].elements, Elements::Floats(vec![1.0, 2.5]));
        assert_eq!(inputs[1].elements, Elements::Texts(vec![Some("a".into()), Some("".into())]));
        let outputs = form.outputs.expect("asked for");
        assert_eq!(outputs[0], Wanted { name: "predict".into(), binary: Some(false) });
        assert_eq!(outputs[1].binary, None);
    }

    #[test]
    fn bad_requests_are_refused_by_place() {
        let binary = |size: u64| json!({"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "parameters": {"binary_data_size": size}}]});
        let with = |field: &str, value: Value| {
            let mut input = input(&json!([1, 2]));
            input[field] = value;
            json!({ "inputs": [input] })
        };
        let huge = json!([u64::MAX, u64::MAX]);
        for (json, bytes, words) in [
            (json!({}), &b""[..], "inputs"),
            (json!([]), b"", "protocol"),
            (with("shape", json!([3])), b"", "/inputs/0/data"),
            (with("shape", json!([])), b"", "/inputs/0/shape"),
            (with("shape", json!([-1])), b"", "-1"),
            (with("shape", huge), b"", "/inputs/0/shape"),
            (with("datatype", json!("FP99")), b"", "FP99"),
            (with("data", Value::Null), b"", "/inputs/0/data"),
            (with("parameters", json!({"binary_data_size": 16})), b"", "/inputs/0/data"),
            (with("parameters", json!({"shared_memory_region": "a"})), b"", "shared memory"),
            (binary(8), b"1234567", "7 bytes left"),
            (binary(u64::MAX), b"12345678", "bytes left"),
            (binary(7), b"1234567", "take 8 each"),
            (binary(8), b"123456789", "left over"),
            (
                json!({"inputs": [], "outputs": [{"name": "a", "parameters": {"classification": 1}}]}),
                b"",
                "/outputs/0",
            ),
        ] {
            let problem = whole(&json, bytes).expect_err(words);
            let said = format!("{problem:?}");
            assert!(problem.status().is_client_error() && said.contains(words), "{json}: {said}");
        }
        for length in [0, 100] {
            assert!(read(&headers(Some(length)), b"{\"inputs\":[]}").is_err(), "{length}");
        }
    }

    proptest! {
        #[test]
        fn no_body_brings_it_down(body in proptest::collection::vec(any::<u8>(), 0..200), length in proptest::option::of(0usize..300)) {
            let _ = read(&headers(length), &body);
        }

        #[test]
        fn no_mutation_of_a_right_body_brings_it_down(at in 0usize..200, byte in any::<u8>(), cut in 0usize..200) {
            let json = json!({"inputs": [{"name": "x", "shape": [1, 2], "datatype": "BYTES", "parameters": {"binary_data_size": 10}}]});
            let mut body = json.to_string().into_bytes();
            let length = body.len();
            body.extend(b"\x01\0\0\0a\x01\0\0\0b");
            let at = at % body.len();
            body[at] = byte;
            body.truncate(body.len().saturating_sub(cut % 40));
            if let Ok(request) = read(&headers(Some(length)), &body) {
                for tensor in request.inputs {
                    prop_assert_eq!(tensor.shape.iter().product::<usize>(), tensor.elements.len());
                }
            }
        }
    }
}
