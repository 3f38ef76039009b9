"""python training.py NAME: CPU ms of a training step with Adam at batch 8 in PyTorch, on one thread, and the process's peak memory."""
import json
import resource
import sys

import torch
from architectures import Encoder, build, head
from run import best_cpu_ms
from torch import nn
from torch.nn import functional as F

BATCH, FRAMES, WIDTH = 8, 128, 256


class Shaped(nn.Module):
    def forward(self, x):
        return x.reshape(-1, FRAMES, WIDTH)


def model_of(name):
    if name == "transformer":
        return [Shaped(), Encoder(WIDTH, 4, True, False), *head(WIDTH)], FRAMES * WIDTH
    return build(name)


torch.set_num_threads(1)
layers, samples = model_of(sys.argv[1])
model = nn.Sequential(*layers[:-1]).train()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
x = torch.randn(BATCH, samples) * 0.1
targets = (torch.rand(BATCH, 50) > 0.5).float()


def step():
    optimizer.zero_grad()
    F.binary_cross_entropy_with_logits(model(x), targets).backward()
    optimizer.step()


milliseconds = best_cpu_ms(step, 3)
print(json.dumps({"ms": milliseconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
