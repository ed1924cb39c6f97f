//! Actuals, logged answers and daily rows.

use super::Bed;
use super::samples::{add_model, event, home, prediction};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use vakhta_domain::actual::{Actual, ActualSource, NewActuals, TakenActuals, Truth};
use vakhta_domain::daily::{DailyRow, DueDay, LoggedAnswer, Role, Scope};
use vakhta_domain::ids::{DatasetVersionId, ModelKey, VersionId};
use vakhta_domain::ports::{LogMark, LogPiece};

pub(super) const FIRST: Date = date(2026, 9, 2);
const SECOND: Date = date(2026, 9, 3);

fn visits() -> ModelKey {
    ModelKey::new("visits")
}

fn number(key: &str, value: f64) -> Actual {
    Actual { key: key.into(), truth: Truth::Number(value) }
}

async fn take(bed: &Bed, source: ActualSource, items: Vec<Actual>) -> TakenActuals {
    let new = NewActuals { workspace: home(), model: visits(), source, at: bed.now(), items };
    let taken = bed.ports.actuals.take_actuals(&new, &event("actuals.received", bed.now())).await;
    taken.expect("works").expect("the model is there")
}

fn counts(received: u64, added: u64, corrected: u64, unchanged: u64) -> TakenActuals {
    TakenActuals { received, added, corrected, unchanged }
}

fn answer(bed: &Bed, series: &str, day: Date, value: Option<f64>) -> LoggedAnswer {
    LoggedAnswer {
        key: format!("{series}|{day}"),
        version: VersionId::new("v_1"),
        day,
        served: true,
        shadow: false,
        at: bed.now(),
        request: "req_1".into(),
        segment: series.into(),
        step: Some(1),
        value,
        label: None,
        detail: "[]".into(),
    }
}

async fn log(bed: &Bed, segment: &str, from: u64, answers: Vec<LoggedAnswer>) -> bool {
    let to = from + answers.len() as u64;
    let piece = LogPiece { marks: vec![LogMark { segment: segment.into(), from, to }], answers };
    bed.ports.actuals.take_log(&home(), &visits(), &piece).await.expect("works")
}

async fn due(bed: &Bed) -> Vec<DueDay> {
    bed.ports.actuals.due_days(&home(), &visits()).await.expect("works")
}

async fn put(bed: &Bed, due: DueDay, rows: &[DailyRow]) -> bool {
    bed.ports.actuals.put_day(&home(), &visits(), due, rows).await.expect("works")
}

fn row(day: Date, scored: u64) -> DailyRow {
    DailyRow {
        scope: Scope::All,
        day,
        version: VersionId::new("v_1"),
        role: Role::Champion,
        segment: String::new(),
        bucket: 1,
        answers: 2,
        scored,
        sums: "{\"n\": 0.1}".into(),
    }
}

/// An actual, answers, a day that is done and one that is due.
pub(super) async fn some_of_each(bed: &Bed) {
    take(bed, ActualSource::Api, vec![number("a|2026-09-02", 1.0)]).await;
    log(bed, "s1", 0, vec![answer(bed, "a", FIRST, Some(1.0)), answer(bed, "a", SECOND, Some(1.0))]).await;
    let [first, _] = due(bed).await[..] else { panic!("two days") };
    assert!(put(bed, first, &[row(FIRST, 1)]).await);
}

pub(super) async fn late_and_corrected_ones_replace_and_stay(bed: Bed) {
    let actuals = &bed.ports.actuals;
    let nobody = NewActuals {
        workspace: home(),
        model: visits(),
        source: ActualSource::Api,
        at: bed.now(),
        items: vec![number("a", 1.0)],
    };
    let told = event("actuals.received", bed.now());
    assert_eq!(actuals.take_actuals(&nobody, &told).await.expect("works"), None, "no model, no actuals");
    add_model(&bed, "visits").await;
    let seq = bed.ports.events.last_seq().await.expect("works");
    let twice = vec![number("a", 9.0), number("b", 0.0), number("a", 1.0)];
    assert_eq!(take(&bed, ActualSource::Api, twice.clone()).await, counts(2, 2, 0, 0));
    assert_eq!(take(&bed, ActualSource::Api, twice).await, counts(2, 0, 0, 2), "the same again");
    let events = bed.ports.events.events_after(seq, 9).await.expect("works");
    assert_eq!(events.len(), 1, "nothing changed the second time");
    assert_eq!(events[0].1.data["added"], 2);

    bed.clock.advance(SignedDuration::from_hours(1));
    let version = DatasetVersionId::new("data_7");
    assert_eq!(actuals.dataset_taken(&home(), &visits()).await.expect("works"), None);
    let corrected = vec![number("a", -1e300), Actual { key: "c".into(), truth: Truth::Label("чай".into()) }];
    assert_eq!(take(&bed, ActualSource::Dataset(version.clone()), corrected).await, counts(2, 1, 1, 0));
    assert_eq!(actuals.dataset_taken(&home(), &visits()).await.expect("works"), Some(version));
    let words = actuals.actual_versions(&home(), &visits(), "a").await.expect("works");
    let said: Vec<_> = words.iter().map(|w| (w.revision, w.truth.clone(), w.source.as_str())).collect();
    assert_eq!(said, [(2, Truth::Number(-1e300), "data_7"), (1, Truth::Number(1.0), "api")]);
    assert_eq!(actuals.actual_versions(&home(), &visits(), "z").await.expect("works"), []);
    let label = actuals.actual_versions(&home(), &visits(), "c").await.expect("works");
    assert_eq!(label[0].truth, Truth::Label("чай".into()));

    let many: Vec<Actual> = (0..3000).map(|n| number(&format!("k{n}"), f64::from(n) / 7.0)).collect();
    assert_eq!(take(&bed, ActualSource::Api, many.clone()).await, counts(3000, 3000, 0, 0));
    assert_eq!(
        take(&bed, ActualSource::Api, many).await,
        counts(3000, 0, 0, 3000),
        "numbers come back to the bit"
    );
}

pub(super) async fn known_ones_are_listed_by_key(bed: Bed) {
    add_model(&bed, "visits").await;
    let many: Vec<Actual> = (0..7).map(|n| number(&format!("север|2026-09-0{n}"), f64::from(n))).collect();
    take(&bed, ActualSource::Api, many).await;
    take(&bed, ActualSource::Api, vec![number("север|2026-09-03", 33.0)]).await;
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page =
            bed.ports.actuals.known_actuals(&home(), &visits(), after.as_deref(), 3).await.expect("works");
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        found.extend(page);
    }
    let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, (0..7).map(|n| format!("север|2026-09-0{n}")).collect::<Vec<_>>(), "each key once");
    assert_eq!((found[3].1.revision, &found[3].1.truth), (2, &Truth::Number(33.0)), "the last word");
    let none = bed.ports.actuals.known_actuals(&home(), &ModelKey::new("sales"), None, 9).await;
    assert_eq!(none.expect("works"), []);
}

pub(super) async fn the_log_is_taken_in_once(bed: Bed) {
    add_model(&bed, "visits").await;
    let first = answer(&bed, "север", FIRST, Some(1.5));
    assert!(log(&bed, "s1", 0, vec![first.clone(), answer(&bed, "юг", FIRST, None)]).await);
    assert!(!log(&bed, "s1", 0, vec![first.clone()]).await, "it was taken");
    assert!(!log(&bed, "s1", 1, vec![first.clone()]).await, "it stands elsewhere");
    let later =
        LoggedAnswer { at: bed.now() + SignedDuration::from_secs(1), value: Some(2.5), ..first.clone() };
    let asked = LoggedAnswer { at: later.at + SignedDuration::from_secs(1), served: false, ..first.clone() };
    let other = LoggedAnswer { version: VersionId::new("v_2"), ..first.clone() };
    assert!(log(&bed, "s1", 2, vec![later.clone(), asked, other.clone()]).await);
    assert!(log(&bed, "s0", 0, vec![first.clone()]).await, "an older segment that came late");
    let mark = |segment: &str, from, to| LogMark { segment: segment.into(), from, to };
    let stale = LogPiece { marks: vec![mark("s2", 0, 4), mark("s1", 4, 9)], answers: vec![first.clone()] };
    let refused = bed.ports.actuals.take_log(&home(), &visits(), &stale).await.expect("works");
    assert!(!refused, "of several segments one was taken: nothing is written");
    let taken = bed.ports.actuals.log_taken(&home(), &visits()).await.expect("works");
    assert_eq!(taken.into_iter().collect::<Vec<_>>(), [("s0".to_owned(), 1), ("s1".to_owned(), 5)]);
    take(&bed, ActualSource::Api, vec![number("север|2026-09-02", 2.0)]).await;
    let read = |after: Option<(String, String)>, limit| {
        let bed = bed.clone();
        async move {
            bed.ports.actuals.paired(&home(), &visits(), FIRST, after.as_ref(), limit).await.expect("works")
        }
    };
    let all = read(None, 10).await;
    let found: Vec<_> = all.iter().map(|p| (&p.answer, p.truth.clone())).collect();
    let known = Some(Truth::Number(2.0));
    assert_eq!(found, [(&later, known.clone()), (&other, known), (&answer(&bed, "юг", FIRST, None), None)]);
    let rest = read(Some((later.key.clone(), "v_1".into())), 1).await;
    assert_eq!(rest[0].answer, other, "pages go on");
}

pub(super) async fn days_become_due_and_are_done(bed: Bed) {
    add_model(&bed, "visits").await;
    take(&bed, ActualSource::Api, vec![number("a|2026-09-02", 1.0)]).await;
    assert_eq!(due(&bed).await, [], "nobody answered that");
    log(&bed, "s1", 0, vec![answer(&bed, "a", FIRST, Some(1.0)), answer(&bed, "a", SECOND, Some(1.0))]).await;
    let [first, second] = due(&bed).await[..] else { panic!("two days") };
    assert_eq!((first.day, second.day), (FIRST, SECOND));
    take(&bed, ActualSource::Api, vec![number("a|2026-09-02", 2.0)]).await;
    assert!(!put(&bed, first, &[row(FIRST, 1)]).await, "an actual came since");
    let [first, _] = due(&bed).await[..] else { panic!("two days") };
    let segment = DailyRow { scope: Scope::Segment, segment: "a".into(), ..row(FIRST, 1) };
    assert!(put(&bed, first, &[row(FIRST, 1), segment.clone()]).await);
    assert!(!put(&bed, first, &[row(FIRST, 9)]).await, "it is done");
    assert!(put(&bed, second, &[row(SECOND, 0)]).await);
    let rows = bed.ports.actuals.daily_rows(&home(), &visits(), Scope::All, FIRST).await.expect("works");
    assert_eq!(rows, [row(FIRST, 1), row(SECOND, 0)]);
    let rows = bed.ports.actuals.daily_rows(&home(), &visits(), Scope::All, SECOND).await.expect("works");
    assert_eq!(rows, [row(SECOND, 0)]);
    let rows = bed.ports.actuals.daily_rows(&home(), &visits(), Scope::Segment, FIRST).await.expect("works");
    assert_eq!(rows, [segment]);
    take(&bed, ActualSource::Api, vec![number("a|2026-09-02", 2.0)]).await;
    assert_eq!(due(&bed).await, [], "the same again changes nothing");
    assert_eq!(bed.ports.actuals.all_due(&home(), &visits()).await.expect("works"), 2);
    let [again, _] = due(&bed).await[..] else { panic!("two days") };
    assert!(again.stamp != first.stamp && put(&bed, again, &[]).await);
    let rows = bed.ports.actuals.daily_rows(&home(), &visits(), Scope::All, FIRST).await.expect("works");
    assert_eq!(rows, [row(SECOND, 0)], "rows are replaced");
}

/// A segment is read by the same name before and after it is sealed.
pub(super) async fn parts_of_the_log_keep_their_names(bed: Bed) {
    let log = &bed.ports.predictions;
    let some: Vec<_> = (0..3).map(|n| prediction("visits", n, bed.now())).collect();
    log.append(some.clone()).await.expect("works");
    let open = log.parts(&home(), &visits()).await.expect("works");
    assert_eq!((open.len(), open[0].records), (1, None));
    let segment = open[0].segment.clone();
    assert_eq!(log.read_part(&home(), &visits(), &segment).await.expect("works"), some);
    let flat = log.read_flat(&home(), &visits(), &segment).await.expect("works");
    assert_eq!(flat.rows.iter().map(|row| row.value).collect::<Vec<_>>(), [0.0, 1.0 / 3.0, 2.0 / 3.0]);
    assert_eq!(flat.text(flat.rows[2].place).as_ref(), "филиал 2");
    bed.clock.advance(SignedDuration::from_secs(1));
    bed.store.seal_predictions(true).await.expect("works");
    log.append(vec![prediction("visits", 3, bed.now())]).await.expect("works");
    let parts = log.parts(&home(), &visits()).await.expect("works");
    assert_eq!((parts.len(), &parts[0].segment, parts[0].records), (2, &segment, Some(3)));
    let (first, last) = (some[0].at, some[2].at);
    assert_eq!(
        (parts[0].span, parts[1].span),
        (Some((first, last)), None),
        "what is still written has no end"
    );
    assert_eq!(log.read_part(&home(), &visits(), &segment).await.expect("works"), some);
    assert_eq!(log.read_part(&home(), &visits(), "none").await.expect("works"), []);
    assert_eq!(log.read_flat(&home(), &visits(), &segment).await.expect("works"), flat, "wherever it lies");
    assert_eq!(log.read_flat(&home(), &visits(), "none").await.expect("works").rows, []);
}

/// An actual and the answer that it belongs to come at once: whichever is first, the day is due in the end.
pub(super) async fn no_day_is_missed_in_a_race(bed: Bed) {
    add_model(&bed, "visits").await;
    for n in 0..20 {
        let series = format!("s{n}");
        let key = format!("{series}|{FIRST}");
        let segment = format!("seg{n}");
        let (one, two) = (bed.clone(), bed.clone());
        let truth = tokio::spawn(async move { take(&one, ActualSource::Api, vec![number(&key, 1.0)]).await });
        let said = tokio::spawn(async move {
            let new = vec![answer(&two, &series, FIRST, Some(1.0))];
            assert!(log(&two, &segment, 0, new).await);
            let [due] = due(&two).await[..] else { panic!("the day is due") };
            let known = two.ports.actuals.paired(&home(), &visits(), FIRST, None, 100).await.expect("works");
            let scored = known.iter().filter(|p| p.truth.is_some()).count() as u64;
            (put(&two, due, &[row(FIRST, scored)]).await, scored)
        });
        truth.await.expect("no panic");
        let (done, scored) = said.await.expect("no panic");
        let still = due(&bed).await;
        assert!(
            !still.is_empty() || (done && scored == n + 1),
            "day computed with {scored} actuals of {}",
            n + 1
        );
        for day in still {
            put(&bed, day, &[]).await;
        }
    }
}
