"""An epoch of the same net by PyTorch on the GPU: peer.py FOLDER BATCH EPOCHS 32|16. One line out."""
import pathlib
import sys
import time

import numpy as np
import torch
from torch import nn

folder, batch, epochs, narrow = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "16"


def load(part):
    raw = (pathlib.Path(folder) / f"table_{part}").read_bytes()
    rows, width = np.frombuffer(raw[:8], "<u4")
    return torch.from_numpy(np.frombuffer(raw[8:], "<f4").reshape(rows, width).copy()).cuda()


torch.manual_seed(0)
x, test_x = load("train.x"), load("test.x")
y, test_y = load("train.y")[:, 0].long(), load("test.y")[:, 0].long()
sizes = [x.shape[1], 512, 256, 128, int(y.max()) + 1]
layers = [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), nn.ReLU())]
net = nn.Sequential(*layers[:-1]).cuda()
step = torch.optim.Adam(net.parameters(), 1e-3, fused=True)
loss = nn.CrossEntropyLoss()


def epoch():
    order = torch.randperm(len(x), device="cuda")
    for at in range(0, len(x), batch):
        picked = order[at : at + batch]
        step.zero_grad()
        with torch.autocast("cuda", torch.bfloat16, enabled=narrow):
            found = loss(net(x[picked]), y[picked])
        found.backward()
        step.step()


epoch()
torch.cuda.synchronize()
start = time.perf_counter()
for _ in range(epochs):
    epoch()
torch.cuda.synchronize()
each = (time.perf_counter() - start) / epochs
with torch.no_grad():
    score = (net(test_x).argmax(1) == test_y).float().mean().item()
print(f"torch table batch={batch} {'bf16' if narrow else 'f32'} wall/epoch={each:.4f} score={score:.4f}", flush=True)
