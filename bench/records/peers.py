"""Peers on the same rows: TF-IDF + logistic regression (scikit-learn) and fastText on food terms; scikit-learn's
models on tables. Each prints CPU seconds of this process.

peers.py text TRAIN.csv TEST.csv     the text peers
peers.py tables FOLDER               writes NAME-train.csv, NAME-test.csv and NAME.yaml, and measures the peers on them
"""

import csv
import os
import sys
import time

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, log_loss, mean_absolute_error, root_mean_squared_error


def cpu():
    return time.process_time()


def show(name, truth, probabilities, classes, spent):
    said = classes[probabilities.argmax(1)]
    print(
        f"{name}: accuracy {accuracy_score(truth, said):.4f}, macro-F1 {f1_score(truth, said, average='macro'):.4f}, "
        f"log-loss {log_loss(truth, probabilities, labels=classes):.4f}, {spent:.2f} CPU s",
        flush=True,
    )


def text(train_path, test_path):
    def read(path):
        with open(path, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return [r["name"] for r in rows], np.array([r["category"] for r in rows])

    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    names, classes = read(train_path)
    test_names, test_classes = read(test_path)
    began = cpu()
    words = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2)
    model = LogisticRegression(C=10, max_iter=200).fit(words.fit_transform(names), classes)
    spent = cpu() - began
    show("scikit-learn", test_classes, model.predict_proba(words.transform(test_names)), model.classes_, spent)
    one = words.transform(test_names[:1])
    began = cpu()
    for name in test_names[:500]:
        model.predict_proba(words.transform([name]))
    print(f"scikit-learn, one row: {(cpu() - began) / 500 * 1e6:.0f} CPU us", flush=True)
    del one

    try:
        import fasttext
    except ImportError:
        print("fastText: does not install here")
        return
    order = sorted(set(classes))
    code = {label: str(i) for i, label in enumerate(order)}
    path = train_path + ".ft"
    with open(path, "w", encoding="utf-8") as file:
        for name, label in zip(names, classes):
            file.write(f"__label__{code[label]} {name.lower()}\n")
    began = cpu()
    model = fasttext.train_supervised(
        path, dim=64, minn=2, maxn=4, bucket=131072, epoch=25, lr=0.5, thread=1, verbose=0
    )
    spent = cpu() - began
    os.remove(path)
    probabilities = np.full((len(test_names), len(order)), 1e-6)
    for row, name in enumerate(test_names):
        for p, label in model.f.predict(name.lower() + "\n", len(order), 0.0, "strict"):
            probabilities[row, int(label.removeprefix("__label__"))] = max(p, 1e-6)
    probabilities /= probabilities.sum(1, keepdims=True)
    show("fastText", test_classes, probabilities, np.array(order), spent)


def tables(folder):
    from sklearn import datasets
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    for name, load, task in [
        ("cancer", datasets.load_breast_cancer, "classification"),
        ("digits", datasets.load_digits, "classification"),
        ("diabetes", datasets.load_diabetes, "regression"),
    ]:
        x, y = load(return_X_y=True)
        split = train_test_split(x, y, test_size=0.3, random_state=7, stratify=y if task == "classification" else None)
        columns = [f"x{i}" for i in range(x.shape[1])]
        for part, xs, ys in (("train", split[0], split[2]), ("test", split[1], split[3])):
            with open(f"{folder}/{name}-{part}.csv", "w", encoding="utf-8") as file:
                file.write(",".join(columns + ["y"]) + "\n")
                for row, value in zip(xs, ys):
                    file.write(",".join(f"{v:.9g}" for v in row) + f",{value:g}\n")
        with open(f"{folder}/{name}.yaml", "w", encoding="utf-8") as file:
            numeric = ", ".join(columns)
            file.write(
                f"model_key: {name}\ntask: {task}\ndata: {{dataset: {name}, target: y, numeric: [{numeric}]}}\n"
            )
        classes = task == "classification"
        for peer, model in [
            ("linear", LogisticRegression(max_iter=1000) if classes else Ridge()),
            ("boosting", HistGradientBoostingClassifier() if classes else HistGradientBoostingRegressor()),
            ("mlp", (MLPClassifier if classes else MLPRegressor)(max_iter=500, random_state=7)),
        ]:
            began = cpu()
            fitted = make_pipeline(StandardScaler(), model).fit(split[0], split[2])
            spent = cpu() - began
            if classes:
                show(f"{name} {peer}", split[3], fitted.predict_proba(split[1]), fitted.classes_, spent)
            else:
                said = fitted.predict(split[1])
                print(
                    f"{name} {peer}: RMSE {root_mean_squared_error(split[3], said):.3f}, "
                    f"MAE {mean_absolute_error(split[3], said):.3f}, {spent:.2f} CPU s",
                    flush=True,
                )


if sys.argv[1] == "text":
    text(sys.argv[2], sys.argv[3])
else:
    tables(sys.argv[2])
