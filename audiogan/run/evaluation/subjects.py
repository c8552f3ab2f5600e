"""What is evaluated: the generators of a run, or a folder of audio."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, final

import torch
from attrs import field, frozen
from torch import Tensor

from audiogan.errors import DataError
from audiogan.evaluation.progress import Listener
from audiogan.evaluation.soundness import Soundness
from audiogan.evaluation.window_memory import check_windows_fit
from audiogan.registry import Registry
from audiogan.run.complaints import generation_complaints, recording_complaints
from audiogan.run.evaluation.format import AudioFormat
from audiogan.run.evaluation.recordings import fitted_recordings
from audiogan.run.trained_generator import trained_generator
from audiogan.spec.schema import ExperimentSpec
from audiogan.system_memory import available_memory


@final
@frozen(eq=False)
class Heard:
    """Finite waveforms ``[N, channels, window_length]``, and where they come from in terms that JSON can hold."""

    waveforms: Tensor
    source: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


@final
@frozen(eq=False)
class OpenedSubject:
    """A subject whose waveforms can be had."""

    name: str
    title: str
    count: int
    """How many waveforms there will be."""
    hear: Callable[[], Heard]
    """:raises DataError: some of them are not finite."""
    complaints: Callable[[Soundness], tuple[str, ...]]
    """What is plainly wrong with the waveforms, in words that fit what made them."""


@final
@frozen
class KnownExperiment:
    """An experiment, and the file in the run's folder that describes it."""

    spec: ExperimentSpec
    file: Path


class Subject(ABC):
    """Something that waveforms come from."""

    name: str
    title: str
    folder: Path
    experiment: KnownExperiment | None
    """The experiment, ``None`` for audio that was made by anything."""

    @abstractmethod
    def choices(self) -> dict[str, Any]:
        """What was asked for that its waveforms depend on, by the names of the command's options."""

    @abstractmethod
    def open(self, audio: AudioFormat, listener: Listener) -> OpenedSubject:
        """Looks for all that could be wrong with the subject, before anything that takes long is begun for it.

        :raises AudioganError: its waveforms cannot be had, or are of another format than ``audio``.
        """


@final
@frozen(kw_only=True)
class GeneratedSubject(Subject):
    """The generator of an experiment, as a checkpoint has it."""

    name: str
    title: str
    experiment: KnownExperiment
    folder: Path
    checkpoint: str
    samples: int
    seed: int
    device: torch.device
    registry: Registry = field(repr=False)

    def choices(self) -> dict[str, Any]:
        """Number and seed of the latents, and the checkpoint."""
        return {"samples": self.samples, "seed": self.seed, "checkpoint": self.checkpoint}

    def open(self, audio: AudioFormat, listener: Listener) -> OpenedSubject:
        """Loads the generator; the latents are drawn by the seed when the waveforms are asked for.

        :raises DataError: the generator makes another format, or memory has no room for so many windows.
        :raises AudioganError: there is no such checkpoint, or it is damaged.
        """
        trained = trained_generator(self.folder, checkpoint=self.checkpoint, device=self.device, registry=self.registry)
        made = AudioFormat.of(trained.data)
        if made != audio:
            raise DataError(
                f"{self.name} makes {made}, the dataset has {audio}; give the dataset's options with --set, such as "
                f"--set window_length={made.window_length} --set sample_rate={made.sample_rate}"
            )
        check_windows_fit(
            self.samples,
            channels=made.channels,
            window_length=made.window_length,
            memory=available_memory(),
            way_out="lower --samples",
        )

        def hear() -> Heard:
            listener.tell(f"{self.name}: generating {self.samples:,} windows with {trained.checkpoint}")
            waveforms = trained.waveforms(self.samples, seed=self.seed, watch=listener.watch)
            self._check_finite(waveforms, trained.checkpoint)
            source = {"kind": "generated", **self.choices(), "step": trained.step}
            return Heard(waveforms, source)

        return OpenedSubject(self.name, self.title, self.samples, hear, generation_complaints)

    def _check_finite(self, waveforms: Tensor, checkpoint: Path) -> None:
        broken = int((~waveforms.isfinite()).flatten(start_dim=1).any(dim=1).sum())
        if broken:
            raise DataError(
                f"{checkpoint}: {broken} of {self.samples} windows that it generates hold values that are not finite; "
                "choose another checkpoint with --checkpoint, or train with a lower learning rate"
            )


@final
@frozen(kw_only=True)
class RecordedSubject(Subject):
    """A folder of audio files, whatever made them."""

    name: str
    title: str
    folder: Path
    samples: int | None
    seed: int
    on_error: str
    out_of_range: str
    experiment: None = None

    def choices(self) -> dict[str, Any]:
        """How many files, in which order, and what becomes of those that are damaged or too loud."""
        return {
            "samples": self.samples,
            "seed": self.seed,
            "on_error": self.on_error,
            "out_of_range": self.out_of_range,
        }

    def open(self, audio: AudioFormat, listener: Listener) -> OpenedSubject:
        """Reads a window of each file, see :func:`fitted_recordings`.

        :raises DamagedDataError: a file is damaged and ``on_error`` is ``"stop"``, or holds samples beyond [-1, 1].
        :raises DataError: no file can be read, there are fewer than asked for, or the channels of one do not fit.
        """
        listener.tell(f"{self.name}: reading the recordings in {self.folder}")
        fitted = fitted_recordings(
            self.folder,
            audio,
            limit=self.samples,
            seed=self.seed,
            on_error=self.on_error,
            out_of_range=self.out_of_range,
            watch=listener.watch,
        )
        source = {"kind": "recordings", **self.choices(), **fitted.protocol}
        heard = Heard(fitted.waveforms, source, tuple(f"left out: {fault}" for fault in fitted.damaged))
        return OpenedSubject(self.name, self.title, len(fitted.waveforms), lambda: heard, recording_complaints)
