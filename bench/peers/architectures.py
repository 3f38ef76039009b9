"""The architectures of the thesis in PyTorch, from waveform to scores."""
import torch
from musicnn import ConvNorm
from spectrogram import PowerSpectrogram, decibels, normalised_log_mel
from torch import nn
from torch.nn import functional as F


class Harmonics(nn.Module):
    def __init__(self):
        super().__init__()
        self.power = PowerSpectrogram(512)
        centres = torch.tensor([32.7032 * 2 ** (i / 24) for i in range(128)])
        f0 = torch.cat([centres * (h + 1) for h in range(6)])
        self.register_buffer("slopes", 2 * (torch.linspace(0, 8000, 257)[:, None] - f0).abs() / (0.1079 * f0 + 24.7))
        self.q = nn.Parameter(torch.ones(1))
        self.norm = nn.BatchNorm2d(6)

    def forward(self, x):
        energy = torch.matmul(self.power(x), F.relu(1 - self.q * self.slopes))
        return self.norm(decibels(energy).unflatten(2, (6, 128)).permute(0, 2, 3, 1))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride=1, pool=1, conv=nn.Conv2d, norm=nn.BatchNorm2d, kernel=3, excite=False):
        super().__init__()
        side = kernel // 2
        self.conv_1, self.bn_1 = conv(inputs, outputs, kernel, stride, side), norm(outputs)
        self.conv_2, self.bn_2 = conv(outputs, outputs, kernel, 1, side), norm(outputs)
        projected = inputs != outputs or stride not in (1, (1, 1))
        self.shortcut = nn.Sequential(conv(inputs, outputs, kernel, stride, side), norm(outputs)) if projected else nn.Identity()
        self.excite = nn.Sequential(nn.Linear(outputs, outputs), nn.ReLU(), nn.Linear(outputs, outputs), nn.Sigmoid()) if excite else None
        self.pool = pool

    def forward(self, x):
        y = self.bn_2(self.conv_2(F.relu(self.bn_1(self.conv_1(x)))))
        if self.excite is not None:
            y = y * self.excite(y.mean(-1)).unsqueeze(-1)
        y = F.relu(y + self.shortcut(x))
        if self.pool == 1:
            return y
        return F.max_pool2d(y, self.pool) if y.dim() == 4 else F.max_pool1d(y, self.pool)


class Conv(nn.Module):
    def __init__(self, inputs, outputs, pool):
        super().__init__()
        self.conv, self.pool = ConvNorm(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d, outputs), pool

    def forward(self, x):
        return F.max_pool2d(self.conv(x), self.pool)


class GlobalMax(nn.Module):
    def forward(self, x):
        return x.amax(tuple(range(2, x.dim())))


class Encoder(nn.Module):
    def __init__(self, width, depth, norm_first, pooler):
        super().__init__()
        layer = nn.TransformerEncoderLayer(width, 8, 4 * width, 0.0, "gelu", batch_first=True, norm_first=norm_first)
        self.layers = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.last = nn.Sequential(nn.Linear(width, width), nn.Tanh()) if pooler else nn.LayerNorm(width) if norm_first else nn.Identity()

    def forward(self, x):
        return self.last(self.layers(torch.cat([self.token.expand(x.shape[0], 1, -1), x], 1))[:, 0])


class SpecFilters(nn.Module):
    """From tall to long filters; [batch, 1, band, frame] to [batch, frame, channel]."""

    def __init__(self, c):
        super().__init__()
        tall = [(height, frames, 2**i * c) for height in (86, 38) for i, frames in enumerate((7, 3, 1))]
        self.vertical = nn.ModuleList([ConvNorm(nn.Conv2d(1, n, (h, t), padding=(0, t // 2)), nn.BatchNorm2d, n) for h, t, n in tall])
        long = [(frames, 2**i * c) for i, frames in enumerate((165, 129, 65, 33))]
        self.horizontal = nn.ModuleList([ConvNorm(nn.Conv1d(1, n, t, padding=t // 2), nn.BatchNorm1d, n) for t, n in long])

    def forward(self, x):
        energy = x.mean(2)
        responses = [layer(x).amax(2) for layer in self.vertical] + [layer(energy) for layer in self.horizontal]
        return torch.cat(responses, 1).transpose(1, 2)


class Frames(nn.Module):
    def forward(self, x):
        return x.permute(0, 3, 1, 2).flatten(2)


def head(width, hidden=None):
    if hidden is None:
        return [nn.Linear(width, 50), nn.Sigmoid()]
    return [nn.Linear(width, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, 50), nn.Sigmoid()]


def stacked(widths, make):
    return [make(a, b, i) for i, (a, b) in enumerate(zip(widths, widths[1:]))]


def sample_level(excite):
    widths = [1, 128, 128, 128, 256, 256, 256, 256, 256, 256, 512, 512]

    def layer(a, b, i):
        kernel, stride, pool = (1 if i == 10 else 3), (3 if i == 0 else 1), (1 if i in (0, 10) else 3)
        if excite:
            return Residual(a, b, stride, pool, nn.Conv1d, nn.BatchNorm1d, kernel, True)
        conv = ConvNorm(nn.Conv1d(a, b, kernel, stride, kernel // 2), nn.BatchNorm1d, b)
        return conv if pool == 1 else nn.Sequential(conv, nn.MaxPool1d(pool))

    return [nn.Unflatten(1, (1, -1)), *stacked(widths, layer), GlobalMax(), *head(512, 512 if excite else None)], 59_049


NAMES = ("short", "short_res", "sample", "se", "hcnn", "attention", "spec_transformer", "mtt")


def build(name):
    """The layers and how many samples a window has."""
    short = [1, 128, 128, 256, 256, 256, 256, 512]
    if name == "short":
        return [normalised_log_mel(16_000, 512, 128), *stacked(short, lambda a, b, i: Conv(a, b, 2)), GlobalMax(), *head(512, 512)], 59_049
    if name == "short_res":
        return [normalised_log_mel(16_000, 512, 128), *stacked(short, lambda a, b, i: Residual(a, b, 2)), GlobalMax(), *head(512, 512)], 59_049
    if name in ("sample", "se"):
        return sample_level(name == "se")
    if name == "hcnn":
        c = 128
        layers = [Conv(6, c, 2), Residual(c, c, 1, 2), Residual(c, c, 1, 2), Residual(c, c, 1, 2), Conv(c, 2 * c, 2)]
        layers += [Residual(2 * c, 2 * c, 1, (2, 3)), Residual(2 * c, 2 * c, 1, (2, 3))]
        return [Harmonics(), *layers, GlobalMax(), *head(256, 256)], 80_000
    if name == "attention":
        widths = [1, 128, 128, 256, 256, 256, 256, 256]
        blocks = stacked(widths, lambda a, b, i: Residual(a, b, (2, 2) if i < 3 else (2, 1)))
        return [normalised_log_mel(16_000, 512, 128), *blocks, Frames(), Encoder(256, 2, False, True), *head(256)], 240_000
    if name == "spec_transformer":
        return [normalised_log_mel(16_000, 512, 96), SpecFilters(8), nn.Linear(232, 256), Encoder(256, 2, False, False), *head(256)], 65_280
    pools = [(2, 2), (2, 2), (2, 1)]
    blocks = stacked([1, 128, 128, 128], lambda a, b, i: Residual(a, b, 1, pools[i]))
    return [normalised_log_mel(22_050, 1024, 128), *blocks, Frames(), nn.Linear(2048, 256), Encoder(256, 4, True, False), *head(256)], 220_500
