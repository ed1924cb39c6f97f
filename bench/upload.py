#!/usr/bin/env python3
"""upload.py VAKHTA [ROWS]: uploads a CSV over HTTP; rows a second and the server's peak memory."""
import datetime
import os
import random
import sys
import tempfile
import time

from server import Server

binary, rows = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
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
    print(f"run {run + 1}: {rows} rows, {size / 2**20:.0f} MiB: {wall:.2f} s wall, {cpu:.2f} s CPU, {rows / wall:,.0f} rows/s")
print(f"memory: {idle:.0f} MiB before, {server.memory('VmHWM'):.0f} MiB at the peak")
server.stop()
os.unlink(file.name)
