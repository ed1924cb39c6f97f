//! Rows of a model of records: from a stored table to learn from, from JSON objects to answer.

use super::take;
use bytes::Bytes;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::sync::Arc;
use vakhta_domain::spec::{Data, ModelSpec, Task};
use vakhta_ml::records::{Column, Records, Target, Values};
use vakhta_tables::{ReadError, Table, Values as Stored};

/// Records to learn from.
pub struct Learning {
    /// Their columns.
    pub records: Records,
    /// What they should be found to be.
    pub target: Target,
    /// How much each counts; none: all alike.
    pub weights: Option<Vec<f64>>,
}

/// What a column of records holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Texts or categories.
    Words,
    /// Numbers.
    Number,
    /// Yes or no.
    Flag,
    /// Dates.
    Date,
}

/// The columns that a spec learns from, with their roles.
pub fn roles(data: &Data) -> impl Iterator<Item = (&String, Role)> {
    let words = data.text.iter().chain(&data.categorical).map(|name| (name, Role::Words));
    let numbers = data.numeric.iter().map(|name| (name, Role::Number));
    let flags = data.boolean.iter().map(|name| (name, Role::Flag));
    words.chain(numbers).chain(flags).chain(data.date.iter().map(|name| (name, Role::Date)))
}

/// Reads the columns that a spec names.
pub fn read(parquet: Bytes, spec: &ModelSpec) -> Result<Learning, ReadError> {
    let data = &spec.data;
    let mut names = inputs(data);
    names.push(&data.target);
    names.extend(data.weight.as_deref());
    let mut table = vakhta_tables::columns(parquet, &names)?;
    let records = of_table(&mut table, data)?;
    let target = take(&mut table, &data.target);
    let target = match spec.task {
        Task::Regression => Target::Numbers(target.into_floats(&data.target)?),
        _ => Target::Classes(target.into_texts().to_rows()),
    };
    let weights = match &data.weight {
        Some(name) => Some(take(&mut table, name).into_floats(name)?),
        None => None,
    };
    Ok(Learning { records, target, weights })
}

/// The names of those columns.
pub fn inputs(data: &Data) -> Vec<&str> {
    roles(data).map(|(name, _)| name.as_str()).collect()
}

/// Takes the records out of a table that holds the columns of [`inputs`].
pub fn of_table(table: &mut Table, data: &Data) -> Result<Records, ReadError> {
    let rows = table.rows();
    let columns = roles(data)
        .map(|(name, role)| {
            let values = match (role, take(table, name)) {
                (Role::Words, values) => Values::Words(values.into_texts().to_rows()),
                (Role::Flag, Stored::Booleans(values)) => {
                    Values::Numbers(values.into_iter().map(|v| v.map_or(f64::NAN, yes_or_no)).collect())
                }
                (Role::Number | Role::Flag, values) => Values::Numbers(values.into_floats(name)?),
                (Role::Date, values) => Values::Dates(values.into_dates(name)?),
            };
            Ok(Column { name: name.clone(), values })
        })
        .collect::<Result<_, ReadError>>()?;
    Ok(Records { rows, columns })
}

fn yes_or_no(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

/// Records of a request. A column that a record does not name is missing there; a value of a wrong kind is an
/// error of its record.
pub fn asked(data: &Data, objects: &[Map<String, Value>]) -> (Records, Vec<Option<String>>) {
    let mut errors: Vec<Option<String>> = vec![None; objects.len()];
    let mut columns = Vec::new();
    for (name, role) in roles(data) {
        let cells = || objects.iter().map(|object| object.get(name).unwrap_or(&Value::Null));
        let mut wrong = |row: usize, cell: &Value, wanted: &str| {
            let found: String = cell.to_string().chars().take(60).collect();
            errors[row].get_or_insert_with(|| format!("column `{name}`: {found} is not {wanted}"));
        };
        let values = match role {
            Role::Words => Values::Words(
                cells()
                    .enumerate()
                    .map(|(row, cell)| word(cell, &mut |want| wrong(row, cell, want)))
                    .collect(),
            ),
            Role::Number | Role::Flag => Values::Numbers(
                cells()
                    .enumerate()
                    .map(|(row, cell)| number(cell, &mut |want| wrong(row, cell, want)))
                    .collect(),
            ),
            Role::Date => Values::Dates(
                cells()
                    .enumerate()
                    .map(|(row, cell)| day(cell, &mut |want| wrong(row, cell, want)))
                    .collect(),
            ),
        };
        columns.push(Column { name: name.clone(), values });
    }
    (Records { rows: objects.len(), columns }, errors)
}

/// The true answers that come with records; a record without one has none.
pub fn truths(spec: &ModelSpec, objects: &[Map<String, Value>]) -> (Target, Vec<Option<String>>) {
    let name = &spec.data.target;
    let mut errors: Vec<Option<String>> = vec![None; objects.len()];
    let cells: Vec<&Value> = objects.iter().map(|object| object.get(name).unwrap_or(&Value::Null)).collect();
    let mut wrong = |row: usize, wanted: &str| {
        errors[row] = Some(format!("column `{name}`: {} is not {wanted}", cells[row]));
    };
    let target = if spec.task == Task::Classification {
        let labels = cells.iter().enumerate();
        Target::Classes(labels.map(|(row, cell)| word(cell, &mut |want| wrong(row, want))).collect())
    } else {
        let numbers = cells.iter().enumerate();
        Target::Numbers(numbers.map(|(row, cell)| number(cell, &mut |want| wrong(row, want))).collect())
    };
    (target, errors)
}

fn word(cell: &Value, wrong: &mut dyn FnMut(&str)) -> Option<Arc<str>> {
    match cell {
        Value::Null => None,
        Value::String(text) => Some(Arc::from(text.as_str())),
        Value::Number(number) => Some(Arc::from(number.to_string())),
        Value::Bool(yes) => Some(Arc::from(if *yes { "true" } else { "false" })),
        Value::Array(_) | Value::Object(_) => {
            wrong("a text");
            None
        }
    }
}

fn number(cell: &Value, wrong: &mut dyn FnMut(&str)) -> f64 {
    let parsed = match cell {
        Value::Null => return f64::NAN,
        Value::Bool(yes) => Some(yes_or_no(*yes)),
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.trim().is_empty() => return f64::NAN,
        Value::String(text) => text.trim().replace(',', ".").parse().ok().filter(|v: &f64| v.is_finite()),
        _ => None,
    };
    parsed.unwrap_or_else(|| {
        wrong("a number");
        f64::NAN
    })
}

fn day(cell: &Value, wrong: &mut dyn FnMut(&str)) -> Option<Date> {
    let text = match cell {
        Value::Null => return None,
        Value::String(text) if text.trim().is_empty() => return None,
        Value::String(text) => text.trim(),
        _ => {
            wrong("a date, write YYYY-MM-DD");
            return None;
        }
    };
    let parsed = text.get(..10).unwrap_or(text).parse().ok();
    if parsed.is_none() {
        wrong("a date, write YYYY-MM-DD");
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec() -> ModelSpec {
        let text = "{model_key: m, task: classification, data: {dataset: d, target: label, text: [name], \
                    numeric: [price], boolean: [new], date: [since]}}";
        vakhta_domain::spec::parse_yaml(text).expect("a spec").remove(0)
    }

    fn objects(values: Value) -> Vec<Map<String, Value>> {
        serde_json::from_value(values).expect("objects")
    }

    #[test]
    fn what_a_record_does_not_say_is_missing() {
        let given = objects(json!([
            {"name": "Молоко 3,2%", "price": "89,90", "new": true, "since": "2026-01-05T10:00:00Z"},
            {"name": 42, "price": null},
            {}
        ]));
        let (records, errors) = asked(&spec().data, &given);
        assert_eq!((records.rows, records.columns.len()), (3, 4));
        assert!(errors.iter().all(Option::is_none));
        let Values::Words(names) = &records.columns[0].values else { panic!("words") };
        assert_eq!(names[1].as_deref(), Some("42"));
        assert_eq!(names[2], None);
        let Values::Numbers(prices) = &records.columns[1].values else { panic!("numbers") };
        assert_eq!(prices[0], 89.9);
        assert!(prices[1].is_nan() && prices[2].is_nan());
        let Values::Dates(days) = &records.columns[3].values else { panic!("dates") };
        assert_eq!(days[0], Some(jiff::civil::date(2026, 1, 5)));
    }

    #[test]
    fn a_wrong_value_is_the_error_of_its_record() {
        let given = objects(json!([{"price": "dear"}, {"price": 1}, {"name": ["a"]}, {"since": "soon"}]));
        let (_, errors) = asked(&spec().data, &given);
        assert_eq!(errors[0].as_deref(), Some("column `price`: \"dear\" is not a number"));
        assert_eq!(errors[1], None);
        assert!(errors[2].as_deref().is_some_and(|e| e.contains("`name`")));
        assert!(errors[3].as_deref().is_some_and(|e| e.contains("YYYY-MM-DD")));
    }
}
