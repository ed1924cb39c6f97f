//! Story: a backup is taken while the server works, put back into a new folder, and the server that starts there
//! forecasts the same to the last bit.

mod common;

use common::{Api, PASSWORD, Server, home, run, said, sales_csv, sales_spec};
use serde_json::{Value, json};

fn answer(output: &std::process::Output) -> Value {
    assert!(output.status.success(), "{}", said(output));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)))
}

#[test]
fn what_is_restored_forecasts_the_same() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let admin = Api::of(&server);
    admin.upload("sales", &sales_csv(120)).expect(201);
    admin.apply(&sales_spec("sales", 30)).expect(200);
    assert_eq!(admin.train("sales")["state"], "completed");
    let before = admin.forecast("sales");
    let rows = |api: &Api| {
        let lists = ["models", "datasets", "jobs", "models/sales/versions", "models/sales/decisions"];
        lists.map(|list| api.get(list).expect(200)["items"].clone())
    };
    let kept = rows(&admin);
    let chain = admin.get("events/chain").expect(200);

    let (folder, place) = (data.to_str().expect("a path"), home.path().join("backups"));
    let place = place.to_str().expect("a path");
    let made = answer(&run(home.path(), &["backup", place, "--data-dir", folder, "--json"], &[]));
    assert!(made["rows"].as_u64() > Some(10) && made["objects"].as_u64() > Some(2), "{made}");
    // The server goes on; a second backup shares what did not change.
    admin.upload("later", &sales_csv(60)).expect(201);
    let second = answer(&run(home.path(), &["backup", place, "--data-dir", folder, "--json"], &[]));
    assert_eq!(second["objects"], json!(made["objects"].as_u64().expect("n") + 1));
    assert!(!server.log().contains("ERROR"), "{}", server.log());
    server.kill();

    let name = made["name"].as_str().expect("a name");
    let into = home.path().join("restored");
    let restore = |into: &str, at: &str| {
        let arguments = ["restore", "--from", place, "--into", into, "--at", at, "--verify", "--json"];
        run(home.path(), &arguments, &[])
    };
    let full = restore(folder, name);
    assert_eq!(full.status.code(), Some(6), "{}", said(&full));
    assert_eq!(restore(into.to_str().expect("a path"), "never").status.code(), Some(5));
    let restored = answer(&restore(into.to_str().expect("a path"), name));
    assert_eq!((&restored["rows"], &restored["verified"]), (&made["rows"], &json!(true)));

    let server = Server::start(home.path(), &into, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let admin = Api::new(&server.url).sign_in("admin", PASSWORD);
    assert_eq!(admin.forecast("sales"), before, "the same to the last bit");
    assert_eq!(rows(&admin), kept);
    assert_eq!(admin.get("datasets/later").status, 404, "it came after the backup");
    let grown = admin.get("events/chain").expect(200);
    assert!(grown["number"].as_u64() > chain["number"].as_u64(), "{grown}");
    let newest = home.path().join("newest");
    let arguments = ["restore", "--from", place, "--into", newest.to_str().expect("a path"), "--json"];
    assert_eq!(answer(&run(home.path(), &arguments, &[]))["name"], second["name"]);
}
