//! Blobs.

use super::Bed;
use bytes::Bytes;
use std::sync::atomic::{AtomicU64, Ordering};
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::ports::StoreError;

pub(super) async fn bytes_come_back(bed: Bed) {
    let objects = &bed.ports.objects;
    for bytes in [Bytes::new(), Bytes::from_static(b"abc"), Bytes::from(vec![7; 100_000])] {
        let object = objects.put(bytes.clone()).await.expect("works");
        assert_eq!(object.bytes, bytes.len() as u64);
        assert!(objects.has(&object).await.expect("works"));
        assert_eq!(objects.get(&object).await.expect("works"), bytes);
        assert_eq!(objects.put(bytes).await.expect("twice is no error"), object);
    }
    let abc = objects.put(Bytes::from_static(b"abc")).await.expect("works");
    // FIPS 180-2, appendix B.1.
    assert_eq!(abc.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

async fn round_trip(bed: &Bed, size: usize) {
    // Beds of one process draw the same from their chance; a folder of each one's own needs a count.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("vakhta-{}-{number}", std::process::id()));
    tokio::fs::create_dir_all(&dir).await.expect("a folder");
    let (from, to) = (dir.join("from"), dir.join("to"));
    let mut bytes = vec![0; size];
    bed.ports.chance.fill(&mut bytes);
    tokio::fs::write(&from, &bytes).await.expect("a file");
    let object = bed.ports.objects.put_file(&from).await.expect("works");
    assert_eq!(object.bytes, size as u64);
    assert!(from.exists(), "the file stays");
    assert_eq!(bed.ports.objects.put_file(&from).await.expect("twice is no error"), object);
    bed.ports.objects.get_file(&object, &to).await.expect("works");
    assert_eq!(tokio::fs::read(&to).await.expect("a file"), bytes);
    assert_eq!(bed.ports.objects.get(&object).await.expect("works"), bytes);
    tokio::fs::remove_dir_all(&dir).await.expect("it goes");
}

pub(super) async fn files_come_back(bed: Bed) {
    for size in [0, 1, 300_000] {
        round_trip(&bed, size).await;
    }
    let missing = bed.ports.objects.put_file(std::path::Path::new("/nowhere/at/all")).await;
    assert!(matches!(missing, Err(StoreError::Unavailable { .. })), "{missing:?}");
}

/// Larger than two parts of an upload, and not a multiple of one.
pub(super) async fn large_files_come_back(bed: Bed) {
    round_trip(&bed, 20_000_001).await;
}

pub(super) async fn missing_and_misnamed_objects(bed: Bed) {
    let objects = &bed.ports.objects;
    let stored = objects.put(Bytes::from_static(b"abc")).await.expect("works");
    let missing = ObjectRef { sha256: "0".repeat(64), bytes: 3 };
    assert!(!objects.has(&missing).await.expect("works"));
    assert!(matches!(objects.get(&missing).await, Err(StoreError::Damaged { .. })));
    let shorter = ObjectRef { bytes: 2, ..stored.clone() };
    assert!(!objects.has(&shorter).await.expect("works"));
    assert!(matches!(objects.get(&shorter).await, Err(StoreError::Damaged { .. })));
    for name in ["", "abc", "../../../../etc/passwd", &"A".repeat(64)] {
        let odd = ObjectRef { sha256: name.to_owned(), bytes: 3 };
        assert!(matches!(objects.get(&odd).await, Err(StoreError::Damaged { .. })), "{name}");
    }
    let health = bed.store.health(std::time::Duration::from_secs(5)).await;
    assert!(health.objects.is_ok());
    assert!(health.database.is_ok());
}
