//! Which column plays which part: guessed, told, and overruled by flags. The outcome is an ordinary spec,
//! checked as any other.

use super::{Args, Talk, read::Source};
use crate::exit::{Exit, Failure, Result};
use crate::output::{QUIET, STRONG, numbers, styled};
use serde_json::{Map, json};
use vakhta_domain::spec::structure::nearest;
use vakhta_domain::spec::{ModelSpec, parse_one};
use vakhta_tables::{RoleGuess, guess_roles};

/// The flag that stands for a place in the spec, so that errors speak the caller's language.
const FLAGS: [(&str, &str); 12] = [
    ("/data/time", "--time"),
    ("/data/series", "--series"),
    ("/data/target", "--target"),
    ("/data/known_future", "--known-future"),
    ("/data/static", "--static"),
    ("/data/frequency", "--frequency"),
    ("/data/missing", "--missing"),
    ("/horizon", "--horizon"),
    ("/engine", "--engine"),
    ("/features/calendar/country", "--country"),
    ("/params/rounds", "--rounds"),
    ("/validation/folds", "--folds"),
];

/// Settles the spec.
pub fn settle(args: &Args, source: &Source, talk: Talk) -> Result<ModelSpec> {
    let guess = guess_roles(&source.facts, source.parquet.clone())
        .map_err(|error| Failure::from(error).with_exit(Exit::BadInput))?;
    let spec = spec(args, guess.clone(), source)?;
    tell(&spec, &guess, source, talk);
    Ok(spec)
}

fn spec(args: &Args, guess: RoleGuess, source: &Source) -> Result<ModelSpec> {
    let bad = |errors: Vec<String>| {
        Failure::new(Exit::BadInput, "the forecast cannot be made as asked").with_more(errors)
    };
    let known: Vec<&str> = source.facts.columns.iter().map(|c| c.name.as_str()).collect();
    let mut told: Vec<String> = args.time.iter().chain(&args.target).cloned().collect();
    let lists = [&args.series, &args.known_future, &args.static_columns];
    told.extend(lists.into_iter().flatten().flat_map(|text| names(text)));
    let unknown: Vec<String> = told
        .iter()
        .filter(|name| !known.contains(&name.as_str()))
        .map(|name| match nearest(name, known.iter().copied()) {
            Some(near) => format!("there is no column `{name}`, did you mean `{near}`?"),
            None => format!("there is no column `{name}`, the file has {}", known.join(", ")),
        })
        .collect();
    if !unknown.is_empty() {
        return Err(bad(unknown));
    }
    let (Some(time), Some(target)) = (args.time.clone().or(guess.time), args.target.clone().or(guess.target))
    else {
        let mut errors = guess.why;
        errors.push(format!(
            "say what the columns mean by --time and --target; the file has {}",
            known.join(", ")
        ));
        return Err(bad(errors));
    };
    // A column that was given one part by a flag is not guessed another.
    let free = |guessed: Vec<String>| -> Vec<String> {
        guessed.into_iter().filter(|name| !told.contains(name) && *name != time && *name != target).collect()
    };
    let list =
        |flag: &Option<String>, guessed: Vec<String>| flag.as_deref().map_or_else(|| free(guessed), names);
    let series = list(&args.series, guess.series);
    let mut data = Map::new();
    data.insert("dataset".into(), "file".into());
    data.insert("time".into(), json!(time));
    data.insert("target".into(), json!(target));
    data.insert("known_future".into(), json!(list(&args.known_future, guess.known_future)));
    if !series.is_empty() {
        data.insert("static".into(), json!(list(&args.static_columns, guess.static_columns)));
        data.insert(
            "hierarchy".into(),
            json!(if args.static_columns.is_some() { Vec::new() } else { free(guess.hierarchy) }),
        );
    }
    data.insert("series".into(), json!(series));
    if let Some(missing) = &args.missing {
        data.insert("missing".into(), json!(missing));
    }
    let guessed = guess.frequency.map(|f| json!(f)).unwrap_or_default();
    let frequency = args.frequency.as_ref().map_or(guessed, |f| json!(f.to_uppercase()));
    if !frequency.is_null() {
        data.insert("frequency".into(), frequency);
    }
    let mut document = json!({
        "model_key": "file", "task": "forecast", "data": data, "engine": args.engine, "seed": args.seed,
        "intervals": {"levels": args.level}, "validation": {"folds": args.folds},
    });
    for (name, value) in
        [("horizon", args.horizon.map(|h| json!(h))), ("params", args.rounds.map(|r| json!({"rounds": r})))]
    {
        if let Some(value) = value {
            document[name] = value;
        }
    }
    if let Some(country) = &args.country {
        document["features"] = json!({"calendar": {"country": country.to_uppercase()}});
    }
    parse_one(document)
        .map_err(|errors| bad(errors.0.iter().map(|e| in_flags(&e.pointer, &e.message)).collect()))
}

/// The names in a list with commas; `none` is an empty one.
fn names(text: &str) -> Vec<String> {
    if text == "none" {
        return Vec::new();
    }
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn in_flags(pointer: &str, message: &str) -> String {
    match FLAGS.iter().find(|(place, _)| pointer.starts_with(place)) {
        Some((_, flag)) => format!("{flag}: {message}"),
        None => format!("{pointer}: {message}"),
    }
}

fn tell(spec: &ModelSpec, guess: &RoleGuess, source: &Source, talk: Talk) {
    let read_as = &source.facts.read_as;
    let mut how = vec![format!("{:?}", read_as.format).to_lowercase()];
    how.extend(read_as.encoding.clone());
    how.extend(read_as.delimiter.map(|d| format!("delimiter `{}`", d.escape_debug())));
    how.extend(read_as.dates.clone());
    talk.say(format!("read {} rows as {}", numbers::count(source.rows()), how.join(", ")));
    let data = &spec.data;
    let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    for (name, value) in [
        ("time", data.time.clone().unwrap_or_default()),
        ("target", data.target.clone()),
        ("series", list(&data.series)),
        ("known future", list(&data.known_future)),
        ("static", list(&data.static_columns)),
        ("hierarchy", list(&data.hierarchy)),
        ("frequency", data.frequency.map_or_else(|| "guessed from the dates".into(), |f| format!("{f:?}"))),
    ] {
        talk.say(format!("  {name:<13} {}", styled(STRONG, value)));
    }
    for why in &guess.why {
        talk.say(styled(QUIET, format!("  {why}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::forecast::read;
    use clap::Parser as _;
    use std::io::Write as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn settled(flags: &str) -> Result<ModelSpec> {
        let mut file = tempfile::NamedTempFile::with_suffix(".csv").expect("a file");
        writeln!(file, "date,shop,region,promo,sales").expect("written");
        for day in 1..=28 {
            for (shop, region) in [("a", "north"), ("b", "north"), ("c", "south")] {
                let promo = u8::from(day % 5 == 0);
                writeln!(file, "2026-01-{day:02},{shop},{region},{promo},{}", day * 3).expect("written");
            }
        }
        let source = read::import(file.path(), read::BadRows::Refuse, crate::output::Out::new(true))?;
        let words = ["forecast", "x.csv"].into_iter().chain(flags.split_whitespace());
        let args = Line::try_parse_from(words).expect("right flags").args;
        settle(&args, &source, Talk { out: crate::output::Out::new(true), quiet: true })
    }

    #[test]
    fn parts_are_guessed_and_overruled() {
        let spec = settled("").expect("all is guessed");
        assert_eq!(spec.data.time.as_deref(), Some("date"));
        assert_eq!(spec.data.target, "sales");
        assert_eq!(spec.data.series, ["shop"]);
        assert_eq!(spec.data.known_future, ["promo"]);
        let spec =
            settled("--series none --known-future none --target promo --horizon 5").expect("overruled");
        assert!(spec.data.series.is_empty() && spec.data.known_future.is_empty());
        assert_eq!((spec.data.target.as_str(), spec.horizon), ("promo", Some(5)));
    }

    #[test]
    fn wrong_wishes_are_told_in_flags() {
        for (flags, told) in [
            ("--target sale", "there is no column `sale`, did you mean `sales`?"),
            ("--engine gdbt", "--engine: "),
            ("--horizon 0", "--horizon: "),
            ("--engine seasonal_naive --rounds 5", "--rounds: "),
            ("--frequency X", "--frequency: "),
            ("--target date --time date", "--"),
        ] {
            let failure = settled(flags).expect_err(flags);
            assert_eq!(failure.exit, Exit::BadInput);
            assert!(failure.more.iter().any(|line| line.starts_with(told)), "{flags}: {:?}", failure.more);
        }
    }
}
