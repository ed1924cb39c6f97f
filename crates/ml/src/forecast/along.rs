//! An earlier model walked along the folds of a later backtest, so that both are held against the same days and
//! neither was fitted on them.

use super::backtest::Backtest;
use super::extend::Actual;
use super::fitted::{Fitted, ForecastQuery, KnownValue, QueryError};
use super::folds::{BacktestRow, Origin};
use jiff::civil::Date;
use std::collections::HashMap;

impl Fitted {
    /// What this model says on the rows of `folds`, which a later training scored. A fold whose cutoff lies after
    /// this model's history is forecast by this very model, continued to the cutoff by `actuals` without learning;
    /// `known` are the values of known-future columns since its training. A fold with an earlier cutoff would show
    /// days that this model was fitted on: there the rows of its own backtest `own` stand in, made by the same
    /// procedure at the same cutoff, or none. Series that it does not know have no rows.
    pub fn along(
        &self,
        folds: &Backtest,
        own: Option<&Backtest>,
        actuals: &[Actual],
        known: &[KnownValue],
    ) -> Result<Backtest, QueryError> {
        let mut said = Backtest {
            engine: self.report().engine.clone(),
            rows: Vec::new(),
            bounds: Vec::new(),
            ..folds.clone()
        };
        if folds.periods != self.periods {
            return Ok(said);
        }
        let after_history = self.periods.number(self.end()).saturating_add(1);
        for (fold, origin) in folds.origins.iter().enumerate() {
            let cutoff = folds.first.saturating_add(origin.cutoff as i64);
            let answers = if cutoff >= after_history {
                self.walked(folds, origin, actuals, known)?
            } else {
                own.map(|own| scored_at(own, cutoff)).unwrap_or_default()
            };
            let rows = folds.rows.iter().filter(|row| row.fold == fold);
            said.rows.extend(rows.filter_map(|row| {
                let key = folds.series.get(row.series)?;
                let forecast = *answers.get(&(key.as_slice(), folds.date(row)))?;
                Some(BacktestRow { forecast, ..*row })
            }));
        }
        Ok(said)
    }

    /// This model's forecasts after a cutoff, by series and day.
    fn walked<'a>(
        &self,
        folds: &'a Backtest,
        origin: &Origin,
        actuals: &[Actual],
        known: &[KnownValue],
    ) -> Result<Answers<'a>, QueryError> {
        let cutoff = folds.first.saturating_add(origin.cutoff as i64);
        let before = |actual: &&Actual| self.periods.number(actual.date) < cutoff;
        let past: Vec<Actual> = actuals.iter().filter(before).cloned().collect();
        let (model, _) = self.extend(&past, known)?;
        let last = folds.first.saturating_add(origin.to as i64);
        let horizon = usize::try_from(last - self.periods.number(model.end()) - 1).unwrap_or(0);
        // What is known of days that have passed is in the model already.
        let ahead = known.iter().filter(|value| value.date > model.end()).cloned().collect();
        let query = ForecastQuery { horizon, series: None, levels: Vec::new(), known_future: ahead };
        let places: HashMap<&[String], &'a [String]> =
            folds.series.iter().map(|key| (key.as_slice(), key.as_slice())).collect();
        let mut answers = Answers::new();
        for series in model.forecast(&query)? {
            let Some(&key) = places.get(series.series.as_slice()) else { continue };
            answers.extend(series.points.into_iter().map(|point| ((key, point.date), point.value)));
        }
        Ok(answers)
    }
}

/// Forecasts by series and day.
type Answers<'a> = HashMap<(&'a [String], Date), f64>;

/// What a backtest says after the cutoff of that number, where it has a fold there.
fn scored_at(own: &Backtest, cutoff: i64) -> Answers<'_> {
    let at = |origin: &Origin| own.first.saturating_add(origin.cutoff as i64) == cutoff;
    let Some(fold) = own.origins.iter().position(at) else { return Answers::new() };
    let rows = own.rows.iter().filter(|row| row.fold == fold);
    rows.filter_map(|row| Some(((own.series.get(row.series)?.as_slice(), own.date(row)), row.forecast)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all, checked, day, fit_rows, lively, rows};
    use super::*;
    use crate::forecast::{Pairing, compare};
    use crate::panel::NumberColumn;

    const FOLDS: &str = "engine: gbdt, horizon: 14, params: {rounds: 20, leaves: 8, learning_rate: 0.2}, validation: {folds: 3, step: 10}";

    fn actuals(branches: usize, days: std::ops::Range<usize>) -> Vec<Actual> {
        let of = |branch: usize| {
            days.clone().map(move |n| Actual {
                series: vec![format!("b{branch}")],
                date: day(n),
                value: lively(branch, n),
            })
        };
        (0..branches).flat_map(of).collect()
    }

    #[test]
    fn folds_after_its_history_are_forecast_by_the_model_itself() {
        let earlier = fit_rows(&rows(2, 300, lively), &checked(FOLDS)).expect("a fit");
        // Its folds begin on days 300 (the first after the history), 310 and 320.
        let later = fit_rows(&rows(3, 334, lively), &checked(FOLDS)).expect("a fit");
        let folds = later.backtest().expect("a backtest");
        let said = earlier.along(folds, earlier.backtest(), &actuals(3, 300..334), &[]).expect("rows");
        assert_eq!(said.rows.len(), 3 * 2 * 14, "the third branch is unknown to it");
        let first = earlier.forecast(&all(14)).expect("a forecast");
        for row in said.rows.iter().filter(|row| row.fold == 0) {
            assert_eq!(row.forecast, first[row.series].points[row.step - 1].value);
        }
        let (to_310, _) = earlier.extend(&actuals(2, 300..310), &[]).expect("a continuation");
        let second = to_310.forecast(&all(14)).expect("a forecast");
        for row in said.rows.iter().filter(|row| row.fold == 1) {
            assert_eq!(row.forecast, second[row.series].points[row.step - 1].value);
        }
        let paired = compare(&said, folds);
        assert_eq!((paired.pairing, paired.rows.len(), paired.only_second), (Pairing::SameStep, 84, 42));
    }

    #[test]
    fn what_was_known_ahead_is_past_by_now() {
        let promo = |n: usize| f64::from(u8::from(n.is_multiple_of(9)));
        let sold = |branch: usize, n: usize| lively(branch, n) * (1.0 + promo(n));
        let known_to = |days: usize| {
            let mut data = rows(2, days, sold);
            let values = (0..2).flat_map(|_| (0..days).map(promo)).collect();
            data.known_future.push(NumberColumn { name: "promo".into(), values });
            data
        };
        let earlier = fit_rows(&known_to(300), &checked(FOLDS)).expect("a fit");
        let later = fit_rows(&known_to(334), &checked(FOLDS)).expect("a fit");
        let known = |n| KnownValue { series: None, date: day(n), column: "promo".into(), value: promo(n) };
        let known: Vec<KnownValue> = (300..334).map(known).collect();
        let sold = |n| (0..2).map(move |b| (vec![format!("b{b}")], day(n), sold(b, n)));
        let actuals: Vec<Actual> =
            (300..334).flat_map(sold).map(|(series, date, value)| Actual { series, date, value }).collect();
        let folds = later.backtest().expect("a backtest");
        let said = earlier.along(folds, None, &actuals, &known).expect("rows");
        assert_eq!(said.rows.len(), folds.rows.len(), "every fold begins after its history");
    }

    #[test]
    fn folds_within_its_history_take_its_own_backtest_or_nothing() {
        let model = fit_rows(&rows(2, 300, lively), &checked(FOLDS)).expect("a fit");
        let folds = model.backtest().expect("a backtest");
        let itself = model.along(folds, Some(folds), &[], &[]).expect("rows");
        assert_eq!(itself.rows, folds.rows);
        assert_eq!(model.along(folds, None, &[], &[]).expect("rows").rows, []);
        let other = Backtest { first: folds.first + 3, ..folds.clone() };
        assert_eq!(model.along(&other, Some(folds), &[], &[]).expect("rows").rows.len(), 0, "other cutoffs");
    }
}
