"""Every architecture of the bench by its name, on one thread."""
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import architectures
import published
import torch
from torch import nn

torch.set_num_threads(1)


def build(name):
    """The model, with PyTorch's initial weights, and how many samples a window has."""
    if name in published.NAMES:
        model, samples = published.build(name)
        return model.eval(), samples
    layers, samples = architectures.build(name)
    return nn.Sequential(*layers).eval(), samples
