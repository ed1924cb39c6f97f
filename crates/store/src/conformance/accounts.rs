//! Accounts, sessions and tokens.

use super::Bed;
use super::samples::{event, session, token, user};
use jiff::SignedDuration;
use vakhta_domain::ids::{TokenId, UserId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::Inserted;
use vakhta_domain::user::User;

async fn add(bed: &Bed, id: &str, name: &str) -> User {
    let user = user(id, name, bed.now());
    let added = bed.ports.accounts.add_user(&user, &event("user.created", bed.now())).await;
    assert_eq!(added.expect("the store works"), Inserted::Done);
    user
}

pub(super) async fn names_are_unique_without_case(bed: Bed) {
    let accounts = &bed.ports.accounts;
    assert_eq!(accounts.count_users().await.expect("works"), 0);
    let anna = add(&bed, "u1", "Анна").await;
    let twin = user("u2", "аННА", bed.now());
    let answer = accounts.add_user(&twin, &event("user.created", bed.now())).await.expect("works");
    assert_eq!(answer, Inserted::Taken);
    assert_eq!(accounts.count_users().await.expect("works"), 1);
    assert_eq!(accounts.user_named("АННА").await.expect("works"), Some(anna.clone()));
    assert_eq!(accounts.user(&anna.id).await.expect("works"), Some(anna));
    assert_eq!(accounts.user_named("an\0na").await.expect("works"), None);
    assert_eq!(accounts.user(&UserId::new("u2")).await.expect("works"), None);
    assert_eq!(bed.ports.events.last_seq().await.expect("works"), 1, "a refused name tells nothing");
}

pub(super) async fn passwords_end_sessions(bed: Bed) {
    let accounts = &bed.ports.accounts;
    add(&bed, "u1", "anna").await;
    for hash in ["s1", "s2", "s3"] {
        let event = event("session.started", bed.now());
        accounts.add_session(&session("u1", hash, bed.now()), &event).await.expect("works");
    }
    let told = event("user.password_changed", bed.now());
    let id = UserId::new("u1");
    assert!(accounts.set_password(&id, "$argon2id$2", false, Some("s2"), &told).await.expect("works"));
    let after = accounts.user(&id).await.expect("works").expect("is there");
    assert_eq!((after.password_hash.as_str(), after.must_change_password), ("$argon2id$2", false));
    for (hash, stays) in [("s1", false), ("s2", true), ("s3", false)] {
        assert_eq!(accounts.session(hash).await.expect("works").is_some(), stays, "{hash}");
    }
    assert!(accounts.set_password(&id, "$argon2id$3", true, None, &told).await.expect("works"));
    assert!(accounts.session("s2").await.expect("works").is_none());
    assert!(!accounts.set_password(&UserId::new("none"), "x", true, None, &told).await.expect("works"));
}

pub(super) async fn sessions_live_and_end(bed: Bed) {
    let accounts = &bed.ports.accounts;
    add(&bed, "u1", "anna").await;
    bed.clock.advance(SignedDuration::from_secs(5));
    let begun = session("u1", "s1", bed.now());
    let told = event("session.started", bed.now());
    accounts.add_session(&begun, &told).await.expect("works");
    let (stored, owner) = accounts.session("s1").await.expect("works").expect("is there");
    assert_eq!(stored, begun);
    assert_eq!(owner.last_sign_in_at, Some(bed.now()));
    assert!(accounts.add_session(&session("nobody", "s9", bed.now()), &told).await.is_err());

    let later = bed.now() + SignedDuration::from_secs(60);
    accounts.touch_session("s1", later).await.expect("works");
    accounts.touch_session("s1", bed.now()).await.expect("works");
    let (stored, _) = accounts.session("s1").await.expect("works").expect("is there");
    assert_eq!(stored.last_seen_at, later, "it never goes back");

    assert_eq!(accounts.forget_sessions(begun.expires_at).await.expect("works"), 0);
    let over = begun.expires_at + SignedDuration::from_secs(1);
    assert_eq!(accounts.forget_sessions(over).await.expect("works"), 1);
    accounts.add_session(&session("u1", "s2", bed.now()), &told).await.expect("works");
    assert!(accounts.end_session("s2", &told).await.expect("works"));
    assert!(!accounts.end_session("s2", &told).await.expect("works"));
    assert!(accounts.session("s2").await.expect("works").is_none());
}

pub(super) async fn tokens_live_and_end(bed: Bed) {
    let accounts = &bed.ports.accounts;
    let anna = add(&bed, "u1", "anna").await;
    add(&bed, "u2", "boris").await;
    let told = event("token.created", bed.now());
    let first = token("u1", "t1", "h1", bed.now());
    accounts.add_token(&first, &told).await.expect("works");
    bed.clock.advance(SignedDuration::from_secs(1));
    let second = token("u1", "t2", "h2", bed.now());
    accounts.add_token(&second, &told).await.expect("works");
    assert_eq!(accounts.tokens(&anna.id).await.expect("works"), [second, first.clone()]);
    assert_eq!(accounts.token("h1").await.expect("works"), Some((first, anna.clone())));
    assert_eq!(accounts.token("h3").await.expect("works"), None);

    let id = TokenId::new("t1");
    accounts.touch_token(&id, bed.now()).await.expect("works");
    let revoked = event("token.revoked", bed.now());
    assert!(!accounts.revoke_token(&UserId::new("u2"), &id, &revoked).await.expect("works"), "not his");
    assert!(accounts.revoke_token(&anna.id, &id, &revoked).await.expect("works"));
    assert!(!accounts.revoke_token(&anna.id, &id, &revoked).await.expect("works"), "only once");
    let (stored, _) = accounts.token("h1").await.expect("works").expect("is there");
    assert_eq!((stored.last_used_at, stored.revoked_at), (Some(bed.now()), Some(bed.now())));

    let deleted = event("token.deleted", bed.now());
    assert!(!accounts.delete_token(&UserId::new("u2"), &id, &deleted).await.expect("works"), "not his");
    assert!(accounts.delete_token(&anna.id, &id, &deleted).await.expect("works"));
    assert_eq!(accounts.tokens(&anna.id).await.expect("works").len(), 1);
}

pub(super) async fn pages_of_users(bed: Bed) {
    for (id, name) in [("1", "вера"), ("2", "Борис"), ("3", "anna"), ("4", "Zoe"), ("5", "bob")] {
        add(&bed, id, name).await;
    }
    let mut names = Vec::new();
    let mut page = PageQuery::first(2);
    loop {
        let got = bed.ports.accounts.users(&page).await.expect("works");
        assert!(got.items.len() <= 2);
        names.extend(got.items.into_iter().map(|user| user.username));
        page.cursor = got.next_cursor;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(names, ["anna", "bob", "Zoe", "Борис", "вера"]);
}
