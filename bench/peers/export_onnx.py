"""python export_onnx.py FOLDER NAME ...: writes NAME.stft.onnx and NAME.dft.onnx, with the STFT as an operation and as a
convolution, and NAME.json: the samples a window has, and PyTorch's scores of noise that the runtimes make for themselves."""
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
from networks import build
from spectrogram import ConvolvedPowerSpectrogram, PowerSpectrogram
from torch import nn

BATCH = 2


def noise(length):
    """That of bench/cases/measure.ts."""
    values, state = np.empty(length), 1
    for i in range(length):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = 0.2 * (state / 2**32 - 0.5)
    return values.astype("float32")


def calibrated(model, x):
    """With nine tenths of the statistics of x in its batch norms: with the initial ones no score would depend on the
    waveform, with all of them what is alike in all windows would be blown up."""
    for norm in (module for module in model.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)):
        norm.momentum = 0.9
    model.train()
    model(x)
    return model.eval()


def convolved(model):
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, PowerSpectrogram):
                setattr(module, name, ConvolvedPowerSpectrogram(child.fft))
    return model


def export(model, x, path):
    batch = torch.export.Dim("batch")
    names = {"input_names": ["waveform"], "output_names": ["scores"]}
    torch.onnx.export(model, (x,), path, dynamo=True, dynamic_shapes=({0: batch},), external_data=False, verbose=False, **names)


def write(folder, name):
    torch.manual_seed(1)
    model, samples = build(name)
    calibrated(model, torch.randn(BATCH, samples) * 0.1)
    x = torch.from_numpy(noise(BATCH * samples)).reshape(BATCH, samples)
    facts = {"samples": samples, "scores": model(x).flatten().tolist()}
    export(model, x, folder / f"{name}.stft.onnx")
    export(convolved(model), x, folder / f"{name}.dft.onnx")
    (folder / f"{name}.json").write_text(json.dumps(facts))


warnings.simplefilter("ignore")
torch.backends.mha.set_fastpath_enabled(False)
with torch.no_grad():
    for architecture in sys.argv[2:]:
        write(Path(sys.argv[1]), architecture)
