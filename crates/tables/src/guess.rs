//! Guesses which columns play which part in a forecast, from their kinds, names and how their values go together.
//! Every guess comes with its reason; a person confirms it.

use crate::error::ReadError;
use crate::read::first_rows;
use crate::table::{Table, Values};
use hashbrown::{HashMap, HashSet};
use parquet::file::reader::ChunkReader;
use vakhta_domain::dataset::{Column, ColumnKind, TableFacts};
use vakhta_domain::spec::Frequency;

/// Which columns play which part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RoleGuess {
    /// The column of dates.
    pub time: Option<String>,
    /// Columns that together name a series; none where the file is one series.
    pub series: Vec<String>,
    /// The column to forecast.
    pub target: Option<String>,
    /// Coarser levels that the series belong to, e.g. a region of branches.
    pub hierarchy: Vec<String>,
    /// Columns whose values are known ahead, e.g. holidays.
    pub known_future: Vec<String>,
    /// Columns that never change within a series.
    pub static_columns: Vec<String>,
    /// The step of the dates.
    pub frequency: Option<Frequency>,
    /// One sentence a guess, for people.
    pub why: Vec<String>,
}

/// Rows and columns looked at.
const ROWS: usize = 200_000;
const COLUMNS: usize = 30;
/// Share of rows that may repeat a (series, time) pair, in thousandths: a few doubled rows do not unmake a key.
const DOUBLED: usize = 5;

const TIME_WORDS: [&str; 10] =
    ["date", "ds", "day", "time", "period", "дата", "день", "период", "месяц", "неделя"];
const TARGET_WORDS: [&str; 26] = [
    "y",
    "target",
    "value",
    "sales",
    "qty",
    "quantity",
    "revenue",
    "amount",
    "turnover",
    "visits",
    "demand",
    "orders",
    "units",
    "count",
    "total",
    "sum",
    "продажи",
    "сумма",
    "количество",
    "выручка",
    "спрос",
    "оборот",
    "посещения",
    "заказы",
    "объем",
    "значение",
];
const SERIES_WORDS: [&str; 20] = [
    "branch",
    "store",
    "shop",
    "series",
    "unique_id",
    "item",
    "sku",
    "product",
    "id",
    "code",
    "филиал",
    "магазин",
    "точка",
    "товар",
    "номенклатура",
    "артикул",
    "код",
    "ряд",
    "склад",
    "подразделение",
];
const KNOWN_WORDS: [&str; 12] = [
    "holiday",
    "promo",
    "promotion",
    "open",
    "event",
    "weekend",
    "discount",
    "праздник",
    "акция",
    "выходной",
    "скидка",
    "открыт",
];

/// Guesses from a stored table, whose first 200,000 rows are read.
pub fn guess_roles<R: ChunkReader + 'static>(facts: &TableFacts, source: R) -> Result<RoleGuess, ReadError> {
    let names: Vec<&str> = facts
        .columns
        .iter()
        // Free text plays no part in a forecast.
        .filter(|column| column.kind != ColumnKind::Text || column.profile.distinct.is_some())
        .take(COLUMNS)
        .map(|column| column.name.as_str())
        .collect();
    Ok(guess_roles_of(facts, &first_rows(source, &names, ROWS)?))
}

/// Guesses from facts and some rows. Columns that are not among the rows are not considered.
pub fn guess_roles_of(facts: &TableFacts, rows: &Table) -> RoleGuess {
    let mut guess = RoleGuess::default();
    let parts: Vec<Part<'_>> = facts
        .columns
        .iter()
        .filter_map(|column| Some(Part { column, codes: codes(rows.column(&column.name)?) }))
        .filter(|part| part.codes.distinct > 0)
        .collect();
    let Some(time) = best(&parts, |part| is_time(part).then(|| rank(part, &TIME_WORDS))) else {
        guess.why.push("no column holds dates, so there is nothing to forecast along".to_owned());
        return guess;
    };
    guess.why.push(format!("time is `{}`: it holds {}", time.name(), kind_word(time.column.kind)));
    guess.time = Some(time.name().to_owned());

    let named_target = best(&parts, |part| {
        let rank = rank(part, &TARGET_WORDS);
        (is_number(part) && rank > 0).then_some(rank)
    });
    let repeats = time.codes.distinct < time.codes.of.len()
        || time.column.profile.distinct.is_some_and(|distinct| distinct < time.column.profile.count);
    let series = if repeats { key(&parts, time, named_target, &mut guess.why) } else { Vec::new() };
    if !repeats {
        guess.why.push("the table is one series: no date appears twice".to_owned());
    }
    let group = tuple(&series.iter().map(|part| &part.codes).collect::<Vec<_>>(), time.codes.of.len());
    guess.series = series.iter().map(|part| part.name().to_owned()).collect();
    let taken =
        |part: &Part<'_>| part.name() == time.name() || series.iter().any(|s| s.name() == part.name());
    let several = group.distinct > 1;

    let free: Vec<&Part<'_>> = parts.iter().filter(|part| !taken(part) && part.codes.distinct > 1).collect();
    let by_series = |part: &Part<'_>| several && determines(&group, &part.codes);
    let by_time = |part: &Part<'_>| several && repeats && determines(&time.codes, &part.codes);
    let candidates = || free.iter().copied().filter(|part| is_number(part));
    let likely = |part: &&Part<'_>| !by_series(part) && !by_time(part) && rank(part, &KNOWN_WORDS) == 0;
    let target = candidates()
        .filter(likely)
        .max_by_key(|part| {
            (rank(part, &TARGET_WORDS), part.codes.distinct, part.column.kind == ColumnKind::Float)
        })
        .or_else(|| candidates().max_by_key(|part| (rank(part, &TARGET_WORDS), part.codes.distinct)));
    match target {
        None => guess.why.push("no column of changing numbers is left to forecast".to_owned()),
        Some(target) => {
            let reason =
                if rank(target, &TARGET_WORDS) > 0 { "by its name" } else { "the most varied numbers" };
            guess.why.push(format!("target is `{}`: {reason}", target.name()));
            guess.target = Some(target.name().to_owned());
        }
    }
    for part in free.into_iter().filter(|part| Some(part.name()) != guess.target.as_deref()) {
        let name = part.name().to_owned();
        let number = is_number(part) || part.column.kind == ColumnKind::Boolean;
        if by_series(part) {
            if part.column.kind == ColumnKind::Text && part.codes.distinct < group.distinct {
                guess.why.push(format!(
                    "`{name}` is a coarser level: each series has one value, {} in all",
                    part.codes.distinct
                ));
                guess.hierarchy.push(name);
            } else {
                guess.why.push(format!("`{name}` never changes within a series"));
                guess.static_columns.push(name);
            }
        } else if number && by_time(part) {
            guess.why.push(format!("`{name}` may be known ahead: it is the same for every series on a date"));
            guess.known_future.push(name);
        } else if number && rank(part, &KNOWN_WORDS) > 0 {
            guess.why.push(format!("`{name}` may be known ahead: by its name"));
            guess.known_future.push(name);
        }
    }
    guess.frequency = rows.column(time.name()).and_then(|values| frequency(values, &group));
    if let Some(frequency) = guess.frequency {
        guess.why.push(format!("the commonest step between dates is {}", step_word(frequency)));
    }
    guess
}

/// A column with its rows as codes.
struct Part<'f> {
    column: &'f Column,
    codes: Codes,
}

impl Part<'_> {
    fn name(&self) -> &str {
        &self.column.name
    }
}

/// Values as small numbers, equal where the values are.
struct Codes {
    of: Vec<u32>,
    distinct: usize,
}

fn codes(values: &Values) -> Codes {
    match values {
        Values::Texts(texts) => numbered(texts.codes.iter().copied()),
        Values::Integers(values) => numbered(values.iter().copied()),
        Values::Booleans(values) => numbered(values.iter().copied()),
        Values::Floats(values) => numbered(values.iter().map(|v| v.to_bits())),
        Values::Dates(values) => numbered(values.iter().copied()),
        Values::Moments(values) => numbered(values.iter().copied()),
    }
}

fn numbered<T: std::hash::Hash + Eq>(values: impl Iterator<Item = T>) -> Codes {
    let mut known: HashMap<T, u32> = HashMap::new();
    let of = values
        .map(|value| {
            let next = known.len() as u32;
            *known.entry(value).or_insert(next)
        })
        .collect();
    Codes { of, distinct: known.len() }
}

/// Several columns as one.
fn tuple(parts: &[&Codes], rows: usize) -> Codes {
    let mut all = Codes { of: vec![0; rows], distinct: usize::from(rows > 0) };
    for part in parts {
        all = numbered(all.of.iter().zip(&part.of).map(|(a, b)| (*a, *b)));
    }
    all
}

/// Whether one value of `from` always comes with one value of `to`.
fn determines(from: &Codes, to: &Codes) -> bool {
    let mut seen = vec![u32::MAX; from.distinct];
    from.of.iter().zip(&to.of).all(|(a, b)| {
        let known = &mut seen[*a as usize];
        if *known == u32::MAX {
            *known = *b;
        }
        *known == *b
    })
}

fn is_time(part: &Part<'_>) -> bool {
    matches!(part.column.kind, ColumnKind::Date | ColumnKind::Timestamp)
}

fn is_number(part: &Part<'_>) -> bool {
    matches!(part.column.kind, ColumnKind::Integer | ColumnKind::Float)
}

/// The part with the highest rank; of equals the first.
fn best<'p, 'f>(parts: &'p [Part<'f>], rank: impl Fn(&Part<'f>) -> Option<u32>) -> Option<&'p Part<'f>> {
    let mut best: Option<(&Part<'f>, u32)> = None;
    for part in parts {
        if let Some(rank) = rank(part)
            && best.is_none_or(|(_, most)| rank > most)
        {
            best = Some((part, rank));
        }
    }
    best.map(|(part, _)| part)
}

/// How well a column's name fits some words: whole, as one of its words, or not at all. Earlier words count a little
/// more.
fn rank(part: &Part<'_>, words: &[&str]) -> u32 {
    let name = part.name().to_lowercase();
    let place = |at: usize| (words.len() - at) as u32;
    let mut best = 0;
    for (at, word) in words.iter().enumerate() {
        if name == *word {
            best = best.max(1000 + place(at));
        } else if name.split(|c: char| !c.is_alphanumeric()).any(|piece| piece == *word) {
            best = best.max(500 + place(at));
        }
    }
    best
}

/// The fewest columns that, with the time, name every row.
fn key<'p, 'f>(
    parts: &'p [Part<'f>],
    time: &Part<'f>,
    target: Option<&Part<'f>>,
    why: &mut Vec<String>,
) -> Vec<&'p Part<'f>> {
    let fits = |part: &&Part<'f>| {
        part.codes.distinct > 1
            && part.name() != time.name()
            && target.is_none_or(|target| part.name() != target.name())
            && part.codes.distinct * 2 <= part.codes.of.len()
    };
    let text = |part: &&Part<'f>| part.column.kind == ColumnKind::Text;
    let named = |part: &&Part<'f>| part.column.kind == ColumnKind::Integer && rank(part, &SERIES_WORDS) > 0;
    let mut candidates: Vec<&Part<'f>> = parts.iter().filter(fits).filter(|p| text(p) || named(p)).collect();
    // Likely names first, then the coarser column: a key should have no more values than it needs.
    candidates.sort_by_key(|part| (std::cmp::Reverse(rank(part, &SERIES_WORDS).min(1)), part.codes.distinct));
    candidates.truncate(8);
    let rows = time.codes.of.len();
    let mut least: Option<(usize, Vec<&Part<'f>>)> = None;
    for size in 1..=3 {
        for set in sets(candidates.len(), size) {
            let chosen: Vec<&Part<'f>> = set.iter().map(|at| candidates[*at]).collect();
            let mut all: Vec<&Codes> = chosen.iter().map(|part| &part.codes).collect();
            all.push(&time.codes);
            let doubled = rows - tuple(&all, rows).distinct;
            if doubled * 1000 <= rows * DOUBLED {
                let names = chosen.iter().map(|p| format!("`{}`", p.name())).collect::<Vec<_>>().join(", ");
                why.push(format!(
                    "series are named by {names}: with the time every row is then one of its kind"
                ));
                return chosen;
            }
            if least.as_ref().is_none_or(|(fewest, _)| doubled < *fewest) {
                least = Some((doubled, chosen));
            }
        }
    }
    let Some((doubled, chosen)) = least else {
        why.push(
            "dates repeat and no column tells series apart; rows of one date will count together".to_owned(),
        );
        return Vec::new();
    };
    let names = chosen.iter().map(|p| format!("`{}`", p.name())).collect::<Vec<_>>().join(", ");
    why.push(format!(
        "series are perhaps named by {names}, but {doubled} rows then share their time with another"
    ));
    chosen
}

/// All sets of `size` places out of `count`, in order.
fn sets(count: usize, size: usize) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..size {
        sets = sets
            .into_iter()
            .flat_map(|set| {
                let start = set.last().map_or(0, |last| last + 1);
                (start..count).map(move |next| {
                    let mut longer = set.clone();
                    longer.push(next);
                    longer
                })
            })
            .collect();
    }
    sets
}

/// The commonest step between neighbouring times of one series, where it is one of ours.
fn frequency(values: &Values, group: &Codes) -> Option<Frequency> {
    const HOUR: i64 = 3600;
    let seconds: Vec<Option<i64>> = match values {
        Values::Dates(values) => values
            .iter()
            .map(|v| {
                v.and_then(|d| d.to_zoned(jiff::tz::TimeZone::UTC).ok()).map(|z| z.timestamp().as_second())
            })
            .collect(),
        Values::Moments(values) => values.iter().map(|v| v.map(jiff::Timestamp::as_second)).collect(),
        _ => return None,
    };
    let distinct: HashSet<(u32, i64)> =
        group.of.iter().zip(&seconds).filter_map(|(series, at)| Some((*series, (*at)?))).collect();
    let mut sorted: Vec<(u32, i64)> = distinct.into_iter().collect();
    sorted.sort_unstable();
    let mut steps: HashMap<i64, usize> = HashMap::new();
    for pair in sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        *steps.entry(pair[1].1 - pair[0].1).or_insert(0) += 1;
    }
    // Months and quarters have steps of several lengths: count them together.
    let mut votes: HashMap<&'static str, (usize, Frequency)> = HashMap::new();
    for (step, count) in steps {
        let found = match step {
            HOUR => ("hour", Frequency::H),
            86_400 => ("day", Frequency::D),
            604_800 => ("week", Frequency::W),
            _ if (28 * 86_400..=31 * 86_400).contains(&step) => ("month", Frequency::M),
            _ if (90 * 86_400..=92 * 86_400).contains(&step) => ("quarter", Frequency::Q),
            _ => continue,
        };
        votes.entry(found.0).or_insert((0, found.1)).0 += count;
    }
    votes.into_iter().max_by_key(|(name, (count, _))| (*count, *name)).map(|(_, (_, frequency))| frequency)
}

fn step_word(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::H => "an hour",
        Frequency::D => "a day",
        Frequency::W => "a week",
        Frequency::M => "a month",
        Frequency::Q => "a quarter",
    }
}

fn kind_word(kind: ColumnKind) -> &'static str {
    if kind == ColumnKind::Timestamp { "timestamps" } else { "dates" }
}
