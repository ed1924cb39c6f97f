#!/usr/bin/env python3
"""measure.py VAKHTA [RUNS]: time from exec to ready and memory when idle, on a folder that exists already."""
import statistics
import sys
import tempfile
import time

from server import Server

binary, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 11
with tempfile.TemporaryDirectory(prefix="vakhta-bench-") as folder:
    first = Server(binary, folder)
    first.stop()
    ready, idle = [], []
    for _ in range(runs):
        server = Server(binary, folder)
        ready.append(server.ready_after * 1000)
        time.sleep(1)
        idle.append(server.memory("VmRSS"))
        server.stop()
print(f"first start, with migration and account: {first.ready_after * 1000:.0f} ms")
print(f"start to ready, median of {runs}: {statistics.median(ready):.0f} ms ({min(ready):.0f} to {max(ready):.0f})")
print(f"idle memory after 1 s, median of {runs}: {statistics.median(idle):.1f} MiB resident")
