"""Makes crates/ml/fixtures/exchange: small models of other programs, and what those programs answer.

usage: fixtures.py FOLDER. Needs numpy, scikit-learn, lightgbm, skl2onnx, onnxmltools.
"""

import json
import pathlib
import sys
import warnings

import lightgbm as lgb
import numpy as np
import onnxmltools
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(0)
X = random.normal(size=(400, 4)).astype(np.float32)
three = np.array(["low", "mid", "high"])[(X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)]
two = (X[:, 0] + X[:, 2] > 0).astype(int)
number = X[:, 0] * 3 + X[:, 1] ** 2
asked = X[:16].copy()
expected = {"rows": asked.tolist(), "models": {}}


def keep(name, answers, labels=(), rows=None):
    answers = np.asarray(answers, dtype=np.float64)
    entry = {"answers": answers.reshape(len(answers), -1).tolist(), "labels": list(labels)}
    if rows is not None:
        entry["rows"] = [[None if np.isnan(value) else float(value) for value in row] for row in rows]
    expected["models"][name] = entry


def save_onnx(name, model, answers, labels=()):
    (folder / name).write_bytes(model.SerializeToString())
    keep(name, answers, labels)


settings = {"max_iter": 60, "random_state": 0}
mlps = {
    "mlp_three": MLPClassifier((8, 6), **settings).fit(X, three),
    "mlp_two": MLPClassifier((5,), activation="tanh", **settings).fit(X, two),
    "mlp_scaled": make_pipeline(
        StandardScaler(), MLPClassifier((5,), activation="identity", **settings)
    ).fit(X, three),
}
for name, model in mlps.items():
    labels = [str(label) for label in model.classes_]
    save_onnx(f"{name}.onnx", to_onnx(model, X[:1]), model.predict_proba(asked), labels)
    plain = to_onnx(model, X[:1], options={"zipmap": False})
    save_onnx(f"{name}_plain.onnx", plain, model.predict_proba(asked), labels)
mlp = MLPRegressor(hidden_layer_sizes=(6,), activation="logistic", **settings).fit(X, number)
save_onnx("mlp_number.onnx", to_onnx(mlp, X[:1]), mlp.predict(asked))
forest = RandomForestClassifier(3, max_depth=4, random_state=0).fit(X, three)
plain = to_onnx(forest, X[:1], options={"zipmap": False})
save_onnx("forest.onnx", plain, forest.predict_proba(asked), [str(label) for label in forest.classes_])

small = {"n_estimators": 3, "num_leaves": 5, "verbose": -1}
trees = {
    "trees_three": lgb.LGBMClassifier(**small).fit(X, three),
    "trees_two": lgb.LGBMClassifier(**small).fit(X, two),
    "trees_number": lgb.LGBMRegressor(**small).fit(X, number),
}
for name, model in trees.items():
    is_number = name == "trees_number"
    answers = model.predict(asked) if is_number else model.predict_proba(asked)
    model.booster_.save_model(folder / f"{name}.txt")
    keep(f"{name}.txt", answers)
    converted = onnxmltools.convert_lightgbm(
        model, initial_types=[("input", FloatTensorType([None, 4]))]
    )
    labels = [] if is_number else [str(label) for label in model.classes_]
    save_onnx(f"{name}.onnx", converted, answers, labels)

# Missing values and categories, where LightGBM's text says more than ONNX.
odd = X.copy()
odd[::5, 1] = np.nan
odd[:, 3] = random.integers(0, 6, size=len(odd))
target = number + np.where(np.isnan(odd[:, 1]), 2.0, 0.0) + np.isin(odd[:, 3], [1, 4]) * 3.0
rows = odd[:16].copy()
rows[3] = np.nan
rows[4, 3] = 77.0
for name, extra in {"odd": {}, "odd_poisson": {"objective": "poisson"}}.items():
    sales = np.abs(target) if extra else target
    by_category = {"min_data_per_group": 5, "cat_smooth": 1, "min_child_samples": 5}
    model = lgb.LGBMRegressor(**small, **by_category, **extra).fit(odd, sales, categorical_feature=[3])
    model.booster_.save_model(folder / f"{name}.txt")
    keep(f"{name}.txt", model.predict(rows), rows=rows)

(folder / "expected.json").write_text(json.dumps(expected) + "\n")
