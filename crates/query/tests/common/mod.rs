//! A store with a little of everything, and an engine over it.
#![allow(dead_code, reason = "each file of tests uses its part")]

use jiff::civil::date;
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::Duration;
use tempfile::TempDir;
use vakhta_domain::actual::{Actual, ActualSource, NewActuals, Truth};
use vakhta_domain::daily::{DailyRow, DayMeasures, LoggedAnswer, Role, Scope};
use vakhta_domain::dataset::ReadOptions;
use vakhta_domain::ids::{DatasetKey, DatasetVersionId, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::{Analytics as _, LogMark, LogPiece, NewDatasetVersion, StoreError};
use vakhta_domain::prediction::LoggedPrediction;
use vakhta_domain::query::{Answer, QueryError, QueryLimits, Question};
use vakhta_query::{Engine, Settings};
use vakhta_store::conformance::{Bed, samples};
use vakhta_store::{FeedOptions, S3Options, StoreConfig};

/// A store and an engine over it.
pub struct House {
    pub bed: Bed,
    pub engine: Engine,
    pub temp: std::path::PathBuf,
    _folder: TempDir,
}

/// Limits that nothing here should reach by itself.
pub const LIMITS: QueryLimits =
    QueryLimits { time: Duration::from_mins(1), memory_bytes: 256 << 20, answer_bytes: 64 << 20 };

/// What rows of these tests say of themselves.
#[expect(clippy::unnecessary_wraps, reason = "the engine takes a function that may fail")]
fn measures(row: &DailyRow) -> Result<DayMeasures, StoreError> {
    let sums: Value = serde_json::from_str(&row.sums).expect("written below");
    Ok(DayMeasures { absolute_error: sums["absolute"].as_f64(), ..DayMeasures::default() })
}

impl House {
    /// Empty.
    pub async fn empty() -> Self {
        Self::with(2, Duration::from_secs(20)).await
    }

    /// Empty, answering so many queries at once; others wait so long.
    pub async fn with(at_once: usize, patience: Duration) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().display();
        let config = StoreConfig {
            database_url: format!("sqlite://{at}/vakhta.db"),
            objects_url: format!("file://{at}/objects"),
            feeds: FeedOptions::default(),
            s3: S3Options::default(),
            data_dir: folder.path().to_owned(),
        };
        let bed = Bed::open(&config, 7).await.expect("a store");
        let temp = folder.path().join("tmp");
        std::fs::create_dir_all(&temp).expect("a folder");
        let settings = Settings { temp_dir: temp.clone(), threads: 2, at_once, patience, measures };
        let engine = Engine::new(bed.ports.clone(), settings);
        Self { bed, engine, temp, _folder: folder }
    }

    /// With a model that learnt, answered and was told the truth, and two versions of a dataset.
    pub async fn full() -> Self {
        let house = Self::empty().await;
        let bed = &house.bed;
        samples::add_model(bed, "visits").await;
        samples::train(bed, "visits", "v_1", true, None).await;
        house.dataset("sales", "date,branch,sum\n2026-01-01,north,10.5\n2026-01-02,south,20\n").await;
        house
            .dataset(
                "sales",
                "date,branch,sum\n2026-01-01,north,10.5\n2026-01-02,south,21\n2026-01-03,north,1\n",
            )
            .await;
        let log = &bed.ports.predictions;
        log.append(vec![said("default", "север|2026-09-02", 10.0), said("default", "юг|2026-09-02", 20.0)])
            .await
            .expect("works");
        log.append(vec![said("other", "запад|2026-09-02", 99.0)]).await.expect("works");
        bed.store.seal_predictions(true).await.expect("works");
        bed.clock.advance(jiff::SignedDuration::from_hours(48));
        let later = LoggedPrediction { at: bed.now(), ..said("default", "север|2026-09-05", f64::NAN) };
        log.append(vec![later]).await.expect("works");
        let items = [("север|2026-09-02", 8.0), ("юг|2026-09-02", 25.0)]
            .map(|(key, value)| Actual { key: key.into(), truth: Truth::Number(value) });
        let new = NewActuals {
            workspace: samples::home(),
            model: ModelKey::new("visits"),
            source: ActualSource::Api,
            at: bed.now(),
            items: items.to_vec(),
        };
        let told = samples::event("actuals.received", bed.now());
        bed.ports.actuals.take_actuals(&new, &told).await.expect("works").expect("the model is there");
        house.day_done().await;
        house
    }

    async fn day_done(&self) {
        let (actuals, home, model) = (&self.bed.ports.actuals, samples::home(), ModelKey::new("visits"));
        let day = date(2026, 9, 2);
        let answer = LoggedAnswer {
            key: "север|2026-09-02".into(),
            version: VersionId::new("v_1"),
            day,
            served: true,
            shadow: false,
            at: self.bed.now(),
            request: "req_1".into(),
            segment: "север".into(),
            step: Some(1),
            value: Some(10.0),
            label: None,
            detail: "[]".into(),
        };
        let mark = LogMark { segment: "s1".into(), from: 0, to: 1 };
        let piece = LogPiece { marks: vec![mark], answers: vec![answer] };
        assert!(actuals.take_log(&home, &model, &piece).await.expect("works"));
        let due = actuals.due_days(&home, &model).await.expect("works")[0];
        let row = |scope, segment: &str| DailyRow {
            scope,
            day,
            version: VersionId::new("v_1"),
            role: Role::Champion,
            segment: segment.into(),
            bucket: 2,
            answers: 2,
            scored: 2,
            sums: json!({"absolute": 7.0}).to_string(),
        };
        let rows = [row(Scope::All, ""), row(Scope::Segment, "север")];
        assert!(actuals.put_day(&home, &model, due, &rows).await.expect("works"));
    }

    /// Adds a version of a dataset.
    pub async fn dataset(&self, key: &str, csv: &str) {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(csv.as_bytes()).expect("room on the disk");
        let mut parquet = Vec::new();
        let mut pace = |_, _| std::ops::ControlFlow::Continue(());
        let table = vakhta_tables::import(&file, "x.csv", &ReadOptions::default(), &mut parquet, &mut pace);
        let table = table.expect("a table");
        let object = self.bed.ports.objects.put(parquet.into()).await.expect("works");
        let now = self.bed.now();
        let version = NewDatasetVersion {
            id: DatasetVersionId::new(format!("data_{}", &object.sha256[..8])),
            dataset: DatasetKey::new(key),
            title: None,
            rows: csv.lines().count() as u64 - 1,
            object,
            table,
            at: now,
            by: None,
        };
        let told = samples::event("dataset.uploaded", now);
        self.bed.ports.datasets.add_version(&samples::home(), version, &told).await.expect("works");
    }

    /// Asks as a workspace.
    pub async fn ask_as(&self, workspace: &str, sql: &str) -> Result<Answer, QueryError> {
        self.engine.ask(question(workspace, sql, LIMITS)).await
    }

    /// Asks at home; the rows.
    pub async fn rows(&self, sql: &str) -> Value {
        let answer = self.ask_as("default", sql).await.unwrap_or_else(|error| panic!("{sql:.100}: {error}"));
        json!(answer.rows)
    }

    /// Asks at home what has no answer; why.
    pub async fn refused(&self, sql: &str) -> QueryError {
        match self.ask_as("default", sql).await {
            Ok(answer) => panic!("{sql:.100} is answered: {:?}", answer.rows),
            Err(error) => error,
        }
    }
}

/// A question for at most a thousand rows.
pub fn question(workspace: &str, sql: &str, limits: QueryLimits) -> Question {
    Question { workspace: WorkspaceId::new(workspace), sql: sql.into(), rows: 1000, limits }
}

fn said(workspace: &str, key: &str, value: f64) -> LoggedPrediction {
    LoggedPrediction {
        workspace: WorkspaceId::new(workspace),
        request: "req_1".into(),
        model: ModelKey::new("visits"),
        version: VersionId::new("v_1"),
        at: "2026-09-01T10:00:00Z".parse().expect("a moment"),
        key: key.into(),
        input: String::new(),
        value,
        output: json!({"step": 1, "intervals": [], "arm": "shadow"}).to_string(),
        latency_us: 250,
    }
}
