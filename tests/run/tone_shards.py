"""A TFRecord shard of labelled tones, and an experiment file that trains the smallest networks on it in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from audiogan.data.example_encoding import encode_example
from audiogan.data.shard_writer import write_shard

WINDOW_LENGTH = 1024
WINDOWS = 48
FREQUENCIES_HZ = {"low": 220.0, "middle": 880.0, "high": 3520.0}

EXPERIMENTS = """
title = "Tones"

[dataset]
type = "tfrecord"
path = "SHARDS"
window_length = 1024
label_feature = "label"

[generator]
type = "wavegan"
dim = 1
latent_dim = 8

[discriminator]
type = "wavegan"
dim = 1

[training]
batch_size = 4
discriminator_steps = 2
steps = 8
device = "cpu"

[evaluation]
every_steps = 4
samples = 20
final_samples = 24
previews = 2

[[evaluation.metrics]]
type = "inception-score"
splits = 2
classifier = { dim = 2, epochs = 2 }

[[experiment]]
name = "lsgan"
title = "CNN with LSGAN"
loss = { type = "lsgan" }
published = { inception_score_mean = 1.085, inception_score_std = 0.017, epoch = 243 }

[[experiment]]
name = "lstm-wgan-gp"
title = "LSTM with WGAN-GP"
discriminator = { type = "lstm", hidden_size = 3, frame_size = 64 }
loss = { type = "wgan-gp" }

[profile.longer]
training = { steps = 12 }
"""


def write_tones(folder: Path, *, amplitude: float = 0.5) -> Path:
    """Writes the shard; returns its path."""
    path = folder / "tones.tfrecord"
    write_shard(path, _records(amplitude))
    return path


def _records(amplitude: float) -> Iterator[bytes]:
    time_s = np.arange(WINDOW_LENGTH + 100) / 16_000
    names = list(FREQUENCIES_HZ)
    for number in range(WINDOWS):
        name = names[number % len(names)]
        phase = np.random.default_rng(number).uniform(0, 2 * np.pi)
        samples = (amplitude * np.sin(2 * np.pi * FREQUENCIES_HZ[name] * time_s + phase)).astype(np.float32)
        yield encode_example({"samples": samples, "label": name.encode()})


def write_experiments(folder: Path, shards: Path, *, text: str = EXPERIMENTS) -> Path:
    """Writes the experiment file ``tones.toml``; returns its path."""
    path = folder / "tones.toml"
    path.write_text(text.replace("SHARDS", shards.as_posix()), encoding="utf-8")
    return path
