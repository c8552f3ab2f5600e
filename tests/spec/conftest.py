from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from audiogan import option
from audiogan.registry import Entry, Plugin, Registry
from audiogan.spec import ComponentSpec


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
class PenaltyOptions:
    weight: float = option(default=1.0, minimum=0, help="factor")


@frozen
class AverageOptions:
    decay: float = option(default=0.999, minimum=0, maximum=1, help="how slowly the average follows")


@frozen
class MelOptions:
    n_mels: int = option(default=80, minimum=1, help="bands")


@frozen
class ScoreOptions:
    splits: int = option(default=10, minimum=1, help="groups")
    classifier: ClassifierOptions = option(factory=ClassifierOptions, help="trained on the labels")
    path: str | None = option(default=None, help="a trained one")
    embedding: ComponentSpec | None = option(default=None, component="embedding", help="what distances are taken in")


class Score:
    """Stands in for a metric."""

    def __init__(self, options: Any) -> None:
        self.options = options

    def figure_names(self) -> tuple[str, ...]:
        return ("inception_score_mean", "inception_score_std")


_ADAM = {"type": "Adam", "lr": 1e-4, "betas": [0.5, 0.9]}
_OPTIMIZERS: Mapping[str, Mapping[str, Any]] = {"wgan": {"type": "RMSprop", "lr": 5e-5}}
_OPTIONS: Mapping[str, Mapping[str, type[Any]]] = {
    "dataset": {"bach-piano": NoOptions, "tfrecord": ShardOptions},
    "representation": {"waveform": NoOptions},
    "generator": {"wavegan": ConvolutionOptions},
    "discriminator": {"wavegan": ConvolutionOptions, "lstm": NetworkOptions},
    "loss": {"wgan": NoOptions, "lsgan": NoOptions, "r1": PenaltyOptions},
    "callback": {"ema": AverageOptions},
    "metric": {"inception-score": ScoreOptions},
    "embedding": {"mel": MelOptions},
}


def _entry(kind: str, name: str, options_class: type[Any]) -> Entry:
    members = {"options_class": options_class, "recommended_optimizer": _OPTIMIZERS.get(name, _ADAM)}
    return Entry(kind, name, type(name, (Score,), members), Plugin("tests"))


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry(
        tuple(_entry(kind, name, options) for kind, by_name in _OPTIONS.items() for name, options in by_name.items())
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
