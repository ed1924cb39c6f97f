//! Story: a program that speaks the Open Inference Protocol asks a model, in JSON and in binary.

mod common;

use common::{Api, Server, home, sales_csv, sales_spec};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// An answer as it came.
struct Raw {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Raw {
    /// The JSON of the body, and the bytes of tensors behind it.
    fn parts(&self) -> (Value, &[u8]) {
        let length = self.header("inference-header-content-length").map(|v| v.parse().expect("digits"));
        let (json, tensors) = self.body.split_at(length.unwrap_or(self.body.len()));
        (serde_json::from_slice(json).expect("JSON"), tensors)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
        Some(line[name.len() + 1..].trim())
    }

    #[track_caller]
    fn expect(&self, status: u16) -> (Value, &[u8]) {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.parts()
    }

    /// What a refusal says.
    #[track_caller]
    fn refused(&self, status: u16) -> String {
        self.expect(status).0["error"].as_str().expect("a refusal has an error").to_owned()
    }
}

/// Speaks HTTP over a socket, so that nothing between adds or hides a header.
struct Client {
    address: String,
    token: Option<String>,
}

impl Client {
    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Raw {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let mut head = format!("{method} /v2{path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n");
        if let Some(token) = &self.token {
            head += &format!("Authorization: Bearer {token}\r\n");
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(body).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head ends");
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
        Raw { status, head, body: answer[end + 4..].to_vec() }
    }

    fn get(&self, path: &str) -> Raw {
        self.send("GET", path, &[], b"")
    }

    fn infer(&self, model: &str, request: &Value) -> Raw {
        self.send("POST", &format!("/models/{model}/infer"), &[], request.to_string().as_bytes())
    }
}

fn house() -> (tempfile::TempDir, Server, Api, Client) {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    let address = server.url.trim_start_matches("http://").to_owned();
    let client = Client { address, token: Some(api.token().to_owned()) };
    (home, server, api, client)
}

#[test]
fn a_forecast_answers_tensors() {
    let (_home, _server, api, client) = house();
    let stranger = Client { address: client.address.clone(), token: None };
    assert_eq!(stranger.get("/health/live").expect(200).0["live"], true);
    assert_eq!(stranger.get("/health/ready").expect(200).0["ready"], true);
    assert!(!stranger.get("").refused(401).is_empty());
    assert_eq!(client.get("").expect(200).0["extensions"][0], "binary_tensor_data");
    assert!(client.get("/models/sales").refused(404).contains("sales"));

    api.upload("sales", &sales_csv(120)).expect(201);
    api.apply(&sales_spec("sales", 20)).expect(200);
    assert!(client.get("/models/sales/ready").refused(409).contains("no version"));
    assert_eq!(api.train("sales")["state"], "completed");
    let version = api.champion("sales").expect("it serves");

    let (metadata, _) = client.get("/models/sales").expect(200);
    assert_eq!(metadata["versions"], json!([version]));
    assert_eq!(metadata["inputs"][0], json!({"name": "shop", "datatype": "BYTES", "shape": [-1]}));
    assert_eq!(metadata["outputs"][0], json!({"name": "predict", "datatype": "FP64", "shape": [-1]}));
    assert_eq!(client.get(&format!("/models/sales/versions/{version}/ready")).expect(200).0["ready"], true);

    let day = "2025-05-02";
    let request = json!({
        "id": "mine",
        "inputs": [
            {"name": "shop", "shape": [2], "datatype": "BYTES", "data": ["north", "west"]},
            {"name": "date", "shape": [2, 1], "datatype": "BYTES", "data": [[day], [day]]},
        ],
    });
    let answer = client.infer("sales", &request);
    let (found, _) = answer.expect(200);
    assert_eq!((&found["id"], &found["model_version"]), (&json!("mine"), &json!(version)));
    let values = found["outputs"][0]["data"].clone();
    let ask = json!({"model_key": "sales", "data": [{"shop": "north", "date": day}, {"shop": "west", "date": day}]});
    let native =
        api.send("POST", "predict?wait=9", "application/json", ask.to_string().into_bytes()).expect(200);
    for row in 0..2 {
        assert_eq!(values[row], native["predictions"][row]["value"]);
    }

    // The same in binary, both ways.
    let bytes = |texts: &[&str]| -> Vec<u8> {
        texts.iter().flat_map(|t| (t.len() as u32).to_le_bytes().into_iter().chain(t.bytes())).collect()
    };
    let (shops, days) = (bytes(&["north", "west"]), bytes(&[day, day]));
    let json = json!({
        "parameters": {"binary_data_output": true},
        "inputs": [
            {"name": "shop", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": shops.len()}},
            {"name": "date", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": days.len()}},
        ],
    })
    .to_string();
    let length = json.len().to_string();
    let body: Vec<u8> = json.bytes().chain(shops).chain(days).collect();
    let path = format!("/models/sales/versions/{version}/infer");
    let answer = client.send("POST", &path, &[("Inference-Header-Content-Length", &length)], &body);
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    let (found, tensors) = answer.expect(200);
    assert_eq!(found["outputs"][0]["parameters"]["binary_data_size"], 16);
    let first = f64::from_le_bytes(tensors[..8].try_into().expect("eight bytes"));
    assert_eq!(json!(first), values[0]);

    for (change, said) in [
        (json!({"inputs": [request["inputs"][0]]}), "missing: date"),
        (json!({"inputs": request["inputs"], "outputs": [{"name": "nope"}]}), "nope"),
        (json!({"inputs": []}), "0 rows"),
        (json!({}), "inputs"),
    ] {
        let error = client.infer("sales", &change).refused(400);
        assert!(error.contains(said), "{error}");
    }
    let unknown = json!({"inputs": [
        {"name": "shop", "shape": [1], "datatype": "BYTES", "data": ["moon"]},
        {"name": "date", "shape": [1], "datatype": "BYTES", "data": [day]},
    ]});
    assert!(client.infer("sales", &unknown).refused(400).contains("moon"));
    assert!(!client.send("POST", "/models/sales/infer", &[], b"{oops").refused(400).is_empty());
    assert!(!client.send("DELETE", "/models/sales/infer", &[], b"").refused(405).is_empty());
    assert!(client.get("/nothing").refused(404).contains("/v2/models/NAME"));
    let brotli = client.send("POST", "/models/sales/infer", &[("Content-Encoding", "br")], b"x");
    assert!(brotli.refused(415).contains("gzip"));
}

#[test]
fn a_classifier_of_numbers_takes_one_matrix() {
    let (_home, _server, api, client) = house();
    let mut csv = String::from("a,b,kind\n");
    for row in 0..200 {
        let (a, b) = (f64::from(row % 20) / 10.0 - 1.0, f64::from(row % 7) / 3.0 - 1.0);
        csv += &format!("{a},{b},{}\n", if a + b > 0.2 { "high" } else { "low" });
    }
    api.upload("points", &csv).expect(201);
    api.apply(
        "model_key: points\ntask: classification\n\
         data: {dataset: points, target: kind, numeric: [a, b]}\nengine: linear\n",
    )
    .expect(200);
    assert_eq!(api.train("points")["state"], "completed");
    let (metadata, _) = client.get("/models/points").expect(200);
    assert_eq!(metadata["inputs"][0]["shape"], json!([-1, 2]));
    assert_eq!(metadata["inputs"][0]["parameters"]["columns"], json!(["a", "b"]));

    let matrix =
        json!({"name": "predict", "shape": [2, 2], "datatype": "FP32", "data": [1.0, 1.0, -1.0, -1.0]});
    let (found, _) = client.infer("points", &json!({"inputs": [matrix]})).expect(200);
    assert_eq!(found["outputs"][0]["data"], json!(["high", "low"]));
    assert_eq!(found["outputs"][1]["shape"], json!([2, 2]));
    let shares: Vec<f64> = serde_json::from_value(found["outputs"][1]["data"].clone()).expect("numbers");
    assert!((shares[0] + shares[1] - 1.0).abs() < 1e-9 && shares.iter().all(|p| (0.0..=1.0).contains(p)));
    let columns = json!({"inputs": [
        {"name": "b", "shape": [2], "datatype": "FP64", "data": [1.0, -1.0]},
        {"name": "a", "shape": [2], "datatype": "INT8", "data": [1, -1]},
    ]});
    let (again, _) = client.infer("points", &columns).expect(200);
    assert_eq!(again["outputs"], found["outputs"]);
    let narrow = json!({"inputs": [{"name": "x", "shape": [1, 3], "datatype": "FP64", "data": [1, 2, 3]}]});
    assert!(client.infer("points", &narrow).refused(400).contains("2 columns: a, b"));

    // The same model goes out as ONNX: its magic is the layout's version, its names are inside.
    let file = api.get("models/points/versions/champion/export?format=onnx");
    assert_eq!(file.status, 200, "{}", file.text);
    assert!(file.text.contains("probabilities") && file.text.contains("Gemm"));
    assert!(api.get("models/points/versions/champion/export?format=pmml").expect(422).is_object());
}
