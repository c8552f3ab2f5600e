from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from audiogan import PluginError, option
from audiogan.errors import suggest


@frozen
class NoOptions:
    pass


@frozen
class NetworkOptions:
    dim: int = option(default=64, minimum=1, help="channels")
    readout: str = option(default="all", choices=("all", "last"), help="time steps that are read")


@frozen
class ConvolutionOptions:
    dim: int = option(default=64, minimum=1, help="channels")
    kernel_size: int = option(default=25, minimum=1, help="width")


@frozen
class ShardOptions:
    paths: str | tuple[str, ...] = option(help="globs of the shards")
    window_length: int = option(default=16_384, minimum=1, help="length")


@frozen
class ClassifierOptions:
    steps: int = option(default=2_000, minimum=1, help="training")
    rate: float = option(default=1e-3, above=0, help="learning rate")


@frozen
class ScoreOptions:
    splits: int = option(default=10, minimum=1, help="groups")
    classifier: ClassifierOptions = option(factory=ClassifierOptions, help="trained on the labels")
    path: str | None = option(default=None, help="a trained one")


@frozen
class FakeCatalog:
    options: Mapping[str, Mapping[str, type[Any]]]

    def names(self, kind: str) -> tuple[str, ...]:
        return tuple(sorted(self.options[kind]))

    def options_class(self, kind: str, name: str) -> type[Any]:
        if name not in self.options[kind]:
            raise PluginError(f"unknown {kind} '{name}'{suggest(name, self.options[kind])}")
        return self.options[kind][name]

    def recommended_optimizer(self, loss: str) -> Mapping[str, Any]:
        return {"wgan": {"type": "RMSprop", "lr": 5e-5}}.get(loss, {"type": "Adam", "lr": 1e-4, "betas": [0.5, 0.9]})


@pytest.fixture(scope="session")
def catalog() -> FakeCatalog:
    return FakeCatalog(
        {
            "dataset": {"bach-piano": NoOptions, "tfrecord": ShardOptions},
            "representation": {"waveform": NoOptions},
            "generator": {"wavegan": ConvolutionOptions},
            "discriminator": {"wavegan": ConvolutionOptions, "lstm": NetworkOptions},
            "loss": {"wgan": NoOptions, "lsgan": NoOptions},
            "metric": {"inception-score": ScoreOptions},
        }
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write_file(text: str) -> Path:
        path = tmp_path / "study.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


SMALL = """\
title = "Small"
generator = "wavegan"
[training]
steps = 10
[[experiment]]
name = "one"
discriminator = "lstm"
loss = "lsgan"
"""


@pytest.fixture(scope="session")
def small() -> str:
    return SMALL
