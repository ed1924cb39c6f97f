"""make.py FOLDER [ROWS]: ref.parquet and cur.parquet, 20 columns of numbers and 10 of categories, seeded.

Numbers: normal, lognormal, uniform, gamma, Student's t, Poisson, rounded prices, many zeros; num_03 misses 5 percent;
num_15 and later drift. Categories: 2 to 1000 values; cat_07 and later drift, cat_09 gets new values."""
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
CARDINALITIES = [2, 3, 5, 8, 12, 20, 50, 10, 100, 1000]
NUMBERS = [
    lambda r: r.normal(0, 1, rows),
    lambda r: np.exp(r.normal(3, 0.8, rows)),
    lambda r: r.uniform(0, 100, rows),
    lambda r: r.gamma(2, 3, rows),
    lambda r: r.standard_t(3, rows),
    lambda r: r.poisson(40, rows).astype(float),
    lambda r: np.round(np.exp(r.normal(6, 0.5, rows)), 2),
    lambda r: np.where(r.random(rows) < 0.3, 0, r.exponential(5, rows)),
]


def number(r, k, current):
    x = NUMBERS[k % 8](r)
    if current and k >= 15:
        x = x * (1 + 0.05 * (k - 14)) + 0.1 * (k - 14)
    if k == 3:
        x[r.random(rows) < 0.05] = np.nan
    return pa.array(x, from_pandas=True)


def category(r, k, current):
    values = CARDINALITIES[k]
    p = 1 / np.arange(1, values + 1) ** 1.1
    if current and k >= 7:
        p = p * (1 + 0.3 * np.sin(np.arange(values)))
    if k == 9 and not current:
        p[-100:] = 0
    keys = pa.array(r.choice(values, rows, p=p / p.sum()).astype(np.int32))
    names = pa.array([f"c{k}_{i:04d}" for i in range(values)])
    return pa.DictionaryArray.from_arrays(keys, names).cast(pa.string())


for name, seed, current in (("ref", 1, False), ("cur", 2, True)):
    r = np.random.default_rng(seed)
    columns = {f"num_{k:02d}": number(r, k, current) for k in range(20)}
    columns |= {f"cat_{k:02d}": category(r, k, current) for k in range(10)}
    pq.write_table(pa.table(columns), f"{folder}/{name}.parquet", compression="snappy")
