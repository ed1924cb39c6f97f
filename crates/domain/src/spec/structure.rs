//! Compares a document with a JSON Schema and names every field that does not fit.
//!
//! Knows just the part of JSON Schema that schemars writes for plain structs and enums.

use super::parse::SpecError;
use serde_json::{Map, Value};

/// Every structural error of `document` against `schema`, in the document's order.
pub fn compare(document: &Value, schema: &Value) -> Vec<SpecError> {
    let mut errors = Vec::new();
    Comparison { root: schema }.value(document, schema, "", &mut errors);
    errors
}

struct Comparison<'a> {
    root: &'a Value,
}

impl<'a> Comparison<'a> {
    /// Follows `$ref`s.
    fn resolve(&self, mut schema: &'a Value) -> &'a Value {
        while let Some(place) = schema.get("$ref").and_then(Value::as_str) {
            match self.root.pointer(place.trim_start_matches('#')) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    fn value(&self, value: &Value, schema: &'a Value, pointer: &str, errors: &mut Vec<SpecError>) {
        let schema = self.resolve(schema);
        if let Some(words) = self.words(schema) {
            let known = value.as_str().is_some_and(|text| words.contains(&text));
            if !known {
                errors.push(SpecError::at(pointer, unknown_word(value, &words)));
            }
            return;
        }
        if let Some(Value::Array(choices)) = schema.get("anyOf").or_else(|| schema.get("oneOf")) {
            self.any_of(value, choices, pointer, errors);
            return;
        }
        if !type_fits(value, schema) {
            errors
                .push(SpecError::at(pointer, format!("expected {}, found {}", wanted(schema), shown(value))));
            return;
        }
        match value {
            Value::Object(fields) => self.object(fields, schema, pointer, errors),
            Value::Array(items) => {
                if let Some(item_schema) = schema.get("items") {
                    for (i, item) in items.iter().enumerate() {
                        self.value(item, item_schema, &format!("{pointer}/{i}"), errors);
                    }
                }
            }
            Value::Number(number) => {
                let low = schema.get("minimum").and_then(Value::as_f64);
                let high = schema.get("maximum").and_then(Value::as_f64);
                let x = number.as_f64().unwrap_or(f64::NAN);
                if low.is_some_and(|low| x < low) || high.is_some_and(|high| x > high) {
                    errors.push(SpecError::at(pointer, format!("{number} is out of range")));
                }
            }
            _ => {}
        }
    }

    fn object(
        &self,
        fields: &Map<String, Value>,
        schema: &'a Value,
        pointer: &str,
        errors: &mut Vec<SpecError>,
    ) {
        if let Some(of_values) = open_map(schema) {
            for (name, value) in fields {
                let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                self.value(value, of_values, &place, errors);
            }
            return;
        }
        let empty = Map::new();
        let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        for (name, value) in fields {
            let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            match schema.get("properties").and_then(|p| p.get(name)) {
                Some(field_schema) => self.value(value, field_schema, &place, errors),
                None => errors.push(SpecError::at(place, unknown_field(name, known.keys()))),
            }
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if let Some(name) = name.as_str().filter(|name| !fields.contains_key(*name)) {
                errors.push(SpecError::at(format!("{pointer}/{name}"), "missing"));
            }
        }
    }

    /// The first choice that fits settles it; else the errors of the choice of the same JSON type are the
    /// ones that help.
    fn any_of(&self, value: &Value, choices: &'a [Value], pointer: &str, errors: &mut Vec<SpecError>) {
        let mut closest: Option<Vec<SpecError>> = None;
        for choice in choices {
            let mut found = Vec::new();
            self.value(value, choice, pointer, &mut found);
            if found.is_empty() {
                return;
            }
            if type_fits(value, self.resolve(choice)) && closest.is_none() {
                closest = Some(found);
            }
        }
        errors.extend(closest.unwrap_or_else(|| {
            let wanted: Vec<String> = choices.iter().map(|c| wanted(self.resolve(c))).collect();
            vec![SpecError::at(pointer, format!("expected {}, found {}", wanted.join(" or "), shown(value)))]
        }));
    }

    /// The words of an enum of plain words.
    fn words(&self, schema: &'a Value) -> Option<Vec<&'a str>> {
        if let Some(Value::Array(words)) = schema.get("enum") {
            return words.iter().map(Value::as_str).collect();
        }
        let Some(Value::Array(choices)) = schema.get("oneOf") else { return None };
        choices.iter().map(|c| self.resolve(c)).map(|c| c.get("const").and_then(Value::as_str)).collect()
    }
}

/// The schema of the values of an object whose keys are free (records, texts by column).
fn open_map(schema: &Value) -> Option<&Value> {
    static ANYTHING: Value = Value::Bool(true);
    let of_values = schema.get("additionalProperties").unwrap_or(&ANYTHING);
    (schema.get("properties").is_none() && *of_values != Value::Bool(false)).then_some(of_values)
}

fn type_fits(value: &Value, schema: &Value) -> bool {
    let fits = |wanted: &str| match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        _ => true,
    };
    match schema.get("type") {
        Some(Value::String(wanted)) => fits(wanted),
        Some(Value::Array(wanted)) => wanted.iter().filter_map(Value::as_str).any(fits),
        // Enums of words and constants carry no type, or carry it in their choices.
        _ if schema.get("enum").is_some()
            || schema.get("const").is_some()
            || schema.get("oneOf").is_some() =>
        {
            value.is_string()
        }
        _ => true,
    }
}

fn wanted(schema: &Value) -> String {
    match schema.get("type") {
        Some(Value::String(name)) => article(name).into(),
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .filter(|n| *n != "null")
            .map(article)
            .collect::<Vec<_>>()
            .join(" or "),
        _ => "a word".into(),
    }
}

fn article(name: &str) -> &str {
    match name {
        "object" => "a group of fields",
        "array" => "a list",
        "string" => "a text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "null" => "nothing",
        other => other,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Object(_) => "a group of fields".into(),
        Value::Array(_) => "a list".into(),
        other => format!("`{}`", other.to_string().trim_matches('"').chars().take(60).collect::<String>()),
    }
}

fn unknown_word(value: &Value, words: &[&str]) -> String {
    let known = words.join(", ");
    let near = value.as_str().and_then(|text| nearest(text, words.iter().copied()));
    match near {
        Some(near) => format!("{} is not one of {known}; did you mean `{near}`?", shown(value)),
        None => format!("{} is not one of {known}", shown(value)),
    }
}

fn unknown_field<'a>(name: &str, known: impl Iterator<Item = &'a String> + Clone) -> String {
    match nearest(name, known.clone().map(String::as_str)) {
        Some(near) => format!("unknown field, did you mean `{near}`?"),
        None => format!("unknown field, known are {}", known.cloned().collect::<Vec<_>>().join(", ")),
    }
}

/// The known word closest to `text`, if close enough to be meant.
pub fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|word| (strsim::damerau_levenshtein(text, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.len().min(text.len()) / 4)
        .min()
        .map(|(_, word)| word)
}
