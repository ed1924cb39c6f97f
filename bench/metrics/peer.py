"""peer.py prepare STORE FOLDER: the segments of the prediction log, which are Parquet, and the actuals as one table each.
peer.py run FOLDER OURS: the daily rows by polars, compared with ours to 1e-9.

A day's row of a branch and a distance: of each branch, day and version the last forecast before the day, with its actual."""
import datetime
import pathlib
import resource
import sys

import polars as pl

NUMBERS = ["mae", "bias", "mape", "wape"]


def prepare(store, folder):
    segments = [path for path in pathlib.Path(store, "objects").rglob("*") if path.is_file() and path.read_bytes()[:4] == b"PAR1"]
    columns = ["at", "request", "version", "place", "day", "step", "value", "model"]
    log = pl.concat([pl.read_parquet(path, columns=columns) for path in segments if "place" in pl.read_parquet_schema(path)])
    texts = [pl.col(name).cast(pl.String) for name in ("request", "version", "place", "model")]
    log.with_columns(texts).drop("model").sort("at").write_parquet(f"{folder}/log.parquet", row_group_size=250_000)
    pl.read_csv(f"{store}/actuals.tsv", separator="\t", try_parse_dates=True).write_parquet(f"{folder}/actuals.parquet")
    print(f"polars: {len(log)} rows from {len(segments)} files")


def daily(folder):
    error = pl.col("value") - pl.col("actual")
    size = pl.col("actual").abs()
    step = pl.col("step")
    bucket = pl.when(step >= 29).then(29).when(step >= 15).then(15).when(step >= 8).then(8).when(step >= 2).then(2).otherwise(1)
    last = pl.scan_parquet(f"{folder}/log.parquet").filter(pl.col("at").dt.date() < pl.col("day"))
    last = last.sort("at", "request").group_by("place", "day", "version").last()
    scored = last.join(pl.scan_parquet(f"{folder}/actuals.parquet"), on=["place", "day"], how="left")
    return scored.with_columns(bucket=bucket).group_by("day", "place", "version", "bucket").agg(
        answers=pl.len(), scored=error.count(), mae=error.abs().mean(), bias=error.mean(),
        mape=100 * (error.abs() / size).filter(size != 0).mean(), wape=100 * error.abs().sum() / size.sum())


def run(folder, ours):
    found = daily(folder).collect()
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(f"polars: {len(found)} rows by day and branch, {cpu:.2f} CPU s, imports included; {peak:.0f} MiB at the peak")
    theirs = pl.read_csv(ours, separator="\t", try_parse_dates=True, schema_overrides={name: pl.Float64 for name in NUMBERS})
    keys = ["day", "place", "bucket"]
    both = found.with_columns(pl.col("bucket").cast(pl.Int64)).join(theirs, on=keys, how="full", suffix="_ours", nulls_equal=True)
    assert len(both) == len(found) == len(theirs), (len(both), len(found), len(theirs))
    assert (both["answers"] == both["answers_ours"]).all() and (both["scored"] == both["scored_ours"]).all()
    apart = max(float(((both[n] - both[n + "_ours"]).abs() / both[n].abs().clip(1e-6)).fill_null(0).fill_nan(0).max()) for n in NUMBERS)
    absent = [n for n in NUMBERS if (both[n].is_finite().fill_null(False) != both[n + "_ours"].is_finite().fill_null(False)).any()]
    print(f"polars: {len(both) * len(NUMBERS)} numbers compared, the largest difference {apart:.1e}")
    sys.exit(apart > 1e-9 or bool(absent))


if __name__ == "__main__":
    {"prepare": prepare, "run": run}[sys.argv[1]](*sys.argv[2:])
