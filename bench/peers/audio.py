"""python audio.py decode FILE | tag WEIGHTS LABELS FILE ...: prints one JSON object; CPU time in ms, memory in MB."""
import json
import os
import resource
import subprocess
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")


def median_cpu_ms(action, who=resource.RUSAGE_SELF, repeats=5):
    def cpu():
        usage = resource.getrusage(who)
        return (usage.ru_utime + usage.ru_stime) * 1000

    action()
    times = []
    for _ in range(repeats):
        start = cpu()
        action()
        times.append(cpu() - start)
    return sorted(times)[repeats // 2]


def decode(path):
    import librosa

    def ffmpeg(*options):
        command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", path, "-ac", "1", *options, "-f", "f32le", "-"]
        return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    children = resource.RUSAGE_CHILDREN
    return {
        "librosa": median_cpu_ms(lambda: librosa.load(path, sr=None, mono=True)),
        "librosa both": median_cpu_ms(lambda: librosa.load(path, sr=16_000, mono=True)),
        "ffmpeg": median_cpu_ms(ffmpeg(), children),
        "ffmpeg both": median_cpu_ms(ffmpeg("-ar", "16000"), children),
    }


def tag(weights, labels, windows, *paths):
    import librosa
    import numpy as np
    import torch
    from musicnn import load

    torch.set_num_threads(1)
    model = load(weights)
    tags = json.load(open(labels))["labels"]
    count = int(windows)
    for path in paths:
        samples, _ = librosa.load(path, sr=16_000, mono=True)
        samples = np.pad(samples, (0, max(0, 48_000 - len(samples))))
        hop = (len(samples) - 48_000) // count
        starts = [i * hop for i in range(count)] if hop > 0 else [0]
        batch = torch.from_numpy(np.stack([samples[start : start + 48_000] for start in starts]))
        with torch.no_grad():
            scores = model(batch).mean(0)
        [tags[i] for i in scores.argsort(descending=True)[:5]]
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": time.process_time() * 1000, "megabytes": usage.ru_maxrss / 1024}


print(json.dumps({"decode": decode, "tag": tag}[sys.argv[1]](*sys.argv[2:])))
