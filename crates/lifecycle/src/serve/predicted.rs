//! Predictions of records as a file: one row a record.

use super::ServeError;
use super::answer::{PredictAnswer, Prediction};
use super::export::bytes;
use vakhta_tables::{ExportFormat, Table, Values};

/// Writes predictions in a format: `index`, then `value` with `lo80`, `hi80` … or `label`, `confidence`,
/// `needs_person` and the classes as `label_1`, `probability_1` …, and `error` where a record has no prediction.
pub async fn export_predictions(answer: &PredictAnswer, format: ExportFormat) -> Result<Vec<u8>, ServeError> {
    bytes(table(answer), answer.version.clone(), format).await
}

/// Predictions as columns. A column that no record fills is left out.
fn table(answer: &PredictAnswer) -> Table {
    let all = &answer.predictions;
    let index = |p: &Prediction| match p {
        Prediction::Value { index, .. }
        | Prediction::Class { index, .. }
        | Prediction::Error { index, .. } => *index as i64,
    };
    let mut columns =
        vec![("index".to_owned(), Values::Integers(all.iter().map(|p| Some(index(p))).collect()))];
    if all.iter().any(|p| matches!(p, Prediction::Value { .. })) {
        values(all, &mut columns);
    }
    if all.iter().any(|p| matches!(p, Prediction::Class { .. })) {
        classes(all, &mut columns);
    }
    let error = |p: &Prediction| match p {
        Prediction::Error { error, .. } => Some(error.clone()),
        _ => None,
    };
    if all.iter().any(|p| error(p).is_some()) {
        columns.push(("error".into(), texts(all, error)));
    }
    Table { columns }
}

fn texts(all: &[Prediction], text: impl Fn(&Prediction) -> Option<String>) -> Values {
    let texts: Vec<Option<String>> = all.iter().map(text).collect();
    Values::Texts(texts.iter().map(Option::as_deref).collect())
}

fn values(all: &[Prediction], columns: &mut Vec<(String, Values)>) {
    let value = |p: &Prediction| match p {
        Prediction::Value { value, .. } => *value,
        _ => f64::NAN,
    };
    columns.push(("value".into(), Values::Floats(all.iter().map(value).collect())));
    let levels = all.iter().find_map(|p| match p {
        Prediction::Value { intervals, .. } => Some(intervals.iter().map(|i| i.level).collect::<Vec<_>>()),
        _ => None,
    });
    for level in levels.unwrap_or_default() {
        let bound = |pick: fn(&vakhta_domain::report::Interval) -> f64| {
            let of = |p: &Prediction| match p {
                Prediction::Value { intervals, .. } => {
                    intervals.iter().find(|i| i.level == level).map_or(f64::NAN, pick)
                }
                _ => f64::NAN,
            };
            Values::Floats(all.iter().map(of).collect())
        };
        columns.push((format!("lo{level}"), bound(|interval| interval.lo)));
        columns.push((format!("hi{level}"), bound(|interval| interval.hi)));
    }
}

fn classes(all: &[Prediction], columns: &mut Vec<(String, Values)>) {
    let label = |p: &Prediction| match p {
        Prediction::Class { label, .. } => Some(label.clone()),
        _ => None,
    };
    let confidence = |p: &Prediction| match p {
        Prediction::Class { confidence, .. } => *confidence,
        _ => f64::NAN,
    };
    let needs_person = |p: &Prediction| match p {
        Prediction::Class { needs_person, .. } => Some(*needs_person),
        _ => None,
    };
    columns.push(("label".into(), texts(all, label)));
    columns.push(("confidence".into(), Values::Floats(all.iter().map(confidence).collect())));
    columns.push(("needs_person".into(), Values::Booleans(all.iter().map(needs_person).collect())));
    let most = all.iter().map(|p| match p {
        Prediction::Class { probabilities, .. } => probabilities.len(),
        _ => 0,
    });
    for place in 0..most.max().unwrap_or(0) {
        let class = |p: &Prediction| match p {
            Prediction::Class { probabilities, .. } => {
                probabilities.get(place).map(|class| (class.label.clone(), class.probability))
            }
            _ => None,
        };
        columns.push((format!("label_{}", place + 1), texts(all, |p| class(p).map(|(label, _)| label))));
        let probability = all.iter().map(|p| class(p).map_or(f64::NAN, |(_, probability)| probability));
        columns.push((format!("probability_{}", place + 1), Values::Floats(probability.collect())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vakhta_domain::ids::{ModelKey, VersionId};
    use vakhta_domain::prediction::Probability;

    fn answer(predictions: Vec<Prediction>) -> PredictAnswer {
        let (model_key, version) = (ModelKey::new("m"), VersionId::new("v"));
        PredictAnswer { model_key, version, arm: None, request_id: "r".into(), predictions }
    }

    async fn written(predictions: Vec<Prediction>, format: ExportFormat) -> String {
        let bytes = export_predictions(&answer(predictions), format).await.expect("it can be written");
        String::from_utf8(bytes).expect("text")
    }

    #[tokio::test]
    async fn classes_values_and_errors_have_their_columns() {
        let probabilities = vec![
            Probability { label: "=1+1".into(), probability: 0.75 },
            Probability { label: "б".into(), probability: 0.25 },
        ];
        let class = Prediction::Class {
            index: 0,
            label: "=1+1".into(),
            confidence: 0.75,
            needs_person: false,
            probabilities,
            explanation: None,
        };
        let error = Prediction::Error { index: 1, error: "no date".into() };
        let csv = written(vec![class, error.clone()], ExportFormat::Csv).await;
        assert_eq!(
            csv,
            "index,label,confidence,needs_person,label_1,probability_1,label_2,probability_2,error\r\n\
             0,'=1+1,0.75,false,'=1+1,0.75,б,0.25,\r\n1,,,,,,,,no date\r\n"
        );
        let interval = vakhta_domain::report::Interval { level: 80, lo: 1.0, hi: 3.5 };
        let value = Prediction::Value {
            index: 0,
            value: 2.5,
            step: None,
            intervals: vec![interval],
            explanation: None,
        };
        let lines = written(vec![value, error], ExportFormat::Jsonl).await;
        let first: serde_json::Value =
            serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
        assert_eq!(
            first,
            serde_json::json!({"index": 0, "value": 2.5, "lo80": 1.0, "hi80": 3.5, "error": null})
        );
    }
}
