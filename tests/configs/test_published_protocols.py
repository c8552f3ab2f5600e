"""The files that repeat published protocols on published data."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
import torch

from audiogan.build import build
from audiogan.registry import installed
from audiogan.spec import ExperimentSpec, OptimizerSpec, read_experiments
from audiogan.testing import waveform_data

FOLDER = Path(__file__).parents[2] / "configs" / "published"
NAMES = ("drums", "piano", "sc09")
TABLE_1 = FOLDER.parent / "table1.toml"


def read(path: Path, profile: str | None = None) -> dict[str, ExperimentSpec]:
    return {spec.name: spec for spec in read_experiments(path, registry=installed(), profile=profile).experiments}


def test_all_of_them_are_tested() -> None:
    assert tuple(sorted(path.stem for path in FOLDER.glob("*.toml"))) == NAMES


@pytest.mark.parametrize("profile", [None, "quick"])
@pytest.mark.parametrize("name", NAMES)
def test_networks_fit_and_enough_is_scored(name: str, profile: str | None) -> None:
    registry = installed()
    for spec in read(FOLDER / f"{name}.toml", profile).values():
        data = waveform_data(16_384)
        shape = build("representation", spec.representation, registry, data).sample_shape
        samples = attrs.evolve(data, sample_shape=shape)
        # the full networks are built without memory; the quick ones are small enough to run
        with torch.device("cpu" if profile else "meta"):
            generator = build("generator", spec.generator, registry, samples)
            discriminator = build("discriminator", spec.discriminator, registry, samples)
        if profile:
            assert discriminator(generator(torch.zeros(2, generator.latent_dim))).shape == (2,)
        metrics = [build("metric", metric, registry) for metric in spec.evaluation.metrics]
        figures = [figure for metric in metrics for figure in metric.figure_names() or ()]
        assert spec.evaluation.best_by in figures
        assert all(metric.minimum_samples() <= spec.evaluation.samples for metric in metrics)
        assert set(spec.published) <= {*figures, "epoch"}


def test_sc09_is_table_1_of_the_paper() -> None:
    specs = read(FOLDER / "sc09.toml")
    assert {name: tuple(spec.published.values()) for name, spec in specs.items()} == {
        "wavegan": (4.12, 0.03),
        "wavegan-phase-shuffle": (4.67, 0.01),
        "specgan": (6.03, 0.04),
        "lstm-conv-wgan-gp": (),
    }
    for spec in specs.values():
        assert spec.loss[0].type == "wgan-gp"
        assert (spec.training.batch_size, spec.training.discriminator_steps) == (64, 5)
        assert spec.training.optimizer == OptimizerSpec("Adam", {"lr": 1e-4, "betas": [0.5, 0.9]})
        assert spec.evaluation.final_samples == 50_000


def test_piano_is_the_study_on_its_own_recordings() -> None:
    piano, table_1 = read(FOLDER / "piano.toml"), read(TABLE_1)
    assert piano.keys() == table_1.keys()
    for name, spec in piano.items():
        twin = table_1[name]
        for part in ("title", "representation", "generator", "discriminator", "loss", "training", "published"):
            assert getattr(spec, part) == getattr(twin, part), (name, part)
