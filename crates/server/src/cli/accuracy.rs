//! What a training found out, as a table: accuracy of a forecast by fold, quality of a model of records by class.

use crate::client::fields;
use crate::output::table::Grid;
use crate::output::{Out, QUIET, numbers, styled};
use serde_json::Value;

/// Classes shown; the rest is in `--json`.
const CLASSES: usize = 20;

/// The accuracy of a version as the API tells it; nothing where its training failed.
pub fn accuracy(version: &Value, out: Out) {
    if version["report"].is_object() {
        of_forecast(&version["report"], out);
    } else if version["records_report"].is_object() {
        of_records(&version["records_report"], out);
    }
}

/// The number that a list shows: of a forecast WAPE, of classes the accuracy, of numbers RMSE.
pub fn headline(metrics: &Value, quality: &Value) -> String {
    match quality["task"].as_str() {
        Some("classification") => format!("accuracy {}", fields::number(quality, "/accuracy", 3)),
        Some(_) => format!("RMSE {}", fields::number(quality, "/rmse", 3)),
        None if metrics.is_object() => format!("WAPE {}", fields::percent(metrics, "/wape")),
        None => "–".into(),
    }
}

/// Beside its baselines, fold by fold.
fn of_forecast(report: &Value, out: Out) {
    let mut grid = Grid::new(&["", ">WAPE", ">MAPE", ">MASE", ">seasonal naive", ">weekday mean"]);
    let mut add = |name: String, model: &Value, seasonal: &Value, weekday: &Value| {
        grid.row([
            name,
            fields::percent(model, "/wape"),
            fields::percent(model, "/mape"),
            fields::number(model, "/mase", 3),
            fields::percent(seasonal, "/wape"),
            fields::percent(weekday, "/wape"),
        ]);
    };
    for fold in report["folds"].as_array().into_iter().flatten() {
        let name = format!("{} … {}", fields::text(fold, "/from"), fields::text(fold, "/to"));
        add(name, &fold["model"], &fold["seasonal_naive"], &fold["weekday_mean"]);
    }
    add("all folds".into(), &report["overall"], &report["seasonal_naive"], &report["weekday_mean"]);
    grid.show(out);
}

/// Every engine that was tried, then the classes.
fn of_records(report: &Value, out: Out) {
    if report["quality"].is_null() {
        out.note("quality was not measured; measure it by POST /quality with records whose answer is known");
        return;
    }
    let classifies = report["quality"]["task"] == "classification";
    let heads: &[&str] = if classifies {
        &["engine", ">accuracy", ">macro-F1", ">log-loss", ">ECE"]
    } else {
        &["engine", ">MAE", ">RMSE", ">WAPE", ">R²"]
    };
    let mut grid = Grid::new(heads);
    let mut add = |name: String, quality: &Value| {
        let share = |pointer| numbers::maybe(quality.pointer(pointer).and_then(Value::as_f64), 3);
        grid.row(if classifies {
            [name, share("/accuracy"), share("/macro_f1"), share("/log_loss"), share("/ece")]
        } else {
            [name, share("/mae"), share("/rmse"), fields::percent(quality, "/wape"), share("/r2")]
        });
    };
    for candidate in report["candidates"].as_array().into_iter().flatten() {
        add(fields::text(candidate, "/engine"), &candidate["quality"]);
    }
    add("without looking".into(), &report["baseline"]);
    grid.show(out);
    let classes = report["quality"]["classes"].as_array().map(Vec::as_slice).unwrap_or_default();
    if classes.is_empty() {
        return;
    }
    let mut grid = Grid::new(&["class", ">rows", ">precision", ">recall", ">F1"]);
    for class in classes.iter().take(CLASSES) {
        let share = |pointer| numbers::maybe(class.pointer(pointer).and_then(Value::as_f64), 3);
        let n = fields::count(class, "/n");
        grid.row([fields::text(class, "/class"), n, share("/precision"), share("/recall"), share("/f1")]);
    }
    grid.show(out);
    if classes.len() > CLASSES {
        out.note(styled(QUIET, format!("{} more classes; see all by --json", classes.len() - CLASSES)));
    }
}
