//! The rules of a spec that a schema cannot say.

use super::{
    AlertPolicy, Engine, Fourier, Frequency, ModelSpec, Objective, Params, SpecError, Task, Windows,
};
use crate::ids::check_key;
use crate::schedule::{BadTimes, Times};
use crate::trial::MAX_DAYS;
use serde::{Deserialize, Serialize};

/// The longest horizon, in periods.
pub const MAX_HORIZON: u32 = 1000;

/// Something that is accepted and that the writer should know, e.g. a part that has no effect yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The place, as a JSON pointer.
    pub pointer: String,
    /// What to know.
    pub message: String,
}

/// Every rule that `spec` breaks.
pub fn check(spec: &ModelSpec) -> Vec<SpecError> {
    let mut found = Findings(Vec::new());
    found.key("/model_key", &spec.model_key);
    found.key("/data/dataset", &spec.data.dataset);
    columns(spec, &mut found);
    match spec.task {
        Task::Forecast => forecast(spec, &mut found),
        Task::Classification | Task::Regression => records(spec, &mut found),
    }
    params(spec, &mut found);
    policies(spec, &mut found);
    for (i, level) in spec.intervals.levels.iter().enumerate() {
        found.within(&format!("/intervals/levels/{i}"), f64::from(*level), 50.0, 99.0);
    }
    if let Some(threshold) = spec.confidence_threshold {
        found.within("/confidence_threshold", threshold, 0.0, 1.0);
    }
    found.0
}

/// What the writer of an accepted spec should know.
pub fn notices(spec: &ModelSpec) -> Vec<Notice> {
    let told = untrainable(spec).map(|(pointer, reason)| Notice {
        pointer: pointer.into(),
        message: format!("kept, but this release cannot train it: {reason}"),
    });
    told.into_iter().collect()
}

/// Why this release cannot train what the spec describes: the place and the reason.
pub fn untrainable(spec: &ModelSpec) -> Option<(&'static str, String)> {
    if spec.task == Task::Forecast && matches!(spec.engine, Engine::Mlp | Engine::Linear) {
        let message = "use auto, gbdt, ets, theta, croston, seasonal_naive or weekday_mean";
        return Some(("/engine", message.into()));
    }
    if spec.task == Task::Forecast && spec.params.objective.is_some_and(|o| o == Objective::Quantile) {
        return Some((
            "/params/objective",
            "use l1, l2, poisson or tweedie; the quantiles of a forecast are its intervals".into(),
        ));
    }
    if spec.data.frequency == Some(Frequency::H) {
        return Some(("/data/frequency", "use D, W, M or Q".into()));
    }
    None
}

struct Findings(Vec<SpecError>);

impl Findings {
    fn add(&mut self, pointer: &str, message: impl Into<String>) {
        self.0.push(SpecError::at(pointer, message));
    }

    fn key(&mut self, pointer: &str, text: &str) {
        if let Err(bad) = check_key(text) {
            self.add(pointer, bad.to_string());
        }
    }

    fn within(&mut self, pointer: &str, value: f64, low: f64, high: f64) {
        if !(low..=high).contains(&value) {
            self.add(pointer, format!("{value} is out of range, allowed are {low} to {high}"));
        }
    }

    fn date(&mut self, pointer: &str, text: &str) {
        if text.parse::<jiff::civil::Date>().is_err() {
            self.add(pointer, format!("`{text}` is not a date, write YYYY-MM-DD"));
        }
    }

    fn whole_within(&mut self, pointer: &str, value: Option<u32>, low: u32, high: u32) {
        if let Some(value) = value {
            self.within(pointer, f64::from(value), f64::from(low), f64::from(high));
        }
    }
}

/// Each column has a name and one role.
fn columns(spec: &ModelSpec, found: &mut Findings) {
    let data = &spec.data;
    let lists: [(&str, &[String]); 9] = [
        ("/data/series", &data.series),
        ("/data/hierarchy", &data.hierarchy),
        ("/data/known_future", &data.known_future),
        ("/data/static", &data.static_columns),
        ("/data/text", &data.text),
        ("/data/categorical", &data.categorical),
        ("/data/numeric", &data.numeric),
        ("/data/boolean", &data.boolean),
        ("/data/date", &data.date),
    ];
    let mut roles: Vec<(&str, String)> = vec![(&data.target, "/data/target".into())];
    roles.extend(data.time.as_deref().map(|time| (time, "/data/time".to_owned())));
    roles.extend(data.weight.as_deref().map(|weight| (weight, "/data/weight".to_owned())));
    for (pointer, names) in lists {
        roles.extend(names.iter().enumerate().map(|(i, name)| (name.as_str(), format!("{pointer}/{i}"))));
    }
    for (i, (name, pointer)) in roles.iter().enumerate() {
        if name.trim().is_empty() {
            found.add(pointer, "a column's name is empty");
        }
        if let Some((_, other)) = roles[..i].iter().find(|(earlier, _)| earlier == name) {
            found.add(pointer, format!("column `{name}` already has a role at {other}"));
        }
    }
}

fn forecast(spec: &ModelSpec, found: &mut Findings) {
    if spec.data.time.is_none() {
        found.add("/data/time", "missing: a forecast needs the column of dates");
    }
    for (pointer, used) in [
        ("/data/text", !spec.data.text.is_empty()),
        ("/data/categorical", !spec.data.categorical.is_empty()),
        ("/data/numeric", !spec.data.numeric.is_empty()),
        ("/data/boolean", !spec.data.boolean.is_empty()),
        ("/data/date", !spec.data.date.is_empty()),
        ("/data/weight", spec.data.weight.is_some()),
    ] {
        if used {
            found.add(pointer, "belongs to records; for a forecast use known_future or static");
        }
    }
    found.whole_within("/horizon", spec.horizon, 1, MAX_HORIZON);
    found.within("/validation/folds", f64::from(spec.validation.folds), 1.0, 20.0);
    found.whole_within("/validation/step", spec.validation.step, 1, MAX_HORIZON);
    found.within("/validation/gap", f64::from(spec.validation.gap), 0.0, f64::from(MAX_HORIZON));
    if let Some(zone) = &spec.data.timezone
        && jiff::tz::TimeZone::get(zone).is_err()
    {
        found.add("/data/timezone", format!("`{zone}` is not a time zone, write one like Europe/Moscow"));
    }
    features(spec, found);
    calendar(spec, found);
}

fn policies(spec: &ModelSpec, found: &mut Findings) {
    // Whether times can be read does not depend on when that is asked.
    let at = jiff::Timestamp::UNIX_EPOCH;
    if let Some(retrain) = &spec.policies.retrain {
        match Times::checked(&retrain.schedule, &retrain.timezone, at) {
            Err(bad @ BadTimes::Zone(_)) => found.add("/policies/retrain/timezone", bad.to_string()),
            Err(bad) => found.add("/policies/retrain/schedule", bad.to_string()),
            Ok(_) => {}
        }
    }
    if let Some(drift) = &spec.policies.drift {
        if let Err(bad) = Times::checked(&drift.check, "UTC", at) {
            found.add("/policies/drift/check", bad.to_string());
        }
        let place = |name: &str| format!("/policies/drift/{name}");
        found.within(&place("psi"), drift.psi, 0.0, 10.0);
        found.within(&place("js"), drift.js, 0.0, 1.0);
        found.within(&place("min_rows"), drift.min_rows as f64, 1.0, 1e9);
        found.within(&place("confirm_days"), f64::from(drift.confirm_days), 1.0, 31.0);
    }
    if let Some(promote) = &spec.policies.promote {
        let share = |name: &str| format!("/policies/promote/{name}");
        found.within(&share("minor"), promote.minor, 0.0, 1.0);
        found.within(&share("significant"), promote.significant, promote.minor, 1.0);
        found.within(&share("level"), promote.level, 0.0001, 0.5);
        found.within(&share("segment_harm"), promote.segment_harm, 0.0, 10.0);
        found.within(&share("probation_days"), promote.probation_days.into(), 0.0, MAX_DAYS.into());
    }
    if let Some(alerts) = &spec.policies.alerts {
        alert_policy(alerts, found);
    }
}

fn alert_policy(alerts: &AlertPolicy, found: &mut Findings) {
    let limits = [
        ("mape_warning", alerts.mape_warning),
        ("mape_critical", alerts.mape_critical),
        ("degradation_week", alerts.degradation_week),
        ("bias", alerts.bias),
        ("bias_percent", alerts.bias_percent),
        ("branches/mape", alerts.branches.as_ref().map(|branches| branches.mape)),
    ];
    for (name, limit) in limits {
        if limit.is_some_and(|limit| !limit.is_finite() || limit <= 0.0) {
            found.add(&format!("/policies/alerts/{name}"), "a limit is a number above 0");
        }
    }
    if let (Some(warning), Some(critical)) = (alerts.mape_warning, alerts.mape_critical)
        && warning > critical
    {
        found.add("/policies/alerts/mape_warning", "the warning comes before the critical limit");
    }
    if alerts.branches.as_ref().is_some_and(|branches| branches.count == 0) {
        found.add("/policies/alerts/branches/count", "at least 1");
    }
}

fn features(spec: &ModelSpec, found: &mut Findings) {
    let features = &spec.features;
    for (pointer, windows, most) in [
        ("/features/lags", &features.lags, 1100.0),
        ("/features/rolling", &features.rolling, 1100.0),
        ("/features/same_season", &features.same_season, 200.0),
    ] {
        let Windows::These(periods) = windows else { continue };
        for (i, period) in periods.iter().enumerate() {
            found.within(&format!("{pointer}/{i}"), f64::from(*period), 1.0, most);
        }
        if periods.len() > 100 {
            found.add(pointer, format!("has {} entries, at most 100 are taken", periods.len()));
        }
    }
    for (i, percent) in features.quantiles.iter().enumerate() {
        found.within(&format!("/features/quantiles/{i}"), f64::from(*percent), 1.0, 99.0);
    }
    if let Some(Fourier::These(waves)) = &features.fourier {
        if waves.len() > 10 {
            found.add("/features/fourier", format!("has {} seasons, at most 10 are taken", waves.len()));
        }
        for (period, order) in waves {
            let pointer = format!("/features/fourier/{period}");
            match period.parse::<f64>() {
                Ok(length) if (2.0..=100_000.0).contains(&length) => {
                    // More than half the period's sines are others of the same values.
                    found.within(&pointer, f64::from(*order), 1.0, (length / 2.0).floor().min(50.0));
                }
                _ => found.add(&pointer, format!("`{period}` is not a season of 2 to 100000 periods")),
            }
        }
    }
}

fn calendar(spec: &ModelSpec, found: &mut Findings) {
    let calendar = &spec.features.calendar;
    for (i, event) in calendar.events.iter().enumerate() {
        for (j, text) in event.dates.iter().enumerate() {
            found.date(&format!("/features/calendar/events/{i}/dates/{j}"), text);
        }
    }
    for (i, day) in calendar.overrides.iter().enumerate() {
        let pointer = format!("/features/calendar/overrides/{i}/date");
        found.date(&pointer, &day.date);
        if let Some(j) = calendar.overrides[..i].iter().position(|earlier| earlier.date == day.date) {
            found.add(&pointer, format!("{} is already given at /features/calendar/overrides/{j}", day.date));
        }
    }
    for (i, day) in calendar.pay_days.iter().flatten().enumerate() {
        found.within(&format!("/features/calendar/pay_days/{i}"), f64::from(*day), 1.0, 31.0);
    }
    for (i, event) in calendar.events.iter().enumerate() {
        for (name, days) in [("before", event.before), ("after", event.after)] {
            found.within(&format!("/features/calendar/events/{i}/{name}"), f64::from(days), 0.0, 60.0);
        }
    }
}

fn records(spec: &ModelSpec, found: &mut Findings) {
    let data = &spec.data;
    if [&data.text, &data.categorical, &data.numeric, &data.boolean, &data.date].iter().all(|c| c.is_empty())
    {
        let message = "name at least one column to learn from in text, categorical, numeric, boolean or date";
        found.add("/data", message);
    }
    for (pointer, used) in [
        ("/data/series", !data.series.is_empty()),
        ("/data/hierarchy", !data.hierarchy.is_empty()),
        ("/data/grouped", !data.grouped.is_empty()),
        ("/data/known_future", !data.known_future.is_empty()),
        ("/horizon", spec.horizon.is_some()),
    ] {
        if used {
            found.add(pointer, "belongs to a forecast");
        }
    }
    if matches!(
        spec.engine,
        Engine::SeasonalNaive | Engine::WeekdayMean | Engine::Ets | Engine::Theta | Engine::Croston
    ) {
        found.add("/engine", "forecasts series; for records use auto, mlp, gbdt or linear");
    }
}

/// Ranges, and no parameter of another engine than the chosen one.
fn params(spec: &ModelSpec, found: &mut Findings) {
    let p = &spec.params;
    found.whole_within("/params/rounds", p.rounds, 1, 20_000);
    found.whole_within("/params/leaves", p.leaves, 2, 4096);
    found.whole_within("/params/min_leaf_rows", p.min_leaf_rows, 1, 1_000_000);
    found.whole_within("/params/max_epochs", p.max_epochs, 1, 100_000);
    for (pointer, value, low, high) in [
        ("/params/learning_rate", p.learning_rate, 1e-6, 1.0),
        ("/params/alpha", p.alpha, 0.0, 1e6),
        ("/params/validation_fraction", p.validation_fraction, 0.01, 0.5),
        ("/params/quantile", p.quantile, 0.01, 0.99),
        ("/params/tweedie_power", p.tweedie_power, 1.01, 1.99),
        ("/params/feature_share", p.feature_share, 0.01, 1.0),
        ("/params/row_share", p.row_share, 0.01, 1.0),
        ("/params/lambda_l1", p.lambda_l1, 0.0, 1e6),
        ("/params/lambda_l2", p.lambda_l2, 0.0, 1e6),
        ("/params/dropout", p.dropout, 0.0, 0.9),
    ] {
        if let Some(value) = value {
            found.within(pointer, value, low, high);
        }
    }
    for (feature, sign) in &p.monotone {
        if ![-1, 1].contains(sign) {
            let pointer = format!("/params/monotone/{feature}");
            found.add(
                &pointer,
                format!("{sign} is neither 1 (rises with the feature) nor -1 (falls with it)"),
            );
        }
    }
    for (name, given, needed) in [
        ("quantile", p.quantile.is_some(), Objective::Quantile),
        ("tweedie_power", p.tweedie_power.is_some(), Objective::Tweedie),
    ] {
        if given && p.objective != Some(needed) {
            found.add(
                &format!("/params/{name}"),
                format!("has a meaning for objective {name} only").replace("_power", ""),
            );
        }
    }
    let trees = matches!(spec.engine, Engine::Auto | Engine::Gbdt);
    let networks =
        matches!(spec.engine, Engine::Mlp) || (spec.engine == Engine::Auto && spec.task != Task::Forecast);
    let Params {
        rounds,
        leaves,
        min_leaf_rows,
        objective,
        feature_share,
        row_share,
        lambda_l1,
        lambda_l2,
        monotone,
        dropout,
        schedule,
        precision,
        class_weight,
        hidden_layers,
        activation,
        solver,
        batch_size,
        max_epochs,
        early_stopping,
        validation_fraction,
        ..
    } = p;
    for (name, used) in [
        ("rounds", rounds.is_some()),
        ("leaves", leaves.is_some()),
        ("min_leaf_rows", min_leaf_rows.is_some()),
        ("objective", objective.is_some()),
        ("feature_share", feature_share.is_some()),
        ("row_share", row_share.is_some()),
        ("lambda_l1", lambda_l1.is_some()),
        ("lambda_l2", lambda_l2.is_some()),
        ("monotone", !monotone.is_empty()),
    ] {
        if used && !trees {
            found.add(&format!("/params/{name}"), "belongs to trees; set engine to gbdt or auto");
        }
    }
    for (name, used) in [
        ("hidden_layers", hidden_layers.is_some()),
        ("activation", activation.is_some()),
        ("solver", solver.is_some()),
        ("batch_size", batch_size.is_some()),
        ("max_epochs", max_epochs.is_some()),
        ("dropout", dropout.is_some()),
        ("schedule", schedule.is_some()),
        ("precision", precision.is_some()),
    ] {
        if used && !networks {
            found.add(&format!("/params/{name}"), "belongs to networks; set engine to mlp");
        }
    }
    for (name, used) in
        [("early_stopping", early_stopping.is_some()), ("validation_fraction", validation_fraction.is_some())]
    {
        if used && !(networks || trees) {
            found.add(&format!("/params/{name}"), "belongs to trees and networks; set engine to gbdt or mlp");
        }
    }
    if class_weight.is_some() && spec.task != Task::Classification {
        found.add("/params/class_weight", "belongs to a classification");
    }
}
