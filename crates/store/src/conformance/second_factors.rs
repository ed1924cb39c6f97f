//! Second factors: enrolled, shown once each, removed; keys that all processes share.

use super::Bed;
use super::races::together;
use super::samples::{event, session, user};
use jiff::SignedDuration;
use vakhta_domain::ids::UserId;
use vakhta_domain::ports::UserChanged;
use vakhta_domain::user::{ConfirmedFactor, Proof, User, UserChange};

async fn anna(bed: &Bed) -> User {
    let user = user("u1", "anna", bed.now());
    bed.ports.accounts.add_user(&user, &event("user.created", bed.now())).await.expect("works");
    user
}

fn confirmed(user: &User, secret: &str, step: i64) -> ConfirmedFactor {
    ConfirmedFactor {
        user: user.id.clone(),
        secret: secret.into(),
        step,
        codes: vec!["r1".into(), "r2".into()],
        keep: Some("s2".into()),
    }
}

async fn enrolled(bed: &Bed, user: &User) {
    let factors = &bed.ports.second_factors;
    assert!(factors.begin_factor(&user.id, "secret", bed.now()).await.expect("works"));
    let told = event("user.second_factor_enabled", bed.now());
    assert!(factors.confirm_factor(&confirmed(user, "secret", 100), &told).await.expect("works"));
}

async fn signs_in(bed: &Bed, of: &User, hash: &str, proof: Proof) -> bool {
    let told = event("user.signed_in", bed.now());
    let session = session(of.id.as_str(), hash, bed.now());
    bed.ports.accounts.add_session(&session, of, &proof, &told).await.expect("works")
}

async fn replaced(bed: &Bed, of: &User, proof: Proof) -> bool {
    let told = event("user.recovery_codes_made", bed.now());
    let fresh = ["n1".to_owned()];
    bed.ports.second_factors.replace_recovery_codes(&of.id, &proof, &fresh, &told).await.expect("works")
}

pub(super) async fn enrolled_confirmed_and_removed(bed: Bed) {
    let (accounts, factors) = (&bed.ports.accounts, &bed.ports.second_factors);
    let anna = anna(&bed).await;
    let told = event("user.second_factor_enabled", bed.now());
    assert_eq!(factors.second_factor(&anna.id).await.expect("works"), None);
    assert!(!factors.begin_factor(&UserId::new("nobody"), "x", bed.now()).await.expect("works"));
    for hash in ["s1", "s2"] {
        assert!(signs_in(&bed, &anna, hash, Proof::FirstFactorAlone).await);
    }
    assert!(factors.begin_factor(&anna.id, "first", bed.now()).await.expect("works"));
    assert!(factors.begin_factor(&anna.id, "second", bed.now()).await.expect("works"), "begun anew");
    let kept = factors.second_factor(&anna.id).await.expect("works").expect("is there");
    assert_eq!((kept.secret.as_str(), kept.confirmed_at, kept.last_step), ("second", None, None));
    assert!(accounts.user(&anna.id).await.expect("works").is_some_and(|u| u.second_factor_at.is_none()));
    assert!(signs_in(&bed, &anna, "s3", Proof::FirstFactorAlone).await, "it asks nobody yet");
    assert!(!factors.confirm_factor(&confirmed(&anna, "first", 7), &told).await.expect("works"));

    assert!(factors.confirm_factor(&confirmed(&anna, "second", 7), &told).await.expect("works"));
    assert!(!factors.confirm_factor(&confirmed(&anna, "second", 8), &told).await.expect("works"), "once");
    assert!(!factors.begin_factor(&anna.id, "third", bed.now()).await.expect("works"));
    let kept = factors.second_factor(&anna.id).await.expect("works").expect("is there");
    assert_eq!((kept.secret.as_str(), kept.last_step, kept.codes_left), ("second", Some(7), 2));
    let now = accounts.user_named("anna").await.expect("works").expect("is there");
    assert_eq!(now.second_factor_at, Some(bed.now()));
    for (hash, stays) in [("s1", false), ("s2", true), ("s3", false)] {
        assert_eq!(accounts.session(hash).await.expect("works").is_some(), stays, "{hash}");
    }
    let (_, owner) = accounts.session("s2").await.expect("works").expect("is there");
    assert_eq!(owner.second_factor_at, Some(bed.now()));

    let off = event("user.second_factor_disabled", bed.now());
    let used = Proof::Code(7);
    assert!(!factors.remove_factor(&anna.id, Some(&used), &off).await.expect("works"), "an old code");
    assert!(!factors.remove_factor(&UserId::new("u9"), None, &off).await.expect("works"));
    assert!(factors.remove_factor(&anna.id, Some(&Proof::Code(8)), &off).await.expect("works"));
    assert!(!factors.remove_factor(&anna.id, None, &off).await.expect("works"));
    assert_eq!(factors.second_factor(&anna.id).await.expect("works"), None);
    assert!(signs_in(&bed, &anna, "s4", Proof::FirstFactorAlone).await);
    assert!(!signs_in(&bed, &anna, "s5", Proof::Recovery("r1".into())).await, "they went with it");
}

pub(super) async fn what_is_shown_is_taken_once(bed: Bed) {
    let anna = anna(&bed).await;
    enrolled(&bed, &anna).await;
    assert!(!signs_in(&bed, &anna, "s1", Proof::FirstFactorAlone).await);
    assert!(!signs_in(&bed, &anna, "s1", Proof::Code(100)).await, "it confirmed the factor");
    assert!(!signs_in(&bed, &anna, "s1", Proof::Code(99)).await);
    assert!(signs_in(&bed, &anna, "s1", Proof::Code(101)).await);
    assert!(!signs_in(&bed, &anna, "s3", Proof::Code(101)).await);
    assert!(signs_in(&bed, &anna, "s3", Proof::Recovery("r1".into())).await);
    assert!(!signs_in(&bed, &anna, "s4", Proof::Recovery("r1".into())).await);
    assert!(!signs_in(&bed, &anna, "s4", Proof::Recovery("r9".into())).await);

    // A sign-in that is refused for another reason uses nothing up.
    let other = User { password_hash: "another".into(), ..anna.clone() };
    assert!(!signs_in(&bed, &other, "s4", Proof::Code(102)).await);
    assert!(replaced(&bed, &anna, Proof::Code(102)).await);
    let kept = bed.ports.second_factors.second_factor(&anna.id).await.expect("works").expect("is there");
    assert_eq!((kept.last_step, kept.codes_left), (Some(102), 1));
    assert!(!signs_in(&bed, &anna, "s4", Proof::Recovery("r2".into())).await, "old ones are replaced");
    assert!(!replaced(&bed, &anna, Proof::Code(102)).await);
    assert!(!replaced(&bed, &anna, Proof::FirstFactorAlone).await);
    assert!(signs_in(&bed, &anna, "s4", Proof::Recovery("n1".into())).await);
}

pub(super) async fn a_deleted_account_leaves_none(bed: Bed) {
    let anna = anna(&bed).await;
    enrolled(&bed, &anna).await;
    let read = bed.ports.accounts.user(&anna.id).await.expect("works").expect("is there");
    let deletion = UserChange::deletion(read, bed.now(), event("user.deleted", bed.now()));
    let done = bed.ports.accounts.change_user(&deletion).await.expect("works");
    assert_eq!(done, UserChanged::Done);
    assert_eq!(bed.ports.second_factors.second_factor(&anna.id).await.expect("works"), None);
}

pub(super) async fn one_of_many_gets_in_by_a_code(bed: Bed) {
    let anna = anna(&bed).await;
    enrolled(&bed, &anna).await;
    for (round, proof) in [(0, Proof::Code(101)), (1, Proof::Recovery("r1".into()))] {
        let of = anna.clone();
        let answers = together(8, &bed, move |n, bed| {
            let (of, proof) = (of.clone(), proof.clone());
            async move { signs_in(&bed, &of, &format!("r{round}_{n}"), proof).await }
        })
        .await;
        assert_eq!(answers.iter().filter(|in_| **in_).count(), 1, "{answers:?}");
    }
}

pub(super) async fn keys_are_made_once(bed: Bed) {
    let keys = together(8, &bed, |n, bed| async move {
        let later = bed.now() + SignedDuration::from_secs(i64::from(n));
        bed.ports.second_factors.server_key("signing", &format!("key {n}"), later).await.expect("works")
    })
    .await;
    assert!(keys.iter().all(|key| *key == keys[0] && key.starts_with("key ")), "{keys:?}");
    let other = bed.ports.second_factors.server_key("other", "another", bed.now()).await.expect("works");
    assert_eq!(other, "another");
}
