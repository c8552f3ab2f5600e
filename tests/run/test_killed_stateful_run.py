"""A training whose loss, callbacks and labelled networks keep state, killed again and again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from audiogan.data.cache import CACHE_VARIABLE, cache_directory
from audiogan.registry import installed
from audiogan.training.checkpoint import read_checkpoint
from tests.run.sitting import assert_same_run, sit
from tests.run.tone_shards import EXPERIMENTS, write_experiments

KILLS = int(os.environ.get("AUDIOGAN_TEST_KILLS", "1"))
"""How often; 20 take some minutes."""
PLUGIN = '''
import torch
from attrs import frozen
from audiogan import Callback, Discriminator, ScoreLoss, hookimpl


@frozen
class NoOptions:
    """Nothing to choose."""


class Critic(Discriminator):
    """A score from means, one for each class, with noise in training mode."""

    options_class = NoOptions

    def __init__(self, options, data):
        super().__init__()
        self.dense = torch.nn.Linear(16, len(data.class_names))

    def forward(self, samples, labels=None):
        means = samples.reshape(len(samples), 16, -1).square().mean(2)
        scores = self.dense(means + 0.1 * torch.randn_like(means) if self.training else means)
        return scores.gather(1, labels.clamp(min=0)[:, None]).squeeze(1)


class Centred(ScoreLoss):
    """Least squares around a running mean of the scores, plus a random weight."""

    options_class = NoOptions

    def __init__(self, options):
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))

    def discriminator_loss(self, real, fake):
        self.mean.lerp_(real.detach().mean(), 0.1)
        return (real - self.mean - 1).square().mean() + (fake - self.mean).square().mean()

    def generator_loss(self, fake):
        return (fake - self.mean - 1).square().mean()


class Noise(Callback):
    """Adds noise that grows with the steps to what the critic sees."""

    options_class = NoOptions

    def __init__(self, options):
        self.strength = torch.zeros(())

    def on_discriminator_input(self, samples, *, real, step):
        return samples + self.strength * torch.randn(samples.shape, generator=step.rng)

    def on_step_end(self, record):
        self.strength = self.strength + 0.001 * abs(record.generator_loss)

    def state_dict(self):
        return {"strength": self.strength}

    def load_state_dict(self, state):
        self.strength = state["strength"].clone()


@hookimpl
def register_discriminators(register):
    register("classy", Critic)


@hookimpl
def register_losses(register):
    register("centred", Centred)


@hookimpl
def register_callbacks(register):
    register("noise", Noise)
'''
TEXT = 'plugins = ["stateful.py"]\n' + EXPERIMENTS.replace(
    "steps = 8", "steps = 60\ncheckpoint_every_s = 0.02"
).replace("every_steps = 4", "every_steps = 20").replace(
    'loss = { type = "lsgan" }',
    'discriminator = "classy"\nloss = "centred"\n'
    'callbacks = ["noise", { type = "ema", half_life = 100 }, { type = "gradient-clipping", norm = 0.5 }]',
)


@pytest.fixture
def file(shard: Path, tmp_path: Path) -> Path:
    (tmp_path / "stateful.py").write_text(PLUGIN)
    return write_experiments(tmp_path, shard, text=TEXT)


SIT = """
import sys
from pathlib import Path
from audiogan.registry import installed
from tests.run.sitting import sit
file, folder, plugin = map(Path, sys.argv[1:])
sit(file, folder, only=["lsgan"], registry=installed().including(plugin))
"""


def _start(file: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SIT, str(file), str(folder), str(file.parent / "stateful.py")]
    environment = {**os.environ, CACHE_VARIABLE: str(cache_directory()), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _sit(file: Path, folder: Path) -> None:
    sit(file, folder, only=["lsgan"], registry=installed().including(file.parent / "stateful.py"))


def test_it_resumes_to_the_same_bits(file: Path, tmp_path: Path) -> None:
    _sit(file, tmp_path / "whole")

    # a few steps after each start, at a moment that the seed gives
    rng = random.Random(0)
    log = tmp_path / "run" / "lsgan" / "metrics.jsonl"
    for _ in range(KILLS):
        process = _start(file, tmp_path / "run")
        before = log.stat().st_size if log.exists() else 0
        while process.poll() is None and not (log.exists() and log.stat().st_size != before):
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.2))
        process.kill()
        _, err = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), err
    _sit(file, tmp_path / "run")

    assert_same_run(tmp_path / "run", tmp_path / "whole", ["lsgan"])
    latest = "lsgan/checkpoints/latest.safetensors"
    one, other = (read_checkpoint(tmp_path / name / latest).tensors for name in ("whole", "run"))
    assert one.keys() == other.keys()
    assert {"loss.losses.0.mean", "callback.0.strength"} <= one.keys()
    assert any(name.startswith("scored_generator.") for name in one)
    for name, tensor in one.items():
        assert torch.equal(tensor, other[name]), name
