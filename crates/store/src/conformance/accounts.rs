//! Accounts, sessions and tokens.

use super::Bed;
use super::samples::{event, session, token, user};
use jiff::SignedDuration;
use vakhta_domain::ids::{TokenId, UserId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{Inserted, UserChanged, UserFilter};
use vakhta_domain::user::{ApiToken, Proof, Tier, User, UserChange, UserEdit, edited};

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

/// An edit of an account as it was read.
pub(super) fn change(bed: &Bed, before: &User, edit: UserEdit) -> UserChange {
    let events = vec![event("user.changed", bed.now())];
    UserChange { before: before.clone(), after: edited(before, edit), keep: None, events }
}

async fn changed(bed: &Bed, change: &UserChange) -> UserChanged {
    bed.ports.accounts.change_user(change).await.expect("works")
}

pub(super) async fn passwords_end_sessions(bed: Bed) {
    let accounts = &bed.ports.accounts;
    let anna = add(&bed, "u1", "anna").await;
    let told = event("session.started", bed.now());
    for hash in ["s1", "s2", "s3"] {
        let begun = accounts
            .add_session(&session("u1", hash, bed.now()), &anna, &Proof::FirstFactorAlone, &told)
            .await;
        assert!(begun.expect("works"));
    }
    let own = User { password_hash: "$argon2id$2".into(), must_change_password: false, ..anna.clone() };
    let other = UserChange {
        after: own.clone(),
        keep: Some("s2".into()),
        ..change(&bed, &anna, UserEdit::default())
    };
    assert_eq!(changed(&bed, &other).await, UserChanged::Done, "a sign-in since then changes nothing");
    let after = accounts.user(&own.id).await.expect("works").expect("is there");
    assert_eq!((after.password_hash.as_str(), after.must_change_password), ("$argon2id$2", false));
    for (hash, stays) in [("s1", false), ("s2", true), ("s3", false)] {
        assert_eq!(accounts.session(hash).await.expect("works").is_some(), stays, "{hash}");
    }
    let late =
        accounts.add_session(&session("u1", "s4", bed.now()), &anna, &Proof::FirstFactorAlone, &told).await;
    assert!(!late.expect("works"), "the password was another one");
    assert_eq!(changed(&bed, &other).await, UserChanged::Stale);
    let reset = UserEdit { password_hash: Some("$argon2id$3".into()), ..UserEdit::default() };
    assert_eq!(changed(&bed, &change(&bed, &after, reset)).await, UserChanged::Done);
    assert!(accounts.session("s2").await.expect("works").is_none());
    let after = accounts.user(&own.id).await.expect("works").expect("is there");
    assert!(after.must_change_password);
    assert!(accounts.rehash_password(&own.id, "$argon2id$3", "$argon2id$4").await.expect("works"));
    assert!(!accounts.rehash_password(&own.id, "$argon2id$3", "$argon2id$5").await.expect("works"));
    assert!(accounts.user(&own.id).await.expect("works").is_some_and(|u| u.password_hash == "$argon2id$4"));
}

pub(super) async fn lost_rights_end_sessions_and_tokens(bed: Bed) {
    let accounts = &bed.ports.accounts;
    let edits = [
        ("tier", UserEdit { tier: Some(Tier::Viewer), ..UserEdit::default() }),
        ("state", UserEdit { is_active: Some(false), ..UserEdit::default() }),
        ("name", UserEdit { username: Some("Новая".into()), ..UserEdit::default() }),
    ];
    let told = event("some.thing", bed.now());
    for (id, edit) in edits {
        let user = add(&bed, id, id).await;
        let (session_hash, token_hash) = (format!("s_{id}"), format!("h_{id}"));
        let begun = accounts
            .add_session(&session(id, &session_hash, bed.now()), &user, &Proof::FirstFactorAlone, &told)
            .await;
        assert!(begun.expect("works"));
        let token_id = format!("t_{id}");
        let given = accounts.add_token(&token(id, &token_id, &token_hash, bed.now()), &user, &told).await;
        assert!(given.expect("works"));
        assert_eq!(changed(&bed, &change(&bed, &user, edit)).await, UserChanged::Done);
        let stays = id == "name";
        assert_eq!(accounts.session(&session_hash).await.expect("works").is_some(), stays, "{id}");
        let (found, _) = accounts.token(&token_hash).await.expect("works").expect("is listed");
        assert_eq!(found.revoked_at.is_none(), stays, "{id}");
        let late = token(id, &format!("{id}2"), &format!("{id}2"), bed.now());
        assert_eq!(accounts.add_token(&late, &user, &told).await.expect("works"), stays, "{id}");
    }
    let found = accounts.user_named("новая").await.expect("works").expect("by its new name");
    assert_eq!(found.username, "Новая");
    assert_eq!(accounts.user_named("name").await.expect("works"), None);
    let taken = UserEdit { username: Some("TIER".into()), ..UserEdit::default() };
    assert_eq!(changed(&bed, &change(&bed, &found, taken)).await, UserChanged::Taken);
}

pub(super) async fn a_deleted_name_is_free_again(bed: Bed) {
    let accounts = &bed.ports.accounts;
    let anna = add(&bed, "u1", "anna").await;
    let told = event("user.deleted", bed.now());
    accounts
        .add_session(&session("u1", "s1", bed.now()), &anna, &Proof::FirstFactorAlone, &told)
        .await
        .expect("works");
    accounts.add_token(&token("u1", "t1", "h1", bed.now()), &anna, &told).await.expect("works");
    let deletion = UserChange::deletion(anna.clone(), bed.now(), told.clone());
    assert_eq!(changed(&bed, &deletion).await, UserChanged::Done);
    assert_eq!(changed(&bed, &deletion).await, UserChanged::Missing);
    assert_eq!(accounts.user(&anna.id).await.expect("works"), None);
    assert_eq!(accounts.user_named("anna").await.expect("works"), None);
    assert_eq!(accounts.session("s1").await.expect("works"), None);
    assert_eq!(accounts.token("h1").await.expect("works"), None);
    let again = add(&bed, "u2", "Anna").await;
    assert_eq!(accounts.user_named("anna").await.expect("works").map(|u| u.id), Some(again.id));
    assert_eq!(accounts.count_users().await.expect("works"), 2);
    let page = accounts.users(&UserFilter::default(), &PageQuery::first(9)).await.expect("works");
    assert_eq!(page.items.len(), 1);
}

pub(super) async fn the_last_system_admin_stays(bed: Bed) {
    let boss = User { tier: Tier::SystemAdmin, ..user("u1", "boss", bed.now()) };
    let told = event("user.created", bed.now());
    bed.ports.accounts.add_user(&boss, &told).await.expect("works");
    let off = User { is_active: false, tier: Tier::SystemAdmin, ..user("u2", "off", bed.now()) };
    bed.ports.accounts.add_user(&off, &told).await.expect("works");
    let demote = UserEdit { tier: Some(Tier::Admin), ..UserEdit::default() };
    let disable = UserEdit { is_active: Some(false), ..UserEdit::default() };
    for edit in [demote.clone(), disable] {
        assert_eq!(changed(&bed, &change(&bed, &boss, edit)).await, UserChanged::LastSystemAdmin);
    }
    let deletion = UserChange::deletion(boss.clone(), bed.now(), told);
    assert_eq!(changed(&bed, &deletion).await, UserChanged::LastSystemAdmin);
    let on = UserEdit { is_active: Some(true), ..UserEdit::default() };
    assert_eq!(changed(&bed, &change(&bed, &off, on)).await, UserChanged::Done);
    assert_eq!(changed(&bed, &change(&bed, &boss, demote)).await, UserChanged::Done);
}

pub(super) async fn sessions_live_and_end(bed: Bed) {
    let accounts = &bed.ports.accounts;
    let anna = add(&bed, "u1", "anna").await;
    bed.clock.advance(SignedDuration::from_secs(5));
    let begun = session("u1", "s1", bed.now());
    let told = event("session.started", bed.now());
    assert!(accounts.add_session(&begun, &anna, &Proof::FirstFactorAlone, &told).await.expect("works"));
    let (stored, owner) = accounts.session("s1").await.expect("works").expect("is there");
    assert_eq!(stored, begun);
    assert_eq!(owner.last_sign_in_at, Some(bed.now()));
    let nobody = accounts
        .add_session(&session("nobody", "s9", bed.now()), &anna, &Proof::FirstFactorAlone, &told)
        .await;
    assert!(!nobody.expect("works"));

    let later = bed.now() + SignedDuration::from_secs(60);
    accounts.touch_session("s1", later).await.expect("works");
    accounts.touch_session("s1", bed.now()).await.expect("works");
    let (stored, _) = accounts.session("s1").await.expect("works").expect("is there");
    assert_eq!(stored.last_seen_at, later, "it never goes back");

    assert_eq!(accounts.forget_sessions(begun.expires_at).await.expect("works"), 0);
    let over = begun.expires_at + SignedDuration::from_secs(1);
    assert_eq!(accounts.forget_sessions(over).await.expect("works"), 1);
    accounts
        .add_session(&session("u1", "s2", bed.now()), &anna, &Proof::FirstFactorAlone, &told)
        .await
        .expect("works");
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
    assert!(accounts.add_token(&first, &anna, &told).await.expect("works"));
    bed.clock.advance(SignedDuration::from_secs(1));
    let second = ApiToken { scopes: None, ..token("u1", "t2", "h2", bed.now()) };
    assert!(accounts.add_token(&second, &anna, &told).await.expect("works"));
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
        let got = bed.ports.accounts.users(&UserFilter::default(), &page).await.expect("works");
        assert!(got.items.len() <= 2);
        names.extend(got.items.into_iter().map(|user| user.username));
        page.cursor = got.next_cursor;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(names, ["anna", "bob", "Zoe", "Борис", "вера"]);

    let zoe = bed.ports.accounts.user_named("zoe").await.expect("works").expect("is there");
    let edit = UserEdit { is_active: Some(false), tier: Some(Tier::Admin), ..UserEdit::default() };
    assert_eq!(changed(&bed, &change(&bed, &zoe, edit)).await, UserChanged::Done);
    let every = UserFilter::default;
    for (filter, expected) in [
        (UserFilter { name: Some("БО".into()), ..every() }, &["Борис"][..]),
        (UserFilter { name: Some("%".into()), ..every() }, &[]),
        (UserFilter { name: Some("_".into()), ..every() }, &[]),
        (UserFilter { tier: Some(Tier::Admin), ..every() }, &["Zoe"]),
        (UserFilter { is_active: Some(false), ..every() }, &["Zoe"]),
        (UserFilter { is_active: Some(true), name: Some("b".into()), ..every() }, &["bob"]),
        (UserFilter { is_active: Some(true), tier: Some(Tier::Admin), ..every() }, &[]),
    ] {
        let page = bed.ports.accounts.users(&filter, &PageQuery::first(9)).await.expect("works");
        let names: Vec<_> = page.items.iter().map(|user| user.username.as_str()).collect();
        assert_eq!(names, expected, "{filter:?}");
    }
}
