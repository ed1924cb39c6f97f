//! The demo's past: its rows are replayed through the whole lifecycle, so that every page shows history that was really
//! computed. The server then goes on at the time of its data, by a clock that is moved there.

use crate::exit::{Exit, Failure, Result};
use crate::output::progress::Bar;
use crate::output::{Out, numbers};
use crate::wiring::{self, MovedClock, SystemClock};
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use std::io::Write as _;
use std::path::Path;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::ports::Clock as _;
use vakhta_domain::spec::ModelSpec;
use vakhta_domain::user::Actor;
use vakhta_simulate::{Columns, Feed, Plan};

/// Only a folder with this file in it is ever deleted. Its last line says where the demo's clock stands.
const MARKER: &str = ".vakhta-demo";
const FIRST_LINE: &str = "made by `vakhta demo`; `vakhta demo --fresh` deletes this folder";
/// What the marker says while there is no whole past yet.
const UNFINISHED: &str = "unfinished";
/// The replay can be repeated from it.
const SEED: u64 = 7;

/// Where a folder's demo stands.
enum Standing {
    /// The folder is empty.
    New,
    /// An earlier run was stopped before its past was whole.
    Unfinished,
    /// Its past is there.
    Lived(MovedClock),
}

/// Makes a folder ready to be lived in: a foreign one is refused, half a past is deleted. Answers the clock of a past that
/// is there.
pub fn prepare(path: &Path, fresh: bool, out: Out) -> Result<Option<MovedClock>> {
    let standing = standing(path)?;
    let clock = match standing {
        Standing::Lived(clock) if !fresh => Some(clock),
        _ => None,
    };
    if clock.is_none() && !matches!(standing, Standing::New) {
        wiring::refuse_if_in_use(path)?;
        std::fs::remove_dir_all(path)?;
        out.note(format!("deleted the earlier demo in {}", path.display()));
    }
    wiring::make_data_dir(path)?;
    if clock.is_none() {
        mark(path, UNFINISHED)?;
    }
    Ok(clock)
}

fn standing(path: &Path) -> Result<Standing> {
    let empty = match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => {
            return Err(Failure::new(Exit::Failed, format!("cannot look into {}: {error}", path.display())));
        }
    };
    if empty {
        return Ok(Standing::New);
    }
    let Ok(marker) = std::fs::read_to_string(path.join(MARKER)) else {
        let text = format!("{} is not empty and no earlier demo made it", path.display());
        return Err(
            Failure::new(Exit::Failed, text).with_more(["choose another folder by --data-dir".to_owned()])
        );
    };
    match marker.lines().nth(1).map(str::parse::<SignedDuration>) {
        // A demo of a release that had no past lived at the time of the system.
        None => Ok(Standing::Lived(MovedClock { by: SignedDuration::ZERO })),
        Some(Ok(by)) => Ok(Standing::Lived(MovedClock { by })),
        Some(Err(_)) => Ok(Standing::Unfinished),
    }
}

fn mark(folder: &Path, standing: &str) -> Result<()> {
    let mut file = std::fs::File::create(folder.join(MARKER))?;
    writeln!(file, "{FIRST_LINE}\n{standing}")?;
    Ok(file.sync_all()?)
}

/// Lives through the last `days` days of `rows`: a Parquet file. Answers the clock of the morning after.
pub async fn live(
    data_dir: &Path,
    (rows, spec): (&[u8], ModelSpec),
    days: u32,
    threads: usize,
    out: Out,
) -> Result<MovedClock> {
    let scratch = tempfile::tempdir()?;
    let file = scratch.path().join("rows.parquet");
    std::fs::write(&file, rows)?;
    let columns = Columns::of(&spec)?;
    let feed = Feed::read(&file, &columns, &scratch.path().join("read.parquet"))?;
    let (first, last) = feed.span().ok_or_else(|| Failure::new(Exit::Failed, "the demo has no rows"))?;
    let from = last.saturating_sub(i64::from(days).saturating_sub(1).days()).max(first.tomorrow()?);
    let count: usize = feed.batches.values().map(Vec::len).sum();
    out.note(format!(
        "{} rows up to {last}: the first version learns from those before {from}, then each day is lived through",
        numbers::count(count as u64)
    ));
    let replaying = wiring::replaying(data_dir, threads, from, SEED).await?;
    let plan = Plan {
        spec,
        feed,
        scenarios: Vec::new(),
        from,
        to: last,
        incoming: replaying.incoming.clone(),
        seed: SEED,
    };
    let bar = Bar::new(out, "training");
    let mut at = |day: Date| {
        let gone = day.since(from).map_or(0.0, |span| f64::from(span.get_days()));
        bar.at(&day.to_string(), gone / f64::from(days), None);
    };
    let actor = Actor::system(WorkspaceId::default_workspace());
    let told = vakhta_simulate::run(&replaying.app, &replaying.clock, &actor, plan, &mut at).await;
    replaying.stop().await;
    told?;
    let clock = morning_after(last)?;
    mark(data_dir, &clock.by.to_string())?;
    Ok(clock)
}

/// A clock that says seven in the morning of the day after, now.
fn morning_after(day: Date) -> Result<MovedClock> {
    let then = day.tomorrow()?.to_datetime(time(7, 0, 0, 0)).to_zoned(TimeZone::UTC)?.timestamp();
    Ok(MovedClock { by: then.duration_since(SystemClock.now()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_of_its_own_is_deleted() {
        let out = Out::new(true);
        let home = tempfile::tempdir().expect("a folder");
        let foreign = home.path().join("mine");
        std::fs::create_dir(&foreign).expect("made");
        std::fs::write(foreign.join("thesis.txt"), "years of work").expect("written");
        assert!(prepare(&foreign, true, out).is_err());
        assert!(foreign.join("thesis.txt").exists());
        let own = home.path().join("demo");
        assert!(prepare(&own, false, out).expect("made").is_none());
        mark(&own, "-PT24H").expect("its past is whole");
        std::fs::write(own.join("old"), "x").expect("written");
        let clock = prepare(&own, false, out).expect("goes on").expect("as it was");
        assert_eq!(clock.by, SignedDuration::from_hours(-24));
        assert!(own.join("old").exists());
        assert!(prepare(&own, true, out).expect("made anew").is_none());
        assert!(!own.join("old").exists());
    }

    #[test]
    fn half_a_past_is_lived_again() {
        let home = tempfile::tempdir().expect("a folder");
        let own = home.path().join("demo");
        prepare(&own, false, Out::new(true)).expect("made");
        std::fs::write(own.join("half"), "x").expect("written");
        assert!(prepare(&own, false, Out::new(true)).expect("made anew").is_none());
        assert!(!own.join("half").exists());
    }
}
