"""peer.py PANEL.csv PRED.csv: the peer. mlforecast features and LightGBM, recursive, three folds, one thread.

500 rounds, 63 leaves, learning rate 0.05, raw L2, 58 features: what a careful Python user would write.
Prints CPU seconds for features, training and prediction.
"""
import sys
import time

import lightgbm as lgb
import numpy as np
import pandas as pd
from mlforecast import MLForecast
from mlforecast.lag_transforms import (
    ExpandingMean, ExponentiallyWeightedMean, RollingMax, RollingMean, RollingMin, RollingStd,
    SeasonalRollingMean, SeasonalRollingStd,
)

CUTOFFS, HORIZON = ["2016-06-19", "2016-07-17", "2016-08-14"], 28


def weekend(d): return (d.dayofweek >= 5).astype("int8")
def days_to_month_end(d): return d.days_in_month - d.day
def sin_year(d): return np.sin(2 * np.pi * d.dayofyear / 365.25)
def cos_year(d): return np.cos(2 * np.pi * d.dayofyear / 365.25)


DATES = ["dayofweek", "day", "month", "week", "dayofyear", "quarter", "year", "is_month_start", "is_month_end",
         weekend, days_to_month_end, sin_year, cos_year]


def forecaster(model):
    return MLForecast(
        models={"yhat": model}, freq="D",
        lags=[1, 2, 3, 4, 5, 6, 7, 8, 14, 21, 28, 35, 42, 49, 56, 91, 182, 364],
        lag_transforms={
            1: [RollingMean(7), RollingStd(7), RollingMin(7), RollingMax(7), RollingMean(14), RollingStd(14),
                RollingMean(28), RollingStd(28), RollingMin(28), RollingMax(28), RollingMean(56), RollingStd(56),
                RollingMean(91), ExponentiallyWeightedMean(.1), ExponentiallyWeightedMean(.3), ExpandingMean(),
                SeasonalRollingStd(7, 8)],
            7: [RollingMean(7), RollingMean(28), RollingStd(28), SeasonalRollingMean(7, 4), SeasonalRollingMean(7, 8)],
            28: [RollingMean(7), RollingMean(28)],
        },
        date_features=DATES, num_threads=1)


d = pd.read_csv(sys.argv[1], parse_dates=["date"])
d["line"] = d.line.astype("category").cat.codes
d["code"] = d.branch.astype("category").cat.codes
d["y"] = d.y.astype("float32")
d = d.rename(columns={"branch": "unique_id", "date": "ds"})[["unique_id", "ds", "y", "holiday", "line", "code"]]
cpu, found = dict(features=0.0, train=0.0, predict=0.0), []
for fold, cutoff in enumerate(map(pd.Timestamp, CUTOFFS)):
    learn = d[d.ds <= cutoff]
    model = lgb.LGBMRegressor(n_estimators=500, learning_rate=0.05, num_leaves=63, min_child_samples=20,
                              objective="l2", num_threads=1, verbosity=-1, deterministic=True, seed=1)
    forecast = forecaster(model)
    t = time.process_time()
    rows = forecast.preprocess(learn, static_features=["line", "code"], dropna=False)
    cpu["features"] += time.process_time() - t
    keep = (rows.ds >= rows.ds.min() + pd.Timedelta(days=91)).values
    x, y = rows.drop(columns=["unique_id", "ds", "y"])[keep], rows["y"][keep]
    t = time.process_time()
    forecast.fit_models(x, y)
    cpu["train"] += time.process_time() - t
    future = d[(d.ds > cutoff) & (d.ds <= cutoff + pd.Timedelta(days=HORIZON))][["unique_id", "ds", "holiday"]]
    t = time.process_time()
    out = forecast.predict(h=HORIZON, X_df=future)
    cpu["predict"] += time.process_time() - t
    out.insert(0, "fold", fold)
    found.append(out)
out = pd.concat(found).rename(columns={"unique_id": "branch", "ds": "date"})
out["yhat"] = out.yhat.clip(lower=0)
out.to_csv(sys.argv[2], index=False)
print("peer CPU s: " + " ".join(f"{k} {v:.2f}" for k, v in cpu.items()) + f" total {sum(cpu.values()):.2f}")
