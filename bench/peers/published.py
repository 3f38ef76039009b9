"""python published.py NAME: CPU ms a window of a published architecture in PyTorch, batch 1 and 8, on one thread.

The weights do not matter to the time: they are PyTorch's initial ones. The package musicnn's networks are written anew in
PyTorch, with the same convolutions."""
import json
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import librosa
import torch
from musicnn import ConvNorm, LogMel, MusiCNN
from run import best_cpu_ms
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


def mel_filters():
    return torch.from_numpy(librosa.filters.mel(sr=16_000, n_fft=512, n_mels=96, htk=True, norm=None).T.copy())


def conv(inputs, outputs):
    return ConvNorm(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d, outputs)


class Stack(nn.Module):
    def __init__(self, channels, pools, strides=None):
        super().__init__()
        self.convs = nn.ModuleList([conv(a, b) for a, b in zip([1, *channels], channels)])
        self.pools = list(zip(pools, strides or pools))

    def forward(self, x):
        for layer, (size, stride) in zip(self.convs, self.pools):
            x = F.max_pool2d(layer(x), size, stride)
        return x


class Tagger(nn.Module):
    def __init__(self, stack, head):
        super().__init__()
        self.mel, self.norm = LogMel(mel_filters()), nn.BatchNorm2d(1)
        self.stack, self.head = stack, head

    def forward(self, x):
        return torch.sigmoid(self.head(self.stack(self.norm(self.mel(x).unsqueeze(1)))))


class LastState(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(128, 32, 2, batch_first=True)

    def forward(self, x):
        return self.gru(x.squeeze(2).transpose(1, 2))[0][:, -1]


class MusiCNNFilters(nn.Module):
    """Of the package musicnn: horizontal filters over every band."""

    def __init__(self):
        super().__init__()
        self.vertical = nn.ModuleList([ConvNorm(nn.Conv2d(1, 204, (h, 7), padding=(0, 3)), nn.BatchNorm2d, 204) for h in (38, 67)])
        self.horizontal = nn.ModuleList([ConvNorm(nn.Conv2d(1, 51, (1, n), padding="same"), nn.BatchNorm2d, 51) for n in (128, 64, 32)])
        self.layers = nn.ModuleList([ConvNorm(nn.Conv1d(n, 64, 7, padding=3), nn.BatchNorm1d, 64) for n in (561, 64, 64)])

    def forward(self, x):
        features = torch.cat([layer(x).amax(2) for layer in [*self.vertical, *self.horizontal]], 1)
        r1 = self.layers[0](features)
        r2 = self.layers[1](r1) + r1
        r3 = self.layers[2](r2) + r2
        joined = torch.cat([features, r1, r2, r3], 1)
        return torch.cat([joined.amax(2), joined.mean(2)], 1)


def build(architecture):
    if architecture == "fcn":
        pools = [(2, 4), (2, 4), (2, 4), (3, 5), (4, 4)]
        return Tagger(Stack([64, 128, 128, 128, 64], pools), nn.Sequential(nn.Flatten(), nn.Linear(64, 50))), 464_000
    if architecture == "crnn":
        head = nn.Sequential(LastState(), nn.Linear(32, 50))
        return Tagger(Stack([64, 128, 128, 128], [2, 3, 4, 4]), head), 464_000
    if architecture == "vgg":
        stack = Stack([128] * 5, [(1, 4), 2, 2, 2, 4], [2, 2, 2, 2, 4])
        return Tagger(stack, nn.Sequential(nn.Flatten(), nn.Linear(256, 50))), 47_700
    if architecture == "musicnn-tensorflow":
        head = nn.Sequential(nn.BatchNorm1d(1506), nn.Linear(1506, 200), nn.ReLU(), nn.BatchNorm1d(200), nn.Linear(200, 50))
        return Tagger(MusiCNNFilters(), head), 47_700
    return MusiCNN({"spec.mel_scale.fb": mel_filters()}), 48_000


model, samples = build(sys.argv[1])
model.eval()
result = {}
with torch.no_grad():
    for batch in (1, 8):
        x = torch.randn(batch, samples) * 0.1
        result[f"batch {batch}"] = best_cpu_ms(lambda: model(x), 9 if batch == 1 else 3) / batch
print(json.dumps(result))
