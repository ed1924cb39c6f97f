//! One whole life: rows, spec, training, serving, switching, and going back.

mod common;

use common::{House, spec, training};
use serde_json::json;
use vakhta_domain::decision::DecisionKind;
use vakhta_domain::ids::{DatasetKey, ModelKey};
use vakhta_domain::job::JobState;
use vakhta_domain::page::PageQuery;
use vakhta_domain::version::VersionState;
use vakhta_lifecycle::deploy::{DeployError, deploy, rollback};
use vakhta_lifecycle::models::{self, Change, ModelError};
use vakhta_lifecycle::serve::{ForecastRequest, PredictRequest, Prediction, SeriesChoice, ServeError};
use vakhta_lifecycle::training::{TrainError, request};
use vakhta_lifecycle::{serve, upload};

fn forecast_of(model: &ModelKey) -> ForecastRequest {
    ForecastRequest::of(model.clone())
}

async fn train(house: &House, model: &ModelKey) -> String {
    let job = request(&house.app, &house.actor, training(model)).await.expect("nothing is in the way");
    let job = house.ended(&job.id).await;
    assert_eq!(job.state, JobState::Completed, "{:?}", job.error);
    job.result.expect("a result")["version"].as_str().expect("a version id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_lives_from_rows_to_rollback() {
    let house = House::running().await;
    let model = house.model_of(200).await;

    let nothing = serve::forecast(&house.app, &house.actor, forecast_of(&model)).await;
    assert!(matches!(nothing, Err(ServeError::NoVersion(_))));

    let first = train(&house, &model).await;
    let answer = serve::forecast(&house.app, &house.actor, forecast_of(&model)).await.expect("it serves");
    assert_eq!(answer.version.as_str(), first);
    assert_eq!((answer.series.len(), answer.series[0].points.len()), (3, 14));
    let point = &answer.series[0].points[0];
    assert!(point.intervals.iter().all(|i| i.lo <= point.value && point.value <= i.hi), "{point:?}");
    assert!((5.0..200.0).contains(&point.value), "{point:?}");

    // A second version waits for a person.
    let second = train(&house, &model).await;
    let stored = house.ports.versions.version(&house.actor.workspace, &model, &second).await;
    assert_eq!(stored.expect("the store answers").expect("it is there").state, VersionState::Trained);
    deploy(&house.app, &house.actor, &model, &second, None).await.expect("it can serve");
    let answer = serve::forecast(&house.app, &house.actor, forecast_of(&model)).await.expect("it serves");
    assert_eq!(answer.version.as_str(), second);
    let again = deploy(&house.app, &house.actor, &model, &second, None).await;
    assert!(matches!(again, Err(DeployError::AlreadyServes(_))));

    rollback(&house.app, &house.actor, &model, None, Some("just so".into()))
        .await
        .expect("there is a way back");
    let answer = serve::forecast(&house.app, &house.actor, forecast_of(&model)).await.expect("it serves");
    assert_eq!(answer.version.as_str(), first);

    let page = PageQuery::first(10);
    let decisions =
        house.ports.versions.decisions(&house.actor.workspace, &model, &page).await.expect("kept");
    let kinds: Vec<_> = decisions.items.iter().map(|d| d.kind).collect();
    assert_eq!(
        kinds,
        [DecisionKind::Rollback, DecisionKind::Deploy, DecisionKind::Kept, DecisionKind::FirstChampion]
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_checked_and_logged() {
    let house = House::running().await;
    let model = house.model_of(200).await;
    train(&house, &model).await;

    let mut bad = forecast_of(&model);
    bad.horizon = Some(15);
    bad.levels = Some(vec![81]);
    bad.series = Some(vec![
        SeriesChoice::Values(vec!["nrth".into()]),
        SeriesChoice::ByColumn([("brnch".into(), "x".into())].into()),
    ]);
    let Err(ServeError::BadInput(errors)) = serve::forecast(&house.app, &house.actor, bad).await else {
        panic!("must be refused")
    };
    let places: Vec<&str> = errors.iter().map(|e| e.pointer.as_str()).collect();
    assert_eq!(places, ["/horizon", "/level/0", "/series/0", "/series/1"]);
    assert!(errors[2].message.contains("did you mean `north`"), "{errors:?}");

    let mut one = forecast_of(&model);
    one.series = Some(vec![SeriesChoice::Values(vec!["центр".into()])]);
    one.horizon = Some(3);
    one.history = Some(10);
    let answer = serve::forecast(&house.app, &house.actor, one).await.expect("right");
    assert_eq!((answer.series[0].points.len(), answer.series[0].history.len()), (3, 10));

    let date = answer.series[0].points[1].date.to_string();
    let data = json!([{"branch": "центр", "date": date}, {"branch": "nowhere", "date": date}, {"branch": "north", "date": "1999-01-01"}]);
    let data = serde_json::from_value(data).expect("objects");
    let request =
        PredictRequest { model: model.clone(), version: None, data, key: None, top: None, explain: false };
    let predicted = serve::predict(&house.app, &house.actor, request.clone()).await.expect("answered");
    let [
        Prediction::Value { value, .. },
        Prediction::Error { index: 1, .. },
        Prediction::Error { index: 2, .. },
    ] = &predicted.predictions[..]
    else {
        panic!("{predicted:?}")
    };
    assert_eq!(*value, answer.series[0].points[1].value);

    let logged =
        house.ports.predictions.read(&house.actor.workspace, &model, 0, 100).await.expect("read back");
    assert_eq!(logged.len(), 4);
    assert_eq!(logged[0].key, format!("центр|{}", answer.series[0].points[0].date));

    let job = serve::predict_later(&house.app, &house.actor, request).await.expect("queued");
    let job = house.ended(&job.id).await;
    assert_eq!(job.result.expect("a result")["predictions"][0]["value"], json!(value));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_trained_is_refused_before_a_job_exists() {
    let house = House::quiet().await;
    let model = house.model_of(60).await;
    let refuse = |change: fn(&mut vakhta_domain::spec::ModelSpec)| {
        let mut wanted = training(&model);
        let mut other = spec(5);
        change(&mut other);
        wanted.spec = Some(other);
        let (app, actor) = (house.app.clone(), house.actor.clone());
        async move { request(&app, &actor, wanted).await.expect_err("must be refused") }
    };
    let columns = refuse(|s| s.data.target = "sales".into()).await;
    assert!(matches!(&columns, TrainError::Columns(e) if e[0].pointer == "/data/target"), "{columns}");
    let engine = refuse(|s| s.engine = vakhta_domain::spec::Engine::Linear).await;
    assert!(matches!(engine, TrainError::Untrainable { pointer: "/engine", .. }), "{engine}");
    let dataset = refuse(|s| s.data.dataset = "none".into()).await;
    assert!(matches!(dataset, TrainError::DatasetMissing(_)), "{dataset}");
    let other = refuse(|s| s.model_key = "other".into()).await;
    assert!(matches!(other, TrainError::Columns(_)), "{other}");
    let missing = request(&house.app, &house.actor, training(&ModelKey::new("none"))).await;
    assert!(matches!(missing, Err(TrainError::ModelMissing(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn specs_are_created_applied_changed_and_deleted() {
    let house = House::quiet().await;
    let (app, actor) = (&house.app, &house.actor);
    let model = house.model_of(30).await;
    assert!(matches!(models::create(app, actor, spec(30)).await, Err(ModelError::Exists(_))));
    assert_eq!(models::apply(app, actor, spec(30)).await.expect("fine").change, Change::Unchanged);
    let changed = models::apply(app, actor, spec(31)).await.expect("fine");
    assert_eq!((changed.change, changed.model.revision), (Change::Changed, 2));
    let used = upload::delete(app, actor, &DatasetKey::new("sales")).await;
    assert!(matches!(used, Err(upload::UploadError::InUse { .. })));
    models::delete(app, actor, &model).await.expect("nothing runs");
    assert!(matches!(models::delete(app, actor, &model).await, Err(ModelError::Missing(_))));
    assert!(upload::delete(app, actor, &DatasetKey::new("sales")).await.expect("unused"));
    assert_eq!(models::apply(app, actor, spec(30)).await.expect("fine").change, Change::Created);
}
