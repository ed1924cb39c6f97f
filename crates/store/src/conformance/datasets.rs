//! Datasets and their versions.

use super::Bed;
use super::samples::{dataset, event, home};
use jiff::SignedDuration;
use vakhta_domain::dataset::DatasetVersion;
use vakhta_domain::ids::DatasetKey;
use vakhta_domain::page::PageQuery;

async fn add(bed: &Bed, key: &str, id: &str) -> DatasetVersion {
    let told = event("dataset.uploaded", bed.now());
    bed.ports.datasets.add_version(&home(), dataset(key, id, bed.now()), &told).await.expect("works")
}

pub(super) async fn versions_are_numbered(bed: Bed) {
    let (datasets, key) = (&bed.ports.datasets, DatasetKey::new("sales"));
    let first = add(&bed, "sales", "dv_1").await;
    bed.clock.advance(SignedDuration::from_secs(1));
    let new = dataset("sales", "dv_2", bed.now());
    let second = add(&bed, "sales", "dv_2").await;
    assert_eq!((first.number, second.number), (1, 2));
    assert_eq!((&second.table, &second.object, &second.created_by), (&new.table, &new.object, &new.by));
    assert_eq!(second.rows, 54);
    let whole = datasets.dataset(&home(), &key).await.expect("works").expect("is there");
    assert_eq!((whole.title.as_str(), whole.created_at), ("sales", first.created_at));
    assert_eq!(whole.latest, second);
    assert_eq!(datasets.dataset_version(&home(), &key, Some(1)).await.expect("works"), Some(first.clone()));
    assert_eq!(datasets.dataset_version(&home(), &key, None).await.expect("works"), Some(second.clone()));
    assert_eq!(datasets.dataset_version(&home(), &key, Some(3)).await.expect("works"), None);
    let page = datasets.dataset_versions(&home(), &key, &PageQuery::first(10)).await.expect("works");
    assert_eq!(page.items, [second, first]);
    assert_eq!(page.next_cursor, None);

    let titled = vakhta_domain::ports::NewDatasetVersion {
        title: Some("Продажи".into()),
        ..dataset("sales", "dv_3", bed.now())
    };
    let told = event("dataset.uploaded", bed.now());
    datasets.add_version(&home(), titled, &told).await.expect("works");
    add(&bed, "sales", "dv_4").await;
    let whole = datasets.dataset(&home(), &key).await.expect("works").expect("is there");
    assert_eq!((whole.title.as_str(), whole.latest.number), ("Продажи", 4), "no title leaves it as it is");
}

pub(super) async fn hidden_and_revived(bed: Bed) {
    let (datasets, key) = (&bed.ports.datasets, DatasetKey::new("sales"));
    let first = add(&bed, "sales", "dv_1").await;
    let told = event("dataset.deleted", bed.now());
    assert!(datasets.delete_dataset(&home(), &key, &told).await.expect("works"));
    assert!(!datasets.delete_dataset(&home(), &key, &told).await.expect("works"));
    assert_eq!(datasets.dataset(&home(), &key).await.expect("works"), None);
    assert_eq!(datasets.datasets(&home(), &PageQuery::first(9)).await.expect("works").items, []);
    assert_eq!(datasets.dataset_version(&home(), &key, None).await.expect("works"), None);
    assert_eq!(datasets.dataset_version(&home(), &key, Some(1)).await.expect("works"), Some(first));
    assert_eq!(datasets.newest_numbers().await.expect("works"), [], "what is hidden is followed by nobody");
    assert_eq!(add(&bed, "sales", "dv_2").await.number, 2);
    assert_eq!(datasets.newest_numbers().await.expect("works"), [(home(), key.clone(), 2)]);
    assert!(datasets.dataset(&home(), &key).await.expect("works").is_some());
}

pub(super) async fn pages_of_datasets(bed: Bed) {
    for key in ["b", "a_1", "a-1", "c", "a"] {
        add(&bed, key, &format!("dv_{key}")).await;
    }
    let first = bed.ports.datasets.datasets(&home(), &PageQuery::first(3)).await.expect("works");
    let rest = PageQuery { limit: 3, cursor: first.next_cursor.clone() };
    let second = bed.ports.datasets.datasets(&home(), &rest).await.expect("works");
    let keys: Vec<_> = first.items.iter().chain(&second.items).map(|d| d.key.as_str()).collect();
    assert_eq!(keys, ["a", "a-1", "a_1", "b", "c"], "byte by byte, on every database");
    assert_eq!(second.next_cursor, None);
    for number in 2..=5 {
        assert_eq!(add(&bed, "a", &format!("dv_a{number}")).await.number, number);
    }
    let key = DatasetKey::new("a");
    let mut page = PageQuery::first(2);
    let mut numbers = Vec::new();
    loop {
        let got = bed.ports.datasets.dataset_versions(&home(), &key, &page).await.expect("works");
        numbers.extend(got.items.iter().map(|version| version.number));
        page.cursor = got.next_cursor;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
}
