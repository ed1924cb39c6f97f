//! Models take turns in memory where there is no room for all of them.

mod common;

use common::{House, spec, training};
use vakhta_domain::ids::ModelKey;
use vakhta_domain::job::JobState;
use vakhta_lifecycle::models;
use vakhta_lifecycle::serve::{self, ForecastRequest, SeriesAnswer};
use vakhta_lifecycle::training::request;

async fn ask(house: &House, model: &ModelKey, version: Option<String>) -> Vec<SeriesAnswer> {
    let request = ForecastRequest { version, ..ForecastRequest::of(model.clone()) };
    serve::forecast(&house.app, &house.actor, request).await.expect("it serves").series
}

#[tokio::test(flavor = "multi_thread")]
async fn the_least_recently_used_model_makes_room() {
    let house = House::with_room(1).await;
    house.open().await;
    let first = house.model_of(120).await;
    let other = ModelKey::new("other");
    let mut described = spec(20);
    described.model_key = "other".into();
    models::create(&house.app, &house.actor, described).await.expect("a right spec");
    let mut versions = Vec::new();
    for model in [&first, &other] {
        let job = request(&house.app, &house.actor, training(model)).await.expect("nothing is in the way");
        let job = house.ended(&job.id).await;
        assert_eq!(job.state, JobState::Completed, "{:?}", job.error);
        versions.push(job.result.expect("a result")["version"].as_str().expect("an id").to_owned());
    }
    assert_eq!(house.app.serving.taken().0, 1, "the older of two champions made room");
    let of_first = ask(&house, &first, None).await;
    let of_other = ask(&house, &other, None).await;
    assert_ne!(of_first, of_other);
    for _ in 0..2 {
        assert_eq!(ask(&house, &first, None).await, of_first);
        assert_eq!(ask(&house, &other, Some(versions[1].clone())).await, of_other);
        assert_eq!(house.app.serving.taken().0, 1);
    }
    house.close().await;
}
