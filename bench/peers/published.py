"""The published architectures in PyTorch, from waveform to scores. The package musicnn's networks are written anew, with
the same convolutions."""
import torch
from musicnn import ConvNorm, MusiCNN
from spectrogram import mel_filters, normalised_log_mel
from torch import nn
from torch.nn import functional as F


class ConvThenNorm(ConvNorm):
    """Of the package musicnn: batch normalisation after the ReLU."""

    def forward(self, x):
        return self.bn(torch.relu(self.conv(x)))


class Stack(nn.Module):
    def __init__(self, channels, pools, strides=None, unit=ConvNorm):
        super().__init__()
        convs = [nn.Conv2d(a, b, 3, padding=1) for a, b in zip([1, *channels], channels)]
        self.convs = nn.ModuleList([unit(conv, nn.BatchNorm2d, conv.out_channels) for conv in convs])
        self.pools = list(zip(pools, strides or pools))

    def forward(self, x):
        for layer, (size, stride) in zip(self.convs, self.pools):
            x = F.max_pool2d(layer(x), size, stride)
        return x


class Tagger(nn.Module):
    def __init__(self, stack, head):
        super().__init__()
        self.mel, self.stack, self.head = normalised_log_mel(16_000, 512, 96), stack, head

    def forward(self, x):
        return torch.sigmoid(self.head(self.stack(self.mel(x))))


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
        self.vertical = nn.ModuleList([ConvThenNorm(nn.Conv2d(1, 204, (h, 7), padding=(0, 3)), nn.BatchNorm2d, 204) for h in (38, 67)])
        self.horizontal = nn.ModuleList([ConvThenNorm(nn.Conv2d(1, 51, (1, n), padding="same"), nn.BatchNorm2d, 51) for n in (128, 64, 32)])
        self.layers = nn.ModuleList([ConvThenNorm(nn.Conv1d(n, 64, 7, padding=3), nn.BatchNorm1d, 64) for n in (561, 64, 64)])

    def forward(self, x):
        features = torch.cat([layer(x).amax(2) for layer in [*self.vertical, *self.horizontal]], 1)
        r1 = self.layers[0](features)
        r2 = self.layers[1](r1) + r1
        r3 = self.layers[2](r2) + r2
        joined = torch.cat([features, r1, r2, r3], 1)
        return torch.cat([joined.amax(2), joined.mean(2)], 1)


NAMES = ("musicnn", "musicnn-tensorflow", "vgg", "fcn", "crnn")


def build(architecture):
    """The model and how many samples a window has."""
    if architecture == "fcn":
        pools = [(2, 4), (2, 4), (2, 4), (3, 5), (4, 4)]
        return Tagger(Stack([64, 128, 128, 128, 64], pools), nn.Sequential(nn.Flatten(), nn.Linear(64, 50))), 464_000
    if architecture == "crnn":
        head = nn.Sequential(LastState(), nn.Linear(32, 50))
        return Tagger(Stack([64, 128, 128, 128], [2, 3, 4, 4]), head), 464_000
    if architecture == "vgg":
        stack = Stack([128] * 5, [(1, 4), 2, 2, 2, 4], [2, 2, 2, 2, 4], ConvThenNorm)
        return Tagger(stack, nn.Sequential(nn.Flatten(), nn.Linear(256, 50))), 47_700
    if architecture == "musicnn-tensorflow":
        head = nn.Sequential(nn.BatchNorm1d(1506), nn.Linear(1506, 200), nn.ReLU(), nn.BatchNorm1d(200), nn.Linear(200, 50))
        return Tagger(MusiCNNFilters(), head), 47_700
    return MusiCNN({"spec.mel_scale.fb": mel_filters(16_000, 512, 96)}), 48_000
