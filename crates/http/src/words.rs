//! Schemas of types that belong to the domain, for the API description: enums of words and the model spec.
//!
//! The domain describes itself by JSON Schema; here those schemas take their place among the components.

use serde_json::{Map, Value};
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// The words of an enum that is written as plain words.
fn words(schema: &Value) -> Vec<String> {
    if let Some(Value::Array(words)) = schema.get("enum") {
        return words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    schema
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .flat_map(|choice| match choice.get("const").and_then(Value::as_str) {
            Some(word) => vec![word.to_owned()],
            None => words(choice),
        })
        .collect()
}

macro_rules! domain_words {
    ($($name:ident = $of:path),+ $(,)?) => {$(
        #[doc = concat!("The schema of `", stringify!($of), "`.")]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let schema = schemars::schema_for!($of).to_value();
                let description = schema.get("description").and_then(Value::as_str).map(str::to_owned);
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(description)
                    .enum_values(Some(words(&schema)))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+};
}

domain_words! {
    Tier = vakhta_domain::user::Tier,
    Permission = crate::auth::views::PermissionWord,
    Source = vakhta_domain::user::Source,
    JobKind = vakhta_domain::job::JobKind,
    JobState = vakhta_domain::job::JobState,
    VersionState = vakhta_domain::version::VersionState,
    DecisionKind = vakhta_domain::decision::DecisionKind,
    ColumnKind = vakhta_domain::dataset::ColumnKind,
    FileFormat = vakhta_domain::dataset::FileFormat,
    OnError = vakhta_domain::dataset::OnError,
    Frequency = vakhta_domain::spec::Frequency,
    Task = vakhta_domain::spec::Task,
    Engine = vakhta_domain::spec::Engine,
}

/// The schema of bytes as they are.
pub struct RawFile;

impl PartialSchema for RawFile {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("A file, as it is"))
            .into()
    }
}

impl ToSchema for RawFile {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("RawFile")
    }
}

/// The schema of a model spec; its inside is put in by [`insert_spec`].
pub struct ModelSpec;

impl PartialSchema for ModelSpec {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().into()
    }
}

impl ToSchema for ModelSpec {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ModelSpec")
    }
}

/// Puts the spec's own JSON Schema among the components of `document`, its parts named `SpecData`, … .
pub fn insert_spec(document: &mut Value) {
    let mut schema = vakhta_domain::spec::ModelSpec::json_schema();
    let parts = schema.as_object_mut().and_then(|s| s.remove("$defs")).unwrap_or_default();
    for name in ["$schema", "title"] {
        schema.as_object_mut().and_then(|s| s.remove(name));
    }
    let Some(Value::Object(components)) = document.pointer_mut("/components/schemas") else { return };
    for (name, part) in parts.as_object().cloned().unwrap_or_default() {
        components.insert(format!("Spec{name}"), moved(part));
    }
    components.insert("ModelSpec".into(), moved(schema));
}

/// The same schema with references that point into the components.
fn moved(schema: Value) -> Value {
    match schema {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, value)| match (name.as_str(), value.as_str()) {
                    ("$ref", Some(place)) => {
                        (name, Value::from(place.replace("#/$defs/", "#/components/schemas/Spec")))
                    }
                    _ => (name, moved(value)),
                })
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(moved).collect()),
        other => other,
    }
}
