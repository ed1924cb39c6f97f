//! Signing in where time, hashes and others' changes matter.

mod common;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use common::House;
use jiff::SignedDuration;
use std::time::Duration;
use vakhta_domain::ids::UserId;
use vakhta_domain::user::{AccountRefusal, Actor, Proof, Tier, User};
use vakhta_lifecycle::accounts::{
    AccountError, Credentials, Edit, NewAccount, Passwords, SignInError, SignInLimits, begin_session,
    change_own_password, check_credentials, create_user, delete_own_account, delete_user, edit_user,
    is_outdated,
};

const PASSWORD: &str = "корова на крыше";

async fn made(house: &House, name: &str, tier: Tier) -> User {
    let new = NewAccount {
        workspace: house.actor.workspace.clone(),
        username: name.into(),
        password: Some(PASSWORD.into()),
        tier,
        must_change: false,
    };
    let passwords = Passwords::for_this_machine();
    create_user(&house.ports, &passwords, &house.actor, new).await.expect("a right account").user
}

async fn sign_in(house: &House, limits: &SignInLimits, password: &str) -> Result<Option<User>, SignInError> {
    let given = Credentials { username: "ANNA".into(), password: password.into() };
    check_credentials(&house.ports, &Passwords::for_this_machine(), limits, Some("10.0.0.1"), given).await
}

#[tokio::test]
async fn an_outdated_hash_is_made_anew_at_sign_in() {
    let house = House::quiet().await;
    let cheap = Params::new(1024, 1, 1, None).expect("within limits");
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
    let hash: argon2::password_hash::phc::PasswordHash =
        hasher.hash_password_with_salt(PASSWORD.as_bytes(), b"sixteen bytes ok").expect("a hash");
    let anna = made(&house, "anna", Tier::User).await;
    let old = hash.to_string();
    assert!(house.ports.accounts.rehash_password(&anna.id, &anna.password_hash, &old).await.expect("works"));

    let limits = SignInLimits::new(100);
    assert!(sign_in(&house, &limits, "корова под крышей").await.expect("asked").is_none());
    let kept = house.ports.accounts.user(&anna.id).await.expect("works").expect("is there");
    assert_eq!(kept.password_hash, old, "a wrong password changes nothing");
    let signed_in = sign_in(&house, &limits, PASSWORD).await.expect("asked").expect("it is right");
    assert!(!is_outdated(&signed_in.password_hash) && is_outdated(&old));
    let kept = house.ports.accounts.user(&anna.id).await.expect("works").expect("is there");
    assert_eq!(kept.password_hash, signed_in.password_hash);
    let begun = begin_session(
        &house.ports,
        &limits,
        &house.actor,
        (&signed_in, &Proof::FirstFactorAlone),
        Duration::from_mins(1),
    )
    .await;
    assert!(begun.expect("works").is_some());
    assert!(sign_in(&house, &limits, PASSWORD).await.expect("asked").is_some());
}

#[tokio::test]
async fn who_was_disabled_while_his_password_was_compared_gets_no_session() {
    let house = House::quiet().await;
    let anna = made(&house, "anna", Tier::User).await;
    let limits = SignInLimits::new(100);
    let signed_in = sign_in(&house, &limits, PASSWORD).await.expect("asked").expect("it is right");
    let off = Edit { is_active: Some(false), ..Edit::default() };
    let passwords = Passwords::for_this_machine();
    edit_user(&house.ports, &passwords, &house.actor, &anna.id, off).await.expect("changed");
    let begun = begin_session(
        &house.ports,
        &limits,
        &house.actor,
        (&signed_in, &Proof::FirstFactorAlone),
        Duration::from_mins(1),
    )
    .await;
    assert!(begun.expect("works").is_none());
    assert!(sign_in(&house, &limits, PASSWORD).await.expect("asked").is_none());
}

#[tokio::test]
async fn wrong_passwords_wait_and_are_forgotten() {
    let house = House::quiet().await;
    made(&house, "anna", Tier::User).await;
    let limits = SignInLimits::new(6);
    for _ in 0..4 {
        assert!(sign_in(&house, &limits, "not this one").await.expect("asked").is_none());
    }
    let refused = sign_in(&house, &limits, PASSWORD).await.expect_err("it waits");
    assert!(matches!(refused, SignInError::TooMany(1..=2)), "{refused}");
    house.clock.advance(SignedDuration::from_secs(61));
    assert!(sign_in(&house, &limits, PASSWORD).await.expect("asked").is_some());
}

#[tokio::test]
async fn the_last_system_administrator_cannot_leave() {
    let house = House::quiet().await;
    let (ports, passwords) = (&house.ports, Passwords::for_this_machine());
    let boss = made(&house, "boss", Tier::SystemAdmin).await;
    let me = Actor { user: Some(boss.id.clone()), name: "boss".into(), ..house.actor.clone() };
    let left = delete_own_account(ports, &passwords, &me, &boss, "not this one".into()).await;
    assert!(matches!(left, Err(AccountError::WrongPassword)));
    let left = delete_own_account(ports, &passwords, &me, &boss, PASSWORD.into()).await;
    assert!(matches!(left, Err(AccountError::Refused(AccountRefusal::LastSystemAdmin(_)))));
    let own = delete_user(ports, &me, &boss.id).await;
    assert!(matches!(own, Err(AccountError::Refused(AccountRefusal::OwnDeletion))));
    let nobody = delete_user(ports, &me, &UserId::new("nobody")).await;
    assert!(matches!(nobody, Err(AccountError::Missing(_))));
    made(&house, "other", Tier::SystemAdmin).await;
    delete_own_account(ports, &passwords, &me, &boss, PASSWORD.into()).await.expect("another one stays");
    assert_eq!(ports.accounts.user_named("boss").await.expect("works"), None);
}

#[tokio::test]
async fn a_password_changed_by_two_is_the_first_ones() {
    let house = House::quiet().await;
    let (ports, passwords) = (&house.ports, Passwords::for_this_machine());
    let anna = made(&house, "anna", Tier::User).await;
    let me = Actor { user: Some(anna.id.clone()), ..house.actor.clone() };
    let words = (PASSWORD.to_owned(), "a calm evening watch".to_owned());
    let reset = Edit {
        password: vakhta_lifecycle::accounts::NewPassword::Given("lighthouse keeper 7".into()),
        ..Edit::default()
    };
    edit_user(ports, &passwords, &house.actor, &anna.id, reset).await.expect("reset");
    // He still holds the account as it was read before the reset.
    let own = change_own_password(ports, &passwords, &me, &anna, words, None).await;
    assert!(matches!(own, Err(AccountError::WrongPassword)), "{own:?}");
    let now = ports.accounts.user(&anna.id).await.expect("works").expect("is there");
    assert!(now.must_change_password);
}
