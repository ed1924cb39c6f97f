//! Accounts that a provider signs in.

use super::Bed;
use super::races::together;
use super::samples::{event, user};
use vakhta_domain::ids::UserId;
use vakhta_domain::ports::{Linked, UserChanged};
use vakhta_domain::user::{User, UserChange};

const ISSUER: &str = "https://id.example";

fn provided(bed: &Bed, id: &str, name: &str) -> User {
    User { password_hash: String::new(), provider: Some(ISSUER.into()), ..user(id, name, bed.now()) }
}

async fn add(bed: &Bed, user: &User, subject: &str) -> Linked {
    let told = event("user.created", bed.now());
    bed.ports.identities.add_account(user, ISSUER, subject, &told).await.expect("works")
}

pub(super) async fn made_once_and_found(bed: Bed) {
    let (identities, accounts) = (&bed.ports.identities, &bed.ports.accounts);
    let anna = provided(&bed, "u1", "anna");
    assert_eq!(identities.account_of(ISSUER, "42").await.expect("works"), None);
    assert_eq!(add(&bed, &anna, "42").await, Linked::Done);
    assert_eq!(identities.account_of(ISSUER, "42").await.expect("works"), Some(anna.clone()));
    assert_eq!(identities.account_of("https://other.example", "42").await.expect("works"), None);
    assert_eq!(accounts.user_named("ANNA").await.expect("works"), Some(anna.clone()));
    assert_eq!(add(&bed, &provided(&bed, "u2", "Anna"), "43").await, Linked::NameTaken);
    assert_eq!(add(&bed, &provided(&bed, "u3", "anya"), "42").await, Linked::Known);
    assert_eq!(accounts.user(&UserId::new("u3")).await.expect("works"), None, "nothing of it stays");
    let own = bed.ports.second_factors.begin_factor(&anna.id, "secret", bed.now()).await;
    assert!(!own.expect("works"), "its provider asks for a second factor");

    let deletion = UserChange::deletion(anna, bed.now(), event("user.deleted", bed.now()));
    assert_eq!(accounts.change_user(&deletion).await.expect("works"), UserChanged::Done);
    assert_eq!(identities.account_of(ISSUER, "42").await.expect("works"), None);
    assert_eq!(add(&bed, &provided(&bed, "u4", "anna"), "42").await, Linked::Done);
}

pub(super) async fn one_account_of_many_is_made(bed: Bed) {
    let answers = together(8, &bed, |n, bed| async move {
        add(&bed, &provided(&bed, &format!("u{n}"), &format!("anna{n}")), "42").await
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Linked::Done).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == Linked::Known).count(), 7, "{answers:?}");
    assert_eq!(bed.ports.accounts.count_users().await.expect("works"), 1);
}
