from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiogan.spec import ComponentSpec, ExperimentSpec, OptimizerSpec, read_experiments

LAYERED = """\
title = "Layers"
[dataset]
type = "tfrecord"
paths = "a.tfrecord"
[generator]
type = "wavegan"
dim = 32
kernel_size = 9
[training]
steps = 10
batch_size = 16
[evaluation]
every_epochs = 2
samples = 100

[[experiment]]
name = "one"
title = "The first"
discriminator = { type = "lstm", dim = 8 }
loss = "wgan"
generator.dim = 16
published = { inception_score_mean = 1.09, epoch = 3 }

[[experiment]]
name = "two"
discriminator = "wavegan"
loss = { type = "lsgan" }
training.optimizer = { type = "SGD", lr = 0.1 }

[profile.quick]
discriminator = { dim = 2 }
training = { steps = 3 }
evaluation = { every_steps = 20 }
[profile.quick.experiment.one]
training = { steps = 4 }
[profile.quick.experiment.two]
discriminator = { type = "lstm" }

[profile.other]
training.optimizer = "RMSprop"
"""


@pytest.fixture
def read(write: Callable[[str], Path], registry: Any) -> Callable[..., tuple[ExperimentSpec, ExperimentSpec]]:
    def read_layered(**arguments: Any) -> tuple[ExperimentSpec, ExperimentSpec]:
        one, two = read_experiments(write(LAYERED), registry=registry, **arguments).experiments
        return one, two

    return read_layered


def options(component: ComponentSpec) -> Any:
    return component.options


def test_class_defaults_shared_tables_and_the_experiments_own(read: Any) -> None:
    one, two = read()
    assert (one.title, two.title) == ("The first", "two")
    assert one.published == {"inception_score_mean": 1.09, "epoch": 3.0}
    assert (options(one.generator).dim, options(one.generator).kernel_size) == (16, 9)
    assert (options(two.generator).dim, options(two.generator).kernel_size) == (32, 9)
    assert (options(one.discriminator).dim, options(two.discriminator).dim) == (8, 64)
    assert (one.training.steps, one.training.batch_size, one.training.discriminator_steps) == (10, 16, 5)
    assert one.representation.type == "waveform"
    assert [metric.type for metric in one.evaluation.metrics] == ["inception-score"]
    assert options(one.evaluation.metrics[0]).splits == 10


def test_profile_lies_over_the_experiment_and_its_own_tables_over_that(read: Any) -> None:
    one, two = read(profile="quick")
    assert (one.training.steps, two.training.steps) == (4, 3)
    assert options(one.discriminator).dim == 2
    assert options(one.generator).dim == 16


def test_another_type_drops_the_options_of_the_former(read: Any) -> None:
    _, two = read(profile="quick")
    # dim = 2 was meant for the convolutions that [profile.quick] found; the LSTM starts from its own defaults
    assert two.discriminator.type == "lstm"
    assert options(two.discriminator).dim == 64
    one, _ = read(overrides=["experiment.one.discriminator=wavegan"])
    assert options(one.discriminator).dim == 64
    assert options(one.discriminator).kernel_size == 25


def test_an_optimizer_of_another_type_drops_the_formers_arguments(read: Any) -> None:
    assert read()[1].training.optimizer == OptimizerSpec("SGD", {"lr": 0.1})
    assert read(profile="other")[1].training.optimizer == OptimizerSpec("RMSprop", {})
    overrides = ["training.optimizer.lr=0.5"]
    assert read(profile="other", overrides=overrides)[1].training.optimizer == OptimizerSpec("RMSprop", {"lr": 0.5})


def test_overrides_lie_on_top(read: Any) -> None:
    overrides = [
        "training.steps=7",
        "discriminator.type=lstm",
        "discriminator.dim=5",
        "experiment.two.training.steps=8",
        "dataset.paths=clips/*.tfrecord",
        'evaluation.metrics=["inception-score", {type = "inception-score", splits = 2}]',
    ]
    one, two = read(profile="quick", overrides=overrides)
    assert (one.training.steps, two.training.steps) == (7, 8)
    assert (one.discriminator, two.discriminator) == (one.discriminator, one.discriminator)
    assert (one.discriminator.type, options(one.discriminator).dim) == ("lstm", 5)
    assert options(one.dataset).paths == "clips/*.tfrecord"
    assert [options(metric).splits for metric in one.evaluation.metrics] == [10, 2]


def test_a_type_by_override_keeps_the_options_that_the_new_one_shares(read: Any) -> None:
    one, two = read(profile="quick", overrides=["discriminator.type=lstm", "generator.dim=3"])
    # [profile.quick] found the LSTM of the one with dim = 2, and gave the other its own LSTM without
    assert [options(spec.discriminator).dim for spec in (one, two)] == [2, 64]
    _, two = read(overrides=["experiment.two.discriminator.dim=5", "experiment.two.discriminator.type=lstm"])
    assert (two.discriminator.type, options(two.discriminator).dim) == ("lstm", 5)
    _, two = read(overrides=["discriminator.dim=7", "experiment.two.discriminator.type=lstm"])
    assert (two.discriminator.type, options(two.discriminator).dim) == ("lstm", 7)
    one, _ = read(overrides=["discriminator.type=wavegan"])
    assert (one.discriminator.type, options(one.discriminator).dim) == ("wavegan", 8)


def test_a_whole_table_by_override_keeps_nothing_of_another_type(read: Any) -> None:
    one, _ = read(overrides=["discriminator={type = 'wavegan', kernel_size = 3}", "discriminator.dim=5"])
    assert (options(one.discriminator).dim, options(one.discriminator).kernel_size) == (5, 3)
    one, _ = read(overrides=["discriminator={type = 'wavegan', kernel_size = 3}"])
    assert (options(one.discriminator).dim, options(one.discriminator).kernel_size) == (64, 3)


def test_a_dataset_of_another_type_by_override(read: Any) -> None:
    one, _ = read(overrides=["dataset.type=bach-piano"])
    assert one.dataset.type == "bach-piano"


def test_a_scoring_interval_replaces_the_one_in_the_other_unit(read: Any) -> None:
    evaluation = read()[0].evaluation
    assert (evaluation.every_epochs, evaluation.every_steps) == (2.0, None)
    evaluation = read(profile="quick")[0].evaluation
    assert (evaluation.every_epochs, evaluation.every_steps, evaluation.samples) == (None, 20, 100)
    evaluation = read(profile="quick", overrides=["evaluation.every_epochs=0.5"])[0].evaluation
    assert (evaluation.every_epochs, evaluation.every_steps) == (0.5, None)


def test_without_a_scoring_interval_every_epoch_is_scored(
    write: Callable[[str], Path], registry: Any, small: str
) -> None:
    (spec,) = read_experiments(write(small), registry=registry).experiments
    assert (spec.evaluation.every_epochs, spec.evaluation.every_steps) == (1.0, None)


def test_the_losses_own_optimizer_fills_a_gap_and_nothing_else(
    write: Callable[[str], Path], registry: Any, small: str
) -> None:
    path = write(small)
    adam = OptimizerSpec("Adam", {"lr": 1e-4, "betas": [0.5, 0.9]})
    (spec,) = read_experiments(path, registry=registry).experiments
    assert spec.training.optimizer == adam
    (spec,) = read_experiments(path, registry=registry, overrides=["loss=wgan"]).experiments
    assert spec.training.optimizer == OptimizerSpec("RMSprop", {"lr": 5e-5})
    one_of_two = ["training.generator_optimizer={type = 'SGD', lr = 1}"]
    (spec,) = read_experiments(path, registry=registry, overrides=one_of_two).experiments
    assert (spec.training.generator_optimizer, spec.training.optimizer) == (OptimizerSpec("SGD", {"lr": 1}), adam)
    both = [*one_of_two, "training.discriminator_optimizer=SGD"]
    (spec,) = read_experiments(path, registry=registry, overrides=both).experiments
    assert spec.training.optimizer is None


def test_losses_and_callbacks_as_lists(write: Callable[[str], Path], registry: Any, small: str) -> None:
    listed = small.replace('loss = "lsgan"', 'loss = ["lsgan", { type = "r1", weight = 10 }]')
    text = f'callbacks = ["ema", {{ type = "ema", decay = 0.5 }}]\n{listed}'
    (spec,) = read_experiments(write(text), registry=registry).experiments
    assert [loss.type for loss in spec.loss] == ["lsgan", "r1"]
    assert options(spec.loss[1]).weight == 10.0
    assert [options(callback).decay for callback in spec.callbacks] == [0.999, 0.5]
    assert spec.training.optimizer == OptimizerSpec("Adam", {"lr": 1e-4, "betas": [0.5, 0.9]})
    overrides = ["loss=wgan", 'callbacks=["ema"]']
    (spec,) = read_experiments(write(text), registry=registry, overrides=overrides).experiments
    assert [loss.type for loss in spec.loss] == ["wgan"]
    assert len(spec.callbacks) == 1
    own = small + 'callbacks = [{ type = "ema", decay = 0.1 }]\n'
    (spec,) = read_experiments(write(f"callbacks = ['ema']\n{own}"), registry=registry).experiments
    assert [options(callback).decay for callback in spec.callbacks] == [0.1]


def test_another_rate_for_the_recommended_optimizer(write: Callable[[str], Path], registry: Any, small: str) -> None:
    path = write(small)
    (spec,) = read_experiments(path, registry=registry, overrides=["training.optimizer.lr=1e-5"]).experiments
    assert spec.training.optimizer == OptimizerSpec("Adam", {"lr": 1e-5, "betas": [0.5, 0.9]})
    overrides = ["loss=wgan", "training.generator_optimizer.lr=1e-3"]
    (spec,) = read_experiments(path, registry=registry, overrides=overrides).experiments
    assert spec.training.optimizer == OptimizerSpec("RMSprop", {"lr": 5e-5})
    assert spec.training.generator_optimizer == OptimizerSpec("RMSprop", {"lr": 1e-3})


@pytest.mark.parametrize("text", ["808", "true", "1e3", "2019-05-01", "inf", "'808'", "0x1f"])
def test_what_the_shell_unquotes_is_text_where_a_string_is_asked_for(read: Any, text: str) -> None:
    one, _ = read(overrides=[f"dataset.paths={text}"])
    assert options(one.dataset).paths == text.strip("'")


def test_changed_components_mark_the_row(read: Any) -> None:
    one, two = read(overrides=["experiment.one.discriminator.dim=9", "experiment.one.loss=lsgan"])
    assert one.title == "The first (discriminator.dim = 9, loss = lsgan)"
    assert one.published == {}
    assert two.title == "two"
    for override in ("discriminator.dim=8", "dataset.paths=b.tfrecord", "training.seed=3", "generator.dim=16"):
        one, _ = read(overrides=[f"experiment.one.{override}"])
        assert (one.title, len(one.published)) == ("The first", 2)
    one, _ = read(overrides=["dataset=bach-piano", 'callbacks=["ema"]'])
    assert one.title == 'The first (dataset = bach-piano, callbacks = ["ema"])'


def test_the_best_is_chosen_by_the_first_value_of_the_first_metric(read: Any) -> None:
    assert read()[0].evaluation.best_by == "inception_score_mean"
    assert read(overrides=["evaluation.best_by=other"])[0].evaluation.best_by == "other"


def test_an_embedding_inside_a_metric(read: Any) -> None:
    metrics = "evaluation.metrics=[{type = 'inception-score', embedding = {type = 'mel', n_mels = 4}}]"
    one, _ = read(overrides=[metrics])
    embedding = options(one.evaluation.metrics[0]).embedding
    assert (embedding.type, embedding.options.n_mels) == ("mel", 4)


def test_only_keeps_the_order_of_the_file(write: Callable[[str], Path], registry: Any) -> None:
    file = read_experiments(write(LAYERED), registry=registry, only=["two", "one"])
    assert [spec.name for spec in file.experiments] == ["one", "two"]
    file = read_experiments(write(LAYERED), registry=registry, only=["two"])
    assert [spec.name for spec in file.experiments] == ["two"]
