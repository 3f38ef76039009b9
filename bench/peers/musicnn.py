"""MusiCNN in PyTorch, as a user of Python would run it."""
import json
import struct
import sys

import numpy as np
import torch
from spectrogram import LogMel
from torch import nn


def read_safetensors(path):
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        begin, end = entry["data_offsets"]
        values = np.frombuffer(body[begin:end], dtype="<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors


class ConvNorm(nn.Module):
    def __init__(self, conv, norm, channels):
        super().__init__()
        self.conv = conv
        self.bn = norm(channels)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x)))


class MusiCNN(nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.mel = LogMel(weights["spec.mel_scale.fb"])
        self.spec_bn = nn.BatchNorm2d(1)
        vertical = [ConvNorm(nn.Conv2d(1, 204, (h, 7), padding=(0, 3)), nn.BatchNorm2d, 204) for h in (67, 38)]
        horizontal = [ConvNorm(nn.Conv1d(1, 51, n, padding=n // 2), nn.BatchNorm1d, 51) for n in (129, 65, 33)]
        self.layers = nn.ModuleList(vertical + horizontal)
        self.layer1 = ConvNorm(nn.Conv1d(561, 64, 7, padding=3), nn.BatchNorm1d, 64)
        self.layer2 = ConvNorm(nn.Conv1d(64, 64, 7, padding=3), nn.BatchNorm1d, 64)
        self.layer3 = ConvNorm(nn.Conv1d(64, 64, 7, padding=3), nn.BatchNorm1d, 64)
        self.dense1 = nn.Linear(1506, 200)
        self.bn = nn.BatchNorm1d(200)
        self.dense2 = nn.Linear(200, 50)
        self.load_state_dict({k: v for k, v in weights.items() if not k.startswith("spec.")}, strict=False)
        self.eval()

    def forward(self, x):
        mel = self.spec_bn(self.mel(x).unsqueeze(1))
        vertical = [layer(mel).amax(2) for layer in self.layers[:2]]
        energy = mel.mean(2)
        features = torch.cat(vertical + [layer(energy) for layer in self.layers[2:]], 1)
        r1 = self.layer1(features)
        r2 = self.layer2(r1) + r1
        r3 = self.layer3(r2) + r2
        joined = torch.cat([features, r1, r2, r3], 1)
        embedding = torch.cat([joined.amax(2), joined.mean(2)], 1)
        return torch.sigmoid(self.dense2(torch.relu(self.bn(self.dense1(embedding)))))


def load(path):
    torch.set_num_threads(1)
    return MusiCNN(read_safetensors(path))
