//! Schemas of types that belong to the domain, for the API description: enums of words and the model spec.
//!
//! The domain describes itself by JSON Schema; here those schemas take their place among the components.

use serde_json::{Map, Value, json};
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
    Permission = vakhta_domain::user::Permission,
    Source = vakhta_domain::user::Source,
    JobKind = vakhta_domain::job::JobKind,
    JobState = vakhta_domain::job::JobState,
    SuspicionRule = vakhta_domain::suspicion::SuspicionRule,
    VersionState = vakhta_domain::version::VersionState,
    Origin = vakhta_domain::version::Origin,
    ArmPart = vakhta_domain::trial::Part,
    DriftStanding = vakhta_domain::drift::Standing,
    DriftSeries = vakhta_domain::drift::Series,
    DecisionKind = vakhta_domain::decision::DecisionKind,
    ColumnKind = vakhta_domain::dataset::ColumnKind,
    FileFormat = vakhta_domain::dataset::FileFormat,
    OnError = vakhta_domain::dataset::OnError,
    ScheduledTask = vakhta_domain::schedule::ScheduledTask,
    ScheduleOrigin = vakhta_domain::schedule::Origin,
    SourceKind = vakhta_domain::source::SourceKind,
    RunOutcome = vakhta_domain::source::RunOutcome,
    DayKind = vakhta_domain::spec::DayKind,
    Frequency = vakhta_domain::spec::Frequency,
    Task = vakhta_domain::spec::Task,
    Engine = vakhta_domain::spec::Engine,
    AlertRuleKind = vakhta_domain::alert::rule::RuleKind,
    AlertState = vakhta_domain::alert::State,
    Severity = vakhta_domain::alert::Severity,
    Language = vakhta_domain::alert::Language,
    ChannelKind = vakhta_domain::alert::channel::ChannelKind,
    DeliveryKind = vakhta_domain::alert::delivery::DeliveryKind,
    DeliveryState = vakhta_domain::alert::delivery::DeliveryState,
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

macro_rules! domain_objects {
    ($($name:ident),+ $(,)?) => {$(
        #[doc = concat!("The schema of the domain's `", stringify!($name), "`; its inside comes by [`insert_objects`].")]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+};
}

domain_objects!(
    ModelSpec,
    RecordsReport,
    Quality,
    FilesPlace,
    HttpPlace,
    SqlPlace,
    ReadOptions,
    RuleSettings,
    EmailTarget,
    TelegramTarget,
    ChatTarget,
);

/// Puts the domain's own JSON Schemas among the components of `document`; the parts of a spec are named
/// `SpecData`, … .
pub fn insert_objects(document: &mut Value) {
    use vakhta_domain::alert::{channel, rule};
    use vakhta_domain::{dataset, report, source};
    let Some(Value::Object(components)) = document.pointer_mut("/components/schemas") else { return };
    insert(components, "ModelSpec", "Spec", vakhta_domain::spec::ModelSpec::json_schema());
    insert(components, "RecordsReport", "", schemars::schema_for!(report::RecordsReport).to_value());
    insert(components, "FilesPlace", "", schemars::schema_for!(source::FilesPlace).to_value());
    insert(components, "HttpPlace", "", schemars::schema_for!(source::HttpPlace).to_value());
    insert(components, "SqlPlace", "", schemars::schema_for!(source::SqlPlace).to_value());
    insert(components, "ReadOptions", "", schemars::schema_for!(dataset::ReadOptions).to_value());
    insert(components, "RuleSettings", "", schemars::schema_for!(rule::RuleSettings).to_value());
    insert(components, "EmailTarget", "", schemars::schema_for!(channel::EmailTarget).to_value());
    insert(components, "TelegramTarget", "", schemars::schema_for!(channel::TelegramTarget).to_value());
    insert(components, "ChatTarget", "", schemars::schema_for!(channel::ChatTarget).to_value());
    insert(components, "Quality", "", schemars::schema_for!(report::Quality).to_value());
}

fn insert(components: &mut Map<String, Value>, name: &str, prefix: &str, mut schema: Value) {
    let parts = schema.as_object_mut().and_then(|s| s.remove("$defs")).unwrap_or_default();
    for word in ["$schema", "title"] {
        schema.as_object_mut().and_then(|s| s.remove(word));
    }
    for (name, part) in parts.as_object().cloned().unwrap_or_default() {
        // What the API describes itself is the same to the letter.
        components.entry(format!("{prefix}{name}")).or_insert_with(|| moved(part, prefix));
    }
    components.insert(name.into(), moved(schema, prefix));
}

/// The same schema with references that point into the components.
fn moved(schema: Value, prefix: &str) -> Value {
    match schema {
        // Readers of the description take a reference alone: what stands beside it is said by `allOf`.
        Value::Object(mut fields) if fields.contains_key("$ref") && fields.contains_key("properties") => {
            let reference = fields.remove("$ref").map(|place| json!({ "$ref": place }));
            json!({ "allOf": [moved(Value::Object(fields), prefix), moved(reference.unwrap_or_default(), prefix)] })
        }
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, value)| match (name.as_str(), value.as_str()) {
                    ("$ref", Some(place)) => {
                        let there = format!("#/components/schemas/{prefix}");
                        (name, Value::from(place.replace("#/$defs/", &there)))
                    }
                    _ => (name, moved(value, prefix)),
                })
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| moved(item, prefix)).collect()),
        other => other,
    }
}
