//! Models.

use super::Bed;
use super::samples::{add_model, event, home, spec};
use jiff::SignedDuration;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::page::PageQuery;

pub(super) async fn added_changed_hidden_revived(bed: Bed) {
    let (models, key) = (&bed.ports.models, ModelKey::new("visits"));
    let told = event("model.created", bed.now());
    let made =
        models.add_model(&home(), &spec("visits"), &[], &told).await.expect("works").expect("it was free");
    assert_eq!((made.revision, made.champion.clone(), made.created_at), (1, None, bed.now()));
    assert_eq!(made.spec, spec("visits"));
    assert_eq!(models.model(&home(), &key).await.expect("works"), Some(made.clone()));
    assert_eq!(models.add_model(&home(), &spec("visits"), &[], &told).await.expect("works"), None);

    bed.clock.advance(SignedDuration::from_secs(1));
    let mut changed = spec("visits");
    changed.seed = u64::MAX;
    changed.horizon = Some(14);
    let told = event("model.changed", bed.now());
    let after = models.change_model(&home(), &changed, &[], &told).await.expect("works").expect("is there");
    assert_eq!((after.revision, after.spec.clone(), after.updated_at), (2, changed, bed.now()));
    assert_eq!(after.created_at, made.created_at);
    assert_eq!(models.change_model(&home(), &spec("none"), &[], &told).await.expect("works"), None);

    let told = event("model.deleted", bed.now());
    assert!(models.delete_model(&home(), &key, &told).await.expect("works"));
    assert!(!models.delete_model(&home(), &key, &told).await.expect("works"));
    assert_eq!(models.model(&home(), &key).await.expect("works"), None);
    assert_eq!(models.change_model(&home(), &spec("visits"), &[], &told).await.expect("works"), None);
    let again =
        models.add_model(&home(), &spec("visits"), &[], &told).await.expect("works").expect("free again");
    assert_eq!((again.revision, again.created_at), (3, bed.now()));
}

pub(super) async fn pages_of_models(bed: Bed) {
    for key in ["c", "a", "b"] {
        add_model(&bed, key).await;
    }
    let first = bed.ports.models.models(&home(), &PageQuery::first(2)).await.expect("works");
    let rest = PageQuery { limit: 2, cursor: first.next_cursor.clone() };
    let second = bed.ports.models.models(&home(), &rest).await.expect("works");
    let keys: Vec<_> = first.items.iter().chain(&second.items).map(|model| model.key.as_str()).collect();
    assert_eq!(keys, ["a", "b", "c"]);
    assert_eq!(second.next_cursor, None);
}
