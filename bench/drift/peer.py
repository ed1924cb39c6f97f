"""peer.py REF CUR [--check JSON]: PSI and Jensen-Shannon by plain numpy, column by column; the definitions that
crates/ml/src/drift keeps to. With --check, compares another program's answer to 1e-9.

Bins of numbers: the inner deciles of the reference (linear quantiles, equal ones merged), the first and the last open;
a value is in bin i if edge[i-1] <= value < edge[i]. Missing values are a bin. Bins of categories: all values of both,
and one for missing. Bins without rows on both sides are left out; K of them stay.
PSI: sum (p - q) ln(p / q) with p = (count + 0.5) / (rows + 0.5 K). JS: divergence of count / rows, in bits."""
import json
import resource
import sys

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as types


def js(p, q):
    m = (p + q) / 2
    half = lambda x: np.where(x > 0, x * np.log2(np.where(x > 0, x, 1) / np.where(m > 0, m, 1)), 0).sum()
    return max(0.0, float(half(p) + half(q)) / 2)


def psi(p, q):
    return float(((p - q) * np.log(p / q)).sum())


def numbers(a, b):
    x, y = (side.drop_null().to_numpy().astype(float) for side in (a, b))
    edges = np.unique(np.quantile(x, np.arange(1, 10) / 10))
    count = lambda v: np.bincount(np.searchsorted(edges, v, side="right"), minlength=len(edges) + 1)
    return count(x), count(y)


def categories(a, b):
    counted = [pc.value_counts(side.drop_null()) for side in (a, b)]
    a, b = (dict(zip(c.field(0).to_pylist(), c.field(1).to_pylist())) for c in counted)
    names = sorted(a.keys() | b.keys())
    return [a.get(name, 0) for name in names], [b.get(name, 0) for name in names]


def compare(a, b):
    """PSI and Jensen-Shannon divergence of two chunked arrays."""
    of_numbers = types.is_floating(a.type) or types.is_integer(a.type)
    counts = numbers(a, b) if of_numbers else categories(a, b)
    ca, cb = (np.append(c, side.null_count).astype(float) for c, side in zip(counts, (a, b)))
    held = ca + cb > 0
    ca, cb, bins = ca[held], cb[held], held.sum()
    smooth = lambda c, rows: (c + 0.5) / (rows + 0.5 * bins)
    return psi(smooth(ca, len(a)), smooth(cb, len(b))), js(ca / len(a), cb / len(b))


if __name__ == "__main__":
    reference, current = sys.argv[1:3]
    found = {"psi_q10": {}, "js_q10": {}}
    for name in pq.read_schema(reference).names:
        a, b = (pq.read_table(path, columns=[name])[name] for path in (reference, current))
        found["psi_q10"][name], found["js_q10"][name] = compare(a, b)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(f"numpy: {len(found['js_q10'])} columns, {cpu:.2f} CPU s, peak {peak:.0f} MiB")
    if "--check" in sys.argv:
        theirs = json.load(open(sys.argv[sys.argv.index("--check") + 1]))
        apart = [abs(theirs[d][c] - v) / max(1e-6, abs(v)) for d in found for c, v in found[d].items()]
        print(f"numpy: {len(apart)} numbers compared, the largest difference {max(apart):.1e}")
        sys.exit(max(apart) > 1e-9)
