//! A forecast that serves goes on with the rows that its dataset gets, without a training.

mod common;

use common::{House, sales, training};
use jiff::civil::{Date, date};
use vakhta_domain::ids::ModelKey;
use vakhta_lifecycle::serve::{self, ForecastAnswer, ForecastRequest, forecast};
use vakhta_lifecycle::training as trainings;

async fn asked(house: &House, model: &ModelKey, version: Option<&str>) -> ForecastAnswer {
    let request = ForecastRequest {
        version: version.map(ToOwned::to_owned),
        history: Some(3),
        ..ForecastRequest::of(model.clone())
    };
    forecast(&house.app, &house.actor, request).await.expect("it forecasts")
}

fn days(answer: &ForecastAnswer) -> (Date, Date, usize) {
    let points = &answer.series[0].points;
    (answer.history_end, points[0].date, points.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn new_rows_move_the_forecast_on() {
    let house = House::running().await;
    let model = house.model_of(400).await;
    let job = trainings::request(&house.app, &house.actor, training(&model)).await.expect("queued");
    let trained = house.ended(&job.id).await.result.expect("a result");
    let version = trained["version"].as_str().expect("a version");
    let first = asked(&house, &model, None).await;
    assert_eq!(days(&first), (date(2026, 2, 4), date(2026, 2, 5), 14));
    assert_eq!(days(&asked(&house, &model, Some(version)).await), days(&first));

    house.upload("sales", &sales(410)).await;
    serve::refresh(&house.app).await.expect("works");
    let next = asked(&house, &model, None).await;
    assert_eq!(days(&next), (date(2026, 2, 14), date(2026, 2, 15), 14));
    assert_eq!(next.version, first.version, "nothing was trained");
    let [.., last] = &next.series[0].history[..] else { panic!("history comes along") };
    assert_eq!(last.date, date(2026, 2, 14), "with what happened");
    assert_eq!(days(&asked(&house, &model, Some(version)).await), days(&next), "also by its name");

    // A correction of a day that came after the training counts; the model begins from what it learnt each time.
    let said = |answer: &ForecastAnswer| answer.series[0].points[0].value;
    let corrected = sales(410).replace("2026-02-14,north,", "2026-02-14,north,9");
    house.upload("sales", &corrected).await;
    serve::refresh(&house.app).await.expect("works");
    let other = asked(&house, &model, None).await;
    assert_eq!(days(&other), days(&next));
    assert!((said(&other) - said(&next)).abs() > 0.1, "{} and {}", said(&other), said(&next));
    house.upload("sales", &sales(410)).await;
    serve::refresh(&house.app).await.expect("works");
    let again = asked(&house, &model, None).await;
    assert_eq!(said(&again).to_bits(), said(&next).to_bits(), "the same rows, the same answer");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_no_longer_fits_leaves_it_as_it_was() {
    let house = House::running().await;
    let model = house.model_of(400).await;
    let job = trainings::request(&house.app, &house.actor, training(&model)).await.expect("queued");
    house.ended(&job.id).await;
    let first = asked(&house, &model, None).await;
    house.upload("sales", "day,shop,sum\n2026-03-01,north,1\n").await;
    serve::refresh(&house.app).await.expect("works");
    let still = asked(&house, &model, None).await;
    assert_eq!((days(&still), still.series), (days(&first), first.series));
    house.close().await;
}
