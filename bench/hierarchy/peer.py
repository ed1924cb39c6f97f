#!/usr/bin/env python3
"""peer.py TOURISM.csv : the same forecasts by statsforecast and hierarchicalforecast. Prints WAPE and CPU seconds."""
import sys
import time
import warnings

import pandas as pd
from hierarchicalforecast.core import HierarchicalReconciliation
from hierarchicalforecast.methods import BottomUp, MinTrace
from hierarchicalforecast.utils import aggregate
from statsforecast import StatsForecast
from statsforecast.models import AutoETS

warnings.filterwarnings("ignore")
rows = pd.read_csv(sys.argv[1], parse_dates=["date"]).rename(columns={"date": "ds"})
rows["country"] = "AU"
levels = [["country"], ["country", "state"], ["country", "purpose"], ["country", "state", "region"],
          ["country", "state", "purpose"], ["country", "state", "region", "purpose"]]
series, summing, tags = aggregate(rows[["ds", "country", "state", "region", "purpose", "y"]], levels)
test = series.groupby("unique_id").tail(8)
train = series.drop(test.index)
begin = time.process_time()
engine = StatsForecast(models=[AutoETS(season_length=4, model="ANA", alias="ETS")], freq="QS")
base = engine.forecast(df=train, h=8, fitted=True)
fitted = engine.forecast_fitted_values()
print(f"base forecasts {time.process_time() - begin:.2f} CPU s")
ids = [tags["country"], tags["country/state/region/purpose"]]
for method in [None, BottomUp(), MinTrace(method="ols"), MinTrace(method="wls_struct"), MinTrace(method="mint_shrink")]:
    begin = time.process_time()
    if method is None:
        found, column, name = base, "ETS", "base"
    else:
        found = HierarchicalReconciliation([method]).reconcile(Y_hat_df=base, Y_df=fitted, S_df=summing, tags=tags)
        column = name = found.columns[-1]
    spent = time.process_time() - begin
    both = test.merge(found, on=["unique_id", "ds"])
    scores = []
    for some in ids:
        part = both[both.unique_id.isin(some)]
        scores.append(100 * (part[column] - part.y).abs().sum() / part.y.sum())
    print(f"  {name:<40} total {scores[0]:6.3f}  series {scores[1]:6.3f}  {spent:.2f} CPU s")
