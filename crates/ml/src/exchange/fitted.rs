//! A fitted model of records as an ONNX file, with its pipeline and calibration, where ONNX can say them.

use super::{ExchangeError, Export, Scaling, Trained, unsupported};
use crate::evaluate::Calibration;
use crate::records::{Fitted, Kind, Learnt};

/// The file of a model whose columns are all numbers, or yes and no as 1 and 0. Refuses what ONNX cannot say:
/// texts, categories, dates, isotonic calibration.
pub fn write_onnx(name: &str, producer: &str, fitted: &Fitted) -> Result<Vec<u8>, ExchangeError> {
    let model = fitted.model();
    let mut columns = Vec::new();
    let mut scaling = Vec::new();
    let plain = model.pipeline.encoders.iter().all(|encoder| encoder.kind == Kind::Plain);
    for encoder in &model.pipeline.encoders {
        let what = match &encoder.kind {
            Kind::Number(scale) | Kind::Flag(scale) => {
                columns.push(encoder.name.as_str());
                scaling.push(Scaling { center: scale.center, spread: scale.spread, flag: scale.missing });
                continue;
            }
            Kind::Plain if plain => {
                columns.push(encoder.name.as_str());
                continue;
            }
            Kind::Plain => "numbers as they are beside scaled ones",
            Kind::Text(_) => "texts",
            Kind::Category(_) => "categories",
            Kind::Date { .. } => "dates",
        };
        return unsupported(format!(
            "column `{}` holds {what}; ONNX files are written of models of numbers only",
            encoder.name
        ));
    }
    let temperature = match fitted.calibration() {
        Calibration::None => 1.0,
        Calibration::Temperature { exponent } => exponent.recip(),
        Calibration::Isotonic { .. } => {
            return unsupported("isotonic calibration, which ONNX has no operator for");
        }
    };
    let labels: Vec<&str> = fitted.classes().iter().map(|label| &**label).collect();
    let weights: Vec<f32>;
    let engine = match &model.learnt {
        Learnt::Linear(linear) => {
            weights = (0..linear.features()).flat_map(|at| linear.weights_of(at)).copied().collect();
            Trained::Linear { weights: &weights, bias: linear.bias() }
        }
        Learnt::Mlp(net) => Trained::Net(net),
        Learnt::Trees(forest) => Trained::Trees(&forest.ensemble),
        Learnt::Prior(_) => return unsupported("a model that gives every record the same answer"),
    };
    let unit = (model.unit.center, model.unit.spread);
    let unit = (labels.is_empty() && unit != (0.0, 1.0)).then_some(unit);
    let scaling = (!plain).then_some(&scaling[..]);
    let export =
        Export { name, producer, columns: &columns, scaling, engine, temperature, unit, labels: &labels };
    export.to_bytes()
}
