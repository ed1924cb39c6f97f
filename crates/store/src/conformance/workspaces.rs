//! Workspaces and who belongs to them.

use super::Bed;
use super::samples::{event, home, session, token, user};
use vakhta_domain::ids::{UserId, WorkspaceId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::MemberSet;
use vakhta_domain::user::{Proof, Tier, User};
use vakhta_domain::workspace::Workspace;

fn shop() -> WorkspaceId {
    WorkspaceId::new("shop")
}

async fn add_shop(bed: &Bed) -> Workspace {
    let shop = Workspace { id: shop(), title: "Магазин".into(), created_at: bed.now() };
    let told = event("workspace.created", bed.now());
    assert!(bed.ports.workspaces.add_workspace(&shop, &told).await.expect("works"));
    shop
}

async fn add_user(bed: &Bed, id: &str, workspace: &WorkspaceId) -> User {
    let user = User { workspace: workspace.clone(), ..user(id, id, bed.now()) };
    bed.ports.accounts.add_user(&user, &event("user.created", bed.now())).await.expect("works");
    user
}

/// Somebody who was let into the workspace of a fresh installation.
pub(super) async fn a_guest(bed: &Bed, from: &WorkspaceId) {
    let guest = add_user(bed, "guest", from).await;
    let told = event("member.set", bed.now());
    let set = bed.ports.workspaces.set_member(&home(), &guest.id, Tier::Viewer, &told).await;
    assert_eq!(set.expect("works"), MemberSet::Done);
}

pub(super) async fn made_once_and_listed(bed: Bed) {
    let workspaces = &bed.ports.workspaces;
    let shop = add_shop(&bed).await;
    let told = event("workspace.created", bed.now());
    assert!(!workspaces.add_workspace(&shop, &told).await.expect("works"), "the key is taken");
    assert_eq!(workspaces.workspace(&shop.id).await.expect("works"), Some(shop.clone()));
    assert_eq!(workspaces.workspace(&WorkspaceId::new("none")).await.expect("works"), None);
    let first = workspaces.workspaces(None, &PageQuery::first(1)).await.expect("works");
    assert_eq!(first.items[0].id, home());
    let rest = PageQuery { limit: 9, cursor: first.next_cursor };
    assert_eq!(workspaces.workspaces(None, &rest).await.expect("works").items, [shop]);
}

pub(super) async fn members_come_and_go(bed: Bed) {
    let workspaces = &bed.ports.workspaces;
    let (shop, told) = (add_shop(&bed).await.id, event("member.set", bed.now()));
    let (anna, boris) = (add_user(&bed, "anna", &home()).await, add_user(&bed, "boris", &shop).await);
    let set = |user: UserId, role| workspaces_set(&bed, user, role);
    assert_eq!(set(anna.id.clone(), Tier::Viewer).await, MemberSet::Done);
    assert_eq!(set(anna.id.clone(), Tier::Admin).await, MemberSet::Done);
    assert_eq!(set(boris.id.clone(), Tier::Viewer).await, MemberSet::Home);
    assert_eq!(set(UserId::new("nobody"), Tier::Viewer).await, MemberSet::Missing);
    let nowhere = workspaces.set_member(&WorkspaceId::new("none"), &anna.id, Tier::User, &told).await;
    assert_eq!(nowhere.expect("works"), MemberSet::Missing);
    assert_eq!(workspaces.role(&shop, &anna.id).await.expect("works"), Some(Tier::Admin));
    assert_eq!(workspaces.role(&home(), &anna.id).await.expect("works"), None, "at home his tier counts");
    let members = workspaces.members(&shop, &PageQuery::first(9)).await.expect("works").items;
    let shown: Vec<_> = members.iter().map(|m| (m.username.as_str(), m.role, m.is_home)).collect();
    assert_eq!(shown, [("anna", Tier::Admin, false), ("boris", Tier::User, true)]);
    let one = workspaces.members(&shop, &PageQuery::first(1)).await.expect("works");
    assert!(one.next_cursor.is_some() && one.items.len() == 1);
    let of = workspaces.workspaces(Some(&anna.id), &PageQuery::first(9)).await.expect("works").items;
    assert_eq!(of.iter().map(|w| w.id.clone()).collect::<Vec<_>>(), [home(), shop.clone()]);
    let of = workspaces.workspaces(Some(&boris.id), &PageQuery::first(9)).await.expect("works").items;
    assert_eq!(of.len(), 1);

    // Who is sent away keeps what he has at home.
    let accounts = &bed.ports.accounts;
    for (place, n) in [(&shop, 1), (&home(), 2)] {
        let session = vakhta_domain::user::Session {
            workspace: place.clone(),
            ..session("anna", &format!("s{n}"), bed.now())
        };
        assert!(accounts.add_session(&session, &anna, &Proof::FirstFactorAlone, &told).await.expect("works"));
        let token = vakhta_domain::user::ApiToken {
            workspace: place.clone(),
            ..token("anna", &format!("t{n}"), &format!("h{n}"), bed.now())
        };
        assert!(accounts.add_token(&token, &anna, &told).await.expect("works"));
    }
    let (session, _) = accounts.session("s1").await.expect("works").expect("is there");
    assert_eq!(session.workspace, shop);
    assert!(workspaces.remove_member(&shop, &anna.id, &told).await.expect("works"));
    assert!(!workspaces.remove_member(&shop, &anna.id, &told).await.expect("works"));
    for n in 1..=2 {
        let (session, _) = accounts.session(&format!("s{n}")).await.expect("works").expect("is there");
        assert_eq!(session.workspace, home());
        let (token, _) = accounts.token(&format!("h{n}")).await.expect("works").expect("is listed");
        assert_eq!(token.revoked_at.is_some(), n == 1);
    }
    assert!(workspaces.switch_session("s2", &shop, &told).await.expect("works"));
    let (session, _) = accounts.session("s2").await.expect("works").expect("is there");
    assert_eq!(session.workspace, shop);
    assert!(!workspaces.switch_session("none", &shop, &told).await.expect("works"));
}

async fn workspaces_set(bed: &Bed, user: UserId, role: Tier) -> MemberSet {
    let told = event("member.set", bed.now());
    bed.ports.workspaces.set_member(&shop(), &user, role, &told).await.expect("works")
}
