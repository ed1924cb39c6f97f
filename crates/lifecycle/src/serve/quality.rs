//! How right a version is on labelled records that a caller brings.

use super::answer::{Measured, Prediction, QualityAnswer};
use super::loaded::Loaded;
use super::predict::{compute, refuse_too_many};
use super::{PredictRequest, ServeError, choose};
use crate::Lifecycle;
use crate::learnt::Learnt;
use crate::rows;
use std::sync::Arc;
use vakhta_domain::spec::SpecError;
use vakhta_domain::user::Actor;
use vakhta_ml::evaluate::Tally;
use vakhta_ml::records::{Fitted, Target};

/// Measures a version on labelled records: what the columns of its spec hold, and the target. Nothing is logged:
/// these are no predictions that anybody acted on.
pub async fn quality(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    request: PredictRequest,
) -> Result<QualityAnswer, ServeError> {
    refuse_too_many(&request)?;
    let loaded = choose(app, &actor.workspace, &request.model, request.version.as_deref()).await?;
    let computed = tokio::task::spawn_blocking({
        let loaded = loaded.clone();
        move || match &loaded.learnt {
            Learnt::Forecast(_) => of_forecast(&loaded, &request),
            Learnt::Records(fitted) => of_records(&loaded, fitted, &request),
        }
    });
    let (quality, errors) = computed.await.map_err(|panic| loaded.unusable(&panic))??;
    Ok(QualityAnswer {
        model_key: loaded.version.model.clone(),
        version: loaded.version.id.clone(),
        quality,
        errors,
    })
}

type Found = (Measured, Vec<(usize, String)>);

fn nothing_left(target: &str, errors: &[(usize, String)]) -> ServeError {
    let first = errors.first().map(|(at, error)| format!("; record {at}: {error}")).unwrap_or_default();
    let message = format!("no record can be scored: each needs the target `{target}`{first}");
    ServeError::BadInput(vec![SpecError::at("/data", message)])
}

fn of_records(loaded: &Loaded, fitted: &Fitted, request: &PredictRequest) -> Result<Found, ServeError> {
    let spec = &loaded.version.spec;
    let (_, wrong) = rows::records::asked(&spec.data, &request.data);
    let (truths, unknown) = rows::records::truths(spec, &request.data);
    let is_missing = |row: usize| match &truths {
        Target::Classes(labels) => labels[row].is_none(),
        Target::Numbers(numbers) => numbers[row].is_nan(),
    };
    let mut errors = Vec::new();
    let mut kept = Vec::new();
    for (row, (wrong, unknown)) in wrong.into_iter().zip(unknown).enumerate() {
        match wrong.or(unknown) {
            Some(error) => errors.push((row, error)),
            None if is_missing(row) => {
                errors.push((row, format!("column `{}`, the target, is missing", spec.data.target)));
            }
            None => kept.push(request.data[row].clone()),
        }
    }
    if kept.is_empty() {
        return Err(nothing_left(&spec.data.target, &errors));
    }
    let (records, _) = rows::records::asked(&spec.data, &kept);
    let (truths, _) = rows::records::truths(spec, &kept);
    Ok((Measured::Records(fitted.quality(&records, &truths)), errors))
}

/// Of a forecast each record names series, period and target; it is scored where the version forecasts that period.
fn of_forecast(loaded: &Loaded, request: &PredictRequest) -> Result<Found, ServeError> {
    let target = &loaded.version.spec.data.target;
    let (truths, _) = rows::records::truths(&loaded.version.spec, &request.data);
    let Target::Numbers(actuals) = truths else { return Err(nothing_left(target, &[])) };
    let mut tally = Tally::default();
    let mut errors = Vec::new();
    for prediction in compute(loaded, request)?.predictions {
        match prediction {
            Prediction::Value { index, value, .. } if actuals[index].is_finite() => {
                tally.add(0, actuals[index], value, None);
            }
            Prediction::Error { index, error } => errors.push((index, error)),
            Prediction::Value { index, .. } | Prediction::Class { index, .. } => {
                errors.push((index, format!("column `{target}`, the target, is missing or no number")));
            }
        }
    }
    let measured = tally.metrics();
    if measured.n == 0 {
        Err(nothing_left(target, &errors))
    } else {
        Ok((Measured::Forecast(measured), errors))
    }
}
