//! Story: two companies on one server, and somebody who works for both.

mod common;

use common::{Api, PASSWORD, Server, home, sales_csv, sales_spec};
use serde_json::{Value, json};

fn made(admin: &Api, name: &str, tier: &str) -> String {
    let new = json!({"username": name, "password": PASSWORD, "tier": tier});
    admin.post("auth/users", &new).expect(201)["id"].as_str().expect("an id").to_owned()
}

fn workspace(api: &Api) -> Value {
    api.get("about").expect(200)["workspace"].clone()
}

fn length(list: &Value) -> usize {
    list["items"].as_array().expect("a list").len()
}

#[test]
fn another_workspace_is_not_to_be_found() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let boss = Api::of(&server);
    let shop = json!({"key": "shop", "title": "Магазин"});
    assert_eq!(boss.post("workspaces", &shop).expect(201)["title"], "Магазин");
    assert_eq!(boss.post("workspaces", &shop).expect(409)["code"], "workspace_taken");
    boss.post("workspaces", &json!({"key": "Shop"})).expect(422);
    boss.upload("sales", &sales_csv(60)).expect(201);
    boss.apply(&sales_spec("sales", 20)).expect(200);
    assert_eq!(boss.train("sales")["state"], "completed");

    // An administrator of the shop finds nothing of the first workspace, under any door.
    let boss_there = Api::new(&server.url).sign_in("admin", PASSWORD).within("shop");
    let ivan_id = made(&boss_there, "ivan", "admin");
    let ivan = Api::new(&server.url).sign_in("ivan", PASSWORD);
    assert_eq!(workspace(&ivan), "shop");
    for list in ["models", "datasets", "jobs", "schedules", "sources", "alerts", "workspaces/shop/members"] {
        let seen = ivan.get(list).expect(200);
        let own = usize::from(list.starts_with("workspaces"));
        assert_eq!(length(&seen), own, "{list}: {seen}");
    }
    for (method, path) in [
        ("GET", "models/sales"),
        ("GET", "models/sales/versions"),
        ("GET", "models/sales/decisions"),
        ("GET", "datasets/sales"),
        ("GET", "datasets/sales/preview"),
        ("DELETE", "models/sales"),
        ("DELETE", "datasets/sales"),
        ("GET", "/v2/models/sales"),
        ("GET", "workspaces/default"),
        ("GET", "workspaces/default/members"),
        ("POST", "workspaces/default/switch"),
    ] {
        let answer = ivan.send(method, path, "", Vec::new());
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
    }
    ivan.post("models/sales/rollback", &json!({})).expect(404);
    ivan.post("forecast", &json!({"model_key": "sales"})).expect(404);
    let events = ivan.get("events?limit=500").expect(200);
    let foreign = events["items"].as_array().expect("a list").iter().any(|e| e["subject_id"] == "sales");
    assert!(!foreign, "{events}");
    let ivan_abroad = Api::new(&server.url).with_token(ivan.token()).within("default");
    assert_eq!(ivan_abroad.get("models").expect(404)["code"], "workspace_missing");
    let ivan_nowhere = Api::new(&server.url).with_token(ivan.token()).within("none");
    assert_eq!(ivan_nowhere.get("models").expect(404)["code"], "workspace_missing");

    // The same keys in two workspaces are two things.
    ivan.upload("sales", &sales_csv(30)).expect(201);
    assert_eq!(ivan.get("datasets/sales").expect(200)["rows"], 90);
    assert_eq!(boss.get("datasets/sales").expect(200)["rows"], 180);
    boss.get("models/sales").expect(200);

    let home_of_ivan =
        boss_there.put(&format!("workspaces/shop/members/{ivan_id}"), &json!({"role": "viewer"}));
    assert_eq!(home_of_ivan.expect(409)["code"], "home_workspace");
}

#[test]
fn one_works_for_two() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let boss = Api::of(&server);
    boss.post("workspaces", &json!({"key": "shop"})).expect(201);
    let anna_id = made(&boss, "anna", "user");
    let anna = Api::new(&server.url).sign_in("anna", PASSWORD);
    let there = Api::new(&server.url).with_token(anna.token()).within("shop");
    there.get("models").expect(404);
    assert_eq!(length(&anna.get("workspaces").expect(200)), 1);
    let path = format!("workspaces/shop/members/{anna_id}");
    anna.put(&path, &json!({"role": "admin"})).expect(403);
    boss.put(&path, &json!({"role": "system_admin"})).expect(422);
    boss.put("workspaces/shop/members/nobody", &json!({"role": "user"})).expect(404);
    boss.put("workspaces/none/members/nobody", &json!({"role": "user"})).expect(404);

    // A viewer there, a user at home.
    boss.put(&path, &json!({"role": "viewer"})).expect(204);
    assert_eq!(length(&anna.get("workspaces").expect(200)), 2);
    assert_eq!((workspace(&anna), workspace(&there)), (json!("default"), json!("shop")));
    assert_eq!(there.get("auth/user-info").expect(200)["permissions"], json!(["look"]));
    there.upload("sales", &sales_csv(30)).expect(403);
    anna.upload("sales", &sales_csv(30)).expect(201);
    there.get("datasets/sales").expect(404);

    // As an administrator there, she lets others in there and nowhere else.
    boss.put(&path, &json!({"role": "admin"})).expect(204);
    let boris_id = made(&boss, "boris", "user");
    let boris = format!("workspaces/shop/members/{boris_id}");
    there.put(&boris, &json!({"role": "user"})).expect(204);
    there.put(&format!("workspaces/default/members/{boris_id}"), &json!({"role": "admin"})).expect(403);
    let members = there.get("workspaces/shop/members").expect(200);
    let shown: Vec<_> = members["items"].as_array().expect("a list").iter().map(|m| &m["username"]).collect();
    assert_eq!(shown, ["anna", "boris"]);
    there.delete(&boris).expect(204);
    there.delete(&boris).expect(404);

    // A session moves; a token stays where it was made.
    anna.send("POST", "workspaces/shop/switch", "", Vec::new()).expect(204);
    assert_eq!(workspace(&anna), "shop");
    let made = anna.post("auth/tokens", &json!({"name": "of the shop"})).expect(201);
    let token = made["token"].as_str().expect("shown once");
    let program = Api::new(&server.url).with_token(token);
    assert_eq!(workspace(&program), "shop");
    Api::new(&server.url).with_token(token).within("default").get("models").expect(404);
    assert_eq!(
        program.send("POST", "workspaces/default/switch", "", Vec::new()).expect(409)["code"],
        "no_session"
    );

    // Sent away, she is at home again, and the shop's token is of no use.
    boss.delete(&path).expect(204);
    assert_eq!(workspace(&anna), "default");
    program.get("models").expect(401);
    there.get("models").expect(404);
    let events = Api::new(&server.url).sign_in("admin", PASSWORD).within("shop").get("events?kind=member.");
    let events = events.expect(200);
    assert_eq!((&events["items"][0]["kind"], length(&events)), (&json!("member.removed"), 5));
}
