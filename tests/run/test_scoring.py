from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
import torch
from torch import Tensor

from audiogan.errors import DataError, PluginError, SpecError, TrainingError
from audiogan.evaluation.soundness import Soundness
from audiogan.interfaces import Dataset, Generator, Metric, MetricResult
from audiogan.interfaces.records import StepRecord
from audiogan.run.complaints import data_complaints, generation_complaints
from audiogan.run.folder import ExperimentFolder
from audiogan.run.judging import NamedMetric
from audiogan.run.scoring import Scorer, check_best_by, evaluate_all
from audiogan.spec.schema import ComponentSpec, EvaluationSpec, ExperimentSpec
from audiogan.testing import NoiseDataset, NoiseDatasetOptions
from audiogan.training.trainer import Trainer
from tests.training.linear_gan import CPU, NoOptions, batches, noisy_components, training_spec


class _Recording(Metric):
    """Keeps what it is given, and draws random numbers."""

    options_class = NoOptions

    def __init__(self, name: str = "first") -> None:
        self.name = name
        self.heard: list[Tensor] = []

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        torch.rand(3)

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        torch.rand(3)
        self.heard.append(waveforms)
        return MetricResult(
            {self.name: float(waveforms.mean())}, {f"{self.name}_count": len(waveforms)}, {self.name: (-1.0, 1.0)}
        )


def _spec(**evaluation: Any) -> ExperimentSpec:
    part = ComponentSpec("unused")
    return ExperimentSpec(
        "mine",
        "Mine",
        dataset=part,
        representation=part,
        generator=part,
        discriminator=part,
        loss=(part,),
        training=training_spec(),
        evaluation=EvaluationSpec(**{"samples": 10, "final_samples": 14, "previews": 0, **evaluation}),
    )


def _named(metrics: Sequence[Metric]) -> list[NamedMetric]:
    return [NamedMetric(f"metric-{number}", "tests 0", metric) for number, metric in enumerate(metrics)]


def _scorer(folder: Path, metrics: Sequence[Metric], **evaluation: Any) -> Scorer:
    return Scorer(_spec(**evaluation), _named(metrics), ExperimentFolder(folder))


def test_scoring_leaves_the_training_as_it_was(tmp_path: Path) -> None:
    records: list[list[StepRecord]] = []
    for scored in (False, True):
        training = training_spec()
        trainer = Trainer(noisy_components(), training, device=CPU)
        scorer = _scorer(tmp_path, [_Recording()], previews=2)
        stream = batches(trainer, training)
        records.append([])
        for _ in range(4):
            records[-1].append(trainer.step(stream))
            if scored:
                before = trainer.checkpoint().tensors
                kept = {name: tensor.clone() for name, tensor in before.items()}
                scorer(trainer)
                scorer.final(trainer.components.generator, trainer.components, device=CPU)
                assert all(torch.equal(tensor, kept[name]) for name, tensor in trainer.checkpoint().tensors.items())
                assert trainer.components.generator.training
                assert trainer.components.discriminator.training
    assert records[0] == records[1]


def test_every_scoring_hears_the_same_latents(tmp_path: Path) -> None:
    metric = _Recording()
    trainer = Trainer(noisy_components(), training_spec(), device=CPU)
    scorer = _scorer(tmp_path, [metric])
    first = scorer(trainer)
    torch.manual_seed(77)
    trainer.generator_step(torch.zeros(4, 1, 4))
    trainer.components.generator.load_state_dict(noisy_components().generator.state_dict())
    second = scorer(trainer)
    assert torch.equal(metric.heard[0], metric.heard[1])
    assert first == second
    assert first.samples == len(metric.heard[0]) == 10
    assert metric.heard[0].shape == (10, 1, 4)


def test_the_final_figures_are_of_other_latents_and_as_many_as_asked(tmp_path: Path) -> None:
    metric = _Recording()
    trainer = Trainer(noisy_components(), training_spec(), device=CPU)
    scorer = _scorer(tmp_path, [metric])
    scorer(trainer)
    figures = scorer.final(trainer.components.generator, trainer.components, device=CPU)
    assert metric.heard[1].shape == (14, 1, 4)
    assert not torch.equal(metric.heard[0], metric.heard[1][:10])
    assert figures.protocol["first_count"] == 14
    assert figures.protocol["generated"] == {
        "windows": 14,
        "silent": 0,
        "clipped": 0,
        "duplicates": 0,
        "near_duplicates": 0,
    }
    assert figures.intervals == {"first": (-1.0, 1.0)}


def test_the_final_protocol_says_what_became_of_the_recordings(tmp_path: Path) -> None:
    class Resampled(NoiseDataset):
        def protocol(self) -> dict[str, Any]:
            return {"resampler": "soxr HQ"}

    components = attrs.evolve(noisy_components(), dataset=Resampled(NoiseDatasetOptions(window_length=4)))
    figures = _scorer(tmp_path, [_Recording()]).final(components.generator, components, device=CPU)
    assert figures.protocol["dataset"] == {"resampler": "soxr HQ"}


def test_previews_are_written_by_step(tmp_path: Path) -> None:
    trainer = Trainer(noisy_components(), training_spec(), device=CPU)
    trainer.state.step = 12
    _scorer(tmp_path, [_Recording()], previews=3)(trainer)
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.wav"))
    assert written == [f"samples/step-000012/{number}.wav" for number in range(3)]


def test_figures_of_several_metrics_are_merged() -> None:
    waveforms = torch.full((5, 1, 4), 0.25)
    merged = evaluate_all(_named([_Recording("one"), _Recording("two")]), waveforms)
    assert merged.figures == {"one": 0.25, "two": 0.25}
    assert merged.protocol == {"one_count": 5, "two_count": 5}
    assert merged.intervals == {"one": (-1.0, 1.0), "two": (-1.0, 1.0)}


class _Answering(Metric):
    """Gives what it was made with, or raises it."""

    options_class = NoOptions

    def __init__(self, answer: Any, *, fewest: int = 1) -> None:
        self.answer, self.fewest = answer, fewest

    def minimum_samples(self) -> int:
        return self.fewest

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        pass

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        if isinstance(self.answer, Exception):
            raise self.answer
        result: MetricResult = self.answer
        return result


def test_a_metric_that_cannot_judge_costs_its_own_figures_alone(tmp_path: Path) -> None:
    metrics = [_Answering(DataError("no sound")), _Recording(), _Answering(MetricResult({"x": 1.0}, {}), fewest=99)]
    scored = evaluate_all(_named(metrics), torch.full((5, 1, 4), 0.25))
    assert scored.figures == {"first": 0.25}
    assert scored.left_out == {
        "metric-0": "no sound",
        "metric-2": "metric 'metric-2' needs at least 99 windows, and there are 5",
    }
    record = _scorer(tmp_path, metrics)(_constant_trainer(0.0, 0.5))
    assert list(record.values) == ["first"]
    assert "no figures by metric-0: no sound" in record.warnings


def test_figures_that_are_not_finite_are_left_out_so_that_a_log_can_hold_the_others() -> None:
    result = MetricResult({"endless": float("inf"), "sound": 2, "nothing": float("nan")}, {}, {"sound": (0, math.nan)})
    scored = evaluate_all(_named([_Answering(result)]), torch.zeros(3, 1, 4))
    assert (scored.figures, scored.intervals) == ({"sound": 2.0}, {})
    assert scored.left_out == {"metric-0": "not finite: endless, nothing"}


_UNTYPED: Any = {"x": None}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ValueError("boom"), "ValueError: boom"),
        (TypeError("unsupported"), "TypeError: unsupported"),
        (KeyError("level"), "KeyError: 'level'"),
        (None, r"TypeError: evaluate\(\) gives NoneType, not a MetricResult"),
        (MetricResult(_UNTYPED, {}), "TypeError: figure 'x' is None, not a number"),
        (MetricResult({"x": 1.0}, {"made by": object()}), "TypeError: Object of type object is not JSON serializable"),
        (MetricResult({"x": 1.0}, {}, _UNTYPED), "TypeError: cannot unpack"),
    ],
)
def test_a_metrics_own_mistake_names_it_and_its_distribution(answer: Any, words: str) -> None:
    with pytest.raises(PluginError, match=rf"^metric 'metric-1' of tests 0 fails: {words}"):
        evaluate_all(_named([_Recording(), _Answering(answer)]), torch.zeros(3, 1, 4))


@pytest.mark.parametrize("shortage", [MemoryError("Unable to allocate 9 TiB"), RuntimeError("can't allocate memory")])
def test_a_shortage_of_memory_costs_the_figures_of_that_metric_alone(shortage: Exception) -> None:
    scored = evaluate_all(_named([_Recording(), _Answering(shortage)]), torch.zeros(3, 1, 4))
    assert list(scored.figures) == ["first"]
    assert scored.left_out == {
        "metric-1": "metric 'metric-1' does not fit into memory: lower the number of windows, or what its options ask "
        f"for ({shortage})"
    }


def test_two_metrics_with_one_figure_are_refused() -> None:
    metrics = _named([_Recording("same"), _Recording("other"), _Recording("same")])
    with pytest.raises(SpecError, match="metrics 'metric-0' and 'metric-2' both give the figure 'same'"):
        evaluate_all(metrics, torch.zeros(3, 1, 4))


class _Constant(Generator):
    options_class = NoOptions

    def __init__(self, values: Sequence[float]) -> None:
        super().__init__()
        self.latent_dim = 1
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.values = values

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        rows = torch.tensor(self.values)[torch.arange(len(latent)) % len(self.values)]
        return rows[:, None, None].expand(-1, 1, 4)


def _constant_trainer(*values: float) -> Trainer:
    return Trainer(attrs.evolve(noisy_components(), generator=_Constant(values)), training_spec(), device=CPU)


def test_silence_and_repetition_are_noticed_and_said(tmp_path: Path) -> None:
    silence, repetition = _scorer(tmp_path, [_Recording()])(_constant_trainer(0.0, 0.5)).warnings
    # batches of 4, 4 and 2, every other window silent
    assert silence.startswith("5 of 10 generated windows are silent (peak under 0.001)")
    assert "lower the learning rate" in silence
    assert repetition.startswith("4 of 10 generated windows are the same as others or nearly so")


def test_saturation_is_noticed_and_said(tmp_path: Path) -> None:
    saturation, _ = _scorer(tmp_path, [_Recording()])(_constant_trainer(1.0)).warnings
    assert saturation.startswith("10 of 10 generated windows are clipped (3 samples in a row at full scale)")


@pytest.mark.parametrize(
    ("changes", "generated", "real"),
    [
        ({}, [], []),
        ({"silent": 1}, ["1 of 100 generated windows are silent"], ["1 of 100 real windows are silent"]),
        ({"clipped": 10, "duplicates": 5, "near_duplicates": 5}, [], []),
        ({"clipped": 11}, ["11 of 100 generated windows are clipped"], ["11 of 100 real windows are clipped"]),
        ({"duplicates": 5, "near_duplicates": 6}, ["11 of 100 generated windows are the same as others"], []),
    ],
)
def test_what_is_worth_telling(changes: dict[str, int], generated: list[str], real: list[str]) -> None:
    found = attrs.evolve(Soundness(100, 0, 0, 0, 0), **changes)
    for complaints, beginnings in ((generation_complaints(found), generated), (data_complaints(found), real)):
        assert len(complaints) == len(beginnings)
        assert all(line.startswith(beginning) for line, beginning in zip(complaints, beginnings, strict=True))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_windows_that_are_not_finite_end_the_training_in_words(value: float, tmp_path: Path) -> None:
    trainer = _constant_trainer(0.5, value)
    trainer.state.step = 9
    metric = _Recording()
    with pytest.raises(TrainingError, match=r"5 of 10 windows generated after step 9 .*not finite: lower the"):
        _scorer(tmp_path, [metric])(trainer)
    assert metric.heard == []


def test_the_figure_that_chooses_the_best_must_be_there() -> None:
    with pytest.raises(SpecError, match=r"^evaluation\.best_by: .*did you mean 'inception_score_mean'"):
        check_best_by(_spec(best_by="inception_score_men"), {"inception_score_mean": 1.0, "inception_score_std": 0.0})
    check_best_by(_spec(best_by="other"), {"other": 1.0})
