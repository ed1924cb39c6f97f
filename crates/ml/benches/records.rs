//! Accuracy and cost of a model of records: `cargo bench -p vakhta-ml --bench records -- SPEC.yaml TRAIN.csv TEST.csv`.
//!
//! After the files: `engine=NAME`, `threads=N`. Learns from TRAIN as SPEC says, and prints the quality on TEST, CPU
//! seconds of training, and the time of one row and of many.

mod measure;

use measure::cpu_seconds;
use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;
use vakhta_domain::progress::Unwatched;
use vakhta_domain::report::Quality;
use vakhta_domain::spec::{Engine, parse_yaml};
use vakhta_ml::records::{Checked, Column, Fitted, Goal, Params, Records, Role, Target, Values, fit};

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let [spec, train, test, settings @ ..] = given.as_slice() else {
        writeln!(
            std::io::stderr(),
            "name the files: SPEC.yaml TRAIN.csv TEST.csv [engine=NAME] [threads=N]"
        )?;
        return Ok(());
    };
    let mut spec = parse_yaml(&std::fs::read_to_string(spec)?)?.remove(0);
    let mut threads = 1;
    for pair in settings {
        match pair.split_once('=').ok_or("settings are name=value")? {
            ("engine", "auto") => spec.engine = Engine::Auto,
            ("engine", "linear") => spec.engine = Engine::Linear,
            ("engine", "mlp") => spec.engine = Engine::Mlp,
            ("engine", "gbdt") => spec.engine = Engine::Gbdt,
            ("threads", value) => threads = value.parse()?,
            _ => return Err(format!("unknown setting {pair}").into()),
        }
    }
    let checked = Params::from_spec(&spec)?;
    let (records, target) = read(train, &checked, &spec.data.target)?;
    let (fresh, truth) = read(test, &checked, &spec.data.target)?;
    let mut out = std::io::stdout();

    let (start, cpu) = (Instant::now(), cpu_seconds());
    let model = fit(&checked, &records, &target, None, spec.seed, threads, &Unwatched)?;
    let (wall, spent) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    writeln!(out, "{}: {spent:.2} CPU s, {wall:.2} s wall, {} rows", model.report().engine, records.rows)?;
    show(&mut out, "own", model.report().quality.as_ref().ok_or("not measured")?)?;
    show(&mut out, "test", &model.quality(&fresh, &truth))?;
    for note in &model.report().notes {
        writeln!(out, "  {}: {}", note.code, note.text)?;
    }
    speed(&mut out, &model, &fresh)
}

fn show(out: &mut impl std::io::Write, whose: &str, quality: &Quality) -> std::io::Result<()> {
    let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
    match quality {
        Quality::Classification(q) => writeln!(
            out,
            "{whose}: accuracy {:.4}, macro-F1 {:.4}, log-loss {:.4}, ECE {:.4}, top 3 {:.4}, {} rows",
            known(q.accuracy),
            known(q.macro_f1),
            known(q.log_loss),
            known(q.ece),
            known(q.top3),
            q.n
        ),
        Quality::Regression(q) => {
            let coverage: Vec<String> =
                q.coverage.iter().map(|c| format!("{}%: {:.1}", c.level, c.value)).collect();
            let coverage = coverage.join(", ");
            writeln!(
                out,
                "{whose}: RMSE {:.3}, MAE {:.3}, coverage {coverage}, {} rows",
                known(q.rmse),
                known(q.mae),
                q.n
            )
        }
    }
}

/// The time of one row, each in a call of its own, and of all in one.
fn speed(out: &mut impl std::io::Write, model: &Fitted, rows: &Records) -> Result<(), Box<dyn Error>> {
    let singles: Vec<Records> = (0..rows.rows.min(500)).map(|row| one(rows, row)).collect();
    let mut best = f64::MAX;
    for _ in 0..5 {
        let cpu = Instant::now();
        for single in &singles {
            std::hint::black_box(model.predict(single, 3));
        }
        best = best.min(cpu.elapsed().as_secs_f64() / singles.len() as f64);
    }
    let start = Instant::now();
    std::hint::black_box(model.predict(rows, 3));
    let batch = start.elapsed().as_secs_f64() / rows.rows as f64;
    let size = model.to_bytes().len() as f64 / 1e6;
    writeln!(out, "one row {:.1} us, of a batch {:.1} us, model {size:.1} MB", best * 1e6, batch * 1e6)?;
    Ok(())
}

fn one(records: &Records, row: usize) -> Records {
    let column = |column: &Column| {
        let values = match &column.values {
            Values::Words(words) => Values::Words(vec![words[row].clone()]),
            Values::Numbers(numbers) => Values::Numbers(vec![numbers[row]]),
            Values::Dates(dates) => Values::Dates(vec![dates[row]]),
        };
        Column { name: column.name.clone(), values }
    };
    Records { rows: 1, columns: records.columns.iter().map(column).collect() }
}

fn read(path: &str, checked: &Checked, target: &str) -> Result<(Records, Target), Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines();
    let names = cells(lines.next().ok_or("an empty file")?);
    let rows: Vec<Vec<String>> = lines.map(cells).collect();
    let place =
        |name: &str| names.iter().position(|n| n == name).ok_or(format!("no column {name} in {path}"));
    let words = |at: usize| rows.iter().map(|row| Some(Arc::from(row[at].as_str()))).collect::<Vec<_>>();
    let numbers =
        |at: usize| rows.iter().map(|row| row[at].parse().unwrap_or(f64::NAN)).collect::<Vec<f64>>();
    let mut columns = Vec::new();
    for (name, role) in &checked.columns {
        let at = place(name)?;
        let values = match role {
            Role::Number | Role::Flag => Values::Numbers(numbers(at)),
            Role::Text | Role::Category | Role::Date => Values::Words(words(at)),
        };
        columns.push(Column { name: name.clone(), values });
    }
    let at = place(target)?;
    let target = match checked.goal {
        Goal::Classes => Target::Classes(words(at)),
        Goal::Numbers => Target::Numbers(numbers(at)),
    };
    Ok((Records { rows: rows.len(), columns }, target))
}

/// The cells of a line of CSV; quotes may hold commas, and a doubled quote is one.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cells.last_mut().expect("there is always a cell").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().expect("there is always a cell").push(other),
        }
    }
    cells
}
