"""Scores a generator: samples, figures, previews, and a look at whether it makes any sound at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import Any, final

import torch
from attrs import evolve, field, frozen
from torch import Tensor

from audiogan.audio import write_audio
from audiogan.errors import DataError, SpecError, TrainingError, suggest
from audiogan.evaluation.sampling import generate_waveforms
from audiogan.evaluation.soundness import soundness
from audiogan.interfaces import DataSpec, Generator, MetricResult
from audiogan.interfaces.records import ScoreRecord
from audiogan.run.complaints import generation_complaints
from audiogan.run.folder import ExperimentFolder
from audiogan.run.judging import NamedMetric, figure_clash
from audiogan.spec.schema import ExperimentSpec
from audiogan.training.components import Components
from audiogan.training.state import TrainingState
from audiogan.training.trainer import Trainer

# Apart from the seeds of training, so that no scoring hears the latents that were trained on
_SCORING_SEED = 0x5C0_4E
_PREVIEW_SEED = 0x9_4E71E


@final
@frozen
class Figures:
    """All metrics' figures, intervals and protocols of one set of waveforms; every figure is finite."""

    figures: Mapping[str, float]
    protocol: Mapping[str, Any]
    intervals: Mapping[str, tuple[float, float]] = field(factory=dict)
    left_out: Mapping[str, str] = field(factory=dict)
    """By metric, why figures of it are missing."""

    def warnings(self) -> tuple[str, ...]:
        """What is missing, a line a metric."""
        return tuple(f"no figures by {name}: {reason}" for name, reason in self.left_out.items())


def evaluate_all(metrics: Sequence[NamedMetric], waveforms: Tensor) -> Figures:
    """Every metric of waveforms ``[N, channels, window_length]``, merged.

    Figures that a metric cannot tell of these waveforms, or that are not finite, are left out with the reason.

    :raises PluginError: a metric fails by its own mistake.
    :raises SpecError: two metrics give figures of one name.
    """
    results: list[tuple[str, MetricResult]] = []
    left_out: dict[str, str] = {}
    for metric in metrics:
        try:
            result = metric.judge(waveforms)
        except DataError as error:
            left_out[metric.name] = str(error)
            continue
        results.append((metric.name, result))
        endless = [name for name, value in result.figures.items() if not isfinite(value)]
        if endless:
            left_out[metric.name] = f"not finite: {', '.join(endless)}"
    clash = figure_clash((name, result.figures) for name, result in results)
    if clash is not None:
        raise SpecError(f"{clash} of evaluation.metrics")
    figures: dict[str, float] = {}
    protocol: dict[str, Any] = {}
    intervals: dict[str, tuple[float, float]] = {}
    for _, result in results:
        figures.update({name: value for name, value in result.figures.items() if isfinite(value)})
        intervals.update({name: bounds for name, bounds in result.intervals.items() if all(map(isfinite, bounds))})
        protocol.update(result.protocol)
    return Figures(figures, protocol, intervals, left_out)


def check_best_by(spec: ExperimentSpec, figures: Collection[str]) -> None:
    """Sees that the figure which chooses the best checkpoint is one that the metrics give.

    :raises SpecError: it is not.
    """
    wanted = spec.evaluation.best_by
    if wanted not in figures:
        raise SpecError(f"evaluation.best_by: {no_such_figure(wanted, figures)}")


def no_such_figure(wanted: str, figures: Collection[str]) -> str:
    """Why ``wanted`` cannot choose the best checkpoint where the metrics give ``figures``."""
    if not figures:
        return f"evaluation.metrics is empty, so that nothing gives '{wanted}'; name a metric that does"
    return f"no metric gives '{wanted}'{suggest(wanted, figures, label='figures')}"


@final
class Scorer:
    """Scores the generator of a trainer on latents that are the same at every scoring."""

    def __init__(self, spec: ExperimentSpec, metrics: Sequence[NamedMetric], folder: ExperimentFolder) -> None:
        self._spec, self._metrics, self._folder = spec, metrics, folder

    def __call__(self, trainer: Trainer) -> ScoreRecord:
        """Figures of ``evaluation.samples`` windows; previews become WAV files. Training's randomness stays.

        What a metric cannot tell of these windows is missing, and the warnings say why.

        :raises TrainingError: a generated window is not finite.
        :raises PluginError: a metric fails by its own mistake.
        """
        evaluation = self._spec.evaluation
        with torch.random.fork_rng(devices=[trainer.device] if trainer.device.type == "cuda" else []):
            generator = trainer.generator_for_scoring()
            waveforms = self._generate(generator, trainer.components, evaluation.samples, trainer.device, _SCORING_SEED)
            _check_finite(waveforms, f"after step {trainer.state.step}")
            scored = evaluate_all(self._metrics, waveforms)
            previews = self._previews(generator, trainer.components, trainer.state, trainer.device)
        record = ScoreRecord(
            step=trainer.state.step,
            epoch=trainer.state.position / len(trainer.components.dataset),
            values=scored.figures,
            samples=evaluation.samples,
            warnings=(*generation_complaints(soundness(waveforms)), *scored.warnings()),
        )
        for callback in trainer.components.callbacks:
            callback.on_score(record, previews)
        return record

    def final(self, generator: Generator, components: Components, *, device: torch.device) -> Figures:
        """Figures of ``evaluation.final_samples`` windows, for the table.

        The protocol counts the unsound ones, and says what became of the dataset's recordings.

        :raises TrainingError: a generated window is not finite.
        :raises PluginError: a metric fails by its own mistake.
        """
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            waveforms = self._generate(
                generator, components, self._spec.evaluation.final_samples, device, _SCORING_SEED + 1
            )
            _check_finite(waveforms, "by the best checkpoint")
            scored = evaluate_all(self._metrics, waveforms)
        more = {"generated": soundness(waveforms).to_json(), "dataset": components.dataset.protocol()}
        return evolve(scored, protocol={**scored.protocol, **more})

    def _generate(
        self, generator: Generator, components: Components, count: int, device: torch.device, seed: int
    ) -> Tensor:
        torch.manual_seed(seed)
        return generate_waveforms(
            generator,
            components.representation,
            count,
            rng=torch.Generator().manual_seed(seed),
            batch_size=self._spec.training.batch_size,
            device=device,
            labels=DataSpec.of(components.dataset).labels(count),
        )

    def _previews(
        self, generator: Generator, components: Components, state: TrainingState, device: torch.device
    ) -> Tensor:
        count = self._spec.evaluation.previews
        if count == 0:
            return torch.empty(0, components.dataset.channels, components.dataset.window_length)
        waveforms = self._generate(generator, components, count, device, _PREVIEW_SEED)
        folder = self._folder.samples(state.step)
        for number, waveform in enumerate(waveforms):
            write_audio(folder / f"{number}.wav", waveform.numpy(), components.dataset.sample_rate)
        return waveforms


def _check_finite(waveforms: Tensor, when: str) -> None:
    broken = int((~waveforms.isfinite()).flatten(1).any(dim=1).sum())
    if broken:
        raise TrainingError(
            f"{broken} of {len(waveforms)} windows generated {when} hold values that are not finite: "
            "lower the learning rate (training.optimizer.lr), or use a loss that bounds the critic (wgan-gp, lsgan)"
        )
