"""peer.py PANEL.csv TIMES [COPIES]: the peer's features, 58 and the series' own columns, from a frame to a frame; CPU seconds of each build."""
import pathlib
import sys
import time

import pandas as pd

source = (pathlib.Path(__file__).parent.parent / "forecast" / "peer.py").read_text()
exec(source[:source.index("d = pd.read_csv")])  # its features alone, not its training

d = pd.read_csv(sys.argv[1], parse_dates=["date"])
copies = int(sys.argv[3]) if len(sys.argv) > 3 else 1
if copies > 1:
    d = pd.concat([d.assign(branch=d.branch + f" {copy}") for copy in range(copies)])
d["line"] = d.line.astype("category").cat.codes
d["code"] = d.branch.astype("category").cat.codes
d["y"] = d.y.astype("float32")
d = d.rename(columns={"branch": "unique_id", "date": "ds"})[["unique_id", "ds", "y", "holiday", "line", "code"]]
for _ in range(int(sys.argv[2])):
    t = time.process_time()
    rows = forecaster(None).preprocess(d, static_features=["line", "code"], dropna=False)
    print(f"peer {time.process_time() - t:.3f} CPU s for {len(rows)} rows of {rows.shape[1] - 3} features", flush=True)
