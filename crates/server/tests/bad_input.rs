//! Story: everything wrong that a person or a program may send is refused with what is wrong, and nothing
//! is kept of it.

mod common;

use common::{Api, PASSWORD, Server, home, run, said, sales_csv, sales_spec};
use serde_json::json;

fn server() -> (tempfile::TempDir, Server, Api) {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let api = Api::new(&server.url).sign_in("admin", PASSWORD);
    (home, server, api)
}

#[test]
fn bad_files_are_refused_whole() {
    let (_home, _server, api) = server();
    for (csv, told) in [
        ("", "empty"),
        ("a,b\n", "no rows"),
        ("a,a\n1,2\n", "twice"),
        ("a,\n1,2\n", "no name"),
        ("a,b\n1,2,3\n", ""),
        ("a,b\n\"1,2\n3,4\n", ""),
    ] {
        let answer = api.upload("bad", csv);
        assert_eq!(answer.status, 422, "{csv:?}: {}", answer.text);
        assert!(answer.text.contains(told), "{csv:?}: {}", answer.text);
    }
    // 200 numbers, then a word: one bad row, named with its line, column and text.
    let rows: Vec<_> = (0..200).map(|i| format!("2026-01-{:02},{i}", i % 28 + 1)).collect();
    let rows = rows.join("\n");
    let csv = format!("date,y\n{rows}\n2026-02-01,много\n");
    let refused = api.upload("bad", &csv).expect(422);
    assert_eq!(refused["code"], "bad_rows");
    let row = &refused["refused"]["first"][0];
    assert_eq!((row["line"].as_u64(), row["column"].as_str()), (Some(202), Some("y")), "{refused}");
    assert!(row["text"].as_str().is_some_and(|t| t.contains("много")), "{refused}");
    api.get("datasets/bad").expect(404);
    // Left out on request, with a report.
    let kept = api.send("POST", "datasets?key=bad&on_error=skip", "text/csv", csv.into_bytes()).expect(201);
    assert_eq!((kept["rows"].as_u64(), kept["refused"]["rows"].as_u64()), (Some(200), Some(1)));
    let mut noise = b"PAR1".to_vec();
    noise.extend((0..5000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()));
    noise.extend(b"PAR1");
    let answer = api.send("POST", "datasets?key=noise&format=parquet", "application/octet-stream", noise);
    assert_eq!(answer.status, 422, "{}", answer.text);
    for key in ["", "Bad", "a b", "..%2Fx", "%D1%84"] {
        let answer = api.upload(key, "a,b\n1,2\n");
        assert!(matches!(answer.status, 400 | 422), "{key}: {}", answer.text);
    }
}

#[test]
fn russian_spreadsheets_are_read_as_they_are() {
    let (_home, _server, api) = server();
    // windows-1251, semicolons, decimal commas, dots in dates.
    let mut csv = Vec::new();
    let header = [0xc4, 0xe0, 0xf2, 0xe0, b';', 0xd1, 0xf3, 0xec, 0xec, 0xe0, b'\n'];
    csv.extend(header);
    for day in 1..=28 {
        csv.extend(format!("{day:02}.03.2026;1 234,{day:02}\n").into_bytes());
    }
    let dataset = api.send("POST", "datasets?key=ru", "text/csv", csv).expect(201);
    assert_eq!(dataset["read_as"]["delimiter"], ";");
    assert_eq!(dataset["read_as"]["decimal"], ",");
    assert_eq!(dataset["read_as"]["encoding"], "windows-1251");
    let preview = api.get("datasets/ru/preview?limit=1").expect(200);
    assert_eq!(preview["columns"][0]["name"], "Дата");
    assert_eq!(preview["rows"][0], json!(["2026-03-01", 1234.01]));
}

#[test]
fn bad_specs_and_bodies_name_the_field() {
    let (_home, _server, api) = server();
    api.upload("sales", &sales_csv(60)).expect(201);
    for (spec, pointer) in [
        ("model_key: x\ntask: forcast\ndata: {dataset: d, target: y, time: t}\n", "/task"),
        ("model_key: X Y\ntask: forecast\ndata: {dataset: d, target: y, time: t}\n", "/model_key"),
        ("model_key: x\ntask: forecast\ndata: {dataset: d, tagret: y, time: t}\n", "/data/tagret"),
        (
            "model_key: x\ntask: forecast\ndata: {dataset: d, target: y, time: t}\nhorizon: 99999\n",
            "/horizon",
        ),
        ("[1, 2", ""),
        ("", ""),
    ] {
        let answer = api.apply(spec);
        assert!(matches!(answer.status, 400 | 422), "{spec:?}: {}", answer.text);
        assert!(answer.text.contains(&format!("\"{pointer}\"")), "{spec:?}: {}", answer.text);
    }
    // A right spec whose columns the dataset has not, and a dataset that is not there.
    api.apply(&sales_spec("sales", 10).replace("shop", "shpo")).expect(200);
    let answer = api.post("train", &json!({"model_key": "sales"}));
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.text.contains("shop"), "{}", answer.text);
    api.apply(&sales_spec("other", 10).replace("dataset: sales", "dataset: none")).expect(200);
    let answer = api.post("train", &json!({"model_key": "other"}));
    assert!(matches!(answer.status, 404 | 422), "{}", answer.text);

    for (path, body, status) in [
        ("train", "{\"model_key\": \"sales\"", 400),
        ("train", "{\"model_key\": \"sales\", \"modle\": 1}", 422),
        ("train", "[]", 422),
        ("train", "{\"model_key\": 7}", 422),
        ("train", "{\"model_key\": \"nothing\"}", 404),
        ("forecast", "{\"model_key\": \"sales\", \"horizon\": -1}", 422),
        ("forecast", "{\"model_key\": \"nothing\"}", 404),
        ("predict", "{\"model_key\": \"sales\", \"data\": \"x\"}", 422),
        ("models/nothing/deploy", "{\"version\": \"x\"}", 404),
    ] {
        let answer = api.send("POST", path, "application/json", body.as_bytes().to_vec());
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text);
        assert!(answer.body["code"].is_string(), "{path} {body}: {}", answer.text);
    }
    let answer = api.send("POST", "train", "text/plain", b"{}".to_vec());
    assert_eq!(answer.status, 415, "{}", answer.text);
    let answer = api.send("POST", "train", "application/json", vec![b' '; 3 << 20]);
    assert_eq!(answer.status, 413, "{}", answer.text);
    // A refusal before the end of a body ends the connection too, and says so: the next request is answered.
    let deep = format!("{{\"model_key\": {}1{}}}", "[".repeat(5000), "]".repeat(5000));
    let answer = api.send("POST", "train", "application/json", deep.into_bytes());
    assert!(matches!(answer.status, 400 | 422), "{}", answer.status);
}

#[test]
fn wrong_settings_stop_the_start_with_their_place() {
    let (home, _) = home();
    std::fs::write(home.path().join("vakhta.toml"), "port = 99999\ndata_dri = \"x\"\n").expect("written");
    let out = run(home.path(), &["serve"], &[("VAKHTA_THREADS", "lots"), ("VAKHTA_PROT", "1")]);
    assert_eq!(out.status.code(), Some(78), "{}", said(&out));
    for told in [
        "port = `99999` (file vakhta.toml:port)",
        "data_dri (file vakhta.toml:data_dri): unknown setting, did you mean `data_dir`?",
        "threads = `lots` (environment VAKHTA_THREADS)",
    ] {
        assert!(said(&out).contains(told), "{told} is missing in {}", said(&out));
    }
    std::fs::write(home.path().join("vakhta.toml"), "port = 9000\n").expect("written");
    let variables = [("VAKHTA_S3_SECRET_KEY", "hush-hush"), ("VAKHTA_PROT", "1"), ("VAKHTA_HOST", "::1")];
    let out = run(home.path(), &["config", "--json"], &variables);
    assert!(out.status.success(), "{}", said(&out));
    assert!(!said(&out).contains("hush-hush"), "{}", said(&out));
    assert!(said(&out).contains("VAKHTA_PROT means nothing, did you mean VAKHTA_PORT?"), "{}", said(&out));
    let all: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(all["port"], json!({"value": "9000", "from": "file vakhta.toml:port"}));
    assert_eq!(all["host"], json!({"value": "::1", "from": "environment VAKHTA_HOST"}));
    assert_eq!(all["s3_secret_key"]["value"], "(hidden)");
    let out = run(home.path(), &["serve", "--config", "nowhere.toml"], &[]);
    assert_eq!(out.status.code(), Some(78), "{}", said(&out));
}

#[test]
fn a_taken_port_or_folder_is_named() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let second = Server::try_start(home.path(), &data, &[]).err().expect("the folder is taken");
    assert!(second.contains("another vakhta process uses"), "{second}");
    let port = server.url.rsplit(':').next().expect("a port").to_owned();
    let out = run(home.path(), &["serve", "--port", &port, "--data-dir", "elsewhere"], &[]);
    assert_eq!(out.status.code(), Some(1), "{}", said(&out));
    assert!(said(&out).contains("--port"), "{}", said(&out));
}
