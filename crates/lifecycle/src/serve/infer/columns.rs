//! From tensors to the columns of a model: one tensor a column, or one matrix where all columns are numbers.

use super::tensor::{Elements, Kind, Tensor, TensorSpec};
use crate::rows::records::{Role, roles};
use crate::serve::ServeError;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::sync::Arc;
use vakhta_domain::spec::structure::nearest;
use vakhta_domain::spec::{Data, ModelSpec, SpecError, Task};
use vakhta_ml::records::{Column, Records, Values};

/// What metadata calls the matrix of all columns.
const MATRIX: &str = "predict";

/// The tensors that a model takes, as its metadata names them.
pub(super) fn taken(spec: &ModelSpec) -> Vec<TensorSpec> {
    let column =
        |name: &str, kind| TensorSpec { name: name.to_owned(), kind, shape: vec![None], columns: Vec::new() };
    if spec.task == Task::Forecast {
        let names = spec.data.series.iter().map(String::as_str).chain([time(&spec.data)]);
        return names.map(|name| column(name, Kind::Text)).collect();
    }
    if let Some(columns) = matrix(&spec.data) {
        let shape = vec![None, Some(columns.len())];
        return vec![TensorSpec { name: MATRIX.into(), kind: Kind::Float, shape, columns }];
    }
    let kind = |role| match role {
        Role::Words | Role::Date => Kind::Text,
        Role::Number => Kind::Float,
        Role::Flag => Kind::Flag,
    };
    roles(&spec.data).map(|(name, role)| column(name, kind(role))).collect()
}

fn time(data: &Data) -> &str {
    data.time.as_deref().unwrap_or("date")
}

/// The columns of a matrix in their order, where all are numbers.
fn matrix(data: &Data) -> Option<Vec<String>> {
    let numbers = roles(data).all(|(_, role)| matches!(role, Role::Number | Role::Flag));
    numbers.then(|| roles(data).map(|(name, _)| name.clone()).collect())
}

/// The number of rows, the same for all tensors.
pub(super) fn rows(inputs: &[Tensor]) -> Result<usize, ServeError> {
    let of = |tensor: &Tensor| tensor.shape.first().copied().unwrap_or(0);
    let rows = inputs.first().map_or(0, of);
    match inputs.iter().position(|tensor| of(tensor) != rows) {
        None => Ok(rows),
        Some(at) => Err(wrong(
            format!("/inputs/{at}/shape"),
            format!("{:?} has other rows than the {rows} of the first tensor", inputs[at].shape),
        )),
    }
}

fn wrong(pointer: impl Into<String>, text: impl Into<String>) -> ServeError {
    ServeError::BadInput(vec![SpecError::at(pointer, text)])
}

/// The columns of a model of records.
pub(super) fn records(data: &Data, inputs: Vec<Tensor>) -> Result<Records, ServeError> {
    let rows = rows(&inputs)?;
    if let (Some(columns), [tensor]) = (matrix(data), &inputs[..])
        && tensor.shape.len() == 2
        && !(columns.contains(&tensor.name) && tensor.shape[1] == 1)
    {
        let [tensor] = <[Tensor; 1]>::try_from(inputs).expect("it is one");
        return of_matrix(columns, tensor, rows);
    }
    let wanted: Vec<(&String, Role)> = roles(data).collect();
    let mut given = by_name(&wanted.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), &[], inputs)?;
    let columns = wanted.into_iter().map(|(name, role)| {
        let (at, elements) = given.remove(name.as_str()).expect("all are there");
        let values = values(role, elements)
            .map_err(|text| wrong(format!("/inputs/{at}"), format!("column `{name}`: {text}")))?;
        Ok(Column { name: name.clone(), values })
    });
    Ok(Records { rows, columns: columns.collect::<Result<_, ServeError>>()? })
}

fn of_matrix(columns: Vec<String>, tensor: Tensor, rows: usize) -> Result<Records, ServeError> {
    let width = columns.len();
    if tensor.shape[1] != width {
        return Err(wrong(
            "/inputs/0/shape",
            format!("{:?} does not fit, a row has {width} columns: {}", tensor.shape, columns.join(", ")),
        ));
    }
    let numbers = tensor.elements.into_numbers();
    let numbers =
        numbers.ok_or_else(|| wrong("/inputs/0/datatype", "the columns are numbers, texts came"))?;
    let column = |(at, name)| {
        let values = numbers.iter().skip(at).step_by(width.max(1)).copied().collect();
        Column { name, values: Values::Numbers(values) }
    };
    Ok(Records { rows, columns: columns.into_iter().enumerate().map(column).collect() })
}

type ByName = std::collections::HashMap<String, (usize, Elements)>;

/// Tensors by name, each one column: all of `needed` must be there, `optional` may be.
fn by_name(needed: &[&str], optional: &[&str], inputs: Vec<Tensor>) -> Result<ByName, ServeError> {
    let mut errors = Vec::new();
    let mut given = ByName::with_capacity(inputs.len());
    let known = || needed.iter().chain(optional).copied();
    for (at, tensor) in inputs.into_iter().enumerate() {
        if tensor.rows_of_a_column().is_none() {
            let text = format!("{:?} is not one column, [n] or [n, 1]", tensor.shape);
            errors.push(SpecError::at(format!("/inputs/{at}/shape"), text));
        } else if !known().any(|name| name == tensor.name) {
            let name: String = tensor.name.chars().take(100).collect();
            let text = match nearest(&name, known()) {
                Some(near) => format!("the model takes no `{name}`, did you mean `{near}`?"),
                None => {
                    format!("the model takes no `{name}`, it takes {}", brief(&known().collect::<Vec<_>>()))
                }
            };
            errors.push(SpecError::at(format!("/inputs/{at}/name"), text));
        } else if given.insert(tensor.name.clone(), (at, tensor.elements)).is_some() {
            errors
                .push(SpecError::at(format!("/inputs/{at}/name"), format!("`{}` comes twice", tensor.name)));
        }
    }
    let missing: Vec<&str> = needed.iter().filter(|name| !given.contains_key(**name)).copied().collect();
    if !missing.is_empty() && errors.is_empty() {
        errors.push(SpecError::at("/inputs", format!("missing: {}", brief(&missing))));
    }
    errors.truncate(20);
    if errors.is_empty() { Ok(given) } else { Err(ServeError::BadInput(errors)) }
}

/// Names for a message, not too many.
fn brief(names: &[&str]) -> String {
    let more = names.len().saturating_sub(20);
    let told = names[..names.len() - more].join(", ");
    if more == 0 { told } else { format!("{told} and {more} more") }
}

fn values(role: Role, elements: Elements) -> Result<Values, String> {
    match role {
        Role::Words => Ok(Values::Words(elements.into_words())),
        Role::Number | Role::Flag => {
            let numbers = elements.into_numbers().ok_or("it holds numbers, texts came")?;
            Ok(Values::Numbers(numbers))
        }
        Role::Date => {
            let Elements::Texts(texts) = elements else {
                return Err("it holds dates, send texts, YYYY-MM-DD".into());
            };
            let days = texts.iter().enumerate().map(|(row, text)| day(row, text.as_ref()));
            Ok(Values::Dates(days.collect::<Result<_, _>>()?))
        }
    }
}

fn day(row: usize, text: Option<&Arc<str>>) -> Result<Option<Date>, String> {
    let Some(text) = text.map(|text| text.trim()).filter(|text| !text.is_empty()) else { return Ok(None) };
    let day = text.get(..10).unwrap_or(text).parse();
    let found = || text.chars().take(40).collect::<String>();
    day.map(Some).map_err(|_| format!("`{}` in row {row} is not a date, write YYYY-MM-DD", found()))
}

/// Each record as a JSON object, for the log.
pub(super) fn as_json(records: &Records) -> Vec<String> {
    let cell = |values: &Values, row: usize| match values {
        Values::Words(words) => words[row].as_deref().map_or(Value::Null, Value::from),
        Values::Numbers(numbers) => Value::from(numbers[row]),
        Values::Dates(days) => days[row].map_or(Value::Null, |day| Value::from(day.to_string())),
    };
    let object = |row| {
        let cells = records.columns.iter().map(|column| (column.name.clone(), cell(&column.values, row)));
        Value::Object(cells.collect()).to_string()
    };
    (0..records.rows).map(object).collect()
}

/// The records of a forecast: series, time, and what is known of the future.
pub(super) fn objects(data: &Data, inputs: Vec<Tensor>) -> Result<Vec<Map<String, Value>>, ServeError> {
    let rows = rows(&inputs)?;
    let needed: Vec<&str> = data.series.iter().map(String::as_str).chain([time(data)]).collect();
    let optional: Vec<&str> = data.known_future.iter().map(String::as_str).collect();
    let mut objects = vec![Map::new(); rows];
    for (name, (at, elements)) in by_name(&needed, &optional, inputs)? {
        let cells: Vec<Value> = if optional.contains(&name.as_str()) {
            let numbers = elements.into_numbers();
            let numbers = numbers.ok_or_else(|| {
                wrong(format!("/inputs/{at}/datatype"), format!("column `{name}` holds numbers, texts came"))
            })?;
            numbers.into_iter().map(Value::from).collect()
        } else {
            let words = elements.into_words().into_iter();
            words.map(|word| word.as_deref().map_or(Value::Null, Value::from)).collect()
        };
        for (object, cell) in objects.iter_mut().zip(cells) {
            object.insert(name.clone(), cell);
        }
    }
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use vakhta_domain::spec::parse_yaml;

    fn spec(data: &str) -> ModelSpec {
        let text = format!("{{model_key: m, task: classification, data: {{dataset: d, target: y, {data}}}}}");
        parse_yaml(&text).expect("a spec").remove(0)
    }

    fn tensor(name: &str, shape: &[usize], elements: Elements) -> Tensor {
        Tensor { name: name.into(), shape: shape.to_vec(), elements }
    }

    fn floats(values: &[f64]) -> Elements {
        Elements::Floats(values.to_vec())
    }

    fn texts(values: &[&str]) -> Elements {
        Elements::Texts(values.iter().map(|&value| Some(value.into())).collect())
    }

    fn numbers(records: &Records, column: usize) -> Vec<f64> {
        let Values::Numbers(numbers) = &records.columns[column].values else { panic!("numbers") };
        numbers.clone()
    }

    fn complaint(result: Result<Records, ServeError>) -> String {
        let Err(ServeError::BadInput(errors)) = result else { panic!("it must be refused") };
        errors.iter().map(|e| format!("{}: {}", e.pointer, e.message)).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn numbers_come_as_a_matrix_or_column_by_column() {
        let spec = spec("numeric: [a, b]");
        assert_eq!(taken(&spec)[0].shape, [None, Some(2)]);
        let matrix = tensor("any", &[2, 2], floats(&[1.0, 2.0, 3.0, 4.0]));
        let columns = vec![
            tensor("b", &[2, 1], Elements::Integers(vec![2, 4])),
            tensor("a", &[2], floats(&[1.0, 3.0])),
        ];
        for inputs in [vec![matrix], columns] {
            let records = records(&spec.data, inputs).expect("right");
            assert_eq!((numbers(&records, 0), numbers(&records, 1)), (vec![1.0, 3.0], vec![2.0, 4.0]));
        }
        let narrow = vec![tensor("any", &[1, 3], floats(&[1.0; 3]))];
        assert!(complaint(records(&spec.data, narrow)).contains("2 columns: a, b"));
        assert!(
            complaint(records(&spec.data, vec![tensor("a", &[1], floats(&[1.0]))])).contains("missing: b")
        );
        let words = vec![tensor("any", &[1, 2], texts(&["1", "2"]))];
        assert!(complaint(records(&spec.data, words)).contains("numbers"));
    }

    #[test]
    fn columns_come_by_name_and_role() {
        let spec = spec("text: [name], numeric: [price], boolean: [fresh], date: [since]");
        let kinds: Vec<Kind> = taken(&spec).into_iter().map(|taken| taken.kind).collect();
        assert_eq!(kinds, [Kind::Text, Kind::Float, Kind::Flag, Kind::Text]);
        let right = |price, since| {
            vec![
                tensor("since", &[1], texts(&[since])),
                tensor("fresh", &[1], Elements::Flags(vec![true])),
                tensor("price", &[1], price),
                tensor("name", &[1], Elements::Integers(vec![7])),
            ]
        };
        let found = records(&spec.data, right(floats(&[f64::NAN]), "2026-01-05T10:00")).expect("right");
        assert_eq!(found.columns.len(), 4);
        let logged: Value = serde_json::from_str(&as_json(&found)[0]).expect("JSON");
        assert_eq!(logged, json!({"fresh": 1.0, "name": "7", "price": null, "since": "2026-01-05"}));
        for (inputs, words) in [
            (right(texts(&["dear"]), ""), "/inputs/2: column `price`"),
            (right(floats(&[1.0]), "soon"), "YYYY-MM-DD"),
            (vec![tensor("nmae", &[1], texts(&["a"]))], "did you mean `name`?"),
            (vec![tensor("name", &[1, 2], texts(&["a", "b"]))], "not one column"),
            (vec![tensor("name", &[1], texts(&["a"])), tensor("name", &[1], texts(&["a"]))], "comes twice"),
            (
                vec![tensor("name", &[1], texts(&["a"])), tensor("price", &[2], floats(&[1.0; 2]))],
                "other rows",
            ),
        ] {
            let said = complaint(records(&spec.data, inputs));
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn a_forecast_takes_series_time_and_future() {
        let text = "{model_key: m, task: forecast, data: {dataset: d, target: y, time: day, series: [shop], \
                    known_future: [promo]}}";
        let spec = parse_yaml(text).expect("a spec").remove(0);
        let names: Vec<String> = taken(&spec).into_iter().map(|taken| taken.name).collect();
        assert_eq!(names, ["shop", "day"]);
        let inputs = vec![
            tensor("shop", &[1], texts(&["north"])),
            tensor("day", &[1], texts(&["2026-01-05"])),
            tensor("promo", &[1], Elements::Flags(vec![true])),
        ];
        let found = objects(&spec.data, inputs).expect("right");
        let found = Value::from(found[0].clone());
        assert_eq!(found, json!({"day": "2026-01-05", "promo": 1.0, "shop": "north"}));
    }
}
