"""The Open Inference Protocol, version 2, spoken by the real tritonclient[http] and by raw HTTP.

usage: conformance.py VAKHTA_BINARY [PROBE_SCRIPT]

Starts a server, trains a classifier of five classes over twenty numbers, and probes it. With PROBE_SCRIPT, a
script that is called with HOST:PORT MODEL VERSION INPUT and sends no token, that one probes instead, through a
forwarder that adds the token as a company's gateway would. Ends with 1 if a probe fails.
"""

import gzip
import http.client
import http.server
import json
import pathlib
import subprocess
import sys
import threading
import time
import zlib

import numpy as np
import tritonclient.http as triton

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from server import Server  # noqa: E402

MODEL = "five_classes"
WIDTH = 20
JSON = {"Content-Type": "application/json"}


class Checks:
    def __init__(self):
        self.failed = 0
        self.passed = 0

    def check(self, name, probe):
        try:
            probe()
            self.passed += 1
            print("PASS", name)
        except Exception as error:  # every failure is told, and the rest goes on
            self.failed += 1
            print("FAIL", name, type(error).__name__, str(error)[:200])


def rows(count):
    random = np.random.default_rng(0)
    return random.normal(size=(count, WIDTH))


def train(server, headers):
    """A dataset, a model and a version that serves; its id."""
    table = rows(2000)
    score = table[:, :5] @ np.array([1, -2, 3, 1, 2]) + table[:, 5] ** 2
    classes = (score[:, None] > np.array([-3, 0, 2, 5])).sum(1)
    names = [f"x{at}" for at in range(WIDTH)]
    lines = [",".join(names + ["y"])]
    lines += [",".join([*(f"{value:.6f}" for value in row), f"class_{label}"]) for row, label in zip(table, classes)]
    send(server, "POST", "/datasets?key=five", "\n".join(lines), {**headers, "Content-Type": "text/csv"}, 201)
    spec = {
        "model_key": MODEL,
        "task": "classification",
        "data": {"dataset": "five", "target": "y", "numeric": names},
        "engine": "linear",
    }
    send(server, "POST", "/models", json.dumps(spec), {**headers, **JSON}, 201)
    job = send(server, "POST", "/train", json.dumps({"model_key": MODEL}), {**headers, **JSON}, 202)
    while True:
        state = send(server, "GET", f"/jobs/{job['job_id']}", None, headers, 200)
        if state["state"] in ("completed", "failed", "cancelled"):
            assert state["state"] == "completed", state
            break
        time.sleep(0.1)
    return send(server, "GET", f"/models/{MODEL}", None, headers, 200)["champion"]


def send(server, method, path, body, headers, status):
    found, text = server.request(method, "/api/v1" + path, body, headers)
    assert found == status, (method, path, found, text[:300])
    return json.loads(text) if text else None


def raw(server, headers, body, path="infer", **more):
    return server.request("POST", f"/v2/models/{MODEL}/{path}", body, {**headers, **JSON, **more})


def probe(server, headers, version):
    checks = Checks()
    client = triton.InferenceServerClient(f"127.0.0.1:{server.port}")
    asked = rows(4)

    # The client writes into the headers that it is given, so each call has its own.
    def infer(datatype="FP64", binary_in=True, binary_out=True, version="", packed=None):
        kind = {"FP64": np.float64, "FP32": np.float32, "INT64": np.int64}[datatype]
        tensor = triton.InferInput("predict", list(asked.shape), datatype)
        tensor.set_data_from_numpy(asked.astype(kind), binary_data=binary_in)
        outputs = [triton.InferRequestedOutput(name, binary_data=binary_out) for name in ("predict", "probabilities")]
        answer = client.infer(
            MODEL, [tensor], model_version=version, request_id="42", outputs=outputs, headers=dict(headers),
            request_compression_algorithm=packed, response_compression_algorithm=packed,
        )
        assert answer.get_response()["id"] == "42"
        labels, shares = answer.as_numpy("predict"), answer.as_numpy("probabilities")
        assert labels.shape == (4,) and shares.shape == (4, 5), (labels, shares)
        assert np.allclose(shares.sum(1), 1.0), shares
        return [label.decode() if isinstance(label, bytes) else label for label in labels], shares

    plain = infer()

    def same(**how):
        labels, shares = infer(**how)
        close = 1e-3 if how.get("datatype") == "FP32" else 1e-12
        assert labels == plain[0] and np.abs(shares - plain[1]).max() < close

    def metadata():
        found = client.get_model_metadata(MODEL, headers=dict(headers))
        assert found["inputs"][0]["shape"] == [-1, WIDTH] and found["outputs"][0]["name"] == "predict", found
        assert version in found["versions"], found

    def defaults():
        tensor = triton.InferInput("predict", list(asked.shape), "FP64")
        tensor.set_data_from_numpy(asked)
        assert client.infer(MODEL, [tensor], headers=dict(headers)).as_numpy("probabilities").shape == (4, 5)

    def column_by_column():
        inputs = []
        for at in range(WIDTH):
            tensor = triton.InferInput(f"x{at}", [4, 1], "FP64")
            tensor.set_data_from_numpy(asked[:, at : at + 1].copy())
            inputs.append(tensor)
        shares = client.infer(MODEL, inputs, headers=dict(headers)).as_numpy("probabilities")
        assert np.abs(shares - plain[1]).max() < 1e-12

    def refused(body, statuses, path="infer", **more):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, text = raw(server, headers, body, path, **more)
        assert status in statuses and json.loads(text)["error"], (status, text)

    def taken(body, **more):
        status, text = raw(server, headers, body, **more)
        assert status == 200, (status, text[:300])
        return json.loads(text)

    def must(found):
        assert found

    check = checks.check
    check("live and ready without a token", lambda: must(client.is_server_live() and client.is_server_ready()))
    check("model ready", lambda: must(client.is_model_ready(MODEL, headers=dict(headers))))
    check("server metadata", lambda: must(client.get_server_metadata(headers=headers)["extensions"]))
    check("model metadata", metadata)
    check("JSON both ways", lambda: same(binary_in=False, binary_out=False))
    check("binary in", lambda: same(binary_out=False))
    check("binary out", lambda: same(binary_in=False))
    check("FP32", lambda: same(datatype="FP32"))
    check("a version by its id", lambda: same(version=version))
    check("the client's defaults", defaults)
    check("column by column", column_by_column)
    check("gzip", lambda: same(packed="gzip"))
    check("deflate", lambda: same(packed="deflate"))
    tensor = {"name": "predict", "shape": [2, WIDTH], "datatype": "FP64", "data": asked[:2].ravel().tolist()}
    check("nested lists", lambda: taken(json.dumps({"inputs": [{**tensor, "data": asked[:2].tolist()}]})))
    good = json.dumps({"inputs": [tensor]}).encode()
    check("a gzip body", lambda: taken(gzip.compress(good), **{"Content-Encoding": "gzip"}))
    check("a deflate body", lambda: taken(zlib.compress(good), **{"Content-Encoding": "deflate"}))
    check("another encoding", lambda: refused(good, (415,), **{"Content-Encoding": "br"}))
    check("a cut gzip body", lambda: refused(gzip.compress(good)[:40], (400,), **{"Content-Encoding": "gzip"}))
    check("broken JSON", lambda: refused(b"{oops", (400,)))
    check("a shape that does not fit", lambda: refused({"inputs": [{**tensor, "shape": [3, WIDTH]}]}, (400,)))
    check("too few columns", lambda: refused({"inputs": [{**tensor, "shape": [1, 3], "data": [1, 2, 3]}]}, (400,)))
    check("an unknown type", lambda: refused({"inputs": [{**tensor, "datatype": "FP99"}]}, (400,)))
    check("an unknown output", lambda: refused({"inputs": [tensor], "outputs": [{"name": "no"}]}, (400,)))
    check("an unknown version", lambda: refused({"inputs": [tensor]}, (404,), "versions/zzz/infer"))
    check("an unknown address", lambda: refused({}, (404,), "nothing"))
    check("no token", lambda: must(raw(server, {}, good)[0] == 401))
    print(f"PASS {checks.passed} FAIL {checks.failed}")
    return checks.failed


class Forwarder(http.server.BaseHTTPRequestHandler):
    """Sends every request on with a token."""

    protocol_version = "HTTP/1.1"
    port = 0
    token = {}

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        there.request(self.command, self.path, body, {**dict(self.headers.items()), **self.token})
        answer = there.getresponse()
        text = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection", "date", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = forward

    def log_message(self, *arguments):
        pass


def probe_by(script, server, headers, version):
    Forwarder.port, Forwarder.token = server.port, headers
    gateway = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forwarder)
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{gateway.server_port}"
    script = pathlib.Path(script).resolve()
    found = subprocess.run([sys.executable, script, address, MODEL, version, "predict"], cwd=script.parent)
    gateway.shutdown()
    return found.returncode


def main():
    server = Server(sys.argv[1])
    try:
        headers = server.sign_in()
        version = train(server, headers)
        failed = probe_by(sys.argv[2], server, headers, version) if len(sys.argv) > 2 else probe(server, headers, version)
    finally:
        server.stop()
    raise SystemExit(bool(failed))


main()
