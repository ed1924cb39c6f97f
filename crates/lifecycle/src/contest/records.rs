//! Two models of records on rows that neither was fitted on: what the candidate's training had held out, as far as the
//! champion had held it out too or never learnt from such rows.

use crate::rows::records::{Learning, read};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::Arc;
use vakhta_domain::evidence::{Evidence, Loss};
use vakhta_domain::spec::{Metric, ModelSpec};
use vakhta_ml::evidence::{
    Answer, ClassRow, Lag, LossRow, Settings, compare, compare_classes, loss_for, loss_of,
};
use vakhta_ml::records::{Fitted, HeldRow, HeldRows, Said, Target, prints};

/// Groups that rows without a day are dealt to, in turn.
const GROUPS: usize = 200;

/// The champion: its model, the spec it was trained by, and what its own training held out.
pub(super) struct Champion<'a> {
    pub fitted: &'a Fitted,
    pub spec: &'a ModelSpec,
    pub held: &'a Bytes,
}

/// Both on the same rows; none where there are none, or where the two answer different questions.
pub(super) fn hold(
    parquet: Bytes,
    spec: &ModelSpec,
    candidate: &Fitted,
    champion: &Champion<'_>,
) -> Result<Option<Evidence>, String> {
    let Some(held) = candidate.held() else { return Ok(None) };
    if candidate.goal() != champion.fitted.goal() || spec.data.target != champion.spec.data.target {
        return Ok(None);
    }
    let own = HeldRows::from_bytes(champion.held).map_err(|e| e.to_string())?;
    let table = read(parquet, champion.spec).map_err(|e| e.to_string())?;
    let said = champion_said(&held.rows, &table, champion.fitted, &own);
    let evidence = match &table.target {
        Target::Classes(labels) => classes(&held.rows, &said, labels, spec),
        Target::Numbers(numbers) => values(&held.rows, &said, numbers, spec),
    };
    Ok((evidence.paired.rows > 0).then_some(evidence))
}

/// What the champion says of the candidate's held-out rows: what it said when it had held out the same row, what it
/// says now of rows such as it never learnt from, and nothing of others.
fn champion_said(rows: &[HeldRow], table: &Learning, champion: &Fitted, own: &HeldRows) -> Vec<Option<Said>> {
    let whole = prints(&table.records, Some(&table.target));
    let columns = prints(&table.records, None);
    let known = own.by_print();
    let mut said = vec![None; rows.len()];
    let mut fresh: Vec<(usize, usize)> = Vec::new();
    for (at, held) in rows.iter().enumerate() {
        let row = held.row as usize;
        match known.get(&whole[row]) {
            Some(earlier) => said[at] = Some(*earlier),
            None if !own.has_learnt(columns[row]) => fresh.push((at, row)),
            None => {}
        }
    }
    let places: Vec<usize> = fresh.iter().map(|(_, row)| *row).collect();
    let answers = champion.said(&table.records.pick(&places), &table.target.pick(&places));
    for ((at, _), answer) in fresh.into_iter().zip(answers) {
        said[at] = answer;
    }
    said
}

fn classes(
    rows: &[HeldRow],
    said: &[Option<Said>],
    labels: &[Option<Arc<str>>],
    spec: &ModelSpec,
) -> Evidence {
    let answer = |said: Said| match said {
        Said::Class { probability, right } => Some(Answer { probability, right }),
        Said::Number(_) => None,
    };
    let (mut names, mut places): (Vec<String>, HashMap<&str, usize>) = (Vec::new(), HashMap::new());
    let mut both = Vec::new();
    for (held, champion) in rows.iter().zip(said) {
        let label = labels.get(held.row as usize).and_then(|label| label.as_deref()).map(str::trim);
        let (Some(label), Some(champion)) = (label, champion) else { continue };
        let segment = *places.entry(label).or_insert_with(|| {
            names.push(label.to_owned());
            names.len() - 1
        });
        let candidate = answer(held.said);
        both.push(ClassRow { segment, day: None, champion: answer(*champion), candidate });
    }
    compare_classes(&both, &names, &Settings::of(Loss::LogLoss, spec.seed))
}

fn values(rows: &[HeldRow], said: &[Option<Said>], numbers: &[f64], spec: &ModelSpec) -> Evidence {
    let loss = match spec.validation.metric {
        // The scale of MASE belongs to series.
        Metric::Mase => Loss::Absolute,
        metric => loss_for(metric),
    };
    let cost = |row: &HeldRow, said: Said| match said {
        Said::Number(value) => loss_of(loss, numbers[row.row as usize], value, None),
        Said::Class { .. } => None,
    };
    let both: Vec<LossRow> = rows
        .iter()
        .zip(said)
        .filter_map(|(row, champion)| Some((row, (*champion)?)))
        .enumerate()
        .map(|(at, (row, champion))| LossRow {
            segment: 0,
            day: (at % GROUPS) as i32,
            champion: cost(row, champion),
            candidate: cost(row, row.said),
        })
        .collect();
    // Rows dealt in turn have no order in time.
    let settings = Settings { lag: Lag::Horizon(1), ..Settings::of(loss, spec.seed) };
    compare(&both, &["all rows".to_owned()], &settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vakhta_domain::progress::Unwatched;
    use vakhta_domain::spec::parse_yaml;
    use vakhta_ml::records::{Column, Params, Records, Values, fit};

    /// `y = 3 a` and a little; `b` says nothing.
    fn table(rows: std::ops::Range<usize>) -> Learning {
        let a: Vec<f64> = rows.clone().map(|i| ((i * 37) % 101) as f64 / 10.0).collect();
        let b: Vec<f64> = rows.clone().map(|i| ((i * 53) % 89) as f64).collect();
        let target = rows.zip(&a).map(|(i, a)| 3.0 * a + ((i * 29) % 7) as f64 / 7.0).collect();
        let column = |name: &str, values| Column { name: name.into(), values: Values::Numbers(values) };
        let records = Records { rows: a.len(), columns: vec![column("a", a), column("b", b)] };
        Learning { records, target: Target::Numbers(target), weights: None }
    }

    fn spec(numeric: &str) -> ModelSpec {
        let text = format!(
            "{{model_key: m, task: regression, engine: linear, data: {{dataset: d, target: y, numeric: [{numeric}]}}}}"
        );
        parse_yaml(&text).expect("a spec").remove(0)
    }

    fn fitted(table: &Learning, spec: &ModelSpec) -> Fitted {
        let checked = Params::from_spec(spec).expect("a right spec");
        fit(&checked, &table.records, &table.target, None, 7, 1, &Unwatched).expect("a fit")
    }

    #[test]
    fn rows_that_the_champion_learnt_from_are_left_out() {
        let (old, new) = (table(0..300), table(200..500));
        let (blind, seeing) = (spec("b"), spec("a, b"));
        let champion = fitted(&old, &seeing);
        let candidate = fitted(&new, &seeing);
        let own = champion.held().expect("held out").clone();
        let said = champion_said(&candidate.held().expect("held out").rows, &new, &champion, &own);
        let rows = &candidate.held().expect("held out").rows;
        assert_eq!(rows.len(), 300, "few rows: each is held out once");
        // 200 to 299 were held out by both; the rest is new to the champion, and all of it is answered.
        assert!(said.iter().all(Option::is_some));
        let mut partly = own;
        partly.rows.retain(|held| held.row < 250);
        let said = champion_said(rows, &new, &champion, &partly);
        let missing = rows.iter().zip(&said).filter(|(_, said)| said.is_none()).count();
        assert_eq!(missing, 50, "learnt from and held out no more");

        // A model that looks at the right column beats one that does not, and the other way round it does not.
        let Target::Numbers(numbers) = &new.target else { panic!("numbers") };
        let old_blind = fitted(&old, &blind);
        let held = old_blind.held().expect("held out");
        let better = values(rows, &champion_said(rows, &new, &old_blind, held), numbers, &seeing);
        assert!(better.is_clear(0.05), "{better:?}");
        assert!(better.paired.gain().is_some_and(|gain| gain > 0.5), "{better:?}");
    }
}
