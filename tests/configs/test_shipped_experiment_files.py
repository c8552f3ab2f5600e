from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest
import torch

from audiogan.build import build
from audiogan.registry import installed
from audiogan.spec import ExperimentSpec, OptimizerSpec, read_experiments, to_toml
from audiogan.testing import waveform_data

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.toml"))
PROFILES = (None, "quick")
ADAM = OptimizerSpec("Adam", {"lr": 1e-4, "betas": [0.5, 0.9]})
RMSPROP = OptimizerSpec("TensorFlowRMSprop", {"lr": 5e-5})


def options(component: Any) -> Any:
    return component.options


def read(name: str, profile: str | None = None) -> dict[str, ExperimentSpec]:
    path = next(path for path in CONFIGS if path.stem == name)
    return {spec.name: spec for spec in read_experiments(path, registry=installed(), profile=profile).experiments}


def test_all_three_are_shipped() -> None:
    assert [path.stem for path in CONFIGS] == ["end-classification", "table1", "wgan-gp"]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_file_reads_and_its_networks_fit_each_other(path: Path, profile: str | None, tmp_path: Path) -> None:
    registry = installed()
    file = read_experiments(path, registry=registry, profile=profile)
    for spec in file.experiments:
        data = waveform_data(options(spec.dataset).window_length)
        shape = build("representation", spec.representation, registry, data).sample_shape
        samples = attrs.evolve(data, sample_shape=shape)
        # the full networks are built without memory; the quick ones are small enough to run
        with torch.device("cpu" if profile else "meta"):
            generator = build("generator", spec.generator, registry, samples)
            discriminator = build("discriminator", spec.discriminator, registry, samples)
        if profile:
            samples = generator(torch.zeros(2, generator.latent_dim))
            assert samples.shape == (2, *shape)
            assert discriminator(samples).shape == (2,)
    resolved = tmp_path / "spec.toml"
    resolved.write_text(to_toml(file), encoding="utf-8")
    assert read_experiments(resolved, registry=registry) == file


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_quick_means_sixty_steps_and_three_scorings_or_more(path: Path) -> None:
    for spec in read_experiments(path, registry=installed(), profile="quick").experiments:
        steps, every = spec.training.steps, spec.evaluation.every_steps
        assert steps is not None
        assert every is not None
        assert steps >= 60
        assert steps // every >= 3


def test_table_1_of_the_study() -> None:
    specs = read("table1")
    published = {
        name: tuple(spec.published[figure] for figure in ("inception_score_mean", "inception_score_std", "epoch"))
        for name, spec in specs.items()
    }
    assert published == {
        "specgan": (1.028, 0.009, 204),
        "wavegan-wgan": (1.076, 0.005, 52),
        "lstm-wgan": (1.093, 0.012, 319),
        "lstm-conv-wgan": (1.084, 0.031, 197),
        "lstm-conv-lsgan": (1.085, 0.017, 243),
    }
    combinations = {
        name: (spec.representation.type, spec.generator.type, spec.discriminator.type, spec.loss[0].type)
        for name, spec in specs.items()
    }
    assert combinations == {
        "specgan": ("spectrogram", "specgan", "specgan", "wgan-gp"),
        "wavegan-wgan": ("waveform", "wavegan", "wavegan", "wgan"),
        "lstm-wgan": ("waveform", "wavegan", "lstm", "wgan"),
        "lstm-conv-wgan": ("waveform", "wavegan", "lstm-conv", "wgan"),
        "lstm-conv-lsgan": ("waveform", "wavegan", "lstm-conv", "lsgan"),
    }
    for spec in specs.values():
        assert (spec.training.batch_size, spec.training.discriminator_steps) == (64, 5)
        assert (spec.training.epochs or 0) >= spec.published["epoch"]
        assert (spec.evaluation.samples, spec.evaluation.final_samples) == (5_000, 50_000)
        assert spec.evaluation.every_epochs == 4
        assert options(spec.evaluation.metrics[0]).splits == 10
        assert spec.dataset.type == "bach-piano"
        assert options(spec.dataset).window_length == 16_384
        assert options(spec.generator).dim == 64


def test_tables_3_and_4_of_the_study() -> None:
    spec = read("table1")["lstm-conv-lsgan"]
    discriminator = options(spec.discriminator)
    assert (discriminator.lstm_layers, discriminator.conv_layers, discriminator.hidden_size) == (2, 4, 64)
    assert (discriminator.frame_size, discriminator.dim, discriminator.readout) == (4, 64, "all")
    assert tuple(getattr(options(spec.loss[0]), name) for name in "abc") == (0, 1, 1)
    assert spec.training.optimizer == ADAM


def test_optimizers() -> None:
    assert {name: spec.training.optimizer for name, spec in read("table1").items()} == {
        "specgan": ADAM,
        "wavegan-wgan": RMSPROP,
        "lstm-wgan": RMSPROP,
        "lstm-conv-wgan": ADAM,
        "lstm-conv-lsgan": ADAM,
    }
    for spec in read("wgan-gp").values():
        assert spec.training.optimizer == ADAM


def test_end_classification_differs_from_its_twins_in_the_readout_alone() -> None:
    for profile in PROFILES:
        specs = list(read("end-classification", profile).values())
        for twin, last in list(pairwise(specs))[::2]:
            changed = attrs.evolve(options(twin.discriminator), readout="last")
            assert changed == options(last.discriminator)
            assert options(twin.discriminator).readout == "all"
            assert twin.training == last.training
