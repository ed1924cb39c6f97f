#!/usr/bin/env python3
"""measure.py VAKHTA PEER_PYTHON [ROWS]: uploads a CSV over HTTP, in turn with pandas turning the same file into
Parquet; rows a second, CPU seconds and peak memory of each."""
import datetime
import os
import random
import subprocess
import sys
import tempfile
import time

from server import Server

binary, python, rows = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
# What a service around pandas does with a file: types guessed, dates read, Parquet on disk before the answer.
PEER = """
import os, resource, sys, time
import pandas as pd
begun, before = time.perf_counter(), time.process_time()
pd.read_csv(sys.argv[1], parse_dates=['date']).to_parquet(sys.argv[1] + '.parquet')
with open(sys.argv[1] + '.parquet', 'rb') as made:
    os.fsync(made.fileno())
wall, cpu = time.perf_counter() - begun, time.process_time() - before
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f'pandas: {wall:.2f} s wall, {cpu:.2f} s CPU, imports apart; {peak:.0f} MiB at the peak')
"""
chance = random.Random(7)
with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
    file.write("date,branch,item,quantity,amount\n")
    day = datetime.date(2020, 1, 1)
    for i in range(rows):
        date = day + datetime.timedelta(days=i // 1000)
        file.write(f"{date},branch {i % 50},item {chance.randrange(5000)},{chance.randrange(100)},{chance.random() * 1000:.2f}\n")
size = os.path.getsize(file.name)
server = Server(binary)
headers = server.sign_in()
idle = server.memory("VmRSS")
for run in range(3):
    cpu, begun = server.cpu(), time.perf_counter()
    with open(file.name, "rb") as body:
        status, text = server.request("POST", "/api/v1/datasets?key=bench&file_name=bench.csv", body,
                                      {**headers, "Content-Type": "text/csv", "Content-Length": str(size)})
    assert status == 201, text[:500]
    wall, cpu = time.perf_counter() - begun, server.cpu() - cpu
    print(f"vakhta: {rows} rows, {size / 2**20:.0f} MiB: {wall:.2f} s wall, {cpu:.2f} s CPU, {rows / wall:,.0f} rows/s", flush=True)
    subprocess.run([python, "-c", PEER, file.name], check=True)
print(f"memory: {idle:.0f} MiB before, {server.memory('VmHWM'):.0f} MiB at the peak")
server.stop()
os.unlink(file.name)
os.unlink(file.name + ".parquet")
