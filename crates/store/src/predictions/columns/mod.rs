//! A sealed segment as Parquet: one row group for each model of a workspace, in the order in which its predictions were
//! logged, so that one model is read without the others and a column without the others. Any reader of Parquet can open
//! it. What columns cannot give back to the letter stays beside them as JSON.

mod read;
mod write;

pub(super) use read::{flat, predictions};
pub(super) use write::pack;

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use std::sync::{Arc, LazyLock};
use vakhta_domain::ports::StoreError;

/// Where the file says which rows are whose: a list of workspace, model and records.
const PARTS: &str = "vakhta.parts";

/// Whether an object is such a file, and not lines of JSON, as sealed segments were before.
pub(super) fn are(object: &[u8]) -> bool {
    object.starts_with(b"PAR1")
}

fn unreadable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what: "segment of the prediction log", reason: error.to_string() }
}

/// Texts, each distinct one kept once.
fn words() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

static INTERVAL: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![
        Field::new("level", DataType::UInt8, false),
        Field::new("lo", DataType::Float64, false),
        Field::new("hi", DataType::Float64, false),
    ])
});

fn interval() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Struct(INTERVAL.clone()), false))
}

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let moment = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("workspace", words(), false),
        Field::new("model", words(), false),
        Field::new("version", words(), false),
        Field::new("request", words(), false),
        Field::new("at", moment, false),
        // The key; where it ends in a day, what stands before that.
        Field::new("place", words(), false),
        Field::new("day", DataType::Date32, true),
        // NaN where the answer was no finite number.
        Field::new("value", DataType::Float64, false),
        Field::new("step", DataType::UInt32, true),
        Field::new("intervals", DataType::List(interval()), false),
        Field::new("label", words(), true),
        Field::new("probabilities", DataType::Utf8, true),
        Field::new("arm", words(), true),
        Field::new("latency_us", DataType::UInt32, false),
        Field::new("input", DataType::Utf8, false),
        // Only where the columns above do not give it back; they are empty then.
        Field::new("output", DataType::Utf8, true),
    ]))
});

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use vakhta_domain::ids::{ModelKey, VersionId, WorkspaceId};
    use vakhta_domain::prediction::{FlatPredictions, LoggedPrediction};

    fn logged(n: i64, model: &str, key: &str, value: f64, output: &str) -> LoggedPrediction {
        LoggedPrediction {
            workspace: WorkspaceId::new(if n % 5 == 4 { "other" } else { "w" }),
            request: format!("req_{}", n / 3),
            model: ModelKey::new(model),
            version: VersionId::new(format!("v_{}", n % 2)),
            at: jiff::Timestamp::from_microsecond(1_700_000_000_000_000 + n).expect("a moment"),
            key: key.into(),
            input: if n % 2 == 0 { String::new() } else { format!("{{\"n\":{n}}}") },
            value,
            output: output.into(),
            latency_us: n as u32,
        }
    }

    fn some() -> Vec<LoggedPrediction> {
        let outputs = [
            r#"{"step":3,"intervals":[{"level":80,"lo":-1.5,"hi":2.0},{"level":95,"lo":-3.0,"hi":0.1}]}"#,
            r#"{"step":null,"intervals":[]}"#,
            r#"{"step":28,"intervals":[],"arm":"shadow"}"#,
            r#"{"label":"чай","probabilities":[{"label":"чай","probability":0.75}]}"#,
            // In another order, of another program, and no JSON: kept to the letter.
            r#"{"arm":"challenger","intervals":[],"step":1}"#,
            r#"{ "step": 4 }"#,
            "[1]",
            "",
        ];
        let keys = ["a|b|2026-03-08", "", "7", "север|2026-12-31", "x|20260308", "|1969-07-20"];
        let values = [1.5, -0.0, f64::NAN, 1e300];
        let of = |n: usize| {
            let model = ["visits", "sales"][n % 3 / 2];
            logged(n as i64, model, keys[n % 6], values[n % 4], outputs[n % 8])
        };
        (0..96).map(of).collect()
    }

    fn whose(all: &[LoggedPrediction], workspace: &str, model: &str) -> Vec<LoggedPrediction> {
        let own = |p: &&LoggedPrediction| p.workspace.as_str() == workspace && p.model.as_str() == model;
        all.iter().filter(own).cloned().collect()
    }

    #[test]
    fn everything_comes_back_to_the_letter_and_in_order() {
        let all = some();
        let file = Bytes::from(pack(&all).expect("it is written"));
        assert!(are(&file) && !are(b"{}\n"));
        let mut count = 0;
        for (workspace, model) in [("w", "visits"), ("w", "sales"), ("other", "visits"), ("other", "sales")] {
            let (ours, wanted) = (WorkspaceId::new(workspace), whose(&all, workspace, model));
            let read = predictions(&file, &ours, &ModelKey::new(model)).expect("it is read");
            // NaN is not equal to itself, so texts are compared too.
            assert_eq!(format!("{read:?}"), format!("{wanted:?}"));
            let mut laid = FlatPredictions::default();
            for logged in &wanted {
                laid.push(logged);
            }
            assert_eq!(flat(&file, &ours, &ModelKey::new(model)).expect("it is read"), laid);
            count += read.len();
        }
        assert_eq!(count, all.len());
        let nobody = predictions(&file, &WorkspaceId::new("w"), &ModelKey::new("none"));
        assert_eq!(nobody.expect("it is read"), []);
    }

    #[test]
    fn damaged_files_are_errors() {
        let mut file = pack(&some()).expect("it is written");
        for cut in [4, file.len() / 2, file.len() - 1] {
            let part = Bytes::from(file[..cut].to_vec());
            assert!(flat(&part, &WorkspaceId::new("w"), &ModelKey::new("visits")).is_err(), "{cut}");
        }
        let end = file.len() - 200;
        file[end..].fill(0);
        assert!(predictions(&file.into(), &WorkspaceId::new("w"), &ModelKey::new("visits")).is_err());
    }
}
