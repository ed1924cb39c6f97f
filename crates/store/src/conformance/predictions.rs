//! The prediction log.

use super::Bed;
use super::samples::{home, prediction};
use jiff::SignedDuration;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::prediction::LoggedPrediction;

async fn read(bed: &Bed, model: &str, skip: u64, limit: u32) -> Vec<LoggedPrediction> {
    bed.ports.predictions.read(&home(), &ModelKey::new(model), skip, limit).await.expect("works")
}

fn some(bed: &Bed, model: &str, numbers: std::ops::Range<u32>) -> Vec<LoggedPrediction> {
    numbers.map(|n| prediction(model, n, bed.now())).collect()
}

pub(super) async fn appended_and_read(bed: Bed) {
    let log = &bed.ports.predictions;
    log.append(Vec::new()).await.expect("nothing is fine");
    assert_eq!(read(&bed, "visits", 0, 10).await, []);
    log.append(some(&bed, "visits", 0..3)).await.expect("works");
    log.append(some(&bed, "sales", 0..2)).await.expect("works");
    log.append(some(&bed, "visits", 3..5)).await.expect("works");
    assert_eq!(read(&bed, "visits", 0, 10).await, some(&bed, "visits", 0..5));
    assert_eq!(read(&bed, "visits", 2, 2).await, some(&bed, "visits", 2..4));
    assert_eq!(read(&bed, "visits", 9, 2).await, []);
    assert_eq!(read(&bed, "sales", 0, 10).await, some(&bed, "sales", 0..2));
    let elsewhere = log.read(&WorkspaceId::new("other"), &ModelKey::new("visits"), 0, 10).await;
    assert_eq!(elsewhere.expect("works"), []);
    // 32 callers at once: each record is there once, and each caller's own are in order.
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..32 {
        let (bed, log) = (bed.clone(), log.clone());
        callers.spawn(async move {
            for n in 0..10 {
                log.append(vec![prediction("many", caller * 100 + n, bed.now())]).await.expect("works");
            }
        });
    }
    callers.join_all().await;
    let many = read(&bed, "many", 0, 1000).await;
    assert_eq!(many.len(), 320);
    for caller in 0..32 {
        let own: Vec<_> = many.iter().map(|p| p.latency_us).filter(|n| n / 100 == caller).collect();
        assert_eq!(own, (0..10).map(|n| caller * 100 + n).collect::<Vec<_>>());
    }
}

pub(super) async fn sealed_and_read(bed: Bed) {
    let log = &bed.ports.predictions;
    assert_eq!(bed.store.seal_predictions(true).await.expect("works").segments, 0);
    let mut expected = Vec::new();
    for round in 0..3 {
        bed.clock.advance(SignedDuration::from_secs(1));
        let new = some(&bed, "visits", round * 10..round * 10 + 4);
        log.append(new.clone()).await.expect("works");
        log.append(some(&bed, "sales", round..round + 1)).await.expect("works");
        expected.extend(new);
        if round < 2 {
            let none = bed.store.seal_predictions(false).await.expect("works");
            assert_eq!(none.records, 0, "neither full nor old");
            let sealed = bed.store.seal_predictions(true).await.expect("works");
            assert_eq!((sealed.segments, sealed.records), (1, 5));
        }
        assert_eq!(read(&bed, "visits", 0, 100).await, expected);
    }
    for skip in 0..13 {
        let got = read(&bed, "visits", skip as u64, 5).await;
        assert_eq!(got, expected[skip.min(12)..(skip + 5).min(12)], "{skip}");
    }
    bed.clock.advance(SignedDuration::from_mins(11));
    let sealed = bed.store.seal_predictions(false).await.expect("works");
    assert_eq!((sealed.segments, sealed.records), (1, 5), "old enough by now");
    assert_eq!(read(&bed, "visits", 0, 100).await, expected);
}

/// Whatever a reader meets, it sees every acknowledged record once.
pub(super) async fn read_while_sealing(bed: Bed) {
    let mut tasks = tokio::task::JoinSet::new();
    let sealing = bed.clone();
    tasks.spawn(async move {
        for _ in 0..10 {
            sealing.clock.advance(SignedDuration::from_secs(1));
            sealing.store.seal_predictions(true).await.expect("works");
            tokio::task::yield_now().await;
        }
    });
    for n in 0..60 {
        bed.ports.predictions.append(some(&bed, "visits", n..n + 1)).await.expect("works");
        let numbers: Vec<_> = read(&bed, "visits", 0, 100).await.iter().map(|p| p.latency_us).collect();
        assert_eq!(numbers, (0..=n).collect::<Vec<_>>());
    }
    tasks.join_all().await;
}
