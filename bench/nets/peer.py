"""The same training by a peer: peer.py FOLDER sklearn|torch TASK BATCH EPOCHS THREADS [SEED]. One line out."""
import os
import sys

folder, who, task = sys.argv[1:4]
batch, epochs, threads = (int(word) for word in sys.argv[4:7])
seed = int(sys.argv[7]) if len(sys.argv) > 7 else 0
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)
import pathlib
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def load(part):
    raw = (pathlib.Path(folder) / f"{task}_{part}").read_bytes()
    rows, width = np.frombuffer(raw[:8], "<u4")
    return np.frombuffer(raw[8:], "<f4").reshape(rows, width).copy()


x, test_x = load("train.x"), load("test.x")
y, test_y = load("train.y")[:, 0], load("test.y")[:, 0]
numbers = task == "numbers"
hidden = {"table": (512, 256, 128), "digits": (64,), "numbers": (128, 64)}[task]
if not numbers:
    y, test_y = y.astype("i8"), test_y.astype("i8")


def measured(work):
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return (time.process_time() - cpu) / epochs, (time.perf_counter() - wall) / epochs


def sklearn():
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    model = (MLPRegressor if numbers else MLPClassifier)(
        hidden_layer_sizes=hidden, batch_size=batch, max_iter=epochs, alpha=0.0, random_state=seed, n_iter_no_change=10**6, tol=0
    )
    cost = measured(lambda: model.fit(x, y))
    return cost, model.score(test_x, test_y)


def torch():
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    sizes = [x.shape[1], *hidden, 1 if numbers else int(y.max()) + 1]
    layers = [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), nn.ReLU())]
    net = nn.Sequential(*layers[:-1])
    step = torch_optimiser(torch, net)
    rows, truth = torch.from_numpy(x), torch.from_numpy(y)
    loss = (lambda out, y: 0.5 * ((out[:, 0] - y) ** 2).mean()) if numbers else nn.CrossEntropyLoss()

    def train():
        for _ in range(epochs):
            order = torch.randperm(len(rows))
            for at in range(0, len(rows), batch):
                picked = order[at : at + batch]
                step.zero_grad()
                loss(net(rows[picked]), truth[picked]).backward()
                step.step()

    cost = measured(train)
    with torch.no_grad():
        out = net(torch.from_numpy(test_x)).numpy()
    if numbers:
        return cost, 1 - ((out[:, 0] - test_y) ** 2).sum() / ((test_y - test_y.mean()) ** 2).sum()
    return cost, (out.argmax(1) == test_y).mean()


def torch_optimiser(torch, net):
    # The faster of its kinds on a CPU.
    return torch.optim.Adam(net.parameters(), 1e-3, fused=True)


(cpu, wall), score = {"sklearn": sklearn, "torch": torch}[who]()
print(f"{who} {task} batch={batch} threads={threads} cpu/epoch={cpu:.4f} wall/epoch={wall:.4f} score={score:.4f}", flush=True)
