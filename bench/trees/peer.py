"""peer.py DIR THREADS [name=value…]: the peer. LightGBM on the features and rows that `trees write` wrote.

500 rounds, 63 leaves, learning rate 0.05, L2, 20 rows a leaf, as ours. Prints CPU seconds and WAPE.
"""
import resource
import sys
import time

import lightgbm as lgb
import numpy as np


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


folder, threads = sys.argv[1], int(sys.argv[2])
width = int(open(f"{folder}/width.txt").read())
x = np.fromfile(f"{folder}/x.f32", dtype="<f4").reshape(-1, width)
y = np.fromfile(f"{folder}/y.f64", dtype="<f8")
level = np.fromfile(f"{folder}/level.f64", dtype="<f8")
day = np.fromfile(f"{folder}/day.u32", dtype="<u4")
past = day < day.max() - 27
params = dict(objective="l2", learning_rate=0.05, num_leaves=63, min_data_in_leaf=20, num_threads=threads,
              verbosity=-1, seed=1, deterministic=True, force_col_wise=True)
given = dict(pair.split("=") for pair in sys.argv[3:])
rounds = int(given.pop("rounds", 500))
params |= given
learn, target = x[past], y[past]
start, wall = cpu(), time.perf_counter()
model = lgb.train(params, lgb.Dataset(learn, target), num_boost_round=rounds)
train, wall = cpu() - start, time.perf_counter() - wall
found = model.predict(x[~past], num_threads=1)
actual, level = y[~past], level[~past]
wape = 100 * np.abs((found - actual) * level).sum() / np.abs(actual * level).sum()
batch = np.ascontiguousarray(learn[:100_000])
start = cpu()
model.predict(batch, num_threads=1)
predict = (cpu() - start) / len(batch)
print(f"peer: {past.sum()} rows x {width}, {threads} threads: train {train:.2f} CPU s ({wall:.2f} s), "
      f"predict {predict * 1e6:.2f} us/row, WAPE {wape:.4f}%")
