//! Whether a table has the columns that a spec names, of a kind that their role can bear.

use super::structure::nearest;
use super::{ModelSpec, SpecError};
use crate::dataset::{Column, ColumnKind};

/// Every column of `spec` that `columns` lacks or holds as the wrong kind.
pub fn check_columns(spec: &ModelSpec, columns: &[Column]) -> Vec<SpecError> {
    use ColumnKind::{Boolean, Date, Float, Integer, Timestamp};
    let data = &spec.data;
    let mut errors = Vec::new();
    let mut need = |pointer: String, name: &str, kinds: &[ColumnKind], wanted: &str| {
        let Some(column) = columns.iter().find(|c| c.name == name) else {
            errors.push(SpecError::at(pointer, absent(name, columns)));
            return;
        };
        if !kinds.is_empty() && !kinds.contains(&column.kind) {
            let found = format!("{:?}", column.kind).to_lowercase();
            errors.push(SpecError::at(
                pointer,
                format!("column `{name}` holds {found} values, {wanted} are needed"),
            ));
        } else if column.profile.count == 0 {
            errors.push(SpecError::at(pointer, format!("column `{name}` is empty")));
        }
    };
    if let Some(time) = &data.time {
        need("/data/time".into(), time, &[Date, Timestamp], "dates");
    }
    let target_kinds: &[ColumnKind] =
        if spec.task == super::Task::Classification { &[] } else { &[Integer, Float, Boolean] };
    need("/data/target".into(), &data.target, target_kinds, "numbers");
    for (i, name) in data.known_future.iter().enumerate() {
        need(format!("/data/known_future/{i}"), name, &[Integer, Float, Boolean], "numbers");
    }
    for (i, name) in data.numeric.iter().enumerate() {
        need(format!("/data/numeric/{i}"), name, &[Integer, Float, Boolean], "numbers");
    }
    for (i, name) in data.boolean.iter().enumerate() {
        need(format!("/data/boolean/{i}"), name, &[Boolean, Integer], "yes or no");
    }
    for (i, name) in data.date.iter().enumerate() {
        need(format!("/data/date/{i}"), name, &[Date, Timestamp], "dates");
    }
    for (i, names) in data.grouped.iter().enumerate() {
        for (j, name) in names.iter().enumerate() {
            need(format!("/data/grouped/{i}/{j}"), name, &[], "");
        }
    }
    if let Some(weight) = &data.weight {
        need("/data/weight".into(), weight, &[Integer, Float], "numbers");
    }
    for (role, names) in [
        ("series", &data.series),
        ("hierarchy", &data.hierarchy),
        ("static", &data.static_columns),
        ("text", &data.text),
        ("categorical", &data.categorical),
    ] {
        for (i, name) in names.iter().enumerate() {
            need(format!("/data/{role}/{i}"), name, &[], "");
        }
    }
    for (i, names) in data.grouped.iter().enumerate() {
        for (j, name) in names.iter().enumerate() {
            need(format!("/data/grouped/{i}/{j}"), name, &[], "");
        }
    }
    errors
}

fn absent(name: &str, columns: &[Column]) -> String {
    match nearest(name, columns.iter().map(|c| c.name.as_str())) {
        Some(near) => format!("the dataset has no column `{name}`, did you mean `{near}`?"),
        None => {
            let names: Vec<&str> = columns.iter().take(30).map(|c| c.name.as_str()).collect();
            format!("the dataset has no column `{name}`, it has {}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::ColumnProfile;

    fn column(name: &str, kind: ColumnKind, count: u64) -> Column {
        Column { name: name.into(), kind, profile: ColumnProfile { count, ..ColumnProfile::default() } }
    }

    #[test]
    fn names_and_kinds_are_compared() {
        let text = "model_key: m\ntask: forecast\ndata: {dataset: d, time: day, series: [brnch], target: y, known_future: [promo]}\n";
        let spec = super::super::parse_yaml(text).expect("a right spec").remove(0);
        let columns = [
            column("day", ColumnKind::Text, 3),
            column("branch", ColumnKind::Text, 3),
            column("y", ColumnKind::Float, 3),
            column("promo", ColumnKind::Integer, 0),
        ];
        let found: Vec<_> =
            check_columns(&spec, &columns).into_iter().map(|e| (e.pointer, e.message)).collect();
        assert_eq!(
            found,
            [
                ("/data/time".into(), "column `day` holds text values, dates are needed".into()),
                ("/data/known_future/0".into(), "column `promo` is empty".into()),
                (
                    "/data/series/0".into(),
                    "the dataset has no column `brnch`, did you mean `branch`?".to_string()
                ),
            ]
        );
    }
}
