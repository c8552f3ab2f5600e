from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiogan.spec import read_experiments, to_toml

RICH = """\
title = 'Everything "quoted"'
generator = "wavegan"
[dataset]
type = "tfrecord"
paths = ["a/*.tfrecord", "ü.tfrecord"]
[training]
duration_s = 3.5
discriminator_optimizer = { type = "SGD", lr = 1e-4, nesterov = true, betas = [0.5, 0.9] }
[evaluation]
metrics = [{ type = "inception-score", splits = 2, classifier = { steps = 7 }, path = "x" }, "inception-score"]
[[experiment]]
name = "one"
discriminator = "lstm"
loss = "wgan"
published = { inception_score_mean = 1.085, epoch = 243 }
[[experiment]]
name = "two"
discriminator = { type = "wavegan", dim = 3 }
loss = "lsgan"
[profile.quick]
training.batch_size = 4
"""


@pytest.mark.parametrize("profile", [None, "quick"])
def test_reading_what_was_written_gives_the_same(
    write: Callable[[str], Path], tmp_path: Path, registry: Any, profile: str | None
) -> None:
    file = read_experiments(write(RICH), registry=registry, profile=profile, overrides=["training.seed=9"])
    resolved = tmp_path / "spec.toml"
    resolved.write_text(to_toml(file), encoding="utf-8")
    again = read_experiments(resolved, registry=registry)
    assert again == file
    assert again.profile == profile
    assert to_toml(again) == to_toml(file)


def test_every_default_is_written_out(write: Callable[[str], Path], registry: Any, small: str) -> None:
    text = to_toml(read_experiments(write(small), registry=registry))
    for line in ("batch_size = 64", "kernel_size = 25", 'readout = "all"', "lr = 0.0001", "every_epochs = 1.0"):
        assert line in text.splitlines()
