"""Models that go out and come in answer alike, here and in other programs.

usage: check.py REPOSITORY [FOLDER]; EXCHANGE names a built program to use instead of `cargo bench`.

In: LightGBM (text and ONNX) and scikit-learn (ONNX) models of a company's size answer as there.
Out: our perceptrons, linear models and trees, with their pipeline, answer alike in onnxruntime.
FOLDER may hold lgbm.txt, sample.csv and expect_lgbm.csv to be compared, too. Ends with 1 on a difference.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import lightgbm as lgb
import numpy as np
import onnx
import onnxmltools
import onnxruntime
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
repository = pathlib.Path(sys.argv[1])
failed = False


def ours(*arguments):
    program = os.environ.get("EXCHANGE", "cargo bench -q -p vakhta-ml --bench exchange --").split()
    command = [*program, *map(str, arguments)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    print(done.stdout, end="")


def compare(name, found, expected, allowed):
    global failed
    found = np.asarray(found, dtype=np.float64).reshape(np.shape(expected))
    apart = float(np.max(np.abs(found - expected) / np.maximum(np.abs(expected), 1.0)))
    failed |= not apart <= allowed
    print(f"{'PASS' if apart <= allowed else 'FAIL'} {name}: largest difference {apart:.1e}, allowed {allowed:.0e}")


def read_ours(model, rows, folder):
    ours("read", model, rows, folder / "answers.csv")
    return np.loadtxt(folder / "answers.csv", delimiter=",", ndmin=2)


def incoming(folder):
    random = np.random.default_rng(0)
    X = random.normal(size=(5000, 20))
    y = ((X[:, :5] * [1, -2, 3, 1, 2]).sum(1) + X[:, 5] ** 2 > np.array([[-3], [0], [2], [5]])).sum(0)
    asked = X[:64].astype(np.float32)
    np.savetxt(folder / "rows.csv", asked, delimiter=",", fmt="%.9g")
    mlp = MLPClassifier((512, 256, 128), max_iter=5, random_state=0).fit(X, y)
    (folder / "mlp.onnx").write_bytes(to_onnx(mlp, asked[:1]).SerializeToString())
    compare("scikit-learn MLP by ONNX", read_ours(folder / "mlp.onnx", folder / "rows.csv", folder), mlp.predict_proba(asked), 1e-5)
    number = (X[:, :5] * [1, -2, 3, 1, 2]).sum(1) + X[:, 5] ** 2
    others = {
        "two classes": MLPClassifier((64, 32), activation="tanh", max_iter=5, random_state=0).fit(X, y > 2),
        "numbers": MLPRegressor((64, 32), activation="logistic", max_iter=20, random_state=0).fit(X, number),
        "scaled numbers": make_pipeline(
            StandardScaler(), MLPRegressor((64,), max_iter=20, random_state=0)
        ).fit(X * 1000 + 5000, number),
        "a forest": RandomForestClassifier(30, max_depth=9, random_state=0, n_jobs=1).fit(X, y),
    }
    for name, model in others.items():
        rows = asked * 1000 + 5000 if name == "scaled numbers" else asked
        np.savetxt(folder / "other.rows", rows, delimiter=",", fmt="%.9g")
        (folder / "other.onnx").write_bytes(to_onnx(model, rows[:1]).SerializeToString())
        answer = model.predict_proba if hasattr(model, "predict_proba") else model.predict
        found = read_ours(folder / "other.onnx", folder / "other.rows", folder)
        compare(f"scikit-learn, {name}, by ONNX", found, answer(rows), 1e-5)
    (folder / "other.onnx").unlink()
    for name, model in {
        "two classes": lgb.LGBMClassifier(n_estimators=40, n_jobs=1, verbose=-1).fit(X, y > 2),
        "numbers": lgb.LGBMRegressor(n_estimators=40, n_jobs=1, verbose=-1).fit(X, number),
        "Poisson": lgb.LGBMRegressor(objective="poisson", n_estimators=40, n_jobs=1, verbose=-1).fit(X, y),
    }.items():
        model.booster_.save_model(folder / "other.txt")
        answer = model.predict_proba if hasattr(model, "predict_proba") else model.predict
        found = read_ours(folder / "other.txt", folder / "rows.csv", folder)
        compare(f"LightGBM, {name}, by its text", found, answer(asked), 1e-6)
    trees = lgb.LGBMClassifier(n_estimators=40, num_leaves=31, n_jobs=1, verbose=-1).fit(X, y)
    trees.booster_.save_model(folder / "trees.txt")
    converted = onnxmltools.convert_lightgbm(trees, initial_types=[("input", FloatTensorType([None, 20]))])
    (folder / "trees.onnx").write_bytes(converted.SerializeToString())
    expected = trees.predict_proba(asked)
    compare("LightGBM by its text", read_ours(folder / "trees.txt", folder / "rows.csv", folder), expected, 1e-6)
    ours("explain", folder / "trees.txt", folder / "rows.csv")
    compare("LightGBM by ONNX", read_ours(folder / "trees.onnx", folder / "rows.csv", folder), expected, 1e-5)


def outgoing(folder):
    rows = np.loadtxt(folder / "rows.csv", delimiter=",", dtype=np.float32)
    rows[::7, 3] = np.nan
    rows[1::7, 5] = 1e30
    rows[2::7, 6] = -np.inf
    np.savetxt(folder / "odd.csv", rows, delimiter=",", fmt="%.9g")
    ours("write", folder, folder / "odd.csv", folder / "trees.txt")
    for path in sorted(folder.glob("*.csv")):
        model = path.with_suffix(".onnx")
        if not model.exists():
            continue
        onnx.checker.check_model(onnx.load(model), full_check=True)
        session = onnxruntime.InferenceSession(str(model))
        expected = np.loadtxt(path, delimiter=",", ndmin=2)
        names = [output.name for output in session.get_outputs()]
        answers = dict(zip(names, session.run(None, {"X": rows})))
        found = answers["probabilities"] if "probabilities" in answers else answers["value"]
        compare(f"{path.stem} in onnxruntime", found, expected, 1e-5)
        if "label" in answers:
            labels = np.array(["one", "two", "три", "four", "five"])
            assert (answers["label"] == labels[found.argmax(1)]).all(), path.stem


def given(folder, work):
    ours("read", folder / "lgbm.txt", folder / "sample.csv", work / "answers.csv")
    found = np.loadtxt(work / "answers.csv", delimiter=",")
    compare("the given LightGBM text", found, np.loadtxt(folder / "expect_lgbm.csv", delimiter=","), 1e-6)


with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    incoming(work)
    outgoing(work)
    if len(sys.argv) > 2:
        given(pathlib.Path(sys.argv[2]), work)
raise SystemExit(failed)
