"""python window.py NAME: CPU ms a window in PyTorch, from waveform to scores, alone and in a batch of 8, on one thread."""
import json
import sys

import torch
from networks import build
from run import steady_cpu_ms

model, samples = build(sys.argv[1])
result = {}
with torch.no_grad():
    for batch in (1, 8):
        x = torch.randn(batch, samples) * 0.1
        result[f"batch {batch}"] = steady_cpu_ms(lambda: model(x)) / batch
print(json.dumps(result))
