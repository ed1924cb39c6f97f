"""The names by peers: peer_text.py FOLDER. fastText in 3 epochs; scikit-learn's MLP on some rows, an epoch of all
of them reckoned from the cost of a batch, which is nearly all the optimiser's."""
import pathlib
import sys
import time
import warnings

import fasttext
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.neural_network import MLPClassifier

warnings.filterwarnings("ignore")
folder = pathlib.Path(sys.argv[1])
rows = {part: [line.rstrip("\n").split("\t") for line in open(folder / f"names_{part}.tsv")] for part in ("train", "test")}
for part, lines in rows.items():
    with open(folder / f"names_{part}.fasttext", "w") as file:
        file.writelines(f"__label__{code} {name.lower()}\n" for code, name in lines)

epochs = 3
cpu = time.process_time()
model = fasttext.train_supervised(
    str(folder / "names_train.fasttext"), epoch=epochs, dim=64, minn=2, maxn=4, bucket=2**17, lr=0.5, thread=1, verbose=0
)
cpu = time.process_time() - cpu
accuracy = model.test(str(folder / "names_test.fasttext"))[1]
print(f"fastText text epochs={epochs} cpu/epoch={cpu / epochs:.4f} cpu={cpu:.2f} score={accuracy:.4f}", flush=True)

some = rows["train"][:2000]
hashed = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=2**17, dtype="float32").transform(
    [name for _, name in some]
)
codes = [int(code) for code, _ in some]
cpu = time.process_time()
MLPClassifier((64,), batch_size=200, max_iter=1, alpha=0.0, random_state=0).fit(hashed, codes)
cpu = (time.process_time() - cpu) / len(some) * len(rows["train"])
print(f"sklearn text cpu/epoch={cpu:.1f} (reckoned from {len(some)} rows)", flush=True)
