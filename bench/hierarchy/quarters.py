#!/usr/bin/env python3
"""quarters.py IN.parquet OUT.csv : nights by state, region and purpose, in order of time, without commas in names."""
import sys

import pandas as pd

rows = pd.read_parquet(sys.argv[1]).sort_values(["state", "region", "purpose", "date"])
for column in ["branch", "region"]:
    rows[column] = rows[column].str.replace(",", "")
rows[["date", "branch", "state", "region", "purpose", "y"]].to_csv(sys.argv[2], index=False)
