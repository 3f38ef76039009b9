"""Power spectrograms, and what follows them up to the mel bands in decibels."""
import math

import librosa
import torch
from torch import nn
from torch.nn import functional as F


class PowerSpectrogram(nn.Module):
    """[batch, sample] to [batch, frame, bin]: frames of `fft` samples, half overlapping, mirrored at the ends."""

    def __init__(self, fft):
        super().__init__()
        self.fft = fft
        self.register_buffer("window", torch.hann_window(fft), persistent=False)

    def forward(self, x):
        spectrum = torch.stft(x, self.fft, self.fft // 2, window=self.window, center=True, pad_mode="reflect", return_complex=True)
        return spectrum.abs().square().transpose(1, 2)


class ConvolvedPowerSpectrogram(nn.Module):
    """The same as a convolution with cosines and sines: onnxruntime does that sooner than its STFT, but for its wasm."""

    def __init__(self, fft):
        super().__init__()
        self.fft = fft
        angles = 2 * math.pi / fft * torch.outer(torch.arange(fft // 2 + 1), torch.arange(fft)).double()
        waves = torch.cat([torch.cos(angles), torch.sin(angles)]) * torch.hann_window(fft, dtype=torch.float64)
        self.register_buffer("waves", waves.float().unsqueeze(1), persistent=False)

    def forward(self, x):
        padded = F.pad(x.unsqueeze(1), (self.fft // 2, self.fft // 2), mode="reflect")
        real, imaginary = F.conv1d(padded, self.waves, stride=self.fft // 2).chunk(2, 1)
        return (real.square() + imaginary.square()).transpose(1, 2)


def mel_filters(rate, fft, bands):
    return torch.from_numpy(librosa.filters.mel(sr=rate, n_fft=fft, n_mels=bands, htk=True, norm=None).T.copy())


def decibels(power):
    return 10 * torch.log10(power.clamp(min=1e-10))


class LogMel(nn.Module):
    """[batch, sample] to [batch, band, frame]."""

    def __init__(self, filters):
        super().__init__()
        self.power = PowerSpectrogram(2 * (filters.shape[0] - 1))
        self.register_buffer("filters", filters)

    def forward(self, x):
        return decibels(torch.matmul(self.power(x), self.filters)).transpose(1, 2)


def normalised_log_mel(rate, fft, bands):
    """[batch, sample] to [batch, 1, band, frame]."""
    return nn.Sequential(LogMel(mel_filters(rate, fft, bands)), nn.Unflatten(1, (1, -1)), nn.BatchNorm2d(1))
