"""python run.py CASE [ARGUMENT ...]: prints one JSON object of measurements, CPU time in ms on one thread."""
import json
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")


def best_cpu_ms(action, repeats):
    action()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        action()
        times.append((time.process_time() - start) * 1000)
    return sorted(times)[len(times) // 2]


def steady_cpu_ms(action, warm_up=1500, measured=800):
    """The median over as many runs as fill so many milliseconds of CPU time, after others that warm up."""
    run_for(warm_up, action)
    times = run_for(measured, action)
    return sorted(times)[len(times) // 2]


def run_for(milliseconds, action):
    times = []
    while sum(times) < milliseconds:
        start = time.process_time()
        action()
        times.append((time.process_time() - start) * 1000)
    return times


def log_mel():
    import librosa
    import numpy as np
    import torch
    from spectrogram import LogMel, mel_filters

    torch.set_num_threads(1)
    noise = np.random.default_rng(0).standard_normal(480_000).astype("float32") * 0.1
    module = LogMel(mel_filters(16_000, 512, 96))
    x = torch.from_numpy(noise).unsqueeze(0)

    def by_librosa():
        mel = librosa.feature.melspectrogram(
            y=noise, sr=16_000, n_fft=512, hop_length=256, n_mels=96, htk=True, norm=None, pad_mode="reflect"
        )
        librosa.power_to_db(mel, top_db=None)

    with torch.no_grad():
        return {"torch": best_cpu_ms(lambda: module(x), 30), "librosa": best_cpu_ms(by_librosa, 30)}


def cold_start(weights, labels, song):
    import librosa
    import numpy as np
    import torch
    from musicnn import load

    model = load(weights)
    tags = json.load(open(labels))["labels"]
    samples, _ = librosa.load(song, sr=16_000, mono=True)
    hop = (len(samples) - 48_000) // 16
    windows = np.stack([samples[i * hop : i * hop + 48_000] for i in range(16)])
    with torch.no_grad():
        scores = model(torch.from_numpy(windows)).mean(0)
    top = [tags[i] for i in scores.argsort(descending=True)[:5]]
    return {"cpu": time.process_time() * 1000, "top": top}


CASES = {"log-mel": log_mel, "cold-start": cold_start}
if __name__ == "__main__":
    print(json.dumps(CASES[sys.argv[1]](*sys.argv[2:])))
