//! The API's description, made from the handlers and kept as a snapshot that is reviewed like code.

use crate::auth::gate;
use crate::inference_v2;
use crate::native;
use crate::problem::{PROBLEM_JSON, ProblemBody};
use crate::words;
use serde_json::{Map, Value, json};
use std::sync::OnceLock;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

/// What stands above the paths.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vakhta",
        description = "Keeps a company's forecasting and classification models right. Errors are RFC 9457 \
            problem documents with a stable `code`; lists are pages of `{items, next_cursor}`; slow work \
            answers 202 with a job.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/api/v1")),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&SignInWays),
    components(schemas(
        ProblemBody,
        words::JobKind,
        words::JobState,
        words::Source,
        words::FileFormat,
        words::OnError,
    )),
    tags(
        (name = "auth", description = "Signing in, one's own account, API tokens, everybody's accounts"),
        (name = "workspaces", description = "Tenants, and who belongs to them; `X-Vakhta-Workspace` names one for a request"),
        (name = "calendars", description = "Holidays and working days: the country's word and the company's"),
        (name = "datasets", description = "Uploaded tables, versioned and immutable"),
        (name = "models", description = "Models and their specs"),
        (name = "versions", description = "Trained versions, which of them serves, and every decision"),
        (name = "jobs", description = "Training and other durable work"),
        (name = "monitoring", description = "The watch over models, and training again"),
        (name = "alerts", description = "What went wrong, who is told, and how that went"),
        (name = "drift", description = "Whether what models see still comes from what they were trained on"),
        (name = "schedules", description = "What happens by the clock"),
        (name = "sources", description = "Where rows come from by themselves, and the log of their runs"),
        (name = "query", description = "Questions in SQL about what is kept"),
        (name = "serve", description = "Forecasts and predictions"),
        (name = "inference", description = "The Open Inference Protocol, version 2, beside the API under `/v2`"),
        (name = "events", description = "The history, and live news"),
        (name = "system", description = "Health and contracts"),
    )
)]
pub(crate) struct Head;

struct SignInWays;

impl Modify for SignInWays {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API token (`vkt_…`), or the `token` that sign-in answers"))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description("vakhta_session", "What sign-in sets in a browser");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The API's description, `OpenAPI` 3.1.
pub fn openapi() -> Value {
    document().clone()
}

/// The same, made once.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let described = OpenApiRouter::with_openapi(Head::openapi()).merge(native::described());
        let (_, openapi) = described.merge(inference_v2::described()).split_for_parts();
        let mut document = serde_json::to_value(openapi).expect("the description is plain data");
        words::insert_objects(&mut document);
        name_operations(&mut document);
        add_permissions(&mut document);
        add_problems(&mut document);
        inference_v2::describe(&mut document);
        add_keys(&mut document);
        finish_schemas(&mut document);
        document
    })
}

/// `get_models_key_versions`: method and path, since handlers of different resources share names.
fn name_operations(document: &mut Value) {
    for_each_operation(document, |path, method, operation| {
        let words = path.split('/').map(|part| part.trim_matches(['{', '}']).replace(['-', '.'], "_"));
        let id =
            words.fold(method.to_owned(), |id, word| if word.is_empty() { id } else { id + "_" + &word });
        operation.insert("operationId".into(), id.into());
    });
}

/// `x-permission`: what an operation takes at the least. Without it, an operation is open or takes any account.
fn add_permissions(document: &mut Value) {
    for_each_operation(document, |path, method, operation| {
        if let Some(permission) = gate::access(method, path).and_then(gate::Access::permission) {
            operation.insert("x-permission".into(), permission.as_str().into());
        }
    });
}

/// Addresses whose POST creates something.
const CREATING: [&str; 12] = [
    "/alerts/channels",
    "/alerts/silences",
    "/datasets",
    "/sources",
    "/models",
    "/models/{key}/versions/import",
    "/train",
    "/predict",
    "/forecast",
    "/auth/tokens",
    "/auth/users",
    "/workspaces",
];

/// Operations that create something understand `Idempotency-Key`.
fn add_keys(document: &mut Value) {
    let key = json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "The same key and request give the same answer; another request with it is refused.",
        "schema": { "type": "string", "maxLength": 200 }
    });
    for_each_operation(document, |path, method, operation| {
        let creates = CREATING.contains(&path);
        if let (true, Some(parameters)) = (
            creates && method == "post",
            operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut(),
        ) {
            parameters.push(key.clone());
        }
    });
}

/// Fields of answers that may be absent; all others are always there, null or not.
const MAY_BE_ABSENT: [(&str, &[&str]); 12] = [
    ("Problem", &["instance", "errors", "job_id", "refused"]),
    ("Job", &["ip"]),
    ("InferenceRequest", &["id", "parameters", "outputs"]),
    ("InferenceRequestParameters", &["binary_data_output"]),
    ("InferenceInput", &["parameters", "data"]),
    ("InferenceInputParameters", &["binary_data_size", "shared_memory_region"]),
    ("InferenceOutput", &["parameters"]),
    ("InferenceOutputParameters", &["binary_data", "classification", "shared_memory_region"]),
    ("InferenceResponse", &["id"]),
    ("InferenceResult", &["parameters", "data"]),
    ("InferenceTensor", &["parameters"]),
    ("UploadForm", &["key", "title", "options"]),
];

/// Says that fields of answers are always there, and lets lists refer to what they are lists of.
fn finish_schemas(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, schema) in schemas {
        // Bodies of requests refuse unknown fields, and the spec says itself what it needs.
        if name == "ModelSpec" || name.starts_with("Spec") || schema.get("additionalProperties").is_some() {
            continue;
        }
        if let (Some(of), Some(items)) =
            (name.strip_prefix("List_"), schema.pointer_mut("/properties/items/items"))
        {
            *items = json!({ "$ref": format!("#/components/schemas/{of}") });
        }
        let absent = MAY_BE_ABSENT.iter().find(|(of, _)| of == name).map_or(&[][..], |(_, fields)| fields);
        require_all(schema, absent);
    }
}

fn require_all(schema: &mut Value, absent: &[&str]) {
    for parts in ["allOf", "oneOf", "anyOf"] {
        for part in schema.get_mut(parts).and_then(Value::as_array_mut).into_iter().flatten() {
            require_all(part, absent);
        }
    }
    let Some(fields) = schema.get("properties").and_then(Value::as_object) else { return };
    let mut required: Vec<&String> = fields.keys().filter(|name| !absent.contains(&name.as_str())).collect();
    required.sort();
    schema["required"] = json!(required);
}

fn for_each_operation(document: &mut Value, mut act: impl FnMut(&str, &str, &mut Map<String, Value>)) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, operations) in paths {
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                act(path, method, operation);
            }
        }
    }
}

/// Every operation may answer a problem instead.
fn add_problems(document: &mut Value) {
    let problem = json!({
        "description": "a problem; `code` says which",
        "content": { (PROBLEM_JSON): { "schema": { "$ref": "#/components/schemas/Problem" } } }
    });
    for_each_operation(document, |_, _, operation| {
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
        responses.insert("default".into(), problem.clone());
        for (status, response) in responses.iter_mut() {
            let refused = status.starts_with('4') && response.get("content").is_none();
            if let (true, Some(response)) = (refused, response.as_object_mut()) {
                response.insert("content".into(), problem["content"].clone());
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// `VAKHTA_UPDATE_SNAPSHOTS=1` writes the file anew; the web client's types are generated from it.
    #[test]
    fn the_snapshot_is_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        let made = serde_json::to_string_pretty(&sorted(openapi())).expect("JSON") + "\n";
        if std::env::var_os("VAKHTA_UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&path, &made).expect("the snapshot can be written");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == made,
            "crates/http/openapi.json is stale: run the test with VAKHTA_UPDATE_SNAPSHOTS=1 and review the change"
        );
    }

    /// Keys in order, whatever map type another crate chose for JSON.
    fn sorted(value: Value) -> Value {
        match value {
            Value::Object(fields) => {
                let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
                fields.sort_by(|a, b| a.0.cmp(&b.0));
                Value::Object(fields.into_iter().map(|(name, field)| (name, sorted(field))).collect())
            }
            Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
            other => other,
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_nothing_is_empty() {
        let document = openapi();
        let mut places = BTreeSet::new();
        collect_refs(&document, &mut places);
        for place in &places {
            let target = document.pointer(place.trim_start_matches('#'));
            assert!(target.is_some_and(|t| t.as_object().is_some_and(|o| !o.is_empty())), "{place}");
        }
        assert!(places.len() > 40, "only {} references", places.len());
        let schemas = document["components"]["schemas"].as_object().expect("components");
        for (name, schema) in schemas {
            assert!(
                schema
                    .as_object()
                    .is_some_and(|s| s.len() > 1 || s.contains_key("$ref") || s.contains_key("allOf")),
                "{name}: {schema}"
            );
        }
    }

    fn collect_refs(value: &Value, places: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                places.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|field| collect_refs(field, places));
            }
            Value::Array(items) => items.iter().for_each(|item| collect_refs(item, places)),
            _ => {}
        }
    }

    #[test]
    fn every_operation_is_described() {
        let document = openapi();
        let mut ids = BTreeSet::new();
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                assert!(operation["summary"].is_string(), "{method} {path} has no summary");
                let id = operation["operationId"].as_str().expect("an operation id").to_owned();
                assert!(ids.insert(id.clone()), "{id} is used twice");
            }
        }
    }

    #[test]
    fn no_answer_is_a_mere_word() {
        // Where two types share a name, one of them takes the other's place: so a source was once a word.
        let document = openapi();
        let mut places = BTreeSet::new();
        for operations in document["paths"].as_object().expect("paths").values() {
            for operation in operations.as_object().expect("operations").values() {
                collect_refs(&operation["responses"], &mut places);
            }
        }
        let lists = document["components"]["schemas"].as_object().expect("schemas").iter();
        for (_, list) in lists.filter(|(name, _)| name.starts_with("List_")) {
            collect_refs(&list["properties"]["items"], &mut places);
        }
        for place in places {
            let schema = document.pointer(&place[1..]).expect("it is there");
            assert!(schema.get("enum").is_none(), "{place} is answered, and it is a word");
        }
    }
}
